//! The plan's types: what the generated directory says, each figure with its reason, as the templates read it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::accounts::{Aws, Azure, Existing, Gcp, ResourceGroup};
use super::{Addresses, Cidrs, Density, Departed, Quota};
use crate::catalog::Move;
use crate::catalog::releases::Checksums;
use crate::sizing::{Figure, Warning};
use crate::spec::{Backend, Cloud, Layout, License};

/// Everything that the generated directory says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The tier, as the spec writes it.
    pub tier: String,
    /// Its revision.
    pub revision: u8,
    /// The published page.
    pub page: String,
    /// Users that the tier is good for.
    pub users: u32,
    /// The cloud.
    pub cloud: Cloud,
    /// The region of the control plane.
    pub region: String,
    /// Where that region is.
    pub place: String,
    /// The zones that machines are spread over, by name; empty where the account's own list or the region decides.
    pub zones: Figure<Vec<String>>,
    /// How many they are.
    pub zone_count: u32,
    /// Who calls the directory.
    pub layout: Layout,
    /// Where it lies, relative to the spec.
    pub directory: String,
    /// Prefix of every name.
    pub name: String,
    /// The user's own labels.
    pub labels: IndexMap<String, String>,
    /// What only Google Cloud has.
    pub gcp: Option<Gcp>,
    /// What only AWS has.
    pub aws: Option<Aws>,
    /// What only Azure has.
    pub azure: Option<Azure>,
    /// How users reach coderd.
    pub access: Access,
    /// Address ranges.
    pub network: Addresses,
    /// The user's own network, instead of a new one.
    pub existing: Option<Existing>,
    /// The releases that machines install.
    pub coder: CoderRelease,
    /// Terraform on the provisioner hosts.
    pub terraform: TerraformRelease,
    /// The control plane.
    pub coderd: Coderd,
    /// The clusters in the control plane's own network, and the provisioner hosts beside them.
    pub clusters: Vec<ClusterPlan>,
    /// Further networks with their clusters.
    pub sites: Vec<Site>,
    /// Networks that are gone from the spec, until what stood there is gone too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departed: Vec<Departed>,
    /// The database.
    pub database: Database,
    /// Terraform's state.
    pub state: State,
    /// What the project must allow.
    pub quotas: Vec<Quota>,
    /// What the user should know.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// Addresses that an earlier version called otherwise.
    #[serde(skip_deserializing)]
    pub moves: Vec<Moved>,
    /// Whoever was given an address range of its own → that range: it stays theirs whatever else comes or goes.
    pub placements: BTreeMap<String, String>,
}

/// A network beside the control plane's own, in another region or cloud, with its clusters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// What its modules and variables are called after: `aws_eu_west_1`.
    pub key: String,
    /// Its cloud.
    pub cloud: Cloud,
    /// Its region; on Google Cloud, whose networks are global, that of its first cluster.
    pub region: String,
    /// Where that is.
    pub place: String,
    /// Its zones, by name; empty where the account's own list or the region decides.
    pub zones: Figure<Vec<String>>,
    /// How many they are.
    pub zone_count: u32,
    /// Address ranges.
    pub network: Addresses,
    /// The clusters in it, and the provisioner hosts beside them.
    pub clusters: Vec<ClusterPlan>,
    /// Its resource group, on Azure.
    pub resource_group: Option<ResourceGroup>,
}

impl Plan {
    /// Every cluster, those in the control plane's network first.
    pub fn all_clusters(&self) -> impl Iterator<Item = &ClusterPlan> {
        self.clusters.iter().chain(self.sites.iter().flat_map(|site| &site.clusters))
    }

    /// The cluster of that name.
    pub fn cluster(&self, name: &str) -> Option<&ClusterPlan> {
        self.all_clusters().find(|cluster| cluster.name == name)
    }
}

/// An address that an earlier version called otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The address before.
    pub from: String,
    /// The address since.
    pub to: String,
    /// The version that renamed it.
    pub since: String,
}

