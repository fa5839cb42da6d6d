//! The plan: sizing in one cloud's words. Machine types, disks, zones, address ranges, quotas and warnings, each figure with
//! its reason; the templates print it and decide nothing.

mod addresses;
mod choose;
mod density;
mod gcp;
mod quotas;
mod types;

pub use addresses::Addresses;
pub use density::{Allocatable, Density};
pub use quotas::Quota;
pub use types::{Access, Argument, ClusterPlan, Coderd, Database, Machine, Plan, Release, Requests, State};

use crate::catalog::{self, MachineType, Region, family_of, releases};
use crate::diagnostic::Diagnostic;
use crate::sizing::{Figure, Request, Sizing, capacity};
use crate::spec::{Cloud, Machines, Spanned, Spec};
use choose::{Chooser, Wish};

/// What differs between the clouds, as a table.
struct CloudRules {
    /// Families for coderd and nodes, best first.
    general: &'static [&'static str],
    /// Families for provisioner hosts, best first.
    compute: &'static [&'static str],
    /// What a node of that machine type leaves to pods.
    allocatable: fn(&MachineType, u32) -> Allocatable,
    /// The managed database's tier for a row, with the reason.
    database: fn(&Spec, &Sizing) -> Result<Figure<String>, Diagnostic>,
}

impl CloudRules {
    fn of(cloud: Cloud) -> Option<&'static CloudRules> {
        match cloud {
            Cloud::Gcp => Some(&gcp::RULES),
            Cloud::Aws | Cloud::Azure => None,
        }
    }
}

