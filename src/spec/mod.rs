//! The spec: what the user wrote in `coder.toml`, read and checked, with the place of every value kept.
//! A later step that refuses a value (a machine too small, a region without a family) points at that place.
//!
//! These types are the file's vocabulary: doc comments are the help that editors show.

mod access;
mod address;
mod clouds;
mod clusters;
mod describe;
mod draft;
mod edit;
mod file;
mod key;
mod keys;
mod names;
mod networks;
mod of_tier;
mod problems;
mod read;
mod rules;
mod schema;
mod state;
mod syntax;
mod walk;
mod wording;

use std::ops::Range;

use indexmap::IndexMap;
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
pub use toml::Spanned;

pub use describe::{Described, Written, describe, written};
pub use draft::{Needed, Values, draft, literal, needed};
pub use edit::edit;
pub use file::{LARGEST, Unreadable, load};
pub use names::NAME_MAX;
pub use read::{Reading, read};
pub use schema::schema;

/// A Coder reference-architecture tier, by its number of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Tier {
    /// Up to 1,000 users.
    #[serde(rename = "1k")]
    K1,
    /// Up to 2,000 users.
    #[serde(rename = "2k")]
    K2,
    /// Up to 3,000 users.
    #[serde(rename = "3k")]
    K3,
    /// Up to 10,000 users.
    #[serde(rename = "10k")]
    K10,
}

/// The cloud that everything runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Google Cloud.
    Gcp,
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
}

/// The Coder licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum License {
    /// Coder Premium.
    #[default]
    Premium,
    /// Without one: a single coderd that runs the builds itself.
    Community,
}

/// Which machine names are taken where a tier page prints some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Machines {
    /// The names that the tier page prints.
    #[default]
    Published,
    /// Today's family of the same size.
    Current,
}

/// Who calls the generated directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Nobody: it is a root module, with providers, backend and values.
    #[default]
    Root,
    /// A module of the user's: it is a child module, whose providers and state are the parent's.
    Module,
}

/// Where Terraform keeps its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// A file beside the configuration.
    #[default]
    Local,
    /// A Cloud Storage bucket.
    Gcs,
    /// An S3 bucket.
    S3,
    /// An Azure Storage container.
    Azurerm,
}

/// A checked spec. Required keys are plain, optional ones keep their absence, so that a default is chosen in one
/// place: sizing and plan.
#[derive(Debug, Clone)]
pub struct Spec {
    /// `name`: the prefix of every resource's name.
    pub name: Spanned<String>,
    /// `tier`; absent means the smallest that holds `[load]`.
    pub tier: Option<Spanned<Tier>>,
    /// `tier_revision`: 1 or 2; absent means the tier's default.
    pub tier_revision: Option<Spanned<u8>>,
    /// `cloud`.
    pub cloud: Spanned<Cloud>,
    /// `region`: known to the catalog for this cloud.
    pub region: Spanned<String>,
    /// `license`.
    pub license: Option<Spanned<License>>,
    /// `machines`.
    pub machines: Machines,
    /// `burstable`: whether AWS's t3 machines may be taken.
    pub burstable: bool,
    /// `layout`.
    pub layout: Layout,
    /// `output`: the directory to generate, relative to the spec; `infra` when absent. Never absolute, never above.
    pub output: Option<Spanned<String>>,
    /// `[tags]`: labels that every resource carries, in the order written.
    pub tags: IndexMap<String, Spanned<String>>,
    /// `[load]`.
    pub load: Load,
    /// `[access]`.
    pub access: Access,
    /// `[coder]`.
    pub coder: Coder,
    /// `[coderd]`.
    pub coderd: Coderd,
    /// `[provisioners]`.
    pub provisioners: Provisioners,
    /// `[workspaces]`: what holds for clusters that do not say otherwise.
    pub workspaces: Workspaces,
    /// `[[clusters]]`; the one beside coderd when there are none.
    pub clusters: Vec<Cluster>,
    /// `[database]`.
    pub database: Database,
    /// `[network]`.
    pub network: Network,
    /// `[state]`.
    pub state: State,
    /// `[gcp]`; there when a part of the deployment is on Google Cloud.
    pub gcp: Option<Gcp>,
    /// `[aws]`; there when a part of it is on AWS.
    pub aws: Option<Aws>,
    /// `[azure]`; there when a part of it is on Azure.
    pub azure: Option<Azure>,
}

/// `[load]`: what the deployment has to hold.
#[derive(Debug, Clone, Default)]
pub struct Load {
    /// `users`.
    pub users: Option<Spanned<u32>>,
    /// `concurrent_builds`: workspace builds at the same time.
    pub concurrent_builds: Option<Spanned<u32>>,
    /// `running_workspaces`: workspaces that run at the same time.
    pub running_workspaces: Option<Spanned<u32>>,
    /// `builds_per_day`.
    pub builds_per_day: Option<Spanned<u32>>,
    /// `api_rps`: API requests a second.
    pub api_rps: Option<Spanned<u32>>,
}

