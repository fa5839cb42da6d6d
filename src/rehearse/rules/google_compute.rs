//! Rules of Google Compute Engine: names, machines, groups, load balancer.
//! Each row names the provider's argument documentation or the part of Google's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{Conflicts, ExactlyOneOf, Judge, Labels, Length, OneOf, Pattern, Range};
use super::Rule;
use super::machines::disk_mismatch;

const API: &str = "Compute Engine API reference";
const PROVIDER: &str = "google provider 8 argument reference";
const PITFALL: &str = "Google refuses it only in the apply";

/// RFC 1035, which every Compute Engine name follows.
const NAME: (&str, &str) = (
    "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
    "1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending in a hyphen",
);

const TEMPLATES: &[&str] = &["google_compute_instance_template", "google_compute_region_instance_template"];
const GROUP: &[&str] = &["google_compute_region_instance_group_manager"];
const HEALTH_CHECKS: &[&str] = &["google_compute_health_check", "google_compute_region_health_check"];
const BACKEND: &[&str] = &["google_compute_backend_service", "google_compute_region_backend_service"];
const SSL_POLICY: &[&str] = &["google_compute_ssl_policy", "google_compute_region_ssl_policy"];
const URL_MAP: &[&str] = &["google_compute_url_map", "google_compute_region_url_map"];
const REGION_ARMOR: &[&str] = &["google_compute_region_security_policy"];
const FRONT: &[&str] = &["google_compute_global_forwarding_rule", "google_compute_forwarding_rule"];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn api(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: API }
}

const fn pitfall(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PITFALL }
}

