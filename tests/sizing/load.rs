//! `[load]`: which tier holds it, and the exact words where the given one does not.

use proptest::prelude::*;
use tierform::spec::Tier;
use tierform::{Compiled, catalog, compile, diagnostic};

fn spec(lines: &str) -> String {
    format!(
        "name = 'acme'\ncloud = 'gcp'\nregion = 'us-central1'\nmachines = 'current'\n\
         access.url = 'https://coder.acme.dev'\ngcp.project = 'acme-prod'\n{lines}\n"
    )
}

fn good(lines: &str) -> Compiled {
    compile(&spec(lines)).unwrap_or_else(|problems| panic!("{lines}: {problems:#?}"))
}

fn chosen(lines: &str) -> (Tier, u8) {
    let row = good(lines).sizing.row;
    (row.tier, row.revision)
}

#[test]
fn the_smallest_tier_that_holds_all_figures_is_taken() {
    for (lines, tier, revision) in [
        ("load.users = 1", Tier::K1, 2),
        ("load.users = 1000", Tier::K1, 2),
        ("load.users = 1001", Tier::K2, 1),
        ("load.users = 2001", Tier::K3, 2),
        ("load.users = 3001", Tier::K10, 2),
        ("load.users = 10000", Tier::K10, 2),
        ("load.concurrent_builds = 61", Tier::K2, 1),
        ("load.concurrent_builds = 181", Tier::K10, 2),
        ("load.running_workspaces = 601", Tier::K2, 1),
        ("load.running_workspaces = 2049", Tier::K10, 2),
        ("load.users = 10\nload.running_workspaces = 6000", Tier::K10, 2),
        // What the newer pages leave out, the older ones say.
        ("load.api_rps = 180", Tier::K1, 2),
        ("load.api_rps = 181", Tier::K2, 1),
        ("load.api_rps = 550", Tier::K3, 2),
        ("load.api_rps = 551", Tier::K10, 2),
        // The database's affair.
        ("load.builds_per_day = 5000", Tier::K1, 2),
        ("tier_revision = 1\nload.users = 2001", Tier::K3, 1),
        ("tier_revision = 2\nload.running_workspaces = 1201", Tier::K3, 2),
        // As many daemons as are asked for build at once in any tier.
        ("provisioners.count = 90\nload.concurrent_builds = 90", Tier::K1, 2),
    ] {
        assert_eq!(chosen(lines), (tier, revision), "{lines}");
    }
}

/// The warnings about the load, without their codes' fellows.
fn warnings(lines: &str) -> Vec<String> {
    let codes = ["tier_chosen", "load_exceeds_tier", "load_exceeds_daemons", "database_replicas_advised"];
    let warnings = good(lines).sizing.warnings.into_iter();
    warnings
        .filter(|warning| codes.contains(&warning.code.as_ref()))
        .map(|warning| format!("{}: {}", warning.code, warning.message))
        .collect()
}

#[test]
fn warnings_name_the_figure() {
    let cases: [(&str, &[&str]); 9] = [
        ("tier = '1k'\nload.users = 1000\nload.running_workspaces = 600\nload.api_rps = 180", &[]),
        (
            "tier = '1k'\nload.users = 1500",
            &[
                "load_exceeds_tier: load.users is 1500, but tier 1k is for up to 1000 users (coder/coder 1k-users.md@0e3e292): write tier = \"2k\", or raise the parts that carry it by their own keys.",
            ],
        ),
        (
            "tier = '3k'\nload.api_rps = 9000",
            &[
                "load_exceeds_tier: load.api_rps is 9000, but tier 3k is for up to 550 API requests a second (coder/coder 3k-users.md@d7964c7): write tier = \"10k\", or raise the parts that carry it by their own keys.",
            ],
        ),
        (
            "tier = '10k'\nload.users = 12000",
            &[
                "load_exceeds_tier: load.users is 12000, but tier 10k is for up to 10000 users (coder/coder 10k-users.md@0e3e292): no larger tier is published, so raise the parts that carry it by their own keys.",
            ],
        ),
        (
            "tier = '2k'\nload.builds_per_day = 501",
            &[
                "database_replicas_advised: load.builds_per_day is 501: above 500 builds a day the page of tier 2k advises database replicas (coder/coder 2k-users.md@08b4aa4). Coder writes to one address, so a replica would only read: give the database more by database.vcpus and database.memory_gb, and watch its load.",
            ],
        ),
        ("tier = '2k'\nload.builds_per_day = 500", &[]),
        (
            "tier = '3k'\nload.builds_per_day = 1501",
            &[
                "database_replicas_advised: load.builds_per_day is 1501: above 1500 builds a day the page of tier 3k advises database replicas (coder/coder 3k-users.md@d7964c7). Coder writes to one address, so a replica would only read: give the database more by database.vcpus and database.memory_gb, and watch its load.",
            ],
        ),
        (
            "load.users = 1500\nload.api_rps = 200",
            &[
                "tier_chosen: No tier is given: tier 2k, revision 1 is the smallest that holds load.users = 1500 and load.api_rps = 200. Write tier = \"2k\" to keep it whatever the load becomes.",
            ],
        ),
        (
            "tier = '1k'\nprovisioners.count = 80\nload.concurrent_builds = 90",
            &[
                "load_exceeds_daemons: load.concurrent_builds is 90, but provisioners.count is 80: the last builds will wait.",
            ],
        ),
    ];
    for (lines, expected) in cases {
        assert_eq!(warnings(lines), expected, "{lines}");
    }
}

