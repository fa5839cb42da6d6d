//! Rules of Google's other services: Cloud SQL, Secret Manager, IAM, DNS, Certificate Manager, service networking.
//! Each row names the provider's argument documentation or the part of Google's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{Conflicts, ExactlyOneOf, Judge, Labels, Length, OneOf, Pattern, Range, RequiredWith};
use super::Rule;

const SQL_API: &str = "Cloud SQL Admin API reference";
const PROVIDER: &str = "google provider 8 argument reference";
const PITFALL: &str = "Google refuses it only in the apply";

const SQL: &[&str] = &["google_sql_database_instance"];
const SQL_USER: &[&str] = &["google_sql_user"];
const SECRET: &[&str] = &["google_secret_manager_secret"];
const SECRET_VERSION: &[&str] = &["google_secret_manager_secret_version"];
const CERTIFICATE: &[&str] = &["google_certificate_manager_certificate"];
const MAP_ENTRY: &[&str] = &["google_certificate_manager_certificate_map_entry"];
const RECORD: &[&str] = &["google_dns_record_set"];
const MEMBERS: &[&str] = &[
    "google_project_iam_member",
    "google_secret_manager_secret_iam_member",
    "google_service_account_iam_member",
];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn sql(path: &'static str, check: super::Check) -> Rule {
    Rule { types: SQL, path, check, source: SQL_API }
}

const fn pitfall(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PITFALL }
}

