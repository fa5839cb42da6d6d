//! The quota table: what the project, account or subscription must allow, with the fewest and the most nodes, for the
//! generated README.

use indexmap::IndexMap;
use serde::Serialize;

use super::{ClusterPlan, Coderd, Machine};
use crate::spec::Spec;

/// One quota.
#[derive(Debug, PartialEq, Serialize)]
pub struct Quota {
    /// Its name in the console.
    pub name: String,
    /// Where it counts.
    pub scope: String,
    /// Needed with the fewest nodes.
    pub min: u32,
    /// Needed with the most nodes, while coderd and the pools are being replaced.
    pub max: u32,
    /// What it is made of.
    pub of: String,
}

/// What one cloud's quotas are called.
pub struct Names {
    /// The quota of a machine's vCPUs.
    pub cpus: fn(&Machine) -> String,
    /// The quota of all vCPUs together and where it counts; `None` where there is none.
    pub all_cpus: Option<(&'static str, &'static str)>,
    /// The quota of a disk type's GB; `None` where none limits it.
    pub disks: fn(&str) -> Option<&'static str>,
    /// The quota of machines; `None` where there is none.
    pub machines: Option<&'static str>,
    /// What does not depend on sizes, by the spec and the number of zones.
    pub fixed: fn(&Spec, u32) -> Vec<Fixed>,
}

/// A quota of a fixed number.
pub struct Fixed {
    /// Its name in the console.
    pub name: &'static str,
    /// Whether it counts for all regions together.
    pub is_global: bool,
    /// How many.
    pub count: u32,
    /// What for.
    pub of: &'static str,
}

/// A workspace's volume in GB where the spec names none: the home disk of Coder's Kubernetes starter template.
const VOLUME_GB: u32 = 10;

/// The table for one cluster and the control plane.
pub fn table(names: &Names, coderd: &Coderd, cluster: &ClusterPlan, spec: &Spec, zones: u32) -> Vec<Quota> {
    let region = cluster.region.as_str();
    let system = zones;
    let groups: [(&Machine, u32, u32, &str); 4] = [
        // A rolling replacement adds a machine a zone before it takes one away.
        (&coderd.machine, coderd.replicas.value, coderd.replicas.value + zones, "coderd"),
        (&cluster.host, cluster.hosts.value, cluster.hosts.value, "provisioner hosts"),
        (&cluster.node, cluster.nodes_min.value, cluster.nodes_max.value + zones, "nodes"),
        (&cluster.system_node, system, system + zones, "system nodes"),
    ];
    let mut rows: IndexMap<String, Quota> = IndexMap::new();
    let mut add = |name: String, min: u32, max: u32, of: &str| {
        let row = rows.entry(name.clone()).or_insert_with(|| Quota {
            name,
            scope: region.to_owned(),
            min: 0,
            max: 0,
            of: String::new(),
        });
        row.min = row.min.saturating_add(min);
        row.max = row.max.saturating_add(max);
        if !row.of.split(", ").any(|part| part == of) {
            row.of += if row.of.is_empty() { "" } else { ", " };
            row.of += of;
        }
    };
    for (machine, min, max, of) in groups {
        add((names.cpus)(machine), min * machine.vcpus, max.saturating_mul(machine.vcpus), of);
    }
    let families =
        groups.iter().map(|(machine, ..)| (names.cpus)(machine)).collect::<indexmap::IndexSet<_>>().len();
    for (machine, min, max, of) in groups {
        let disk = machine.disk_gb.value;
        if let Some(name) = (names.disks)(machine.disk_type) {
            add(name.to_owned(), min * disk, max.saturating_mul(disk), of);
        }
    }
    let volume = spec.workspaces.volume_gb.as_ref().map_or(VOLUME_GB, |gb| *gb.get_ref());
    if let Some(name) = (names.disks)(cluster.node.disk_type)
        && volume > 0
    {
        let all = cluster.running_workspaces.value.saturating_mul(volume);
        add(name.to_owned(), 0, all, &format!("workspace volumes of {volume} GB"));
    }
    if let Some(name) = names.machines {
        for (_, min, max, of) in groups {
            add(name.to_owned(), min, max, of);
        }
    }
    let mut rows: Vec<Quota> = rows.into_values().collect();
    // Beside each family's own quota one may count them all, and new accounts begin with a few dozen.
    if let Some((name, scope)) = names.all_cpus {
        let cpus = &rows[..families];
        let all = Quota {
            name: name.to_owned(),
            scope: if scope.is_empty() { region } else { scope }.to_owned(),
            min: cpus.iter().map(|row| row.min).fold(0, u32::saturating_add),
            max: cpus.iter().map(|row| row.max).fold(0, u32::saturating_add),
            of: "all machines".to_owned(),
        };
        rows.insert(families, all);
    }
    rows.extend((names.fixed)(spec, zones).into_iter().map(|fixed| Quota {
        name: fixed.name.to_owned(),
        scope: if fixed.is_global { "global" } else { region }.to_owned(),
        min: fixed.count,
        max: fixed.count,
        of: fixed.of.to_owned(),
    }));
    rows
}
