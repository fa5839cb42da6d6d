//! Builds on coderd itself: what the community licence and `provisioners.on_coderd` make of a deployment, and the exact words where the
//! pages do not allow them.

use tierform::{Compiled, compile, diagnostic, render};

const COMMUNITY: &str = "tier = '1k'\nlicense = 'community'\nload.users = 80";
const ON_CODERD: &str = "tier = '1k'\nprovisioners.on_coderd = true\nload.users = 80";

fn spec(lines: &str) -> String {
    format!(
        "name = 'acme'\ncloud = 'gcp'\nregion = 'us-central1'\naccess.url = 'https://coder.acme.dev'\n\
         gcp.project = 'acme-prod'\n{lines}\n"
    )
}

fn good(lines: &str) -> Compiled {
    compile(&spec(lines)).unwrap_or_else(|problems| panic!("{lines}: {problems:#?}"))
}

/// What is said of a spec that is refused.
fn refusal(lines: &str) -> String {
    let text = spec(lines);
    let problems = compile(&text).map(|_| ()).expect_err(lines);
    diagnostic::render(&problems, "coder.toml", &text, false)
}

fn codes(compiled: &Compiled) -> Vec<&str> {
    compiled.sizing.warnings.iter().map(|warning| warning.code.as_ref()).collect()
}

#[test]
fn community_is_one_coderd_with_ten_daemons_and_no_host() {
    let compiled = good(COMMUNITY);
    let (sizing, plan) = (&compiled.sizing, &compiled.plan);
    assert_eq!(
        (sizing.coderd.replicas.value, sizing.coderd.vcpus.value, sizing.coderd.memory_gb.value),
        (1, 2, 8)
    );
    assert_eq!(
        (sizing.provisioners.count.value, sizing.provisioners.per_host, sizing.provisioners.hosts),
        (10, 10, 0)
    );
    let limits = &sizing.limits;
    assert_eq!((limits.users, limits.concurrent_builds, limits.running_workspaces), (100, 10, 60));
    assert_eq!(sizing.database.max_connections.value, 2 * 30 + 50);
    assert!(plan.clusters[0].host.is_none() && plan.clusters[0].hosts.value == 0);
    // Ten build directories and caches beside the 30 GB that coderd has anyway.
    assert_eq!(plan.coderd.machine.disk_gb.value, 70);
    assert_eq!(codes(&compiled), ["builds_on_coderd", "community_license"]);
}

#[test]
fn premium_keeps_its_replicas_and_shares_the_daemons_out() {
    let compiled = good(ON_CODERD);
    let sizing = &compiled.sizing;
    assert_eq!((sizing.coderd.replicas.value, sizing.coderd.daemons.as_ref().unwrap().value), (3, 4));
    assert_eq!((sizing.provisioners.count.value, sizing.provisioners.hosts), (10, 0));
    assert_eq!(codes(&compiled), ["builds_on_coderd"]);
}

#[test]
fn the_user_s_own_figures_count() {
    let daemons = |lines: &str| good(&format!("{COMMUNITY}\n{lines}")).sizing.provisioners.count.value;
    assert_eq!(daemons("load.concurrent_builds = 4"), 4);
    assert_eq!(daemons("load.concurrent_builds = 4\nprovisioners.count = 6"), 6);
    let workspaces = good(&format!("{COMMUNITY}\nload.running_workspaces = 20")).sizing;
    assert_eq!(workspaces.limits.running_workspaces, 20);
    // A row that states nodes for a thousand users gives fewer here.
    let first = good(&format!("{COMMUNITY}\ntier_revision = 1"));
    assert_eq!((first.sizing.limits.running_workspaces, first.plan.clusters[0].nodes_max.value), (102, 7));
}

#[test]
fn the_load_chooses_the_tier_as_ever() {
    let compiled = good("license = 'community'\nload.users = 100\nload.concurrent_builds = 10");
    assert_eq!(compiled.plan.tier, "1k");
}

