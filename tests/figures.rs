//! What sizing and plan make of a spec: overrides, densities, ranges, quotas; and what they refuse, in which words.

#![allow(clippy::unwrap_used)] // a test that unwraps in vain has found something

use std::fmt::Write as _;

use proptest::prelude::*;
use tierform::catalog::{self, Density};
use tierform::plan::Plan;
use tierform::spec::{Cloud, Spec, Tier};
use tierform::{Compiled, compile, resolve};

/// The smallest spec, with a few lines more.
fn spec(tier: &str, more: &str) -> String {
    format!(
        "name = 'acme'\ntier = '{tier}'\ncloud = 'gcp'\nregion = 'us-central1'\n\
         access.url = 'https://coder.acme.dev'\ngcp.project = 'acme-prod'\n{more}\n"
    )
}

fn plan(tier: &str, more: &str) -> Plan {
    compile(&spec(tier, more)).unwrap_or_else(|problems| panic!("{more}: {problems:#?}")).plan
}

/// The messages that a spec is refused with, and the text that each caret is under.
fn refusals(text: &str) -> String {
    let problems = compile(text).expect_err(text);
    problems.iter().fold(String::new(), |mut all, problem| {
        let at = problem.span.clone().map_or("", |span| &text[span]);
        writeln!(all, "{at} | {}", problem.message).unwrap();
        all
    })
}

#[test]
fn what_the_catalog_or_the_cloud_refuses() {
    let cases = [
        ("region = 'us-centrall1'", "'us-centrall1' | `region` \"us-centrall1\" is no region of gcp\n"),
        (
            "coderd.machine = 'n4-standard-3'",
            "'n4-standard-3' | `coderd.machine` \"n4-standard-3\" is no machine type that tierform knows on gcp\n",
        ),
        (
            "coderd.machine = 'n4-highcpu-2'",
            "'n4-highcpu-2' | `coderd.machine` \"n4-highcpu-2\" is too small: it has 2 vCPU and 4 GB, its role needs 2 and 8\n",
        ),
        (
            "coderd.machine = 'e2-medium'",
            "'e2-medium' | `coderd.machine` \"e2-medium\" shares its cores, so it stalls under steady load\n",
        ),
        (
            "workspaces.machine = 'c4a-standard-8'",
            "'c4a-standard-8' | `workspaces.machine` \"c4a-standard-8\" has ARM processors, which tierform cannot set up yet\n",
        ),
        (
            "provisioners.machine = 'n2-highcpu-16'",
            "'n2-highcpu-16' | `provisioners.machine` \"n2-highcpu-16\" is too small: it has 16 vCPU and 16 GB, its role needs 31 and 31\n",
        ),
        (
            "network.zones = ['us-central1-a', 'us-central1-x']",
            "'us-central1-x' | `network.zones` names \"us-central1-x\", which is no zone of us-central1\n",
        ),
        (
            "network.zones = ['us-central1-a', 'europe-west1-b']",
            "'europe-west1-b' | `network.zones` names \"europe-west1-b\", which is no zone of us-central1\n",
        ),
        (
            "network.cidr = '10.0.0.0/20'",
            "'10.0.0.0/20' | `network.cidr` 10.0.0.0/20 is too small: this deployment needs a /18\n",
        ),
        (
            "network.cidr = '172.16.0.0/12'",
            "'172.16.0.0/12' | `network.cidr` 172.16.0.0/12 overlaps 172.17.0.0/16\n",
        ),
        (
            "workspaces.memory_gb = 64",
            "64 | a workspace of 0.5 vCPU and 64 GB does not fit a node: n4-standard-8 leaves 7.91 vCPU and 28.34 GB to pods\n",
        ),
        ("workspaces.nodes_min = 50", "50 | `workspaces.nodes_min` 50 is above the 43 nodes at most\n"),
        ("workspaces.per_node = 250", "250 | `workspaces.per_node` 250 is above 240, what a node can run\n"),
        (
            "database.machine = 'db-perf-optimized-N-8'",
            "'db-perf-optimized-N-8' | `database.machine` \"db-perf-optimized-N-8\" is of edition ENTERPRISE_PLUS; tierform sets ENTERPRISE\n",
        ),
        (
            "database.machine = 'db-custom-2-7680'",
            "'db-custom-2-7680' | `database.machine` \"db-custom-2-7680\" is too small: it has 2 vCPU and 7.5 GB, the database needs 8 and 30\n",
        ),
        (
            "database.vcpus = 5",
            "5 | Cloud SQL sells no instance of 5 vCPU and 30 GB: vCPUs must be 1 or an even number up to 96\n",
        ),
        (
            "database.memory_gb = 100",
            "100 | Cloud SQL sells no instance of 8 vCPU and 100 GB: 8 vCPU go with 7.2 to 52 GB\n",
        ),
    ];
    for (line, expected) in cases {
        let text = match line.strip_prefix("region") {
            Some(_) => spec("1k", "").replace("region = 'us-central1'", line),
            None => spec("1k", line),
        };
        assert_eq!(refusals(&text), expected, "{line}");
    }
}

