//! Which clusters share a network, and where each network and each cluster's own ranges lie. Ranges that are not named are given out
//! of one private space, so that no two overlap, and stay with whoever has them once they are in the manifest.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use ipnet::Ipv4Net;

use super::accounts::ResourceGroup;
use super::addresses::{self, Addresses, Block, Cidrs, Need, Of};
use super::choose::Zones;
use super::places::{ClusterPlace, Home};
use super::{CloudRules, ClusterPlan, Coderd, Site, aws};
use crate::diagnostic::Diagnostic;
use crate::record::Decided;
use crate::sizing::{Cluster, Figure, Sizing};
use crate::spec::{Cloud, Layout, Spanned, Spec};

/// Where ranges are given out; the first is the control plane's.
const SPACE: &str = "10.64.0.0/10";
/// The prefix of what each gets: room for a thousand nodes of 64 pods.
const SHARE: u8 = 14;

/// Everything that stands in networks.
pub struct Networks {
    /// The control plane's network.
    pub home: Addresses,
    /// The clusters in it.
    pub clusters: Vec<ClusterPlan>,
    /// The other networks.
    pub sites: Vec<Site>,
    /// Whoever was given a range of its own → that range.
    pub placements: BTreeMap<String, String>,
}

/// A cluster with all that is known of it.
pub struct Member<'a> {
    pub sized: &'a Cluster,
    pub place: &'a ClusterPlace,
    pub zones: &'a Zones,
    pub plan: ClusterPlan,
}

/// A site's key.
fn key(cloud: Cloud, of: &str) -> String {
    format!("{}_{}", cloud.as_str(), of.replace('-', "_"))
}

/// Which of the clusters that could stand there has the ranges that a network is cut into for one: whoever has them already, whatever
/// comes before it in the spec. Nobody else gets them, for they are taken while the old ones go.
fn keeper<'m>(
    network: Option<&str>,
    mut members: impl Iterator<Item = &'m ClusterPlan>,
    decided: &Decided,
) -> Option<&'m str> {
    let known = decided.members.get(&network.map(str::to_owned)).filter(|known| !known.is_empty());
    let has_own = |name: &str| decided.placements.contains_key(&format!("cluster {name}"));
    let keeper = members
        .find(|member| known.is_none_or(|known| known.contains(&member.name)) && !has_own(&member.name));
    keeper.map(|member| member.name.as_str())
}

/// The cluster that stands in a VNet of Azure's beside coderd: that which does already, else the first that is no site yet.
fn beside_coderd<'m>(home: Home, members: &'m [Member<'_>], decided: &Decided) -> Option<&'m str> {
    let is_there = |member: &&Member<'_>| {
        (member.place.cloud, member.place.region.name) == (home.cloud, home.region.name)
    };
    let there = || members.iter().filter(is_there).map(|member| &member.plan);
    let is_site = |member: &&ClusterPlan| {
        decided.placements.contains_key(&format!("network {}", key(home.cloud, &member.name)))
    };
    keeper(None, there(), decided)
        .filter(|name| there().all(|member| member.name != *name || !is_site(&member)))
        .or_else(|| there().find(|member| !is_site(member)).map(|member| member.name.as_str()))
}

/// The network that a cluster stands in: none for the control plane's own, else its key.
fn network_of(home: Home, member: &Member<'_>, beside_coderd: Option<&str>) -> Option<String> {
    let (cloud, region, name) = (member.place.cloud, member.place.region.name, &member.plan.name);
    let is_at_home = cloud == home.cloud && region == home.region.name;
    match cloud {
        // A network of Google Cloud spans all regions.
        Cloud::Gcp if home.cloud == Cloud::Gcp => None,
        Cloud::Gcp => Some(cloud.as_str().to_owned()),
        Cloud::Aws if is_at_home => None,
        Cloud::Aws => Some(key(cloud, region)),
        // A VNet is cut for one cluster.
        Cloud::Azure if is_at_home && beside_coderd == Some(name.as_str()) => None,
        Cloud::Azure => Some(key(cloud, name)),
    }
}

