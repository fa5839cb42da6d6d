//! Several clusters: nothing of the tier is lost between them, and their addresses lie apart and stay where they are. What cannot be
//! is in `tests/refusals`.

use ipnet::Ipv4Net;
use proptest::prelude::*;
use tierform::diagnostic::render;
use tierform::plan::{Cidrs, ClusterPlan, Plan};
use tierform::record::{Decided, Record, lasting};
use tierform::{Compiled, compile, compile_reading, spec};

/// A place and the certificate that the control plane needs there.
const HOMES: [(&str, &str, &str); 3] = [
    ("gcp", "us-central1", ""),
    ("aws", "us-east-1", "dns_zone = \"Z0123456789ABCDEFGHIJ\""),
    ("azure", "eastus", "certificate = \"https://acme-certs.vault.azure.net/secrets/coder\""),
];
const PLACES: [(&str, &str); 8] = [
    ("gcp", "us-central1"),
    ("gcp", "europe-west4"),
    ("aws", "us-east-1"),
    ("aws", "eu-west-1"),
    ("azure", "eastus"),
    ("azure", "westeurope"),
    ("gcp", "us-central1"),
    ("aws", "us-east-1"),
];
const TIERS: [(&str, u8); 7] = [("1k", 1), ("1k", 2), ("2k", 1), ("2k", 2), ("3k", 1), ("3k", 2), ("10k", 2)];

/// A cluster: its name, index among the places, share and further keys.
type Entry<'a> = (&'a str, usize, f64, &'a str);

