//! Which changed arguments replace a thing instead of changing it: the schema does not say.
//! Sources: the providers themselves (ForceNew and CustomizeDiff), noted per type in their documentation.

use crate::rehearse::protocol::{AttributePath, Selector, Step};
use crate::rehearse::value::Value;

/// Types and their arguments (dotted) whose change replaces the thing.
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
    // AWS.
    ("aws_vpc", &["cidr_block", "instance_tenancy"]),
    ("aws_subnet", &["vpc_id", "cidr_block", "availability_zone"]),
    ("aws_nat_gateway", &["allocation_id", "connectivity_type", "subnet_id"]),
    ("aws_security_group", &["name", "name_prefix", "description", "vpc_id"]),
    ("aws_db_instance", &["db_name", "username", "storage_encrypted", "availability_zone", "kms_key_id"]),
    ("aws_db_subnet_group", &["name", "name_prefix"]),
    ("aws_db_parameter_group", &["name", "name_prefix", "family"]),
    ("aws_secretsmanager_secret", &["name", "name_prefix"]),
    ("aws_secretsmanager_secret_version", &["secret_id", "secret_string_wo_version"]),
    ("aws_cloudwatch_log_group", &["name", "name_prefix"]),
    ("aws_iam_role", &["name", "name_prefix", "path"]),
    ("aws_launch_template", &["name", "name_prefix"]),
    ("aws_autoscaling_group", &["name", "name_prefix", "initial_lifecycle_hook"]),
    ("aws_lb", &["name", "name_prefix", "internal", "load_balancer_type"]),
    ("aws_lb_target_group", &["name", "name_prefix", "port", "protocol", "target_type", "vpc_id"]),
    ("aws_lb_listener", &["load_balancer_arn"]),
    (
        "aws_acm_certificate",
        &["domain_name", "subject_alternative_names", "validation_method", "key_algorithm"],
    ),
    ("aws_route53_record", &["zone_id", "name", "set_identifier"]),
    (
        "aws_eks_cluster",
        &[
            "name",
            "role_arn",
            "bootstrap_self_managed_addons",
            "access_config.bootstrap_cluster_creator_admin_permissions",
            "kubernetes_network_config.service_ipv4_cidr",
            "kubernetes_network_config.ip_family",
        ],
    ),
    (
        "aws_eks_node_group",
        &[
            "cluster_name",
            "node_group_name",
            "node_group_name_prefix",
            "node_role_arn",
            "subnet_ids",
            "instance_types",
            "ami_type",
            "capacity_type",
            "disk_size",
        ],
    ),
    ("aws_eks_addon", &["cluster_name", "addon_name"]),
    ("aws_eks_access_entry", &["cluster_name", "principal_arn", "type"]),
    ("aws_eks_access_policy_association", &["cluster_name", "principal_arn", "policy_arn", "access_scope"]),
    // Azure.
    ("azurerm_resource_group", &["name", "location"]),
    ("azurerm_virtual_network", &["name", "location", "resource_group_name"]),
    ("azurerm_subnet", &["name", "virtual_network_name", "resource_group_name"]),
    ("azurerm_nat_gateway", &["name", "location", "sku_name", "zones"]),
    ("azurerm_public_ip", &["name", "location", "sku", "zones"]),
    ("azurerm_key_vault", &["name", "location", "tenant_id"]),
    ("azurerm_key_vault_secret", &["name", "key_vault_id"]),
    ("azurerm_user_assigned_identity", &["name", "location"]),
    ("azurerm_role_assignment", &["scope", "principal_id", "role_definition_name", "role_definition_id"]),
    ("azurerm_management_lock", &["name", "scope", "lock_level", "notes"]),
    (
        "azurerm_postgresql_flexible_server",
        &[
            "name",
            "location",
            "delegated_subnet_id",
            "geo_redundant_backup_enabled",
            "administrator_login",
            "customer_managed_key",
        ],
    ),
    ("azurerm_postgresql_flexible_server_database", &["name", "server_id", "charset", "collation"]),
    (
        "azurerm_linux_virtual_machine_scale_set",
        &[
            "name",
            "location",
            "zone_balance",
            "secure_boot_enabled",
            "vtpm_enabled",
            "upgrade_mode",
            "admin_username",
            "computer_name_prefix",
            "os_disk.storage_account_type",
            "platform_fault_domain_count",
        ],
    ),
    ("azurerm_application_gateway", &["name", "location", "zones"]),
    (
        "azurerm_kubernetes_cluster",
        &[
            "name",
            "location",
            "default_node_pool.name",
            "dns_prefix",
            "node_resource_group",
            "network_profile.service_cidr",
            "network_profile.pod_cidr",
            "network_profile.dns_service_ip",
            "private_cluster_enabled",
        ],
    ),
    ("azurerm_kubernetes_cluster_node_pool", &["name", "kubernetes_cluster_id", "os_type", "priority"]),
];

