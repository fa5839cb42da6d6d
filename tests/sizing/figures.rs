//! What sizing and plan make of a spec: overrides, densities, ranges, quotas; and what they refuse, in which words.

use std::fmt::Write as _;

use proptest::prelude::*;
use tierform::catalog;
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
            "'c4a-standard-8' | `workspaces.machine` \"c4a-standard-8\" has ARM processors, on which only workspaces built for them run\n",
        ),
        (
            "provisioners.machine = 'n2-custom-31-32768'",
            "'n2-custom-31-32768' | `provisioners.machine` \"n2-custom-31-32768\" is not sold: n2 have an even number up to 32, or a multiple of 4 up to 128 vCPUs\n",
        ),
        (
            "coderd.machine = 'n2-custom-2-4096'",
            "'n2-custom-2-4096' | `coderd.machine` \"n2-custom-2-4096\" is too small: it has 2 vCPU and 4 GB, its role needs 2 and 8\n",
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
            "'10.0.0.0/20' | `network.cidr` 10.0.0.0/20 is too small for 52 nodes, 2 hosts and 3 coderd\n",
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
    assert_eq!(plan.clusters[0].host.as_ref().unwrap().machine_type.value, "n4-highcpu-16");
    // An n4-standard-8 attaches 16 disks, one of them its own: the page's 16 workspaces a node do not get a volume each.
    assert_eq!(
        (plan.clusters[0].density.per_node, plan.clusters[0].density.bound_by.as_str()),
        (15, "volumes")
    );
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
        assert_eq!((density.per_node, density.bound_by.as_str()), (per_node, bound_by), "{more}");
        assert!(plan.clusters[0].nodes_max.value >= 600_u32.div_ceil(per_node), "{more}");
    }
}

