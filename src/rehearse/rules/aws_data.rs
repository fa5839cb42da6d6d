//! Rules of what AWS keeps: IAM, keys, secrets, logs and RDS.
//! Each row names the provider's argument documentation or the part of AWS's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{Conflicts, EachOneOf, Judge, Length, OneOf, Pattern, Range, RequiredWith};
use super::{Rule, is_written};

const PROVIDER: &str = "aws provider 5.100 argument reference";
const IAM: &str = "AWS refuses it only in the apply; IAM user guide, \"Policy grammar\"";
const RDS: &str = "AWS refuses it only in the apply; Amazon RDS API reference";
const GP3: &str = "AWS refuses it only in the apply; Amazon RDS user guide, \"gp3 storage\"";

const ROLE: &[&str] = &["aws_iam_role"];
const POLICY: &[&str] = &["aws_iam_policy", "aws_iam_role_policy"];
const SECRET: &[&str] = &["aws_secretsmanager_secret"];
const VERSION: &[&str] = &["aws_secretsmanager_secret_version"];
const DB: &[&str] = &["aws_db_instance"];
const PARAMETERS: &[&str] = &["aws_db_parameter_group"];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn rds(path: &'static str, check: super::Check) -> Rule {
    Rule { types: DB, path, check, source: RDS }
}