/// The table.
pub const RULES: &[Rule] = &[
    // Names and labels.
    rule(
        &[
            "google_compute_address",
            "google_compute_backend_service",
            "google_compute_firewall",
            "google_compute_forwarding_rule",
            "google_compute_global_address",
            "google_compute_global_forwarding_rule",
            "google_compute_health_check",
            "google_compute_instance",
            "google_compute_instance_template",
            "google_compute_managed_ssl_certificate",
            "google_compute_network",
            "google_compute_region_autoscaler",
            "google_compute_region_backend_service",
            "google_compute_region_health_check",
            "google_compute_region_instance_group_manager",
            "google_compute_region_instance_template",
            "google_compute_region_security_policy",
            "google_compute_region_ssl_policy",
            "google_compute_region_target_http_proxy",
            "google_compute_region_target_https_proxy",
            "google_compute_region_url_map",
            "google_compute_router",
            "google_compute_router_nat",
            "google_compute_security_policy",
            "google_compute_ssl_policy",
            "google_compute_subnetwork",
            "google_compute_target_http_proxy",
            "google_compute_target_https_proxy",
            "google_compute_url_map",
        ],
        "name",
        Pattern(NAME.0, NAME.1),
    ),
    rule(TEMPLATES, "name_prefix", Length(1, 54)),
    rule(TEMPLATES, "name_prefix", Pattern("^[a-z][-a-z0-9]*$", "lower-case letters, digits and hyphens")),
    rule(GROUP, "base_instance_name", Length(1, 58)),
    api(
        &[
            "google_compute_address",
            "google_compute_global_address",
            "google_compute_global_forwarding_rule",
            "google_compute_instance",
            "google_compute_instance_template",
            "google_compute_region_instance_template",
            "google_compute_security_policy",
        ],
        "labels",
        Labels,
    ),
    api(TEMPLATES, "disk.labels", Labels),
    // Machines.
    rule(
        TEMPLATES,
        "machine_type",
        Pattern("^[a-z][a-z0-9]*-[a-z0-9-]+$", "a machine type such as n4-standard-2"),
    ),
    pitfall(TEMPLATES, "", Judge(template_disks)),
    pitfall(TEMPLATES, "disk", Judge(provisioned_performance)),
    rule(TEMPLATES, "network_interface.nic_type", OneOf(&["GVNIC", "VIRTIO_NET", "IDPF", "MRDMA", "IRDMA"])),
    rule(TEMPLATES, "disk.disk_size_gb", Range(1.0, 65536.0)),
    rule(TEMPLATES, "disk.type", OneOf(&["PERSISTENT", "SCRATCH"])),
    // Managed instance groups.
    rule(GROUP, "update_policy.type", OneOf(&["PROACTIVE", "OPPORTUNISTIC"])),
    rule(GROUP, "update_policy.minimal_action", OneOf(&["NONE", "REFRESH", "RESTART", "REPLACE"])),
    rule(
        GROUP,
        "update_policy.most_disruptive_allowed_action",
        OneOf(&["NONE", "REFRESH", "RESTART", "REPLACE"]),
    ),
    rule(GROUP, "update_policy.replacement_method", OneOf(&["SUBSTITUTE", "RECREATE"])),
    rule(GROUP, "update_policy.instance_redistribution_type", OneOf(&["PROACTIVE", "NONE"])),
    rule(GROUP, "update_policy.max_surge_fixed", Conflicts(&["max_surge_percent"])),
    rule(GROUP, "update_policy.max_unavailable_fixed", Conflicts(&["max_unavailable_percent"])),
    rule(GROUP, "distribution_policy_target_shape", OneOf(&["ANY", "BALANCED", "EVEN", "ANY_SINGLE_ZONE"])),
    pitfall(GROUP, "update_policy", Judge(rollout)),
    pitfall(GROUP, "", Judge(redistribution)),
    rule(GROUP, "auto_healing_policies.initial_delay_sec", Range(0.0, 3600.0)),
    rule(GROUP, "named_port.port", Range(1.0, 65535.0)),
    rule(
        &["google_compute_region_autoscaler"],
        "autoscaling_policy.mode",
        OneOf(&["OFF", "ONLY_UP", "ONLY_SCALE_OUT", "ON"]),
    ),
    pitfall(&["google_compute_region_autoscaler"], "autoscaling_policy", Judge(replicas)),
    // Health checks.
    rule(
        HEALTH_CHECKS,
        "",
        ExactlyOneOf(&[
            "grpc_health_check",
            "grpc_tls_health_check",
            "http_health_check",
            "https_health_check",
            "http2_health_check",
            "ssl_health_check",
            "tcp_health_check",
        ]),
    ),
    pitfall(HEALTH_CHECKS, "", Judge(probe_timing)),
    api(HEALTH_CHECKS, "check_interval_sec", Range(1.0, 300.0)),
    api(HEALTH_CHECKS, "timeout_sec", Range(1.0, 300.0)),
    api(HEALTH_CHECKS, "healthy_threshold", Range(1.0, 10.0)),
    api(HEALTH_CHECKS, "unhealthy_threshold", Range(1.0, 10.0)),
    api(HEALTH_CHECKS, "http_health_check.port", Range(1.0, 65535.0)),
    // Load balancer.
    rule(
        BACKEND,
        "load_balancing_scheme",
        OneOf(&["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_SELF_MANAGED", "INTERNAL_MANAGED"]),
    ),
    rule(
        BACKEND,
        "protocol",
        OneOf(&["HTTP", "HTTPS", "HTTP2", "TCP", "SSL", "UDP", "GRPC", "UNSPECIFIED", "H2C"]),
    ),
    rule(
        BACKEND,
        "session_affinity",
        OneOf(&[
            "NONE",
            "CLIENT_IP",
            "CLIENT_IP_PORT_PROTO",
            "CLIENT_IP_PROTO",
            "GENERATED_COOKIE",
            "HEADER_FIELD",
            "HTTP_COOKIE",
            "STRONG_COOKIE_AFFINITY",
        ]),
    ),
    rule(
        BACKEND,
        "backend.balancing_mode",
        OneOf(&["UTILIZATION", "RATE", "CONNECTION", "CUSTOM_METRICS", "IN_FLIGHT"]),
    ),
    api(BACKEND, "connection_draining_timeout_sec", Range(0.0, 3600.0)),
    api(BACKEND, "timeout_sec", Range(1.0, 2_147_483_647.0)),
    api(BACKEND, "backend.max_utilization", Range(0.0, 1.0)),
    api(BACKEND, "backend.capacity_scaler", Range(0.0, 1.0)),
    api(BACKEND, "log_config.sample_rate", Range(0.0, 1.0)),
    api(BACKEND, "health_checks", Length(0, 1)),
    rule(
        FRONT,
        "load_balancing_scheme",
        OneOf(&["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"]),
    ),
    rule(FRONT, "ip_protocol", OneOf(&["TCP", "UDP", "ESP", "AH", "SCTP", "ICMP"])),
    rule(FRONT, "port_range", Pattern("^[0-9]+(-[0-9]+)?$", "a port or two ports with a hyphen")),
    rule(SSL_POLICY, "profile", OneOf(&["COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"])),
    rule(SSL_POLICY, "min_tls_version", OneOf(&["TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"])),
    rule(&["google_compute_target_https_proxy"], "quic_override", OneOf(&["NONE", "ENABLE", "DISABLE"])),
    pitfall(
        &["google_compute_target_https_proxy"],
        "certificate_map",
        Pattern(
            "^//certificatemanager.googleapis.com/",
            "the map's id behind //certificatemanager.googleapis.com/",
        ),
    ),
    rule(URL_MAP, "default_service", Conflicts(&["default_url_redirect"])),
    rule(
        URL_MAP,
        "default_url_redirect.redirect_response_code",
        OneOf(&[
            "FOUND",
            "MOVED_PERMANENTLY_DEFAULT",
            "PERMANENT_REDIRECT",
            "SEE_OTHER",
            "TEMPORARY_REDIRECT",
        ]),
    ),
    pitfall(&["google_compute_managed_ssl_certificate"], "managed", Judge(classic_wildcard)),
    // Cloud Armor.
    rule(
        &["google_compute_security_policy"],
        "type",
        OneOf(&["CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_INTERNAL_SERVICE"]),
    ),
    api(&["google_compute_security_policy"], "rule.match.config.src_ip_ranges", Length(1, 10)),
    rule(&["google_compute_security_policy"], "rule.match.versioned_expr", OneOf(&["SRC_IPS_V1"])),
    rule(
        &["google_compute_security_policy"],
        "rule.action",
        Pattern(
            r"^(allow|deny(\((403|404|502)\))?|rate_based_ban|redirect|throttle)$",
            "allow, deny(403) or the like",
        ),
    ),
    api(&["google_compute_security_policy"], "", Judge(armor_priorities)),
    rule(REGION_ARMOR, "type", OneOf(&["CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_NETWORK"])),
    api(REGION_ARMOR, "rules.match.config.src_ip_ranges", Length(1, 10)),
];

