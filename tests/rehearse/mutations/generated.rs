//! A rehearsal bites in what we write ourselves: mistakes in the modules and sizes of a generated directory are named.
//! The rows are like those of `gcp.rs`, which has one for nearly every rule.

use super::{Mutation, assert_all_found};

use crate::support::generated;

/// The spec of what the mistakes are put into.
const SPEC: &str = include_str!("../../../examples/gcp-1k/coder.toml");

#[rustfmt::skip]
const MUTATIONS: &[Mutation] = &[
    // The sizes, as an owner would edit them.
    ("pd-balanced on n4", "terraform.tfvars", "disk_type            = \"hyperdisk-balanced\"", "disk_type            = \"pd-balanced\"", "set coderd.disk_type to hyperdisk-balanced"),
    ("hyperdisk on n1", "terraform.tfvars", "machine_type         = \"n4-standard-2\"", "machine_type         = \"n1-standard-2\"", "set coderd.disk_type to pd-balanced"),
    ("pd-ssd on n4 nodes", "terraform.tfvars", "disk_type    = \"hyperdisk-balanced\"", "disk_type    = \"pd-ssd\"", "boot from Hyperdisk only"),
    ("tier of another edition", "terraform.tfvars", "db-custom-8-30720", "db-perf-optimized-N-8", "The tier must be written db-custom-"),
    ("odd number of CPUs", "terraform.tfvars", "db-custom-8-30720", "db-custom-7-30720", "1 or an even number"),
    ("memory beyond the CPUs", "terraform.tfvars", "db-custom-8-30720", "db-custom-2-30720", "0.9 to 6.5 GB of memory for each"),
    ("unknown database version", "terraform.tfvars", "POSTGRES_17", "POSTGRES_9", "POSTGRES_13 or later"),
    ("name too long", "terraform.tfvars", "name    = \"acme-coder\"", "name    = \"acme-coder-of-the-platform-team\"", "lower-case letters, digits and hyphens"),
    ("upper-case name", "terraform.tfvars", "name    = \"acme-coder\"", "name    = \"Acme\"", "lower-case letters, digits and hyphens"),
    ("overlapping ranges", "terraform.tfvars", "\"10.64.64.0/18\"", "\"10.64.0.0/20\"", "Address ranges overlap: "),
    ("misspelt size", "terraform.tfvars", "replicas             = 3", "replica              = 3", "attribute \"replicas\" is required"),
    ("wrong type", "terraform.tfvars", "disk_gb           = 512", "disk_gb           = \"big\"", "a number is required"),
    // The root.
    ("unknown module argument", "main.tf", "secrets = module.secrets.secrets\n", "secret = module.secrets.secrets\n", "An argument named \"secret\" is not expected here"),
    ("missing output", "main.tf", "module.network.private_services", "module.network.private_service", "This object does not have an attribute named \"private_service\""),
    ("cycle", "modules/gcp/network/main.tf", "= \"REGIONAL\"", "= one(values(google_compute_router.this)[*].name)", "Cycle: "),
    // The modules.
    ("unknown argument", "modules/gcp/network/main.tf", "routing_mode ", "routing_mod ", "An argument named \"routing_mod\" is not expected here"),
    ("misspelt type", "modules/gcp/network/egress.tf", "resource \"google_compute_router_nat\"", "resource \"google_compute_router_nat_gateway\"", "does not support resource type \"google_compute_router_nat_gateway\""),
    ("missing block", "modules/gcp/secrets/main.tf", "  replication {", "  topics {", "At least 1 \"replication\" blocks are required"),
    ("endpoint independence", "modules/gcp/network/egress.tf", "enable_endpoint_independent_mapping = false", "enable_endpoint_independent_mapping = true", "exclude each other"),
    ("ports no power of two", "modules/gcp/network/egress.tf", "min_ports_per_vm                    = 128", "min_ports_per_vm                    = 100", "must be a power of 2"),
    ("peering kept in use", "modules/gcp/network/private_services.tf", "deletion_policy = \"ABANDON\"", "deletion_policy = \"DELETE\"", "Producer services"),
    ("firewall without a source", "modules/gcp/network/main.tf", "  source_ranges = [\"0.0.0.0/0\"]\n", "", "must be defined for an INGRESS rule"),
    ("secret without a version", "modules/gcp/secrets/main.tf", "  secret_data_wo_version = tostring(each.value.version)\n", "", "all of `secret_data_wo,secret_data_wo_version` must be specified"),
    ("secret in state", "modules/gcp/secrets/main.tf", "secret_data_wo         = var.is_copy", "secret_data            = var.is_copy", "phemeral value"),
    ("edition of another tier", "modules/gcp/database/main.tf", "\"ENTERPRISE\"", "\"ENTERPRISE_PLUS\"", "for (ENTERPRISE_PLUS) Edition"),
    ("no edition", "modules/gcp/database/main.tf", "    edition ", "    collation ", "Set edition = \"ENTERPRISE\""),
    ("ssl_mode of another age", "modules/gcp/database/main.tf", "\"ENCRYPTED_ONLY\"", "\"REQUIRED\"", "expected ssl_mode to be one of"),
    ("protected for ever", "modules/gcp/database/main.tf", "deletion_protection = var.deletion_protection", "deletion_protection = true", "deletion_protection is set to true"),
    ("unknown network card", "modules/gcp/coderd/main.tf", "\"GVNIC\"", "\"VIRTIO\"", "expected nic_type to be one of"),
    ("heal later than an hour", "modules/gcp/coderd/main.tf", "initial_delay_sec = 900", "initial_delay_sec = 7200", "expected initial_delay_sec to be in the range"),
    ("surge below the zones", "modules/gcp/coderd/main.tf", "= length(var.zones)", "= 1", "at least the number of zones of a regional group, 3"),
    ("probe slower than its interval", "modules/gcp/coderd/main.tf", "check_interval_sec  = 30", "check_interval_sec  = 5", "must not be above check_interval_sec"),
    ("port without a name", "modules/gcp/coderd/balancer.tf", "port_name             = \"http\"", "port_name             = \"web\"", "is not a named_port"),
    ("schemes that differ", "modules/gcp/coderd/balancer.tf", "load_balancing_scheme = \"EXTERNAL_MANAGED\" #", "load_balancing_scheme = \"EXTERNAL\" #", "its backend service's is EXTERNAL"),
    ("bare certificate map", "modules/gcp/coderd/balancer.tf", "\"//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.coderd[0].id}\"", "google_certificate_manager_certificate_map.coderd[0].id", "not a valid value for certificate_map"),
    ("wildcard without proof", "modules/gcp/coderd/certificate.tf", "dns_authorizations = local", "dns_authorizations = true ? null : local", "a wildcard certificate needs dns_authorizations"),
    ("record without a dot", "modules/gcp/coderd/dns.tf", "\"${each.key}.\"", "each.key", "a name that ends with a dot"),
    ("duplicate name", "modules/gcp/coderd/balancer.tf", "name         = local.role", "name         = \"${var.name}-private-services\"", "already exists"),
    ("surge of a recreating group", "modules/gcp/provisioners/main.tf", "max_surge_fixed                = 0", "max_surge_fixed                = 3", "With replacement_method RECREATE"),
    ("shape that redistributes", "modules/gcp/provisioners/main.tf", "= \"NONE\" #", "= \"PROACTIVE\" #", "instance_redistribution_type must be NONE"),
    ("wrong secondary range", "modules/gcp/workspaces/main.tf", "= var.subnet.pods_range", "= \"pod\"", "secondary range \"pod\" does not exist"),
    ("network policy add-on", "modules/gcp/workspaces/main.tf", "network_policy {\n    enabled = false", "network_policy {\n    enabled = true", "ADVANCED_DATAPATH"),
    ("no first pool", "modules/gcp/workspaces/main.tf", "  initial_node_count       = 1\n", "", "initial_node_count must be greater than zero"),
    ("limits per zone and in total", "modules/gcp/workspaces/pools.tf", "location_policy      = \"BALANCED\"", "max_node_count       = 10", "conflicts with total_min_node_count"),
    ("too many pods", "modules/gcp/workspaces/pools.tf", "= each.value.size.max_pods", "= 300", "expected max_pods_per_node to be in the range"),
    ("no upgrades in a channel", "modules/gcp/workspaces/pools.tf", "auto_upgrade = true", "auto_upgrade = false", "Auto_upgrade must be true"),
];

