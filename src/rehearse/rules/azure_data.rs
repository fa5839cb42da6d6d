//! Rules of what Azure keeps: Key Vault, PostgreSQL, logs.
//! Each row names the provider's argument documentation or the part of Azure's documentation that it follows.

use crate::rehearse::azure_regions;
use crate::rehearse::value::Value;

use super::Check::{Conflicts, EachOneOf, ExactlyOneOf, Judge, OneOf, Pattern, Range, RequiredWith};
use super::{Rule, is_written};

const PROVIDER: &str = "azurerm provider 5.2 argument reference";
const API: &str = "Azure refuses it only in the apply; Azure Database for PostgreSQL reference";

const VAULT: &[&str] = &["azurerm_key_vault"];
const SECRET: &[&str] = &["azurerm_key_vault_secret"];
const CERTIFICATE: &[&str] = &["azurerm_key_vault_certificate"];
const SERVER: &[&str] = &["azurerm_postgresql_flexible_server"];
const WORKSPACE: &[&str] = &["azurerm_log_analytics_workspace"];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn server(path: &'static str, check: super::Check) -> Rule {
    Rule { types: SERVER, path, check, source: API }
}

/// The table.
pub const RULES: &[Rule] = &[
    // Key Vault.
    rule(
        VAULT,
        "name",
        Pattern(
            "^[a-zA-Z](-?[a-zA-Z0-9]){2,23}$",
            "3 to 24 letters, digits and single hyphens, beginning with a letter",
        ),
    ),
    rule(VAULT, "name", super::Check::Length(3, 24)),
    rule(VAULT, "sku_name", OneOf(&["standard", "premium"])),
    rule(VAULT, "soft_delete_retention_days", Range(7.0, 90.0)),
    rule(VAULT, "network_acls.bypass", OneOf(&["None", "AzureServices"])),
    rule(VAULT, "network_acls.default_action", OneOf(&["Allow", "Deny"])),
    rule(VAULT, "network_acls", Judge(public_rules)),
    rule(
        &["azurerm_key_vault_secret", "azurerm_key_vault_certificate"],
        "name",
        Pattern("^[0-9A-Za-z-]{1,127}$", "at most 127 letters, digits and hyphens"),
    ),
    rule(SECRET, "", ExactlyOneOf(&["value", "value_wo"])),
    rule(SECRET, "value_wo", RequiredWith(&["value_wo_version"])),
    rule(SECRET, "value_wo_version", RequiredWith(&["value_wo"])),
    rule(
        CERTIFICATE,
        "certificate_policy.key_properties.key_type",
        OneOf(&["EC", "EC-HSM", "RSA", "RSA-HSM", "oct"]),
    ),
    rule(
        CERTIFICATE,
        "certificate_policy.lifetime_action.action.action_type",
        OneOf(&["AutoRenew", "EmailContacts"]),
    ),
    rule(
        CERTIFICATE,
        "certificate_policy.x509_certificate_properties.key_usage",
        EachOneOf(&[
            "cRLSign",
            "dataEncipherment",
            "decipherOnly",
            "digitalSignature",
            "encipherOnly",
            "keyAgreement",
            "keyCertSign",
            "keyEncipherment",
            "nonRepudiation",
        ]),
    ),
    // PostgreSQL.
    rule(
        SERVER,
        "name",
        Pattern("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", "3 to 63 lower-case letters, digits and inner hyphens"),
    ),
    rule(SERVER, "sku_name", Pattern(SKUS, "a tier and a size such as GP_Standard_D8ds_v5")),
    rule(
        SERVER,
        "storage_mb",
        OneOf(&[
            "32768", "65536", "131072", "262144", "524288", "1048576", "2097152", "4193280", "4194304",
            "8388608", "16777216", "33553408",
        ]),
    ),
    rule(SERVER, "version", OneOf(&["11", "12", "13", "14", "15", "16", "17", "18"])),
    rule(SERVER, "backup_retention_days", Range(7.0, 35.0)),
    rule(SERVER, "zone", OneOf(&["1", "2", "3"])),
    rule(
        SERVER,
        "create_mode",
        OneOf(&["Default", "GeoRestore", "PointInTimeRestore", "Replica", "ReviveDropped", "Update"]),
    ),
    rule(SERVER, "high_availability.mode", OneOf(&["SameZone", "ZoneRedundant"])),
    rule(SERVER, "administrator_password", Conflicts(&["administrator_password_wo"])),
    rule(SERVER, "administrator_password_wo", RequiredWith(&["administrator_password_wo_version"])),
    rule(SERVER, "administrator_password_wo_version", RequiredWith(&["administrator_password_wo"])),
    rule(SERVER, "maintenance_window.day_of_week", Range(0.0, 6.0)),
    rule(SERVER, "maintenance_window.start_hour", Range(0.0, 23.0)),
    rule(SERVER, "maintenance_window.start_minute", Range(0.0, 59.0)),
    rule(SERVER, "", Judge(login)),
    server("", Judge(created)),
    server("", Judge(private)),
    server("", Judge(availability)),
    // Logs.
    rule(
        WORKSPACE,
        "name",
        Pattern("^[0-9A-Za-z][0-9A-Za-z-]{2,61}[0-9A-Za-z]$", "4 to 63 letters, digits and inner hyphens"),
    ),
    rule(WORKSPACE, "retention_in_days", Range(7.0, 730.0)),
    rule(&["azurerm_monitor_diagnostic_setting"], "", Judge(destination)),
    rule(
        &["azurerm_monitor_diagnostic_setting"],
        "enabled_log",
        ExactlyOneOf(&["category", "category_group"]),
    ),
];