/// cloud.google.com/compute/docs/disks/hyperdisks, "Machine series support".
fn template_disks(template: &Value, _: &Value) -> Option<String> {
    let machine = template.get("machine_type")?.as_str()?;
    let disks = template.get("disk").map(Value::items).unwrap_or_default();
    disks.iter().find_map(|disk| disk_mismatch(machine, disk.get("disk_type")?.as_str()?))
}

fn provisioned_performance(disk: &Value, _: &Value) -> Option<String> {
    let kind = disk.get("disk_type")?.as_str()?;
    let asked = ["provisioned_iops", "provisioned_throughput"];
    let asked = asked.iter().find(|name| disk.get(name).is_some_and(Value::is_set))?;
    (kind.starts_with("pd-") && kind != "pd-extreme")
        .then(|| format!("{asked} cannot be set for a disk of type {kind}: only Hyperdisk takes it."))
}

/// cloud.google.com/compute/docs/instance-groups/updating-migs, "Maximum surge".
fn rollout(policy: &Value, group: &Value) -> Option<String> {
    let zones = match group.get("distribution_policy_zones") {
        Some(Value::Unknown) => return None,
        Some(Value::List(zones)) if !zones.is_empty() => zones.len(),
        _ => 3,
    };
    let number = |name: &str| policy.get(name).and_then(Value::as_f64);
    #[allow(clippy::cast_precision_loss)]
    for name in ["max_surge_fixed", "max_unavailable_fixed"] {
        if let Some(count) = number(name)
            && count != 0.0
            && count < zones as f64
        {
            return Some(format!(
                "{name} must be 0 or at least the number of zones of a regional group, {zones}, but is {count}."
            ));
        }
    }
    let none = |kind: &str| {
        number(&format!("{kind}_fixed")) == Some(0.0) || number(&format!("{kind}_percent")) == Some(0.0)
    };
    if none("max_surge") && none("max_unavailable") {
        return Some("Maximum surge and maximum unavailable must not both be 0.".to_owned());
    }
    let recreates = policy.get("replacement_method").and_then(Value::as_str) == Some("RECREATE");
    if recreates && !none("max_surge") {
        return Some("With replacement_method RECREATE, max_surge_fixed must be 0.".to_owned());
    }
    let percent = number("max_surge_percent").or(number("max_unavailable_percent"));
    let size = group.get("target_size").and_then(Value::as_f64)?;
    (percent.is_some() && size < 10.0)
        .then(|| format!("A percentage needs a group of at least 10 instances, but target_size is {size}."))
}

