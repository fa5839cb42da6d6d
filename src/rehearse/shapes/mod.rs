//! The shapes of the values that clouds compute: tables of templates by type and attribute, one per cloud, and what
//! else the simulation knows of single types. Patterns follow the providers' documentation of each type.

mod aws;
mod azure;
mod google;

/// One row: the first whose type and path match gives the value.
/// Type: exact, or a prefix ending in `*`. Path: dotted and exact, or `*.name` for the last segment anywhere.
/// Template: `{attr}` is an attribute of the same resource or a setting of the provider, `{attr|name}` its last
/// path segment, `{#…}` a made-up part, the same wherever a resource has `{#…@label}`; for a list the parts between
/// commas are its elements.
pub type Shape = (&'static str, &'static str, &'static str);

/// The row for an attribute of a type in any table.
pub fn shape(type_name: &str, path: &str) -> Option<&'static str> {
    [google::SHAPES, aws::SHAPES, azure::SHAPES, ANYWHERE]
        .iter()
        .find_map(|table| find(table, type_name, path))
}

/// The row of `table` for an attribute.
pub fn find(table: &'static [Shape], type_name: &str, path: &str) -> Option<&'static str> {
    let matches = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
        Some(prefix) => text.starts_with(prefix),
        None => pattern == text,
    };
    let last = path.rsplit('.').next().unwrap_or(path);
    let row = table.iter().find(|(row_type, row_path, _)| {
        matches(row_type, type_name)
            && (*row_path == path || row_path.strip_prefix("*.").is_some_and(|name| name == last))
    });
    row.map(|(_, _, template)| *template)
}

/// What is alike in every cloud's resources.
const ANYWHERE: &[Shape] = &[
    ("random_id", "hex", "{#hex8}"),
    ("random_id", "dec", "{#digits12}"),
    ("random_pet", "id", "clever-otter"),
    ("random_uuid", "result", "{#hex8}-0000-4000-8000-{#hex12}"),
    ("*", "*.cluster_ca_certificate", "{#pembase}"),
    ("*", "*.ca_certificate", "{#pem}"),
    ("*", "*.certificate", "{#pem}"),
    ("*", "*.cert", "{#pem}"),
    ("*", "*.create_time", "2025-01-01T00:00:00Z"),
    ("*", "*.update_time", "2025-01-01T00:00:00Z"),
    ("*", "*.fingerprint", "{#hex8}="),
    ("*", "*.etag", "{#hex8}="),
    ("*", "*.unique_id", "{#digits19}"),
    ("*", "*.generated_id", "{#number}"),
    ("*", "*.number", "{#number}"),
    ("*", "*.project_number", "{#number}"),
];

/// What an absent setting of the provider is taken to be: the types that read it, the setting, the value.
pub const SETTINGS: &[Shape] = &[
    ("google_*", "project", "rehearsal-project"),
    ("google_*", "region", "us-central1"),
    ("google_*", "zone", "us-central1-a"),
    ("aws_*", "region", "us-east-1"),
    ("aws_*", "account_id", "123456789012"),
    ("azurerm_*", "subscription_id", "11111111-1111-4111-8111-111111111111"),
    ("azurerm_*", "tenant_id", "22222222-2222-4222-8222-222222222222"),
    ("azurerm_*", "location", "eastus"),
];

/// Blocks that the provider fills though nobody wrote them, once each, and that outputs refer to.
pub const FILLED_BLOCKS: &[(&str, &str)] = &[("google_container_cluster", "master_auth")];

/// Defaults of arguments that are not computed: the provider's own, where a rule or a destroy depends on them.
/// The value is text, read as the argument's type.
pub const DEFAULTS: &[Shape] = &[
    ("google_sql_database_instance", "deletion_protection", "true"),
    ("google_container_cluster", "deletion_protection", "true"),
    ("google_compute_backend_service", "load_balancing_scheme", "EXTERNAL_MANAGED"),
    ("google_compute_backend_service", "timeout_sec", "30"),
    ("google_compute_global_forwarding_rule", "load_balancing_scheme", "EXTERNAL_MANAGED"),
    ("google_certificate_manager_certificate", "location", "global"),
    ("google_certificate_manager_dns_authorization", "location", "global"),
    ("google_secret_manager_secret_version", "enabled", "true"),
    ("aws_lb", "load_balancer_type", "application"),
    ("aws_lb_target_group", "target_type", "instance"),
    ("aws_db_instance", "skip_final_snapshot", "false"),
    ("azurerm_public_ip", "sku", "Standard"),
    ("azurerm_nat_gateway", "sku_name", "Standard"),
    ("azurerm_kubernetes_cluster", "oidc_issuer_enabled", "true"),
    ("azurerm_kubernetes_cluster", "sku_tier", "Free"),
    ("azurerm_linux_virtual_machine_scale_set", "upgrade_mode", "Manual"),
    ("azurerm_linux_virtual_machine_scale_set", "single_placement_group", "true"),
    ("azurerm_linux_virtual_machine_scale_set", "overprovision", "true"),
];