#[test]
fn errors_are_exact() {
    let cases = [
        (
            "tier = '1k'\nload.users = 2001",
            "error: `load.users` is 2001, more than tier 1k and the next larger one, 2k, hold
 --> coder.toml:8:14
  |
8 | load.users = 2001
  |              ^^^^
  |
  = note: tier 1k is for up to 1000 users (coder/coder 1k-users.md@0e3e292), tier 2k for up to 2000 (coder/coder 2k-users.md@0e3e292)
  = help: write `tier = \"3k\"`, or leave `tier` out
",
        ),
        (
            "tier = '3k'\nload.concurrent_builds = 601",
            "error: `load.concurrent_builds` is 601, more than tier 3k and the next larger one, 10k, hold
 --> coder.toml:8:26
  |
8 | load.concurrent_builds = 601
  |                          ^^^
  |
  = note: tier 3k is for up to 180 builds at the same time (coder/coder 3k-users.md@0e3e292), tier 10k for up to 600 (coder/coder 10k-users.md@0e3e292)
  = help: no published tier holds it: write `tier = \"10k\"` and raise its parts by their own keys
",
        ),
        (
            // The newer page is silent, so the older one is cited.
            "tier = '1k'\nload.api_rps = 301",
            "error: `load.api_rps` is 301, more than tier 1k and the next larger one, 2k, hold
 --> coder.toml:8:16
  |
8 | load.api_rps = 301
  |                ^^^
  |
  = note: tier 1k is for up to 180 API requests a second (coder/coder 1k-users.md@4bee9e1), tier 2k for up to 300 (coder/coder 2k-users.md@08b4aa4)
  = help: write `tier = \"3k\"`, or leave `tier` out
",
        ),
        (
            "load.users = 10001",
            "error: `load.users` is 10001, more than any tier holds
 --> coder.toml:7:14
  |
7 | load.users = 10001
  |              ^^^^^
  |
  = note: tier 10k is for up to 10000 users (coder/coder 10k-users.md@0e3e292); it is the largest
  = help: write `tier = \"10k\"` and raise its parts by their own keys, or make several deployments
",
        ),
        (
            "tier_revision = 1\nload.users = 3001",
            "error: `load.users` is 3001, more than any tier holds
 --> coder.toml:8:14
  |
8 | load.users = 3001
  |              ^^^^
  |
  = note: tier 3k is for up to 3000 users (coder/coder 3k-users.md@d7964c7); it is the largest
  = help: leave `tier_revision` out, so that the tiers of both count
",
        ),
        (
            "tier = '10k'\ntier_revision = 1",
            "error: `tier_revision` 1 of tier 10k was never published
 --> coder.toml:8:17
  |
8 | tier_revision = 1
  |                 ^
  |
  = help: use 2
",
        ),
        (
            "load.api_rps = 0",
            "error: `load.api_rps` is 0, but must be between 1 and 1000000
 --> coder.toml:7:16
  |
7 | load.api_rps = 0
  |                ^
  |
  = note: `api_rps` means API requests a second
  = help: write a number between 1 and 1000000
",
        ),
        (
            "[load]",
            "error: `tier` is required
--> coder.toml
 = note: `tier` means the reference-architecture tier, by its number of users; without it, the smallest that holds `[load]`
 = help: write one such as `tier = \"1k\"`
",
        ),
    ];
    for (lines, expected) in cases {
        let text = spec(lines);
        let problems = compile(&text).expect_err(lines);
        assert_eq!(problems.len(), 1, "{problems:#?}");
        let expected = format!("{expected}\nerror: coder.toml has 1 mistake\n");
        assert_eq!(diagnostic::render(&problems, "coder.toml", &text, false), expected);
    }
}

proptest! {
    /// The tier that is taken holds every figure, and the next smaller one does not.
    #[test]
    fn the_choice_is_tight(users in 1..=10_000_u32, builds in 1..=600_u32, workspaces in 1..=6000_u32) {
        let lines = format!("load.users = {users}\nload.concurrent_builds = {builds}\nload.running_workspaces = {workspaces}");
        let row = good(&lines).sizing.row;
        let holds = |row: &catalog::TierRow| {
            let limits = &row.limits;
            users <= limits.users && builds <= limits.concurrent_builds && workspaces <= limits.running_workspaces
        };
        prop_assert!(holds(row));
        let smaller = Tier::ALL.into_iter().filter(|tier| *tier < row.tier);
        for tier in smaller {
            prop_assert!(!holds(catalog::tier(tier, catalog::default_revision(tier)).unwrap()));
        }
    }
}
