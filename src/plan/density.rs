//! How many workspaces a node takes, and so how many nodes: the least of what memory, CPU, pods and volumes allow out of
//! what the node leaves to pods, or the density that the tier page states.

use serde::Serialize;

use crate::catalog::MachineType;
use crate::diagnostic::Diagnostic;
use crate::sizing::{Cluster, Figure, PER_NODE_CAP, Request, Warning, plain};
use crate::spec::Spec;

/// What a node leaves to pods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allocatable {
    /// vCPUs.
    pub vcpus: f64,
    /// Memory in GiB.
    pub memory_gib: f64,
}

/// Workspaces a node, and what binds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Density {
    /// Workspaces a node.
    pub per_node: u32,
    /// memory, cpu, pods, volumes, table or override.
    pub bound_by: &'static str,
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
/// Pod counts a node is set up for. The pod range of a node is twice as large: /25, /24, /23.
const POD_CLASSES: [u32; 3] = [64, 110, 256];
/// What the DaemonSets of a node request, left free when requests are cut to a given density. ESTIMATE.
const DAEMONSETS: Allocatable = Allocatable { vcpus: 0.5, memory_gib: 0.5 };

/// Plans density and nodes of `cluster` on `node`.
///
/// # Errors
/// No workspace fits the node; more pods than a node runs; fewer nodes at most than at least.
pub fn plan_nodes(
    spec: &Spec,
    cluster: &Cluster,
    node: &MachineType,
    allocatable: fn(&MachineType, u32) -> Allocatable,
    zones: u32,
    warnings: &mut Vec<Warning>,
) -> Result<Nodes, Diagnostic> {
    let keys = &spec.workspaces;
    let largest = POD_CLASSES[POD_CLASSES.len() - 1] - SYSTEM_PODS;
    if let Some(asked) = keys.per_node.as_ref().filter(|asked| *asked.get_ref() > largest) {
        return Err(Diagnostic::at(
            asked.span(),
            format!("`workspaces.per_node` {} is above {largest}, what a node can run", asked.get_ref()),
        )
        .note(format!("a node runs 256 pods at most, {SYSTEM_PODS} of them Kubernetes' own"))
        .help("use smaller nodes, more of them"));
    }

    let offered = allocatable(node, POD_CLASSES[0]);
    let has_volume = keys.volume_gb.as_ref().is_none_or(|gb| *gb.get_ref() > 0);
    let density =
        density(cluster, node, offered, has_volume, keys.per_node.as_ref().map(|asked| *asked.get_ref()));
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
                plain(offered.vcpus),
                plain(offered.memory_gib)
            ),
        )
        .help(
            "set workspaces.machine to a larger type, or lower workspaces.vcpus and workspaces.memory_gb",
        ));
    }

    let pods =
        POD_CLASSES.into_iter().find(|class| *class >= per_node + SYSTEM_PODS).unwrap_or(POD_CLASSES[2]);
    let max_pods = Figure {
        value: pods,
        reason: format!("{per_node} workspaces + Kubernetes' own pods; a node's pod range is twice that"),
    };
    let running = &cluster.running_workspaces;
    let (max, max_reason) = match cluster.table {
        Some((nodes, dense)) if dense == per_node => {
            (nodes, format!("{}: {nodes} nodes × {dense} workspaces", running.reason))
        }
        _ => (
            running.value.div_ceil(per_node),
            format!(
                "{} workspaces ({}) / {per_node} a node, bound by {}",
                running.value, running.reason, density.bound_by
            ),
        ),
    };
    let asked = |key: &str| format!("workspaces.{key} in coder.toml");
    let max = match &keys.nodes_max {
        Some(asked_for) => Figure { value: *asked_for.get_ref(), reason: asked("nodes_max") },
        None => Figure { value: max, reason: max_reason },
    };
    let min = match &keys.nodes_min {
        Some(asked_for) => Figure { value: *asked_for.get_ref(), reason: asked("nodes_min") },
        None => Figure {
            value: zones.min(max.value),
            reason: "one a zone, so that a first workspace need not wait".to_owned(),
        },
    };
    if min.value > max.value {
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
            code: "workspaces_exceed_nodes",
            message: format!(
                "{} nodes × {per_node} workspaces are fewer than the {} that the tier runs at once: the last ones will wait.",
                max.value, running.value
            ),
        });
    }
    let request = requests(cluster, node, offered, &density, warnings);
    Ok(Nodes { density, request, min, max, max_pods })
}