/// What a service reports though nobody wrote it, so that every later plan shows a difference: type, path, and the
/// value, for a block as `argument=value`. Pitfalls that the real providers show in their second plan.
pub const REPORTED: &[Shape] = &[
    ("azurerm_postgresql_flexible_server", "zone", "1"),
    ("azurerm_postgresql_flexible_server", "high_availability.standby_availability_zone", "2"),
    ("azurerm_kubernetes_cluster", "default_node_pool.upgrade_settings", "max_surge=10%"),
    ("azurerm_kubernetes_cluster_node_pool", "upgrade_settings", "max_surge=10%"),
];

/// A map of labels or tags that the provider merges when it plans.
pub struct MergedLabels {
    /// The computed map.
    pub computed: &'static str,
    /// The user's maps.
    pub own: &'static [&'static str],
    /// The provider's setting with labels for everything.
    pub defaults: &'static str,
    /// What the provider adds itself.
    pub added: Option<(&'static str, &'static str)>,
}

const GOOGLE_ADDS: Option<(&str, &str)> = Some(("goog-terraform-provisioned", "true"));

/// All merged maps (google provider documentation, "default_labels" and "add_terraform_attribution_label").
pub const MERGED_LABELS: &[MergedLabels] = &[
    MergedLabels {
        computed: "effective_labels",
        own: &["labels", "resource_labels"],
        defaults: "default_labels",
        added: GOOGLE_ADDS,
    },
    MergedLabels {
        computed: "terraform_labels",
        own: &["labels", "resource_labels"],
        defaults: "default_labels",
        added: GOOGLE_ADDS,
    },
    // aws provider documentation, "default_tags": a block with the one argument `tags`.
    MergedLabels { computed: "tags_all", own: &["tags"], defaults: "default_tags", added: None },
];

/// Attributes that count the things of one type under one parent: type, attribute, the attribute naming the parent.
pub const COUNTED: &[Shape] = &[("google_secret_manager_secret_version", "version", "secret")];

/// What an ephemeral resource reads back from what was stored through a write-only argument.
pub struct ReadBack {
    /// The ephemeral type.
    pub ephemeral: &'static str,
    /// The type of the resource that stored it.
    pub resource: &'static str,
    /// Pairs of arguments that must mean the same: of the ephemeral resource, of the stored one. Unset means any.
    pub keys: &'static [(&'static str, &'static str)],
    /// The attribute that is read.
    pub result: &'static str,
    /// The arguments that may have stored it.
    pub stored: &'static [&'static str],
}

/// All that can be read back.
pub const READ_BACK: &[ReadBack] = &[
    ReadBack {
        ephemeral: "google_secret_manager_secret_version",
        resource: "google_secret_manager_secret_version",
        keys: &[("secret", "secret"), ("version", "version")],
        result: "secret_data",
        stored: &["secret_data_wo", "secret_data"],
    },
    ReadBack {
        ephemeral: "aws_secretsmanager_secret_version",
        resource: "aws_secretsmanager_secret_version",
        keys: &[("secret_id", "secret_id"), ("version_id", "version_id")],
        result: "secret_string",
        stored: &["secret_string_wo", "secret_string"],
    },
    ReadBack {
        ephemeral: "azurerm_key_vault_secret",
        resource: "azurerm_key_vault_secret",
        keys: &[("key_vault_id", "key_vault_id"), ("name", "name"), ("version", "version")],
        result: "value",
        stored: &["value_wo", "value"],
    },
];

/// A type, an argument and its value if only some of them are slow, and a rank.
pub type Slow = (&'static str, Option<(&'static str, &'static str)>, u8);

/// What takes minutes in a real cloud and is held back here (see [`super::pace`]), so that whoever forgets to wait for
/// it is found out; lower ranks finish first.
pub const SLOW: &[Slow] = &[
    ("google_project_service", None, 1),
    ("google_service_networking_connection", None, 2),
    ("aws_internet_gateway", None, 1),
    ("aws_acm_certificate_validation", None, 2),
    ("aws_route", None, 3),
    ("aws_eks_addon", None, 4),
    ("azurerm_role_assignment", Some(("role_definition_name", "Network Contributor")), 6),
    // A grant to an identity that is new itself takes longest to spread.
    ("azurerm_role_assignment", Some(("principal_type", "ServicePrincipal")), 3),
    ("azurerm_role_assignment", None, 1),
    ("azurerm_subnet_network_security_group_association", None, 2),
    ("azurerm_private_dns_zone_virtual_network_link", None, 4),
    ("azurerm_subnet_nat_gateway_association", None, 5),
];
