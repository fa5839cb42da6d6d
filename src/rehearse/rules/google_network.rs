//! Rules of Google's networks: subnetworks, firewall, NAT, addresses.
//! Each row names the provider's argument documentation or the part of Google's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{Conflicts, ExactlyOneOf, Judge, OneOf, Range, RequiredWith};
use super::Rule;

const API: &str = "Compute Engine API reference";
const PROVIDER: &str = "google provider 8 argument reference";
const PITFALL: &str = "Google refuses it only in the apply";

const NAT: &[&str] = &["google_compute_router_nat"];
const FIREWALL: &[&str] = &["google_compute_firewall"];
const SUBNET: &[&str] = &["google_compute_subnetwork"];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn api(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: API }
}

/// The table.
pub const RULES: &[Rule] = &[
    rule(&["google_compute_network"], "routing_mode", OneOf(&["REGIONAL", "GLOBAL"])),
    rule(SUBNET, "stack_type", OneOf(&["IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"])),
    api(SUBNET, "", Judge(cidr)),
    api(SUBNET, "secondary_ip_range", Judge(cidr)),
    rule(
        SUBNET,
        "log_config.aggregation_interval",
        OneOf(&[
            "INTERVAL_5_SEC",
            "INTERVAL_30_SEC",
            "INTERVAL_1_MIN",
            "INTERVAL_5_MIN",
            "INTERVAL_10_MIN",
            "INTERVAL_15_MIN",
        ]),
    ),
    api(SUBNET, "log_config.flow_sampling", Range(0.0, 1.0)),
    rule(
        SUBNET,
        "log_config.metadata",
        OneOf(&["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"]),
    ),
    rule(FIREWALL, "direction", OneOf(&["INGRESS", "EGRESS"])),
    rule(FIREWALL, "priority", Range(0.0, 65535.0)),
    rule(FIREWALL, "", ExactlyOneOf(&["allow", "deny"])),
    rule(FIREWALL, "source_tags", Conflicts(&["source_service_accounts", "target_service_accounts"])),
    rule(FIREWALL, "target_tags", Conflicts(&["source_service_accounts", "target_service_accounts"])),
    rule(FIREWALL, "", Judge(firewall_source)),
    rule(FIREWALL, "log_config.metadata", OneOf(&["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"])),
    rule(NAT, "nat_ip_allocate_option", OneOf(&["MANUAL_ONLY", "AUTO_ONLY"])),
    rule(
        NAT,
        "source_subnetwork_ip_ranges_to_nat",
        OneOf(&[
            "ALL_SUBNETWORKS_ALL_IP_RANGES",
            "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
            "LIST_OF_SUBNETWORKS",
        ]),
    ),
    rule(NAT, "log_config.filter", OneOf(&["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"])),
    Rule { types: NAT, path: "", check: Judge(nat_ports), source: PITFALL },
    rule(
        &["google_compute_address", "google_compute_global_address"],
        "address_type",
        OneOf(&["EXTERNAL", "INTERNAL"]),
    ),
    rule(&["google_compute_global_address"], "purpose", OneOf(&["VPC_PEERING", "PRIVATE_SERVICE_CONNECT"])),
    rule(&["google_compute_global_address"], "purpose", RequiredWith(&["network", "address_type"])),
    api(&["google_compute_global_address"], "prefix_length", Range(8.0, 30.0)),
];

fn cidr(range: &Value, _: &Value) -> Option<String> {
    let text = range.get("ip_cidr_range")?.as_str()?;
    let valid = text.split_once('/').is_some_and(|(address, bits)| {
        let address = address.parse::<std::net::Ipv4Addr>().map(u32::from);
        let bits = bits.parse::<u32>().ok().filter(|bits| (4..=29).contains(bits));
        matches!((address, bits), (Ok(address), Some(bits)) if address << bits == 0)
    });
    (!valid).then(|| {
        format!("ip_cidr_range {text:?} must be an IPv4 range such as 10.0.0.0/24, from /4 to /29, without host bits.")
    })
}

fn firewall_source(rule: &Value, _: &Value) -> Option<String> {
    let sources = ["source_ranges", "source_tags", "source_service_accounts"];
    let written = |name: &&str| rule.get(name).is_some_and(super::is_written);
    let egress = rule.get("direction").and_then(Value::as_str) == Some("EGRESS");
    if egress {
        let source = sources.iter().find(|name| written(name))?;
        return Some(format!("{source} is for INGRESS rules only; an EGRESS rule has destination_ranges."));
    }
    if rule.get("direction") == Some(&Value::Unknown) {
        return None;
    }
    (!sources.iter().any(written))
        .then(|| format!("one of {} must be defined for an INGRESS rule.", sources.join(", ")))
}

/// cloud.google.com/nat/docs/ports-and-addresses, "Dynamic port allocation".
fn nat_ports(nat: &Value, _: &Value) -> Option<String> {
    let is = |name: &str| nat.get(name) == Some(&Value::Bool(true));
    let manual = nat.get("nat_ip_allocate_option").and_then(Value::as_str) == Some("MANUAL_ONLY");
    if manual && !nat.get("nat_ips").is_some_and(super::is_written) {
        return Some("nat_ip_allocate_option MANUAL_ONLY needs nat_ips.".to_owned());
    }
    if !is("enable_dynamic_port_allocation") {
        return None;
    }
    if is("enable_endpoint_independent_mapping") {
        return Some(
            "enable_dynamic_port_allocation and enable_endpoint_independent_mapping exclude each other."
                .to_owned(),
        );
    }
    let ports = |name: &str| nat.get(name).and_then(Value::as_f64);
    for name in ["min_ports_per_vm", "max_ports_per_vm"] {
        if let Some(count) = ports(name)
            && !(32.0..=65536.0).contains(&count) | (count.log2().fract() != 0.0)
        {
            return Some(format!("{name} must be a power of 2 from 32 to 65536, but is {count}."));
        }
    }
    let (least, most) = (ports("min_ports_per_vm")?, ports("max_ports_per_vm")?);
    (least >= most).then(|| format!("max_ports_per_vm, {most}, must be above min_ports_per_vm, {least}."))
}
