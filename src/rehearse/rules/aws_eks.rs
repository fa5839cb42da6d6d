//! Rules of Amazon EKS: clusters, node groups, add-ons, access.
//! Each row names the provider's argument documentation or the part of AWS's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{Conflicts, EachOneOf, ExactlyOneOf, Judge, OneOf, Pattern, Range};
use super::{Rule, is_given, is_written};

const PROVIDER: &str = "aws provider 5.100 argument reference";
const API: &str = "AWS refuses it only in the apply; Amazon EKS API reference";

const CLUSTER: &[&str] = &["aws_eks_cluster"];
const NODES: &[&str] = &["aws_eks_node_group"];
const ADDON: &[&str] = &["aws_eks_addon"];
const ENTRY: &[&str] = &["aws_eks_access_entry"];
const ACCESS: &[&str] = &["aws_eks_access_policy_association"];
const OF_CLUSTER: &[&str] = &["aws_eks_node_group", "aws_eks_addon", "aws_eks_access_entry"];
const POD: &[&str] = &["aws_eks_pod_identity_association"];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn api(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: API }
}

/// The table.
pub const RULES: &[Rule] = &[
    rule(
        CLUSTER,
        "name",
        Pattern("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", "at most 100 letters, digits, _ and -"),
    ),
    rule(OF_CLUSTER, "cluster_name", Pattern("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", "the name of a cluster")),
    rule(
        CLUSTER,
        "enabled_cluster_log_types",
        EachOneOf(&["api", "audit", "authenticator", "controllerManager", "scheduler"]),
    ),
    rule(CLUSTER, "access_config.authentication_mode", OneOf(&["CONFIG_MAP", "API", "API_AND_CONFIG_MAP"])),
    rule(CLUSTER, "encryption_config.resources", EachOneOf(&["secrets"])),
    rule(CLUSTER, "upgrade_policy.support_type", OneOf(&["STANDARD", "EXTENDED"])),
    rule(CLUSTER, "kubernetes_network_config.ip_family", OneOf(&["ipv4", "ipv6"])),
    rule(CLUSTER, "kubernetes_network_config", Judge(service_range)),
    api(CLUSTER, "version", Pattern(r"^1\.[0-9]{2}$", "a minor version such as 1.33")),
    api(CLUSTER, "vpc_config", Judge(endpoints)),
    // Node groups.
    rule(
        NODES,
        "node_group_name",
        Pattern("^[0-9A-Za-z][0-9A-Za-z_-]{0,62}$", "at most 63 letters, digits, _ and -"),
    ),
    rule(
        NODES,
        "node_group_name_prefix",
        Pattern("^[0-9A-Za-z][0-9A-Za-z_-]{0,36}$", "at most 37 letters, digits, _ and -"),
    ),
    rule(NODES, "node_group_name", Conflicts(&["node_group_name_prefix"])),
    rule(NODES, "capacity_type", OneOf(&["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"])),
    rule(
        NODES,
        "ami_type",
        OneOf(&[
            "AL2_x86_64",
            "AL2_x86_64_GPU",
            "AL2_ARM_64",
            "CUSTOM",
            "BOTTLEROCKET_ARM_64",
            "BOTTLEROCKET_x86_64",
            "BOTTLEROCKET_ARM_64_FIPS",
            "BOTTLEROCKET_x86_64_FIPS",
            "BOTTLEROCKET_ARM_64_NVIDIA",
            "BOTTLEROCKET_x86_64_NVIDIA",
            "WINDOWS_CORE_2019_x86_64",
            "WINDOWS_FULL_2019_x86_64",
            "WINDOWS_CORE_2022_x86_64",
            "WINDOWS_FULL_2022_x86_64",
            "AL2023_x86_64_STANDARD",
            "AL2023_ARM_64_STANDARD",
            "AL2023_x86_64_NEURON",
            "AL2023_x86_64_NVIDIA",
            "AL2023_ARM_64_NVIDIA",
        ]),
    ),
    rule(NODES, "taint.effect", OneOf(&["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"])),
    rule(NODES, "update_config", ExactlyOneOf(&["max_unavailable", "max_unavailable_percentage"])),
    rule(NODES, "update_config.max_unavailable", Range(1.0, 100.0)),
    rule(NODES, "update_config.max_unavailable_percentage", Range(1.0, 100.0)),
    rule(NODES, "scaling_config.max_size", Range(1.0, 100_000.0)),
    rule(NODES, "scaling_config.min_size", Range(0.0, 100_000.0)),
    rule(NODES, "launch_template", ExactlyOneOf(&["id", "name"])),
    api(NODES, "scaling_config", Judge(sizes)),
    api(NODES, "", Judge(beside_template)),
    // Add-ons and access.
    rule(ADDON, "resolve_conflicts_on_create", OneOf(&["NONE", "OVERWRITE"])),
    rule(ADDON, "resolve_conflicts_on_update", OneOf(&["NONE", "OVERWRITE", "PRESERVE"])),
    rule(ADDON, "", Judge(configuration)),
    rule(
        ENTRY,
        "type",
        OneOf(&["EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "STANDARD"]),
    ),
    api(ENTRY, "", Judge(entry)),
    rule(ACCESS, "access_scope.type", OneOf(&["cluster", "namespace"])),
    api(
        ACCESS,
        "policy_arn",
        Pattern(
            "^arn:aws[a-z-]*:eks::aws:cluster-access-policy/[A-Za-z]+$",
            "arn:PARTITION:eks::aws:cluster-access-policy/NAME",
        ),
    ),
    api(ACCESS, "access_scope", Judge(scope)),
    api(POD, "namespace", Pattern("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", "the name of a namespace")),
    api(
        POD,
        "service_account",
        Pattern("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", "the name of a service account"),
    ),
];

/// aws_eks_cluster documentation, "service_ipv4_cidr": private, between /24 and /12.
fn service_range(network: &Value, _: &Value) -> Option<String> {
    let text = network.text("service_ipv4_cidr")?;
    let valid = text.split_once('/').is_some_and(|(address, bits)| {
        let private = address.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_private());
        private && bits.parse::<u8>().is_ok_and(|bits| (12..=24).contains(&bits))
    });
    (!valid).then(|| format!("service_ipv4_cidr {text:?} must be a private range between /24 and /12."))
}

/// VpcConfigRequest: some endpoint, public ranges, subnets in two zones.
fn endpoints(network: &Value, _: &Value) -> Option<String> {
    let off = |name: &str, default: bool| match network.get(name) {
        Some(Value::Bool(on)) => !on,
        Some(Value::Unknown) => false,
        _ => !default,
    };
    if off("endpoint_private_access", false) && off("endpoint_public_access", true) {
        return Some("Private and public endpoint access cannot be false at the same time.".to_owned());
    }
    let ranges = network.get("public_access_cidrs").map(Value::items).unwrap_or_default();
    let private = ranges.iter().filter_map(Value::as_str).find(|range| {
        let address = range.split('/').next().unwrap_or_default();
        address.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_private())
    });
    if let Some(range) = private {
        return Some(format!("The following CIDRs are not allowed in publicAccessCidrs: {range}."));
    }
    let subnets = network.get("subnet_ids")?.items();
    (subnets.len() == 1).then(|| "Subnets specified must be in at least two different AZs.".to_owned())
}

