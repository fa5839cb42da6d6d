//! Rules of Azure Kubernetes Service: clusters and node pools.
//! Each row names the provider's argument documentation or the part of Azure's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{ExactlyOneOf, Judge, OneOf, Pattern, Range};
use super::{Rule, is_given, is_written};

const PROVIDER: &str = "azurerm provider 5.2 argument reference";
const API: &str = "Azure refuses it only in the apply; Azure Kubernetes Service reference";

const CLUSTER: &[&str] = &["azurerm_kubernetes_cluster"];
const POOL: &[&str] = &["azurerm_kubernetes_cluster_node_pool"];

const NAME: super::Check =
    Pattern("^[a-z][a-z0-9]{0,11}$", "at most 12 lower-case letters and digits, beginning with a letter");
const SURGE: super::Check = Pattern("^[0-9]+%?$", "a number or a percentage such as 10%");
const OS: super::Check =
    OneOf(&["AzureLinux", "AzureLinux3", "Ubuntu", "Ubuntu2204", "Ubuntu2404", "Windows2019", "Windows2022"]);
const DISKS: super::Check = OneOf(&["Ephemeral", "Managed"]);
const PODS: super::Check = Range(10.0, 250.0);

const fn cluster(path: &'static str, check: super::Check) -> Rule {
    Rule { types: CLUSTER, path, check, source: PROVIDER }
}

const fn pool(path: &'static str, check: super::Check) -> Rule {
    Rule { types: POOL, path, check, source: PROVIDER }
}

const fn api(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: API }
}

/// The table.
pub const RULES: &[Rule] = &[
    cluster(
        "name",
        Pattern("^[0-9A-Za-z]([0-9A-Za-z_-]{0,61}[0-9A-Za-z])?$", "at most 63 letters, digits, _ and -"),
    ),
    cluster(
        "dns_prefix",
        Pattern(
            "^[0-9A-Za-z]([0-9A-Za-z-]{0,52}[0-9A-Za-z])?$",
            "at most 54 letters, digits and inner hyphens",
        ),
    ),
    cluster("", ExactlyOneOf(&["dns_prefix", "dns_prefix_private_cluster"])),
    cluster("", ExactlyOneOf(&["identity", "service_principal"])),
    cluster("sku_tier", OneOf(&["Free", "Premium", "Standard"])),
    cluster("automatic_upgrade_channel", OneOf(&["node-image", "patch", "rapid", "stable"])),
    cluster("node_os_upgrade_channel", OneOf(&["NodeImage", "None", "SecurityPatch", "Unmanaged"])),
    cluster("identity.type", OneOf(&["SystemAssigned", "UserAssigned"])),
    cluster("node_provisioning_profile.mode", OneOf(&["Auto", "Manual"])),
    cluster("network_profile.network_plugin", OneOf(&["azure", "kubenet", "none"])),
    cluster("network_profile.network_plugin_mode", OneOf(&["overlay"])),
    cluster("network_profile.network_policy", OneOf(&["azure", "calico", "cilium"])),
    cluster("network_profile.network_data_plane", OneOf(&["azure", "cilium"])),
    cluster("network_profile.load_balancer_sku", OneOf(&["basic", "standard"])),
    cluster(
        "network_profile.outbound_type",
        OneOf(&["loadBalancer", "managedNATGateway", "none", "userAssignedNATGateway", "userDefinedRouting"]),
    ),
    cluster("network_profile", Judge(network)),
    cluster("maintenance_window_auto_upgrade.duration", Range(4.0, 24.0)),
    cluster("maintenance_window_node_os.duration", Range(4.0, 24.0)),
    cluster(
        "maintenance_window_auto_upgrade.frequency",
        OneOf(&["AbsoluteMonthly", "RelativeMonthly", "Weekly"]),
    ),
    cluster(
        "maintenance_window_node_os.frequency",
        OneOf(&["AbsoluteMonthly", "Daily", "RelativeMonthly", "Weekly"]),
    ),
    cluster("kubernetes_version", Pattern(r"^1\.[0-9]{2}(\.[0-9]+)?$", "a version such as 1.33 or 1.33.3")),
    cluster("default_node_pool.name", NAME),
    cluster("default_node_pool.temporary_name_for_rotation", NAME),
    cluster("default_node_pool.os_sku", OS),
    cluster("default_node_pool.os_disk_type", DISKS),
    cluster("default_node_pool.upgrade_settings.max_surge", SURGE),
    api(CLUSTER, "default_node_pool.max_pods", PODS),
    api(CLUSTER, "default_node_pool", Judge(counts)),
    api(CLUSTER, "", Judge(workload_identity)),
    api(CLUSTER, "", Judge(channels)),
    api(CLUSTER, "", Judge(accounts)),
    api(CLUSTER, "", Judge(private)),
    pool("name", NAME),
    pool("temporary_name_for_rotation", NAME),
    pool("mode", OneOf(&["System", "User"])),
    pool("priority", OneOf(&["Regular", "Spot"])),
    pool("os_type", OneOf(&["Linux", "Windows"])),
    pool("os_sku", OS),
    pool("os_disk_type", DISKS),
    pool("upgrade_settings.max_surge", SURGE),
    pool("", Judge(taints)),
    api(POOL, "max_pods", PODS),
    api(POOL, "", Judge(counts)),
];

