//! Generating again: the exit statuses that scripts rely on, and whose the files are.

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
    fs::write(place.path().join("coder.toml"), include_str!("../../examples/gcp-1k/coder.toml")).unwrap();
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
        (0, "update README.md\nupdate terraform.tfvars\ninfra: 2 of 77 files written\n")
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
fn a_directory_that_becomes_a_child_module_loses_what_only_a_root_has() {
    let place = generated();
    let infra = place.path().join("infra");
    let root = fs::read_to_string(place.path().join("coder.toml")).unwrap();
    let values = fs::read_to_string(infra.join("terraform.tfvars")).unwrap();
    fs::write(
        infra.join("terraform.tfvars"),
        values.replace("replicas             = 3", "replicas             = 5"),
    )
    .unwrap();
    fs::write(place.path().join("coder.toml"), format!("layout = \"module\"\n{root}")).unwrap();
    let (status, stdout, stderr) = tierform(place.path(), &["generate"]);
    assert_eq!(
        (status, stdout.as_str()),
        (
            0,
            "update .gitattributes\nupdate README.md\nremove backend.tf\nremove providers.tf\nupdate variables.tf\n\
             infra: 5 of 74 files written\n"
        ),
        "{stderr}"
    );
    assert!(stderr.contains("terraform.tfvars: "), "an edited file is kept, and that is said: {stderr}");
    assert!(infra.join("terraform.tfvars").exists() && !infra.join("providers.tf").exists());
    let variables = fs::read_to_string(infra.join("variables.tf")).unwrap();
    assert!(variables.contains("replicas             = optional(number, 3) "), "{variables}");

    // And back: a root's files are there again, the kept one as it was edited.
    fs::write(place.path().join("coder.toml"), root).unwrap();
    let (status, stdout, stderr) = tierform(place.path(), &["generate"]);
    assert_eq!(status, 0, "{stderr}");
    assert!(stdout.contains("create backend.tf\ncreate providers.tf\n"), "{stdout}");
}

#[test]
fn check_tells_programs_why_a_file_is_stale() {
    let place = generated();
    let infra = place.path().join("infra");
    let spec = fs::read_to_string(place.path().join("coder.toml")).unwrap();
    fs::write(place.path().join("coder.toml"), spec + "\n[coderd]\nreplicas = 5\n").unwrap();
    fs::remove_file(infra.join("outputs.tf")).unwrap();
    let edited = fs::read_to_string(infra.join("main.tf")).unwrap() + "# ours\n";
    fs::write(infra.join("main.tf"), edited).unwrap();
    let (status, stdout, _) = tierform(place.path(), &["check", "--format", "json"]);
    assert_eq!(status, 2);
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let reasons = |path: &str| {
        let files = report["files"].as_array().unwrap();
        let file = files.iter().find(|file| file["path"] == path).unwrap();
        (file["stale"].as_bool().unwrap(), file["reasons"][0].as_str().unwrap().to_owned())
    };
    assert_eq!(reasons("terraform.tfvars"), (true, "spec_changed".to_owned()));
    assert_eq!(reasons("outputs.tf"), (false, "file_missing".to_owned()));
    assert_eq!(reasons("main.tf"), (false, "file_edited".to_owned()));
    assert_eq!((report["current"].as_bool(), report["stale"].as_u64()), (Some(false), Some(2)));

    // The same spec and another program: what it generates otherwise is its own doing.
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    let manifest = infra.join(".tierform/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let module = "modules/gcp/database/main.tf";
    let old = fs::read_to_string(infra.join(module)).unwrap() + "# older\n";
    fs::write(infra.join(module), &old).unwrap();
    let hash = tierform::tree::sha256_hex(old.as_bytes());
    let at = text.find(&format!("{module:?}: \"")).unwrap() + module.len() + 5;
    fs::write(&manifest, format!("{}{hash}{}", &text[..at], &text[at + 64..])).unwrap();
    let (status, stdout, _) = tierform(place.path(), &["check"]);
    assert!(status == 2 && stdout.contains("main.tf: generated text changed (tierform changed)"), "{stdout}");
}

#[test]
fn a_dry_run_writes_nothing_and_says_the_same() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("coder.toml"), include_str!("../../examples/gcp-1k/coder.toml")).unwrap();
    let (status, stdout, _) = tierform(place.path(), &["generate", "--dry-run"]);
    assert!(status == 0 && stdout.ends_with("77 of 77 files would be written\n"), "{stdout}");
    assert!(!place.path().join("infra").exists());
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
