//! Rules of AWS machines: launch templates and Auto Scaling groups.
//! Each row names the provider's argument documentation or the part of AWS's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{Conflicts, ExactlyOneOf, Judge, OneOf, Pattern, Range};
use super::{Rule, is_given};

const PROVIDER: &str = "aws provider 5.100 argument reference";
const EC2: &str = "AWS refuses it only in the apply; Amazon EC2 API reference";
const GROUPS: &str = "AWS refuses it only in the apply; Amazon EC2 Auto Scaling API reference";

const TEMPLATE: &[&str] = &["aws_launch_template"];
const GROUP: &[&str] = &["aws_autoscaling_group"];
const HOOK: &[&str] = &["aws_autoscaling_lifecycle_hook"];

/// The most that user data may have, decoded (EC2 user guide, "Run commands when you launch an EC2 instance").
const USER_DATA: usize = 16384;

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn ec2(path: &'static str, check: super::Check) -> Rule {
    Rule { types: TEMPLATE, path, check, source: EC2 }
}

const fn groups(path: &'static str, check: super::Check) -> Rule {
    Rule { types: GROUP, path, check, source: GROUPS }
}

/// The table.
pub const RULES: &[Rule] = &[
    rule(TEMPLATE, "name", Pattern(r"^[0-9A-Za-z().\-/_]{3,128}$", "3 to 128 letters, digits and ().-/_")),
    rule(
        TEMPLATE,
        "name_prefix",
        Pattern(r"^[0-9A-Za-z().\-/_]{3,102}$", "3 to 102 letters, digits and ().-/_"),
    ),
    rule(TEMPLATE, "name", Conflicts(&["name_prefix"])),
    rule(TEMPLATE, "metadata_options.http_tokens", OneOf(&["optional", "required"])),
    rule(TEMPLATE, "metadata_options.http_endpoint", OneOf(&["enabled", "disabled"])),
    rule(TEMPLATE, "metadata_options.http_put_response_hop_limit", Range(1.0, 64.0)),
    rule(TEMPLATE, "metadata_options.instance_metadata_tags", OneOf(&["enabled", "disabled"])),
    rule(
        TEMPLATE,
        "block_device_mappings.ebs.volume_type",
        OneOf(&["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"]),
    ),
    rule(TEMPLATE, "block_device_mappings.ebs.throughput", Range(125.0, 1000.0)),
    rule(TEMPLATE, "instance_initiated_shutdown_behavior", OneOf(&["stop", "terminate"])),
    ec2("block_device_mappings.ebs", Judge(volume)),
    ec2("", Judge(user_data)),
    ec2("", Judge(security_groups)),
    ec2("instance_type", Pattern(r"^[a-z0-9-]+\.[a-z0-9-]+$", "a type such as m5.large")),
    ec2(
        "image_id",
        Pattern("^(ami-[0-9a-f]{8,17}|resolve:ssm:.+)$", "an image such as ami-0123456789abcdef0"),
    ),
    // Groups.
    rule(GROUP, "name", Conflicts(&["name_prefix"])),
    rule(GROUP, "", ExactlyOneOf(&["launch_configuration", "launch_template", "mixed_instances_policy"])),
    rule(GROUP, "vpc_zone_identifier", Conflicts(&["availability_zones"])),
    rule(GROUP, "instance_refresh.strategy", OneOf(&["Rolling"])),
    rule(GROUP, "instance_refresh.preferences.min_healthy_percentage", Range(0.0, 100.0)),
    rule(GROUP, "instance_refresh.preferences.max_healthy_percentage", Range(100.0, 200.0)),
    rule(
        GROUP,
        "instance_refresh.preferences.scale_in_protected_instances",
        OneOf(&["Refresh", "Ignore", "Wait"]),
    ),
    rule(GROUP, "instance_refresh.preferences.standby_instances", OneOf(&["Terminate", "Ignore", "Wait"])),
    groups("", Judge(sizes)),
    groups("instance_refresh.preferences", Judge(refresh)),
    groups("instance_maintenance_policy", Judge(refresh)),
    groups("", Judge(rollback)),
    groups("health_check_type", OneOf(&["EC2", "ELB", "EBS", "VPC_LATTICE", "EC2,ELB"])),
    rule(HOOK, "heartbeat_timeout", Range(30.0, 7200.0)),
    rule(HOOK, "default_result", OneOf(&["CONTINUE", "ABANDON"])),
    rule(
        HOOK,
        "lifecycle_transition",
        OneOf(&["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"]),
    ),
];

