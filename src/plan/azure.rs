//! What only Azure has: its family chains, what AKS leaves to pods, Flexible Server's sizes, the virtual network's ranges.

use indexmap::IndexMap;

use super::addresses::{At, Layout, Of, Part, hosts};
use super::choose::ZoneRules;
use super::databases::Shelf;
use super::density::{Allocatable, EVICTION_GIB, NodeRules};
use super::quotas::{self, Fixed};
use super::{CloudRules, databases};
use crate::catalog::{MachineType, Region, family_zones, regions};
use crate::diagnostic::Diagnostic;
use crate::sizing::{Figure, Sizing, Warning};
use crate::spec::{Cloud, Existing, Spec};

pub const RULES: CloudRules = CloudRules {
    // v6 is NVMe only, and a scale set cannot be told its disk controller (hashicorp/terraform-provider-azurerm #31850).
    general: &["DSv5", "DSv3"],
    compute: &["FSv2", "DLSv5"],
    nodes: &["Dsv6", "DSv5", "DSv3"],
    zones: ZoneRules { are_named: true, count: 1..=3, count_reason: "a region has no more", reason: "" },
    beware: |machine, role| {
        machine.family.ends_with("v6").then(|| Warning {
            code: "scale_set_nvme".into(),
            message: format!(
                "{} takes NVMe disks only, and the provider cannot tell a scale set its disk controller \
                 (hashicorp/terraform-provider-azurerm #31850): try one machine of {role} before you rely on it.",
                machine.name
            ),
        })
    },
    node: NodeRules {
        // AKS runs 250 pods at most, and keeps 20 MB for each that a node may run: so no more than needed.
        pod_classes: [64, 110, 250],
        pods_reason: "; AKS keeps 20 MB of the node for each",
        // Azure counts data disks.
        volumes: |machine| machine.max_volumes,
        disk: node_disk,
        system: system_nodes,
        zonal_pools: true,
        allocatable,
    },
    database,
    network: &NETWORK,
    quotas: &QUOTAS,
    // hashicorp/terraform-provider-azurerm, postgresql_flexible_server: storage_mb from 32 GB on; the largest size is 32,767 GB.
    storage_gb: 32..=32_767,
    backup_days: 7..=35,
    max_connections: 25..=5000,
    log_days: 35,
};

/// What an AKS node leaves to pods (AKS, "Resource reservations", 1.29 and newer): of memory kubelet keeps 20 MB a pod and 50 MB,
/// a quarter at most; of CPU 60 millicores with one core, up to 740 with 64.
fn allocatable(machine: &MachineType, max_pods: u32) -> Allocatable {
    const CPU: [(u32, f64); 7] =
        [(1, 0.06), (2, 0.1), (4, 0.14), (8, 0.18), (16, 0.26), (32, 0.42), (64, 0.74)];
    let kept = CPU.iter().find(|(cores, _)| *cores >= machine.vcpus).unwrap_or(&CPU[6]).1;
    let kubelet_gib = (20.0 * f64::from(max_pods) + 50.0) / 1024.0;
    Allocatable {
        vcpus: f64::from(machine.vcpus) - kept,
        memory_gib: machine.memory_gib - kubelet_gib.min(machine.memory_gib / 4.0) - EVICTION_GIB,
    }
}

/// Azure Database for PostgreSQL, Flexible Server. No v6: its price is not published, and Dds_v5 is in every region.
pub const DATABASES: Shelf = Shelf {
    cloud: Cloud::Azure,
    chain: &["GP_Dds_v5"],
    service: "Azure Database for PostgreSQL",
    prefix: "GP_",
    example: "GP_Standard_D8ds_v5",
    is_sold: |_, region| family_zones(Cloud::Azure, "DDSv5", region).is_some(),
};

fn database(spec: &Spec, sizing: &Sizing, region: &'static Region) -> Result<Figure<String>, Diagnostic> {
    if let Some(asked) = spec.database.high_availability.as_ref().filter(|asked| *asked.get_ref())
        && region.zones.is_empty()
    {
        let zonal: Vec<_> = regions(Cloud::Azure)
            .filter(|region| !region.zones.is_empty())
            .map(|region| region.name)
            .collect();
        return Err(Diagnostic::at(
            asked.span(),
            format!("`database.high_availability` needs zones, and {} has none", region.name),
        )
        .note(format!("regions with zones: {}", zonal.join(", ")))
        .help("choose one of them, or leave the standby out"));
    }
    databases::choose(&DATABASES, spec, sizing, region)
}

/// Storage that Flexible Server sells, in MB (hashicorp/terraform-provider-azurerm, postgresql_flexible_server: storage_mb).
const STORAGE_MB: [u32; 12] = [
    32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576, 2_097_152, 4_193_280, 4_194_304, 8_388_608,
    16_777_216, 33_553_408,
];

/// The smallest storage that is sold with that many GB.
pub fn storage_mb(storage_gb: &Figure<u32>) -> Figure<u32> {
    let wanted = u64::from(storage_gb.value) * 1024;
    let value = STORAGE_MB.into_iter().find(|mb| u64::from(*mb) >= wanted).unwrap_or(STORAGE_MB[11]);
    let reason = match u64::from(value) == wanted {
        true => format!("{} GB: {}", storage_gb.value, storage_gb.reason),
        false => format!("the next size that is sold above {} GB: {}", storage_gb.value, storage_gb.reason),
    };
    Figure { value, reason }
}

/// Nodes of the static pool: AKS advises three (AKS, "Use system node pools"), which is also one a zone.
fn system_nodes(zones: u32) -> Figure<u32> {
    let reason = match zones {
        1 => "so that DNS outlives a node",
        _ => "one a zone, so that DNS outlives a zone; AKS advises three",
    };
    Figure { value: 3, reason: reason.to_owned() }
}