/// azurerm_kubernetes_cluster documentation, "network_profile".
fn network(profile: &Value, _: &Value) -> Option<String> {
    let written = |name: &str| profile.get(name).is_some_and(is_written);
    let text = |name: &str| profile.text(name);
    if ["network_plugin", "network_plugin_mode"].iter().any(|name| profile.get(name) == Some(&Value::Unknown))
    {
        return None;
    }
    let overlay = text("network_plugin_mode") == Some("overlay");
    if written("pod_cidr") && text("network_plugin") == Some("azure") && !overlay {
        return Some(
            "`pod_cidr` with network_plugin `azure` needs network_plugin_mode `overlay`.".to_owned(),
        );
    }
    if written("service_cidr") != written("dns_service_ip") {
        return Some("`service_cidr` and `dns_service_ip` must be set together.".to_owned());
    }
    let cilium = text("network_data_plane") == Some("cilium");
    if text("network_policy") == Some("cilium")
        && !cilium
        && profile.get("network_data_plane") != Some(&Value::Unknown)
    {
        return Some("network_policy `cilium` needs network_data_plane `cilium`.".to_owned());
    }
    if cilium && text("network_policy").is_some_and(|policy| policy != "cilium") {
        return Some("network_data_plane `cilium` needs network_policy `cilium`.".to_owned());
    }
    (overlay && text("network_plugin") != Some("azure"))
        .then(|| "network_plugin_mode `overlay` needs network_plugin `azure`.".to_owned())
}

/// Agent pools API: limits come with autoscaling, and the least is not above the most.
fn counts(pool: &Value, _: &Value) -> Option<String> {
    let auto = pool.get("auto_scaling_enabled");
    if auto == Some(&Value::Unknown) {
        return None;
    }
    let limit = ["min_count", "max_count"];
    if auto == Some(&Value::Bool(true)) {
        let missing = limit.into_iter().find(|name| !pool.get(name).is_some_and(is_written));
        if let Some(name) = missing {
            return Some(format!("`{name}` must be configured when `auto_scaling_enabled` is `true`."));
        }
    } else if let Some(name) = limit.into_iter().find(|name| pool.get(name).is_some_and(is_given)) {
        return Some(format!("`{name}` cannot be set unless `auto_scaling_enabled` is `true`."));
    }
    let number = |name: &str| pool.get(name).and_then(Value::as_f64);
    let (least, most) = (number("min_count")?, number("max_count")?);
    if least > most {
        return Some(format!("`min_count`, {least}, must not be above `max_count`, {most}."));
    }
    let count = number("node_count")?;
    (!(least..=most).contains(&count))
        .then(|| format!("`node_count`, {count}, must be between `min_count` and `max_count`."))
}

fn workload_identity(cluster: &Value, _: &Value) -> Option<String> {
    let on = |name: &str| cluster.get(name);
    (on("workload_identity_enabled") == Some(&Value::Bool(true))
        && on("oidc_issuer_enabled") == Some(&Value::Bool(false)))
    .then(|| "`workload_identity_enabled` needs `oidc_issuer_enabled`.".to_owned())
}

/// learn.microsoft.com/azure/aks/auto-upgrade-node-os-image: one channel for the images of nodes.
fn channels(cluster: &Value, _: &Value) -> Option<String> {
    let images = cluster.text("automatic_upgrade_channel") == Some("node-image");
    let nodes = cluster.text("node_os_upgrade_channel")?;
    (images && nodes != "NodeImage").then(|| {
        "`node_os_upgrade_channel` must be `NodeImage` when `automatic_upgrade_channel` is `node-image`."
            .to_owned()
    })
}

/// learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad: without local accounts Entra ID must let in.
fn accounts(cluster: &Value, _: &Value) -> Option<String> {
    let entra = cluster.get("azure_active_directory_role_based_access_control");
    let without = cluster.get("local_account_disabled") == Some(&Value::Bool(true));
    if without && !entra.is_some_and(is_written) {
        return Some(
            "`local_account_disabled` needs an `azure_active_directory_role_based_access_control` block."
                .to_owned(),
        );
    }
    let block = entra?.items().first()?;
    let roles = matches!(block.get("azure_rbac_enabled"), Some(Value::Bool(true) | Value::Unknown));
    let groups = block.get("admin_group_object_ids").is_some_and(is_written);
    (without && !roles && !groups)
        .then(|| "without local accounts, set `azure_rbac_enabled` or `admin_group_object_ids`: nobody could enter.".to_owned())
}

fn private(cluster: &Value, _: &Value) -> Option<String> {
    let closed = cluster.get("private_cluster_enabled") == Some(&Value::Bool(true));
    let ranges =
        cluster.first("api_server_access_profile").and_then(|profile| profile.get("authorized_ip_ranges"));
    (closed && ranges.is_some_and(is_given))
        .then(|| "`authorized_ip_ranges` cannot be set for a private cluster.".to_owned())
}

fn taints(pool: &Value, _: &Value) -> Option<String> {
    let taints = pool.get("node_taints").map(Value::items).unwrap_or_default();
    let effects = [":NoSchedule", ":PreferNoSchedule", ":NoExecute"];
    let wrong = taints
        .iter()
        .filter_map(Value::as_str)
        .find(|taint| !effects.iter().any(|effect| taint.ends_with(effect)))?;
    Some(format!("the taint {wrong:?} must be written key=value:Effect, with an effect such as NoSchedule."))
}