fn text(home: usize, tier: usize, clusters: &[Entry<'_>]) -> String {
    let (cloud, region, certificate) = HOMES[home];
    let (tier, revision) = TIERS[tier];
    let mut text = format!(
        "name = \"acme\"\ntier = \"{tier}\"\ntier_revision = {revision}\ncloud = \"{cloud}\"\nregion = \"{region}\"\n\
         machines = \"current\"\n[access]\nurl = \"https://coder.acme.dev\"\n{certificate}\n"
    );
    let mut used = vec![cloud];
    for (name, place, share, keys) in clusters {
        let (cloud, region) = PLACES[*place];
        used.push(cloud);
        text += &format!(
            "[[clusters]]\nname = \"{name}\"\ncloud = \"{cloud}\"\nregion = \"{region}\"\nshare = {share}\n{keys}\n"
        );
    }
    if used.contains(&"gcp") {
        text += "[gcp]\nproject = \"acme-prod\"\n";
    }
    if used.contains(&"azure") {
        text += "[azure]\nsubscription_id = \"11111111-2222-3333-4444-555555555555\"\nrunner_cidrs = [\"203.0.113.10/32\"]\n";
    }
    if cloud == "azure" {
        text += "certificate_vault = \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs\"\n";
    }
    text
}

fn compiled(text: &str) -> Compiled {
    compile(text)
        .unwrap_or_else(|problems| panic!("{text}\n{}", render(&problems, "coder.toml", text, false)))
}

fn cidrs(ranges: &Cidrs) -> Vec<Ipv4Net> {
    match ranges {
        Cidrs::One(range) => vec![range.parse().unwrap()],
        Cidrs::Zonal(zones) => zones.values().map(|range| range.parse().unwrap()).collect(),
    }
}

/// Every range that something stands in, with its owner; those that hold others are left out.
fn ranges(plan: &Plan) -> Vec<(String, Ipv4Net)> {
    let mut all = Vec::new();
    let mut add = |owner: &str, name: &str, ranges: &Cidrs| {
        if !["vpc", "vnet"].contains(&name) {
            all.extend(cidrs(ranges).into_iter().map(|range| (format!("{owner} {name}"), range)));
        }
    };
    let networks = std::iter::once(("home", &plan.network, &plan.clusters))
        .chain(plan.sites.iter().map(|site| (site.key.as_str(), &site.network, &site.clusters)));
    for (owner, network, clusters) in networks {
        let shared: Vec<Ipv4Net> = network.ranges.values().flat_map(|range| cidrs(&range.value)).collect();
        for (name, range) in &network.ranges {
            add(owner, name, &range.value);
        }
        for cluster in clusters {
            for (name, range) in &cluster.ranges {
                // The first cluster's ranges are the network's.
                if !cidrs(&range.value).iter().all(|range| shared.contains(range)) {
                    add(&cluster.name, name, &range.value);
                }
            }
        }
    }
    all
}

/// A cluster's own ranges, as text.
fn own(cluster: &ClusterPlan) -> Vec<String> {
    cluster.ranges.values().flat_map(|range| cidrs(&range.value)).map(|range| range.to_string()).collect()
}

/// One to five clusters, their shares in hundredths.
fn entries() -> impl Strategy<Value = Vec<(usize, u32)>> {
    prop::collection::vec((0..PLACES.len(), 1..=100u32), 1..=5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_the_tier_is_lost_and_no_two_ranges_overlap(home in 0..3usize, tier in 0..TIERS.len(), parts in entries()) {
        let sum: u32 = parts.iter().map(|(_, part)| part).sum();
        let names = ["a", "b", "c", "d", "e"];
        let clusters: Vec<Entry<'_>> = parts
            .iter()
            .zip(names)
            .map(|((place, part), name)| (name, *place, f64::from(*part) / f64::from(sum), ""))
            .collect();
        let Compiled { sizing, plan, .. } = match compile(&text(home, tier, &clusters)) {
            Ok(compiled) => compiled,
            // A hundredth of a small tier may round to nothing, which has a test of its own.
            Err(problems) => {
                prop_assert!(problems.iter().all(|problem| problem.message.contains("leaves")), "{problems:?}");
                return Ok(());
            }
        };
        let daemons: u32 = sizing.clusters.iter().map(|cluster| cluster.provisioners.value).sum();
        let workspaces: u32 = sizing.clusters.iter().map(|cluster| cluster.running_workspaces.value).sum();
        prop_assert_eq!(daemons, sizing.row.provisioners.count);
        prop_assert_eq!(workspaces, sizing.row.limits.running_workspaces);
        prop_assert_eq!(plan.all_clusters().count(), parts.len());
        for cluster in plan.all_clusters() {
            let (hosts, per_host) = (cluster.hosts.value, cluster.daemons_per_host.value);
            prop_assert!(hosts * per_host >= cluster.provisioners && cluster.provisioners > (hosts - 1) * per_host);
            prop_assert!(cluster.nodes_max.value * cluster.density.per_node >= cluster.running_workspaces.value);
            prop_assert_eq!(cluster.tags.is_empty(), parts.len() == 1, "the only cluster needs no tag");
        }
        let tree = tierform::render::render(&plan).unwrap();
        tierform::render::verify(tree.iter()).unwrap();
        let ranges = ranges(&plan);
        for (at, (owner, range)) in ranges.iter().enumerate() {
            for (other, its) in &ranges[at + 1..] {
                prop_assert!(!range.contains(its) && !its.contains(range), "{} {}, {} {}", owner, range, other, its);
            }
        }
    }
}

#[test]
fn daemons_and_workspaces_go_by_share() {
    let Compiled { sizing, plan, .. } =
        compiled(&text(0, 2, &[("us", 0, 0.5, ""), ("eu", 1, 0.3, ""), ("ml", 3, 0.2, "")]));
    let parts: Vec<_> = sizing
        .clusters
        .iter()
        .map(|cluster| {
            (cluster.provisioners.value, cluster.running_workspaces.value, cluster.hosts.count.value)
        })
        .collect();
    assert_eq!(parts, [(60, 1024, 2), (36, 614, 2), (24, 410, 1)]);
    assert_eq!(sizing.provisioners.hosts, 5);
    // Google's network spans regions, so only AWS is a site.
    assert_eq!(plan.clusters.iter().map(|cluster| cluster.name.as_str()).collect::<Vec<_>>(), ["us", "eu"]);
    assert_eq!(plan.sites.iter().map(|site| site.key.as_str()).collect::<Vec<_>>(), ["aws_eu_west_1"]);
    let told = plan.warnings.iter().find(|warning| warning.code == "templates_need_a_tag").unwrap();
    assert!(told.message.contains("cluster = us or eu or ml"), "{}", told.message);
}

#[test]
fn clusters_of_one_region_share_a_vpc_on_aws_and_have_a_vnet_each_on_azure() {
    let of_aws = compiled(&text(1, 1, &[("a", 2, 0.5, ""), ("b", 7, 0.5, "")])).plan;
    assert_eq!((of_aws.clusters.len(), of_aws.sites.len()), (2, 0));
    let services: Vec<_> = of_aws.clusters.iter().flat_map(own).collect();
    assert_eq!(services, ["172.20.0.0/16", "10.100.0.0/16"]);
    let of_azure = compiled(&text(2, 1, &[("a", 4, 0.5, ""), ("b", 4, 0.5, "")])).plan;
    assert_eq!(of_azure.sites.iter().map(|site| site.key.as_str()).collect::<Vec<_>>(), ["azure_b"]);
    assert_eq!(of_azure.sites[0].resource_group.as_ref().unwrap().name, "acme-b");
    let elsewhere = compiled(&text(1, 1, &[("a", 3, 0.5, ""), ("b", 4, 0.5, "")])).plan;
    assert!(elsewhere.clusters.is_empty(), "coderd may stand alone");
}

#[test]
fn a_cluster_keeps_its_range_when_others_come_and_go() {
    let before = compiled_for(
        &text(0, 1, &[("a", 0, 0.4, ""), ("b", 1, 0.3, ""), ("c", 3, 0.3, "")]),
        &Decided::default(),
    );
    let range = |of: &(Plan, Decided), name: &str| {
        let plan = &of.0;
        let site = plan.sites.iter().find(|site| site.clusters.iter().any(|cluster| cluster.name == name));
        (own(plan.cluster(name).unwrap()), site.map(|site| site.network.cidr.value.clone()))
    };
    // b goes, d comes: c would move up to b's place.
    let text = text(0, 1, &[("a", 0, 0.4, ""), ("c", 3, 0.3, ""), ("d", 5, 0.3, "")]);
    let after = compiled_for(&text, &before.1);
    assert_eq!(range(&after, "a"), range(&before, "a"));
    assert_eq!(range(&after, "c"), range(&before, "c"));
    assert_ne!(
        range(&after, "d").0,
        range(&before, "b").0,
        "what was somebody's is not given out in the same run"
    );
    let without_a_record = compiled_for(&text, &Decided::default());
    assert_ne!(range(&without_a_record, "c"), range(&before, "c"), "or the record would not matter");
}

#[test]
fn no_cluster_moves_when_the_first_of_its_network_goes_or_another_comes_before_it() {
    for (home, place) in [(0, 0), (2, 4)] {
        let both = [("a", place, 0.5, ""), ("b", place, 0.5, "")];
        let before = compiled_for(&text(home, 1, &both), &Decided::default());
        let without_a = compiled_for(&text(home, 1, &both[1..]).replace("0.5", "1.0"), &before.1);
        assert_eq!(place_of(&without_a.0, "b"), place_of(&before.0, "b"), "{home}");
        let later = compiled_for(&text(home, 1, &both[1..]).replace("0.5", "1.0"), &without_a.1);
        assert_eq!(place_of(&later.0, "b"), place_of(&before.0, "b"), "{home}");
        let other = [("c", place, 0.5, ""), ("b", place, 0.5, "")];
        let replaced = compiled_for(&text(home, 1, &other), &before.1);
        assert_eq!(place_of(&replaced.0, "b"), place_of(&before.0, "b"), "{home}");
        if home == 0 {
            // It is taken while the first one goes. A VNet of Azure's has no other.
            assert_ne!(place_of(&replaced.0, "c"), place_of(&before.0, "a"));
        }
        let turned = compiled_for(&text(home, 1, &[both[1], both[0]]), &before.1);
        for name in ["a", "b"] {
            assert_eq!(place_of(&turned.0, name), place_of(&before.0, name), "{home}");
        }
    }
    // Neither in a network of Google Cloud's beside coderd on AWS.
    let all = [("x", 2, 0.2, ""), ("a", 0, 0.4, ""), ("b", 0, 0.4, "")];
    let before = compiled_for(&text(1, 1, &all), &Decided::default());
    let after = compiled_for(&text(1, 1, &[all[0], ("b", 0, 0.8, "")]), &before.1);
    assert_eq!(place_of(&after.0, "b"), place_of(&before.0, "b"));
}

#[test]
fn a_disk_of_azures_does_not_shrink_when_another_cluster_takes_over_some_daemons() {
    let disk = |plan: &Plan, name: &str| plan.cluster(name).unwrap().host.as_ref().unwrap().disk_gb.clone();
    for (home, place) in [(0, 0), (1, 2), (2, 4)] {
        let one = compiled_for(&text(home, 1, &[("a", place, 1.0, "")]), &Decided::default());
        let two = text(home, 1, &[("a", place, 0.1, ""), ("b", place, 0.9, "")]);
        let fresh = compiled_for(&two, &Decided::default());
        let grown = compiled_for(&two, &one.1);
        let (before, small) = (disk(&one.0, "a").value, disk(&fresh.0, "a").value);
        assert!(small < before, "{home}: or nothing would be shown");
        assert_eq!(disk(&grown.0, "a").value, if home == 2 { before } else { small }, "{home}");
        assert_eq!(disk(&grown.0, "b"), disk(&fresh.0, "b"), "{home}: one that is new");
        assert_eq!(
            disk(&compiled_for(&two, &grown.1).0, "a"),
            disk(&grown.0, "a"),
            "{home}: and so it stays"
        );
    }
}

/// The network that a cluster stands in, by the site's key, and the range of its nodes.
fn place_of(plan: &Plan, name: &str) -> (Option<String>, String) {
    let is_in = |clusters: &[ClusterPlan]| clusters.iter().any(|cluster| cluster.name == name);
    let site = plan.sites.iter().find(|site| is_in(&site.clusters)).map(|site| site.key.clone());
    (site, format!("{:?}", plan.cluster(name).unwrap().ranges["nodes"].value))
}

#[test]
fn a_range_that_a_cluster_has_already_cannot_be_named_for_another() {
    let before = compiled_for(&text(0, 1, &[("a", 0, 0.5, ""), ("b", 3, 0.5, "")]), &Decided::default());
    let range = before.0.sites[0].network.cidr.value.clone();
    let text =
        text(0, 1, &[("a", 0, 0.5, ""), ("b", 3, 0.3, ""), ("c", 5, 0.2, &format!("cidr = \"{range}\""))]);
    let problems = compile_reading(spec::read(&text), &before.1).unwrap_err();
    let report = render(&problems, "coder.toml", &text, false);
    assert!(
        report.contains(&format!(
            "error: `clusters.cidr` {range} overlaps {range}, which network aws_eu_west_1 has had since it was first generated\n"
        )),
        "{report}"
    );
    assert!(report.contains("help: choose a range apart from it"), "{report}");
    compiled(&text);
}

/// The plan for a directory for which that was decided, and what is decided after.
fn compiled_for(text: &str, decided: &Decided) -> (Plan, Decided) {
    let plan = compile_reading(spec::read(text), decided).unwrap().plan;
    let decided = Record::of(text, lasting(&plan).unwrap()).decided().unwrap();
    (plan, decided)
}

#[test]
fn a_cluster_has_its_own_workspaces_and_the_tables_otherwise() {
    let text = text(0, 1, &[("a", 0, 0.5, "memory_gb = 8\nnodes_max = 77"), ("b", 3, 0.5, "")])
        + "[workspaces]\nmemory_gb = 4\nmachine = \"n4-standard-16\"\n";
    let Compiled { sizing, plan, .. } = compiled(&text);
    let memory: Vec<f64> = sizing.clusters.iter().map(|cluster| cluster.request.memory_gb).collect();
    assert_eq!(memory, [8.0, 4.0]);
    assert_eq!(plan.cluster("a").unwrap().nodes_max.value, 77);
    assert_eq!(plan.cluster("a").unwrap().node.machine_type.value, "n4-standard-16");
    assert_eq!(
        plan.cluster("b").unwrap().node.machine_type.value,
        "m8i.2xlarge",
        "a type of Google's is none of AWS's"
    );
}

#[test]
fn a_resource_group_of_ones_own_holds_one_network() {
    let one = text(0, 1, &[("a", 0, 0.5, ""), ("b", 5, 0.5, "")]) + "resource_group = \"coder\"\n";
    assert_eq!(compiled(&one).plan.sites[0].resource_group.as_ref().unwrap().name, "coder");
}
