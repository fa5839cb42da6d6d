//! `[[clusters]]`: which clusters there are, and what they need of each other. A spec without any has one beside coderd.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::problems::Problems;
use super::walk::Section;
use super::wording::quoted;
use super::{Cloud, Cluster, Spanned, Workspaces, address, read};
use crate::diagnostic::Diagnostic;

/// The name of the cluster that nobody has named.
const MAIN: &str = "main";
/// How far the shares may miss 1: three thirds are written 0.333.
const SLACK: f64 = 0.005;
/// Clusters at most. DERIVED: each takes a sixteenth of 10.64.0.0/10.
const MOST: usize = 16;
/// Characters that the deployment's name and a cluster's may have together: the nodes' service account on Google Cloud is
/// `<name>-<cluster>-nodes`, in 30 characters (IAM, "Create service accounts").
const TOGETHER: usize = 23;

impl Cluster {
    /// The only cluster, beside coderd.
    pub(super) fn only(cloud: &Spanned<Cloud>, region: &Spanned<String>, workspaces: &Workspaces) -> Cluster {
        Cluster {
            name: Spanned::new(0..0, MAIN.to_owned()),
            cloud: cloud.clone(),
            region: region.clone(),
            share: Spanned::new(0..0, 1.0),
            cidr: None,
            workspaces: workspaces.clone(),
        }
    }
}

/// The cloud that a cluster's table names, if it is one.
pub(super) fn cloud(table: &DeTable<'_>) -> Option<Cloud> {
    let named = table.get("cloud")?.get_ref().as_str()?;
    Cloud::ALL.into_iter().find(|cloud| cloud.as_str() == named)
}

/// The clouds that have a part in the deployment, coderd's first.
pub(super) fn clouds(root: &DeTable<'_>, home: Cloud) -> Vec<Cloud> {
    let entries = root.get("clusters").and_then(|clusters| clusters.get_ref().as_array());
    let named = entries.into_iter().flatten().filter_map(|entry| match entry.get_ref() {
        DeValue::Table(table) => cloud(table),
        _ => None,
    });
    let mut clouds = vec![home];
    for cloud in named {
        if !clouds.contains(&cloud) {
            clouds.push(cloud);
        }
    }
    clouds
}

/// The clusters out of the good values.
pub(super) fn form(
    root: &Section<'_>,
    home: &Spanned<Cloud>,
    region: &Spanned<String>,
    table: &Workspaces,
) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = root
        .entries("clusters")
        .map(|entry| {
            let at = || entry.span.clone().unwrap_or(0..0);
            let cloud = entry.word("cloud", &Cloud::ALL, Cloud::as_str);
            let cidr = entry
                .text("cidr")
                .and_then(|text| Some(Spanned::new(text.span(), address::range(text.get_ref()).ok()?)));
            let cloud = cloud.unwrap_or_else(|| Spanned::new(at(), *home.get_ref()));
            let is_home = cloud.get_ref() == home.get_ref();
            Cluster {
                name: entry.text("name").unwrap_or_else(|| Spanned::new(at(), MAIN.to_owned())),
                region: entry.text("region").unwrap_or_else(|| region.clone()),
                share: entry.number("share").unwrap_or_else(|| Spanned::new(at(), 1.0)),
                cidr,
                workspaces: over(read::workspaces(entry), table, is_home),
                cloud,
            }
        })
        .collect();
    if clusters.is_empty() {
        clusters.push(Cluster::only(home, region, table));
    }
    clusters
}

/// A cluster's own keys over those of `[workspaces]`.
fn over(own: Workspaces, table: &Workspaces, is_home: bool) -> Workspaces {
    let table = table.clone();
    Workspaces {
        vcpus: own.vcpus.or(table.vcpus),
        memory_gb: own.memory_gb.or(table.memory_gb),
        volume_gb: own.volume_gb.or(table.volume_gb),
        per_node: own.per_node.or(table.per_node),
        nodes_min: own.nodes_min.or(table.nodes_min),
        nodes_max: own.nodes_max.or(table.nodes_max),
        machine: own.machine.or(table.machine.filter(|_| is_home)),
        arm: own.arm || table.arm,
    }
}

/// Checks the clusters against each other and against the rest.
pub(super) fn check(root: &Section<'_>, problems: &mut Problems<'_>) {
    let entries: Vec<&Section<'_>> = root.entries("clusters").collect();
    names(root, &entries, problems);
    shares(&entries, problems);
    places(root, &entries, problems);
    ranges(root, &entries, problems);
    for entry in &entries {
        nodes(entry, problems);
    }
    if let Some(span) = entries.get(MOST).and_then(|entry| entry.span.clone()) {
        problems.push(
            Diagnostic::at(span, format!("`clusters` has {} entries, but {MOST} at most", entries.len()))
                .help("make several deployments"),
        );
    }
}

fn place(entry: &Section<'_>, key: &str) -> Range<usize> {
    entry.place(key).or_else(|| entry.span.clone()).unwrap_or(0..0)
}

