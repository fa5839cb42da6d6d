//! Functions of address ranges.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Computed, fault};
use crate::impact::evaluate::number;
use crate::impact::value::Value;

/// The value of a call of one of these.
pub fn call(name: &str, arguments: &[Value]) -> Option<Computed> {
    if !matches!(name, "cidrhost" | "cidrnetmask" | "cidrsubnet" | "cidrsubnets") {
        return None;
    }
    let Some((Value::Text(text), rest)) = arguments.split_first() else { return Some(Ok(None)) };
    let Ok(range) = text.parse::<IpNet>() else { return Some(fault(format!("{text:?} is no range"))) };
    let Some(numbers) = rest.iter().map(number).collect::<Option<Vec<f64>>>() else { return Some(Ok(None)) };
    #[allow(clippy::cast_possible_truncation, reason = "counts of addresses and bits")]
    let numbers: Vec<i128> = numbers.into_iter().map(|number| number as i128).collect();
    let range = range.trunc();
    let found = match (name, numbers.as_slice()) {
        ("cidrhost", [at]) => host(range, *at).map(|address| address.to_string()),
        ("cidrnetmask", []) => Some(range.netmask().to_string()),
        ("cidrsubnet", [bits, at]) => subnet(range, *bits, *at).map(|range| range.to_string()),
        // Of subnets of several sizes the places follow from each other.
        ("cidrsubnets", _) => return Some(Ok(None)),
        _ => None,
    };
    Some(match found {
        Some(text) => Ok(Some(Value::Text(text))),
        None => fault(format!("{name} finds nothing such in {range}")),
    })
}

fn bits_of(address: IpAddr) -> i128 {
    match address {
        IpAddr::V4(address) => i128::from(u32::from(address)),
        // A range of the second half of all addresses of version 6 is nobody's.
        IpAddr::V6(address) => i128::try_from(u128::from(address)).unwrap_or(i128::MAX),
    }
}

fn address(range: IpNet, bits: i128) -> Option<IpAddr> {
    match range {
        IpNet::V4(_) => u32::try_from(bits).ok().map(|bits| Ipv4Addr::from(bits).into()),
        IpNet::V6(_) => u128::try_from(bits).ok().map(|bits| Ipv6Addr::from(bits).into()),
    }
}

fn host(range: IpNet, at: i128) -> Option<IpAddr> {
    let size = 1_i128
        .checked_shl(u32::from(range.max_prefix_len() - range.prefix_len()))
        .filter(|size| *size > 0)?;
    // A negative number counts from the end.
    let at = if at < 0 { at + size } else { at };
    if !(0..size).contains(&at) {
        return None;
    }
    address(range, bits_of(range.network()).checked_add(at)?)
}

fn subnet(range: IpNet, bits: i128, at: i128) -> Option<IpNet> {
    let prefix = u8::try_from(i128::from(range.prefix_len()) + bits).ok()?;
    let size = range.max_prefix_len().checked_sub(prefix)?;
    if at < 0 || at >= 1_i128.checked_shl(u32::try_from(bits).ok()?)? {
        return None;
    }
    let start = bits_of(range.network()).checked_add(at.checked_shl(u32::from(size))?)?;
    IpNet::new(address(range, start)?, prefix).ok()
}
