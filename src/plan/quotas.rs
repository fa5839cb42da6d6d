//! The quota table: what the project must allow, with the fewest and the most nodes, for the generated README.

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

/// A workspace's volume in GB where the spec names none: the home disk of Coder's Kubernetes starter template.
const VOLUME_GB: u32 = 10;

/// The table for one cluster and the control plane.
pub fn table(coderd: &Coderd, cluster: &ClusterPlan, spec: &Spec, zones: u32) -> Vec<Quota> {
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
        add(
            cpu_quota(&machine.machine_type.value),
            min * machine.vcpus,
            max.saturating_mul(machine.vcpus),
            of,
        );
    }
    for (machine, min, max, of) in groups {
        let disk = machine.disk_gb.value;
        add(disk_quota(machine.disk_type).to_owned(), min * disk, max.saturating_mul(disk), of);
    }
    let volume = spec.workspaces.volume_gb.as_ref().map_or(VOLUME_GB, |gb| *gb.get_ref());
    if volume > 0 {
        let all = cluster.running_workspaces.value.saturating_mul(volume);
        add(
            disk_quota(cluster.node.disk_type).to_owned(),
            0,
            all,
            &format!("workspace volumes of {volume} GB"),
        );
    }
    for (_, min, max, of) in groups {
        add("VM instances".to_owned(), min, max, of);
    }
    let mut rows: Vec<Quota> = rows.into_values().collect();
    // Beside each family's own quota one counts them all, and new projects begin with a few dozen.
    let cpus = || rows.iter().filter(|row| row.name.ends_with("CPUs"));
    let all = Quota {
        name: "CPUs (all regions)".to_owned(),
        scope: "global".to_owned(),
        min: cpus().map(|row| row.min).sum(),
        max: cpus().map(|row| row.max).fold(0, u32::saturating_add),
        of: "all machines".to_owned(),
    };
    rows.insert(cpus().count(), all);
    let fixed = |name: &str, scope: &str, count: u32, of: &str| Quota {
        name: name.to_owned(),
        scope: scope.to_owned(),
        min: count,
        max: count,
        of: of.to_owned(),
    };
    rows.push(fixed("Static external IP addresses", region, NAT_ADDRESSES, "Cloud NAT"));
    rows.push(fixed("Static external IP addresses global", "global", 1, "load balancer"));
    rows
}

/// Addresses that the network module reserves for Cloud NAT in a region.
const NAT_ADDRESSES: u32 = 2;

/// The regional quota that a machine's vCPUs count against: its series' own, but for the oldest, which share `CPUS`.
fn cpu_quota(machine: &str) -> String {
    match machine.split('-').next().unwrap_or(machine) {
        "n1" | "e2" => "CPUs".to_owned(),
        series => format!("{} CPUs", series.to_uppercase()),
    }
}

fn disk_quota(disk: &str) -> &'static str {
    match disk {
        "hyperdisk-balanced" => "Hyperdisk Balanced capacity (GB)",
        _ => "Persistent Disk SSD (GB)",
    }
}