/// The same behind an internal load balancer.
const INTERNAL: &str = "network.internal = true\n";

#[rustfmt::skip]
const INTERNAL_MUTATIONS: &[Mutation] = &[
    ("no subnet for proxies", "modules/gcp/network/main.tf", "purpose       = \"REGIONAL_MANAGED_PROXY\"", "purpose       = \"PRIVATE\"", "An active proxy-only subnetwork is required"),
    ("certificate of another place", "modules/gcp/coderd/certificate.tf", "local.public ? \"global\" : var.region", "\"global\"", "does not lie in us-central1, the proxy's region"),
    ("schemes that differ", "modules/gcp/coderd/internal.tf", "= \"INTERNAL_MANAGED\" #", "= \"EXTERNAL_MANAGED\" #", "its backend service's is EXTERNAL_MANAGED"),
    ("port without a name", "modules/gcp/coderd/internal.tf", "= \"http\"             # the", "= \"web\"             # the", "is not a named_port"),
    ("proxies in another range", "terraform.tfvars", "cidr = \"10.64.4.0/22\"", "cidr = \"10.64.0.0/22\"", "Address ranges overlap: "),
];

#[test]
fn every_mutation_behind_an_internal_balancer_is_found_for_the_right_reason() {
    assert_all_found(generated::directory(&format!("{INTERNAL}{SPEC}")).path(), INTERNAL_MUTATIONS);
}

#[test]
fn every_mutation_of_generated_output_is_found_for_the_right_reason() {
    assert_all_found(generated::directory(SPEC).path(), MUTATIONS);
}
