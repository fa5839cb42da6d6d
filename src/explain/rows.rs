//! What is known of a figure beside its value: one row for each that `size` prints, with its rule, its reason and the user's keys.
//! A test demands a row for whatever `size` prints and `terraform.tfvars` holds.

use super::row::{At, Row};
use crate::catalog::Density;
use crate::sizing::plain;

const COUNT: &[&str] = &["provisioners.count", "tier", "tier_revision"];
const PER_HOST: &[&str] = &["provisioners.per_host", "provisioners.count", "tier"];
const HOST: &[&str] = &["provisioners.vcpus_each", "provisioners.memory_gb_each", "provisioners.per_host"];
const LOAD: &[&str] = &["tier", "tier_revision", "load"];
const NODE: &[&str] = &["clusters.machine", "workspaces.machine", "tier", "tier_revision"];
const HOST_MACHINE: &[&str] = &["clusters.*.provisioners.machine_type", "clusters.*.provisioners.disk_gb"];

/// Whatever `size` prints.
pub static FIGURES: &[Row] = &[
    Row::new("tier", "the spec's own, else the smallest that holds [load]; every figure without a key of its own follows from it")
        .keys(&["tier", "load"])
        .because(|at| match at.compiled.spec.tier {
            Some(_) => String::new(),
            None => "the smallest that holds [load]".to_owned(),
        })
        .published("", limits),
    Row::new("revision", "the edition of the tier's page: 1 is the older one, with machine names; 2 the newer one, with vCPU and GB only")
        .keys(&["tier_revision"])
        .because(|at| match at.compiled.spec.tier_revision {
            Some(_) => String::new(),
            None => format!("the default of tier {}", at.compiled.plan.tier),
        }),
    Row::new("cloud", "the spec's own").keys(&["cloud"]),
    Row::new("region", "the spec's own; coderd and the database are there").is(&["region"]).keys(&["region"]),
    Row::new("limits.users", "what the tier's page is written for").keys(LOAD).because(of_row).published("", limits),
    Row::new("limits.running_workspaces", "the page's figure; where it states none, its nodes × its workspaces a node")
        .keys(LOAD)
        .because(of_row)
        .published("workspaces", limits)
        .limits(|at| at.quotas("nodes")),
    Row::new("limits.concurrent_builds", "every provisioner daemon builds one workspace at a time")
        .keys(COUNT)
        .because(|at| at.compiled.sizing.provisioners.count.reason.clone())
        .published("provisioners", provisioners),
    Row::new("limits.api_rps", "the page's figure; null where it gives none").keys(LOAD).because(of_row).published("", limits),
    Row::new("coderd.replicas", "the page's figure unless the spec has its own")
        .is(&["coderd.replicas"])
        .decides(&["database.max_connections"])
        .keys(&["coderd.replicas", "tier", "tier_revision"])
        .because(|at| at.compiled.sizing.coderd.replicas.reason.clone())
        .published("coderd", coderd)
        .limits(|at| at.quotas("coderd")),
    Row::new("coderd.vcpus", "the page's figure unless the spec has its own; the machine carries at least that")
        .decides(&["coderd.machine_type"])
        .keys(&["coderd.vcpus", "tier", "tier_revision"])
        .because(|at| at.compiled.sizing.coderd.vcpus.reason.clone())
        .published("coderd", coderd),
    Row::new("coderd.memory_gb", "the page's figure unless the spec has its own; the machine carries at least that")
        .decides(&["coderd.machine_type"])
        .keys(&["coderd.memory_gb", "tier", "tier_revision"])
        .because(|at| at.compiled.sizing.coderd.memory_gb.reason.clone())
        .published("coderd", coderd),
    Row::new("coderd.machine", MACHINE)
        .is(&["coderd.machine_type"])
        .keys(&["coderd.machine", "coderd.vcpus", "coderd.memory_gb", "machines", "burstable", "network.zones"])
        .because(|at| at.compiled.plan.coderd.machine.machine_type.reason.clone())
        .published("coderd", coderd)
        .limits(|at| {
            let coderd = &at.compiled.sizing.coderd;
            let least = carries(coderd.vcpus.value.into(), coderd.memory_gb.value.into());
            [least].into_iter().chain(at.quotas("coderd")).collect()
        }),
    Row::new("provisioners.count", "the page's figure unless the spec has its own")
        .decides(&["clusters.*.provisioners.hosts", "clusters.*.provisioners.daemons_per_host"])
        .keys(COUNT)
        .because(|at| at.compiled.sizing.provisioners.count.reason.clone())
        .published("provisioners", provisioners),
    Row::new("provisioners.per_host", "the daemons spread evenly over as few hosts as the stacking allows")
        .is(&["clusters.*.provisioners.daemons_per_host"])
        .decides(HOST_MACHINE)
        .keys(PER_HOST)
        .because(|at| at.of_sizing(|cluster| &cluster.hosts.per_host.reason))
        .published("provisioners", provisioners),
    Row::new("provisioners.hosts", "the daemons ÷ the daemons that a host stacks, rounded up")
        .decides(&["clusters.*.provisioners.hosts"])
        .keys(PER_HOST)
        .because(|at| match at.compiled.sizing.clusters.len() {
            1 => at.of_sizing(|cluster| &cluster.hosts.count.reason),
            clusters => format!("the hosts of {clusters} clusters, each with daemons of its own"),
        })
        .published("provisioners", provisioners)
        .limits(|at| at.quotas("provisioner hosts")),
    Row::new("provisioners.vcpus_each", "what a page of revision 2 states of a daemon; null where the page states the host")
        .decides(HOST_MACHINE)
        .keys(&["provisioners.vcpus_each", "tier_revision"])
        .because(each)
        .published("provisioners", provisioners),
    Row::new("provisioners.memory_gb_each", "what a page of revision 2 states of a daemon; null where the page states the host")
        .decides(HOST_MACHINE)
        .keys(&["provisioners.memory_gb_each", "tier_revision"])
        .because(each)
        .published("provisioners", provisioners),
    Row::new("provisioners.host_vcpus", "the daemons of a host × their vCPUs, without the system's share; or the host's as the page states it")
        .decides(HOST_MACHINE)
        .keys(HOST)
        .because(|at| at.of_sizing(|cluster| &cluster.hosts.need.reason))
        .published("provisioners", provisioners),
    Row::new("provisioners.host_memory_gb", "the daemons of a host × their GB, without the system's share; or the host's as the page states it")
        .decides(HOST_MACHINE)
        .keys(HOST)
        .because(|at| at.of_sizing(|cluster| &cluster.hosts.need.reason))
        .published("provisioners", provisioners),
    Row::new("provisioners.machine", MACHINE)
        .is(&["clusters.*.provisioners.machine_type"])
        .keys(&["provisioners.machine", "provisioners.vcpus_each", "provisioners.memory_gb_each", "machines", "burstable", "network.zones"])
        .because(|at| at.of_plan(|cluster| cluster.host.as_ref().map_or("", |host| &host.machine_type.reason)))
        .published("provisioners", provisioners)
        .limits(|at| {
            let least = at.sized().map(|cluster| carries(cluster.hosts.need.value.0, cluster.hosts.need.value.1));
            least.into_iter().chain(at.quotas("provisioner hosts")).collect()
        }),
    Row::new("clusters.*.name", "the spec's own; without [[clusters]] there is one beside coderd, called main").keys(&["clusters.name"]),
    Row::new("clusters.*.cloud", "the cluster's own, else coderd's").keys(&["clusters.cloud", "cloud"]),
    Row::new("clusters.*.region", "the cluster's own, else coderd's").is(&["clusters.*.region", "network.subnets.*.region"]).keys(&["clusters.region", "region"]),
    Row::new("clusters.*.share", "the part of the load that the cluster takes; one cluster takes all of it").keys(&["clusters.share"]),
    Row::new("clusters.*.running_workspaces", "the tier's running workspaces × the cluster's share")
        .decides(&["clusters.*.nodes.max"])
        .keys(LOAD)
        .because(|at| at.of_plan(|cluster| &cluster.running_workspaces.reason))
        .published("workspaces", limits),
    Row::new("clusters.*.per_node", "the page's density where it states one; else the least of what memory, CPU, pods and volumes of a node allow, and never above 16 unless asked")
        .decides(&["clusters.*.nodes.max", "clusters.*.nodes.max_pods", "clusters.*.workspace_requests.cpu", "clusters.*.workspace_requests.memory"])
        .keys(&["clusters.per_node", "workspaces.per_node", "workspaces.vcpus", "workspaces.memory_gb", "workspaces.volume_gb", "workspaces.machine"])
        .because(|at| at.planned().map_or_else(String::new, |cluster| format!("bound by {}", cluster.density.bound_by)))
        .published("workspaces", nodes)
        .limits(weighed),
    Row::new("clusters.*.bound_by", "which of the limits on workspaces a node is the least: memory, cpu, pods, volumes, the page's table, or the user's override")
        .keys(&["clusters.per_node", "workspaces.per_node", "workspaces.vcpus", "workspaces.memory_gb", "workspaces.machine"])
        .limits(weighed),
    Row::new("clusters.*.nodes_min", "one a zone unless the spec has its own figure")
        .is(&["clusters.*.nodes.min"])
        .keys(&["clusters.nodes_min", "workspaces.nodes_min", "network.zones"])
        .because(|at| at.of_plan(|cluster| &cluster.nodes_min.reason))
        .limits(|at| at.quotas("nodes")),
    Row::new("clusters.*.nodes_max", "the page's nodes where its density holds; else the running workspaces ÷ the workspaces a node, rounded up")
        .is(&["clusters.*.nodes.max"])
        .decides(&["clusters.*.system_nodes.machine_type"])
        .keys(&["clusters.nodes_max", "workspaces.nodes_max", "workspaces.per_node", "workspaces.machine", "tier"])
        .because(|at| at.of_plan(|cluster| &cluster.nodes_max.reason))
        .published("workspaces", nodes)
        .limits(|at| at.quotas("nodes")),
    Row::new("clusters.*.vcpus", "the page's node; where it states none, revision 1's")
        .decides(&["clusters.*.nodes.machine_type"])
        .keys(NODE)
        .because(|at| at.of_plan(|cluster| &cluster.node.machine_type.reason))
        .published("workspaces", nodes),
    Row::new("clusters.*.memory_gb", "the page's node; where it states none, revision 1's")
        .decides(&["clusters.*.nodes.machine_type"])
        .keys(NODE)
        .because(|at| at.of_plan(|cluster| &cluster.node.machine_type.reason))
        .published("workspaces", nodes),
    Row::new("clusters.*.machine", MACHINE)
        .is(&["clusters.*.nodes.machine_type"])
        .decides(&["clusters.*.nodes.max", "clusters.*.nodes.disk_type", "clusters.*.nodes.os_disk_type", "clusters.*.system_nodes.machine_type"])
        .keys(&["clusters.machine", "workspaces.machine", "machines", "burstable", "network.zones"])
        .because(|at| at.of_plan(|cluster| &cluster.node.machine_type.reason))
        .published("workspaces", nodes)
        .limits(|at| {
            let least = at.sized().map(|cluster| carries(cluster.node_vcpus.into(), cluster.node_memory_gb.into()));
            least.into_iter().chain(at.quotas("nodes")).collect()
        }),
    Row::new("clusters.*.provisioners", "the daemons × the cluster's share")
        .decides(&["clusters.*.provisioners.hosts"])
        .keys(COUNT)
        .because(|at| at.of_sizing(|cluster| &cluster.provisioners.reason))
        .published("provisioners", provisioners),
    Row::new("clusters.*.provisioner_hosts", "the cluster's daemons ÷ the daemons that a host stacks, rounded up")
        .is(&["clusters.*.provisioners.hosts"])
        .keys(PER_HOST)
        .because(|at| at.of_plan(|cluster| &cluster.hosts.reason))
        .published("provisioners", provisioners)
        .limits(|at| at.quotas("provisioner hosts")),
    Row::new("database.nodes", "the instances that the page lists: two are a primary and its standby")
        .decides(&["database.high_availability"])
        .keys(&["database.high_availability", "tier", "tier_revision"])
        .because(|at| at.compiled.plan.database.high_availability.reason.clone())
        .published("database", database),
    Row::new("database.vcpus", "the page's figure unless the spec has its own")
        .decides(DATABASE_SIZE)
        .keys(&["database.vcpus", "tier", "tier_revision"])
        .because(|at| at.compiled.sizing.database.vcpus.reason.clone())
        .published("database", database),
    Row::new("database.memory_gb", "the page's figure unless the spec has its own")
        .decides(DATABASE_SIZE)
        .keys(&["database.memory_gb", "tier", "tier_revision"])
        .because(|at| at.compiled.sizing.database.memory_gb.reason.clone())
        .published("database", database),
    Row::new("database.storage_gb", "the page's figure unless the spec has its own")
        .is(&["database.disk_gb", "database.storage_mb"])
        .keys(&["database.storage_gb", "tier", "tier_revision"])
        .because(|at| at.compiled.sizing.database.storage_gb.reason.clone())
        .published("database", database),
    Row::new("database.machine", "the user's if it carries the row, else the printed one, else the first size of today's that does")
        .is(DATABASE_SIZE)
        .keys(&["database.machine", "database.vcpus", "database.memory_gb", "machines", "burstable"])
        .because(|at| at.compiled.plan.database.machine.reason.clone())
        .published("database", database)
        .limits(|at| {
            let database = &at.compiled.sizing.database;
            vec![carries(database.vcpus.value.into(), database.memory_gb.value.into())]
        }),
    Row::new("database.max_connections", "two generations of coderd at once, each replica with all its connections open, and 50 for everybody else")
        .is(&["database.max_connections"])
        .keys(&["database.max_connections", "coderd.replicas"])
        .because(|at| at.compiled.sizing.database.max_connections.reason.clone()),
    Row::new("warnings.*.code", "a stable name for scripts"),
    Row::new("warnings.*.message", "what `generate` says on stderr too"),
];

