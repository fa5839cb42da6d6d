//! How many workspaces a node takes, and so how many nodes: the least of what memory, CPU, pods and volumes allow out of
//! what the node leaves to pods, or the density that the tier page states.

use serde::{Deserialize, Serialize};

use crate::catalog::MachineType;
use crate::diagnostic::Diagnostic;
use crate::sizing::{Cluster, Figure, PER_NODE_CAP, Request, Warning, plain};

/// What a node leaves to pods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allocatable {
    /// vCPUs.
    pub vcpus: f64,
    /// Memory in GiB.
    pub memory_gib: f64,
}

/// Workspaces a node, and what binds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Density {
    /// Workspaces a node.
    pub per_node: u32,
    /// memory, cpu, pods, volumes, table or override.
    pub bound_by: String,
    /// Every limit that was weighed, with the workspaces that it allows; none where the user states the density.
    pub limits: Vec<(String, u32)>,
}

/// The nodes of a cluster.
pub struct Nodes {
    pub density: Density,
    pub request: Figure<Request>,
    pub min: Figure<u32>,
    pub max: Figure<u32>,
    pub max_pods: Figure<u32>,
}

/// Pods of Kubernetes itself on every node: networking, DNS cache, metrics, logs, CSI, metadata. DERIVED, with room.
const SYSTEM_PODS: u32 = 16;
/// What a node keeps beside what its cloud reserves: the requests of its DaemonSets, and memory that the kernel never hands
/// out. Workspaces' requests are cut so that this much stays free. ESTIMATE.
const NODE_SHARE: Allocatable = Allocatable { vcpus: 0.5, memory_gib: 1.0 };

/// What kubelet keeps of a node's vCPUs on GKE and EKS: 6 % of the first, 1 % of the second, 0.5 % of two more, 0.25 % above
/// (GKE, "Plan node sizes"; awslabs/amazon-eks-ami nodeadm, which follows it).
pub const KUBELET_CPU: [(f64, f64); 4] = [(1.0, 0.06), (1.0, 0.01), (2.0, 0.005), (f64::INFINITY, 0.0025)];
/// Memory that kubelet keeps free before it evicts pods, on all three clouds: 100 MiB.
pub const EVICTION_GIB: f64 = 100.0 / 1024.0;

/// A reservation in steps: so much of `amount` at that fraction, then so much at the next.
pub fn reserved(mut amount: f64, steps: &[(f64, f64)]) -> f64 {
    let mut sum = 0.0;
    for (width, fraction) in steps {
        let part = amount.min(*width);
        sum += part * fraction;
        amount -= part;
    }
    sum
}

/// What one cloud makes of a node.
pub struct NodeRules {
    /// Pod counts that a node is set up for, smallest first.
    pub pod_classes: [u32; 3],
    /// What else there is to say about that count, as the rest of its reason.
    pub pods_reason: &'static str,
    /// Volumes that a node attaches beside its boot disk; `None` where that is not published.
    pub volumes: fn(&MachineType) -> Option<u32>,
    /// Nodes of the static pool in so many zones.
    pub system: fn(u32) -> Figure<u32>,
    /// Whether each zone has a pool of its own, which needs a node of its own at most.
    pub zonal_pools: bool,
    /// Where the system disk of so many GB lies, in the cloud's word.
    pub disk: fn(&MachineType, u32) -> &'static str,
    /// What a node leaves to that many pods.
    pub allocatable: fn(&MachineType, u32) -> Allocatable,
}

/// A system node a zone.
pub fn one_a_zone(zones: u32) -> Figure<u32> {
    Figure { value: zones, reason: "one a zone, so that DNS outlives a zone".to_owned() }
}