#[test]
fn a_region_without_the_published_family_names_the_way_out() {
    let text = spec("2k", "").replace("us-central1", "me-central2");
    let problems = compile(&text).unwrap_err();
    assert!(problems[0].message.contains("does not sell n1-standard-4"), "{problems:#?}");
    assert!(problems[0].help.as_ref().unwrap().contains("machines = \"current\""), "{problems:#?}");
    let current = format!("machines = 'current'\n{text}");
    assert_eq!(compile(&current).unwrap().plan.coderd.machine.machine_type.value, "n4-standard-4");
}

#[test]
fn mistakes_of_every_step_come_in_one_run() {
    let all = refusals(&spec(
        "1k",
        "coderd.machine = 'n4-highcpu-2'\nnetwork.zones = ['us-central1-x']\nprovisioners.per_hots = 3",
    ));
    assert_eq!(all.lines().count(), 3, "{all}");
}

#[test]
fn current_families_replace_published_names_and_their_disks() {
    let plan = plan("2k", "machines = 'current'");
    assert_eq!(plan.coderd.machine.machine_type.value, "n4-standard-4");
    assert_eq!(plan.coderd.machine.disk_type, "hyperdisk-balanced");
    assert_eq!(plan.clusters[0].host.machine_type.value, "n4-highcpu-16");
    // An n4-standard-8 attaches 16 disks, one of them its own: the page's 16 workspaces a node do not get a volume each.
    assert_eq!((plan.clusters[0].density.per_node, plan.clusters[0].density.bound_by), (15, "volumes"));
    assert_eq!(plan.clusters[0].nodes_max.value, 2048_u32.div_ceil(15));
    assert_eq!(plan.database.machine.value, "db-custom-4-16384");
}

#[test]
fn what_binds_the_density_is_named() {
    for (more, per_node, bound_by) in [
        ("", 14, "memory"),
        ("workspaces.vcpus = 1", 7, "cpu"),
        ("workspaces.memory_gb = 1", 15, "cpu"),
        ("workspaces.memory_gb = 1\nworkspaces.vcpus = 0.1", 15, "volumes"),
        ("workspaces.memory_gb = 1\nworkspaces.vcpus = 0.1\nworkspaces.volume_gb = 0", 16, "table"),
        ("workspaces.per_node = 30", 30, "override"),
        ("workspaces.machine = 'n4-standard-16'", 16, "table"),
    ] {
        let plan = plan("1k", more);
        let density = &plan.clusters[0].density;
        assert_eq!((density.per_node, density.bound_by), (per_node, bound_by), "{more}");
        assert!(plan.clusters[0].nodes_max.value >= 600_u32.div_ceil(per_node), "{more}");
    }
}

#[test]
fn requests_are_cut_so_that_a_stated_density_fits() {
    let plan = plan("2k", "");
    let request = &plan.clusters[0].request;
    assert_eq!((request.cpu.as_str(), request.memory.as_str()), ("460m", "1776Mi"));
    assert!(plan.warnings.iter().any(|warning| warning.code == "workspaces_exceed_node"));
}

#[test]
fn overrides_reach_the_plan_and_say_so() {
    let plan = plan(
        "1k",
        "coderd.replicas = 4\nprovisioners.count = 45\ndatabase.version = 16\ndatabase.high_availability = true\n\
         database.storage_gb = 900\nworkspaces.nodes_max = 60\nnetwork.zones = ['us-central1-f', 'us-central1-b']",
    );
    assert_eq!(plan.coderd.replicas.value, 4);
    assert_eq!(plan.coderd.replicas.reason, "coderd.replicas in coder.toml");
    assert_eq!(plan.database.max_connections.value, 2 * 4 * 30 + 50);
    assert_eq!((plan.clusters[0].hosts.value, plan.clusters[0].daemons_per_host.value), (2, 23));
    assert_eq!(plan.clusters[0].nodes_max.value, 60);
    assert_eq!(plan.database.version.value, 16);
    assert_eq!(plan.database.storage_gb.value, 900);
    assert!(plan.database.high_availability.value);
    assert_eq!(plan.zones.value, ["us-central1-f", "us-central1-b"]);
}