/// The table.
pub const RULES: &[Rule] = &[
    // Identity and keys.
    rule(ROLE, "name", Pattern(r"^[0-9A-Za-z_+=,.@-]{1,64}$", "at most 64 letters, digits and _+=,.@-")),
    rule(
        ROLE,
        "name_prefix",
        Pattern(r"^[0-9A-Za-z_+=,.@-]{1,38}$", "at most 38 letters, digits and _+=,.@-"),
    ),
    rule(ROLE, "name", Conflicts(&["name_prefix"])),
    rule(ROLE, "max_session_duration", Range(3600.0, 43200.0)),
    Rule { types: ROLE, path: "", check: Judge(trust), source: IAM },
    rule(
        &["aws_iam_policy"],
        "name",
        Pattern(r"^[0-9A-Za-z_+=,.@-]{1,128}$", "at most 128 letters, digits and _+=,.@-"),
    ),
    rule(
        &["aws_iam_instance_profile"],
        "name",
        Pattern(r"^[0-9A-Za-z_+=,.@-]{1,128}$", "at most 128 letters, digits and _+=,.@-"),
    ),
    Rule { types: POLICY, path: "", check: Judge(policy), source: IAM },
    rule(
        &["aws_iam_role_policy_attachment"],
        "policy_arn",
        Pattern("^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/", "the ARN of a policy"),
    ),
    rule(&["aws_kms_key"], "deletion_window_in_days", Range(7.0, 30.0)),
    rule(&["aws_kms_alias"], "name", Pattern("^alias/[0-9A-Za-z_/-]+$", "alias/NAME")),
    // Secrets and logs.
    rule(SECRET, "name", Pattern(r"^[0-9A-Za-z/_+=.@-]{1,512}$", "at most 512 letters, digits and /_+=.@-")),
    rule(SECRET, "name", Conflicts(&["name_prefix"])),
    rule(
        SECRET,
        "recovery_window_in_days",
        OneOf(&[
            "0", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
            "23", "24", "25", "26", "27", "28", "29", "30",
        ]),
    ),
    rule(VERSION, "secret_string", Conflicts(&["secret_string_wo", "secret_binary"])),
    rule(VERSION, "secret_string_wo", RequiredWith(&["secret_string_wo_version"])),
    rule(VERSION, "secret_string_wo_version", RequiredWith(&["secret_string_wo"])),
    rule(
        &["aws_cloudwatch_log_group"],
        "retention_in_days",
        OneOf(&[
            "0", "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731",
            "1096", "1827", "2192", "2557", "2922", "3288", "3653",
        ]),
    ),
    rule(
        &["aws_cloudwatch_log_group"],
        "name",
        Pattern(r"^[0-9A-Za-z_./#-]{1,512}$", "at most 512 letters, digits and _./#-"),
    ),
    // The database.
    rule(
        DB,
        "identifier",
        Pattern(
            "^[a-z](-?[a-z0-9])*$",
            "lower-case letters, digits and single hyphens, beginning with a letter",
        ),
    ),
    rule(DB, "identifier", Length(1, 63)),
    rule(DB, "identifier", Conflicts(&["identifier_prefix"])),
    rule(DB, "password", Conflicts(&["password_wo", "manage_master_user_password"])),
    rule(DB, "password_wo", Conflicts(&["manage_master_user_password"])),
    rule(DB, "password_wo_version", Conflicts(&["manage_master_user_password"])),
    rule(DB, "password_wo", RequiredWith(&["password_wo_version"])),
    rule(DB, "password_wo_version", RequiredWith(&["password_wo"])),
    rule(DB, "monitoring_interval", OneOf(&["0", "1", "5", "10", "15", "30", "60"])),
    rule(DB, "backup_retention_period", Range(0.0, 35.0)),
    rule(
        DB,
        "backup_window",
        Pattern(r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$", "hh24:mi-hh24:mi"),
    ),
    rule(
        DB,
        "maintenance_window",
        Pattern("^[A-Za-z]{3}:[0-9]{2}:[0-9]{2}-[A-Za-z]{3}:[0-9]{2}:[0-9]{2}$", "ddd:hh24:mi-ddd:hh24:mi"),
    ),
    rule(DB, "storage_type", OneOf(&["standard", "gp2", "gp3", "io1", "io2"])),
    rule(
        DB,
        "enabled_cloudwatch_logs_exports",
        EachOneOf(&[
            "agent",
            "alert",
            "audit",
            "diag.log",
            "error",
            "general",
            "iam-db-auth-error",
            "listener",
            "notify.log",
            "oemagent",
            "postgresql",
            "slowquery",
            "trace",
            "upgrade",
        ]),
    ),
    rule(DB, "database_insights_mode", OneOf(&["standard", "advanced"])),
    rule(DB, "", Judge(insights)),
    rds("instance_class", Pattern(r"^db\.[a-z0-9-]+\.[a-z0-9]+$", "a class such as db.m5.2xlarge")),
    rds("", Judge(password)),
    rds("", Judge(monitoring)),
    rds("", Judge(growth)),
    Rule { types: DB, path: "", check: Judge(gp3), source: GP3 },
    rule(
        PARAMETERS,
        "name",
        Pattern(
            "^[a-z](-?[a-z0-9])*$",
            "lower-case letters, digits and single hyphens, beginning with a letter",
        ),
    ),
    rule(PARAMETERS, "name", Conflicts(&["name_prefix"])),
    rule(PARAMETERS, "parameter.apply_method", OneOf(&["immediate", "pending-reboot"])),
    Rule { types: PARAMETERS, path: "parameter", check: Judge(static_parameter), source: RDS },
    rule(
        &["aws_db_subnet_group"],
        "name",
        Pattern("^[a-z0-9_ .-]{1,255}$", "lower-case letters, digits and _ .-"),
    ),
];

/// The statements of a policy in JSON; an error when it is none.
fn statements(text: &str) -> Result<Vec<serde_json::Value>, String> {
    let policy: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| format!("MalformedPolicyDocument: the policy is no JSON: {error}."))?;
    Ok(match &policy["Statement"] {
        serde_json::Value::Array(statements) => statements.clone(),
        serde_json::Value::Null => Vec::new(),
        statement => vec![statement.clone()],
    })
}

fn lacks(statement: &serde_json::Value, keys: [&str; 2]) -> bool {
    keys.iter().all(|key| statement.get(key).is_none_or(|value| value.as_array().is_some_and(Vec::is_empty)))
}

fn malformed(text: &str, keys: &[[&str; 2]]) -> Option<String> {
    let statements = match statements(text) {
        Ok(statements) => statements,
        Err(wrong) => return Some(wrong),
    };
    if statements.is_empty() {
        return Some("MalformedPolicyDocument: the policy has no Statement.".to_owned());
    }
    statements.iter().find_map(|statement| {
        let missing = keys.iter().find(|keys| lacks(statement, **keys))?;
        Some(format!(
            "MalformedPolicyDocument: Policy statement must contain {}: {statement}",
            missing[0].to_lowercase() + "s"
        ))
    })
}

