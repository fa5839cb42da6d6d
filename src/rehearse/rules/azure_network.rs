//! Rules of Azure networks: addresses, NAT, security rules, DNS, Application Gateway; and of roles, locks and places.
//! Each row names the provider's argument documentation or the part of Azure's documentation that it follows.

use crate::rehearse::azure_regions;
use crate::rehearse::value::Value;

use super::Check::{ExactlyOneOf, Judge, OneOf, Pattern, Range};
use super::{Rule, is_given, is_written};

const PROVIDER: &str = "azurerm provider 5.2 argument reference";
const API: &str = "Azure refuses it only in the apply; Azure Resource Manager reference";
const GATEWAYS: &str = "Azure refuses it only in the apply; Application Gateway configuration reference";

const NAT: &[&str] = &["azurerm_nat_gateway"];
const ADDRESS: &[&str] = &["azurerm_public_ip"];
const SECURITY_RULE: &[&str] = &["azurerm_network_security_rule"];
const GATEWAY: &[&str] = &["azurerm_application_gateway"];
const ASSIGNMENT: &[&str] = &["azurerm_role_assignment"];
const RECORD: &[&str] = &["azurerm_dns_a_record", "azurerm_dns_cname_record"];
const PLACED: &[&str] = &[
    "azurerm_application_gateway",
    "azurerm_key_vault",
    "azurerm_kubernetes_cluster",
    "azurerm_linux_virtual_machine_scale_set",
    "azurerm_log_analytics_workspace",
    "azurerm_nat_gateway",
    "azurerm_network_security_group",
    "azurerm_postgresql_flexible_server",
    "azurerm_public_ip",
    "azurerm_resource_group",
    "azurerm_user_assigned_identity",
    "azurerm_virtual_network",
];
const NAMED: &[&str] = &[
    "azurerm_application_gateway",
    "azurerm_nat_gateway",
    "azurerm_network_security_group",
    "azurerm_network_security_rule",
    "azurerm_public_ip",
    "azurerm_subnet",
    "azurerm_virtual_network",
];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn api(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: API }
}

const fn gateway(path: &'static str, check: super::Check) -> Rule {
    Rule { types: GATEWAY, path, check, source: GATEWAYS }
}

