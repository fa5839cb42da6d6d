//! What gets smaller although nobody asked for it: a larger tier whose page gives some part less than the smaller tier's does, or a
//! default that follows another key.

use serde::Serialize;

use crate::catalog;
use crate::plan::{ClusterPlan, Machine, Plan};
use crate::sizing::{Figure, plain};
use crate::spec::Cloud;

/// A part of a deployment that gets smaller unasked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Smaller {
    /// What it is, as in `database` or `nodes of main`.
    pub what: String,
    /// What the directory has.
    pub before: String,
    /// What it will have.
    pub after: String,
    /// What to write into coder.toml so that it stays.
    pub keeps: String,
}

impl std::fmt::Display for Smaller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Smaller { what, before, after, keeps } = self;
        write!(f, "smaller: {what}: {before} → {after}; {keeps} in coder.toml keeps it")
    }
}

/// A part of a plan that can be compared with the same part of another plan.
struct Part {
    what: String,
    /// Every amount that must not fall.
    amounts: Vec<f64>,
    shown: String,
    /// Whether the spec names it, so that it is asked for.
    is_asked: bool,
    keeps: String,
}

/// All parts that get smaller from `before` to `after` and are not asked for by the spec of `after`.
pub fn smaller(before: &Plan, after: &Plan) -> Vec<Smaller> {
    let now = parts(after);
    let pair = |old: Part| {
        let new = now.iter().find(|part| part.what == old.what)?;
        let fell = old.amounts.iter().zip(&new.amounts).any(|(old, new)| new < old);
        (fell && !new.is_asked).then(|| Smaller {
            what: old.what,
            before: old.shown,
            after: new.shown.clone(),
            keeps: old.keeps,
        })
    };
    parts(before).into_iter().filter_map(pair).collect()
}

fn parts(plan: &Plan) -> Vec<Part> {
    let coderd = &plan.coderd;
    let mut all = vec![
        count("coderd", &coderd.replicas, "replicas", "coderd.replicas"),
        machine("coderd's machine", &coderd.machine, "coderd.machine"),
        disk("coderd's boot disk", &coderd.machine),
        kind("coderd's kind of boot disk", &coderd.machine, "coderd.machine"),
    ];
    all.extend(database(plan));
    let database = &plan.database;
    all.push(count("the database's storage", &database.storage_gb, "GB", "database.storage_gb"));
    all.push(count(
        "the database's connections",
        &database.max_connections,
        "connections",
        "database.max_connections",
    ));
    all.push(count("the database's backups", &database.backup_days, "days", "database.backup_days"));
    all.push(Part {
        what: "the database's standby".to_owned(),
        amounts: vec![f64::from(u8::from(database.high_availability.value))],
        shown: if database.high_availability.value { "a standby" } else { "none" }.to_owned(),
        is_asked: is_asked(&database.high_availability.reason),
        keeps: format!("database.high_availability = {}", database.high_availability.value),
    });
    for cluster in plan.all_clusters() {
        all.extend(of_cluster(cluster));
    }
    all
}

fn of_cluster(cluster: &ClusterPlan) -> Vec<Part> {
    let name = &cluster.name;
    let mut all = vec![
        machine(&format!("a node of {name}"), &cluster.node, "workspaces.machine"),
        disk(&format!("the boot disk of a node of {name}"), &cluster.node),
        kind(&format!("the kind of boot disk of a node of {name}"), &cluster.node, "workspaces.machine"),
        Part {
            what: format!("the density of {name}"),
            amounts: vec![cluster.density.per_node.into()],
            shown: format!("{} workspaces a node", cluster.density.per_node),
            is_asked: cluster.density.bound_by == "override",
            keeps: format!("workspaces.per_node = {}", cluster.density.per_node),
        },
        count(&format!("the most nodes of {name}"), &cluster.nodes_max, "nodes", "workspaces.nodes_max"),
        count(&format!("the fewest nodes of {name}"), &cluster.nodes_min, "nodes", "workspaces.nodes_min"),
    ];
    if let Some(host) = &cluster.host {
        all.push(Part {
            keeps: format!(
                "provisioners.per_host = {} or a larger provisioners.count",
                cluster.daemons_per_host.value
            ),
            ..count(&format!("the provisioner hosts of {name}"), &cluster.hosts, "hosts", "")
        });
        all.push(machine(&format!("a provisioner host of {name}"), host, "provisioners.machine"));
        all.push(disk(&format!("the boot disk of a provisioner host of {name}"), host));
        all.push(kind(
            &format!("the kind of boot disk of a provisioner host of {name}"),
            host,
            "provisioners.machine",
        ));
    }
    // Fewer on larger nodes is no loss: what the cluster holds is.
    all.push(Part {
        what: format!("the workspaces that {name} holds"),
        amounts: vec![f64::from(cluster.density.per_node) * f64::from(cluster.nodes_max.value)],
        shown: format!("{} nodes × {} workspaces", cluster.nodes_max.value, cluster.density.per_node),
        is_asked: is_asked(&cluster.nodes_max.reason) || cluster.density.bound_by == "override",
        keeps: format!("workspaces.nodes_max and workspaces.per_node = {}", cluster.density.per_node),
    });
    all
}

