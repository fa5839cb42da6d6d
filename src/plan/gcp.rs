//! What only Google Cloud has: its family chains, what GKE leaves to pods, Cloud SQL's tier names.

use super::addresses::{At, Layout, Need, Of, Part, hosts};
use super::choose::ZoneRules;
use super::density::{Allocatable, EVICTION_GIB, KUBELET_CPU, NodeRules, one_a_zone, reserved};
use super::quotas::{self, Fixed};
use super::{CloudRules, Machine};
use crate::catalog::{MachineType, Region, parse_custom, tolerates};
use crate::diagnostic::Diagnostic;
use crate::sizing::{Figure, Sizing, capacity, plain};
use crate::spec::{Machines, Spec};

pub const RULES: CloudRules = CloudRules {
    // N4 is the family that the tier pages name; the others follow by age. One chain, so one quota.
    general: &["n4-standard", "n2-standard", "t2d-standard", "e2-standard"],
    compute: &["n4-highcpu", "n2-highcpu", "t2d-standard"],
    nodes: &["n4-standard", "n2-standard", "t2d-standard", "e2-standard"],
    zones: ZoneRules {
        are_named: true,
        count: 1..=8,
        count_reason: "a region has no more",
        reason: "; Google refuses to move coderd's group while it serves",
    },
    beware: |_, _| None,
    node: NodeRules {
        pod_classes: [64, 110, 256],
        pods_reason: "; a node's pod range is twice that",
        // One attachment is the boot disk's.
        volumes: |machine| machine.max_volumes.map(|most| most.saturating_sub(1)),
        disk: |machine, _| machine.disks().plain,
        system: one_a_zone,
        zonal_pools: false,
        allocatable,
    },
    database,
    network: &NETWORK,
    quotas: &QUOTAS,
    storage_gb: 10..=65_536,
    backup_days: 1..=365,
    max_connections: 14..=262_143,
    log_days: LOG_DAYS,
};

/// Half for pods, a sixteenth each for coderd, the database, nodes and services; a quarter stays for growth.
pub const NETWORK: Layout = Layout {
    // Room for a thousand nodes of 64 pods.
    default: "10.64.0.0/14",
    reason: "private, with a quarter kept for growth",
    shortest: 8,
    avoid: Some((
        "172.17.0.0/16",
        // Cloud SQL, "Requirements for using private IP".
        "that range is Docker's own bridge, from which Cloud SQL cannot be reached",
    )),
    parts: &[
        Part {
            name: "coderd",
            of: Of::ControlPlane,
            at: At::Nth { below: 8, nth: 0 },
            // While a new generation starts, the old one still runs; an internal balancer has its address here too.
            need: |need| {
                let addresses = 2 * u64::from(need.replicas) + u64::from(need.internal) + RESERVED;
                (if need.existing { 0 } else { addresses }, String::new())
            },
        },
        Part {
            // Cloud Load Balancing, "Proxy-only subnets": a /26 at least.
            name: "proxies",
            of: Of::ControlPlane,
            at: At::Nth { below: 8, nth: 1 },
            need: |need| (if need.internal && !need.existing { 64 } else { 0 }, String::new()),
        },
        Part {
            // GKE takes a /28. Far from coderd, at the other end of the first sixteenth.
            name: "control_plane",
            of: Of::Cluster,
            at: At::LastOf { below: 4, prefix: 28 },
            need: |_| (16, String::new()),
        },
        Part {
            name: "database",
            of: Of::ControlPlane,
            at: At::Nth { below: 4, nth: 1 },
            // Google's private services want a /24 for each region at least.
            need: |_| (256, "Cloud SQL takes a /24 of it in each region".to_owned()),
        },
        Part {
            name: "nodes",
            of: Of::Cluster,
            at: At::Nth { below: 4, nth: 2 },
            need: |need| {
                let addresses = u64::from(need.nodes) + 2 * u64::from(need.hosts) + RESERVED;
                let addresses = if need.existing { 0 } else { addresses };
                (addresses, format!("{} nodes at most, {}", need.nodes, hosts(need.hosts)))
            },
        },
        Part {
            name: "services",
            of: Of::Cluster,
            at: At::Nth { below: 4, nth: 3 },
            need: |need| (if need.existing { 0 } else { 256 }, String::new()),
        },
        Part {
            name: "pods",
            of: Of::Cluster,
            at: At::Nth { below: 1, nth: 1 },
            need: |need| {
                let a_node = pod_addresses(need);
                let all = if need.existing { 0 } else { u64::from(need.nodes) * u64::from(a_node) };
                (all, format!("{} nodes at most × {a_node} addresses", need.nodes))
            },
        },
    ],
    note: |need| {
        format!(
            "half of it is for pods: {} nodes at most × {} addresses; a quarter for nodes, services and the database",
            need.nodes,
            pod_addresses(need)
        )
    },
};

