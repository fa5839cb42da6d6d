//! Address ranges: one private network cut by fixed fractions, never by counts: a range that moved would replace the cluster
//! and the database's subnet. The counts only decide whether everything fits.

use std::ops::Range;

use indexmap::IndexMap;
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::ClusterPlan;
use crate::diagnostic::Diagnostic;
use crate::sizing::Figure;

/// The ranges of a deployment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Addresses {
    /// All of them lie in it.
    pub cidr: Figure<String>,
    /// The parts by name, each cloud's own; `reason` says what has to fit, where counts decide.
    pub ranges: IndexMap<String, Figure<Cidrs>>,
}

/// One range, or one for each zone by the zone's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cidrs {
    /// One for the whole region.
    One(String),
    /// One a zone: `a`, `b`, `c`.
    Zonal(IndexMap<String, String>),
}

/// How one cloud's network is cut.
pub struct Layout {
    /// The network when the spec names none, always the same whatever the tier.
    pub default: &'static str,
    /// Why that one, as a phrase.
    pub reason: &'static str,
    /// The shortest prefix that the cloud takes for such a network.
    pub shortest: u8,
    /// A range that it must not touch, and why.
    pub avoid: Option<(&'static str, &'static str)>,
    /// What it is cut into; no two overlap.
    pub parts: &'static [Part],
    /// What is said to someone whose network is too small.
    pub note: fn(&Need) -> String,
}

/// A part of the network.
pub struct Part {
    /// Its name in [`Addresses::ranges`].
    pub name: &'static str,
    /// What it is for.
    pub of: Of,
    /// Where it lies.
    pub at: At,
    /// Addresses that it must have, and why, for that many machines.
    pub need: fn(&Need) -> (u64, String),
}

/// What a part of the network is for, and so where it is cut at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The network itself, wherever there is one.
    Network,
    /// coderd and the database.
    ControlPlane,
    /// One cluster, each its own.
    Cluster,
}

/// What a network is cut from.
pub struct Block {
    /// The key that may name it.
    pub key: &'static str,
    /// The range.
    pub network: Ipv4Net,
    /// Why that one, as a phrase.
    pub reason: String,
    /// Where that key names it; `None` for one that was chosen here.
    pub asked: Option<Range<usize>>,
    /// Where the counts come from that have to fit.
    pub blame: Range<usize>,
}

/// Where a part lies in a network of prefix length P.
#[derive(Clone, Copy)]
pub enum At {
    /// The whole network.
    Whole,
    /// The `nth` network of length P + `below`.
    Nth { below: u8, nth: usize },
    /// For each zone the next network of length P + `below`, from the `nth` on.
    Zonal { below: u8, nth: usize },
    /// The last /`prefix` of the first network of length P + `below`.
    LastOf { below: u8, prefix: u8 },
}

/// What there is to address.
pub struct Need {
    /// Nodes at most, with those that an upgrade adds.
    pub nodes: u32,
    /// Provisioner hosts.
    pub hosts: u32,
    /// coderd machines.
    pub replicas: u32,
    /// Pods that a node is set up for.
    pub pods: u32,
    /// Zones that all of them are spread over.
    pub zones: u32,
    /// Whether the load balancer is internal.
    pub internal: bool,
    /// Whether machines stand in subnets of the user's own.
    pub existing: bool,
}

/// Keys of zones, in their order: a layout has room for no more.
pub const ZONE_KEYS: [&str; 3] = ["a", "b", "c"];

impl Need {
    /// What `clusters` need that share a network, beside so many coderd.
    pub fn of<'c>(clusters: impl Iterator<Item = &'c ClusterPlan>, replicas: u32, zones: u32) -> Need {
        // Of subnets that were refused none is left, and there is still a network to ask about.
        let zones = zones.max(1);
        let none = Need { nodes: 0, hosts: 0, replicas, pods: 0, zones, internal: false, existing: false };
        clusters.fold(none, |need, cluster| Need {
            // A pool's upgrade adds a node a zone, and so does the system pool's.
            nodes: need.nodes.saturating_add(cluster.nodes_max.value.saturating_add(3 * zones)),
            hosts: need.hosts.saturating_add(cluster.hosts.value),
            pods: need.pods.max(cluster.max_pods.value),
            ..need
        })
    }
}

/// Cuts what `wanted` names out of a block, for that much.
///
/// # Errors
/// The block is too small for the counts, too large for the cloud, or overlaps a range that cannot be routed.
pub fn cut(layout: &Layout, block: &Block, wanted: &[Of], need: &Need) -> Result<Addresses, Diagnostic> {
    let network = block.network;
    let parts = || layout.parts.iter().filter(|part| wanted.contains(&part.of));
    if let Err((what, why)) = check(layout, parts(), need, network) {
        let problem = match &block.asked {
            Some(place) => {
                Diagnostic::at(place.clone(), format!("`{}` {network} {what}", block.key)).note(why)
            }
            None => Diagnostic::at(
                block.blame.clone(),
                format!(
                    "{} nodes need more addresses than {network}, the network taken unless named, has",
                    need.nodes
                ),
            ),
        };
        return Err(problem.help(advice(layout, block.key, parts, need)));
    }
    let ranges = parts().map(|part| {
        let range = place(part.at, network, need.zones)?;
        Some((part.name.to_owned(), Figure { value: range, reason: (part.need)(need).1 }))
    });
    let ranges = ranges.collect::<Option<IndexMap<_, _>>>();
    let ranges =
        ranges.ok_or_else(|| Diagnostic::nowhere(format!("the network {network} could not be cut")))?;
    Ok(Addresses { cidr: Figure { value: network.to_string(), reason: block.reason.clone() }, ranges })
}