const MACHINE: &str = "the user's if it carries its role; else the one that the page prints; else the first family of today's that \
                       carries the role and is sold in three zones of the region";

const DATABASE_SIZE: &[&str] = &["database.tier", "database.instance_class", "database.sku_name"];

fn carries(vcpus: f64, memory_gb: f64) -> String {
    format!("carries at least {} vCPU and {} GB", plain(vcpus), plain(memory_gb))
}

/// Every limit on workspaces a node.
fn weighed(at: &At<'_>) -> Vec<String> {
    let Some(cluster) = at.planned() else { return Vec::new() };
    let one = |(of, most): &(String, u32)| match of.as_str() {
        "table" => format!("the page's density, or 16: {most}"),
        of => format!("{of} of a {} node: {most}", cluster.node.machine_type.value),
    };
    cluster.density.limits.iter().map(one).collect()
}

/// The row that a figure is from.
fn of_row(at: &At<'_>) -> String {
    let plan = &at.compiled.plan;
    format!("tier {}, revision {}", plan.tier, plan.revision)
}

/// Why a daemon has what it has.
fn each(at: &At<'_>) -> String {
    match at.compiled.sizing.provisioners.each {
        Some(_) => at.of_sizing(|cluster| &cluster.hosts.need.reason),
        None => "the page states the host".to_owned(),
    }
}

