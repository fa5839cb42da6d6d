//! Rules across resources: what the cloud refuses because of what is already, or not yet, there.
//! Every cloud has a file of its own; what they share is here.

mod aws;
mod azure;
mod google;
mod range;

use crate::rehearse::cloud::Cloud;
use crate::rehearse::value::Value;

use super::Finding;

/// Checks a configuration in which everything is known against what is there; `itself` is the id of what it changes, if it makes
/// nothing new.
pub fn check(type_name: &str, config: &Value, itself: Option<&str>, cloud: &Cloud) -> Vec<Finding> {
    let finding = match type_name.split('_').next() {
        Some("aws") => aws::check(type_name, config, itself, cloud),
        Some("azurerm") => azure::check(type_name, config, cloud),
        _ => google::check(type_name, config, cloud),
    };
    finding.into_iter().collect()
}

/// Why a thing cannot go while others use it.
pub fn still_used(type_name: &str, prior: &Value, cloud: &Cloud) -> Option<Finding> {
    match type_name.split('_').next() {
        Some("aws") => aws::still_used(type_name, prior, cloud),
        Some("azurerm") => azure::still_used(prior, cloud),
        _ => google::still_used(type_name, prior, cloud),
    }
}

/// Types of which two may mean the same thing without harm: grants and switches are idempotent.
const SHARED: [&str; 3] = ["_iam_member", "google_project_service", "random_"];

/// The error for a new thing whose name is in use; `state` is what it would be.
pub fn taken(type_name: &str, state: &Value, cloud: &Cloud) -> Option<Finding> {
    if SHARED.iter().any(|part| type_name.contains(part)) {
        return None;
    }
    if type_name.starts_with("aws_") {
        return aws::taken(type_name, state, cloud);
    }
    let id = state.text("id").unwrap_or_default();
    if !cloud.has(type_name, id) {
        return None;
    }
    let summary = match type_name.split('_').next() {
        Some("azurerm") => format!(
            "A resource with the ID {id:?} already exists - to be managed via Terraform this resource needs to be \
             imported into the State."
        ),
        Some("kubernetes") => format!("{id:?} already exists"),
        Some("helm") => "cannot re-use a name that is still in use".to_owned(),
        // Google API error 409 as the provider passes it on.
        _ => format!(
            "Error creating {type_name}: Error 409: The resource '{id}' already exists, alreadyExists"
        ),
    };
    let detail = "Two resources of the configuration have the same name in the same place.";
    Some(Finding::new("", summary, detail.to_owned()))
}
