//! The plan: sizing in one cloud's words. Machine types, disks, zones, address ranges, quotas and warnings, each figure with
//! its reason; the templates print it and decide nothing.

mod addresses;
mod aws;
mod azure;
mod choose;
mod databases;
mod density;
mod gcp;
mod quotas;
mod types;

use std::ops::RangeInclusive;

pub use addresses::{Addresses, Range};
pub use density::{Allocatable, Density};
pub use quotas::Quota;
pub use types::{
    Access, Argument, Aws, Azure, ClusterPlan, Coderd, Database, Existing, Gcp, Machine, Moved, Plan,
    Release, Requests, State,
};

use crate::catalog::{self, MachineType, Region, releases};
use crate::diagnostic::Diagnostic;
use crate::frozen::Answers;
use crate::sizing::{Figure, OPEN_CONNECTIONS, Request, Sizing, Warning, capacity};
use crate::spec::{Cloud, Machines, Spanned, Spec};
use choose::{Chooser, Wish, ZoneRules};
use density::NodeRules;

/// What differs between the clouds, as a table.
struct CloudRules {
    /// Series for coderd, best first.
    general: &'static [&'static str],
    /// Series for provisioner hosts, best first.
    compute: &'static [&'static str],
    /// Series for nodes, best first.
    nodes: &'static [&'static str],
    /// Its zones.
    zones: ZoneRules,
    /// What to know of a machine of its own, one that is no node.
    beware: fn(&MachineType, &str) -> Option<Warning>,
    /// Its Kubernetes nodes.
    node: NodeRules,
    /// The managed database's size for a row, with the reason.
    database: fn(&Spec, &Sizing, &'static Region) -> Result<Figure<String>, Diagnostic>,
    /// Storage that the database may have, in GB.
    storage_gb: RangeInclusive<u32>,
    /// Days that daily backups may be kept.
    backup_days: RangeInclusive<u32>,
    /// Connections that it may admit.
    max_connections: RangeInclusive<u32>,
    /// Days back to any moment of which the database can be restored, at most.
    log_days: u32,
    /// How its network is cut.
    network: &'static addresses::Layout,
    /// What its quotas are called.
    quotas: &'static quotas::Names,
}

impl CloudRules {
    fn of(cloud: Cloud) -> &'static CloudRules {
        match cloud {
            Cloud::Gcp => &gcp::RULES,
            Cloud::Aws => &aws::RULES,
            Cloud::Azure => &azure::RULES,
        }
    }
}