fn limits(at: &At<'_>) -> Option<String> {
    let limits = &at.compiled.sizing.row.limits;
    let rps = limits.api_rps.map_or_else(String::new, |rps| format!(", {rps} API requests a second"));
    Some(format!(
        "{} users, {} running workspaces, {} builds at once{rps}",
        limits.users, limits.running_workspaces, limits.concurrent_builds
    ))
}

fn coderd(at: &At<'_>) -> Option<String> {
    let row = &at.compiled.sizing.row.coderd;
    let printed = at.page_prints(row.published.as_ref());
    Some(format!("{} coderd of {} vCPU / {} GB{printed}", row.replicas, row.vcpus, row.memory_gb))
}

fn provisioners(at: &At<'_>) -> Option<String> {
    let row = &at.compiled.sizing.row.provisioners;
    let printed = at.page_prints(row.published.as_ref());
    let size = match row.density {
        Density::PerDaemon(each) => format!("{} vCPU / {} GB a daemon", each.vcpus, each.memory_gb),
        Density::PerHost(host) => format!("{} vCPU / {} GB a host", host.vcpus, host.memory_gb),
    };
    Some(format!("{} daemons, {} a host, {size}{printed}", row.count, row.per_host))
}

fn nodes(at: &At<'_>) -> Option<String> {
    let row = at.compiled.sizing.row.nodes.as_ref()?;
    let printed = at.page_prints(Some(&row.published));
    Some(format!(
        "{} nodes of {} vCPU / {} GB, {} workspaces each{printed}",
        row.nodes, row.vcpus, row.memory_gb, row.per_node
    ))
}

fn database(at: &At<'_>) -> Option<String> {
    let row = &at.compiled.sizing.row.database;
    let storage = row.storage_gb.map_or_else(String::new, |gb| format!(", {gb} GB of storage"));
    let printed = at.page_prints(row.published.as_ref());
    Some(format!("{} × {} vCPU / {} GB{storage}{printed}", row.nodes, row.vcpus, row.memory_gb))
}
