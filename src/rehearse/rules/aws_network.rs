//! Rules of AWS networks: VPC, subnets, gateways, routes, security groups, load balancers, names and certificates.
//! Each row names the provider's argument documentation or the part of AWS's documentation that it follows.

use crate::rehearse::value::Value;

use super::Check::{Conflicts, ExactlyOneOf, Judge, Length, OneOf, Pattern, Range};
use super::{Rule, is_written};

const PROVIDER: &str = "aws provider 5.100 argument reference";
const EC2: &str = "AWS refuses it only in the apply; Amazon EC2 API reference";
const ELB: &str = "AWS refuses it only in the apply; Elastic Load Balancing API reference";

const VPC: &[&str] = &["aws_vpc"];
const SUBNET: &[&str] = &["aws_subnet"];
const ROUTE: &[&str] = &["aws_route"];
const GROUP: &[&str] = &["aws_security_group"];
const GROUP_RULE: &[&str] = &["aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"];
const LB: &[&str] = &["aws_lb"];
const LISTENER: &[&str] = &["aws_lb_listener"];
const TARGETS: &[&str] = &["aws_lb_target_group"];
const CERTIFICATE: &[&str] = &["aws_acm_certificate"];
const RECORD: &[&str] = &["aws_route53_record"];

const fn rule(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: PROVIDER }
}

const fn ec2(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: EC2 }
}

const fn elb(types: &'static [&'static str], path: &'static str, check: super::Check) -> Rule {
    Rule { types, path, check, source: ELB }
}

