//! The plan's types: what the generated directory says, each figure with its reason, as the templates read it.

use indexmap::IndexMap;
use serde::Serialize;

use super::{Addresses, Density, Quota};
use crate::sizing::{Figure, Warning};
use crate::spec::Backend;

/// Everything that the generated directory says.
#[derive(Debug, Serialize)]
pub struct Plan {
    /// The tier, as the spec writes it.
    pub tier: &'static str,
    /// Its revision.
    pub revision: u8,
    /// The published page.
    pub page: &'static str,
    /// Users that the tier is good for.
    pub users: u32,
    /// The cloud.
    pub cloud: &'static str,
    /// The region of the control plane.
    pub region: String,
    /// Where that region is.
    pub place: &'static str,
    /// The zones that machines are spread over.
    pub zones: Figure<Vec<String>>,
    /// Prefix of every name.
    pub name: String,
    /// The user's own labels.
    pub labels: IndexMap<String, String>,
    /// Google Cloud's project.
    pub project: String,
    /// How users reach coderd.
    pub access: Access,
    /// Address ranges.
    pub network: Addresses,
    /// The releases that machines install.
    pub coder: Release,
    /// Terraform on the provisioner hosts.
    pub terraform: Release,
    /// The control plane.
    pub coderd: Coderd,
    /// The clusters and the provisioner hosts beside them.
    pub clusters: Vec<ClusterPlan>,
    /// The database.
    pub database: Database,
    /// Terraform's state.
    pub state: State,
    /// What the project must allow.
    pub quotas: Vec<Quota>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

/// How users reach coderd.
#[derive(Debug, Serialize)]
pub struct Access {
    /// The access URL's host name.
    pub hostname: String,
    /// `*.<domain>` for workspace apps.
    pub wildcard: Option<String>,
    /// The managed DNS zone.
    pub dns_zone: Option<String>,
    /// An existing certificate.
    pub certificate: Option<String>,
    /// Who may come in; empty means everyone.
    pub allowed_cidrs: Vec<String>,
}

/// A pinned release.
#[derive(Debug, Serialize)]
pub struct Release {
    /// Its version and why that one.
    pub version: Figure<String>,
    /// The artefact's sha256, where one is pinned.
    pub sha256: Option<String>,
    /// Where it is fetched from instead of its public home.
    pub mirror: Option<String>,
}

/// A group of equal machines.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The machine type and why.
    pub machine_type: Figure<String>,
    /// vCPUs of that type.
    pub vcpus: u32,
    /// Memory in GiB of that type.
    pub memory_gib: f64,
    /// The boot disk's type.
    pub disk_type: &'static str,
    /// The boot disk's size in GB and why.
    pub disk_gb: Figure<u32>,
}

/// The control plane.
#[derive(Debug, Serialize)]
pub struct Coderd {
    /// How many.
    pub replicas: Figure<u32>,
    /// On what.
    pub machine: Machine,
    /// Open database connections a replica.
    pub max_open_connections: Figure<u32>,
}

/// A cluster and the provisioner hosts beside it.
#[derive(Debug, Serialize)]
pub struct ClusterPlan {
    /// Its name.
    pub name: String,
    /// Its cloud.
    pub cloud: &'static str,
    /// Its region.
    pub region: String,
    /// Its zones.
    pub zones: Vec<String>,
    /// Its share of the load.
    pub share: f64,
    /// Workspaces that run in it at once.
    pub running_workspaces: Figure<u32>,
    /// Workspaces a node.
    pub density: Density,
    /// What a template should request for a workspace.
    pub request: Requests,
    /// The nodes' machine.
    pub node: Machine,
    /// Fewest nodes.
    pub nodes_min: Figure<u32>,
    /// Most nodes.
    pub nodes_max: Figure<u32>,
    /// Pods a node may run.
    pub max_pods: Figure<u32>,
    /// The static pool for Kubernetes' own pods.
    pub system_node: Machine,
    /// The provisioner hosts' machine.
    pub host: Machine,
    /// How many hosts.
    pub hosts: Figure<u32>,
    /// Daemons on each.
    pub daemons_per_host: Figure<u32>,
    /// Daemons that the tier asks for beside this cluster.
    pub provisioners: u32,
}

/// What a workspace should request, as Kubernetes writes quantities.
#[derive(Debug, Serialize)]
pub struct Requests {
    /// CPU, e.g. `500m`.
    pub cpu: String,
    /// Memory, e.g. `2048Mi`.
    pub memory: String,
    /// Why.
    pub reason: String,
}

/// The database.
#[derive(Debug, Serialize)]
pub struct Database {
    /// The managed service's tier name.
    pub machine: Figure<String>,
    /// PostgreSQL's major version.
    pub version: Figure<u32>,
    /// Storage in GB.
    pub storage_gb: Figure<u32>,
    /// A standby in another zone.
    pub high_availability: Figure<bool>,
    /// Connections it admits.
    pub max_connections: Figure<u32>,
    /// Daily backups kept.
    pub backup_days: Figure<u32>,
    /// Days back to any moment of which the database can be restored.
    pub log_days: u32,
}

/// Terraform's state.
#[derive(Debug, Serialize)]
pub struct State {
    /// The backend's name.
    pub backend: Backend,
    /// Its arguments.
    pub arguments: IndexMap<String, Argument>,
}

/// A backend argument.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Argument {
    /// `true` or `false`, as `use_lockfile` is.
    Flag(bool),
    /// Everything else.
    Text(String),
}