/// The table.
pub const RULES: &[Rule] = &[
    // Cloud SQL.
    sql(
        "name",
        Pattern("^[a-z]([-a-z0-9]{0,96}[a-z0-9])?$", "at most 98 lower-case letters, digits and hyphens"),
    ),
    sql(
        "database_version",
        Pattern(
            "^(POSTGRES_(9_6|1[0-8])|MYSQL_(5_6|5_7|8_0|8_4)(_[0-9]+)?|SQLSERVER_20(17|19|22)_[A-Z]+)$",
            "a version such as POSTGRES_17",
        ),
    ),
    sql("settings.edition", OneOf(&["ENTERPRISE", "ENTERPRISE_PLUS"])),
    sql("settings.availability_type", OneOf(&["REGIONAL", "ZONAL"])),
    sql("settings.activation_policy", OneOf(&["ALWAYS", "NEVER", "ON_DEMAND"])),
    sql("settings.disk_type", OneOf(&["PD_SSD", "PD_HDD", "HYPERDISK_BALANCED"])),
    sql("settings.disk_size", Range(10.0, 65536.0)),
    sql(
        "settings.ip_configuration.ssl_mode",
        OneOf(&["ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]),
    ),
    sql(
        "settings.ip_configuration.server_ca_mode",
        OneOf(&["GOOGLE_MANAGED_INTERNAL_CA", "GOOGLE_MANAGED_CAS_CA", "CUSTOMER_MANAGED_CAS_CA"]),
    ),
    sql("settings.user_labels", Labels),
    sql("settings.maintenance_window.day", Range(1.0, 7.0)),
    sql("settings.maintenance_window.hour", Range(0.0, 23.0)),
    sql("settings.maintenance_window.update_track", OneOf(&["canary", "stable", "week5"])),
    sql("settings.insights_config.query_string_length", Range(256.0, 4500.0)),
    sql("settings.backup_configuration.backup_retention_settings.retention_unit", OneOf(&["COUNT"])),
    pitfall(SQL, "settings", Judge(edition)),
    pitfall(SQL, "settings", Judge(custom_tier)),
    pitfall(SQL, "settings", Judge(regional)),
    pitfall(SQL, "settings", Judge(flags)),
    pitfall(SQL, "settings.backup_configuration", Judge(backups)),
    pitfall(SQL, "settings.ip_configuration", Judge(reachable)),
    rule(SQL_USER, "password", Conflicts(&["password_wo"])),
    rule(SQL_USER, "password_wo", RequiredWith(&["password_wo_version"])),
    rule(SQL_USER, "name", Length(1, 63)),
    rule(SQL_USER, "deletion_policy", OneOf(&["", "ABANDON", "DELETE", "PREVENT"])),
    rule(&["google_sql_database"], "deletion_policy", OneOf(&["ABANDON", "DELETE", "PREVENT"])),
    // Secret Manager.
    rule(
        SECRET,
        "secret_id",
        Pattern("^[a-zA-Z0-9_-]{1,255}$", "1 to 255 letters, digits, hyphens and underscores"),
    ),
    rule(SECRET, "replication", ExactlyOneOf(&["auto", "user_managed"])),
    rule(SECRET, "labels", Labels),
    rule(SECRET_VERSION, "", ExactlyOneOf(&["secret_data", "secret_data_wo"])),
    rule(SECRET_VERSION, "secret_data_wo", RequiredWith(&["secret_data_wo_version"])),
    rule(SECRET_VERSION, "deletion_policy", OneOf(&["ABANDON", "DELETE", "DISABLE", "PREVENT"])),
    // IAM and services.
    rule(
        &["google_service_account"],
        "account_id",
        Pattern(
            "^[a-z]([-a-z0-9]{4,28}[a-z0-9])$",
            "6 to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending in a hyphen",
        ),
    ),
    rule(&["google_service_account"], "display_name", Length(0, 100)),
    rule(
        MEMBERS,
        "role",
        Pattern(
            r"^(roles|projects/[^/]+/roles|organizations/[^/]+/roles)/[A-Za-z0-9_.]+$",
            "a role such as roles/logging.logWriter",
        ),
    ),
    rule(
        MEMBERS,
        "member",
        Pattern(
            "^(allUsers|allAuthenticatedUsers|(deleted:)?(user|serviceAccount|group|domain|principal|principalSet|projectOwner|projectEditor|projectViewer|iamMember):.+)$",
            "a member such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com",
        ),
    ),
    rule(
        &["google_project_service"],
        "service",
        Pattern(
            r"^[a-z][a-z0-9.-]*\.(googleapis\.com|cloud\.goog)$",
            "a service such as compute.googleapis.com",
        ),
    ),
    rule(
        &["google_service_networking_connection"],
        "service",
        Pattern(r"\.googleapis\.com$", "servicenetworking.googleapis.com"),
    ),
    rule(
        &["google_service_networking_connection"],
        "deletion_policy",
        OneOf(&["ABANDON", "DELETE", "PREVENT"]),
    ),
    // DNS.
    rule(RECORD, "name", Pattern(r"\.$", "a name that ends with a dot")),
    rule(&["google_dns_managed_zone"], "dns_name", Pattern(r"\.$", "a name that ends with a dot")),
    rule(
        RECORD,
        "type",
        OneOf(&[
            "A",
            "AAAA",
            "ALIAS",
            "CAA",
            "CNAME",
            "DNSKEY",
            "DS",
            "HTTPS",
            "IPSECVPNKEY",
            "MX",
            "NAPTR",
            "NS",
            "PTR",
            "SOA",
            "SPF",
            "SRV",
            "SSHFP",
            "SVCB",
            "TLSA",
            "TXT",
        ]),
    ),
    rule(RECORD, "ttl", Range(0.0, 2_147_483_647.0)),
    pitfall(RECORD, "", Judge(record_data)),
    // Certificate Manager.
    rule(
        &[
            "google_certificate_manager_certificate",
            "google_certificate_manager_certificate_map",
            "google_certificate_manager_certificate_map_entry",
            "google_certificate_manager_dns_authorization",
        ],
        "name",
        Pattern("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", "1 to 63 lower-case letters, digits and hyphens"),
    ),
    rule(
        &[
            "google_certificate_manager_certificate",
            "google_certificate_manager_certificate_map",
            "google_certificate_manager_certificate_map_entry",
            "google_certificate_manager_dns_authorization",
        ],
        "labels",
        Labels,
    ),
    rule(CERTIFICATE, "", ExactlyOneOf(&["managed", "self_managed", "managed_identity"])),
    pitfall(CERTIFICATE, "managed", Judge(wildcard)),
    rule(MAP_ENTRY, "", ExactlyOneOf(&["hostname", "matcher"])),
    rule(MAP_ENTRY, "certificates", Length(1, 4)),
    pitfall(
        &["google_certificate_manager_dns_authorization"],
        "domain",
        Pattern(
            r"^[a-z0-9_]([a-z0-9-]*\.)+[a-z0-9-]+$",
            "a bare domain: it covers the domain's wildcard too",
        ),
    ),
];

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// cloud.google.com/sql/docs/postgres/editions-intro and .../create-instance ("Machine types by edition").
fn edition(settings: &Value, instance: &Value) -> Option<String> {
    let tier = text(settings, "tier")?;
    let shared = tier.starts_with("db-custom-") || tier == "db-f1-micro" || tier == "db-g1-small";
    let plus_only = tier.starts_with("db-perf-optimized-");
    match settings.get("edition") {
        Some(Value::Unknown) => None,
        Some(Value::Text(edition)) if edition == "ENTERPRISE_PLUS" && shared => Some(format!(
            "Invalid Tier ({tier}) for (ENTERPRISE_PLUS) Edition. Use a predefined Tier like db-perf-optimized-N-*."
        )),
        Some(Value::Text(edition)) if edition == "ENTERPRISE" && plus_only => {
            Some(format!("Invalid Tier ({tier}) for (ENTERPRISE) Edition. Use a Tier like db-custom-*."))
        }
        Some(Value::Text(_)) => None,
        _ => {
            let version: u32 = text(instance, "database_version")?.strip_prefix("POSTGRES_")?.parse().ok()?;
            (version >= 16 && shared).then(|| {
                format!(
                    "Invalid Tier ({tier}) for (ENTERPRISE_PLUS) Edition: from PostgreSQL 16 on, an instance without \
                     edition is ENTERPRISE_PLUS. Set edition = \"ENTERPRISE\"."
                )
            })
        }
    }
}

/// cloud.google.com/sql/docs/postgres/create-instance, "Custom instance configurations".
fn custom_tier(settings: &Value, _: &Value) -> Option<String> {
    let tier = text(settings, "tier")?;
    let (cpus, memory) = tier.strip_prefix("db-custom-")?.split_once('-')?;
    let (Ok(cpus), Ok(memory)) = (cpus.parse::<f64>(), memory.parse::<f64>()) else {
        return Some(format!("{tier} must be db-custom-VCPUS-MEGABYTES."));
    };
    if !(1.0..=96.0).contains(&cpus) || cpus != 1.0 && cpus % 2.0 != 0.0 {
        return Some(format!("{tier}: the number of vCPUs must be 1 or an even number up to 96."));
    }
    let each = memory / cpus / 1024.0;
    if memory % 256.0 != 0.0 || memory < 3840.0 || !(0.9..=6.5).contains(&each) {
        return Some(format!(
            "{tier}: memory must be a multiple of 256 MB, at least 3.75 GB, and from 0.9 to 6.5 GB per vCPU."
        ));
    }
    None
}

/// cloud.google.com/sql/docs/postgres/high-availability: it needs backups and point-in-time recovery.
fn regional(settings: &Value, _: &Value) -> Option<String> {
    if text(settings, "availability_type")? != "REGIONAL" {
        return None;
    }
    let backups = settings.get("backup_configuration")?.items().first();
    let on = |name: &str| {
        backups
            .and_then(|backups| backups.get(name))
            .is_some_and(|v| matches!(v, Value::Unknown | Value::Bool(true)))
    };
    (!on("enabled") || !on("point_in_time_recovery_enabled")).then(|| {
        "'availability_type' set to 'REGIONAL' requires that 'settings.backup_configuration.enabled' and \
         'settings.backup_configuration.point_in_time_recovery_enabled' are set to true."
            .to_owned()
    })
}

fn flags(settings: &Value, _: &Value) -> Option<String> {
    let flags = settings.get("database_flags")?.items();
    let names: Vec<&str> = flags.iter().filter_map(|flag| text(flag, "name")).collect();
    names
        .iter()
        .enumerate()
        .find(|(position, name)| names[..*position].contains(name))
        .map(|(_, name)| format!("Error 400: Invalid request: Duplicate flag {name}."))
}

fn backups(backups: &Value, instance: &Value) -> Option<String> {
    let settings = instance.get("settings")?.items().first()?;
    let most = if text(settings, "edition") == Some("ENTERPRISE_PLUS") { 35.0 } else { 7.0 };
    let postgres = text(instance, "database_version").is_some_and(|version| version.starts_with("POSTGRES"));
    if postgres && backups.get("binary_log_enabled") == Some(&Value::Bool(true)) {
        return Some("Binary log can only be enabled for MySQL instances.".to_owned());
    }
    let days = backups.get("transaction_log_retention_days")?.as_f64()?;
    if !(1.0..=most).contains(&days) {
        return Some(format!("transaction_log_retention_days must be from 1 to {most}, but is {days}."));
    }
    let retention = backups.get("backup_retention_settings")?.items().first()?;
    let kept = retention.get("retained_backups")?.as_f64()?;
    (kept < days).then(|| {
        format!("retained_backups, {kept}, must be at least transaction_log_retention_days, {days}.")
    })
}

fn reachable(addresses: &Value, _: &Value) -> Option<String> {
    let private = addresses.get("private_network").is_some_and(super::is_written);
    let service_connect = addresses.get("psc_config").is_some_and(super::is_written);
    (addresses.get("ipv4_enabled") == Some(&Value::Bool(false)) && !private && !service_connect)
        .then(|| "At least one of Public IP, Private IP or PSC connectivity must be enabled.".to_owned())
}

fn record_data(record: &Value, _: &Value) -> Option<String> {
    let kind = text(record, "type")?;
    let data = record.get("rrdatas")?.items().iter().filter_map(Value::as_str);
    for text in data {
        let wrong = match kind {
            "A" => text.parse::<std::net::Ipv4Addr>().is_err(),
            "AAAA" => text.parse::<std::net::Ipv6Addr>().is_err(),
            "CNAME" | "NS" => !text.ends_with('.'),
            _ => false,
        };
        if wrong {
            return Some(format!(
                "Error 400: Invalid value for 'entity.change.additions.rrdata': '{text}' in an {kind} record."
            ));
        }
    }
    None
}

/// cloud.google.com/certificate-manager/docs/certificates: a wildcard is proven by DNS alone.
fn wildcard(managed: &Value, _: &Value) -> Option<String> {
    let domains = managed.get("domains")?.items().iter().filter_map(Value::as_str);
    let star = domains.into_iter().find(|domain| domain.starts_with("*."))?;
    let proven = ["dns_authorizations", "issuance_config"].iter();
    let proven = proven.into_iter().any(|name| managed.get(name).is_some_and(super::is_written));
    (!proven).then(|| format!("{star}: a wildcard certificate needs dns_authorizations."))
}