/// Google keeps four addresses of every subnet.
const RESERVED: u64 = 4;

/// GKE gives a node twice as many addresses as it may run pods.
fn pod_addresses(need: &Need) -> u32 {
    (2 * need.pods).next_power_of_two()
}

/// The project's quotas (Compute Engine, "Allocation quotas").
pub const QUOTAS: quotas::Names = quotas::Names {
    cpus: cpu_quota,
    all_cpus: Some(("CPUs (all regions)", "global")),
    disks: disk_quota,
    machines: Some("VM instances"),
    fixed: |spec, _, is_home| {
        let nat = Fixed {
            name: "Static external IP addresses",
            is_global: false,
            count: NAT_ADDRESSES,
            of: "Cloud NAT",
        };
        let balancer = Fixed {
            name: "Static external IP addresses global",
            is_global: true,
            count: 1,
            of: "load balancer",
        };
        // The user's own network and an internal balancer take none.
        let nat = (!is_home || spec.network.existing.is_none()).then_some(nat);
        let balancer = (is_home && !spec.network.internal).then_some(balancer);
        nat.into_iter().chain(balancer).collect()
    },
};

/// Addresses that the network module reserves for Cloud NAT in a region.
const NAT_ADDRESSES: u32 = 2;

/// The regional quota that a machine's vCPUs count against: its series' own, but for the oldest, which share `CPUS`.
fn cpu_quota(machine: &Machine) -> String {
    match machine.family.as_str() {
        "n1" | "e2" => "CPUs".to_owned(),
        series => format!("{} CPUs", series.to_uppercase()),
    }
}

fn disk_quota(disk: &str) -> Option<&'static str> {
    Some(match disk {
        "hyperdisk-balanced" => "Hyperdisk Balanced capacity (GB)",
        _ => "Persistent Disk SSD (GB)",
    })
}

/// Days of transaction logs that Cloud SQL ENTERPRISE keeps at most: how far back any moment can be restored.
const LOG_DAYS: u32 = 7;

/// What a GKE node leaves to pods, after Google's published reservation: of memory 25 % of the first 4 GiB, 20 % of the next
/// 4, 10 % of the next 8, 6 % of the next 112, 2 % above, and 100 MiB for eviction; of CPU 6 % of the first core, 1 % of the
/// second, 0.5 % of two more, 0.25 % above, and 400 m beyond 110 pods.
fn allocatable(machine: &MachineType, max_pods: u32) -> Allocatable {
    let memory = machine.memory_gib;
    let vcpus = f64::from(machine.vcpus);
    let memory_steps = [(4.0, 0.25), (4.0, 0.2), (8.0, 0.1), (112.0, 0.06), (f64::INFINITY, 0.02)];
    Allocatable {
        vcpus: vcpus - reserved(vcpus, &KUBELET_CPU) - if max_pods > 110 { 0.4 } else { 0.0 },
        memory_gib: memory - reserved(memory, &memory_steps) - EVICTION_GIB,
    }
}

