//! What only AWS has: its family chains, what EKS leaves to pods, RDS classes, the VPC's ranges.

use super::addresses::{At, Layout, Need, Of, Part, hosts};
use super::choose::ZoneRules;
use super::databases::Shelf;
use super::density::{Allocatable, EVICTION_GIB, KUBELET_CPU, NodeRules, one_a_zone, reserved};
use super::quotas::{self, Fixed};
use super::{CloudRules, databases};
use crate::catalog::{MachineType, family_zones};
use crate::spec::{Cloud, Spec};

pub const RULES: CloudRules = CloudRules {
    // M8 is what the tier pages name; the others follow by age. All of them count against one quota.
    general: &["m8i", "m7i", "m6i", "m5"],
    compute: &["c8i", "c7i", "c6i", "c5"],
    nodes: &["m8i", "m7i", "m6i", "m5"],
    zones: ZoneRules {
        are_named: false,
        count: 2..=3,
        count_reason: "EKS and RDS want two zones, and the network has room for three",
        reason: "the first of the account's own list",
    },
    beware: |_, _| None,
    node: NodeRules {
        // EKS ends at 110 pods below 30 vCPU and at 250 above (amazon-vpc-cni-k8s, max-pods-calculator.sh).
        pod_classes: [64, 110, 250],
        pods_reason: "",
        // One attachment is the boot disk's.
        volumes: |machine| machine.max_volumes.map(|most| most.saturating_sub(1)),
        disk: |machine, _| machine.disks().plain,
        system: one_a_zone,
        zonal_pools: true,
        allocatable,
    },
    database: |spec, sizing, region| databases::choose(&DATABASES, spec, sizing, region),
    network: &NETWORK,
    quotas: &QUOTAS,
    // Below 20 GiB gp3 is not to be had, above 64 TiB neither (RDS User Guide, "DB instance storage").
    storage_gb: 20..=65_536,
    // RDS User Guide, "Backup retention period"; 0 would switch backups off.
    backup_days: 1..=35,
    max_connections: 6..=262_143,
    log_days: 35,
};

/// A node's memory that its guest never sees: the figure that Karpenter plans with (karpenter-provider-aws,
/// VM_MEMORY_OVERHEAD_PERCENT).
const UNSEEN: f64 = 0.075;

/// What an EKS node leaves to pods: kubelet keeps 11 MiB a pod and 255 MiB (awslabs/amazon-eks-ami nodeadm), CPU as on GKE.
fn allocatable(machine: &MachineType, max_pods: u32) -> Allocatable {
    let vcpus = f64::from(machine.vcpus);
    let kubelet_gib = (11.0 * f64::from(max_pods) + 255.0) / 1024.0;
    Allocatable {
        vcpus: vcpus - reserved(vcpus, &KUBELET_CPU),
        memory_gib: machine.memory_gib * (1.0 - UNSEEN) - kubelet_gib - EVICTION_GIB,
    }
}

/// RDS. M8 is db.m8g there: Graviton, which matters to nobody but RDS itself.
pub const DATABASES: Shelf = Shelf {
    cloud: Cloud::Aws,
    chain: &["db.m8g", "db.m7g", "db.m6i", "db.m5"],
    service: "RDS for PostgreSQL",
    prefix: "db.",
    example: "db.m8g.2xlarge",
    // That RDS sells a family where EC2 does is DERIVED; the generated root looks it up at plan time.
    is_sold: |series, region| family_zones(Cloud::Aws, series.trim_start_matches("db."), region).is_some(),
};

