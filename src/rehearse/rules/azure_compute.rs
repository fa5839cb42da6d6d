//! Rules of Azure's machines: Virtual Machine Scale Sets.
//! Each row names the provider's argument documentation or the part of Azure's documentation that it follows.

use crate::rehearse::azure_regions;
use crate::rehearse::value::Value;

use super::Check::{ExactlyOneOf, Judge, OneOf, Pattern};
use super::{Rule, is_written};

const PROVIDER: &str = "azurerm provider 5.2 argument reference";
const API: &str = "Azure refuses it only in the apply; Virtual Machine Scale Sets reference";

const SET: &[&str] = &["azurerm_linux_virtual_machine_scale_set"];

const fn rule(path: &'static str, check: super::Check) -> Rule {
    Rule { types: SET, path, check, source: PROVIDER }
}

const fn api(path: &'static str, check: super::Check) -> Rule {
    Rule { types: SET, path, check, source: API }
}

/// The table.
pub const RULES: &[Rule] = &[
    rule(
        "name",
        Pattern("^[0-9A-Za-z]([0-9A-Za-z_.-]{0,62}[0-9A-Za-z_])?$", "at most 64 letters, digits and _.-"),
    ),
    rule(
        "computer_name_prefix",
        Pattern("^[0-9A-Za-z]([0-9A-Za-z-]{0,56}[0-9A-Za-z-])?$", "at most 58 letters, digits and hyphens"),
    ),
    rule("upgrade_mode", OneOf(&["Automatic", "Manual", "Rolling"])),
    rule("priority", OneOf(&["Regular", "Spot"])),
    rule("os_disk.caching", OneOf(&["None", "ReadOnly", "ReadWrite"])),
    rule(
        "os_disk.storage_account_type",
        OneOf(&["Premium_LRS", "Premium_ZRS", "Standard_LRS", "StandardSSD_LRS", "StandardSSD_ZRS"]),
    ),
    rule("os_disk.diff_disk_settings.option", OneOf(&["Local"])),
    rule("os_disk.diff_disk_settings.placement", OneOf(&["CacheDisk", "NvmeDisk", "ResourceDisk"])),
    rule("", ExactlyOneOf(&["source_image_id", "source_image_reference"])),
    rule("termination_notification.timeout", Pattern("^PT([5-9]|1[0-5])M$", "PT5M to PT15M")),
    rule("automatic_instance_repair.grace_period", Pattern("^PT([1-8][0-9]|90)M$", "PT10M to PT90M")),
    rule("automatic_instance_repair.action", OneOf(&["Reimage", "Replace", "Restart"])),
    rule(
        "rolling_upgrade_policy.pause_time_between_batches",
        Pattern("^P(T|[0-9])", "an ISO 8601 duration such as PT30S"),
    ),
    rule("identity.type", OneOf(&["SystemAssigned", "SystemAssigned, UserAssigned", "UserAssigned"])),
    rule("sku", Pattern("^(Standard|Basic)_[A-Za-z0-9_-]+$", "a size such as Standard_D4s_v5")),
    rule("", Judge(login)),
    rule("custom_data", Pattern("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", "base64")),
    api("custom_data", super::Check::Length(0, 87380)),
    api("", Judge(rolling)),
    api("", Judge(repair)),
    api("", Judge(health_state)),
    api("", Judge(zones)),
    api("os_disk", Judge(ephemeral)),
];

fn login(set: &Value, _: &Value) -> Option<String> {
    let keys_only = set.get("disable_password_authentication") != Some(&Value::Bool(false));
    let written = |name: &str| set.get(name).is_some_and(is_written);
    if keys_only && set.get("disable_password_authentication") != Some(&Value::Unknown) {
        if written("admin_password") {
            return Some("`admin_password` needs `disable_password_authentication` to be false.".to_owned());
        }
        return (!written("admin_ssh_key"))
            .then(|| "at least one `admin_ssh_key` must be specified when `disable_password_authentication` is `true`.".to_owned());
    }
    None
}