/// Plans density and nodes of `cluster` on `node`.
///
/// # Errors
/// No workspace fits the node; more pods than a node runs; fewer nodes at most than at least.
pub fn plan_nodes(
    cluster: &Cluster,
    node: &MachineType,
    rules: &NodeRules,
    zones: u32,
    warnings: &mut Vec<Warning>,
) -> Result<Nodes, Diagnostic> {
    let keys = &cluster.keys;
    let [few, usual, most] = rules.pod_classes;
    // A machine may run fewer pods than its cloud allows.
    let most = node.max_pods.map_or(most, |own| own.min(most));
    let usual = usual.min(most);
    let largest = most - SYSTEM_PODS;
    if let Some(asked) = keys.per_node.as_ref().filter(|asked| *asked.get_ref() > largest) {
        return Err(Diagnostic::at(
            asked.span(),
            format!("`workspaces.per_node` {} is above {largest}, what a node can run", asked.get_ref()),
        )
        .note(format!("a {} node runs {most} pods at most, {SYSTEM_PODS} of them Kubernetes' own", node.name))
        .help("use smaller nodes, more of them"));
    }

    let few_pods = (rules.allocatable)(node, few);
    let has_volume = keys.volume_gb.as_ref().is_none_or(|gb| *gb.get_ref() > 0);
    let volumes = (rules.volumes)(node).filter(|_| has_volume);
    let asked = keys.per_node.as_ref().map(|asked| *asked.get_ref());
    let density = density(cluster, few_pods, usual - SYSTEM_PODS, volumes, asked);
    let per_node = density.per_node;
    if per_node == 0 {
        let span = keys.memory_gb.as_ref().or(keys.vcpus.as_ref()).map_or(0..0, crate::spec::Spanned::span);
        return Err(Diagnostic::at(
            span,
            format!(
                "a workspace of {} vCPU and {} GB does not fit a node: {} leaves {} vCPU and {} GB to pods",
                plain(cluster.request.vcpus),
                plain(cluster.request.memory_gb),
                node.name,
                plain(few_pods.vcpus),
                plain(few_pods.memory_gib)
            ),
        )
        .help(
            "set workspaces.machine to a larger type, or lower workspaces.vcpus and workspaces.memory_gb",
        ));
    }

    let pods = [few, usual].into_iter().find(|class| *class >= per_node + SYSTEM_PODS).unwrap_or(most);
    let offered = (rules.allocatable)(node, pods);
    if let Some(most) = volumes.filter(|most| *most < per_node) {
        warnings.push(Warning {
            code: "workspaces_exceed_volumes".into(),
            message: format!(
                "A {} node attaches {most} volumes beside its boot disk, fewer than {per_node} workspaces: those beyond \
                 cannot start unless they have none (workspaces.volume_gb = 0).",
                node.name
            ),
        });
    }
    let max_pods = Figure {
        value: pods,
        reason: format!("{per_node} workspaces + Kubernetes' own pods{}", rules.pods_reason),
    };
    let running = &cluster.running_workspaces;
    let (max, max_reason) = match cluster.table {
        Some((nodes, dense)) if dense == per_node => {
            let reason = match cluster.is_all {
                true => running.reason.clone(),
                false => format!("{} workspaces ({})", running.value, running.reason),
            };
            (nodes, format!("{reason}: {nodes} nodes × {dense} workspaces"))
        }
        _ => (
            running.value.div_ceil(per_node).max(if rules.zonal_pools { zones } else { 1 }),
            format!(
                "{} workspaces ({}) / {per_node} a node, bound by {}",
                running.value, running.reason, density.bound_by
            ),
        ),
    };
    let asked = |key: &str| format!("workspaces.{key} in coder.toml");
    let max = match &keys.nodes_max {
        Some(asked_for) => Figure { value: *asked_for.get_ref(), reason: asked("nodes_max") },
        // A small share of a tier may fill less.
        None if rules.zonal_pools && max < zones => {
            Figure { value: zones, reason: format!("one a zone at least; {max_reason}") }
        }
        None => Figure { value: max, reason: max_reason },
    };
    let min = match &keys.nodes_min {
        Some(asked_for) => Figure { value: *asked_for.get_ref(), reason: asked("nodes_min") },
        None => Figure {
            value: zones.min(max.value),
            reason: format!(
                "{}so that a first workspace need not wait",
                if zones > 1 { "one a zone, " } else { "" }
            ),
        },
    };
    // Two keys that contradict each other are the spec's own mistake, told where it is read.
    if min.value > max.value && (keys.nodes_min.is_none() || keys.nodes_max.is_none()) {
        let span =
            keys.nodes_min.as_ref().or(keys.nodes_max.as_ref()).map_or(0..0, crate::spec::Spanned::span);
        return Err(Diagnostic::at(
            span,
            format!("`workspaces.nodes_min` {} is above the {} nodes at most", min.value, max.value),
        )
        .note(max.reason)
        .help("lower nodes_min or raise nodes_max"));
    }
    if max.value.saturating_mul(per_node) < running.value {
        warnings.push(Warning {
            code: "workspaces_exceed_nodes".into(),
            message: format!(
                "{} nodes × {per_node} workspaces are fewer than the {} that the tier runs at once: the last ones will wait.",
                max.value, running.value
            ),
        });
    }
    if rules.zonal_pools && max.value < zones {
        let span = keys.nodes_max.as_ref().map_or(0..0, crate::spec::Spanned::span);
        return Err(Diagnostic::at(
            span,
            format!("`workspaces.nodes_max` {} is below the {zones} zones", max.value),
        )
        .note("each zone has a node pool of its own, so that a volume finds its node again")
        .help(format!("write {zones} or more, or name fewer zones in network.zones")));
    }
    let request = requests(cluster, node, offered, &density, warnings);
    Ok(Nodes { density, request, min, max, max_pods })
}

