//! Rules of Google Kubernetes Engine: clusters and node pools.
//! Each row names the provider's argument documentation or the part of Google's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{Conflicts, EachOneOf, Judge, Labels, OneOf, Pattern, Range};
use super::Rule;
use super::machines::disk_mismatch;

const API: &str = "Kubernetes Engine API reference";
const PROVIDER: &str = "google provider 8 argument reference";
const PITFALL: &str = "Google refuses it only in the apply";

const CLUSTER: &[&str] = &["google_container_cluster"];
const POOL: &[&str] = &["google_container_node_pool"];
const BOTH: &[&str] = &["google_container_cluster", "google_container_node_pool"];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn pitfall(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PITFALL }
}

/// The table.
pub const RULES: &[Rule] = &[
    Rule {
        types: BOTH,
        path: "name",
        check: Pattern(
            "^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$",
            "at most 40 lower-case letters, digits and hyphens, beginning with a letter",
        ),
        source: API,
    },
    Rule { types: CLUSTER, path: "resource_labels", check: Labels, source: API },
    Rule { types: BOTH, path: "node_config.resource_labels", check: Labels, source: API },
    // Clusters.
    rule(
        CLUSTER,
        "release_channel.channel",
        OneOf(&["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"]),
    ),
    rule(
        CLUSTER,
        "datapath_provider",
        OneOf(&["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"]),
    ),
    rule(CLUSTER, "networking_mode", OneOf(&["VPC_NATIVE", "ROUTES"])),
    rule(CLUSTER, "ip_allocation_policy.stack_type", OneOf(&["IPV4", "IPV4_IPV6"])),
    rule(
        CLUSTER,
        "private_cluster_config.master_ipv4_cidr_block",
        Pattern(r"^[0-9.]+/28$", "a /28 range such as 172.16.0.0/28"),
    ),
    rule(
        CLUSTER,
        "workload_identity_config.workload_pool",
        Pattern(r"\.svc\.id\.goog$", "PROJECT.svc.id.goog"),
    ),
    rule(
        CLUSTER,
        "logging_config.enable_components",
        EachOneOf(&[
            "SYSTEM_COMPONENTS",
            "APISERVER",
            "CONTROLLER_MANAGER",
            "KCP_CONNECTION",
            "KCP_SSHD",
            "KCP_HPA",
            "SCHEDULER",
            "WORKLOADS",
        ]),
    ),
    rule(
        CLUSTER,
        "maintenance_policy.recurring_window.recurrence",
        Pattern(
            "^(RRULE:)?FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)",
            "an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=SA,SU",
        ),
    ),
    rule(
        CLUSTER,
        "maintenance_policy.recurring_window.start_time",
        Pattern(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$", "an RFC 3339 time"),
    ),
    rule(
        CLUSTER,
        "maintenance_policy.recurring_window.end_time",
        Pattern(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$", "an RFC 3339 time"),
    ),
    pitfall(CLUSTER, "", Judge(first_pool)),
    pitfall(CLUSTER, "", Judge(network_policy)),
    pitfall(CLUSTER, "default_max_pods_per_node", Range(8.0, 256.0)),
    // Node pools.
    pitfall(POOL, "max_pods_per_node", Range(8.0, 256.0)),
    rule(POOL, "autoscaling.location_policy", OneOf(&["BALANCED", "ANY"])),
    pitfall(POOL, "autoscaling.min_node_count", Conflicts(&["total_min_node_count", "total_max_node_count"])),
    pitfall(POOL, "autoscaling.max_node_count", Conflicts(&["total_min_node_count", "total_max_node_count"])),
    pitfall(POOL, "autoscaling", Judge(limits)),
    pitfall(POOL, "", Judge(initial_count)),
    rule(POOL, "node_count", Conflicts(&["autoscaling"])),
    rule(POOL, "upgrade_settings.strategy", OneOf(&["SURGE", "BLUE_GREEN", "SHORT_LIVED"])),
    pitfall(POOL, "upgrade_settings", Judge(surge)),
    // Nodes of both.
    pitfall(BOTH, "node_config", Judge(node_disk)),
    rule(BOTH, "node_config.disk_size_gb", Range(10.0, 65536.0)),
    rule(
        BOTH,
        "node_config.image_type",
        OneOf(&["COS_CONTAINERD", "UBUNTU_CONTAINERD", "WINDOWS_LTSC_CONTAINERD", "WINDOWS_SAC_CONTAINERD"]),
    ),
    rule(
        BOTH,
        "node_config.workload_metadata_config.mode",
        OneOf(&["MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"]),
    ),
    rule(BOTH, "node_config.taint.effect", OneOf(&["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"])),
    rule(
        BOTH,
        "node_config.machine_type",
        Pattern("^[a-z][a-z0-9]*-[a-z0-9-]+$", "a machine type such as n4-standard-8"),
    ),
];

/// google_container_cluster documentation, "initial_node_count" and "remove_default_node_pool".
fn first_pool(cluster: &Value, _: &Value) -> Option<String> {
    let get = |name: &str| cluster.get(name).unwrap_or(&Value::Null);
    if get("remove_default_node_pool") == &Value::Bool(true) && get("node_version").is_set() {
        return Some(
            "node_version can only be specified if remove_default_node_pool is not true.".to_owned(),
        );
    }
    let pools = get("node_pool").items();
    let automatic = get("enable_autopilot") == &Value::Bool(true);
    let count = get("initial_node_count");
    let none = count.is_null() || count.as_f64() == Some(0.0);
    (none && pools.is_empty() && !automatic).then(|| {
        "Cluster.initial_node_count must be greater than zero: a cluster without node_pool blocks starts with a \
         default pool."
            .to_owned()
    })
}

/// cloud.google.com/kubernetes-engine/docs/how-to/dataplane-v2: it replaces the network policy add-on.
fn network_policy(cluster: &Value, _: &Value) -> Option<String> {
    let path = cluster.get("datapath_provider")?.as_str()?;
    let policy = cluster.get("network_policy")?.items().first()?;
    (path == "ADVANCED_DATAPATH" && policy.get("enabled") == Some(&Value::Bool(true))).then(|| {
        "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed."
            .to_owned()
    })
}

fn limits(autoscaling: &Value, _: &Value) -> Option<String> {
    for (least, most) in
        [("min_node_count", "max_node_count"), ("total_min_node_count", "total_max_node_count")]
    {
        let number = |name: &str| autoscaling.get(name).and_then(Value::as_f64);
        if let (Some(a), Some(b)) = (number(least), number(most))
            && a > b
        {
            return Some(format!("{least}, {a}, is above {most}, {b}."));
        }
    }
    None
}

/// google_container_node_pool documentation: "initial_node_count … in regional … the number of nodes per zone".
fn initial_count(pool: &Value, _: &Value) -> Option<String> {
    let initial = pool.get("initial_node_count")?.as_f64()?;
    let autoscaling = pool.get("autoscaling")?.items().first()?;
    let most = autoscaling.get("total_max_node_count")?.as_f64()?;
    let zones = match pool.get("node_locations") {
        Some(Value::List(zones)) if !zones.is_empty() => zones.len(),
        // Unknown, or the cluster's: one at least.
        _ => 1,
    };
    #[allow(clippy::cast_precision_loss)]
    let nodes = initial * zones as f64;
    (nodes > most).then(|| {
        format!("initial_node_count, {initial} in each of {zones} zones, is more than total_max_node_count, {most}.")
    })
}

fn surge(settings: &Value, _: &Value) -> Option<String> {
    let number = |name: &str| settings.get(name).and_then(Value::as_f64);
    (number("max_surge") == Some(0.0) && number("max_unavailable") == Some(0.0))
        .then(|| "max_surge and max_unavailable must not both be 0.".to_owned())
}

fn node_disk(node: &Value, _: &Value) -> Option<String> {
    disk_mismatch(node.get("machine_type")?.as_str()?, node.get("disk_type")?.as_str()?)
}
