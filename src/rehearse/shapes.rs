//! The shapes of the values that clouds compute: a table of templates by type and attribute.
//! Patterns follow the providers' documentation ("Attributes Reference" and "Import" of each type).

use std::time::Duration;

/// One row: the first whose type and path match gives the value.
/// Type: exact, or a prefix ending in `*`. Path: dotted and exact, or `*.name` for the last segment anywhere.
/// Template: `{attr}` is an attribute of the same resource or a setting of the provider, `{attr|name}` its last
/// path segment, `{#…}` a made-up part; for a list the parts between commas are its elements.
pub type Shape = (&'static str, &'static str, &'static str);

/// The table.
pub const SHAPES: &[Shape] = &[
    // Identity of Google Compute Engine resources; `self_link` follows from `id` below.
    ("google_compute_network", "id", "projects/{project}/global/networks/{name}"),
    ("google_compute_subnetwork", "id", "projects/{project}/regions/{region}/subnetworks/{name}"),
    ("google_compute_router", "id", "projects/{project}/regions/{region}/routers/{name}"),
    ("google_compute_router_nat", "id", "{project}/{region}/{router|name}/{name}"),
    ("google_compute_route", "id", "projects/{project}/global/routes/{name}"),
    ("google_compute_firewall", "id", "projects/{project}/global/firewalls/{name}"),
    ("google_compute_address", "id", "projects/{project}/regions/{region}/addresses/{name}"),
    ("google_compute_global_address", "id", "projects/{project}/global/addresses/{name}"),
    ("google_compute_backend_service", "id", "projects/{project}/global/backendServices/{name}"),
    ("google_compute_url_map", "id", "projects/{project}/global/urlMaps/{name}"),
    ("google_compute_target_http_proxy", "id", "projects/{project}/global/targetHttpProxies/{name}"),
    ("google_compute_target_https_proxy", "id", "projects/{project}/global/targetHttpsProxies/{name}"),
    ("google_compute_global_forwarding_rule", "id", "projects/{project}/global/forwardingRules/{name}"),
    ("google_compute_forwarding_rule", "id", "projects/{project}/regions/{region}/forwardingRules/{name}"),
    ("google_compute_security_policy", "id", "projects/{project}/global/securityPolicies/{name}"),
    ("google_compute_ssl_policy", "id", "projects/{project}/global/sslPolicies/{name}"),
    ("google_compute_ssl_certificate", "id", "projects/{project}/global/sslCertificates/{name}"),
    ("google_compute_managed_ssl_certificate", "id", "projects/{project}/global/sslCertificates/{name}"),
    ("google_compute_health_check", "id", "projects/{project}/global/healthChecks/{name}"),
    ("google_compute_region_health_check", "id", "projects/{project}/regions/{region}/healthChecks/{name}"),
    ("google_compute_instance", "id", "projects/{project}/zones/{zone}/instances/{name}"),
    ("google_compute_instance_template", "id", "projects/{project}/global/instanceTemplates/{name}"),
    (
        "google_compute_region_instance_template",
        "id",
        "projects/{project}/regions/{region}/instanceTemplates/{name}",
    ),
    (
        "google_compute_region_instance_group_manager",
        "id",
        "projects/{project}/regions/{region}/instanceGroupManagers/{name}",
    ),
    (
        "google_compute_region_instance_group_manager",
        "instance_group",
        "https://www.googleapis.com/compute/v1/projects/{project}/regions/{region}/instanceGroups/{name}",
    ),
    ("google_compute_region_autoscaler", "id", "projects/{project}/regions/{region}/autoscalers/{name}"),
    ("google_compute_resource_policy", "id", "projects/{project}/regions/{region}/resourcePolicies/{name}"),
    ("google_compute_zones", "id", "projects/{project}/regions/{region}"),
    ("google_compute_zones", "names", "{region}-a,{region}-b,{region}-c"),
    ("google_compute_regions", "names", "europe-west1,us-central1,us-east1"),
    ("google_compute_image", "id", "projects/{project}/global/images/{family}-v20250101"),
    ("google_compute_image", "name", "{family}-v20250101"),
    ("google_compute_*", "self_link", "https://www.googleapis.com/compute/v1/{id}"),
    (
        "google_compute_*",
        "self_link_unique",
        "https://www.googleapis.com/compute/v1/{id}?uniqueId={#digits19}",
    ),
    ("google_compute_*", "gateway_address", "10.0.0.1"),
    ("google_compute_global_address", "address", "34.{#octet}.{#octet2}.10"),
    ("google_compute_address", "address", "34.{#octet}.{#octet2}.20"),
    ("google_compute_*", "ip_address", "34.{#octet}.{#octet2}.30"),
    ("google_compute_*", "network_interface.network_ip", "10.0.{#octet}.2"),
    ("google_compute_*", "status", "READY"),
    // Identity of other Google resources.
    ("google_project", "id", "projects/{project_id}"),
    ("google_project", "number", "{#number}"),
    ("google_project_service", "id", "{project}/{service}"),
    ("google_project_iam_member", "id", "{project}/{role}/{member}"),
    ("google_project_iam_custom_role", "id", "projects/{project}/roles/{role_id}"),
    (
        "google_service_account",
        "id",
        "projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com",
    ),
    (
        "google_service_account",
        "name",
        "projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com",
    ),
    ("google_service_account", "email", "{account_id}@{project}.iam.gserviceaccount.com"),
    ("google_service_account", "member", "serviceAccount:{account_id}@{project}.iam.gserviceaccount.com"),
    ("google_service_account", "unique_id", "1{#digits19}0"),
    ("google_service_account_iam_member", "id", "{service_account_id}/{role}/{member}"),
    ("google_secret_manager_secret", "id", "projects/{project}/secrets/{secret_id}"),
    ("google_secret_manager_secret", "name", "projects/{#number}/secrets/{secret_id}"),
    (
        "google_secret_manager_secret_version",
        "id",
        "projects/{#number}/secrets/{secret|name}/versions/{version}",
    ),
    (
        "google_secret_manager_secret_version",
        "name",
        "projects/{#number}/secrets/{secret|name}/versions/{version}",
    ),
    (
        "google_secret_manager_secret_iam_member",
        "id",
        "projects/{project}/secrets/{secret_id|name}/{role}/{member}",
    ),
    ("google_service_networking_connection", "id", "{network}:servicenetworking.googleapis.com"),
    ("google_service_networking_connection", "peering", "servicenetworking-googleapis-com"),
    ("google_sql_database_instance", "id", "{name}"),
    ("google_sql_database_instance", "connection_name", "{project}:{region}:{name}"),
    (
        "google_sql_database_instance",
        "self_link",
        "https://sqladmin.googleapis.com/sql/v1beta4/projects/{project}/instances/{name}",
    ),
    ("google_sql_database_instance", "private_ip_address", "10.128.{#octet}.3"),
    ("google_sql_database_instance", "first_ip_address", "10.128.{#octet}.3"),
    ("google_sql_database_instance", "ip_address.ip_address", "10.128.{#octet}.3"),
    ("google_sql_database_instance", "ip_address.type", "PRIVATE"),
    ("google_sql_database_instance", "instance_type", "CLOUD_SQL_INSTANCE"),
    (
        "google_sql_database_instance",
        "service_account_email_address",
        "p{#number}-{#hex8}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
    ),
    ("google_sql_database", "id", "projects/{project}/instances/{instance}/databases/{name}"),
    ("google_sql_user", "id", "{name}/{host}/{instance}"),
    ("google_container_cluster", "id", "projects/{project}/locations/{location}/clusters/{name}"),
    (
        "google_container_cluster",
        "self_link",
        "https://container.googleapis.com/v1/projects/{project}/locations/{location}/clusters/{name}",
    ),
    ("google_container_cluster", "endpoint", "34.{#octet}.{#octet2}.40"),
    ("google_container_cluster", "private_cluster_config.private_endpoint", "172.16.0.2"),
    ("google_container_cluster", "private_cluster_config.public_endpoint", "34.{#octet}.{#octet2}.40"),
    ("google_container_cluster", "services_ipv4_cidr", "10.124.0.0/20"),
    ("google_container_cluster", "cluster_ipv4_cidr", "10.120.0.0/14"),
    ("google_container_*", "master_version", "1.33.5-gke.1080000"),
    ("google_container_*", "node_version", "1.33.5-gke.1080000"),
    ("google_container_*", "version", "1.33.5-gke.1080000"),
    (
        "google_container_node_pool",
        "id",
        "projects/{project}/locations/{location}/clusters/{cluster|name}/nodePools/{name}",
    ),
    (
        "google_container_*",
        "*.instance_group_urls",
        "https://www.googleapis.com/compute/v1/projects/{project}/zones/{location}-a/instanceGroupManagers/gke-{#hex8}",
    ),
    ("google_container_engine_versions", "latest_master_version", "1.33.5-gke.1080000"),
    (
        "google_certificate_manager_certificate",
        "id",
        "projects/{project}/locations/global/certificates/{name}",
    ),
    (
        "google_certificate_manager_certificate_map",
        "id",
        "projects/{project}/locations/global/certificateMaps/{name}",
    ),
    (
        "google_certificate_manager_certificate_map_entry",
        "id",
        "projects/{project}/locations/global/certificateMaps/{map|name}/certificateMapEntries/{name}",
    ),
    (
        "google_certificate_manager_dns_authorization",
        "id",
        "projects/{project}/locations/global/dnsAuthorizations/{name}",
    ),
    ("google_certificate_manager_dns_authorization", "dns_resource_record.name", "_acme-challenge.{domain}."),
    ("google_certificate_manager_dns_authorization", "dns_resource_record.type", "CNAME"),
    (
        "google_certificate_manager_dns_authorization",
        "dns_resource_record.data",
        "{#hex8}.0.authorize.certificatemanager.goog.",
    ),
    ("google_dns_managed_zone", "id", "projects/{project}/managedZones/{name}"),
    ("google_dns_managed_zone", "dns_name", "coder.example.com."),
    (
        "google_dns_managed_zone",
        "name_servers",
        "ns-cloud-a1.googledomains.com.,ns-cloud-a2.googledomains.com.,ns-cloud-a3.googledomains.com.",
    ),
    ("google_dns_managed_zone", "visibility", "public"),
    (
        "google_dns_record_set",
        "id",
        "projects/{project}/managedZones/{managed_zone|name}/rrsets/{name}/{type}",
    ),
    ("google_kms_key_ring", "id", "projects/{project}/locations/{location}/keyRings/{name}"),
    ("google_kms_crypto_key", "id", "{key_ring}/cryptoKeys/{name}"),
    ("google_storage_bucket", "id", "{name}"),
    ("google_storage_bucket", "url", "gs://{name}"),
    ("google_client_config", "access_token", "ya29.{#hex32}"),
    ("google_client_openid_userinfo", "email", "operator@example.com"),
    ("google_netblock_ip_ranges", "cidr_blocks_ipv4", "35.191.0.0/16,130.211.0.0/22"),
    ("google_*", "deletion_policy", "DELETE"),
    ("google_*", "creation_timestamp", "2025-01-01T00:00:00.000-08:00"),
    // What ends up in every cloud's resources.
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
    ("google_secret_manager_secret_version", "enabled", "true"),
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
pub const READ_BACK: &[ReadBack] = &[ReadBack {
    ephemeral: "google_secret_manager_secret_version",
    resource: "google_secret_manager_secret_version",
    keys: &[("secret", "secret"), ("version", "version")],
    result: "secret_data",
    stored: &["secret_data_wo", "secret_data"],
}];

/// What takes minutes in a real cloud and seconds elsewhere, so that whoever forgets to wait for it is found out.
pub const SLOW: &[&str] = &["google_project_service", "google_service_networking_connection"];

/// How long that takes here.
pub const SLOWNESS: Duration = Duration::from_millis(100);