impl Moved {
    /// The renamed addresses of a deployment: those with a cluster's name for each cluster of that cloud, with a site's for each site there,
    /// with both for each cluster of each site there, and the others where the control plane is.
    pub(crate) fn all(
        home: Cloud,
        moves: impl Iterator<Item = &'static Move>,
        clusters: &[ClusterPlan],
        sites: &[Site],
    ) -> Vec<Moved> {
        let elsewhere =
            || sites.iter().flat_map(|site| site.clusters.iter().map(move |own| (site.key.as_str(), own)));
        let one = |moved: &Move, site: &str, cluster: &str| Moved {
            from: moved.from.replace("{site}", site).replace("{cluster}", cluster),
            to: moved.to.replace("{site}", site).replace("{cluster}", cluster),
            since: moved.since.to_owned(),
        };
        let each = |moved: &'static Move| -> Vec<Moved> {
            let cloud = moved.cloud;
            let is_there = |(_, cluster): &(&str, &ClusterPlan)| cluster.cloud == cloud;
            let of = |(site, cluster): (&str, &ClusterPlan)| one(moved, site, &cluster.name);
            let (is_a_sites, is_a_clusters) =
                (moved.from.contains("{site}"), moved.from.contains("{cluster}"));
            if is_a_sites && is_a_clusters {
                elsewhere().filter(is_there).map(of).collect()
            } else if is_a_sites {
                sites
                    .iter()
                    .filter(|site| site.cloud == cloud)
                    .map(|site| one(moved, &site.key, ""))
                    .collect()
            } else if is_a_clusters {
                let here = clusters.iter().map(|cluster| ("", cluster));
                here.chain(elsewhere()).filter(is_there).map(of).collect()
            } else if cloud == home {
                vec![one(moved, "", "")]
            } else {
                Vec::new()
            }
        };
        moves.flat_map(each).collect()
    }
}

/// How users reach coderd.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Whether the balancer has no public address.
    pub internal: bool,
}

/// The release of Coder that machines install.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoderRelease {
    /// Its version and why that one.
    pub version: Figure<String>,
    /// The package's sha256, where one is pinned.
    pub sha256: Option<String>,
    /// Where it is fetched from instead of its public home.
    pub mirror: Option<String>,
}

/// The release of Terraform that provisioner daemons run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TerraformRelease {
    /// Its version and why that one.
    pub version: Figure<String>,
    /// The archives' sha256.
    pub sha256: Checksums<String>,
}

/// A group of equal machines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The machine type and why.
    pub machine_type: Figure<String>,
    /// vCPUs of that type.
    pub vcpus: u32,
    /// Memory in GiB of that type.
    pub memory_gib: f64,
    /// Its family.
    pub family: String,
    /// The boot disk's type.
    pub disk_type: String,
    /// The boot disk's size in GB and why.
    pub disk_gb: Figure<u32>,
}

/// The control plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coderd {
    /// How many.
    pub replicas: Figure<u32>,
    /// On what.
    pub machine: Machine,
    /// Open database connections a replica.
    pub max_open_connections: Figure<u32>,
    /// The licence.
    pub license: License,
    /// Provisioner daemons that each replica runs itself; `None` where hosts run them.
    pub daemons: Option<Figure<u32>>,
}

/// A cluster and the provisioner hosts beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterPlan {
    /// Its name.
    pub name: String,
    /// Its cloud.
    pub cloud: Cloud,
    /// Its region.
    pub region: String,
    /// Its zones.
    pub zones: Vec<String>,
    /// How many they are.
    pub zone_count: u32,
    /// Its share of the load.
    pub share: f64,
    /// Workspaces that run in it at once.
    pub running_workspaces: Figure<u32>,
    /// GB of a workspace's volume; none where the spec names none.
    pub volume_gb: Option<u32>,
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
    /// The machine of the static pool for Kubernetes' own pods.
    pub system_node: Machine,
    /// Nodes of that pool.
    pub system_nodes: Figure<u32>,
    /// The provisioner hosts' machine; `None` where coderd runs the builds.
    pub host: Option<Machine>,
    /// How many hosts.
    pub hosts: Figure<u32>,
    /// Daemons on each.
    pub daemons_per_host: Figure<u32>,
    /// Daemons that the tier asks for beside this cluster.
    pub provisioners: u32,
    /// Tags of those daemons: their cluster's name, where there are several.
    pub tags: IndexMap<String, String>,
    /// Its own address ranges; those that it shares are the network's.
    pub ranges: IndexMap<String, Figure<Cidrs>>,
}

/// What a workspace should request, as Kubernetes writes quantities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requests {
    /// CPU, e.g. `500m`.
    pub cpu: String,
    /// Memory, e.g. `2048Mi`.
    pub memory: String,
    /// Why.
    pub reason: String,
}

/// The database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The backend's name.
    pub backend: Backend,
    /// Its arguments.
    pub arguments: IndexMap<String, Argument>,
}

/// A backend argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Argument {
    /// `true` or `false`, as `use_lockfile` is.
    Flag(bool),
    /// Everything else.
    Text(String),
}
