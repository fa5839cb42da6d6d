//! Address ranges: what `[network]` may say.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use super::wording::quoted;
use crate::diagnostic::Diagnostic;

/// What a private network may be cut from: RFC 1918, and the shared address space of RFC 6598.
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/// `network.cidr`.
pub(super) fn private(text: &str) -> Result<(), Diagnostic> {
    const PREFIX: &str = "write an address and the length of its prefix, such as \"10.64.0.0/12\"";
    // One address is no network, whatever the general mend says.
    let range = match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => range(text).map_err(|fault| fault.help(PREFIX)),
        _ => range(text),
    }?;
    let inside = |outer: &&str| outer.parse().is_ok_and(|outer: Ipv4Net| outer.contains(&range));
    match PRIVATE.iter().any(inside) {
        true => Ok(()),
        false => Err(Diagnostic::at(0..text.len(), format!("{} is not a private range", quoted(text)))
            .note(format!("private ranges lie inside {}", PRIVATE.join(", ")))
            .help("write a range such as \"10.64.0.0/12\" that your other networks do not use")),
    }
}

/// An entry of `network.allowed_cidrs`.
pub(super) fn allowed(text: &str) -> Result<(), Diagnostic> {
    match range(text)?.prefix_len() {
        0 => Err(Diagnostic::at(0..text.len(), format!("{} allows every address", quoted(text)))
            .note("without `network.allowed_cidrs` the access URL is open to every address")
            .help("leave the key out")),
        _ => Ok(()),
    }
}

/// A public address: what a network goes out by.
pub(super) fn public(text: &str) -> Result<(), Diagnostic> {
    match text.parse::<std::net::Ipv4Addr>() {
        Ok(address) if is_public(Ipv4Net::from(address)) => Ok(()),
        Ok(_) => Err(Diagnostic::at(
            0..text.len(),
            format!("names {}, which is not a public address", quoted(text)),
        )
        .help("write the address that the NAT gateway has towards the Internet")),
        Err(_) => Err(Diagnostic::at(
            0..text.len(),
            format!("names {}, which is not an IPv4 address", quoted(text)),
        )
        .help("write an address such as \"203.0.113.10\"")),
    }
}

/// A public range: Key Vault's firewall takes no private one.
pub(super) fn public_range(text: &str) -> Result<(), Diagnostic> {
    allowed(text)?;
    match range(text)? {
        range if is_public(range) => Ok(()),
        _ => {
            Err(Diagnostic::at(0..text.len(), format!("names {}, which is not a public range", quoted(text)))
                .note("Key Vault's firewall takes public addresses only")
                .help("write the address that you are seen by from outside, such as \"203.0.113.10/32\""))
        }
    }
}

fn is_public(range: Ipv4Net) -> bool {
    let others = ["127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8", "224.0.0.0/3"];
    let apart = |other: &&str| {
        other.parse::<Ipv4Net>().is_ok_and(|other| !other.contains(&range) && !range.contains(&other))
    };
    PRIVATE.iter().chain(&others).all(apart)
}

/// An IPv4 range whose address is its first.
pub(super) fn range(text: &str) -> Result<Ipv4Net, Diagnostic> {
    let whole = 0..text.len();
    let Ok(range) = text.parse::<IpNet>() else {
        let fault = Diagnostic::at(whole, format!("{} is not an IPv4 range", quoted(text)));
        return Err(match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => fault.help(format!("for this one address write \"{address}/32\"")),
            _ => fault.help("write an address and the length of its prefix, such as \"10.64.0.0/12\""),
        });
    };
    let IpNet::V4(range) = range else {
        return Err(Diagnostic::at(whole, format!("{} is an IPv6 range", quoted(text)))
            .note("the network, its subnets and the balancer's address are IPv4")
            .help("write an IPv4 range"));
    };
    match range.trunc() {
        aligned if aligned == range => Ok(range),
        aligned => Err(Diagnostic::at(
            whole,
            format!("{} does not start where a /{} starts", quoted(text), range.prefix_len()),
        )
        .help(format!("write \"{aligned}\""))),
    }
}