/// The extensions that report the health of the application.
fn health_extension(set: &Value) -> Option<&Value> {
    let extensions = set.get("extension").map(Value::items).unwrap_or_default();
    extensions
        .iter()
        .find(|extension| extension.text("type").is_some_and(|kind| kind.starts_with("ApplicationHealth")))
}

fn health_source(set: &Value) -> bool {
    health_extension(set).is_some()
        || set.get("health_probe_id").is_some_and(is_written)
        || set.get("extension").is_some_and(Value::has_unknown)
}

/// azurerm_linux_virtual_machine_scale_set documentation, "upgrade_mode" and "rolling_upgrade_policy".
fn rolling(set: &Value, _: &Value) -> Option<String> {
    let policy = set.get("rolling_upgrade_policy").is_some_and(is_written);
    match set.get("upgrade_mode") {
        Some(Value::Unknown) => None,
        Some(Value::Text(mode)) if mode != "Manual" => {
            if mode == "Rolling" && !policy {
                return Some(
                    "a `rolling_upgrade_policy` block must be specified when `upgrade_mode` is `Rolling`."
                        .to_owned(),
                );
            }
            (!health_source(set)).then(|| {
                format!("`health_probe_id` or an extension of type `ApplicationHealthLinux` must be set when `upgrade_mode` is `{mode}`.")
            })
        }
        _ => policy.then(|| {
            "a `rolling_upgrade_policy` block cannot be specified when `upgrade_mode` is `Manual`.".to_owned()
        }),
    }
}

fn repair(set: &Value, _: &Value) -> Option<String> {
    let on = set.first("automatic_instance_repair")?.get("enabled") == Some(&Value::Bool(true));
    (on && !health_source(set)).then(|| {
        "`automatic_instance_repair` needs `health_probe_id` or an extension of type `ApplicationHealthLinux`.".to_owned()
    })
}

/// learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-health-extension, "Rich health
/// states": version 2.0 expects JSON in the body, but Coder's /healthz answers OK.
fn health_state(set: &Value, _: &Value) -> Option<String> {
    let extension = health_extension(set)?;
    if set.get("health_probe_id").is_some_and(is_written) {
        return Some(
            "an extension of type ApplicationHealthLinux and health_probe_id exclude each other.".to_owned(),
        );
    }
    let rich = extension.text("type_handler_version")?.starts_with('2');
    let plain = extension.text("settings")?.contains("/healthz");
    (rich && plain).then(|| {
        "ApplicationHealthLinux 2.0 expects a JSON state in the body, and /healthz has none: set type_handler_version to 1.0."
            .to_owned()
    })
}

/// learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-use-availability-zones.
fn zones(set: &Value, _: &Value) -> Option<String> {
    let zones = set.get("zones").map(Value::items).unwrap_or_default();
    if zones.is_empty()
        && set.get("zones") != Some(&Value::Unknown)
        && set.get("zone_balance") == Some(&Value::Bool(true))
    {
        return Some("`zone_balance` can only be set to `true` when zones are specified.".to_owned());
    }
    let location = set.text("location")?;
    if !zones.is_empty() && azure_regions::zones(location).is_empty() {
        return Some(format!("{location} has no zones."));
    }
    let domains = set.get("platform_fault_domain_count")?.as_f64()?;
    (!zones.is_empty() && domains != 1.0 && domains != 5.0)
        .then(|| format!("platform_fault_domain_count of a zonal scale set is 1 or 5, not {domains}."))
}

fn ephemeral(disk: &Value, _: &Value) -> Option<String> {
    let local = disk.get("diff_disk_settings").is_some_and(is_written);
    let caching = disk.text("caching")?;
    (local && caching != "ReadOnly")
        .then(|| "`diff_disk_settings` can only be set when `caching` is `ReadOnly`.".to_owned())
}