/// Makes the plan of a sized spec.
///
/// # Errors
/// Every value that the catalog or the cloud refuses: an unknown region, zone or machine type, a machine too small for its
/// role, a family not sold there, an address range too small.
pub fn build(spec: &Spec, sizing: &Sizing, answers: &Answers) -> Result<Plan, Vec<Diagnostic>> {
    let cloud = *spec.cloud.get_ref();
    let rules = CloudRules::of(cloud);
    let region = find_region(spec, cloud)?;
    let mut chooser = Chooser::new(spec, cloud, region, answers);

    let current = spec.machines == Machines::Current;
    let published = |printed: Option<catalog::Published>| {
        printed.filter(|_| !current).map(|printed| printed.on(cloud, spec.burstable))
    };
    let (page, row) =
        (sizing.row.page, format!("tier {}, revision {}", sizing.row.tier.as_str(), sizing.row.revision));
    let cluster = &sizing.clusters[0];

    let coderd_machine = chooser.choose(&Wish {
        key: "coderd.machine",
        asked: spec.coderd.machine.as_ref(),
        published: published(sizing.coderd.published),
        chain: rules.general,
        vcpus: sizing.coderd.vcpus.value.into(),
        memory_gb: sizing.coderd.memory_gb.value.into(),
        need: capacity(&sizing.coderd.vcpus, &sizing.coderd.memory_gb),
        place: spec.coderd.vcpus.as_ref().or(spec.coderd.memory_gb.as_ref()).map(Spanned::span),
    });
    let host_machine = chooser.choose(&Wish {
        key: "provisioners.machine",
        asked: spec.provisioners.machine.as_ref(),
        published: published(sizing.provisioners.published),
        chain: rules.compute,
        vcpus: sizing.provisioners.host.value.0,
        memory_gb: sizing.provisioners.host.value.1,
        need: sizing.provisioners.host.reason.clone(),
        place: spec
            .provisioners
            .vcpus_each
            .as_ref()
            .or(spec.provisioners.memory_gb_each.as_ref())
            .map(Spanned::span),
    });
    let node_need = match cluster.table {
        Some(_) => format!("{} vCPU / {} GB: {row}", cluster.node_vcpus, cluster.node_memory_gb),
        None => format!(
            "{} vCPU / {} GB: revision 1's node, {page} names none",
            cluster.node_vcpus, cluster.node_memory_gb
        ),
    };
    let node_machine = chooser.choose(&Wish {
        key: "workspaces.machine",
        asked: spec.workspaces.machine.as_ref(),
        published: published(cluster.published),
        chain: rules.nodes,
        vcpus: cluster.node_vcpus.into(),
        memory_gb: cluster.node_memory_gb.into(),
        need: node_need,
        place: None,
    });
    let database = (rules.database)(spec, sizing, region)
        .map(|current| databases::keep(spec, sizing, answers, current))
        .map_err(|problem| chooser.problems.push(problem));
    chooser.problems.extend(databases::limits(spec, rules));
    let zones = chooser.zones(&rules.zones);
    if !chooser.problems.is_empty() {
        return Err(chooser.problems);
    }
    let (Some(coderd_machine), Some(host_machine), Some(node_machine), Ok(database), Some(zones)) =
        (coderd_machine, host_machine, node_machine, database, zones)
    else {
        return Err(chooser.problems);
    };

    let mut warnings = sizing.warnings.clone();
    if spec.burstable && row_prints_nothing(sizing) {
        warnings.push(Warning {
            code: "burstable_unused",
            message: format!(
                "burstable = true changes nothing: {row} prints no machine types, so there are no t3 ones to take."
            ),
        });
    }
    // Own subnets have zones of their own, one each.
    let own = spec.network.existing.as_ref().filter(|_| cloud == Cloud::Aws);
    let own = own.and_then(|existing| existing.subnets.get("nodes")).map(Vec::len);
    for (role, (machine, _)) in [("coderd", &coderd_machine), ("the provisioner hosts", &host_machine)] {
        warnings.extend((rules.beware)(machine, role));
    }
    let zone_count = u32::try_from(own.unwrap_or(zones.count)).unwrap_or(u32::MAX);
    let zones = zones.names;
    let nodes = density::plan_nodes(spec, cluster, node_machine.0, &rules.node, zone_count, &mut warnings)
        .map_err(|problem| vec![problem])?;
    let (system_type, system_need) = system_machine(node_machine.0, nodes.max.value, answers);

    let base_gb = answers.keep("boot disk of a provisioner host, in GB", HOST_DISK_BASE_GB);
    let daemon_gb =
        answers.keep("boot disk of a provisioner host for each daemon, in GB", HOST_DISK_DAEMON_GB);
    let cluster_plan = ClusterPlan {
        name: cluster.name.clone(),
        cloud: cloud.as_str(),
        region: region.name.to_owned(),
        zones: zones.value.clone(),
        share: cluster.share,
        running_workspaces: cluster.running_workspaces.clone(),
        density: nodes.density,
        request: requests(&nodes.request),
        node: node(
            rules,
            &node_machine,
            answers.keep("boot disk of a node, in GB", 100),
            "container images of the workspaces; their homes are volumes of their own",
        ),
        nodes_min: nodes.min,
        nodes_max: nodes.max,
        max_pods: nodes.max_pods,
        system_node: node(
            rules,
            &(system_type, system_need),
            answers.keep("boot disk of a system node, in GB", 50),
            "images of Kubernetes' own pods",
        ),
        host: machine(
            &host_machine,
            true,
            base_gb + daemon_gb * sizing.provisioners.per_host.value,
            &format!(
                "{base_gb} for the system + {daemon_gb} a daemon: its provider cache and work directory"
            ),
        ),
        hosts: sizing.provisioners.hosts.clone(),
        daemons_per_host: sizing.provisioners.per_host.clone(),
        provisioners: cluster.provisioners,
    };
    let coderd = Coderd {
        replicas: sizing.coderd.replicas.clone(),
        machine: machine(
            &coderd_machine,
            false,
            answers.keep("boot disk of coderd, in GB", 30),
            "the system and the binary; coderd keeps its data in the database",
        ),
        max_open_connections: Figure {
            value: answers.keep(OPEN_CONNECTIONS, releases::MAX_OPEN_CONNECTIONS),
            reason: "a replica; Coder's own deployment saturated 10 (coder/coder #21572)".to_owned(),
        },
    };
    let network = addresses::cut(spec, rules.network, &cluster_plan, coderd.replicas.value, zone_count)
        .map_err(|problem| vec![problem])?;
    let quotas = quotas::table(rules.quotas, &coderd, &cluster_plan, spec, zone_count);

    Ok(Plan {
        tier: sizing.row.tier.as_str(),
        revision: sizing.row.revision,
        page,
        users: sizing.limits.users,
        cloud: cloud.as_str(),
        region: region.name.to_owned(),
        place: region.place,
        zones,
        zone_count,
        name: spec.name.get_ref().clone(),
        labels: spec.tags.iter().map(|(key, value)| (key.clone(), value.get_ref().clone())).collect(),
        gcp: spec.gcp.as_ref().map(|gcp| Gcp { project: gcp.project.get_ref().clone() }),
        aws: spec.aws.as_ref().map(|aws| Aws::of(aws, &network, answers)),
        azure: spec
            .azure
            .as_ref()
            .map(|azure| Azure::of(spec, azure, &sizing.database.storage_gb, zone_count, &cluster.name)),
        access: access(spec),
        network,
        existing: spec.network.existing.as_ref().map(types::Existing::of),
        coder: coder_release(spec, answers),
        terraform: terraform_release(answers),
        coderd,
        moves: Moved::all(catalog::moves(cloud), std::slice::from_ref(&cluster_plan)),
        clusters: vec![cluster_plan],
        database: databases::plan(spec, sizing, rules, database, answers),
        state: state(spec),
        quotas,
        warnings,
    })
}