/// Types and their lists (dotted) that replace the thing when an element leaves them; new ones come in place.
const SHRINKING: &[(&str, &[&str])] = &[
    ("aws_lb", &["subnets"]),
    ("aws_eks_cluster", &["encryption_config"]),
    ("azurerm_linux_virtual_machine_scale_set", &["zones"]),
];

/// Types and their arguments that replace the thing when they become smaller.
const LOWERED: &[(&str, &[&str])] = &[("azurerm_postgresql_flexible_server", &["storage_mb", "version"])];

/// Types and their blocks whose coming or going replaces the thing.
const APPEARING: &[(&str, &[&str])] =
    &[("azurerm_linux_virtual_machine_scale_set", &["rolling_upgrade_policy"])];

/// What is under a dotted path, through the first of each list of blocks.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    match path.rsplit_once('.') {
        Some((blocks, name)) => value.first(blocks)?.get(name),
        None => value.get(path),
    }
}

fn changed(prior: Option<&Value>, planned: Option<&Value>) -> bool {
    prior != planned
}

fn shrunk(prior: Option<&Value>, planned: Option<&Value>) -> bool {
    let Some(planned) = planned.filter(|planned| !planned.has_unknown()) else { return false };
    let prior = prior.map(Value::items).unwrap_or_default();
    prior.iter().any(|item| !planned.items().contains(item))
}

fn lowered(prior: Option<&Value>, planned: Option<&Value>) -> bool {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    matches!((number(prior), number(planned)), (Some(prior), Some(planned)) if planned < prior)
}

fn appeared(prior: Option<&Value>, planned: Option<&Value>) -> bool {
    let none = |value: Option<&Value>| value.map(Value::items).unwrap_or_default().is_empty();
    none(prior) != none(planned)
}

/// A table and the test that its rows stand for.
type Kind = (&'static [(&'static str, &'static [&'static str])], fn(Option<&Value>, Option<&Value>) -> bool);

/// The changed arguments that cannot change in place, each by the path of the attribute or block that holds it.
pub fn paths(type_name: &str, prior: &Value, planned: &Value) -> Vec<AttributePath> {
    if prior.is_null() {
        return Vec::new();
    }
    let kinds: [Kind; 4] =
        [(REPLACING, changed), (SHRINKING, shrunk), (LOWERED, lowered), (APPEARING, appeared)];
    let mut tops = Vec::new();
    for (table, test) in kinds {
        let rows = table.iter().filter(|(name, _)| *name == type_name).flat_map(|(_, paths)| *paths);
        let hit = rows.filter(|path| test(at(prior, path), at(planned, path)));
        tops.extend(hit.filter_map(|path| path.split('.').next()));
    }
    let path = |name: &str| AttributePath {
        steps: vec![Step { selector: Some(Selector::AttributeName(name.to_owned())) }],
    };
    tops.into_iter().map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearse::schema::BUNDLE;
    use crate::rehearse::value::Object;

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect::<Object>())
    }

    fn list(items: &[&str]) -> Value {
        Value::List(items.iter().map(|item| (*item).into()).collect())
    }

    #[test]
    fn every_row_names_an_argument_of_the_schema() {
        let schemas: Vec<_> = BUNDLE.iter().map(|bundled| bundled.load().unwrap()).collect();
        for (type_name, paths) in [REPLACING, SHRINKING, LOWERED, APPEARING].into_iter().flatten() {
            let schema = schemas.iter().find_map(|schema| schema.resource_schemas.get(*type_name));
            let schema = schema.unwrap_or_else(|| panic!("no type {type_name}"));
            for path in *paths {
                let mut block = &schema.block;
                for segment in path.split('.') {
                    match block.block_types.get(segment) {
                        Some(nested) => block = &nested.block,
                        None => assert!(block.attributes.contains_key(segment), "{type_name}: {path}"),
                    }
                }
            }
        }
    }

    #[test]
    fn only_what_cannot_change_in_place_replaces() {
        let replaces =
            |type_name: &str, prior: &Value, planned: &Value| !paths(type_name, prior, planned).is_empty();
        let zones = |zones: &[&str]| object(&[("zones", list(zones))]);
        let set = "azurerm_linux_virtual_machine_scale_set";
        assert!(replaces(set, &zones(&["1", "2"]), &zones(&["1"])));
        assert!(!replaces(set, &zones(&["1"]), &zones(&["1", "2"])));
        let server = "azurerm_postgresql_flexible_server";
        let storage = |size| object(&[("storage_mb", Value::Int(size))]);
        assert!(replaces(server, &storage(65536), &storage(32768)));
        assert!(!replaces(server, &storage(32768), &storage(65536)));
        let cluster = |range: &str| {
            object(&[(
                "kubernetes_network_config",
                Value::List(vec![object(&[("service_ipv4_cidr", range.into())])]),
            )])
        };
        assert!(replaces("aws_eks_cluster", &cluster("172.20.0.0/16"), &cluster("10.100.0.0/16")));
        assert!(!replaces("aws_eks_cluster", &cluster("172.20.0.0/16"), &cluster("172.20.0.0/16")));
        assert!(!replaces("aws_db_instance", &Value::Null, &object(&[("db_name", "coder".into())])));
    }
}
