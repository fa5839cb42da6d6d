//! Generating again: the exit statuses that scripts rely on, and whose the files are.

#![allow(clippy::unwrap_used)] // a test that unwraps in vain has found something

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs tierform in `at`: exit status, stdout, stderr.
fn tierform(at: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tierform")).args(arguments).current_dir(at).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A generated directory beside its spec.
fn generated() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("coder.toml"), include_str!("../examples/gcp-1k/coder.toml")).unwrap();
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    place
}

#[test]
fn a_current_directory_is_left_as_it_is() {
    let place = generated();
    let stamps = |at: &Path| {
        let stamp = |path: &str| fs::metadata(at.join("infra").join(path)).unwrap().modified().unwrap();
        ["main.tf", "terraform.tfvars", ".tierform/manifest.json", ".tierform/base.txt"].map(stamp)
    };
    let before = stamps(place.path());
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    assert_eq!(tierform(place.path(), &["check"]).0, 0);
    assert_eq!(stamps(place.path()), before);
}

#[test]
fn a_changed_spec_is_stale_until_generated_and_only_what_differs_is_written() {
    let place = generated();
    let spec = fs::read_to_string(place.path().join("coder.toml")).unwrap();
    fs::write(place.path().join("coder.toml"), spec + "\n[coderd]\nreplicas = 5\n").unwrap();
    let (status, stdout, _) = tierform(place.path(), &["check"]);
    assert_eq!(status, 2);
    assert!(
        stdout.contains("update   terraform.tfvars: generated text changed (the spec changed)"),
        "{stdout}"
    );
    let (status, stdout, _) = tierform(place.path(), &["generate"]);
    assert_eq!(
        (status, stdout.as_str()),
        (0, "update README.md\nupdate terraform.tfvars\ninfra: 2 of 65 files written\n")
    );
    assert_eq!(tierform(place.path(), &["check"]).0, 0);
}

#[test]
fn what_the_user_edits_or_deletes_stays_so_and_is_named() {
    let place = generated();
    let infra = place.path().join("infra");
    let edited = fs::read_to_string(infra.join("main.tf")).unwrap() + "# ours\n";
    fs::write(infra.join("main.tf"), &edited).unwrap();
    fs::remove_file(infra.join("outputs.tf")).unwrap();
    fs::write(infra.join("extra.tf"), "# ours too\n").unwrap();
    let (status, _, stderr) = tierform(place.path(), &["generate"]);
    assert_eq!(status, 0);
    assert!(stderr.contains("main.tf: edited by you: kept"), "{stderr}");
    assert!(stderr.contains("outputs.tf: deleted by you: stays deleted"), "{stderr}");
    assert!(!stderr.contains("extra.tf"), "{stderr}");
    assert_eq!(fs::read_to_string(infra.join("main.tf")).unwrap(), edited);
    assert!(!infra.join("outputs.tf").exists());
}

#[test]
fn a_mistake_writes_nothing() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("coder.toml"), "tier = \"1k\"\n").unwrap();
    let (status, stdout, stderr) = tierform(place.path(), &["generate"]);
    assert_eq!((status, stdout.as_str()), (1, ""));
    assert!(stderr.contains("coder.toml has"), "{stderr}");
    assert!(!place.path().join("infra").exists());
}