/// Boot disk of a provisioner host: the system's part. DERIVED.
const HOST_DISK_BASE_GB: u32 = 20;
/// Boot disk of a provisioner host: a daemon's part. A cache holds some providers of hundreds of MB each, beside it stands
/// one build's work directory (coder/coder `executor.go`: neither is shared between daemons). DERIVED.
const HOST_DISK_DAEMON_GB: u32 = 4;

fn find_region(spec: &Spec, cloud: Cloud) -> Result<&'static Region, Vec<Diagnostic>> {
    let name = spec.region.get_ref();
    let found = catalog::region(cloud, name);
    // China's and Europe's sovereign regions are partitions of their own, whose zones and machines are not in the catalog.
    if let Some(region) = found.filter(|region| cloud == Cloud::Aws && region.zones.is_empty()) {
        return Err(vec![
            Diagnostic::at(
                spec.region.span(),
                format!(
                    "`region` \"{name}\" ({}) lies in a partition of its own, which tierform does not know",
                    region.place
                ),
            )
            .note("what is sold there, and by which names, is not published with the other regions")
            .help("choose a region of the commercial partition or of AWS GovCloud"),
        ]);
    }
    found.ok_or_else(|| {
        let names = || catalog::regions(cloud).map(|region| region.name);
        let problem = Diagnostic::at(
            spec.region.span(),
            format!("`region` \"{name}\" is no region of {}", cloud.as_str()),
        );
        vec![match catalog::nearest(name, names()) {
            Some(near) => problem.help(format!("did you mean \"{near}\"?")),
            None => problem.help(format!("known regions: {}", names().collect::<Vec<_>>().join(", "))),
        }]
    })
}

