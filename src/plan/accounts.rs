//! What of the plan is the user's own or one cloud's: the account that it goes to, and networks that are there already.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::addresses::ZONE_KEYS;
use super::{ClusterPlan, azure};
use crate::catalog::releases;
use crate::sizing::Figure;
use crate::spec::{self, Spec};

/// The user's own network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Existing {
    /// Its id.
    pub id: String,
    /// The public addresses that its machines go out by, by a key.
    pub nat_addresses: IndexMap<String, String>,
    /// Whether it has Google's private service access.
    pub private_services: bool,
    /// Its subnets: by kind, then by zone key; on Azure and Google Cloud one name a kind under `a`.
    pub subnets: IndexMap<String, IndexMap<String, String>>,
}

impl Existing {
    /// The keys of `[network.existing]`.
    pub(super) fn of(keys: &spec::Existing) -> Existing {
        let texts = |list: &[spec::Spanned<String>]| -> Vec<String> {
            list.iter().map(|text| text.get_ref().clone()).collect()
        };
        let zonal = |list: &[spec::Spanned<String>]| {
            ZONE_KEYS.map(str::to_owned).into_iter().zip(texts(list)).collect()
        };
        Existing {
            id: keys.id.get_ref().clone(),
            nat_addresses: (1..).map(|at| format!("nat-{at}")).zip(texts(&keys.nat_addresses)).collect(),
            private_services: keys.private_services,
            subnets: keys.subnets.iter().map(|(kind, list)| ((*kind).to_owned(), zonal(list))).collect(),
        }
    }
}

/// What only Google Cloud has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gcp {
    /// The project's id.
    pub project: String,
    /// The public addresses that the user's own network goes out by.
    pub nat_addresses: Vec<String>,
    /// The project of the user's own network, where it is another one: the host project of a shared VPC.
    pub host_project: Option<String>,
}

impl Gcp {
    /// The keys of `[gcp]`, and those of the network.
    pub(super) fn of(keys: &spec::Gcp, existing: Option<&spec::Existing>) -> Gcp {
        let project = keys.project.get_ref();
        let host = existing.and_then(|existing| existing.id.get_ref().split('/').nth(1));
        Gcp {
            project: project.clone(),
            nat_addresses: existing
                .map(|existing| existing.nat_addresses.iter().map(|text| text.get_ref().clone()).collect())
                .unwrap_or_default(),
            host_project: host.filter(|host| host != project).map(str::to_owned),
        }
    }
}

/// What only AWS has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Aws {
    /// The one account that may be applied to.
    pub account_id: Option<String>,
    /// The profile of the shared configuration files.
    pub profile: Option<String>,
    /// IAM roles and users that administer the clusters.
    pub admins: Vec<String>,
    /// Who may reach the clusters' API from outside; nobody when empty.
    pub api_cidrs: Vec<String>,
    /// A NAT gateway in every zone instead of one for all.
    pub nat_per_zone: Figure<bool>,
    /// The clusters' version.
    pub kubernetes_version: Figure<String>,
}

/// What only Azure has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Azure {
    /// The subscription's id.
    pub subscription_id: String,
    /// The resource group, and whether it is there already.
    pub resource_group: ResourceGroup,
    /// The resource group of the DNS zone.
    pub dns_resource_group: Option<String>,
    /// Entra groups that administer the clusters, by object id.
    pub admin_groups: Vec<String>,
    /// The resource id of the vault that holds the certificate.
    pub certificate_vault: String,
    /// Object ids of whoever plans and applies; whoever runs it when empty.
    pub deployers: Vec<String>,
    /// Public ranges that whoever applies comes from: the vault admits them.
    pub runner_cidrs: Vec<String>,
    /// Whether disks are encrypted on the host too, which the subscription must allow.
    pub encryption_at_host: bool,
    /// Whether the gateway has a web application firewall.
    pub waf: bool,
    /// Whether the database's backups are kept in the paired region too.
    pub geo_redundant_backup: bool,
    /// Whether coderd's machines stay evenly over the zones even when one is lost, so that none can be added then. Another value makes
    /// the scale set anew, so it stays as it was at first (PSRule for Azure, "Azure.VMSS.ZoneBalance", advises against it).
    #[serde(default)]
    pub has_strict_zones: bool,
    /// The database's storage as Azure sells it, in MB.
    pub storage_mb: Figure<u32>,
    /// The public addresses that the user's own network goes out by.
    pub nat_addresses: Vec<String>,
    /// The user's own subnets by name: gateway, coderd, database, and for each cluster its nodes' and its hosts'.
    pub subnets: IndexMap<String, String>,
}

/// A resource group of Azure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceGroup {
    /// Its name.
    pub name: String,
    /// Whether it is the user's own, and so left alone.
    pub existing: bool,
}

impl Aws {
    /// The keys of `[aws]`.
    pub(super) fn of(keys: &spec::Aws) -> Aws {
        let (is_asked, why) = match keys.nat_per_zone {
            true => (true, "aws.nat_per_zone in coder.toml"),
            false => (false, "one for all zones, which is cheaper; lost with its zone until it is replaced"),
        };
        Aws {
            account_id: keys.account_id.as_ref().map(|id| id.get_ref().clone()),
            profile: keys.profile.as_ref().map(|profile| profile.get_ref().clone()),
            admins: keys.admins.iter().map(|arn| arn.get_ref().clone()).collect(),
            api_cidrs: keys.api_cidrs.iter().map(|cidr| cidr.get_ref().clone()).collect(),
            nat_per_zone: Figure { value: is_asked, reason: why.to_owned() },
            kubernetes_version: releases::kubernetes(),
        }
    }
}

impl Azure {
    /// The keys of `[azure]`, and what follows from sizes, zones and clusters.
    pub(super) fn of(
        spec: &Spec,
        keys: &spec::Azure,
        storage_gb: &Figure<u32>,
        cluster: Option<&ClusterPlan>,
        has_strict_zones: bool,
    ) -> Azure {
        let existing = spec.network.existing.as_ref();
        let texts = |list: &[spec::Spanned<String>]| list.iter().map(|text| text.get_ref().clone()).collect();
        Azure {
            subscription_id: keys.subscription_id.get_ref().clone(),
            resource_group: match &keys.resource_group {
                Some(name) => ResourceGroup { name: name.get_ref().clone(), existing: true },
                None => ResourceGroup { name: spec.name.get_ref().clone(), existing: false },
            },
            dns_resource_group: keys.dns_resource_group.as_ref().map(|name| name.get_ref().clone()),
            certificate_vault: keys.certificate_vault.get_ref().clone(),
            deployers: texts(&keys.deployers),
            admin_groups: texts(&keys.admin_groups),
            runner_cidrs: texts(&keys.runner_cidrs),
            encryption_at_host: keys.encryption_at_host,
            waf: keys.waf,
            geo_redundant_backup: keys.geo_redundant_backup,
            has_strict_zones,
            storage_mb: azure::storage_mb(storage_gb),
            nat_addresses: existing.map(|existing| texts(&existing.nat_addresses)).unwrap_or_default(),
            subnets: existing
                .map(|existing| azure::subnets(existing, cluster.map_or("main", |cluster| &cluster.name)))
                .unwrap_or_default(),
        }
    }
}