/// A quarter of the VPC for the nodes of each of three zones, the last one for everything else.
pub const NETWORK: Layout = Layout {
    default: "10.64.0.0/16",
    reason: "private, and as large as a VPC may be",
    // VPC User Guide, "VPC CIDR blocks".
    shortest: 16,
    avoid: Some((
        "172.17.0.0/16",
        // VPC User Guide, "VPC CIDR blocks": SageMaker and Cloud9 use it, and so does Docker.
        "that range is Docker's own bridge, from which nothing in it can be reached",
    )),
    parts: &[
        Part { name: "vpc", of: Of::Network, at: At::Whole, need: |_| (0, String::new()) },
        Part {
            name: "nodes",
            of: Of::Network,
            at: At::Zonal { below: 2, nth: 0 },
            need: |need| {
                let (nodes, each) = (need.nodes.div_ceil(need.zones), node_addresses(need));
                let all = u64::from(nodes) * u64::from(each) + RESERVED;
                (all, format!("{nodes} nodes a zone at most × {each} addresses"))
            },
        },
        Part {
            name: "machines",
            of: Of::Network,
            at: At::Zonal { below: 5, nth: 24 },
            need: |need| {
                let machines =
                    (2 * u64::from(need.replicas) + 2 * u64::from(need.hosts)).div_ceil(need.zones.into());
                let what = match need.replicas {
                    0 => hosts(need.hosts),
                    replicas => format!("{replicas} coderd, {}", hosts(need.hosts)),
                };
                (machines + RESERVED, what)
            },
        },
        // A balancer wants eight free addresses in each subnet, and grows (Network Load Balancers, "Availability Zones").
        Part {
            name: "public",
            of: Of::Network,
            at: At::Zonal { below: 8, nth: 216 },
            need: |_| (16, String::new()),
        },
        Part {
            name: "database",
            of: Of::ControlPlane,
            at: At::Zonal { below: 8, nth: 220 },
            need: |_| (16, String::new()),
        },
    ],
    note: |need| {
        format!(
            "a quarter of it is for the nodes of each zone: {} at most × {} addresses",
            need.nodes.div_ceil(need.zones),
            node_addresses(need)
        )
    },
};

/// Where addresses of Kubernetes services may lie: the two ranges that EKS takes by itself, then those beside the first (EKS API
/// reference, KubernetesNetworkConfigRequest: any of 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16).
pub const SERVICES: [&str; 16] = [
    "172.20.0.0/16",
    "10.100.0.0/16",
    "172.21.0.0/16",
    "172.22.0.0/16",
    "172.23.0.0/16",
    "172.24.0.0/16",
    "172.25.0.0/16",
    "172.26.0.0/16",
    "172.27.0.0/16",
    "172.28.0.0/16",
    "172.29.0.0/16",
    "172.30.0.0/16",
    "172.31.0.0/16",
    "172.16.0.0/16",
    "172.18.0.0/16",
    "172.19.0.0/16",
];

/// AWS keeps five addresses of every subnet.
const RESERVED: u64 = 5;

/// Pods get their addresses by prefixes of 16, one more than they fill, and every network interface has one of its own: four
/// on the sizes that nodes have (Amazon VPC CNI, "Prefix delegation").
fn node_addresses(need: &Need) -> u32 {
    (need.pods.div_ceil(16) + 1) * 16 + 4
}

/// The account's quotas (AWS Service Quotas; L-1216C47A, L-7A658B76 in TiB, L-0263D0A3, L-69A177A2).
pub const QUOTAS: quotas::Names = quotas::Names {
    // One quota for all families that we use, counted in vCPUs.
    cpus: |_| "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances (vCPU)".to_owned(),
    all_cpus: None,
    disks: |_| Some("Storage for General Purpose SSD (gp3) volumes (GB; the quota counts TiB)"),
    machines: None,
    fixed: |spec: &Spec, zones, is_home| {
        let gateways = if spec.aws.as_ref().is_some_and(|aws| aws.nat_per_zone) { zones } else { 1 };
        let of = |name, count, of| Fixed { name, is_global: false, count, of };
        let mut rows = vec![of("EC2-VPC Elastic IPs", gateways, "NAT gateways")];
        if is_home {
            rows.push(of("Network Load Balancers per Region", 1, "coderd"));
        }
        rows.push(of("VPCs per Region", 1, "the network"));
        rows
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn allocatable_is_what_eks_leaves() {
        for (name, vcpus, memory) in
            [("m8i.xlarge", 3.92, 13.3), ("m8i.2xlarge", 7.91, 28.1), ("m8i.8xlarge", 31.85, 116.9)]
        {
            let offered = allocatable(catalog::machine(Cloud::Aws, name).unwrap(), 110);
            assert!((offered.vcpus - vcpus).abs() < 0.005, "{name}: {offered:?}");
            assert!((offered.memory_gib - memory).abs() < 0.06, "{name}: {offered:?}");
        }
    }
}
