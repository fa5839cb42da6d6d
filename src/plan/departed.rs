//! Sites that are gone from the spec while something of them may still stand: what Terraform needs to destroy it, which is a provider.

use serde::{Deserialize, Serialize};

use super::Site;
use crate::record::Decided;
use crate::sizing::Warning;
use crate::spec::Cloud;

/// A site that is gone, and what its provider was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    /// What its modules and variables were called after: `aws_eu_west_1`.
    pub key: String,
    /// Its cloud.
    pub cloud: Cloud,
    /// Its region.
    pub region: String,
    /// Where that is.
    pub place: String,
    /// The project, on Google Cloud.
    pub project: Option<String>,
    /// The profile of the shared configuration files, on AWS.
    pub profile: Option<String>,
    /// The one account that may be applied to, on AWS.
    pub account_id: Option<String>,
    /// The subscription, on Azure.
    pub subscription_id: Option<String>,
}

/// The sites that are gone, and whose provider would go with them: the control plane has one of its own cloud, which on AWS is for its
/// own region alone.
pub fn gone(decided: &Decided, home: Cloud, sites: &[Site]) -> Vec<Departed> {
    let is_gone = |departed: &&Departed| {
        let has_own = departed.cloud == Cloud::Aws || departed.cloud != home;
        has_own && sites.iter().all(|site| site.key != departed.key)
    };
    decided.departed.iter().chain(&decided.sites).filter(is_gone).cloned().collect()
}

/// The code of what is said of them.
pub const CODE: &str = "departed";

/// What is said of them until they are forgotten.
pub fn told(departed: &[Departed]) -> Option<Warning> {
    let keys: Vec<&str> = departed.iter().map(|departed| departed.key.as_str()).collect();
    (!keys.is_empty()).then(|| Warning {
        code: CODE.into(),
        message: format!(
            "{} {} gone from coder.toml, and departed.tf keeps the provider, without which Terraform can destroy nothing there: delete \
             that file once an apply has destroyed all of it, and generate again.",
            keys.join(" and "),
            if keys.len() == 1 { "is" } else { "are" }
        ),
    })
}