/// cloud.google.com/compute/docs/instance-groups/regional-mig-distribution-shape.
fn redistribution(group: &Value, _: &Value) -> Option<String> {
    let shape = group.get("distribution_policy_target_shape")?.as_str()?;
    let policy = group.get("update_policy")?.items().first()?;
    let proactive = policy.get("instance_redistribution_type")?.as_str()? == "PROACTIVE";
    (shape != "EVEN" && proactive)
        .then(|| format!("With target shape {shape}, instance_redistribution_type must be NONE."))
}

fn replicas(policy: &Value, _: &Value) -> Option<String> {
    let (least, most) = (policy.get("min_replicas")?.as_f64()?, policy.get("max_replicas")?.as_f64()?);
    (least > most).then(|| format!("min_replicas, {least}, is above max_replicas, {most}."))
}

fn probe_timing(check: &Value, _: &Value) -> Option<String> {
    let seconds = |name: &str| match check.get(name) {
        Some(Value::Unknown) => None,
        Some(value) if value.is_set() => value.as_f64(),
        // The provider's default of both.
        _ => Some(5.0),
    };
    let (timeout, interval) = (seconds("timeout_sec")?, seconds("check_interval_sec")?);
    (timeout > interval)
        .then(|| format!("timeout_sec, {timeout}, must not be above check_interval_sec, {interval}."))
}

/// google_compute_managed_ssl_certificate documentation: "Wildcard certificates are not supported".
fn classic_wildcard(managed: &Value, _: &Value) -> Option<String> {
    let domains = managed.get("domains")?.items();
    let star = domains.iter().filter_map(Value::as_str).find(|domain| domain.starts_with('*'))?;
    Some(format!("{star}: this kind of certificate takes no wildcard; use Certificate Manager."))
}

fn armor_priorities(policy: &Value, _: &Value) -> Option<String> {
    let rules = policy.get("rule")?.items();
    if rules.is_empty() {
        return None;
    }
    let mut priorities: Vec<f64> = rules.iter().filter_map(|rule| rule.get("priority")?.as_f64()).collect();
    if priorities.len() == rules.len() && !priorities.contains(&2_147_483_647.0) {
        return Some("A policy with rules must have the default rule, priority 2147483647.".to_owned());
    }
    priorities.sort_by(f64::total_cmp);
    let twice = priorities.windows(2).find(|pair| pair[0].total_cmp(&pair[1]).is_eq())?;
    Some(format!("Two rules have the priority {}.", twice[0]))
}