/// The table.
pub const RULES: &[Rule] = &[
    api(PLACED, "", Judge(region)),
    api(
        NAMED,
        "name",
        Pattern("^[0-9A-Za-z]([0-9A-Za-z_.-]{0,78}[0-9A-Za-z_])?$", "at most 80 letters, digits and _.-"),
    ),
    rule(
        &["azurerm_resource_group"],
        "name",
        Pattern(r"^[\w.()-]{0,89}[\w()-]$", "at most 90 letters, digits and _.()-, without a final dot"),
    ),
    // Addresses and egress.
    rule(ADDRESS, "allocation_method", OneOf(&["Static"])),
    rule(ADDRESS, "sku", OneOf(&["Standard", "StandardV2"])),
    rule(ADDRESS, "sku_tier", OneOf(&["Regional", "Global"])),
    rule(ADDRESS, "idle_timeout_in_minutes", Range(4.0, 30.0)),
    rule(
        ADDRESS,
        "domain_name_label",
        Pattern("^[a-z][a-z0-9-]{1,61}[a-z0-9]$", "3 to 63 lower-case letters, digits and inner hyphens"),
    ),
    rule(NAT, "sku_name", OneOf(&["Standard", "StandardV2"])),
    rule(NAT, "idle_timeout_in_minutes", Range(4.0, 120.0)),
    rule(NAT, "", Judge(nat_zones)),
    // Security rules.
    rule(SECURITY_RULE, "priority", Range(100.0, 4096.0)),
    rule(SECURITY_RULE, "direction", OneOf(&["Inbound", "Outbound"])),
    rule(SECURITY_RULE, "access", OneOf(&["Allow", "Deny"])),
    rule(SECURITY_RULE, "protocol", OneOf(&["*", "Ah", "Esp", "Icmp", "Tcp", "Udp"])),
    api(SECURITY_RULE, "", ExactlyOneOf(&["source_port_range", "source_port_ranges"])),
    api(SECURITY_RULE, "", ExactlyOneOf(&["destination_port_range", "destination_port_ranges"])),
    api(
        SECURITY_RULE,
        "",
        ExactlyOneOf(&[
            "source_address_prefix",
            "source_address_prefixes",
            "source_application_security_group_ids",
        ]),
    ),
    api(
        SECURITY_RULE,
        "",
        ExactlyOneOf(&[
            "destination_address_prefix",
            "destination_address_prefixes",
            "destination_application_security_group_ids",
        ]),
    ),
    rule(
        &["azurerm_subnet"],
        "private_endpoint_network_policies",
        OneOf(&["Disabled", "Enabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"]),
    ),
    rule(&["azurerm_dns_a_record"], "", ExactlyOneOf(&["records", "target_resource_id"])),
    api(RECORD, "ttl", Range(1.0, 2_147_483_647.0)),
    // Roles and locks.
    rule(ASSIGNMENT, "", ExactlyOneOf(&["role_definition_id", "role_definition_name"])),
    rule(ASSIGNMENT, "principal_type", OneOf(&["User", "Group", "ServicePrincipal"])),
    rule(ASSIGNMENT, "name", Pattern("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", "a UUID")),
    rule(&["azurerm_management_lock"], "lock_level", OneOf(&["CanNotDelete", "ReadOnly"])),
    rule(
        &["azurerm_federated_identity_credential"],
        "issuer",
        Pattern("^https://", "a URL that begins with https://"),
    ),
    // The gateway.
    rule(GATEWAY, "sku.name", OneOf(&["Basic", "Standard_v2", "WAF_v2"])),
    rule(GATEWAY, "sku.tier", OneOf(&["Basic", "Standard_v2", "WAF_v2"])),
    rule(GATEWAY, "sku.capacity", Range(1.0, 125.0)),
    rule(GATEWAY, "autoscale_configuration.min_capacity", Range(0.0, 100.0)),
    rule(GATEWAY, "autoscale_configuration.max_capacity", Range(2.0, 125.0)),
    rule(GATEWAY, "backend_http_settings.request_timeout", Range(1.0, 86400.0)),
    rule(GATEWAY, "backend_http_settings.cookie_based_affinity", OneOf(&["Enabled", "Disabled"])),
    rule(GATEWAY, "backend_http_settings.protocol", OneOf(&["Http", "Https"])),
    rule(GATEWAY, "backend_http_settings.connection_draining.drain_timeout_sec", Range(1.0, 3600.0)),
    rule(GATEWAY, "http_listener.protocol", OneOf(&["Http", "Https"])),
    rule(GATEWAY, "probe.protocol", OneOf(&["Http", "Https", "Tcp", "Tls"])),
    rule(GATEWAY, "probe", Judge(probe)),
    rule(GATEWAY, "request_routing_rule.rule_type", OneOf(&["Basic", "PathBasedRouting"])),
    rule(GATEWAY, "request_routing_rule.priority", Range(1.0, 20000.0)),
    rule(
        GATEWAY,
        "redirect_configuration.redirect_type",
        OneOf(&["Found", "Permanent", "SeeOther", "Temporary"]),
    ),
    rule(GATEWAY, "ssl_certificate", ExactlyOneOf(&["data", "key_vault_secret_id"])),
    rule(GATEWAY, "ssl_policy.policy_type", OneOf(&["Custom", "CustomV2", "Predefined"])),
    rule(GATEWAY, "ssl_policy", Judge(ssl_policy)),
    rule(GATEWAY, "identity.type", OneOf(&["UserAssigned"])),
    rule(GATEWAY, "request_routing_rule", Judge(routing)),
    gateway("frontend_ip_configuration", Judge(private_frontend)),
    gateway("", Judge(capacity)),
    gateway("", Judge(names)),
    gateway("", Judge(certificate_reader)),
    gateway("http_listener", Judge(listener)),
    rule(
        &["azurerm_web_application_firewall_policy"],
        "policy_settings.mode",
        OneOf(&["Detection", "Prevention"]),
    ),
];