/// Puts the clusters into networks, and cuts those.
///
/// # Errors
/// Ranges that are too small, or that have no meaning where they are named.
pub fn divide(
    spec: &Spec,
    sizing: &Sizing,
    home: Home,
    coderd: &Coderd,
    home_zones: u32,
    members: Vec<Member<'_>>,
    decided: &Decided,
) -> Result<Networks, Vec<Diagnostic>> {
    let beside = beside_coderd(home, &members, decided);
    let keys: Vec<_> = members.iter().map(|member| network_of(home, member, beside)).collect();
    let mut groups: IndexMap<Option<String>, Vec<Member<'_>>> = IndexMap::from([(None, Vec::new())]);
    for (key, member) in keys.into_iter().zip(members) {
        groups.entry(key).or_default().push(member);
    }
    let mut ranges = Ranges::new(spec, sizing, home, decided);
    let mut networks = Networks {
        home: Addresses {
            cidr: Figure { value: String::new(), reason: String::new() },
            ranges: IndexMap::new(),
        },
        clusters: Vec::new(),
        sites: Vec::new(),
        placements: BTreeMap::new(),
    };
    let mut problems = meaningless(&groups, decided);
    problems.extend(children(spec, &groups));
    problems.extend(unreached(spec, &groups));
    let azure_networks = groups
        .iter()
        .filter(|(key, members)| match key {
            None => home.cloud == Cloud::Azure,
            Some(_) => members[0].place.cloud == Cloud::Azure,
        })
        .count();
    for (key, members) in groups {
        let zones = if key.is_none() { home_zones } else { members[0].zones.count };
        match ranges.cut(key.as_deref(), members, coderd.replicas.value, zones) {
            Err(problem) => problems.push(problem),
            Ok((network, clusters)) => match key {
                None => {
                    networks.home = network;
                    networks.clusters = clusters.into_iter().map(|member| member.plan).collect();
                }
                Some(key) => {
                    let site = site(spec, key, network, clusters, azure_networks);
                    networks.sites.push(site.map_err(|problem| vec![problem])?);
                }
            },
        }
    }
    problems.append(&mut ranges.problems);
    networks.placements = ranges.placements;
    if problems.is_empty() { Ok(networks) } else { Err(problems) }
}

/// A site out of its clusters, of which there is one at least.
fn site(
    spec: &Spec,
    key: String,
    network: Addresses,
    members: Vec<Member<'_>>,
    azure_networks: usize,
) -> Result<Site, Diagnostic> {
    let (cloud, region, zones) = (members[0].place.cloud, members[0].place.region, members[0].zones);
    let is_azure = cloud == Cloud::Azure;
    let resource_group = match spec.azure.as_ref().and_then(|azure| azure.resource_group.as_ref()) {
        Some(asked) if is_azure && azure_networks > 1 => {
            return Err(Diagnostic::at(
                asked.span(),
                "`azure.resource_group` holds one network, but several clusters have one on Azure",
            )
            .note("resources of two networks would have the same names in one group")
            .help("leave it out, and each cluster has a group of its own"));
        }
        Some(asked) => ResourceGroup { name: asked.get_ref().clone(), existing: true },
        None => ResourceGroup {
            name: format!("{}-{}", spec.name.get_ref(), members[0].plan.name),
            existing: false,
        },
    };
    Ok(Site {
        key,
        cloud,
        region: region.name.to_owned(),
        place: region.place.to_owned(),
        zones: zones.names.clone(),
        zone_count: zones.count,
        network,
        clusters: members.into_iter().map(|member| member.plan).collect(),
        resource_group: is_azure.then_some(resource_group),
    })
}

/// A child module has no providers, and a site needs its own.
fn children(spec: &Spec, groups: &IndexMap<Option<String>, Vec<Member<'_>>>) -> Option<Diagnostic> {
    let (_, site) = groups.iter().find(|(key, _)| key.is_some() && spec.layout == Layout::Module)?;
    let sized = site.first()?.sized;
    Some(
        Diagnostic::at(
            sized.region.span(),
            format!(
                "cluster \"{}\" stands outside coderd's network, which `layout = \"module\"` does not allow",
                sized.name
            ),
        )
        .note("a site has a provider of its own, and a child module takes its providers from its parent")
        .help("leave `layout` out, or keep the clusters beside coderd"),
    )
}

/// Ranges that a cluster names although it shares the network of others.
fn meaningless(groups: &IndexMap<Option<String>, Vec<Member<'_>>>, decided: &Decided) -> Vec<Diagnostic> {
    let shared = groups.iter().flat_map(|(key, members)| {
        // On AWS all clusters of a network share its subnets, elsewhere one takes the network's own.
        let is_aws = |member: &Member<'_>| member.place.cloud == Cloud::Aws;
        let keeper = keeper(key.as_deref(), members.iter().map(|member| &member.plan), decided);
        members.iter().enumerate().filter_map(move |(at, member)| {
            let cidr = member.sized.cidr.as_ref()?;
            let is_taken = match key {
                None => keeper == Some(member.plan.name.as_str()) || is_aws(member),
                Some(_) => at > 0 && is_aws(member),
            };
            is_taken.then_some((key.is_none(), cidr))
        })
    });
    shared
        .map(|(is_home, cidr)| {
            let (of, mend) = match is_home {
                true => ("coderd", "leave it out, or write network.cidr"),
                false => ("an earlier cluster", "leave it out, or write it under that cluster"),
            };
            Diagnostic::at(
                cidr.span(),
                format!(
                    "`clusters.cidr` {} has no meaning: the cluster shares the network of {of}",
                    cidr.get_ref()
                ),
            )
            .help(mend)
        })
        .collect()
}