/// The user's own subnets as the network module names them: a cluster's nodes by its name, its hosts by `<cluster>-provisioners`.
pub fn subnets(existing: &Existing, cluster: &str) -> IndexMap<String, String> {
    let key = |kind: &str| match kind {
        "nodes" => cluster.to_owned(),
        "provisioners" => format!("{cluster}-provisioners"),
        kind => kind.to_owned(),
    };
    let names = existing.subnets.iter();
    names.filter_map(|(kind, names)| Some((key(kind), names.first()?.get_ref().clone()))).collect()
}

/// Where a node's system disk lies. An ephemeral one is on the machine itself, faster and at no price, where the machine has room:
/// the families with a local disk of known size are Ddsv5 with 37.5 GiB a vCPU and Ddsv6 with 55 (MicrosoftDocs/azure-compute-docs).
fn node_disk(machine: &MachineType, disk_gb: u32) -> &'static str {
    let local_gib = match machine.family {
        "DDSv5" => 37.5,
        "Ddsv6" => 55.0,
        _ => 0.0,
    };
    if local_gib * f64::from(machine.vcpus) >= f64::from(disk_gb) { "Ephemeral" } else { "Managed" }
}

/// Half for pods, a quarter for the virtual network, a sixteenth for services; the rest stays for growth.
pub const NETWORK: Layout = Layout {
    default: "10.64.0.0/14",
    reason: "private, with a quarter kept for growth",
    shortest: 8,
    avoid: Some((
        "172.17.0.0/16",
        "that range is Docker's own bridge, from which nothing in it can be reached",
    )),
    parts: &[
        Part {
            name: "vnet",
            of: Of::Network,
            at: At::Nth { below: 2, nth: 0 },
            need: |_| (0, String::new()),
        },
        // A /24 lets the gateway grow to all its 125 instances (Application Gateway, "Infrastructure configuration").
        Part {
            name: "gateway",
            of: Of::ControlPlane,
            at: At::Nth { below: 10, nth: 0 },
            need: |_| (64, String::new()),
        },
        Part {
            name: "coderd",
            of: Of::ControlPlane,
            at: At::Nth { below: 10, nth: 1 },
            // While a new generation starts, the old one still runs.
            need: |need| (2 * u64::from(need.replicas) + RESERVED, String::new()),
        },
        Part {
            name: "database",
            of: Of::ControlPlane,
            at: At::Nth { below: 10, nth: 2 },
            need: |_| (16, String::new()),
        },
        Part {
            name: "provisioners",
            of: Of::Cluster,
            at: At::Nth { below: 8, nth: 1 },
            need: |need| (2 * u64::from(need.hosts) + RESERVED, hosts(need.hosts)),
        },
        Part {
            name: "nodes",
            of: Of::Cluster,
            at: At::Nth { below: 4, nth: 1 },
            need: |need| (u64::from(need.nodes) + RESERVED, format!("{} nodes at most", need.nodes)),
        },
        Part {
            name: "services",
            of: Of::Cluster,
            at: At::Nth { below: 4, nth: 4 },
            need: |_| (256, String::new()),
        },
        Part {
            name: "pods",
            of: Of::Cluster,
            at: At::Nth { below: 1, nth: 1 },
            // CNI overlay gives every node a /24 (AKS, "Azure CNI Overlay").
            need: |need| (u64::from(need.nodes) * 256, format!("{} nodes at most × a /24", need.nodes)),
        },
    ],
    note: |need| {
        format!(
            "half of it is for pods: {} nodes at most × 256 addresses; a quarter for everything else",
            need.nodes
        )
    },
};

/// Azure keeps five addresses of every subnet.
const RESERVED: u64 = 5;

/// The subscription's quotas (Azure, "Check vCPU quotas": two tiers, family and region).
pub const QUOTAS: quotas::Names = quotas::Names {
    cpus: |machine| format!("Standard {} Family vCPUs", machine.family),
    all_cpus: Some(("Total Regional vCPUs", "")),
    disks: |_| None,
    machines: Some("Virtual Machines"),
    fixed: |_, _, is_home| {
        let of = |name, count, of| Fixed { name, is_global: false, count, of };
        let (addresses, sets) = ("Public IP Addresses - Standard", "Virtual Machine Scale Sets");
        match is_home {
            true => vec![
                of(addresses, 2, "NAT gateway, Application Gateway"),
                of(sets, 4, "coderd, provisioner hosts, node pools"),
            ],
            false => vec![of(addresses, 1, "NAT gateway"), of(sets, 3, "provisioner hosts, node pools")],
        }
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn allocatable_is_what_aks_leaves() {
        for (name, pods, vcpus, memory) in [
            ("Standard_D4s_v6", 110, 3.86, 13.7),
            ("Standard_D8s_v6", 110, 7.82, 29.7),
            ("Standard_D8s_v6", 250, 7.82, 27.0),
            ("Standard_D4s_v6", 250, 3.86, 11.9),
        ] {
            let offered = allocatable(catalog::machine(Cloud::Azure, name).unwrap(), pods);
            assert!((offered.vcpus - vcpus).abs() < 0.005, "{name}: {offered:?}");
            assert!((offered.memory_gib - memory).abs() < 0.06, "{name}: {offered:?}");
        }
    }

    #[test]
    fn storage_is_the_next_size_that_is_sold() {
        let storage = |gb| storage_mb(&Figure { value: gb, reason: String::new() }).value;
        assert_eq!(
            [storage(512), storage(1024), storage(600), storage(32), storage(32_767)],
            [524_288, 1_048_576, 1_048_576, 32_768, 33_553_408]
        );
    }
}
