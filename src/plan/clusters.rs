//! A cluster in its cloud's words: nodes, provisioner hosts, and what both run on.

use indexmap::IndexMap;

use super::choose::{Chooser, Wish, Zones};
use super::density::{self, Nodes};
use super::machines::{machine, node, system_machine};
use super::places::{ClusterPlace, published};
use super::{CloudRules, ClusterPlan, Requests};
use crate::catalog::MachineType;
use crate::diagnostic::Diagnostic;
use crate::sizing::{Cluster, Figure, Request, Sizing, Warning};
use crate::spec::{Spanned, Spec};

/// Boot disk of a provisioner host: the system's part. DERIVED.
const HOST_DISK_BASE_GB: u32 = 20;
/// Boot disk of a provisioner host: a daemon's part. A cache holds some providers of hundreds of MB each, beside it stands
/// one build's work directory (coder/coder `executor.go`: neither is shared between daemons). DERIVED.
const HOST_DISK_DAEMON_GB: u32 = 4;

/// Boot disk of a node: the images of its workspaces. DERIVED.
const NODE_DISK_GB: u32 = 100;
/// Boot disk of a system node. DERIVED.
const SYSTEM_NODE_DISK_GB: u32 = 50;

/// A machine type and why it was chosen.
pub type Chosen = (&'static MachineType, String);

/// The machines of a cluster.
pub struct Machines {
    /// Of a provisioner host; `None` where coderd runs the builds.
    pub host: Option<Chosen>,
    /// Of a node.
    node: Chosen,
}

/// Chooses the machines of a cluster; `None` after recording why there are none.
pub fn choose(
    spec: &Spec,
    sizing: &Sizing,
    cluster: &Cluster,
    chooser: &mut Chooser<'_>,
) -> Option<Machines> {
    let cloud = cluster.cloud;
    let rules = CloudRules::of(cloud);
    let is_home = cloud == *spec.cloud.get_ref();
    let keys = &spec.provisioners;
    let host = Wish {
        key: "provisioners.machine",
        // A machine type is one cloud's own.
        asked: keys.machine.as_ref().filter(|_| is_home),
        published: published(spec, sizing.provisioners.published, cloud),
        chain: rules.compute,
        vcpus: cluster.hosts.need.value.0,
        memory_gb: cluster.hosts.need.value.1,
        need: cluster.hosts.need.reason.clone(),
        place: keys.vcpus_each.as_ref().or(keys.memory_gb_each.as_ref()).map(Spanned::span),
        arm: true,
    };
    // Found or not, the node's machine is looked for too: all problems are told at once.
    let host = if cluster.hosts.count.value == 0 { Some(None) } else { chooser.choose(&host).map(Some) };
    let (vcpus, memory_gb) = (cluster.node_vcpus, cluster.node_memory_gb);
    let row = sizing.row;
    let node_need = match cluster.table {
        Some(_) => {
            format!("{vcpus} vCPU / {memory_gb} GB: tier {}, revision {}", row.tier.as_str(), row.revision)
        }
        None => format!("{vcpus} vCPU / {memory_gb} GB: revision 1's node, {} names none", row.page),
    };
    let node = chooser.choose(&Wish {
        key: "workspaces.machine",
        asked: cluster.keys.machine.as_ref(),
        published: published(spec, cluster.published, cloud),
        chain: rules.nodes,
        vcpus: vcpus.into(),
        memory_gb: memory_gb.into(),
        need: node_need,
        place: None,
        arm: cluster.keys.arm,
    });
    if let Some((node, _)) = node.as_ref().filter(|(node, _)| node.arm) {
        // Which of its series it is follows later from the number of nodes; the family is the same.
        let system = system_machine(node, 0, rules, chooser.place.region);
        chooser.demand(system.0);
    }
    Some(Machines { host: host?, node: node? })
}

/// What to know of builds on ARM processors.
pub fn builds_on_arm(machine: &MachineType) -> Option<Warning> {
    let message = || {
        format!(
            "Builds run on {} machines, which have ARM processors: every provider and every program that a template uses must have a \
             build for linux_arm64.",
            machine.name
        )
    };
    machine.arm.then(|| Warning { code: "builds_on_arm".into(), message: message() })
}

/// Plans a cluster on its machines.
///
/// # Errors
/// What no node of that machine can be.
pub fn plan(
    cluster: &Cluster,
    place: &ClusterPlace,
    machines: &Machines,
    zones: &Zones,
    warnings: &mut Vec<Warning>,
) -> Result<ClusterPlan, Diagnostic> {
    let rules = CloudRules::of(place.cloud);
    let node_machine = &machines.node;
    let beware = machines.host.as_ref().and_then(|host| (rules.beware)(host.0, "the provisioner hosts"));
    warnings.extend(beware.filter(|warning| !warnings.contains(warning)));
    warnings.extend(machines.host.as_ref().and_then(|host| builds_on_arm(host.0)));
    let Nodes { density, request, min, max, max_pods } =
        density::plan_nodes(cluster, node_machine.0, &rules.node, zones.count, warnings)?;
    let system = system_machine(node_machine.0, max.value, rules, place.region);
    let on_arm = Warning {
        code: "workspaces_on_arm".into(),
        message: format!(
            "{} nodes have ARM processors: every workspace image and what its template downloads must be built for arm64, and its \
             pods must select it (kubernetes.io/arch = arm64), which GKE demands by a taint.",
            node_machine.0.name
        ),
    };
    if node_machine.0.arm && !warnings.contains(&on_arm) {
        warnings.push(on_arm);
    }
    let base_gb = HOST_DISK_BASE_GB;
    let (builds_gb, builds) = build_disk(cluster.hosts.per_host.value);
    Ok(ClusterPlan {
        name: cluster.name.clone(),
        cloud: place.cloud,
        region: place.region.name.to_owned(),
        zones: zones.names.value.clone(),
        zone_count: zones.count,
        share: cluster.share,
        running_workspaces: cluster.running_workspaces.clone(),
        volume_gb: cluster.keys.volume_gb.as_ref().map(|gb| *gb.get_ref()),
        density,
        request: requests(&request),
        node: node(
            rules,
            node_machine,
            NODE_DISK_GB,
            "container images of the workspaces; their homes are volumes of their own",
        ),
        nodes_min: min,
        nodes_max: max,
        max_pods,
        system_node: node(rules, &system, SYSTEM_NODE_DISK_GB, "images of Kubernetes' own pods"),
        system_nodes: (rules.node.system)(zones.count),
        host: machines.host.as_ref().map(|host| {
            machine(host, true, base_gb + builds_gb, &format!("{base_gb} for the system + {builds}"))
        }),
        hosts: cluster.hosts.count.clone(),
        daemons_per_host: cluster.hosts.per_host.clone(),
        provisioners: cluster.provisioners.value,
        tags: IndexMap::new(),
        ranges: IndexMap::new(),
    })
}

/// What so many daemons add to a boot disk in GB, and why.
pub fn build_disk(daemons: u32) -> (u32, String) {
    let each = HOST_DISK_DAEMON_GB;
    (each * daemons, format!("{each} a daemon: its provider cache and work directory"))
}

/// Tags the daemons of several clusters, each with its cluster's name, and says what follows from that.
pub fn tag(clusters: &mut [ClusterPlan]) -> Option<Warning> {
    // coderd's own daemons carry none: a template says which cluster it means (config_context).
    if clusters.len() < 2 || clusters.iter().any(|cluster| cluster.host.is_none()) {
        return None;
    }
    for cluster in &mut *clusters {
        cluster.tags.insert("cluster".to_owned(), cluster.name.clone());
    }
    let names: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    Some(Warning {
        code: "templates_need_a_tag".into(),
        message: format!(
            "Provisioner daemons carry the tag cluster = {}: a template without that tag waits for ever, for Coder gives jobs \
             without tags to daemons without tags only. Set it in each template (data \"coder_workspace_tags\") or when you push \
             it (coder templates push --provisioner-tag cluster={}).",
            names.join(" or "),
            names[0]
        ),
    })
}

fn requests(request: &Figure<Request>) -> Requests {
    Requests {
        cpu: format!("{:.0}m", request.value.vcpus * 1000.0),
        memory: format!("{:.0}Mi", request.value.memory_gb * 1024.0),
        reason: request.reason.clone(),
    }
}
