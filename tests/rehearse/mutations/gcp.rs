//! A rehearsal bites: each of these mistakes, put into good output, is found and named.
//! One row is one mistake: the file, the text that is replaced, what by, and a part of the message that must come.

use std::path::Path;

use super::{Mutation, assert_all_found};

/// What the mistakes are put into, in the repository.
const BASE: &str = "tests/rehearse/gcp";

#[rustfmt::skip]
const MUTATIONS: &[Mutation] = &[
    // What the schema and the language say.
    ("unknown argument", "network.tf", "auto_create_subnetworks =", "auto_create_subnets =", "An argument named \"auto_create_subnets\" is not expected here"),
    ("misspelt type", "network.tf", "resource \"google_compute_router\"", "resource \"google_compute_routr\"", "does not support resource type \"google_compute_routr\""),
    ("misspelt data source", "machines.tf", "data \"google_compute_zones\"", "data \"google_compute_zone\"", "does not support data source \"google_compute_zone\""),
    ("misspelt ephemeral type", "data.tf", "ephemeral \"random_password\"", "ephemeral \"random_pasword\"", "does not support ephemeral resource \"random_pasword\""),
    ("wrong type", "machines.tf", "timeout_sec           = 3600", "timeout_sec           = \"soon\"", "a number is required"),
    ("missing argument", "machines.tf", "machine_type = \"n4-standard-2\"", "", "The argument \"machine_type\" is required"),
    ("missing block", "machines.tf", "  version {\n    instance_template = google_compute_region_instance_template.this.self_link\n  }\n", "", "At least 1 \"version\" blocks are required"),
    ("too many blocks", "cluster.tf", "  release_channel {\n    channel = \"REGULAR\"\n  }\n", "  release_channel {\n    channel = \"REGULAR\"\n  }\n  release_channel {\n    channel = \"RAPID\"\n  }\n", "No more than 1 \"release_channel\" blocks are allowed"),
    ("unknown block", "machines.tf", "named_port {", "named_prt {", "Blocks of type \"named_prt\" are not expected here"),
    ("missing attribute", "machines.tf", "google_compute_health_check.this.id]", "google_compute_health_check.this.link]", "This object has no argument, nested block, or exported attribute named \"link\""),
    ("undeclared resource", "network.tf", "network       = google_compute_network.this.id\n  purpose", "network       = google_compute_network.main.id\n  purpose", "\"google_compute_network\" \"main\""),
    ("undeclared variable", "data.tf", "var.secrets_version\n  deletion", "var.secret_version\n  deletion", "An input variable with the name \"secret_version\" has not been declared"),
    ("missing output", "outputs.tf", "google_compute_global_address.front.address", "google_compute_global_address.front.addres", "attribute named \"addres\""),
    ("cycle", "network.tf", "depends_on              = [google_project_service.apis]", "depends_on              = [google_compute_router.this]", "Cycle: "),
    ("duplicate resource", "cluster.tf", "resource \"google_container_node_pool\" \"workspaces\" {", "resource \"google_container_cluster\" \"this\" {", "Duplicate resource \"google_container_cluster\" configuration"),
    ("syntax", "network.tf", "resource \"google_compute_router\" \"this\" {", "resource \"google_compute_router\" \"this\"", "Invalid block definition"),
    ("for_each over the unknown", "network.tf", "toset([\"compute.googleapis.com\"", "toset([google_service_account.machines.unique_id, \"compute.googleapis.com\"", "Invalid for_each argument"),
    ("computed-only argument", "network.tf", "auto_create_subnetworks = false", "auto_create_subnetworks = false\n  gateway_ipv4 = \"10.0.0.1\"", "Can't configure a value for \"gateway_ipv4\""),
    ("secret in state", "data.tf", "secret_data_wo         = eph", "secret_data = eph", "phemeral value"),
    ("secret in an output", "outputs.tf", "google_sql_database_instance.this.connection_name", "ephemeral.random_password.database.result", "ephemeral"),
    ("never at rest", "machines.tf", "{ role = \"coderd\" }", "{ role = formatdate(\"s-m-h\", timestamp()) }", "The second plan is not empty"),
    // Machines.
    ("pd-balanced on n4", "machines.tf", "\"hyperdisk-balanced\"", "\"pd-balanced\"", "series n4 takes Hyperdisk only"),
    ("hyperdisk on n1", "machines.tf", "n4-standard-2", "n1-standard-2", "series n1 takes pd-* disks only"),
    ("pd-ssd on an n4 node", "cluster.tf", "disk_type       = \"hyperdisk-balanced\"", "disk_type       = \"pd-ssd\"", "series n4 takes Hyperdisk only"),
    ("iops of a pd disk", "machines.tf", "disk_type    = \"hyperdisk-balanced\"", "disk_type    = \"pd-ssd\"\n    provisioned_iops = 5000", "provisioned_iops cannot be set for a disk of type pd-ssd"),
    ("unknown network card", "machines.tf", "\"GVNIC\"", "\"VIRTIO\"", "expected nic_type to be one of"),
    ("upper-case label", "machines.tf", "{ role = \"coderd\" }", "{ Role = \"coderd\" }", "may have only lower-case letters"),
    ("name prefix too long", "machines.tf", "name_prefix  = \"${var.name}-machines-\"", "name_prefix  = \"${var.name}-machines-of-the-control-plane-in-the-primary-region-\"", "expected length of name_prefix"),
    ("heal later than an hour", "machines.tf", "initial_delay_sec = 900", "initial_delay_sec = 7200", "expected initial_delay_sec to be in the range"),
    ("surge below the zones", "machines.tf", "max_surge_fixed       = 3", "max_surge_fixed       = 1", "at least the number of zones of a regional group, 3"),
    ("no room to roll", "machines.tf", "max_surge_fixed       = 3", "max_surge_fixed       = 0", "must not both be 0"),
    ("percent of a small group", "machines.tf", "max_surge_fixed       = 3", "max_surge_percent     = 50", "at least 10 instances"),
    ("probe slower than its interval", "machines.tf", "timeout_sec        = 5", "timeout_sec        = 15", "must not be above check_interval_sec"),
    ("port without a name", "machines.tf", "port_name             = \"http\"", "port_name             = \"web\"", "is not a named_port"),
    ("schemes that differ", "machines.tf", "load_balancing_scheme = \"EXTERNAL_MANAGED\"\n  protocol", "load_balancing_scheme = \"EXTERNAL\"\n  protocol", "its backend service's is EXTERNAL"),
    ("bare certificate map", "machines.tf", "\"//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.this.id}\"", "google_certificate_manager_certificate_map.this.id", "not a valid value for certificate_map"),
    ("wildcard without proof", "machines.tf", "    dns_authorizations = [google_certificate_manager_dns_authorization.this.id]\n", "", "a wildcard certificate needs dns_authorizations"),
    ("authorization of a wildcard", "machines.tf", "domain = \"coder.acme.dev\"", "domain = \"*.coder.acme.dev\"", "not a valid value for domain"),
    ("host name and matcher", "machines.tf", "hostname     = \"coder.acme.dev\"", "hostname     = \"coder.acme.dev\"\n  matcher = \"PRIMARY\"", "one of `hostname,matcher` must be specified, but 2 were"),
    ("record without a dot", "machines.tf", "= google_certificate_manager_dns_authorization.this.dns_resource_record[0].name", "= \"coder.acme.dev\"", "a name that ends with a dot"),
    // Identity.
    ("account name too long", "machines.tf", "\"${var.name}-machines\"\n}", "\"${var.name}-machines-of-the-control-plane\"\n}", "not a valid value for account_id"),
    ("account name too short", "machines.tf", "\"${var.name}-machines\"\n}", "\"acme\"\n}", "not a valid value for account_id"),
    ("member without a kind", "machines.tf", "google_service_account.machines.member\n}\n\nresource \"google_secret", "google_service_account.machines.email\n}\n\nresource \"google_secret", "not a valid value for member"),
    ("workload identity too early", "cluster.tf", "  depends_on         = [google_container_cluster.this]\n", "", "Identity Pool does not exist"),
    ("service enabled too late", "machines.tf", "  name       = \"${var.name}-front\"\n  depends_on = [google_project_service.apis]", "  name       = \"${var.name}-front\"", "compute.googleapis.com has not been used in the project before"),
    // Network.
    ("duplicate name", "machines.tf", "\"${var.name}-front\"", "\"${var.name}-services\"", "already exists"),
    ("overlapping ranges", "network.tf", "10.0.4.0/22", "10.0.0.0/22", "conflicts with existing range"),
    ("host bits", "network.tf", "10.0.0.0/24", "10.0.0.1/24", "without host bits"),
    ("firewall without a source", "network.tf", "  source_ranges = [\"130.211.0.0/22\", \"35.191.0.0/16\"]\n", "", "must be defined for an INGRESS rule"),
    ("tags and accounts", "network.tf", "source_ranges = [\"130.211.0.0/22\", \"35.191.0.0/16\"]", "source_tags = [\"a\"]\n  target_service_accounts = [\"a@b.iam.gserviceaccount.com\"]", "\"source_tags\": conflicts with target_service_accounts"),
    ("ports no power of two", "network.tf", "min_ports_per_vm                    = 128", "min_ports_per_vm                    = 100", "must be a power of 2"),
    ("endpoint independence", "network.tf", "enable_endpoint_independent_mapping = false", "enable_endpoint_independent_mapping = true", "exclude each other"),
    ("peering kept in use", "network.tf", "  deletion_policy         = \"ABANDON\"\n", "", "Producer services"),
    // Database and secrets.
    ("edition of another tier", "data.tf", "\"ENTERPRISE\"", "\"ENTERPRISE_PLUS\"", "for (ENTERPRISE_PLUS) Edition"),
    ("tier of another edition", "data.tf", "db-custom-8-30720", "db-perf-optimized-N-8", "for (ENTERPRISE) Edition"),
    ("no edition", "data.tf", "    edition                     = \"ENTERPRISE\"\n", "", "Set edition = \"ENTERPRISE\""),
    ("odd number of CPUs", "data.tf", "db-custom-8-30720", "db-custom-7-30720", "1 or an even number"),
    ("regional without recovery", "data.tf", "point_in_time_recovery_enabled = true", "point_in_time_recovery_enabled = false", "requires that 'settings.backup_configuration.enabled'"),
    ("fewer backups than logs", "data.tf", "retained_backups = 14", "retained_backups = 3", "must be at least transaction_log_retention_days"),
    ("ssl_mode of another age", "data.tf", "\"ENCRYPTED_ONLY\"", "\"REQUIRED\"", "expected ssl_mode to be one of"),
    ("unreachable database", "data.tf", "      private_network = google_compute_network.this.id\n", "", "At least one of Public IP, Private IP or PSC"),
    ("database before its network", "data.tf", "  depends_on = [google_service_networking_connection.this]\n", "", "doesn't have at least 1 private services connection"),
    ("password given twice", "data.tf", "  password_wo_version = var", "  password = \"x\"\n  password_wo_version = var", "\"password\": conflicts with password_wo"),
    ("secret without a version", "data.tf", "  secret_data_wo_version = tostring(var.secrets_version)\n", "", "all of `secret_data_wo,secret_data_wo_version` must be specified"),
    ("secret read from nowhere", "data.tf", "  version = google_secret_manager_secret_version.database.version", "  version = coalesce(\"7\", google_secret_manager_secret_version.database.version)", "Error 404"),
    ("protected for ever", "data.tf", "deletion_protection = var.deletion_protection", "deletion_protection = true", "deletion_protection is set to true"),
    ("protected by default", "data.tf", "  deletion_protection = var.deletion_protection\n\n", "\n", "deletion_protection is set to true"),
    ("protected by Google", "data.tf", "deletion_protection_enabled = var.deletion_protection", "deletion_protection_enabled = true", "settings.deletion_protection_enabled"),
    // Kubernetes.
    ("pool name too long", "cluster.tf", "\"workspaces\"\n  cluster ", "\"workspaces-of-the-platform-team-in-the-primary-region\"\n  cluster ", "at most 40 lower-case letters"),
    ("too many pods", "cluster.tf", "max_pods_per_node  = 64", "max_pods_per_node  = 300", "expected max_pods_per_node to be in the range"),
    ("limits per zone and in total", "cluster.tf", "location_policy      = \"BALANCED\"", "max_node_count       = 10", "conflicts with total_min_node_count"),
    ("least above most", "cluster.tf", "total_min_node_count = 3", "total_min_node_count = 50", "is above total_max_node_count"),
    ("fixed and autoscaled", "cluster.tf", "initial_node_count = 1\n  max", "node_count = 1\n  max", "\"node_count\": conflicts with autoscaling"),
    ("unknown location policy", "cluster.tf", "\"BALANCED\"", "\"EVEN\"", "expected location_policy to be one of"),
    ("wrong secondary range", "cluster.tf", "cluster_secondary_range_name  = \"pods\"", "cluster_secondary_range_name  = \"pod\"", "secondary range \"pod\" does not exist"),
    ("control plane range", "cluster.tf", "172.16.0.0/28", "172.16.0.0/27", "a /28 range"),
    ("unknown channel", "cluster.tf", "\"REGULAR\"", "\"LATEST\"", "expected channel to be one of"),
    ("no first pool", "cluster.tf", "  initial_node_count       = 1\n", "", "initial_node_count must be greater than zero"),
    ("no upgrades in a channel", "cluster.tf", "auto_upgrade = true", "auto_upgrade = false", "Auto_upgrade must be true"),
];

#[test]
fn every_mutation_is_found_for_the_right_reason() {
    assert_all_found(&Path::new(env!("CARGO_MANIFEST_DIR")).join(BASE), MUTATIONS);
}
