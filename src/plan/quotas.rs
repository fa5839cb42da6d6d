//! The quota table: what the project, account or subscription must allow, with the fewest and the most nodes, for the
//! generated README.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::places::Home;
use super::{CloudRules, ClusterPlan, Coderd, Machine};
use crate::spec::{Cloud, Spec};

/// One quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// What does not depend on sizes, by the spec, the number of zones and whether coderd is there.
    pub fixed: fn(&Spec, u32, bool) -> Vec<Fixed>,
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

/// Coderd and clusters in one region, which count together.
struct Region<'a> {
    cloud: Cloud,
    name: &'a str,
    zones: u32,
    coderd: Option<&'a Coderd>,
    clusters: Vec<&'a ClusterPlan>,
}

/// The tables of all regions, the control plane's first.
pub fn tables(spec: &Spec, home: Home, zones: u32, coderd: &Coderd, clusters: &[ClusterPlan]) -> Vec<Quota> {
    let at_home = Region {
        cloud: home.cloud,
        name: home.region.name,
        zones,
        coderd: Some(coderd),
        clusters: Vec::new(),
    };
    let mut regions = vec![at_home];
    for cluster in clusters {
        let cloud = cluster.cloud;
        let is_there = |region: &&mut Region<'_>| region.cloud == cloud && region.name == cluster.region;
        match regions.iter_mut().find(is_there) {
            Some(region) => region.clusters.push(cluster),
            None => regions.push(Region {
                cloud,
                name: &cluster.region,
                zones: cluster.zone_count,
                coderd: None,
                clusters: vec![cluster],
            }),
        }
    }
    regions.iter().flat_map(|region| table(spec, region)).collect()
}

fn table(spec: &Spec, of: &Region<'_>) -> Vec<Quota> {
    let (region, zones, names) = (of.name, of.zones, CloudRules::of(of.cloud).quotas);
    let mut groups: Vec<(&Machine, u32, u32, &str)> = Vec::new();
    if let Some(coderd) = of.coderd {
        // A rolling replacement adds a machine a zone before it takes one away.
        groups.push((&coderd.machine, coderd.replicas.value, coderd.replicas.value + zones, "coderd"));
    }
    for cluster in &of.clusters {
        let hosts = cluster.hosts.value;
        groups.extend(cluster.host.as_ref().map(|host| (host, hosts, hosts, "provisioner hosts")));
        groups.push((&cluster.node, cluster.nodes_min.value, cluster.nodes_max.value + zones, "nodes"));
        let system = cluster.system_nodes.value;
        groups.push((&cluster.system_node, system, system + zones, "system nodes"));
    }
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
    for (machine, min, max, of) in groups.iter().copied() {
        add((names.cpus)(machine), min * machine.vcpus, max.saturating_mul(machine.vcpus), of);
    }
    let families =
        groups.iter().map(|(machine, ..)| (names.cpus)(machine)).collect::<indexmap::IndexSet<_>>().len();
    for (machine, min, max, of) in groups.iter().copied() {
        let disk = machine.disk_gb.value;
        if let Some(name) = (names.disks)(&machine.disk_type) {
            add(name.to_owned(), min * disk, max.saturating_mul(disk), of);
        }
    }
    for cluster in &of.clusters {
        let volume = cluster.volume_gb.unwrap_or(VOLUME_GB);
        if let Some(name) = (names.disks)(&cluster.node.disk_type)
            && volume > 0
        {
            let all = cluster.running_workspaces.value.saturating_mul(volume);
            add(name.to_owned(), 0, all, &format!("workspace volumes of {volume} GB"));
        }
    }
    if let Some(name) = names.machines {
        for (_, min, max, of) in groups.iter().copied() {
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
    rows.extend((names.fixed)(spec, zones, of.coderd.is_some()).into_iter().map(|fixed| Quota {
        name: fixed.name.to_owned(),
        scope: if fixed.is_global { "global" } else { region }.to_owned(),
        min: fixed.count,
        max: fixed.count,
        of: fixed.of.to_owned(),
    }));
    rows
}