/// Clusters that the user's own or an internal network does not hold: nothing here connects two networks.
fn unreached(spec: &Spec, groups: &IndexMap<Option<String>, Vec<Member<'_>>>) -> Vec<Diagnostic> {
    let place = |member: &Member<'_>| member.sized.region.span();
    let apart = groups.iter().filter(|(key, _)| key.is_some() && spec.network.internal);
    let apart = apart.flat_map(|(_, members)| members).map(|member| {
        Diagnostic::at(
            place(member),
            format!(
                "cluster \"{}\" stands in another network, which an internal coderd is not reached from",
                member.plan.name
            ),
        )
        .note("its provisioner hosts and workspaces call the access URL, and tierform connects no networks")
        .help("put the cluster beside coderd, or leave out `network.internal`")
    });
    let is_shared =
        |member: &&Member<'_>| spec.network.existing.is_some() && member.place.cloud == Cloud::Gcp;
    let second = groups.get(&None).into_iter().flatten().skip(1).filter(is_shared).map(|member| {
        Diagnostic::at(
            place(member),
            format!("cluster \"{}\" has no subnet in `[network.existing]`", member.plan.name),
        )
        .note("on Google Cloud all clusters stand in one VPC, and the keys there name the subnet of one")
        .help("keep one cluster in your own network, or let tierform make the network")
    });
    apart.chain(second).collect()
}

/// A range that the spec names over one that `who` has had since it was first generated.
fn collision(
    (key, named): &(&'static str, &Spanned<Ipv4Net>),
    held: &Ipv4Net,
    who: &str,
) -> Option<Diagnostic> {
    let range = named.get_ref();
    let problem = || {
        Diagnostic::at(
            named.span(),
            format!("`{key}` {range} overlaps {held}, which {who} has had since it was first generated"),
        )
        .note("a network that changes its range is made anew, with everything in it")
        .help("choose a range apart from it")
    };
    (range.contains(held) || held.contains(range)).then(problem)
}

/// The ranges that are taken, and those that are to be had.
struct Ranges<'a> {
    decided: &'a Decided,
    spec: &'a Spec,
    home: Home,
    /// Those that the spec names, each by its key.
    named: Vec<(&'static str, &'a Spanned<Ipv4Net>)>,
    taken: Vec<Ipv4Net>,
    /// Whoever was given a range → that range.
    placements: BTreeMap<String, String>,
    /// What the spec names and somebody has already.
    problems: Vec<Diagnostic>,
}

impl<'a> Ranges<'a> {
    fn new(spec: &'a Spec, sizing: &'a Sizing, home: Home, decided: &'a Decided) -> Self {
        let own =
            sizing.clusters.iter().filter_map(|cluster| Some(("clusters.cidr", cluster.cidr.as_ref()?)));
        let named: Vec<_> = spec.network.cidr.iter().map(|cidr| ("network.cidr", cidr)).chain(own).collect();
        let mut taken: Vec<Ipv4Net> = named.iter().map(|(_, cidr)| *cidr.get_ref()).collect();
        if spec.network.cidr.is_none() {
            taken.extend(CloudRules::of(home.cloud).network.default.parse::<Ipv4Net>());
        }
        // What anyone may still hold is nobody else's.
        taken.extend(decided.placements.values().filter_map(|range| range.parse::<Ipv4Net>().ok()));
        Ranges { decided, spec, home, named, taken, placements: BTreeMap::new(), problems: Vec::new() }
    }

    fn is_free(&self, range: &Ipv4Net) -> bool {
        self.taken.iter().all(|taken| !taken.contains(range) && !range.contains(taken))
    }

    /// The range that stays with `who`, the first of `choices` that is free when there is none yet.
    fn keep(&mut self, who: String, choices: impl Iterator<Item = Ipv4Net>) -> Option<Ipv4Net> {
        let held = self.decided.placements.get(&who).and_then(|range| range.parse::<Ipv4Net>().ok());
        let range = match held {
            Some(held) => {
                self.problems.extend(self.named.iter().filter_map(|named| collision(named, &held, &who)));
                held
            }
            None => choices.into_iter().find(|range| self.is_free(range))?,
        };
        self.taken.push(range);
        self.placements.insert(who, range.to_string());
        Some(range)
    }