#[test]
fn nothing_of_hosts_is_written() {
    for lines in [COMMUNITY, ON_CODERD] {
        let tree = render::render(&good(lines).plan).unwrap();
        for (path, file) in
            tree.iter().filter(|(path, _)| !path.starts_with("modules/") && *path != "variables.tf")
        {
            for word in ["module.provisioners_", "output drain", "output \"drain\""] {
                assert!(!file.text.contains(word), "{path} has {word}, though there are no hosts: {lines}");
            }
        }
    }
}

#[test]
fn what_the_page_does_not_allow_is_refused_with_its_words() {
    for (lines, expected) in [
        (
            "tier = '1k'\nlicense = 'community'",
            "\
error: tier 1k is for 1000 users, too many for builds on coderd
 --> coder.toml:6:8
  |
6 | tier = '1k'
  |        ^^^^
  |
  = note: without Coder Premium coderd runs the builds itself, and the page allows that up to about 100 users and 10 builds at the same time (coder/coder 1k-users.md@0e3e292)
  = help: say how many there are: at most `users = 100` under [load]; or write `license = \"premium\"`

error: coder.toml has 1 mistake
",
        ),
        (
            "tier = '1k'\nlicense = 'community'\nload.users = 101\nload.concurrent_builds = 11",
            "\
error: `load.users` is 101, too many for builds on coderd
 --> coder.toml:8:14
  |
8 | load.users = 101
  |              ^^^
  |
  = note: without Coder Premium coderd runs the builds itself, and the page allows that up to about 100 users and 10 builds at the same time (coder/coder 1k-users.md@0e3e292)
  = help: write at most 100, or write `license = \"premium\"`

error: `load.concurrent_builds` is 11, too many for builds on coderd
 --> coder.toml:9:26
  |
9 | load.concurrent_builds = 11
  |                          ^^
  |
  = note: without Coder Premium coderd runs the builds itself, and the page allows that up to about 100 users and 10 builds at the same time (coder/coder 1k-users.md@0e3e292)
  = help: write at most 10, or write `license = \"premium\"`

error: coder.toml has 2 mistakes
",
        ),
        (
            "tier = '1k'\nload.users = 50\n[provisioners]\non_coderd = true\ncount = 12",
            "\
error: `provisioners.count` is 12, too many for builds on coderd
  --> coder.toml:10:9
   |
10 | count = 12
   |         ^^
   |
   = note: `provisioners.on_coderd` lets coderd run the builds itself, and the page allows that up to about 100 users and 10 builds at the same time (coder/coder 1k-users.md@0e3e292)
   = help: write at most 10, or leave `on_coderd` out

error: coder.toml has 1 mistake
",
        ),
        (
            "tier = '2k'\nlicense = 'community'\nload.users = 50",
            "\
error: tier 2k is too large for builds on coderd
 --> coder.toml:6:8
  |
6 | tier = '2k'
  |        ^^^^
  |
  = note: without Coder Premium coderd runs the builds itself, and the tier's page advises against it (coder/coder 2k-users.md@08b4aa4)
  = help: write `tier = \"1k\"` with at most 100 `users` under [load], or write `license = \"premium\"`

error: coder.toml has 1 mistake
",
        ),
        (
            "tier = '1k'\nlicense = 'community'\nload.users = 50\n[[clusters]]\nname = 'eu'\nregion = 'europe-west1'",
            "\
error: cluster \"eu\" is out of reach for builds on coderd
  --> coder.toml:11:10
   |
11 | region = 'europe-west1'
   |          ^^^^^^^^^^^^^^
   |
   = note: without Coder Premium coderd runs the builds itself, and signs in to clusters of its own cloud and region alone
   = help: leave the cluster out, or write `license = \"premium\"`

error: coder.toml has 1 mistake
",
        ),
    ] {
        assert_eq!(refusal(lines), expected, "{lines}");
    }
}