fn count(what: &str, figure: &Figure<u32>, unit: &str, key: &str) -> Part {
    Part {
        what: what.to_owned(),
        amounts: vec![figure.value.into()],
        shown: format!("{} {unit}", figure.value),
        is_asked: is_asked(&figure.reason),
        keeps: format!("{key} = {}", figure.value),
    }
}

fn machine(what: &str, machine: &Machine, key: &str) -> Part {
    let name = &machine.machine_type.value;
    Part {
        what: what.to_owned(),
        amounts: vec![machine.vcpus.into(), machine.memory_gib],
        shown: format!("{name} ({} vCPU, {} GB)", machine.vcpus, plain(machine.memory_gib)),
        is_asked: is_asked(&machine.machine_type.reason),
        keeps: format!("{key} = \"{name}\""),
    }
}

fn disk(what: &str, machine: &Machine) -> Part {
    Part {
        what: what.to_owned(),
        amounts: vec![machine.disk_gb.value.into()],
        shown: format!("{} GB", machine.disk_gb.value),
        is_asked: is_asked(&machine.disk_gb.reason),
        keeps: "a hand edit of terraform.tfvars, as no key".to_owned(),
    }
}

/// Disk types of one cloud, the slower first; of two that are not in one row none is the faster.
const KINDS: [&[&str]; 3] = [
    &["pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"],
    &["StandardSSD_LRS", "Premium_LRS"],
    &["Managed", "Ephemeral"],
];

fn kind(what: &str, machine: &Machine, key: &str) -> Part {
    let of = |row: &&[&str]| row.iter().position(|kind| *kind == machine.disk_type);
    let rank = KINDS.iter().find_map(of).unwrap_or(0);
    Part {
        what: what.to_owned(),
        // There are a handful.
        amounts: vec![f64::from(u8::try_from(rank).unwrap_or(u8::MAX))],
        shown: machine.disk_type.clone(),
        is_asked: is_asked(&machine.machine_type.reason),
        keeps: format!("{key} = \"{}\"", machine.machine_type.value),
    }
}

/// The database's size, where its name says what it has.
fn database(plan: &Plan) -> Option<Part> {
    let Figure { value: name, reason } = &plan.database.machine;
    let (vcpus, memory_gb) = match plan.cloud {
        Cloud::Gcp => catalog::parse_custom(name).map(|(vcpus, mb)| (vcpus, f64::from(mb) / 1024.0)),
        cloud => catalog::database(cloud, name).map(|size| (size.vcpus, size.memory_gb.into())),
    }?;
    Some(Part {
        what: "the database".to_owned(),
        amounts: vec![vcpus.into(), memory_gb],
        shown: format!("{name} ({vcpus} vCPU, {} GB)", plain(memory_gb)),
        is_asked: is_asked(reason) || is_asked_in_part(reason),
        keeps: format!("database.vcpus = {vcpus} and database.memory_gb = {}", plain(memory_gb)),
    })
}

/// Whether a reason says that the spec names the figure.
fn is_asked(reason: &str) -> bool {
    reason.ends_with("in coder.toml")
}

/// Whether one of two figures is the spec's own.
fn is_asked_in_part(reason: &str) -> bool {
    reason.contains("database.vcpus in coder.toml") || reason.contains("database.memory_gb in coder.toml")
}