fn region(thing: &Value, _: &Value) -> Option<String> {
    let location = thing.text("location")?;
    (!azure_regions::exists(location)).then(|| {
        format!("LocationNotAvailableForResourceType: The provided location '{location}' is no Azure region.")
    })
}

/// learn.microsoft.com/azure/nat-gateway/nat-sku: zonal or none, and V2 is always zone-redundant.
fn nat_zones(nat: &Value, _: &Value) -> Option<String> {
    let zones = nat.get("zones").map(Value::items).unwrap_or_default();
    match (nat.text_or("sku_name", "Standard")?, zones.len()) {
        ("StandardV2", 1..) => {
            Some("zones cannot be given for a NAT gateway of sku_name StandardV2.".to_owned())
        }
        ("Standard", 2..) => Some("a NAT gateway of sku_name Standard is in one zone or none.".to_owned()),
        _ => None,
    }
}

/// azurerm_application_gateway documentation, "probe".
fn probe(probe: &Value, _: &Value) -> Option<String> {
    let host = probe.get("host").is_some_and(is_written);
    let picked = probe.get("pick_host_name_from_backend_http_settings") == Some(&Value::Bool(true));
    let unknown = ["host", "pick_host_name_from_backend_http_settings"]
        .iter()
        .any(|name| probe.get(name) == Some(&Value::Unknown));
    let http = probe.text("protocol").is_some_and(|protocol| protocol.starts_with("Http"));
    if http && !unknown && host == picked {
        return Some(
            "one of host and pick_host_name_from_backend_http_settings must be set, and not both.".to_owned(),
        );
    }
    let (timeout, interval) = (probe.get("timeout")?.as_f64()?, probe.get("interval")?.as_f64()?);
    (timeout > interval)
        .then(|| format!("the timeout, {timeout}, must not be greater than the interval, {interval}."))
}

fn ssl_policy(policy: &Value, _: &Value) -> Option<String> {
    let written = |name: &str| policy.get(name).is_some_and(is_given);
    if policy.text("policy_type") == Some("Predefined") && !policy.get("policy_name").is_some_and(is_written)
    {
        return Some("policy_type Predefined needs policy_name.".to_owned());
    }
    let others = ["policy_type", "policy_name"].into_iter().find(|name| written(name));
    (written("disabled_protocols") && others.is_some())
        .then(|| "disabled_protocols may not be defined when policy_type or policy_name is.".to_owned())
}

fn routing(rule: &Value, _: &Value) -> Option<String> {
    let written = |name: &&&str| rule.get(name).is_some_and(is_written);
    let backend = ["backend_address_pool_name", "backend_http_settings_name"];
    if rule.get("redirect_configuration_name").is_some_and(is_given) {
        let wrong = backend.iter().find(|name| rule.get(name).is_some_and(is_given))?;
        return Some(format!("a routing rule that redirects has no {wrong}."));
    }
    if rule.text("rule_type") != Some("Basic")
        || rule.get("redirect_configuration_name").is_some_and(is_written)
    {
        return None;
    }
    let missing = backend.iter().find(|name| !written(name))?;
    Some(format!("a routing rule of type Basic needs {missing} or redirect_configuration_name."))
}

/// Autoscaled or fixed; a priority for every rule; a firewall where the tier has one.
/// learn.microsoft.com/azure/application-gateway/configuration-frontend-ip: version 2 takes a private address only when it is named.
fn private_frontend(frontend: &Value, _: &Value) -> Option<String> {
    let written = |name: &str| frontend.get(name).is_some_and(is_written);
    if !written("subnet_id") || frontend.get("private_ip_address") == Some(&Value::Unknown) {
        return None;
    }
    let is_static = frontend.text("private_ip_address_allocation") == Some("Static");
    (!is_static || !written("private_ip_address")).then(|| {
        "a private frontend of a v2 gateway needs private_ip_address and private_ip_address_allocation Static.".to_owned()
    })
}