/// The length of what `text` encodes; none when it is not base64.
fn decoded_length(text: &str) -> Option<usize> {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    let valid = text.len().is_multiple_of(4)
        && padding <= 2
        && data.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/');
    valid.then(|| text.len() / 4 * 3 - padding)
}

fn user_data(template: &Value, _: &Value) -> Option<String> {
    let text = template.text("user_data")?;
    match decoded_length(text) {
        None => Some("InvalidUserData.Malformed: Invalid BASE64 encoding of user data.".to_owned()),
        Some(length) => (length > USER_DATA)
            .then(|| format!("User data is limited to {USER_DATA} bytes, but has {length}.")),
    }
}

fn security_groups(template: &Value, _: &Value) -> Option<String> {
    let both = ["vpc_security_group_ids", "network_interfaces"]
        .iter()
        .all(|name| template.get(name).is_some_and(is_given));
    both.then(|| {
        "Network interfaces and an instance-level security groups may not be specified on the same request: put the \
         groups into network_interfaces."
            .to_owned()
    })
}

/// EC2 API, EbsBlockDevice: which volumes take iops and throughput.
fn volume(ebs: &Value, _: &Value) -> Option<String> {
    let kind = ebs.text("volume_type")?;
    let number = |name: &str| ebs.get(name).and_then(Value::as_f64);
    if kind != "gp3" && number("throughput").is_some_and(|throughput| throughput > 0.0) {
        return Some(format!("throughput cannot be given for a volume of type {kind}."));
    }
    let iops = number("iops").filter(|iops| *iops > 0.0)?;
    match kind {
        "gp3" => (!(3000.0..=16000.0).contains(&iops))
            .then(|| format!("iops of a gp3 volume are 3000 to 16000, not {iops}.")),
        "io1" | "io2" => None,
        _ => Some(format!("iops cannot be given for a volume of type {kind}.")),
    }
}

fn sizes(group: &Value, _: &Value) -> Option<String> {
    let number = |name: &str| group.get(name).and_then(Value::as_f64);
    let (least, most) = (number("min_size")?, number("max_size")?);
    if least > most {
        return Some(format!("Max bound, {most}, must be greater than or equal to min bound, {least}."));
    }
    let desired = number("desired_capacity")?;
    (!(least..=most).contains(&desired)).then(|| {
        format!(
            "Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}."
        )
    })
}

/// RefreshPreferences and InstanceMaintenancePolicy: at most 100 apart.
fn refresh(preferences: &Value, _: &Value) -> Option<String> {
    let number = |name: &str| preferences.get(name).and_then(Value::as_f64);
    let (least, most) = (number("min_healthy_percentage")?, number("max_healthy_percentage")?);
    (most - least > 100.0).then(|| {
        format!("max_healthy_percentage, {most}, and min_healthy_percentage, {least}, must not be more than 100 apart.")
    })
}

/// Auto Scaling user guide, "Undo changes with a rollback": from a numbered version of the launch template only.
fn rollback(group: &Value, _: &Value) -> Option<String> {
    let preferences = group.first("instance_refresh.preferences")?;
    let wanted = preferences.get("auto_rollback") == Some(&Value::Bool(true));
    let version = group.first("launch_template")?.text_or("version", "$Default")?;
    (wanted && version.starts_with('$'))
        .then(|| format!("auto_rollback needs a numbered version of the launch template, not {version}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_measured_decoded() {
        assert_eq!(decoded_length("IyEvYmluL3NoCg=="), Some(10));
        assert_eq!(decoded_length("#!/bin/sh"), None);
        assert_eq!(decoded_length("AAA"), None);
    }

    #[test]
    fn unknown_sizes_are_not_judged() {
        let group = |entries: &[(&str, Value)]| {
            Value::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
        };
        let unknown = group(&[("min_size", Value::Int(3)), ("max_size", Value::Unknown)]);
        assert_eq!(sizes(&unknown, &Value::Null), None);
    }
}