/// The least of all limits, or the density that the page or the user states.
fn density(
    cluster: &Cluster,
    offered: Allocatable,
    pods: u32,
    volumes: Option<u32>,
    asked: Option<u32>,
) -> Density {
    if let Some(per_node) = asked {
        return Density { per_node, bound_by: "override".to_owned(), limits: Vec::new() };
    }
    let volumes = (volumes.unwrap_or(u32::MAX), "volumes");
    let table = (cluster.table.map_or(PER_NODE_CAP, |(_, dense)| dense), "table");
    let least = |limits: &[(u32, &'static str)]| {
        let (per_node, bound_by) = limits.iter().copied().min_by_key(|(most, _)| *most).unwrap_or(table);
        let weighed = limits.iter().copied().filter(|(most, _)| *most < u32::MAX);
        let limits = weighed.map(|(most, of)| (of.to_owned(), most)).collect();
        Density { per_node, bound_by: bound_by.to_owned(), limits }
    };
    // The page's own density stands against its own requests, which `requests` cuts to what fits.
    if cluster.table.is_some() && !cluster.request_is_asked {
        return least(&[table, volumes]);
    }
    let fit = |have: f64, need: f64| if need > 0.0 { (have / need).clamp(0.0, 1e6) as u32 } else { u32::MAX };
    least(&[
        (fit(offered.memory_gib, cluster.request.memory_gb), "memory"),
        (fit(offered.vcpus, cluster.request.vcpus), "cpu"),
        (pods, "pods"),
        volumes,
        table,
    ])
}

/// What a template should request: the wish, cut where so many would not leave the node its share.
fn requests(
    cluster: &Cluster,
    node: &MachineType,
    offered: Allocatable,
    density: &Density,
    warnings: &mut Vec<Warning>,
) -> Figure<Request> {
    let (wish, count) = (cluster.request, f64::from(density.per_node));
    if wish.memory_gb * count > offered.memory_gib || wish.vcpus * count > offered.vcpus {
        warnings.push(Warning {
            code: "workspaces_exceed_node".into(),
            message: format!(
                "{} workspaces × {} GB and {} vCPU are more than the {} GB and {} vCPU that a {} node leaves to pods. \
                 Workspaces request less, so that they fit, and share what is left; set workspaces.per_node or a larger \
                 workspaces.machine to give each its own.",
                density.per_node,
                plain(wish.memory_gb),
                plain(wish.vcpus),
                plain(offered.memory_gib),
                plain(offered.vcpus),
                node.name
            ),
        });
    }
    // Down to whole millicores and 16 MiB.
    let vcpus = ((offered.vcpus - NODE_SHARE.vcpus).max(0.1) / count * 1000.0).floor() / 1000.0;
    let memory_gb = ((offered.memory_gib - NODE_SHARE.memory_gib).max(0.1) / count * 64.0).floor() / 64.0;
    if wish.vcpus <= vcpus && wish.memory_gb <= memory_gb {
        let reason = match cluster.request_is_asked {
            true => "[workspaces] in coder.toml",
            false => "revision 1's figures: 16 on 8 vCPU, 2 GB a user",
        };
        return Figure { value: wish, reason: reason.to_owned() };
    }
    Figure {
        value: Request { vcpus: vcpus.min(wish.vcpus), memory_gb: memory_gb.min(wish.memory_gb) },
        reason: format!(
            "{} vCPU / {} GB, cut to what {} leaves to {} beside its DaemonSets",
            plain(wish.vcpus),
            plain(wish.memory_gb),
            node.name,
            density.per_node
        ),
    }
}