fn sizes(scaling: &Value, _: &Value) -> Option<String> {
    let number = |name: &str| scaling.get(name).and_then(Value::as_f64);
    let (least, most) = (number("min_size")?, number("max_size")?);
    if least > most {
        return Some(format!("Minimum capacity {least} can't be greater than maximum size {most}."));
    }
    let desired = number("desired_size")?;
    (!(least..=most).contains(&desired)).then(|| {
        format!("desired capacity {desired} must be between minimum size {least} and maximum size {most}.")
    })
}

/// CreateNodegroup, "launchTemplate": what stands in the template cannot stand beside it.
fn beside_template(nodes: &Value, _: &Value) -> Option<String> {
    if !nodes.get("launch_template").is_some_and(is_given) {
        return None;
    }
    let wrong =
        ["disk_size", "remote_access"].into_iter().find(|name| nodes.get(name).is_some_and(is_given))?;
    Some(format!("{wrong} cannot be specified with a launch template."))
}

/// aws_eks_addon documentation, "configuration_values": JSON, in which environment variables are strings.
fn configuration(addon: &Value, _: &Value) -> Option<String> {
    let text = addon.text("configuration_values")?;
    let values: serde_json::Value = match serde_json::from_str(text) {
        Ok(values) => values,
        Err(error) => return Some(format!("\"configuration_values\" contains an invalid JSON: {error}.")),
    };
    let (name, value) = values["env"].as_object()?.iter().find(|(_, value)| !value.is_string())?;
    Some(format!(
        "ConfigurationValue provided in request is not supported: Json schema validation failed with error: \
         [$.env.{name}: {value} found, string expected]."
    ))
}

/// CreateAccessEntry: a principal is a user or a role, and Kubernetes' own groups are not given away.
fn entry(entry: &Value, _: &Value) -> Option<String> {
    if let Some(arn) = entry.text("principal_arn")
        && arn.contains(":assumed-role/")
    {
        return Some(format!(
            "The principalArn parameter format is not valid: {arn} is the session of a role; name the role."
        ));
    }
    let groups = entry.get("kubernetes_groups").map(Value::items).unwrap_or_default();
    let reserved = groups.iter().filter_map(Value::as_str).find(|group| group.starts_with("system:"));
    if let Some(group) = reserved {
        return Some(format!("The kubernetes group name {group} is invalid, it cannot start with system:."));
    }
    let standard = entry.text_or("type", "STANDARD")? == "STANDARD";
    (!standard && groups.iter().any(is_written))
        .then(|| "kubernetes_groups are for access entries of type STANDARD.".to_owned())
}

fn scope(scope: &Value, _: &Value) -> Option<String> {
    let namespaces = scope.get("namespaces").is_some_and(is_written);
    match (scope.text("type")?, namespaces) {
        ("namespace", false) => Some("An access scope of type namespace needs namespaces.".to_owned()),
        ("cluster", true) => Some("An access scope of type cluster takes no namespaces.".to_owned()),
        _ => None,
    }
}
