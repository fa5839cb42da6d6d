//! The directory's record: the spec that it was generated for and all that was decided for it, by value. A newer tierform
//! with another catalog changes nothing of that unasked: what the spec's own change does not move stays as it was decided.
//!
//! The record is an input like the spec. [`Decided`] is what sizing and plan take from it; [`settle`] is the one step after the
//! plan that puts decided values in the place of today's. Only `output` writes it.

mod growth;
mod legacy;
mod settle;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use growth::{Smaller, smaller};
pub use legacy::Frozen;
pub use settle::{Difference, differences, settle};

use crate::catalog;
use crate::plan::{self, Departed, Plan, departed};
use crate::sizing::Figure;
use crate::spec::{Cloud, Tier};

/// What was decided for a directory, and for which spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The text of the spec, line by line.
    pub spec: Vec<String>,
    /// The plan, as JSON: a later program may know other keys.
    pub plan: Value,
}

/// What sizing and plan take as decided, where a directory exists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decided {
    /// The revision of the tier's page.
    pub revision: Option<u8>,
    /// Whoever has an address range of its own → that range.
    pub placements: BTreeMap<String, String>,
    /// The sites that it has, by what is to be known of one that goes.
    pub sites: Vec<Departed>,
    /// Sites that are gone but for what an apply has still to destroy.
    pub departed: Vec<Departed>,
    /// The clusters of each network, by the site's key, and of the control plane's own, which has none.
    pub members: BTreeMap<Option<String>, Vec<String>>,
    /// Boot disks in GB: of coderd, which has no name, and of each cluster's hosts.
    pub disks: BTreeMap<Option<String>, u32>,
    /// Whether Azure is to hold coderd's machines evenly over the zones whatever happens, as it was asked to in earlier versions.
    pub has_strict_zones: bool,
}

/// Why a record cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "what was decided for the directory is damaged in .tierform/manifest.json: {0}; restore the file from version control"
)]
pub struct Damaged(String);

impl From<serde_json::Error> for Damaged {
    fn from(error: serde_json::Error) -> Self {
        Damaged(error.to_string())
    }
}

impl Record {
    /// The record of a directory that is generated from `spec`, with what of its plan is [`lasting`].
    pub fn of(spec: &str, lasting: Value) -> Record {
        Record { spec: lines(spec), plan: lasting }
    }

    /// The text of the spec that the directory was generated for, without regard to how its lines end.
    pub fn spec(&self) -> String {
        self.spec.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Whether the directory was generated for that text.
    pub fn is_for(&self, spec: &str) -> bool {
        self.spec.iter().map(String::as_str).eq(spec.lines())
    }

    /// What sizing and plan take as decided.
    ///
    /// # Errors
    /// Values that no plan has.
    pub fn decided(&self) -> Result<Decided, Damaged> {
        #[derive(Deserialize)]
        struct Part {
            revision: u8,
            placements: BTreeMap<String, String>,
            coderd: Coderd,
            clusters: Vec<Cluster>,
            sites: Vec<Site>,
            #[serde(default)]
            departed: Vec<Departed>,
            gcp: Option<Gcp>,
            aws: Option<Aws>,
            azure: Option<Azure>,
        }
        #[derive(Deserialize)]
        struct Coderd {
            machine: Machine,
        }
        #[derive(Deserialize)]
        struct Cluster {
            name: String,
            host: Option<Machine>,
        }
        #[derive(Deserialize)]
        struct Machine {
            disk_gb: Figure<u32>,
        }
        #[derive(Deserialize)]
        struct Site {
            key: String,
            cloud: Cloud,
            region: String,
            place: String,
            clusters: Vec<Cluster>,
        }
        #[derive(Deserialize)]
        struct Gcp {
            project: String,
        }
        #[derive(Deserialize)]
        struct Aws {
            account_id: Option<String>,
            profile: Option<String>,
        }
        #[derive(Deserialize)]
        struct Azure {
            subscription_id: String,
            has_strict_zones: Option<bool>,
        }
        let part = Part::deserialize(&self.plan)?;
        let mut disks = BTreeMap::from([(None, part.coderd.machine.disk_gb.value)]);
        let mut names = |clusters: Vec<Cluster>| -> Vec<String> {
            let name = |cluster: Cluster| {
                disks.extend(cluster.host.map(|host| (Some(cluster.name.clone()), host.disk_gb.value)));
                cluster.name
            };
            clusters.into_iter().map(name).collect()
        };
        let mut members = BTreeMap::from([(None, names(part.clusters))]);
        let site = |Site { key, cloud, region, place, clusters }: Site| {
            members.insert(Some(key.clone()), names(clusters));
            let aws = part.aws.as_ref().filter(|_| cloud == Cloud::Aws);
            let (gcp, azure) = (part.gcp.as_ref(), part.azure.as_ref());
            Departed {
                key,
                cloud,
                region,
                place,
                project: gcp.filter(|_| cloud == Cloud::Gcp).map(|gcp| gcp.project.clone()),
                profile: aws.and_then(|aws| aws.profile.clone()),
                account_id: aws.and_then(|aws| aws.account_id.clone()),
                subscription_id: azure
                    .filter(|_| cloud == Cloud::Azure)
                    .map(|azure| azure.subscription_id.clone()),
            }
        };
        let sites = part.sites.into_iter().map(site).collect();
        let (revision, departed) = (Some(part.revision), part.departed);
        let has_strict_zones = part.azure.as_ref().is_some_and(|azure| azure.has_strict_zones != Some(false));
        Ok(Decided {
            revision,
            placements: part.placements,
            sites,
            departed,
            members,
            disks,
            has_strict_zones,
        })
    }

    /// The plan as it was decided, where this program can read it by itself.
    ///
    /// # Errors
    /// Values that no plan of this program has.
    pub fn plan(&self) -> Result<Plan, Damaged> {
        plan_of(&self.plan)
    }
}

impl Decided {
    /// The revision of a tier where the spec names none: the directory's own, if that tier has it.
    pub fn revision(&self, tier: Tier) -> u8 {
        let own = self.revision.filter(|revision| catalog::tier(tier, *revision).is_some());
        own.unwrap_or_else(|| catalog::default_revision(tier))
    }
}

/// A plan as JSON, without what follows from the program and the directory alone, so that it is never decided for the next run.
///
/// # Errors
/// A plan that JSON has no words for, which no spec can cause.
pub fn lasting(plan: &Plan) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(plan)?;
    if let Value::Object(parts) = &mut value {
        parts.shift_remove("moves");
        if let Some(Value::Array(warnings)) = parts.get_mut("warnings") {
            warnings.retain(|warning| warning["code"] != departed::CODE);
        }
    }
    Ok(value)
}

/// The plan of which that is what is lasting.
///
/// # Errors
/// Values that no plan of this program has.
pub fn plan_of(lasting: &Value) -> Result<Plan, Damaged> {
    let mut plan = Plan::deserialize(lasting)?;
    plan.warnings.extend(departed::told(&plan.departed));
    plan.moves = plan::moves(plan.cloud, &plan.clusters, &plan.sites);
    Ok(plan)
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