impl Load {
    /// The place of its first figure; `None` when it has none.
    pub fn place(&self) -> Option<Range<usize>> {
        let figures = [
            &self.users,
            &self.concurrent_builds,
            &self.running_workspaces,
            &self.builds_per_day,
            &self.api_rps,
        ];
        figures.into_iter().flatten().map(Spanned::span).min_by_key(|span| span.start)
    }
}

impl Spec {
    /// Where the tier is said: its own place, else that of the load that chooses it.
    pub fn tier_place(&self) -> Range<usize> {
        self.tier.as_ref().map(Spanned::span).or_else(|| self.load.place()).unwrap_or(0..0)
    }

    /// `license`, premium unless it is said.
    pub fn license(&self) -> License {
        self.license.as_ref().map(|license| *license.get_ref()).unwrap_or_default()
    }

    /// Whether coderd runs the builds itself: it is asked for, or the licence knows no other way.
    pub fn builds_on_coderd(&self) -> bool {
        self.license() == License::Community
            || self.provisioners.on_coderd.as_ref().is_some_and(|asked| *asked.get_ref())
    }
}

/// `[access]`: how users reach coderd.
#[derive(Debug, Clone)]
pub struct Access {
    /// `url`: `https://<hostname>`, no path, no port but 443. The span is that of the whole URL.
    pub hostname: Spanned<String>,
    /// `wildcard`: `*.<domain>`, below the URL's own domain.
    pub wildcard: Option<Spanned<String>>,
    /// `dns_zone`: the managed zone in which records and certificate validation are made.
    pub dns_zone: Option<Spanned<String>>,
    /// `certificate`: an existing certificate of that cloud.
    pub certificate: Option<Spanned<String>>,
}

/// `[coder]`: the release that the machines install.
#[derive(Debug, Clone, Default)]
pub struct Coder {
    /// `version`, e.g. `2.36.6`.
    pub version: Option<Spanned<String>>,
    /// `sha256` of the release's `.deb` for Linux and the machines' architecture, 64 hex digits; absent means the release's own
    /// checksum file decides.
    pub sha256: Option<Spanned<String>>,
    /// `mirror`: an https URL that serves what the release page serves.
    pub mirror: Option<Spanned<String>>,
}

/// `[coderd]`: overrides of the control plane's row.
#[derive(Debug, Clone, Default)]
pub struct Coderd {
    /// `replicas`, at least 1.
    pub replicas: Option<Spanned<u32>>,
    /// `vcpus` each.
    pub vcpus: Option<Spanned<u32>>,
    /// `memory_gb` each.
    pub memory_gb: Option<Spanned<u32>>,
    /// `machine`: the machine type.
    pub machine: Option<Spanned<String>>,
}

/// `[provisioners]`: overrides of the provisioner row.
#[derive(Debug, Clone, Default)]
pub struct Provisioners {
    /// `count`: daemons in all, at least 1.
    pub count: Option<Spanned<u32>>,
    /// `per_host`: daemons stacked on one host, 1 to 30.
    pub per_host: Option<Spanned<u32>>,
    /// `vcpus_each`: vCPU a daemon.
    pub vcpus_each: Option<Spanned<f64>>,
    /// `memory_gb_each`: GB a daemon.
    pub memory_gb_each: Option<Spanned<f64>>,
    /// `machine`: the hosts' machine type.
    pub machine: Option<Spanned<String>>,
    /// `on_coderd`: whether coderd runs the daemons.
    pub on_coderd: Option<Spanned<bool>>,
}

/// `[workspaces]`: what a workspace asks for, and its nodes.
#[derive(Debug, Clone, Default)]
pub struct Workspaces {
    /// `vcpus` a workspace requests.
    pub vcpus: Option<Spanned<f64>>,
    /// `memory_gb` a workspace requests.
    pub memory_gb: Option<Spanned<f64>>,
    /// `volume_gb`: its persistent volume; 0 means it has none.
    pub volume_gb: Option<Spanned<u32>>,
    /// `per_node`: workspaces a node, 1 to 256.
    pub per_node: Option<Spanned<u32>>,
    /// `nodes_min`.
    pub nodes_min: Option<Spanned<u32>>,
    /// `nodes_max`.
    pub nodes_max: Option<Spanned<u32>>,
    /// `machine`: the nodes' machine type.
    pub machine: Option<Spanned<String>>,
    /// `arm`: whether that machine may have ARM processors.
    pub arm: bool,
}

/// One of `[[clusters]]`.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// `name`, each its own.
    pub name: Spanned<String>,
    /// `cloud`; the spec's when absent.
    pub cloud: Spanned<Cloud>,
    /// `region`; the spec's when absent.
    pub region: Spanned<String>,
    /// `share` of daemons and workspaces, above 0; all of them sum to 1.
    pub share: Spanned<f64>,
    /// `cidr`: the range of its own network, or of its own part of coderd's.
    pub cidr: Option<Spanned<Ipv4Net>>,
    /// Its own keys of `[workspaces]`, and those of the table where it has none. A machine type of the table counts in the spec's
    /// cloud only.
    pub workspaces: Workspaces,
}

