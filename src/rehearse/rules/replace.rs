//! Which changed arguments replace a thing instead of changing it: the schema does not say.
//! Sources: the google provider 8.0.0 itself (ForceNew), noted per type in its documentation.

use crate::rehearse::protocol::{AttributePath, Selector, Step};
use crate::rehearse::value::Value;

/// A type and its top-level arguments whose change replaces it.
const REPLACING: &[(&str, &[&str])] = &[
    ("google_compute_network", &["name", "auto_create_subnetworks"]),
    ("google_compute_subnetwork", &["name", "network", "region"]),
    ("google_compute_global_address", &["name", "address", "prefix_length", "network", "purpose"]),
    ("google_compute_region_instance_group_manager", &["name", "base_instance_name", "region"]),
    (
        "google_compute_region_instance_template",
        &["name", "name_prefix", "machine_type", "metadata", "disk", "tags"],
    ),
    (
        "google_compute_instance_template",
        &["name", "name_prefix", "machine_type", "metadata", "disk", "tags"],
    ),
    ("google_compute_health_check", &["name"]),
    ("google_compute_backend_service", &["name"]),
    ("google_secret_manager_secret", &["secret_id", "replication"]),
    ("google_secret_manager_secret_version", &["secret", "secret_data_wo_version"]),
    ("google_service_account", &["account_id"]),
    ("google_sql_database_instance", &["name", "region"]),
    ("google_sql_database", &["name", "instance"]),
    ("google_sql_user", &["name", "instance"]),
    ("google_container_cluster", &["name", "location", "default_max_pods_per_node"]),
    (
        "google_container_node_pool",
        &["name", "cluster", "location", "initial_node_count", "max_pods_per_node"],
    ),
    ("google_certificate_manager_certificate", &["name", "managed"]),
    ("google_dns_record_set", &["name", "managed_zone"]),
];

/// The paths of the changed arguments that cannot change in place.
pub fn paths(type_name: &str, prior: &Value, planned: &Value) -> Vec<AttributePath> {
    if prior.is_null() {
        return Vec::new();
    }
    let arguments = REPLACING.iter().find(|(name, _)| *name == type_name).map_or(&[][..], |(_, names)| names);
    let changed = arguments.iter().filter(|name| prior.get(name) != planned.get(name));
    let path = |name: &&str| AttributePath {
        steps: vec![Step { selector: Some(Selector::AttributeName((*name).to_owned())) }],
    };
    changed.map(path).collect()
}
