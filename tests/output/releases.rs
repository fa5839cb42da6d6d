//! Another release of Coder: which Terraform goes with it, what is said, and what is refused.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs tierform in `at`: exit status, stdout and stderr.
fn tierform(at: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tierform")).args(arguments).current_dir(at).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn spec(version: &str, replicas: u32, more: &str) -> String {
    format!(
        "name = \"acme\"\ntier = \"1k\"\ncloud = \"gcp\"\nregion = \"us-central1\"\n[access]\nurl = \"https://coder.acme.dev\"\n\
         [gcp]\nproject = \"acme-prod\"\n[coder]\nversion = \"{version}\"\n{more}[coderd]\nreplicas = {replicas}\n"
    )
}

/// What `generate` says when a directory of one release is generated for another.
fn change(from: &str, to: &str, replicas: u32, arguments: &[&str]) -> (i32, String, tempfile::TempDir) {
    let place = tempfile::tempdir().unwrap();
    let write =
        |version: &str| fs::write(place.path().join("coder.toml"), spec(version, replicas, "")).unwrap();
    write(from);
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    write(to);
    let (status, _, stderr) = tierform(place.path(), &[&["generate"], arguments].concat());
    (status, stderr, place)
}

fn values(at: &Path) -> String {
    let text = fs::read_to_string(at.join("infra/terraform.tfvars")).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_release_gets_the_terraform_that_it_takes() {
    for (version, terraform, reason) in [
        ("2.29.19", "1.14.5", "what Coder 2.29 bundles"),
        ("2.34.5", "1.14.5", "what Coder 2.34 accepts"),
        ("2.37.2", "1.15.5", "what Coder 2.37 bundles"),
        ("2.38.0", "1.16.2", "what Coder 2.38 bundles"),
        ("2.40.1", "1.16.2", "what Coder 2.38 bundles, the newest that this tierform knows"),
    ] {
        let place = tempfile::tempdir().unwrap();
        // Behind a mirror no daemon could download another one.
        let text = spec(version, 3, "mirror = \"https://mirror.acme.dev/coder\"\n");
        fs::write(place.path().join("coder.toml"), text).unwrap();
        let (status, _, stderr) = tierform(place.path(), &["generate"]);
        assert_eq!(status, 0, "{stderr}");
        let values = values(place.path());
        assert!(values.contains(&format!("\"{terraform}\" # {reason}")), "{version}: {values}");
        assert_eq!(stderr.contains("[coder_not_listed]"), version == "2.40.1", "{stderr}");
    }
}

#[test]
fn a_release_that_nobody_looks_after_is_said_and_an_older_one_refused() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("coder.toml"), spec("2.31.14", 3, "")).unwrap();
    let (status, _, stderr) = tierform(place.path(), &["generate"]);
    assert!(status == 0 && stderr.contains("[coder_not_supported]"), "{stderr}");
    fs::write(place.path().join("coder.toml"), spec("2.28.11", 3, "")).unwrap();
    let (status, _, stderr) = tierform(place.path(), &["generate"]);
    assert!(status == 1 && stderr.contains("`coder.version` 2.28.11 is older than Coder 2.29"), "{stderr}");
    assert!(stderr.contains("coder.toml:10:11"), "{stderr}");
}

#[test]
fn an_upgrade_says_what_coder_asks_for_in_order() {
    let (status, stderr, _) = change("2.36.5", "2.36.6", 3, &[]);
    assert!(status == 0 && !stderr.contains("coder.version"), "{stderr}");

    let (status, stderr, place) = change("2.36.6", "2.37.2", 3, &[]);
    assert_eq!(status, 0);
    let backup = stderr.find("back the database up first").unwrap();
    let drain = stderr.find("In order: replicas = 1 under [coderd]").unwrap();
    assert!(backup < drain && !stderr.contains("skips"), "{stderr}");
    let readme = fs::read_to_string(place.path().join("infra/README.md")).unwrap();
    assert!(readme.contains("## Upgrade Coder") && stderr.contains("\"Upgrade Coder\""), "{stderr}");

    let (_, stderr, _) = change("2.36.6", "2.37.2", 1, &[]);
    assert!(stderr.contains("back the database up first") && !stderr.contains("In order"), "{stderr}");

    let (status, stderr, _) = change("2.36.6", "2.38.0", 3, &[]);
    assert!(status == 0 && stderr.contains("2.36.6 → 2.38.0 skips minor releases"), "{stderr}");
}