/// The provider's validator of `sku_name` as of 2026-08.
const SKUS: &str = "^(B_Standard_(B(1|2|4|8|12|16|20)ms|B2s)\
    |GP_Standard_(D(2|4|8|16|32|48|64)(s_v3|ds_v4)|D(2|4|8|16|32|48|64|96)(ds_v5|ds_v6|ads_v5)|DC(2|4|8|16|32|48|64|96)ads_v5)\
    |MO_Standard_(E(2|4|8|16|20|32|48|64)s_v3|E(2|4|6|8|16|20|32|48|64)ds_v4|E(2|4|8|16|20|32|48|64|96)ds_v5\
    |E(2|4|8|16|32|48|64|96)(ds_v6|ads_v5)|EC(2|4|8|16|20|32|48|64|96)(ads|as)_(cc_)?v5))$";

/// learn.microsoft.com/azure/key-vault/general/network-security: rules are for public addresses.
fn public_rules(acls: &Value, _: &Value) -> Option<String> {
    let rules = acls.get("ip_rules").map(Value::items).unwrap_or_default();
    let private = rules.iter().filter_map(Value::as_str).find(|rule| {
        let address = rule.split('/').next().unwrap_or_default();
        address.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_private())
    })?;
    Some(format!("ip_rules must be public IPv4 addresses or ranges, but {private} is private."))
}

/// Logins that the service keeps for itself.
const RESERVED: [&str; 7] =
    ["azure_superuser", "azure_pg_admin", "admin", "administrator", "root", "guest", "public"];

fn login(server: &Value, _: &Value) -> Option<String> {
    let login = server.text("administrator_login")?;
    (RESERVED.contains(&login) || login.starts_with("pg_")).then(|| {
        format!("administrator_login cannot be {login:?}: {} and pg_* are reserved.", RESERVED.join(", "))
    })
}

/// azurerm_postgresql_flexible_server documentation, "create_mode".
fn created(server: &Value, _: &Value) -> Option<String> {
    let written = |name: &str| server.get(name).is_some_and(is_written);
    let fresh = matches!(server.get("create_mode"), None | Some(Value::Null))
        || server.text("create_mode") == Some("Default");
    if !fresh {
        return None;
    }
    if let Some(missing) = ["sku_name", "version"].into_iter().find(|name| !written(name)) {
        return Some(format!("`{missing}` is required when `create_mode` is `Default`."));
    }
    let passwords = server.first("authentication").and_then(|block| block.get("password_auth_enabled"));
    if passwords == Some(&Value::Bool(false)) {
        return None;
    }
    if !written("administrator_login") {
        return Some("`administrator_login` is required when `create_mode` is `Default`.".to_owned());
    }
    let password = ["administrator_password", "administrator_password_wo"].iter().any(|name| written(name));
    (!password).then(|| {
        "`administrator_password_wo` or `administrator_password` is required when `create_mode` is `Default`.".to_owned()
    })
}

/// learn.microsoft.com/azure/postgresql/flexible-server/concepts-networking-private, "Using a private DNS zone".
fn private(server: &Value, _: &Value) -> Option<String> {
    if !server.get("delegated_subnet_id").is_some_and(is_written) {
        return None;
    }
    let public = server.get("public_network_access_enabled");
    if matches!(public, None | Some(Value::Null)) || public == Some(&Value::Bool(true)) {
        return Some("a server in a delegated subnet needs public_network_access_enabled = false (it is true by default).".to_owned());
    }
    if !server.get("private_dns_zone_id").is_some_and(is_written) {
        return Some("a server in a delegated subnet needs private_dns_zone_id.".to_owned());
    }
    let zone = server.text("private_dns_zone_id")?.rsplit('/').next()?;
    if !zone.ends_with(".postgres.database.azure.com") {
        return Some(format!("the private DNS zone {zone} must end in .postgres.database.azure.com."));
    }
    let own = format!("{}.postgres.database.azure.com", server.text("name")?);
    (zone == own).then(|| format!("the private DNS zone must not have the server's own name, {own}."))
}

/// learn.microsoft.com/azure/reliability/reliability-postgresql-flexible-server.
fn availability(server: &Value, _: &Value) -> Option<String> {
    let mode = server.first("high_availability")?.text("mode")?;
    if server.text("sku_name").is_some_and(|sku| sku.starts_with("B_")) {
        return Some("high availability is not supported for Burstable sizes.".to_owned());
    }
    if mode != "ZoneRedundant" {
        return None;
    }
    let location = server.text("location")?;
    if azure_regions::zones(location).is_empty() {
        return Some(format!(
            "high_availability.mode ZoneRedundant is not possible in {location}, which has no zones."
        ));
    }
    let standby = server.first("high_availability")?.text("standby_availability_zone")?;
    (server.text("zone") == Some(standby))
        .then(|| format!("the standby must be in another zone than the server's, {standby}."))
}

fn destination(setting: &Value, _: &Value) -> Option<String> {
    let targets = [
        "eventhub_authorization_rule_id",
        "log_analytics_workspace_id",
        "storage_account_id",
        "partner_solution_id",
    ];
    let none = !targets.iter().any(|name| setting.get(name).is_some_and(is_written));
    none.then(|| format!("one of `{}` must be specified.", targets.join(",")))
}
