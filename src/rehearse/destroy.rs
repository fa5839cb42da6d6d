//! Which things refuse to be destroyed, as the real providers and clouds refuse.
//! Sources: the providers' documentation of `deletion_protection` and `deletion_policy`; see each row.

use super::cloud::Cloud;
use super::rules::Finding;
use super::value::Value;

/// An argument of any type, the value that forbids the destroy, the headline: what the directory's owner may use beyond the types of
/// the templates, whose refusals stand in `templates/catalog/refusals.csv`.
type Guard = (&'static str, &'static str, &'static str);

const GUARDS: &[Guard] = &[
    // google provider 8 docs, "deletion_policy" of nearly every resource.
    (
        "deletion_policy",
        "PREVENT",
        "Cannot destroy the resource because deletion_policy is set to PREVENT. Set it to DELETE or ABANDON to \
         proceed with the deletion.",
    ),
    // google_container_cluster, google_compute_instance, google_secret_manager_secret and others.
    (
        "deletion_protection",
        "true",
        "Cannot destroy the resource because deletion_protection is set to true. Set it to false to proceed with \
         the deletion.",
    ),
];

/// Why the thing cannot go; nothing when it can.
pub fn refusal(type_name: &str, prior: &Value, cloud: &Cloud) -> Option<Finding> {
    if let Some(finding) = super::rules::replace::destroy_refused(type_name, prior) {
        return Some(finding);
    }
    for (path, value, summary) in GUARDS {
        if prior.get(path).is_some_and(|own| own.display() == *value) {
            let id = prior.get("id").map(Value::display).unwrap_or_default();
            return Some(Finding::new(
                path,
                (*summary).to_owned(),
                format!("The {type_name} {id} is protected."),
            ));
        }
    }
    final_snapshot(type_name, prior).or_else(|| super::rules::cloud::still_used(type_name, prior, cloud))
}

/// aws_db_instance documentation, "final_snapshot_identifier": found missing by the destroy only.
fn final_snapshot(type_name: &str, prior: &Value) -> Option<Finding> {
    let wanted = prior.get("skip_final_snapshot") != Some(&Value::Bool(true));
    let unnamed = prior.text("final_snapshot_identifier").is_none_or(str::is_empty);
    (type_name == "aws_db_instance" && wanted && unnamed).then(|| {
        Finding::new(
            "final_snapshot_identifier",
            "final_snapshot_identifier is required when skip_final_snapshot is false".to_owned(),
            "Name the snapshot that the destroy leaves, or skip it.".to_owned(),
        )
    })
}