/// The table.
pub const RULES: &[Rule] = &[
    rule(VPC, "", Judge(range)),
    rule(VPC, "instance_tenancy", OneOf(&["default", "dedicated"])),
    ec2(SUBNET, "", Judge(range)),
    rule(&["aws_eip"], "domain", OneOf(&["vpc", "standard"])),
    rule(&["aws_nat_gateway"], "connectivity_type", OneOf(&["public", "private"])),
    ec2(&["aws_nat_gateway"], "", Judge(nat_address)),
    rule(
        ROUTE,
        "",
        ExactlyOneOf(&[
            "destination_cidr_block",
            "destination_ipv6_cidr_block",
            "destination_prefix_list_id",
        ]),
    ),
    rule(
        ROUTE,
        "",
        ExactlyOneOf(&[
            "carrier_gateway_id",
            "core_network_arn",
            "egress_only_gateway_id",
            "gateway_id",
            "local_gateway_id",
            "nat_gateway_id",
            "network_interface_id",
            "transit_gateway_id",
            "vpc_endpoint_id",
            "vpc_peering_connection_id",
        ]),
    ),
    rule(
        &["aws_vpc_endpoint"],
        "vpc_endpoint_type",
        OneOf(&["Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"]),
    ),
    ec2(&["aws_vpc_endpoint"], "", Judge(endpoint)),
    rule(&["aws_flow_log"], "traffic_type", OneOf(&["ACCEPT", "REJECT", "ALL"])),
    rule(&["aws_flow_log"], "max_aggregation_interval", OneOf(&["60", "600"])),
    rule(
        &["aws_flow_log"],
        "log_destination_type",
        OneOf(&["cloud-watch-logs", "s3", "kinesis-data-firehose"]),
    ),
    rule(
        &["aws_flow_log"],
        "",
        ExactlyOneOf(&[
            "eni_id",
            "subnet_id",
            "transit_gateway_attachment_id",
            "transit_gateway_id",
            "vpc_id",
        ]),
    ),
    rule(GROUP, "name", Conflicts(&["name_prefix"])),
    rule(GROUP, "name", Pattern("^[^s]|^s[^g]|^sg[^-]", "anything that does not begin with sg-")),
    rule(GROUP, "name", Length(0, 255)),
    rule(
        GROUP,
        "description",
        Pattern(
            r"^[0-9A-Za-z_ .:/()#,@\[\]+=&;{}!$*-]{0,255}$",
            "at most 255 of the characters that EC2 allows",
        ),
    ),
    rule(
        GROUP_RULE,
        "",
        ExactlyOneOf(&["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]),
    ),
    ec2(GROUP_RULE, "", Judge(ports)),
    // Load balancers.
    rule(
        LB,
        "name",
        Pattern(
            "^[0-9A-Za-z]([0-9A-Za-z-]{0,30}[0-9A-Za-z])?$",
            "at most 32 letters, digits and inner hyphens",
        ),
    ),
    rule(LB, "name_prefix", Length(0, 6)),
    rule(LB, "name", Conflicts(&["name_prefix"])),
    rule(LB, "load_balancer_type", OneOf(&["application", "network", "gateway"])),
    rule(LB, "ip_address_type", OneOf(&["ipv4", "dualstack", "dualstack-without-public-ipv4"])),
    rule(LB, "", ExactlyOneOf(&["subnets", "subnet_mapping"])),
    rule(
        TARGETS,
        "name",
        Pattern(
            "^[0-9A-Za-z]([0-9A-Za-z-]{0,30}[0-9A-Za-z])?$",
            "at most 32 letters, digits and inner hyphens",
        ),
    ),
    rule(TARGETS, "name_prefix", Length(0, 6)),
    rule(TARGETS, "name", Conflicts(&["name_prefix"])),
    rule(TARGETS, "port", Range(1.0, 65535.0)),
    rule(TARGETS, "protocol", OneOf(&["GENEVE", "HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP"])),
    rule(TARGETS, "target_type", OneOf(&["instance", "ip", "lambda", "alb"])),
    rule(TARGETS, "deregistration_delay", Range(0.0, 3600.0)),
    rule(TARGETS, "health_check.interval", Range(5.0, 300.0)),
    rule(TARGETS, "health_check.timeout", Range(2.0, 120.0)),
    rule(TARGETS, "health_check.healthy_threshold", Range(2.0, 10.0)),
    rule(TARGETS, "health_check.unhealthy_threshold", Range(2.0, 10.0)),
    rule(TARGETS, "health_check", Judge(health_check)),
    rule(LISTENER, "port", Range(1.0, 65535.0)),
    rule(LISTENER, "protocol", OneOf(&["GENEVE", "HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP"])),
    rule(LISTENER, "tcp_idle_timeout_seconds", Range(60.0, 6000.0)),
    rule(
        LISTENER,
        "default_action.type",
        OneOf(&["authenticate-cognito", "authenticate-oidc", "fixed-response", "forward", "redirect"]),
    ),
    rule(LISTENER, "default_action.redirect.status_code", OneOf(&["HTTP_301", "HTTP_302"])),
    elb(
        LISTENER,
        "alpn_policy",
        OneOf(&["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"]),
    ),
    elb(
        LISTENER,
        "ssl_policy",
        Pattern("^ELBSecurityPolicy-", "a policy such as ELBSecurityPolicy-TLS13-1-2-2021-06"),
    ),
    elb(LISTENER, "", Judge(listener)),
    // Names and certificates.
    rule(CERTIFICATE, "validation_method", OneOf(&["DNS", "EMAIL", "NONE"])),
    rule(
        CERTIFICATE,
        "domain_name",
        Pattern(r"^.{1,252}[^.]$", "a name of at most 253 characters without a final dot"),
    ),
    rule(
        CERTIFICATE,
        "key_algorithm",
        OneOf(&[
            "RSA_1024",
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
            "EC_prime256v1",
            "EC_secp384r1",
            "EC_secp521r1",
        ]),
    ),
    rule(
        RECORD,
        "type",
        OneOf(&[
            "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV",
            "SSHFP", "SVCB", "TLSA", "TXT",
        ]),
    ),
    rule(RECORD, "", ExactlyOneOf(&["records", "alias"])),
    rule(RECORD, "", Judge(record)),
];

/// The provider's own check for a VPC, EC2's for a subnet: /16 to /28, without host bits.
fn range(network: &Value, _: &Value) -> Option<String> {
    let text = network.text("cidr_block")?;
    let valid = text.split_once('/').is_some_and(|(address, bits)| {
        let address = address.parse::<std::net::Ipv4Addr>().map(u32::from);
        let bits = bits.parse::<u32>().ok().filter(|bits| (16..=28).contains(bits));
        matches!((address, bits), (Ok(address), Some(bits)) if address << bits == 0)
    });
    (!valid).then(|| format!("cidr_block {text:?} must be an IPv4 range from /16 to /28, without host bits."))
}

fn nat_address(gateway: &Value, _: &Value) -> Option<String> {
    let public = gateway.text_or("connectivity_type", "public")? == "public";
    let given = gateway.get("allocation_id").is_some_and(is_written);
    (public && !given).then(|| "a public NAT gateway needs allocation_id.".to_owned())
}

/// AWS PrivateLink guide: gateway endpoints stand in route tables, interface endpoints in subnets.
fn endpoint(endpoint: &Value, _: &Value) -> Option<String> {
    let kind = endpoint.text_or("vpc_endpoint_type", "Gateway")?;
    let written = |name: &&&str| endpoint.get(name).is_some_and(is_written);
    let wrong: &[&str] = match kind {
        "Gateway" => &["subnet_ids", "security_group_ids"],
        "Interface" => &["route_table_ids"],
        _ => &[],
    };
    let argument = wrong.iter().find(written)?;
    Some(format!("{argument} cannot be given for an endpoint of type {kind}."))
}

/// AuthorizeSecurityGroupIngress: `-1` is every port, TCP and UDP name theirs.
fn ports(rule: &Value, _: &Value) -> Option<String> {
    let protocol = rule.text("ip_protocol")?;
    let port = |name: &str| rule.get(name).filter(|port| is_written(port));
    if protocol == "-1" {
        return port("from_port")
            .or(port("to_port"))
            .map(|_| "ip_protocol \"-1\" means every port: give no from_port and no to_port.".to_owned());
    }
    if matches!(protocol, "tcp" | "udp") && (port("from_port").is_none() || port("to_port").is_none()) {
        return Some(format!("ip_protocol {protocol:?} needs from_port and to_port."));
    }
    let (from, to) = (port("from_port")?.as_f64()?, port("to_port")?.as_f64()?);
    (from > to).then(|| format!("from_port, {from}, is above to_port, {to}."))
}

/// aws_lb_target_group documentation, "health_check": a TCP check has neither path nor matcher.
fn health_check(check: &Value, _: &Value) -> Option<String> {
    if check.text("protocol") == Some("TCP") {
        let name = ["matcher", "path"].into_iter().find(|name| check.get(name).is_some_and(is_written))?;
        return Some(format!("health_check.{name} is not supported for target_groups with TCP protocol."));
    }
    let (timeout, interval) = (check.get("timeout")?.as_f64()?, check.get("interval")?.as_f64()?);
    (timeout >= interval)
        .then(|| format!("health check timeout, {timeout}, must be smaller than the interval, {interval}."))
}

/// CreateListener: CertificateNotFound, and InvalidConfigurationRequest.
fn listener(listener: &Value, _: &Value) -> Option<String> {
    let protocol = listener.text("protocol")?;
    let written = |name: &str| listener.get(name).is_some_and(is_written);
    let secure = matches!(protocol, "TLS" | "HTTPS");
    if secure && !written("certificate_arn") {
        return Some(format!(
            "A certificate must be specified for {protocol} listeners: set certificate_arn."
        ));
    }
    for name in ["certificate_arn", "ssl_policy", "alpn_policy"] {
        if !secure && written(name) {
            return Some(format!("{name} cannot be given for a listener with protocol {protocol}."));
        }
    }
    (protocol == "HTTPS" && written("alpn_policy"))
        .then(|| "alpn_policy is for TLS listeners only.".to_owned())
}

/// ChangeResourceRecordSets: InvalidChangeBatch.
fn record(record: &Value, _: &Value) -> Option<String> {
    if !record.get("records").is_some_and(is_written) {
        return None;
    }
    if !record.get("ttl").is_some_and(is_written) {
        return Some("a record with records needs ttl.".to_owned());
    }
    let kind = record.text("type")?;
    let texts = record.get("records")?.items();
    let wrong = texts.iter().filter_map(Value::as_str).find(|text| match kind {
        "A" => text.parse::<std::net::Ipv4Addr>().is_err(),
        "AAAA" => text.parse::<std::net::Ipv6Addr>().is_err(),
        _ => false,
    })?;
    Some(format!("'{wrong}' in an {kind} record is no address: point at a load balancer by alias."))
}