/// Makes the plan of a sized spec.
///
/// # Errors
/// Every value that the catalog or the cloud refuses: an unknown region, zone or machine type, a machine too small for its
/// role, a family not sold there, an address range too small.
pub fn build(spec: &Spec, sizing: &Sizing) -> Result<Plan, Vec<Diagnostic>> {
    let cloud = *spec.cloud.get_ref();
    let Some(rules) = CloudRules::of(cloud) else {
        let message = format!("`cloud` is \"{}\", which tierform cannot generate yet", cloud.as_str());
        return Err(vec![Diagnostic::at(spec.cloud.span(), message).help("use \"gcp\"")]);
    };
    let region = find_region(spec, cloud)?;
    let mut chooser = Chooser::new(spec, cloud, region);

    let current = spec.machines == Machines::Current;
    let published =
        |printed: Option<catalog::Published>| printed.filter(|_| !current).map(|printed| printed.on(cloud));
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
        chain: rules.general,
        vcpus: cluster.node_vcpus.into(),
        memory_gb: cluster.node_memory_gb.into(),
        need: node_need,
        place: None,
    });
    let database = (rules.database)(spec, sizing).map_err(|problem| chooser.problems.push(problem));
    let zones = chooser.zones();
    let (Some(coderd_machine), Some(host_machine), Some(node_machine), Ok(database), Some(zones)) =
        (coderd_machine, host_machine, node_machine, database, zones)
    else {
        return Err(chooser.problems);
    };

    let mut warnings = sizing.warnings.clone();
    let zone_count = u32::try_from(zones.value.len()).unwrap_or(u32::MAX);
    let nodes =
        density::plan_nodes(spec, cluster, node_machine.0, rules.allocatable, zone_count, &mut warnings)
            .map_err(|problem| vec![problem])?;
    let (system_type, system_need) = system_machine(node_machine.0, nodes.max.value);

    let cluster_plan = ClusterPlan {
        name: cluster.name.clone(),
        cloud: cloud.as_str(),
        region: region.name.to_owned(),
        zones: zones.value.clone(),
        share: cluster.share,
        running_workspaces: cluster.running_workspaces.clone(),
        density: nodes.density,
        request: requests(&nodes.request),
        node: machine(
            &node_machine,
            false,
            100,
            "container images of the workspaces; their homes are volumes of their own",
        ),
        nodes_min: nodes.min,
        nodes_max: nodes.max,
        max_pods: nodes.max_pods,
        system_node: machine(&(system_type, system_need), false, 50, "images of Kubernetes' own pods"),
        host: machine(
            &host_machine,
            true,
            HOST_DISK_BASE_GB + HOST_DISK_DAEMON_GB * sizing.provisioners.per_host.value,
            &format!(
                "{HOST_DISK_BASE_GB} for the system + {HOST_DISK_DAEMON_GB} a daemon: its provider cache and work directory"
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
            30,
            "the system and the binary; coderd keeps its data in the database",
        ),
        max_open_connections: Figure {
            value: releases::MAX_OPEN_CONNECTIONS,
            reason: "a replica; Coder's own deployment saturated 10 (coder/coder #21572)".to_owned(),
        },
    };
    let network = addresses::cut(spec, &cluster_plan, coderd.replicas.value, zone_count)
        .map_err(|problem| vec![problem])?;
    let quotas = quotas::table(&coderd, &cluster_plan, spec, zone_count);

    Ok(Plan {
        tier: sizing.row.tier.as_str(),
        revision: sizing.row.revision,
        page,
        users: sizing.limits.users,
        cloud: cloud.as_str(),
        region: region.name.to_owned(),
        place: region.place,
        zones,
        name: spec.name.get_ref().clone(),
        labels: spec.tags.iter().map(|(key, value)| (key.clone(), value.get_ref().clone())).collect(),
        project: spec.gcp.as_ref().map(|gcp| gcp.project.get_ref().clone()).unwrap_or_default(),
        access: access(spec),
        network,
        coder: coder_release(spec),
        terraform: Release {
            version: Figure {
                value: releases::TERRAFORM_VERSION.to_owned(),
                reason: "what this Coder bundles; on PATH, so that no daemon downloads its own".to_owned(),
            },
            sha256: Some(releases::TERRAFORM_SHA256.to_owned()),
            mirror: None,
        },
        coderd,
        clusters: vec![cluster_plan],
        database: plan_database(spec, sizing, database),
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

/// Daily backups kept unless the spec says otherwise: two weeks, so that a fault found after a holiday can be undone. DERIVED.
const BACKUP_DAYS: u32 = 14;

fn find_region(spec: &Spec, cloud: Cloud) -> Result<&'static Region, Vec<Diagnostic>> {
    let name = spec.region.get_ref();
    catalog::region(cloud, name).ok_or_else(|| {
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
    let family = family_of(machine);
    Machine {
        machine_type: Figure { value: machine.name.to_owned(), reason: reason.clone() },
        vcpus: machine.vcpus,
        memory_gib: machine.memory_gib,
        disk_type: family.map_or("", |family| if fast { family.fast_disk } else { family.disk }),
        disk_gb: Figure { value: disk_gb, reason: disk_reason.to_owned() },
    }
}

/// The machine of the static pool: the nodes' own family, so that one quota covers both. Large clusters run more of
/// Kubernetes' own pods (DNS, metrics, konnectivity grow with nodes). DERIVED.
fn system_machine(node: &'static MachineType, nodes_max: u32) -> (&'static MachineType, String) {
    let vcpus = if nodes_max > 64 { 4 } else { 2 };
    let series = node.name.rsplit_once('-').map_or(node.name, |(series, _)| series);
    let same = catalog::machines(node.cloud)
        .filter(|machine| {
            machine.name.rsplit_once('-').is_some_and(|(s, _)| s == series) && machine.vcpus >= vcpus
        })
        .min_by_key(|machine| machine.vcpus)
        .unwrap_or(node);
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

fn coder_release(spec: &Spec) -> Release {
    let text = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.get_ref().clone());
    Release {
        version: match text(&spec.coder.version) {
            Some(value) => Figure { value, reason: "coder.version in coder.toml".to_owned() },
            None => Figure {
                value: releases::CODER_VERSION.to_owned(),
                reason: "newest stable release when this tierform was made".to_owned(),
            },
        },
        sha256: text(&spec.coder.sha256),
        mirror: text(&spec.coder.mirror),
    }
}

fn plan_database(spec: &Spec, sizing: &Sizing, machine: Figure<String>) -> Database {
    let keys = &spec.database;
    let asked = |key: &str| format!("database.{key} in coder.toml");
    let high_availability = match &keys.high_availability {
        Some(asked_for) => Figure { value: *asked_for.get_ref(), reason: asked("high_availability") },
        None => Figure {
            value: sizing.database.nodes > 1,
            reason: format!(
                "the page lists {} database node; true adds a standby in another zone",
                sizing.database.nodes
            ),
        },
    };
    let backup_days = match &keys.backup_days {
        Some(days) => Figure { value: *days.get_ref(), reason: asked("backup_days") },
        None => Figure { value: BACKUP_DAYS, reason: "one a day".to_owned() },
    };
    Database {
        machine,
        version: match &keys.version {
            Some(version) => Figure { value: *version.get_ref(), reason: asked("version") },
            None => Figure {
                value: releases::POSTGRES_VERSION,
                reason: "Coder needs 13 or newer; database.version upgrades it, with downtime".to_owned(),
            },
        },
        storage_gb: sizing.database.storage_gb.clone(),
        high_availability,
        max_connections: sizing.database.max_connections.clone(),
        log_days: backup_days.value.min(gcp::LOG_DAYS),
        backup_days,
    }
}