    /// The block of a network, or of a cluster in coderd's network.
    fn block(
        &mut self,
        layout: &addresses::Layout,
        member: &Member<'_>,
        who: String,
    ) -> Result<Block, Diagnostic> {
        let blame =
            member.sized.keys.nodes_max.as_ref().map_or_else(|| member.sized.region.span(), Spanned::span);
        let key = "clusters.cidr";
        if let Some(cidr) = &member.sized.cidr {
            let reason = "clusters.cidr in coder.toml".to_owned();
            return Ok(Block { key, network: *cidr.get_ref(), reason, asked: Some(cidr.span()), blame });
        }
        let length = layout.default.parse::<Ipv4Net>().map_or(SHARE, |default| default.prefix_len());
        let space = SPACE.parse::<Ipv4Net>().ok().and_then(|space| space.subnets(SHARE).ok());
        let choices = space.into_iter().flatten().filter_map(|share| share.subnets(length).ok()?.next());
        match self.keep(who, choices) {
            Some(network) => {
                let reason = format!("of {SPACE}, apart from every other network");
                Ok(Block { key, network, reason, asked: None, blame })
            }
            None => {
                Err(Diagnostic::at(blame, format!("{SPACE} has no room left for \"{}\"", member.plan.name))
                    .help("write a private range as `cidr` under its `[[clusters]]`"))
            }
        }
    }

    /// Cuts a network and its clusters' own ranges.
    fn cut<'m>(
        &mut self,
        key: Option<&str>,
        mut members: Vec<Member<'m>>,
        replicas: u32,
        zones: u32,
    ) -> Result<(Addresses, Vec<Member<'m>>), Diagnostic> {
        let cloud = if key.is_none() { self.home.cloud } else { members[0].place.cloud };
        let layout = CloudRules::of(cloud).network;
        // On AWS all of them stand in the same subnets; elsewhere the network's block is one's alone.
        let keeper = keeper(key, members.iter().map(|member| &member.plan), self.decided).map(str::to_owned);
        let is_keeper = |member: &Member<'_>| keeper.as_deref() == Some(member.plan.name.as_str());
        let is_home = key.is_none();
        let replicas = if is_home { replicas } else { 0 };
        let need = Need {
            internal: is_home && self.spec.network.internal,
            existing: is_home && self.spec.network.existing.is_some(),
            ..Need::of(
                members
                    .iter()
                    .filter(|member| cloud == Cloud::Aws || is_keeper(member))
                    .map(|member| &member.plan),
                replicas,
                zones,
            )
        };
        let network = match key {
            None => {
                let block = self.home_block(layout, members.iter().find(|member| is_keeper(member)));
                addresses::cut(layout, &block, &[Of::Network, Of::ControlPlane, Of::Cluster], &need)?
            }
            Some(key) => {
                let block = self.block(layout, &members[0], format!("network {key}"))?;
                addresses::cut(layout, &block, &[Of::Network, Of::Cluster], &need)?
            }
        };
        for member in &mut members {
            member.plan.ranges = match cloud {
                Cloud::Aws => self.services(&network, &member.plan.name),
                _ if is_keeper(member) => network.ranges.clone(),
                _ => {
                    let block = self.block(layout, member, format!("cluster {}", member.plan.name))?;
                    let need = Need::of(std::iter::once(&member.plan), 0, member.zones.count);
                    addresses::cut(layout, &block, &[Of::Cluster], &need)?.ranges
                }
            };
        }
        Ok((network, members))
    }

    /// The control plane's block.
    fn home_block(&self, layout: &addresses::Layout, first: Option<&Member<'_>>) -> Block {
        let nodes_max = first.and_then(|member| member.sized.keys.nodes_max.as_ref());
        let blame = nodes_max.map_or_else(|| self.spec.tier_place(), Spanned::span);
        match &self.spec.network.cidr {
            Some(asked) => Block {
                key: "network.cidr",
                network: *asked.get_ref(),
                reason: "network.cidr in coder.toml".to_owned(),
                asked: Some(asked.span()),
                blame,
            },
            None => Block {
                key: "network.cidr",
                network: layout.default.parse().unwrap_or_default(),
                reason: layout.reason.to_owned(),
                asked: None,
                blame,
            },
        }
    }

    /// Addresses of Kubernetes services on AWS, which lie outside the VPC.
    fn services(&mut self, network: &Addresses, cluster: &str) -> IndexMap<String, Figure<Cidrs>> {
        self.taken.extend(network.cidr.value.parse::<Ipv4Net>());
        let choices = aws::SERVICES.iter().filter_map(|range| range.parse::<Ipv4Net>().ok());
        let range = self.keep(format!("services of {cluster}"), choices);
        let value = range.map_or_else(|| aws::SERVICES[0].to_owned(), |range| range.to_string());
        let reason = "outside the VPC, apart from every other range".to_owned();
        IndexMap::from([("services".to_owned(), Figure { value: Cidrs::One(value), reason })])
    }
}