fn names(root: &Section<'_>, entries: &[&Section<'_>], problems: &mut Problems<'_>) {
    let deployment = root.text("name");
    for (at, entry) in entries.iter().enumerate() {
        let Some(name) = entry.text("name") else { continue };
        let before =
            entries[..at].iter().any(|other| other.as_written("name") == Some(name.get_ref().as_str()));
        if before {
            problems.push(
                Diagnostic::at(
                    name.span(),
                    format!("`clusters.name` {} is there twice", quoted(name.get_ref())),
                )
                .help("give each cluster a name of its own"),
            );
        }
        if let Some(deployment) = &deployment
            && deployment.get_ref().len() + name.get_ref().len() > TOGETHER
        {
            problems.push(
                Diagnostic::at(
                    name.span(),
                    format!(
                        "`clusters.name` {} and `name` {} have more than {TOGETHER} characters together",
                        quoted(name.get_ref()),
                        quoted(deployment.get_ref())
                    ),
                )
                .note("Google Cloud takes 30 characters for the service account <name>-<cluster>-nodes")
                .help("shorten one of them"),
            );
        }
    }
}

/// Shares are there, and sum to 1.
fn shares(entries: &[&Section<'_>], problems: &mut Problems<'_>) {
    if let [only] = entries
        && !only.has("share")
    {
        return;
    }
    let lacking: Vec<_> = entries.iter().filter(|entry| !entry.has("share")).collect();
    for entry in &lacking {
        problems.push(
            Diagnostic::at(
                place(entry, "share"),
                "`clusters.share` is required where there are several clusters",
            )
            .note("it says which part of the provisioner daemons and workspaces the cluster carries")
            .help("write one such as `share = 0.5` under each `[[clusters]]`; together they are 1"),
        );
    }
    let given: Vec<Spanned<f64>> = entries.iter().filter_map(|entry| entry.number("share")).collect();
    let sum: f64 = given.iter().map(|share| *share.get_ref()).sum();
    if let Some(last) = given.last().filter(|_| given.len() == entries.len() && (sum - 1.0).abs() > SLACK) {
        let parts: Vec<String> = given.iter().map(|share| share.get_ref().to_string()).collect();
        problems.push(
            Diagnostic::at(
                last.span(),
                format!(
                    "`clusters.share` sums to {}, not to 1: {}",
                    crate::sizing::plain(sum),
                    parts.join(" + ")
                ),
            )
            .help("write shares of the whole: 0.5, 0.3 and 0.2, for example"),
        );
    }
}

/// Another cloud has other regions.
fn places(root: &Section<'_>, entries: &[&Section<'_>], problems: &mut Problems<'_>) {
    if root.word("cloud", &Cloud::ALL, Cloud::as_str).is_none() {
        return;
    }
    for entry in entries {
        let Some(cloud) = entry.word("cloud", &Cloud::ALL, Cloud::as_str) else { continue };
        if *cloud.get_ref() != problems.cloud() && !entry.has("region") && !problems.may_hide("region") {
            problems.push(
                Diagnostic::at(cloud.span(), "`clusters.region` is required beside another `cloud`")
                    .note(format!("the spec's region is one of {}", problems.cloud().as_str()))
                    .help(format!("write one of {}'s under this `[[clusters]]`", cloud.get_ref().as_str())),
            );
        }
    }
}

/// No two ranges that the user names overlap.
fn ranges(root: &Section<'_>, entries: &[&Section<'_>], problems: &mut Problems<'_>) {
    let network = root.section("network");
    let mut before: Vec<(String, ipnet::Ipv4Net)> = Vec::new();
    let named = std::iter::once((&network, "network.cidr".to_owned())).chain(entries.iter().map(|entry| {
        (*entry, format!("the range of cluster {}", quoted(entry.as_written("name").unwrap_or("?"))))
    }));
    for (section, what) in named {
        let Some(text) = section.text("cidr") else { continue };
        let Ok(range) = address::range(text.get_ref()) else { continue };
        let clash = before.iter().find(|(_, other)| other.contains(&range) || range.contains(other));
        if let Some((other, _)) = clash {
            problems.push(
                Diagnostic::at(text.span(), format!("{what}, {range}, overlaps {other}"))
                    .note(
                        "workspaces of one cluster must be able to tell the other's addresses from their own",
                    )
                    .help("give each a range of its own, or leave `cidr` out of the clusters"),
            );
        }
        before.push((what, range));
    }
}

/// A cluster's bounds are in order.
fn nodes(entry: &Section<'_>, problems: &mut Problems<'_>) {
    let (Some(min), Some(max)) = (entry.whole("nodes_min"), entry.whole("nodes_max")) else { return };
    if min.get_ref() > max.get_ref() {
        let message = format!(
            "`clusters.nodes_min` is {}, but `clusters.nodes_max` is only {}",
            min.get_ref(),
            max.get_ref()
        );
        problems.push(Diagnostic::at(min.span(), message).help("lower `nodes_min` or raise `nodes_max`"));
    }
}