/// The least of all limits, or the density that the page or the user states.
fn density(
    cluster: &Cluster,
    node: &MachineType,
    offered: Allocatable,
    has_volume: bool,
    asked: Option<u32>,
) -> Density {
    if let Some(per_node) = asked {
        return Density { per_node, bound_by: "override" };
    }
    let floor = |have: f64, need: f64| {
        if need > 0.0 { (have / need).floor().clamp(0.0, 1e6) as u32 } else { u32::MAX }
    };
    // One attachment is the boot disk's.
    let volumes = node.max_volumes.filter(|_| has_volume).map_or(u32::MAX, |most| most.saturating_sub(1));
    let table = match cluster.table {
        // The page's own density stands against its own requests, which `requests` cuts to what fits.
        Some((_, dense)) if !cluster.request_is_asked => {
            return [(volumes, "volumes"), (dense, "table")].into_iter().min().map_or(
                Density { per_node: dense, bound_by: "table" },
                |(per_node, bound_by)| Density {
                    per_node,
                    bound_by: if per_node == dense { "table" } else { bound_by },
                },
            );
        }
        Some((_, dense)) => dense,
        None => PER_NODE_CAP,
    };
    let limits = [
        (floor(offered.memory_gib, cluster.request.memory_gb), "memory"),
        (floor(offered.vcpus, cluster.request.vcpus), "cpu"),
        (POD_CLASSES[1] - SYSTEM_PODS, "pods"),
        (volumes, "volumes"),
        (table, "table"),
    ];
    let (per_node, bound_by) = limits.into_iter().min_by_key(|(most, _)| *most).unwrap_or((0, "memory"));
    Density { per_node, bound_by }
}

/// What a template should request: the wish if that many fit, else what the node can give to so many.
fn requests(
    cluster: &Cluster,
    node: &MachineType,
    offered: Allocatable,
    density: &Density,
    warnings: &mut Vec<Warning>,
) -> Figure<Request> {
    let (wish, count) = (cluster.request, f64::from(density.per_node));
    let fits = wish.memory_gb * count <= offered.memory_gib && wish.vcpus * count <= offered.vcpus;
    if fits {
        let reason = if cluster.request_is_asked {
            "[workspaces] in coder.toml"
        } else {
            "revision 1's figures: 16 on 8 vCPU, 2 GB a user"
        };
        return Figure { value: wish, reason: reason.to_owned() };
    }
    warnings.push(Warning {
        code: "workspaces_exceed_node",
        message: format!(
            "{} workspaces × {} GB and {} vCPU are more than the {} GB and {} vCPU that a {} node leaves to pods. Workspaces \
             request less, so that they fit, and share what is left; set workspaces.per_node or a larger workspaces.machine \
             to give each its own.",
            density.per_node,
            plain(wish.memory_gb),
            plain(wish.vcpus),
            plain(offered.memory_gib),
            plain(offered.vcpus),
            node.name
        ),
    });
    // Down to 10 millicores and 16 MiB, the steps people read.
    let vcpus = ((offered.vcpus - DAEMONSETS.vcpus).max(0.1) / count).min(wish.vcpus);
    let memory = ((offered.memory_gib - DAEMONSETS.memory_gib).max(0.1) / count).min(wish.memory_gb);
    Figure {
        value: Request { vcpus: (vcpus * 100.0).floor() / 100.0, memory_gb: (memory * 64.0).floor() / 64.0 },
        reason: format!("what {} leaves to {} workspaces after its DaemonSets", node.name, density.per_node),
    }
}
