//! The figures as `size --format json` prints them: names that scripts rely on, so none is ever renamed.
//! Which figure comes from where is [`crate::explain`]'s to say.

use serde::Serialize;

use crate::plan::{ClusterPlan, Plan};
use crate::sizing::{Sizing, Warning};

/// All of them, as JSON has them.
#[derive(Serialize)]
pub struct Figures<'a> {
    tier: &'a str,
    revision: u8,
    cloud: &'a str,
    region: &'a str,
    limits: Limits,
    coderd: Coderd<'a>,
    provisioners: Provisioners<'a>,
    clusters: Vec<Cluster<'a>>,
    database: Database<'a>,
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct Limits {
    users: u32,
    running_workspaces: u32,
    concurrent_builds: u32,
    api_rps: Option<u32>,
}

#[derive(Serialize)]
struct Coderd<'a> {
    replicas: u32,
    vcpus: u32,
    memory_gb: u32,
    machine: &'a str,
}

#[derive(Serialize)]
struct Provisioners<'a> {
    count: u32,
    per_host: u32,
    hosts: u32,
    vcpus_each: Option<Number>,
    memory_gb_each: Option<Number>,
    host_vcpus: Number,
    host_memory_gb: Number,
    /// Null where there are no hosts, because coderd runs the daemons.
    machine: Option<&'a str>,
}

#[derive(Serialize)]
struct Cluster<'a> {
    name: &'a str,
    cloud: &'a str,
    region: &'a str,
    share: f64,
    running_workspaces: u32,
    per_node: u32,
    bound_by: &'a str,
    nodes_min: u32,
    nodes_max: u32,
    vcpus: u32,
    memory_gb: u32,
    machine: &'a str,
    provisioners: u32,
    provisioner_hosts: u32,
}

#[derive(Serialize)]
struct Database<'a> {
    nodes: u32,
    vcpus: u32,
    memory_gb: u32,
    storage_gb: u32,
    machine: &'a str,
    max_connections: u32,
}

/// A figure that is whole on every published page: printed as `30`, not `30.0`.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            // Thirty times a third of a vCPU is ten, not 9.999…
            serializer.serialize_f64((self.0 * 1000.0).round() / 1000.0)
        }
    }
}

/// The figures of a sized and planned spec.
pub fn figures<'a>(sizing: &'a Sizing, plan: &'a Plan) -> Figures<'a> {
    let provisioners = &sizing.provisioners;
    let first = plan.all_clusters().next();
    Figures {
        tier: &plan.tier,
        revision: plan.revision,
        cloud: plan.cloud.as_str(),
        region: &plan.region,
        limits: Limits {
            users: sizing.limits.users,
            running_workspaces: sizing.limits.running_workspaces,
            concurrent_builds: sizing.limits.concurrent_builds,
            api_rps: sizing.limits.api_rps,
        },
        coderd: Coderd {
            replicas: sizing.coderd.replicas.value,
            vcpus: sizing.coderd.vcpus.value,
            memory_gb: sizing.coderd.memory_gb.value,
            machine: &plan.coderd.machine.machine_type.value,
        },
        provisioners: Provisioners {
            count: provisioners.count.value,
            per_host: provisioners.per_host,
            hosts: provisioners.hosts,
            vcpus_each: provisioners.each.map(|(vcpus, _)| Number(vcpus)),
            memory_gb_each: provisioners.each.map(|(_, memory_gb)| Number(memory_gb)),
            host_vcpus: Number(provisioners.host_vcpus),
            host_memory_gb: Number(provisioners.host_memory_gb),
            machine: first.and_then(|cluster| Some(cluster.host.as_ref()?.machine_type.value.as_str())),
        },
        clusters: clusters(sizing, plan).map(|(sized, planned)| cluster(sized, planned)).collect(),
        database: Database {
            nodes: sizing.database.nodes,
            vcpus: sizing.database.vcpus.value,
            memory_gb: sizing.database.memory_gb.value,
            storage_gb: sizing.database.storage_gb.value,
            machine: &plan.database.machine.value,
            max_connections: sizing.database.max_connections.value,
        },
        warnings: &plan.warnings,
    }
}

/// The clusters in the order of the spec.
pub fn clusters<'a>(
    sizing: &'a Sizing,
    plan: &'a Plan,
) -> impl Iterator<Item = (&'a crate::sizing::Cluster, &'a ClusterPlan)> {
    sizing.clusters.iter().filter_map(|sized| Some((sized, plan.cluster(&sized.name)?)))
}

fn cluster<'a>(sized: &crate::sizing::Cluster, planned: &'a ClusterPlan) -> Cluster<'a> {
    Cluster {
        name: &planned.name,
        cloud: planned.cloud.as_str(),
        region: &planned.region,
        share: planned.share,
        running_workspaces: planned.running_workspaces.value,
        per_node: planned.density.per_node,
        bound_by: &planned.density.bound_by,
        nodes_min: planned.nodes_min.value,
        nodes_max: planned.nodes_max.value,
        vcpus: sized.node_vcpus,
        memory_gb: sized.node_memory_gb,
        machine: &planned.node.machine_type.value,
        provisioners: planned.provisioners,
        provisioner_hosts: planned.hosts.value,
    }
}