#[test]
fn requests_are_cut_so_that_a_stated_density_fits() {
    let plan = plan("2k", "");
    let request = &plan.clusters[0].request;
    assert_eq!((request.cpu.as_str(), request.memory.as_str()), ("463m", "1744Mi"));
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
fn no_count_moves_a_range() {
    let ranges = |plan: &Plan| -> Vec<String> {
        plan.network.ranges.values().map(|range| format!("{:?}", range.value)).collect()
    };
    let first = ranges(&plan("1k", ""));
    assert_eq!(ranges(&plan("2k", "")), first);
    for more in [
        "nodes_max = 3",
        "nodes_max = 247",
        "nodes_max = 248",
        "nodes_max = 900",
        "per_node = 60",
        "per_node = 200",
    ] {
        assert_eq!(ranges(&plan("1k", &format!("workspaces.{more}"))), first, "{more}");
    }
}

#[test]
fn requests_leave_the_node_its_share_whatever_the_density() {
    for (machine, per_node, reserved_vcpus) in
        [("n4-standard-8", 14, 0.09), ("n4-standard-32", 100, 0.55), ("n4-standard-8", 240, 0.49)]
    {
        let more = format!(
            "workspaces.machine = '{machine}'\nworkspaces.per_node = {per_node}\nworkspaces.volume_gb = 0"
        );
        let plan = plan("1k", &more);
        let machine = catalog::machine(Cloud::Gcp, machine).unwrap();
        let cpu: f64 = plan.clusters[0].request.cpu.trim_end_matches('m').parse().unwrap();
        assert!(
            cpu >= 1.0
                && cpu / 1000.0 * f64::from(per_node) <= f64::from(machine.vcpus) - reserved_vcpus - 0.5,
            "{more}"
        );
    }
}

#[test]
fn what_cannot_be_attached_is_told() {
    let warned = |more: &str| {
        plan("1k", more).warnings.iter().any(|warning| warning.code == "workspaces_exceed_volumes")
    };
    assert!(warned("workspaces.per_node = 16"));
    assert!(!warned("workspaces.per_node = 16\nworkspaces.volume_gb = 0"));
    assert!(!warned("workspaces.per_node = 15"));
}

#[test]
fn reasons_tell_the_page_from_the_user() {
    let plan = plan("1k", "coderd.vcpus = 4\ndatabase.memory_gb = 40");
    let reason = "4 vCPU / 8 GB: coderd.vcpus in coder.toml; tier 1k, revision 2";
    assert_eq!(plan.coderd.machine.machine_type.reason, reason);
    let reason = "8 vCPU / 40 GB: tier 1k, revision 2; database.memory_gb in coder.toml";
    assert_eq!(plan.database.machine.reason, reason);
}

#[test]
fn an_override_below_what_is_needed_is_told() {
    for (more, code) in [
        ("database.max_connections = 60", "too_few_connections"),
        ("database.vcpus = 6", "below_row"),
        ("coderd.replicas = 1", "below_row"),
        ("coderd.memory_gb = 4", "below_row"),
        ("provisioners.count = 10", "below_row"),
    ] {
        let codes: Vec<_> = plan("1k", more).warnings.into_iter().map(|warning| warning.code).collect();
        assert_eq!(codes, [code], "{more}");
    }
    // The upgrade goes through one replica: it must not restart the database on its way.
    assert_eq!(plan("1k", "coderd.replicas = 1").database.max_connections.value, 230);
}

#[test]
fn quotas_hold_the_machines() {
    let plan = plan("1k", "");
    let cpus = plan.quotas.iter().find(|quota| quota.name == "N4 CPUs").unwrap();
    // 3 coderd, 2 hosts, 3 nodes, 3 system nodes; at most a coderd a zone more, 43 nodes and one a zone more in each pool.
    assert_eq!(cpus.min, 3 * 2 + 2 * 32 + 3 * 8 + 3 * 2);
    assert_eq!(cpus.max, 6 * 2 + 2 * 32 + 46 * 8 + 6 * 2);
}

/// Every published page, row by row, typed in again from the page: what comes out without any override.
#[test]
fn the_pages_row_by_row() {
    // tier, revision, users, workspaces, builds, requests a second | coderd | provisioners | nodes | database
    type Page =
        (Tier, u8, (u32, u32, u32, Option<u32>), &'static str, &'static str, &'static str, &'static str);
    let pages: [Page; 7] = [
        (
            Tier::K1,
            1,
            (1000, 1024, 60, Some(180)),
            "2 × 2/8 n1-standard-2",
            "60 on 2 × 8/32 t2d-standard-8",
            "64 × 16 t2d-standard-8",
            "2/8 512 db-custom-2-7680",
        ),
        (
            Tier::K1,
            2,
            (1000, 600, 60, None),
            "3 × 2/8 n4-standard-2",
            "60 on 2 × 30/30 n4-highcpu-32",
            "43 × 14 n4-standard-8",
            "8/30 512 db-custom-8-30720",
        ),
        (
            Tier::K2,
            1,
            (2000, 2048, 120, Some(300)),
            "2 × 4/16 n1-standard-4",
            "120 on 4 × 8/32 t2d-standard-8",
            "128 × 16 t2d-standard-8",
            "4/16 1024 db-custom-4-15360",
        ),
        (
            Tier::K2,
            2,
            (2000, 1200, 120, None),
            "3 × 4/12 n4-standard-4",
            "120 on 4 × 30/30 n4-highcpu-32",
            "86 × 14 n4-standard-8",
            "16/60 512 db-custom-16-61440",
        ),
        (
            Tier::K3,
            1,
            (3000, 3072, 240, Some(550)),
            // The page prints n1-standard-4: a fixup.
            "4 × 8/32 n1-standard-8",
            "240 on 8 × 8/32 t2d-standard-8",
            "256 × 12 t2d-standard-8",
            "8/32 1536 db-custom-8-30720",
        ),
        (
            Tier::K3,
            2,
            (3000, 1800, 180, None),
            "4 × 4/12 n4-standard-4",
            "180 on 6 × 30/30 n4-highcpu-32",
            "129 × 14 n4-standard-8",
            "32/120 512 db-custom-32-122880",
        ),
        (
            Tier::K10,
            2,
            (10_000, 6000, 600, None),
            "10 × 4/12 n4-standard-4",
            "600 on 20 × 30/30 n4-highcpu-32",
            "429 × 14 n4-standard-8",
            "64/240 512 db-custom-64-245760",
        ),
    ];
    for (tier, revision, limits, coderd, provisioners, nodes, database) in pages {
        let Compiled { sizing, plan, .. } =
            resolve(Spec::of_tier(tier, Some(revision), Cloud::Gcp, "us-central1")).unwrap();
        let of = &sizing.limits;
        assert_eq!((of.users, of.running_workspaces, of.concurrent_builds, of.api_rps), limits);
        let (c, p, d, main) = (&sizing.coderd, &sizing.provisioners, &sizing.database, &plan.clusters[0]);
        let machine = &plan.coderd.machine.machine_type.value;
        assert_eq!(
            format!("{} × {}/{} {machine}", c.replicas.value, c.vcpus.value, c.memory_gb.value),
            coderd
        );
        let (hosts, machine) = (p.hosts, &main.host.as_ref().unwrap().machine_type.value);
        assert_eq!(
            format!("{} on {hosts} × {}/{} {machine}", p.count.value, p.host_vcpus, p.host_memory_gb),
            provisioners
        );
        assert_eq!(p.per_host, 30);
        let machine = &main.node.machine_type.value;
        assert_eq!(format!("{} × {} {machine}", main.nodes_max.value, main.density.per_node), nodes);
        let machine = &plan.database.machine.value;
        assert_eq!(
            format!("{}/{} {} {machine}", d.vcpus.value, d.memory_gb.value, d.storage_gb.value),
            database
        );
    }
    let builds_per_day = |tier, revision| catalog::tier(tier, revision).unwrap().limits.builds_per_day;
    assert_eq!((builds_per_day(Tier::K2, 1), builds_per_day(Tier::K1, 2)), (Some(500), None));
    assert_eq!((builds_per_day(Tier::K3, 1), builds_per_day(Tier::K3, 2)), (Some(1500), None));
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
        let need = sizing.clusters[0].hosts.need.value;
        let (hosts, each) = (sizing.provisioners.hosts, sizing.provisioners.per_host);
        prop_assert!(each <= per_host && hosts * each >= count && count > (hosts - 1) * each);
        let host = catalog::machine(Cloud::Gcp, &plan.clusters[0].host.as_ref().unwrap().machine_type.value).unwrap();
        prop_assert!(host.carries(need.0, need.1));
        let coderd = catalog::machine(Cloud::Gcp, &plan.coderd.machine.machine_type.value).unwrap();
        prop_assert!(coderd.carries(sizing.coderd.vcpus.value.into(), sizing.coderd.memory_gb.value.into()));
        let zones = catalog::region(Cloud::Gcp, region).unwrap().zones;
        prop_assert!(!plan.zones.value.is_empty() && plan.zones.value.iter().all(|zone| zones.contains(&zone.as_str())));
    }
}