fn machine(
    (machine, reason): &(&'static MachineType, String),
    fast: bool,
    disk_gb: u32,
    disk_reason: &str,
) -> Machine {
    let disks = machine.disks();
    Machine {
        machine_type: Figure { value: machine.name.to_owned(), reason: reason.clone() },
        vcpus: machine.vcpus,
        memory_gib: machine.memory_gib,
        family: machine.family,
        disk_type: if fast { disks.fast } else { disks.plain },
        disk_gb: Figure { value: disk_gb, reason: disk_reason.to_owned() },
    }
}

/// A node: its disk is wherever the cloud's Kubernetes has it.
fn node(rules: &CloudRules, of: &(&'static MachineType, String), disk_gb: u32, disk_reason: &str) -> Machine {
    Machine { disk_type: (rules.node.disk)(of.0, disk_gb), ..machine(of, false, disk_gb, disk_reason) }
}

/// The machine of the static pool: the nodes' own family, so that one quota covers both. Large clusters run more of
/// Kubernetes' own pods (DNS, metrics, konnectivity grow with nodes). DERIVED.
fn system_machine(
    node: &'static MachineType,
    nodes_max: u32,
    answers: &Answers,
) -> (&'static MachineType, String) {
    let vcpus = if nodes_max > 64 { 4 } else { 2 };
    let same = catalog::machines(node.cloud)
        .filter(|machine| machine.series == node.series && machine.vcpus >= vcpus && !machine.shared_core)
        .min_by_key(|machine| machine.vcpus)
        .unwrap_or(node);
    let question = format!("machine of the system nodes beside {} with {vcpus} vCPU", node.name);
    let held = answers.recall(&question).and_then(|name| catalog::machine(node.cloud, name));
    let same = held.unwrap_or(same);
    answers.note(question, same.name.to_owned());
    (same, format!("Kubernetes' own pods; {vcpus} vCPU at up to {nodes_max} nodes, in the nodes' family"))
}

fn state(spec: &Spec) -> State {
    let argument = |key: &String, value: &Spanned<String>| match spec.state.is_flag(key) {
        true => Argument::Flag(value.get_ref() == "true"),
        false => Argument::Text(value.get_ref().clone()),
    };
    State {
        backend: spec.state.backend,
        arguments: spec
            .state
            .arguments
            .iter()
            .map(|(key, value)| (key.clone(), argument(key, value)))
            .collect(),
    }
}

fn requests(request: &Figure<Request>) -> Requests {
    Requests {
        cpu: format!("{:.0}m", request.value.vcpus * 1000.0),
        memory: format!("{:.0}Mi", request.value.memory_gb * 1024.0),
        reason: request.reason.clone(),
    }
}

fn access(spec: &Spec) -> Access {
    let text = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.get_ref().clone());
    Access {
        hostname: spec.access.hostname.get_ref().clone(),
        wildcard: text(&spec.access.wildcard),
        dns_zone: text(&spec.access.dns_zone),
        certificate: text(&spec.access.certificate),
        allowed_cidrs: spec.network.allowed_cidrs.iter().map(|cidr| cidr.get_ref().to_string()).collect(),
    }
}

/// The release and its checksum are frozen together.
fn terraform_release(answers: &Answers) -> Release {
    let both = format!("{} {}", releases::TERRAFORM_VERSION, releases::TERRAFORM_SHA256);
    let both = answers.keep("release of Terraform", both);
    let (version, sha256) =
        both.split_once(' ').unwrap_or((releases::TERRAFORM_VERSION, releases::TERRAFORM_SHA256));
    Release {
        version: Figure {
            value: version.to_owned(),
            reason: "what this Coder bundles; on PATH, so that no daemon downloads its own".to_owned(),
        },
        sha256: Some(sha256.to_owned()),
        mirror: None,
    }
}

fn coder_release(spec: &Spec, answers: &Answers) -> Release {
    let text = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.get_ref().clone());
    Release {
        version: match text(&spec.coder.version) {
            Some(value) => Figure { value, reason: "coder.version in coder.toml".to_owned() },
            None => Figure {
                value: answers.keep("release of Coder", releases::CODER_VERSION.to_owned()),
                reason: "newest stable release when this tierform was made".to_owned(),
            },
        },
        sha256: text(&spec.coder.sha256),
        mirror: text(&spec.coder.mirror),
    }
}

/// Whether the tier's page names no machine types at all.
fn row_prints_nothing(sizing: &Sizing) -> bool {
    sizing.row.coderd.published.is_none()
        && sizing.row.provisioners.published.is_none()
        && sizing.row.nodes.is_none()
        && sizing.row.database.published.is_none()
}