fn policy(resource: &Value, _: &Value) -> Option<String> {
    malformed(resource.text("policy")?, &[["Action", "NotAction"], ["Resource", "NotResource"]])
}

fn trust(role: &Value, _: &Value) -> Option<String> {
    malformed(role.text("assume_role_policy")?, &[["Action", "NotAction"], ["Principal", "NotPrincipal"]])
}

/// aws_db_instance documentation, "performance_insights_retention_period".
fn insights(db: &Value, _: &Value) -> Option<String> {
    let days = db.get("performance_insights_retention_period")?.as_f64()?;
    #[allow(clippy::cast_possible_truncation)]
    let months = days as i64;
    let valid = months == 7 || months == 731 || months % 31 == 0 && (1..=23).contains(&(months / 31));
    (!valid).then(|| {
        format!("performance_insights_retention_period must be 7, 731 or a multiple of 31, but is {days}.")
    })
}

/// CreateDBInstance, MasterUserPassword.
fn password(db: &Value, _: &Value) -> Option<String> {
    let text = db.text("password_wo").or(db.text("password"))?;
    if !(8..=128).contains(&text.chars().count()) {
        return Some("the password must have 8 to 128 characters.".to_owned());
    }
    text.contains(['/', '"', '@', ' ']).then(|| {
        "the parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.".to_owned()
    })
}

fn monitoring(db: &Value, _: &Value) -> Option<String> {
    let interval = db.get("monitoring_interval")?.as_f64()?;
    (interval > 0.0 && !db.get("monitoring_role_arn").is_some_and(is_written))
        .then(|| "a monitoring_interval above 0 needs monitoring_role_arn.".to_owned())
}

fn growth(db: &Value, _: &Value) -> Option<String> {
    let (most, now) = (db.get("max_allocated_storage")?.as_f64()?, db.get("allocated_storage")?.as_f64()?);
    (most > 0.0 && most < now)
        .then(|| format!("max_allocated_storage, {most}, must not be below allocated_storage, {now}."))
}

/// PostgreSQL volumes below 400 GiB have fixed figures; from there on they are striped and have others.
fn gp3(db: &Value, _: &Value) -> Option<String> {
    if db.text("storage_type") != Some("gp3") {
        let throughput =
            db.get("storage_throughput").is_some_and(is_written) && db.text("storage_type").is_some();
        return throughput.then(|| "storage_throughput can only be set for storage_type gp3.".to_owned());
    }
    let size = db.get("allocated_storage")?.as_f64()?;
    let number = |name: &str| db.get(name).and_then(Value::as_f64);
    if size < 20.0 {
        return Some(format!("Invalid storage size for engine name postgres and storage type gp3: {size}."));
    }
    for (name, least, most) in [("iops", 12000.0, 64000.0), ("storage_throughput", 500.0, 4000.0)] {
        let Some(figure) = number(name) else { continue };
        if size < 400.0 {
            return Some(format!(
                "You can't specify {name} for engine postgres and a storage size less than 400, but {name} is {figure} and \
                 allocated_storage {size}."
            ));
        }
        if !(least..=most).contains(&figure) {
            return Some(format!(
                "Invalid {name} value for engine name postgres and storage type gp3: {figure}."
            ));
        }
    }
    None
}

/// Parameters of PostgreSQL that only a restart changes (RDS user guide, "Working with parameters on your RDS for
/// PostgreSQL DB instance").
const STATIC: [&str; 9] = [
    "max_connections",
    "shared_buffers",
    "shared_preload_libraries",
    "max_prepared_transactions",
    "max_worker_processes",
    "max_wal_senders",
    "max_replication_slots",
    "wal_buffers",
    "rds.logical_replication",
];

fn static_parameter(parameter: &Value, _: &Value) -> Option<String> {
    let name = parameter.text("name")?;
    let method = parameter.get("apply_method")?;
    let immediate = method.is_null() || method.as_str() == Some("immediate");
    (immediate && STATIC.contains(&name)).then(|| {
        format!(
            "InvalidParameterCombination: cannot use immediate apply method for static parameter: {name}."
        )
    })
}
