//! The arguments of `terraform.tfvars` that are no figure of `size`: names, places, access, addresses, releases, disks.
//! Rows as in [`super::rows`]; the first one that fits a path counts.

use super::row::Row;

const RANGE: &str = "a fixed part of the network, so that it never moves when counts change";
const DISK_TYPE: &str = "what the machine's family takes";
const CHOSEN_DISK: &str = "ours: no page states it";

/// All of them.
pub static ARGUMENTS: &[Row] = &[
    Row::argument(&["name"], "the spec's own; every resource's name begins with it").keys(&["name"]),
    Row::argument(&["project"], "the spec's own").keys(&["gcp.project"]),
    Row::argument(&["account_id"], "the spec's own: another account is refused").keys(&["aws.account_id"]),
    Row::argument(&["profile"], "the spec's own").keys(&["aws.profile"]),
    Row::argument(&["subscription_id"], "the spec's own").keys(&["azure.subscription_id"]),
    Row::argument(
        &["resource_group.name", "resource_group.existing"],
        "a group of the deployment's own name unless the spec names one",
    )
    .keys(&["azure.resource_group", "name"]),
    Row::argument(&["labels.*", "tags.*"], "the user's own, on everything that can carry them")
        .keys(&["tags"]),
    Row::argument(
        &["zones", "clusters.*.zones", "network.zones"],
        "the spec's own, else the first three in which every chosen family is sold",
    )
    .keys(&["network.zones"])
    .because(|at| at.compiled.plan.zones.reason.clone()),
    Row::argument(&["site.region"], "the region of its clusters").keys(&["clusters.region"]),
    Row::argument(&["site.zones"], "the first three in which every chosen family is sold"),
    Row::argument(&["site.network.cidr"], "the cluster's own range, else one apart from every other network")
        .keys(&["clusters.cidr"]),
    Row::argument(&["access.internal"], "off unless the spec turns it on").keys(&["network.internal"]),
    Row::argument(&["coderd.license"], "the spec's own").keys(&["license"]),
    Row::argument(
        &["coderd.daemons"],
        "the daemons that coderd runs itself, where there are no provisioner hosts",
    )
    .keys(&["provisioners.on_coderd", "license", "provisioners.count"])
    .because(|at| {
        at.compiled.plan.coderd.daemons.as_ref().map_or_else(String::new, |own| own.reason.clone())
    }),
    Row::argument(&["network.existing.private_services", "network.existing.proxies.*"], "the spec's own")
        .keys(&["network.existing"]),
    Row::argument(&["network.proxies.*"], RANGE)
        .keys(&["network.internal", "network.cidr"])
        .because(|at| at.range("proxies")),
    Row::argument(
        &["clusters.*.provisioners.tags.*"],
        "the cluster's name, where there are several clusters",
    )
    .keys(&["clusters.name"]),
    Row::argument(&["access.hostname"], "the host of the access URL").keys(&["access.url"]),
    Row::argument(&["access.wildcard"], "the spec's own").keys(&["access.wildcard"]),
    Row::argument(&["access.dns_zone"], "the spec's own: records and certificate validation are made there")
        .keys(&["access.dns_zone"]),
    Row::argument(&["access.dns_zone_resource_group"], "the spec's own").keys(&["azure.dns_resource_group"]),
    Row::argument(&["access.certificate"], "the spec's own, else one is made").keys(&["access.certificate"]),
    Row::argument(&["access.certificate_vault"], "the spec's own").keys(&["azure.certificate_vault"]),
    Row::argument(&["access.allowed_cidrs"], "the spec's own; everyone without it")
        .keys(&["network.allowed_cidrs"]),
    Row::argument(&["admins"], "the spec's own").keys(&["aws.admins"]),
    Row::argument(&["runner_cidrs"], "the spec's own").keys(&["azure.runner_cidrs"]),
    Row::argument(&["deployers"], "the spec's own, else whoever runs it").keys(&["azure.deployers"]),
    Row::argument(&["admin_groups"], "the spec's own").keys(&["azure.admin_groups"]),
    Row::argument(&["encryption_at_host"], "off unless the spec turns it on")
        .keys(&["azure.encryption_at_host"]),
    Row::argument(&["coderd.zone_balance"], "as the directory was made first; off since"),
    Row::argument(&["firewall"], "off unless the spec turns it on").keys(&["azure.waf"]),
    Row::argument(&["network.existing.id", "network.existing.vpc_id"], "the spec's own")
        .keys(&["network.existing.id"]),
    Row::argument(&["network.existing.nat_addresses", "network.existing.nat_addresses.*"], "the spec's own")
        .keys(&["network.existing.nat_addresses"]),
    Row::argument(&["network.existing.subnets.*"], "the spec's own").keys(&["network.existing"]),
    Row::argument(&["network.cidr"], "the spec's own, else one that is always the same")
        .keys(&["network.cidr"])
        .because(|at| at.compiled.plan.network.cidr.reason.clone()),
    Row::argument(&["network.nat_per_zone"], "off unless the spec turns it on")
        .keys(&["aws.nat_per_zone"])
        .because(|at| {
            at.compiled.plan.aws.as_ref().map_or_else(String::new, |aws| aws.nat_per_zone.reason.clone())
        }),
    Row::argument(&["network.subnets.coderd.region"], "where coderd is").keys(&["region"]),
    Row::argument(&["network.subnets.coderd.cidr", "network.coderd_cidr"], RANGE)
        .keys(&["network.cidr"])
        .because(|at| at.range("coderd")),
    Row::argument(&["network.subnets.machines.*"], RANGE)
        .keys(&["network.cidr"])
        .because(|at| at.range("machines")),
    Row::argument(&["network.subnets.public.*"], RANGE)
        .keys(&["network.cidr"])
        .because(|at| at.range("public")),
    Row::argument(&["network.subnets.database.*", "network.database_cidr"], RANGE)
        .keys(&["network.cidr"])
        .because(|at| at.range("database")),
    Row::argument(&["network.gateway_cidr"], RANGE).keys(&["network.cidr"]).because(|at| at.range("gateway")),
    Row::argument(&["network.subnets.*.services_cidr", "network.clusters.*.services_cidr"], RANGE)
        .keys(&["network.cidr"])
        .because(|at| at.range("services")),
    Row::argument(&["network.subnets.*.pods_cidr", "network.clusters.*.pods_cidr"], RANGE)
        .keys(&["network.cidr"])
        .because(|at| at.range("pods")),
    Row::argument(&["network.clusters.*.provisioners_cidr"], RANGE)
        .keys(&["network.cidr"])
        .because(|at| at.range("provisioners")),
    Row::argument(
        &["network.subnets.nodes.*", "network.subnets.*.cidr", "network.clusters.*.nodes_cidr"],
        RANGE,
    )
    .keys(&["network.cidr"])
    .because(|at| at.range("nodes")),
    Row::argument(&["clusters.*.control_plane_cidr"], RANGE)
        .keys(&["network.cidr"])
        .because(|at| at.range("control_plane")),
    Row::argument(
        &["clusters.*.services_cidr"],
        "of the two ranges that EKS takes by itself the first outside the VPC",
    )
    .keys(&["network.cidr"]),
    Row::argument(&["clusters.*.public_cidrs"], "the spec's own; nobody without it").keys(&["aws.api_cidrs"]),
    Row::argument(&["clusters.*.version"], "the newest that the other clouds' clusters run too").because(
        |at| {
            at.compiled
                .plan
                .aws
                .as_ref()
                .map_or_else(String::new, |aws| aws.kubernetes_version.reason.clone())
        },
    ),
    Row::argument(&["coder.version"], "the spec's own, else the newest when this tierform was made")
        .keys(&["coder.version"])
        .because(|at| at.compiled.plan.coder.version.reason.clone()),
    Row::argument(&["coder.sha256"], "the spec's own; without it the release's own checksum file decides")
        .keys(&["coder.sha256"]),
    Row::argument(&["coder.mirror"], "the spec's own").keys(&["coder.mirror"]),
    Row::argument(&["terraform.version", "terraform.sha256.*"], "pinned together, by this tierform")
        .because(|at| at.compiled.plan.terraform.version.reason.clone()),
    Row::argument(&["coderd.disk_type"], DISK_TYPE).keys(&["coderd.machine"]),
    Row::argument(&["coderd.disk_gb"], CHOSEN_DISK)
        .because(|at| at.compiled.plan.coderd.machine.disk_gb.reason.clone()),
    Row::argument(&["coderd.max_open_connections"], "ours: no page states it")
        .because(|at| at.compiled.plan.coderd.max_open_connections.reason.clone()),
    Row::argument(&["database.version"], "the spec's own, else the newest that all three clouds have")
        .keys(&["database.version"])
        .because(|at| at.compiled.plan.database.version.reason.clone()),
    Row::argument(
        &["database.high_availability"],
        "the spec's own, else what the page's number of nodes asks for",
    )
    .keys(&["database.high_availability", "tier", "tier_revision"])
    .because(|at| at.compiled.plan.database.high_availability.reason.clone()),
    Row::argument(&["database.backup_days"], "the spec's own, else ours")
        .keys(&["database.backup_days"])
        .because(|at| at.compiled.plan.database.backup_days.reason.clone()),
    Row::argument(&["database.geo_redundant"], "off unless the spec turns it on")
        .keys(&["azure.geo_redundant_backup"]),
    Row::argument(&["clusters.*.nodes.disk_type", "clusters.*.nodes.os_disk_type"], DISK_TYPE)
        .keys(&["workspaces.machine"]),
    Row::argument(&["clusters.*.nodes.disk_gb"], CHOSEN_DISK)
        .because(|at| at.of_plan(|cluster| &cluster.node.disk_gb.reason)),
    Row::argument(
        &["clusters.*.nodes.max_pods"],
        "the smallest of the cloud's usual figures that holds the workspaces of a node",
    )
    .keys(&["workspaces.per_node", "workspaces.machine"])
    .because(|at| at.of_plan(|cluster| &cluster.max_pods.reason)),
    Row::argument(
        &["clusters.*.system_nodes.machine_type"],
        "the smallest of the nodes' family with 2 vCPU, with 4 above 64 nodes",
    )
    .keys(&["workspaces.machine", "workspaces.nodes_max"])
    .because(|at| at.of_plan(|cluster| &cluster.system_node.machine_type.reason)),
    Row::argument(&["clusters.*.system_nodes.disk_type", "clusters.*.system_nodes.os_disk_type"], DISK_TYPE)
        .keys(&["workspaces.machine"]),
    Row::argument(&["clusters.*.system_nodes.disk_gb"], CHOSEN_DISK)
        .because(|at| at.of_plan(|cluster| &cluster.system_node.disk_gb.reason)),
    Row::argument(&["clusters.*.system_nodes.per_zone"], "one, so that DNS outlives a zone"),
    Row::argument(&["clusters.*.system_nodes.count"], "three, as AKS advises")
        .because(|at| at.of_plan(|cluster| &cluster.system_nodes.reason)),
    Row::argument(
        &["clusters.*.workspace_requests.cpu", "clusters.*.workspace_requests.memory"],
        "what a workspace asks for, cut to what a node leaves to that many",
    )
    .keys(&["workspaces.vcpus", "workspaces.memory_gb", "workspaces.per_node", "workspaces.machine"])
    .because(|at| at.of_plan(|cluster| &cluster.request.reason)),
    Row::argument(&["clusters.*.provisioners.disk_type"], DISK_TYPE).keys(&["provisioners.machine"]),
    Row::argument(
        &["clusters.*.provisioners.disk_gb"],
        "ours: so much for the system, so much for each daemon",
    )
    .keys(&["provisioners.per_host"])
    .because(|at| at.of_plan(|cluster| cluster.host.as_ref().map_or("", |host| &host.disk_gb.reason))),
];