#[test]
fn a_larger_deployment_keeps_its_ranges_while_they_fit() {
    let ranges = |plan: &Plan| {
        let network = &plan.network;
        [&network.coderd_cidr, &network.database_cidr, &network.pods_cidr.value, &network.services_cidr]
            .map(String::clone)
    };
    assert_eq!(ranges(&plan("1k", "")), ranges(&plan("2k", "")));
}

#[test]
fn quotas_hold_the_machines() {
    let plan = plan("1k", "");
    let cpus = plan.quotas.iter().find(|quota| quota.name == "N4 CPUs").unwrap();
    // 3 coderd, 2 hosts, 3 nodes, 3 system nodes; at most a coderd a zone more, 43 nodes and one a zone more in each pool.
    assert_eq!(cpus.min, 3 * 2 + 2 * 32 + 3 * 8 + 3 * 2);
    assert_eq!(cpus.max, 6 * 2 + 2 * 32 + 46 * 8 + 6 * 2);
}

/// Every published page, row by row: what `size` says without any override.
#[test]
fn the_pages_row_by_row() {
    for row in catalog::tiers() {
        let spec = Spec::of_tier(row.tier, Some(row.revision), Cloud::Gcp, "us-central1");
        let Compiled { sizing, plan, .. } = resolve(spec).unwrap();
        let place = format!("{} revision {}", row.tier.as_str(), row.revision);
        assert_eq!(sizing.coderd.replicas.value, row.coderd.replicas, "{place}");
        assert_eq!(sizing.coderd.vcpus.value, row.coderd.vcpus, "{place}");
        assert_eq!(sizing.coderd.memory_gb.value, row.coderd.memory_gb, "{place}");
        assert_eq!(sizing.provisioners.count.value, row.provisioners.count, "{place}");
        assert_eq!(sizing.provisioners.per_host.value, row.provisioners.per_host, "{place}");
        assert_eq!(
            sizing.provisioners.each.is_some(),
            matches!(row.provisioners.density, Density::PerDaemon(_)),
            "{place}"
        );
        assert_eq!(sizing.database.storage_gb.value, row.database.storage_gb.unwrap_or(512), "{place}");
        assert_eq!(sizing.limits, row.limits, "{place}");
        if let Some(nodes) = &row.nodes {
            let cluster = &plan.clusters[0];
            assert_eq!(
                (cluster.nodes_max.value, cluster.density.per_node),
                (nodes.nodes, nodes.per_node),
                "{place}"
            );
            assert_eq!(cluster.node.machine_type.value, nodes.published.gcp, "{place}");
        }
        if let Some(published) = row.coderd.published {
            assert_eq!(plan.coderd.machine.machine_type.value, published.gcp, "{place}");
        }
    }
}

proptest! {
    /// Whatever the overrides: hosts carry the daemons and none is idle, every machine carries its row, zones are the region's.
    #[test]
    fn hosts_carry_their_daemons(
        tier in prop::sample::select(vec![Tier::K1, Tier::K2]),
        revision in 1..=2_u8,
        count in 1..2000_u32,
        per_host in 1..=30_u32,
        region in prop::sample::select(catalog::regions(Cloud::Gcp).map(|region| region.name).collect::<Vec<_>>()),
    ) {
        let text = format!(
            "name = 'acme'\ntier = '{}'\ntier_revision = {revision}\ncloud = 'gcp'\nregion = '{region}'\nmachines = 'current'\n\
             access.url = 'https://coder.acme.dev'\ngcp.project = 'acme-prod'\n\
             provisioners.count = {count}\nprovisioners.per_host = {per_host}",
            tier.as_str()
        );
        let Compiled { sizing, plan, .. } = compile(&text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
        let (hosts, each) = (sizing.provisioners.hosts.value, sizing.provisioners.per_host.value);
        prop_assert!(each <= per_host && hosts * each >= count && count > (hosts - 1) * each);
        let host = catalog::machine(Cloud::Gcp, &plan.clusters[0].host.machine_type.value).unwrap();
        prop_assert!(host.carries(sizing.provisioners.host.value.0, sizing.provisioners.host.value.1));
        let coderd = catalog::machine(Cloud::Gcp, &plan.coderd.machine.machine_type.value).unwrap();
        prop_assert!(coderd.carries(sizing.coderd.vcpus.value.into(), sizing.coderd.memory_gb.value.into()));
        let zones = catalog::region(Cloud::Gcp, region).unwrap().zones;
        prop_assert!(!plan.zones.value.is_empty() && plan.zones.value.iter().all(|zone| zones.contains(&zone.as_str())));
    }
}