/// What each change of the release says, with one replica and with three; of one that goes ahead also which Terraform follows.
#[test]
fn every_kind_of_step_is_told_with_one_replica_and_with_three() {
    const BACKUP: &str = "back the database up first";
    const ORDER: &str = "In order: replicas = 1 under [coderd]";
    const SKIPS: &str = "skips minor releases";
    const REFUSED: &str = "REFUSED coder.version";
    const UNKNOWN: &str = "[coder_not_listed]";
    const FOLLOWS: &str = "Terraform of the provisioner hosts: ";
    for (from, to, said) in [
        // Within a minor.
        ("2.36.5", "2.36.6", &[][..]),
        // From one extended release to the next, behind a mirror: five minors, and the same Terraform.
        ("2.29.19", "2.34.5", &[SKIPS, BACKUP, ORDER]),
        // One minor up, with and without another Terraform.
        ("2.36.6", "2.37.2", &[BACKUP, ORDER]),
        ("2.35.6", "2.36.6", &[BACKUP, ORDER, FOLLOWS]),
        // Two up.
        ("2.36.6", "2.38.0", &[SKIPS, BACKUP, ORDER, FOLLOWS]),
        // One that nobody knows yet.
        ("2.38.0", "2.39.0", &[UNKNOWN, BACKUP, ORDER]),
        ("2.36.6", "3.0.0", &[UNKNOWN, SKIPS, BACKUP, ORDER, FOLLOWS]),
        // Down: a patch, minors, from an unknown one.
        ("2.36.6", "2.36.5", &[REFUSED]),
        ("2.38.0", "2.36.6", &[REFUSED]),
        ("2.40.0", "2.38.0", &[REFUSED]),
    ] {
        for replicas in [1, 3] {
            let place = tempfile::tempdir().unwrap();
            let mirror = "mirror = \"https://mirror.acme.dev/coder\"\n";
            let write = |version| fs::write(place.path().join("coder.toml"), spec(version, replicas, mirror));
            write(from).unwrap();
            assert_eq!(tierform(place.path(), &["generate"]).0, 0);
            write(to).unwrap();
            let (status, _, stderr) = tierform(place.path(), &["generate"]);
            let is_refused = said.contains(&REFUSED);
            assert_eq!(status, if is_refused { 3 } else { 0 }, "{from} → {to}, {replicas}: {stderr}");
            for part in [BACKUP, ORDER, SKIPS, REFUSED, UNKNOWN, FOLLOWS] {
                let is_due = said.contains(&part) && (part != ORDER || replicas > 1);
                assert_eq!(stderr.contains(part), is_due, "{from} → {to}, {replicas}: {part}: {stderr}");
            }
            let installed = values(place.path());
            assert!(installed.contains(if is_refused { from } else { to }), "{installed}");
        }
    }
}

#[test]
fn there_is_no_way_back() {
    for (from, to) in [("2.36.6", "2.34.5"), ("2.36.6", "2.36.5")] {
        for replicas in [1, 3] {
            let (status, stderr, place) = change(from, to, replicas, &[]);
            assert_eq!(status, 3, "{stderr}");
            assert!(stderr.contains(&format!("REFUSED coder.version {from} → {to}")), "{stderr}");
            assert!(stderr.contains("nothing was written"), "{stderr}");
            assert!(values(place.path()).contains(from));
            let gate = ["diff", "--impact", "--engine", "none", "--fail-on", "REFUSED"];
            let (status, stdout, _) = tierform(place.path(), &gate);
            assert_eq!(status, 3);
            assert!(
                stdout.contains(&format!("REFUSED   coder: version: \"{from}\" → \"{to}\""))
                    || stdout.contains(&format!("REFUSED   coder: version: {from} → {to}")),
                "{stdout}"
            );
            let (status, _, _) = tierform(place.path(), &["generate", "--accept-data-loss"]);
            assert!(status == 0 && values(place.path()).contains(to));
        }
    }
}