/// Cloud SQL's tier for the database row. Rules of edition ENTERPRISE (Cloud SQL "Instance settings"): one vCPU or an even
/// number up to 96; 0.9 to 6.5 GB a vCPU, in steps of 256 MB, 3840 MB at least.
fn database(spec: &Spec, sizing: &Sizing, _: &Region) -> Result<Figure<String>, Diagnostic> {
    let row = &sizing.database;
    let (vcpus, memory_gb) = (row.vcpus.value, row.memory_gb.value);
    if let Some(asked) = &spec.database.machine {
        let name = asked.get_ref();
        let problem = |message: String| Diagnostic::at(asked.span(), message);
        let help = "write db-custom-<vCPUs>-<MB>, such as db-custom-8-30720";
        if name.starts_with("db-perf-optimized-") || name.starts_with("db-c4a-") {
            return Err(problem(format!(
                "`database.machine` \"{name}\" is of edition ENTERPRISE_PLUS; tierform sets ENTERPRISE"
            ))
            .note("Cloud SQL answers such a pair with \"Invalid Tier\"")
            .help(help));
        }
        let Some((have_vcpus, have_mb)) = parse_custom(name) else {
            return Err(problem(format!(
                "`database.machine` \"{name}\" is no Cloud SQL tier for PostgreSQL"
            ))
            .help(help));
        };
        check_custom(have_vcpus, have_mb)
            .map_err(|why| problem(format!("`database.machine` \"{name}\" is not sold: {why}")).help(help))?;
        let have_gb = f64::from(have_mb) / 1024.0;
        if have_vcpus < vcpus || !tolerates(have_gb, memory_gb.into()) {
            return Err(problem(format!(
                "`database.machine` \"{name}\" is too small: it has {have_vcpus} vCPU and {} GB, the database needs {vcpus} and \
                 {memory_gb}",
                plain(have_gb)
            ))
            .note(format!("needed: {}", capacity(&row.vcpus, &row.memory_gb)))
            .help("choose a larger tier, or override database.vcpus and database.memory_gb beside it"));
        }
        return Ok(Figure { value: name.clone(), reason: "database.machine in coder.toml".to_owned() });
    }
    let reason = capacity(&row.vcpus, &row.memory_gb);
    if let Some(printed) = row.published.filter(|_| spec.machines == Machines::Published) {
        let value = printed.gcp.to_owned();
        let short = match parse_custom(&value) {
            Some((_, mb)) if mb < memory_gb * 1024 => {
                format!(", which has {} GB", plain(f64::from(mb) / 1024.0))
            }
            _ => String::new(),
        };
        return Ok(Figure { value, reason: format!("{reason}, as the page prints it{short}") });
    }
    check_custom(vcpus, memory_gb.saturating_mul(1024)).map_err(|why| {
        let keys = &spec.database;
        let span = keys.vcpus.as_ref().or(keys.memory_gb.as_ref()).map_or(0..0, crate::spec::Spanned::span);
        Diagnostic::at(span, format!("Cloud SQL sells no instance of {vcpus} vCPU and {memory_gb} GB: {why}"))
            .help("change database.vcpus or database.memory_gb")
    })?;
    Ok(Figure { value: format!("db-custom-{vcpus}-{}", memory_gb * 1024), reason })
}

fn check_custom(vcpus: u32, mb: u32) -> Result<(), String> {
    if vcpus != 1 && (!vcpus.is_multiple_of(2) || !(2..=96).contains(&vcpus)) {
        return Err("vCPUs must be 1 or an even number up to 96".to_owned());
    }
    let (least, most) = (f64::from(vcpus) * 0.9 * 1024.0, f64::from(vcpus) * 6.5 * 1024.0);
    if f64::from(mb) < least || f64::from(mb) > most || mb < 3840 {
        return Err(format!(
            "{vcpus} vCPU go with {} to {} GB",
            plain((least / 1024.0).max(3.75)),
            plain(most / 1024.0)
        ));
    }
    if !mb.is_multiple_of(256) {
        return Err("memory comes in steps of 256 MB".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::spec::Cloud;

    #[test]
    fn allocatable_is_what_google_publishes() {
        for (name, vcpus, memory) in
            [("n4-standard-4", 3.92, 13.3), ("n4-standard-8", 7.91, 28.3), ("n4-standard-32", 31.85, 118.6)]
        {
            let offered = allocatable(catalog::machine(Cloud::Gcp, name).unwrap(), 64);
            assert!((offered.vcpus - vcpus).abs() < 0.005, "{name}: {offered:?}");
            assert!((offered.memory_gib - memory).abs() < 0.06, "{name}: {offered:?}");
        }
    }

    #[test]
    fn custom_tiers_follow_cloud_sqls_rules() {
        for good in [
            "db-custom-1-3840",
            "db-custom-2-7680",
            "db-custom-8-30720",
            "db-custom-64-245760",
            "db-custom-96-638976",
        ] {
            let (vcpus, mb) = parse_custom(good).unwrap();
            assert_eq!(check_custom(vcpus, mb), Ok(()), "{good}");
        }
        for bad in [
            "db-custom-3-11520",
            "db-custom-2-3584",
            "db-custom-8-30721",
            "db-custom-98-245760",
            "db-custom-1-8192",
        ] {
            let (vcpus, mb) = parse_custom(bad).unwrap();
            assert!(check_custom(vcpus, mb).is_err(), "{bad}");
        }
        assert_eq!(parse_custom("db-custom-08-30720"), None);
        assert_eq!(parse_custom("db-custom-8-30720\n"), None);
    }
}
