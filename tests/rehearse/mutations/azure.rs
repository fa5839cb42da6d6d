//! A rehearsal bites on Azure: each of these mistakes, put into good output, is found and named.
//! The rows are like those of `gcp.rs`.

use std::path::Path;

use super::{Mutation, assert_all_found};

/// What the mistakes are put into, in the repository.
const BASE: &str = "tests/rehearse/azure";

#[rustfmt::skip]
const MUTATIONS: &[Mutation] = &[
    // What the schema says: majors differ.
    ("argument of provider 4", "data.tf", "rbac_authorization_enabled =", "enable_rbac_authorization =", "The argument \"rbac_authorization_enabled\" is required"),
    ("block of provider 5", "cluster.tf", "  node_provisioning_profile {\n    mode = \"Manual\"\n  }\n", "", "At least 1 \"node_provisioning_profile\" blocks are required"),
    ("endpoints of provider 4", "network.tf", "  service_endpoint {\n    service = \"Microsoft.KeyVault\"\n  }\n", "  service_endpoints = [\"Microsoft.KeyVault\"]\n", "An argument named \"service_endpoints\" is not expected here"),
    ("no features", "versions.tf", "  features {}\n", "", "At least 1 \"features\" blocks are required"),
    ("secret in state", "data.tf", "  value_wo         = eph", "  value         = eph", "phemeral value"),
    // Places and names.
    ("region of another cloud", "variables.tf", "\"westeurope\"", "\"eu-west-1\"", "is no Azure region"),
    ("vault's name too long", "data.tf", "\"${var.name}-1a2b3c\"\n  location                   =", "\"${var.name}-of-the-platform-team\"\n  location                   =", "expected length of name"),
    ("vault's name with two hyphens", "data.tf", "\"${var.name}-1a2b3c\"\n  location                   =", "\"${var.name}--1a2b3c\"\n  location                   =", "single hyphens"),
    ("taken", "machines.tf", "\"${var.name}-${each.key}\"", "\"${var.name}\"", "already exists - to be managed via Terraform"),
    // Network.
    ("subnet outside", "network.tf", "\"10.0.1.0/24\"", "\"10.9.1.0/24\"", "NetcfgInvalidSubnet"),
    ("overlapping subnets", "network.tf", "\"10.0.1.0/24\"", "\"10.0.16.0/24\"", "NetcfgSubnetRangesOverlap"),
    ("dynamic address", "network.tf", "\"Static\"", "\"Dynamic\"", "expected allocation_method to be one of"),
    ("basic address", "network.tf", "sku                 = \"Standard\"", "sku = \"Basic\"", "expected sku to be one of"),
    ("NAT in three zones", "network.tf", "sku_name            = \"Standard\"", "sku_name = \"Standard\"\n  zones = local.zones", "is in one zone or none"),
    ("zones of NAT V2", "network.tf", "sku_name            = \"Standard\"", "sku_name = \"StandardV2\"\n  zones = [\"1\"]", "zones cannot be given for a NAT gateway of sku_name StandardV2"),
    ("two rules of a priority", "network.tf", "priority = 110", "priority = 100", "SecurityRuleConflict"),
    ("priority", "network.tf", "priority = 110", "priority = 50", "expected priority to be in the range"),
    ("rule without a source", "network.tf", "  source_address_prefix       = each.value.source\n", "", "must be specified, but 0 were"),
    ("protocol in capitals", "network.tf", "\"Tcp\"", "\"TCP\"", "expected protocol to be one of"),
    ("gateway without its manager", "network.tf", "    manager = { priority = 100, source = \"GatewayManager\", ports = \"65200-65535\" }\n", "", "ApplicationGatewaySubnetInboundTrafficBlocked"),
    ("gateway's subnet not delegated", "network.tf", "      name    = \"Microsoft.Network/applicationGateways\"", "      name    = \"Microsoft.Web/serverFarms\"", "ApplicationGatewayNetworkIsolationRequiresSubnetDelegation"),
    // Key Vault and roles.
    ("private rule of the vault", "data.tf", "203.0.113.10", "10.0.0.10", "is private"),
    ("retention of the vault", "data.tf", "soft_delete_retention_days = 7", "soft_delete_retention_days = 3", "expected soft_delete_retention_days to be in the range"),
    ("secret before its role", "data.tf", "  value_wo_version = var.secrets_version\n  depends_on       = [azurerm_role_assignment.deployer]\n", "  value_wo_version = var.secrets_version\n", "ForbiddenByRbac"),
    ("secret without a version", "data.tf", "  value_wo_version = var.secrets_version\n", "", "all of `value_wo,value_wo_version` must be specified"),
    ("secret read from nowhere", "data.tf", "  version      = azurerm_key_vault_secret.database.version", "  version      = coalesce(\"x\", azurerm_key_vault_secret.database.version)", "was not found"),
    ("fresh identity", "machines.tf", "  principal_id         = azurerm_user_assigned_identity.this[\"coderd\"].principal_id\n  principal_type       = \"ServicePrincipal\"\n", "  principal_id         = azurerm_user_assigned_identity.this[\"coderd\"].principal_id\n", "PrincipalNotFound"),
    ("role by two names", "data.tf", "  role_definition_name = each.key", "  role_definition_name = each.key\n  role_definition_id = \"x\"", "must be specified, but 2 were"),
    ("gateway before its role", "machines.tf", "    azurerm_role_assignment.gateway,\n", "", "was made before this role was assigned"),
    ("lock's level", "data.tf", "\"CanNotDelete\"", "\"CannotDelete\"", "expected lock_level to be one of"),
    ("lock before its children", "data.tf", "  depends_on = [\n    azurerm_postgresql_flexible_server_configuration.connections,\n    azurerm_postgresql_flexible_server_database.coder,\n  ]\n", "  lifecycle {\n    prevent_destroy = false\n  }\n}\n\nresource \"azurerm_management_lock\" \"group\" {\n  name       = \"group\"\n  scope      = azurerm_resource_group.this.id\n  lock_level = \"CanNotDelete\"\n", "ScopeLocked"),
    // Database.
    ("size of other machines", "data.tf", "GP_Standard_D8ds_v5", "GP_Standard_D8ads_v6", "not a valid value for sku_name"),
    ("size without a tier", "data.tf", "GP_Standard_D8ds_v5", "Standard_D8ds_v5", "not a valid value for sku_name"),
    ("storage between two sizes", "data.tf", "524288", "500000", "expected storage_mb to be one of"),
    ("reserved login", "data.tf", "= \"coder\"\n  administrator_password_wo ", "= \"admin\"\n  administrator_password_wo ", "administrator_login cannot be"),
    ("no login", "data.tf", "  administrator_login               = \"coder\"\n", "", "`administrator_login` is required when `create_mode` is `Default`"),
    ("public and private", "data.tf", "  public_network_access_enabled     = false\n", "", "needs public_network_access_enabled = false"),
    ("zone of the server's own name", "network.tf", "${var.name}.private.postgres.database.azure.com", "${var.name}-1a2b3c.postgres.database.azure.com", "must not have the server's own name"),
    ("zone of another name", "network.tf", "${var.name}.private.postgres.database.azure.com", "${var.name}.internal", "must end in .postgres.database.azure.com"),
    ("subnet not delegated", "data.tf", "azurerm_subnet.database.id", "azurerm_subnet.nodes.id", "SubnetMissingRequiredDelegation"),
    ("server before the link", "data.tf", "  depends_on                        = [azurerm_private_dns_zone_virtual_network_link.database]\n", "", "PrivateDnsZoneNotLinked"),
    ("backups of three days", "data.tf", "backup_retention_days             = 14", "backup_retention_days = 3", "expected backup_retention_days to be in the range"),
    ("burstable and available", "data.tf", "GP_Standard_D8ds_v5", "B_Standard_B2ms", "not supported for Burstable"),
    ("standby beside the server", "data.tf", "standby_availability_zone = \"2\"", "standby_availability_zone = \"1\"", "must be in another zone"),
    ("redundant without zones", "variables.tf", "\"westeurope\"", "\"westus\"", "which has no zones"),
    ("standby left open", "data.tf", "    standby_availability_zone = \"2\"\n  }\n\n  lifecycle {\n    ignore_changes = [zone, high_availability[0].standby_availability_zone]", "  }\n\n  lifecycle {\n    ignore_changes = [zone]", "The second plan is not empty"),
    // Machines.
    ("rolling without health", "machines.tf", "\"ApplicationHealthLinux\"", "\"CustomScript\"", "ApplicationHealthLinux` must be set when `upgrade_mode` is `Rolling`"),
    ("policy of manual upgrades", "machines.tf", "\"Rolling\"", "\"Manual\"", "cannot be specified when `upgrade_mode` is `Manual`"),
    ("health that wants JSON", "machines.tf", "type_handler_version = \"1.0\"", "type_handler_version = \"2.0\"", "expects a JSON state in the body"),
    ("notice of an hour", "machines.tf", "\"PT15M\"", "\"PT60M\"", "PT5M to PT15M"),
    ("grace of two hours", "machines.tf", "\"PT30M\"", "\"PT120M\"", "PT10M to PT90M"),
    ("no key", "machines.tf", "  admin_ssh_key {\n    username   = \"ops\"\n    public_key = \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFjbWUgaGFzIG5vIGtleSBvZiB0aGlzIGtpbmQu ops\"\n  }\n", "", "at least one `admin_ssh_key` must be specified"),
    ("custom data in the clear", "machines.tf", "base64encode(\"#!/bin/sh\\necho ${azurerm_key_vault.this.vault_uri}\\n\")", "\"#!/bin/sh\"", "not a valid value for custom_data"),
    ("balance without zones", "machines.tf", "  zones                           = local.zones\n", "  zone_balance = true\n", "`zone_balance` can only be set"),
    ("Premium SSD v2 to boot", "machines.tf", "\"Premium_LRS\"", "\"PremiumV2_LRS\"", "expected storage_account_type to be one of"),
    ("underscore in a host name", "machines.tf", "  overprovision                   = false\n", "  overprovision = false\n  computer_name_prefix = \"acme_coderd\"\n", "not a valid value for computer_name_prefix"),
    ("local disk with the wrong cache", "machines.tf", "\"ReadOnly\"", "\"ReadWrite\"", "`diff_disk_settings` can only be set when `caching` is `ReadOnly`"),
    ("machines before their way out", "machines.tf", "  depends_on          = [azurerm_subnet_nat_gateway_association.machines]\n", "", "was made before its subnet had a NAT gateway"),
    // The gateway.
    ("first generation", "machines.tf", "    name = \"Standard_v2\"\n", "    name = \"Standard_Medium\"\n", "expected name to be one of"),
    ("fixed and autoscaled", "machines.tf", "    tier = \"Standard_v2\"\n", "    tier = \"Standard_v2\"\n    capacity = 2\n", "one of sku.capacity and autoscale_configuration"),
    ("one unit at most", "machines.tf", "max_capacity = 10", "max_capacity = 1", "expected max_capacity to be in the range"),
    ("a day and a bit", "machines.tf", "request_timeout       = 3600", "request_timeout = 90000", "expected request_timeout to be in the range"),
    ("probe slower than its interval", "machines.tf", "timeout             = 5", "timeout = 30", "must not be greater than the interval"),
    ("probe without a host", "machines.tf", "    host                = \"127.0.0.1\"\n", "", "one of host and pick_host_name_from_backend_http_settings"),
    ("protocols of a policy", "machines.tf", "    policy_type = \"Predefined\"\n", "    policy_type = \"Predefined\"\n    disabled_protocols = [\"TLSv1_0\"]\n", "disabled_protocols may not be defined"),
    ("redirect to a backend", "machines.tf", "    redirect_configuration_name = \"https\"\n", "    redirect_configuration_name = \"https\"\n    backend_address_pool_name = \"coderd\"\n", "a routing rule that redirects has no backend_address_pool_name"),
    ("rule without a priority", "machines.tf", "    priority                   = 20\n", "", "needs a priority"),
    ("name of nothing", "machines.tf", "probe_name            = \"healthz\"", "probe_name = \"health\"", "there is no probe of that name"),
    ("certificate that nobody reads", "machines.tf", "  identity {\n    type         = \"UserAssigned\"\n    identity_ids = [azurerm_user_assigned_identity.this[\"gateway\"].id]\n  }\n", "", "a certificate from Key Vault needs an identity block"),
    ("HTTPS without a certificate", "machines.tf", "    ssl_certificate_name           = \"coder\"\n", "", "needs ssl_certificate_name"),
    // Kubernetes.
    ("pool's name", "cluster.tf", "name                        = \"workspaces\"", "name = \"workspace-nodes\"", "at most 12 lower-case letters"),
    ("too many pods", "cluster.tf", "max_pods                    = 60\n    zones", "max_pods = 300\n    zones", "expected max_pods to be in the range"),
    ("least above most", "cluster.tf", "min_count                   = 1", "min_count = 100", "must not be above `max_count`"),
    ("limits without autoscaling", "cluster.tf", "auto_scaling_enabled        = true\n  min_count", "auto_scaling_enabled = false\n  min_count", "cannot be set unless `auto_scaling_enabled`"),
    ("pods without an overlay", "cluster.tf", "    network_plugin_mode = \"overlay\"\n", "", "needs network_plugin_mode `overlay`"),
    ("Cilium by half", "cluster.tf", "    network_data_plane  = \"cilium\"\n", "", "needs network_data_plane `cilium`"),
    ("services without DNS", "cluster.tf", "    dns_service_ip      = \"10.72.0.10\"\n", "", "must be set together"),
    ("workload identity without OIDC", "cluster.tf", "oidc_issuer_enabled       = true", "oidc_issuer_enabled = false", "`workload_identity_enabled` needs `oidc_issuer_enabled`"),
    ("two channels", "cluster.tf", "\"patch\"\n  node_os_upgrade_channel   = \"NodeImage\"", "\"node-image\"\n  node_os_upgrade_channel = \"SecurityPatch\"", "`node_os_upgrade_channel` must be `NodeImage`"),
    ("no way in", "cluster.tf", "azure_rbac_enabled = true", "azure_rbac_enabled = false", "nobody could enter"),
    ("window of two hours", "cluster.tf", "duration    = 4", "duration = 2", "expected duration to be in the range"),
    ("surge left open", "cluster.tf", "\n    upgrade_settings {\n      max_surge = \"10%\"\n    }\n", "", "The second plan is not empty"),
    ("taint without an effect", "cluster.tf", "true:NoSchedule", "true", "with an effect such as NoSchedule"),
    ("cluster without a way out", "cluster.tf", "azurerm_subnet.nodes.id\n    temporary", "azurerm_subnet.database.id\n    temporary", "the subnet of the agent pool has no NAT gateway"),
    ("cluster before its role", "cluster.tf", "    azurerm_role_assignment.cluster,\n", "", "was made before this role was assigned"),
    ("tier", "cluster.tf", "sku_tier                  = \"Standard\"", "sku_tier = \"Paid\"", "expected sku_tier to be one of"),
];

#[test]
fn every_mutation_is_found_for_the_right_reason() {
    assert_all_found(&Path::new(env!("CARGO_MANIFEST_DIR")).join(BASE), MUTATIONS);
}