fn capacity(gateway: &Value, _: &Value) -> Option<String> {
    let sku = gateway.first("sku")?;
    let fixed = sku.get("capacity").is_some_and(is_written);
    let scaled = gateway.get("autoscale_configuration").is_some_and(is_written);
    if fixed == scaled {
        return Some("one of sku.capacity and autoscale_configuration must be set, and not both.".to_owned());
    }
    if let Some(limits) = gateway.first("autoscale_configuration") {
        let number = |name: &str| limits.get(name).and_then(Value::as_f64);
        if let (Some(least), Some(most)) = (number("min_capacity"), number("max_capacity"))
            && least > most
        {
            return Some(format!("min_capacity, {least}, is above max_capacity, {most}."));
        }
    }
    if sku.text("name") != sku.text("tier") {
        return Some("sku.name and sku.tier must be the same for a v2 gateway.".to_owned());
    }
    let rules = gateway.get("request_routing_rule").map(Value::items).unwrap_or_default();
    let without = rules.iter().find(|rule| rule.get("priority").is_none_or(Value::is_null));
    if let Some(rule) = without {
        let name = rule.text("name").unwrap_or_default();
        return Some(format!(
            "ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty: the rule {name} needs a priority."
        ));
    }
    let firewall = ["firewall_policy_id", "waf_configuration"]
        .iter()
        .any(|name| gateway.get(name).is_some_and(is_written));
    (sku.text("tier") == Some("WAF_v2") && !firewall)
        .then(|| "a gateway of tier WAF_v2 needs firewall_policy_id or waf_configuration.".to_owned())
}

/// A block, its argument, and the blocks that the argument names.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("http_listener", "frontend_ip_configuration_name", "frontend_ip_configuration"),
    ("http_listener", "frontend_port_name", "frontend_port"),
    ("http_listener", "ssl_certificate_name", "ssl_certificate"),
    ("backend_http_settings", "probe_name", "probe"),
    ("request_routing_rule", "http_listener_name", "http_listener"),
    ("request_routing_rule", "backend_address_pool_name", "backend_address_pool"),
    ("request_routing_rule", "backend_http_settings_name", "backend_http_settings"),
    ("request_routing_rule", "redirect_configuration_name", "redirect_configuration"),
    ("request_routing_rule", "rewrite_rule_set_name", "rewrite_rule_set"),
    ("redirect_configuration", "target_listener_name", "http_listener"),
];

/// InvalidResourceReference: what a part of the gateway names must be in it.
fn names(gateway: &Value, _: &Value) -> Option<String> {
    REFERENCES.iter().find_map(|(block, argument, named)| {
        let there = gateway.get(named).filter(|there| !there.has_unknown() || !there.items().is_empty())?;
        let names: Vec<&Value> = there.items().iter().filter_map(|part| part.get("name")).collect();
        if names.contains(&&Value::Unknown) {
            return None;
        }
        let mut wanted = gateway
            .get(block)?
            .items()
            .iter()
            .filter_map(|part| part.get(argument))
            .filter(|name| is_given(name));
        let missing = wanted.find(|name| name.as_str() != Some("") && !names.contains(name))?;
        Some(format!(
            "InvalidResourceReference: {block}.{argument} names {}, but there is no {named} of that name.",
            missing.display()
        ))
    })
}

/// learn.microsoft.com/azure/application-gateway/key-vault-certs: the gateway reads with an identity of its own.
fn certificate_reader(gateway: &Value, _: &Value) -> Option<String> {
    let certificates = gateway.get("ssl_certificate").map(Value::items).unwrap_or_default();
    let vault =
        certificates.iter().any(|certificate| certificate.get("key_vault_secret_id").is_some_and(is_written));
    let identity = gateway.get("identity").is_some_and(is_written);
    (vault && !identity)
        .then(|| "a certificate from Key Vault needs an identity block of type UserAssigned.".to_owned())
}

fn listener(listener: &Value, _: &Value) -> Option<String> {
    let certificate = listener.get("ssl_certificate_name").is_some_and(is_written)
        || listener.get("ssl_profile_name").is_some_and(is_written);
    match listener.text("protocol")? {
        "Https" if !certificate => {
            Some("a listener with protocol Https needs ssl_certificate_name.".to_owned())
        }
        "Http" if certificate => {
            Some("a listener with protocol Http takes no ssl_certificate_name.".to_owned())
        }
        _ => None,
    }
}