fn place(at: At, network: Ipv4Net, zones: u32) -> Option<Cidrs> {
    let nth =
        |below: u8, nth: usize| subnet(network, network.prefix_len() + below, nth).map(|net| net.to_string());
    Some(match at {
        At::Whole => Cidrs::One(network.to_string()),
        At::Nth { below, nth: index } => Cidrs::One(nth(below, index)?),
        At::LastOf { below, prefix } => {
            let first = subnet(network, network.prefix_len() + below, 0)?;
            let all = 1_usize << prefix.checked_sub(first.prefix_len())?;
            Cidrs::One(subnet(first, prefix, all - 1)?.to_string())
        }
        At::Zonal { below, nth: first } => {
            let keys = ZONE_KEYS.iter().take(zones as usize).enumerate();
            Cidrs::Zonal(
                keys.map(|(at, key)| Some(((*key).to_owned(), nth(below, first + at)?)))
                    .collect::<Option<_>>()?,
            )
        }
    })
}

/// One of the equal parts of a network, by its number.
fn subnet(network: Ipv4Net, prefix: u8, nth: usize) -> Option<Ipv4Net> {
    let bits = u32::from(prefix.checked_sub(network.prefix_len())?);
    let nth = u64::try_from(nth).ok().filter(|nth| *nth < 1 << bits)?;
    let first = u64::from(u32::from(network.network())) + nth * (1 << 32_u8.checked_sub(prefix)?);
    Ipv4Net::new(u32::try_from(first).ok()?.into(), prefix).ok()
}

/// What is wrong with a network, as the end of a sentence that begins with it, and why.
fn check<'p>(
    layout: &Layout,
    mut parts: impl Iterator<Item = &'p Part>,
    need: &Need,
    network: Ipv4Net,
) -> Result<(), (String, String)> {
    if let Some((range, why)) = layout.avoid
        && let Ok(avoid) = range.parse::<Ipv4Net>()
        && (avoid.contains(&network) || network.contains(&avoid))
    {
        return Err((format!("overlaps {range}"), why.to_owned()));
    }
    let prefix = network.prefix_len();
    if prefix < layout.shortest {
        return Err((
            format!("is larger than the /{} that the cloud takes", layout.shortest),
            "a network's size is the cloud's own limit".to_owned(),
        ));
    }
    let fits = |part: &Part| {
        let room = match part.at {
            At::Whole => Some(prefix),
            At::Nth { below, .. } | At::Zonal { below, .. } => prefix.checked_add(below),
            At::LastOf { below, prefix: own } => {
                Some(own).filter(|own| prefix.checked_add(below).is_some_and(|first| first < *own))
            }
        };
        let room = room.filter(|length| *length <= 32).map_or(0, |length| 1u64 << (32 - u32::from(length)));
        (part.need)(need).0 <= room
    };
    match parts.all(fits) {
        true => Ok(()),
        false => Err((
            match need.replicas {
                0 => format!("is too small for {} nodes and {}", need.nodes, hosts(need.hosts)),
                replicas => {
                    format!(
                        "is too small for {} nodes, {} and {replicas} coderd",
                        need.nodes,
                        hosts(need.hosts)
                    )
                }
            },
            (layout.note)(need),
        )),
    }
}

/// So many provisioner hosts, as words.
pub fn hosts(count: u32) -> String {
    format!("{count} {}", if count == 1 { "host" } else { "hosts" })
}

/// The smallest network that fits, as advice.
fn advice<'p, P: Iterator<Item = &'p Part>>(
    layout: &Layout,
    key: &str,
    parts: impl Fn() -> P,
    need: &Need,
) -> String {
    let largest = std::net::Ipv4Addr::new(10, 0, 0, 0);
    let fitting = (layout.shortest..=24)
        .rev()
        .filter_map(|prefix| Ipv4Net::new(largest, prefix).ok())
        .find(|network| check(layout, parts(), need, *network).is_ok());
    match fitting {
        Some(network) => {
            format!("set {key} to a private /{0}, such as 10.0.0.0/{0}", network.prefix_len())
        }
        None => "no private network is large enough: use fewer or larger nodes".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{aws, azure, gcp};
    use super::*;

    #[test]
    fn no_two_parts_overlap() {
        for layout in [&gcp::NETWORK, &aws::NETWORK, &azure::NETWORK] {
            let network: Ipv4Net = layout.default.parse().unwrap();
            let mut ranges: Vec<(String, Ipv4Net)> = Vec::new();
            for part in layout.parts.iter().filter(|part| !matches!(part.at, At::Whole)) {
                // The range that holds others is the VNet's; the others must be apart.
                if part.name == "vnet" {
                    continue;
                }
                match place(part.at, network, 3).unwrap() {
                    Cidrs::One(range) => ranges.push((part.name.to_owned(), range.parse().unwrap())),
                    Cidrs::Zonal(zones) => ranges.extend(
                        zones
                            .iter()
                            .map(|(key, range)| (format!("{} {key}", part.name), range.parse().unwrap())),
                    ),
                }
            }
            for (at, (name, range)) in ranges.iter().enumerate() {
                assert!(network.contains(range), "{name} {range} lies in {network}");
                for (other_name, other) in &ranges[at + 1..] {
                    assert!(
                        !range.contains(other) && !other.contains(range),
                        "{name} {range}, {other_name} {other}"
                    );
                }
            }
        }
    }
}