/// `[database]`: overrides of the database row.
#[derive(Debug, Clone, Default)]
pub struct Database {
    /// `vcpus`.
    pub vcpus: Option<Spanned<u32>>,
    /// `memory_gb`.
    pub memory_gb: Option<Spanned<u32>>,
    /// `storage_gb`.
    pub storage_gb: Option<Spanned<u32>>,
    /// `machine`: the managed database's tier name.
    pub machine: Option<Spanned<String>>,
    /// `version`: PostgreSQL major version, 13 to 18.
    pub version: Option<Spanned<u32>>,
    /// `high_availability`: a standby in another zone.
    pub high_availability: Option<Spanned<bool>>,
    /// `backup_days`: how many daily backups are kept.
    pub backup_days: Option<Spanned<u32>>,
    /// `max_connections`.
    pub max_connections: Option<Spanned<u32>>,
}

/// `[network]`: addresses, zones and who may come in.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// `cidr`: the private range from which every subnet is cut.
    pub cidr: Option<Spanned<Ipv4Net>>,
    /// `zones` of the region, in the order written, no duplicates, known to the catalog.
    pub zones: Option<Spanned<Vec<Spanned<String>>>>,
    /// `internal`: no public address for coderd.
    pub internal: bool,
    /// `allowed_cidrs`: who may reach the access URL; absent means everyone.
    pub allowed_cidrs: Vec<Spanned<Ipv4Net>>,
    /// `existing`: the user's own network; nothing of it is made then.
    pub existing: Option<Existing>,
}

/// `[network.existing]`: ids of the user's own network, in each cloud's own way.
#[derive(Debug, Clone)]
pub struct Existing {
    /// Its id: a VPC's on Google Cloud and AWS, a VNet's on Azure.
    pub id: Spanned<String>,
    /// The public addresses that its machines go out by.
    pub nat_addresses: Vec<Spanned<String>>,
    /// `private_services`: whether Google's private service access is there already.
    pub private_services: bool,
    /// Its subnets by their key in the file, in the order of the catalog of keys. On AWS each key has one for each zone.
    pub subnets: IndexMap<&'static str, Vec<Spanned<String>>>,
}

/// `[state]`: Terraform's backend and its keys, checked to belong to it.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// `backend`.
    pub backend: Backend,
    /// The backend's own arguments (bucket, prefix, key, …) in the order written, names and types checked.
    pub arguments: IndexMap<String, Spanned<String>>,
}

/// `[gcp]`.
#[derive(Debug, Clone)]
pub struct Gcp {
    /// `project`: the project's id.
    pub project: Spanned<String>,
}

/// `[aws]`.
#[derive(Debug, Clone, Default)]
pub struct Aws {
    /// `account_id`: the one account that may be applied to.
    pub account_id: Option<Spanned<String>>,
    /// `profile` of the shared configuration files.
    pub profile: Option<Spanned<String>>,
    /// `admins`: IAM roles and users that administer the clusters.
    pub admins: Vec<Spanned<String>>,
    /// `api_cidrs`: public ranges from which the clusters' API is reached.
    pub api_cidrs: Vec<Spanned<String>>,
    /// `nat_per_zone`: a NAT gateway in every zone.
    pub nat_per_zone: bool,
}

/// `[azure]`.
#[derive(Debug, Clone)]
pub struct Azure {
    /// `subscription_id`.
    pub subscription_id: Spanned<String>,
    /// `resource_group`: an existing one.
    pub resource_group: Option<Spanned<String>>,
    /// `dns_resource_group`: that of the DNS zone.
    pub dns_resource_group: Option<Spanned<String>>,
    /// `certificate_vault`: the resource id of the vault that holds `access.certificate`.
    pub certificate_vault: Spanned<String>,
    /// `runner_cidrs`: public ranges that whoever applies comes from.
    pub runner_cidrs: Vec<Spanned<String>>,
    /// `deployers`: object ids of whoever plans and applies.
    pub deployers: Vec<Spanned<String>>,
    /// `admin_groups`: Entra groups that administer the clusters, by object id.
    pub admin_groups: Vec<Spanned<String>>,
    /// `encryption_at_host`.
    pub encryption_at_host: bool,
    /// `waf`: a web application firewall in front of coderd.
    pub waf: bool,
    /// `geo_redundant_backup` of the database.
    pub geo_redundant_backup: bool,
}

impl Tier {
    /// Every tier, smallest first.
    pub const ALL: [Tier; 4] = [Tier::K1, Tier::K2, Tier::K3, Tier::K10];

    /// The tier as the spec and the pages write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Tier::K1 => "1k",
            Tier::K2 => "2k",
            Tier::K3 => "3k",
            Tier::K10 => "10k",
        }
    }
}

impl Cloud {
    /// Every cloud, in the order of the tier pages.
    pub const ALL: [Cloud; 3] = [Cloud::Gcp, Cloud::Aws, Cloud::Azure];

    /// The cloud as the spec writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cloud::Gcp => "gcp",
            Cloud::Aws => "aws",
            Cloud::Azure => "azure",
        }
    }
}
