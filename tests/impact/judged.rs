//! `diff --impact` says first who judged the change: an engine that played it, or our own evaluation and why. What it found is a
//! gate, in the same words from both.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::engines;

/// Runs `diff --impact` in `at`: exit status, stdout and stderr.
fn diff(at: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierform"));
    let output = command.args(["diff", "--impact"]).args(arguments).current_dir(at).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A generated directory of the 1k example whose spec asks for another tier by now.
fn place(cloud: &str, tier: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let path = format!("{}/examples/{cloud}-1k/coder.toml", env!("CARGO_MANIFEST_DIR"));
    let spec = fs::read_to_string(path).unwrap();
    fs::write(place.path().join("coder.toml"), &spec).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierform"));
    assert!(command.arg("generate").current_dir(place.path()).output().unwrap().status.success());
    fs::write(place.path().join("coder.toml"), spec.replacen("\"1k\"", &format!("{tier:?}"), 1)).unwrap();
    place
}

/// The class and address of each row.
fn rows(json: &str) -> Vec<(String, String)> {
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    json["rows"].as_array().unwrap().iter().map(|row| (text(row, "class"), text(row, "address"))).collect()
}

#[test]
fn an_engine_that_is_asked_for_plays_the_change() {
    for (engine, cloud) in engines::all().iter().zip(["gcp", "azure"]) {
        let engine = engine.display().to_string();
        let place = place(cloud, "2k");
        let (status, stdout, stderr) = diff(place.path(), &["--engine", &engine]);
        assert_eq!(status, 2, "{stderr}");
        assert!(
            stdout.starts_with("played by ") && stdout.contains(" on the simulated clouds\n\n"),
            "{stdout}"
        );

        let (status, played, stderr) =
            diff(place.path(), &["--engine", &engine, "--format", "json", "--fail-on", "drained"]);
        assert_eq!(status, 3, "{stderr}");
        let played = rows(&played);
        assert!(!played.is_empty());
        let (_, evaluated, _) = diff(place.path(), &["--engine", "none", "--format", "json"]);
        let evaluated = rows(&evaluated);
        for row in &played {
            assert!(
                evaluated.contains(row),
                "{cloud}: an engine finds {row:?}, our evaluation {evaluated:?}"
            );
        }
        // Nothing of the rehearsal stays, and nothing of it was ever here.
        assert!(!place.path().join("infra/.terraform").exists());
    }
}

#[test]
fn what_cannot_be_played_is_evaluated_and_that_is_said() {
    let Some(engine) = engines::all().first().map(|engine| engine.display().to_string()) else { return };
    let place = place("gcp", "2k");
    let program = "resource \"terraform_data\" \"mine\" {\n  provisioner \"local-exec\" {\n    command = \"touch /tmp/never\"\n  }\n}\n";
    fs::write(place.path().join("infra/mine.tf"), program).unwrap();
    let (status, stdout, stderr) = diff(place.path(), &["--engine", &engine]);
    assert_eq!(status, 1, "an engine and nobody else was asked for: {stdout}");
    assert!(stderr.contains("mine.tf") && stderr.contains("local-exec"), "{stderr}");
}

#[test]
fn without_an_engine_the_directory_is_evaluated() {
    let place = place("aws", "2k");
    let (status, stdout, stderr) = diff(place.path(), &["--engine", "none"]);
    assert_eq!(status, 2, "{stderr}");
    assert!(stdout.starts_with("by tierform's own evaluation; no engine\n\n"), "{stdout}");
    let output = Command::new(env!("CARGO_BIN_EXE_tierform"))
        .args(["diff", "--impact"])
        .current_dir(place.path())
        .env("PATH", "")
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.starts_with("by tierform's own evaluation; no engine is on PATH\n\n"), "{stdout}");

    let (status, stdout, _) = diff(place.path(), &["--engine", "none", "--format", "markdown"]);
    assert!(status == 2 && stdout.contains("\n| | what | argument | before | after | |\n"), "{stdout}");
    let (status, _, stderr) = diff(place.path(), &["--engine", "none", "--fail-on", "drained,data-loss"]);
    assert_eq!(status, 3, "{stderr}");
    let (status, _, stderr) = diff(place.path(), &["--engine", "none", "--fail-on", "data-loss"]);
    assert_eq!(status, 2, "{stderr}");
    let (status, _, stderr) = diff(place.path(), &["--engine", "none", "--fail-on", "disaster"]);
    assert!(status != 0 && stderr.contains("disaster") && stderr.contains("data-loss"), "{stderr}");
}

#[test]
fn an_engine_that_is_not_there_is_an_error() {
    let place = place("gcp", "2k");
    let (status, stdout, stderr) = diff(place.path(), &["--engine", "/nowhere/tofu"]);
    assert_eq!((status, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("/nowhere/tofu"), "{stderr}");
}

#[test]
fn a_spec_that_asks_for_nothing_else_changes_nothing() {
    let place = place("azure", "1k");
    let (status, stdout, stderr) = diff(place.path(), &[]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(stdout.contains("nothing changes"), "{stdout}");
}

#[test]
fn a_pull_request_is_judged_from_what_it_starts_from() {
    let place = place("gcp", "2k");
    let at = place.path();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        let all = [&identity[..], arguments].concat();
        assert!(Command::new("git").args(all).current_dir(at).output().unwrap().status.success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "as it was applied"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierform"));
    assert!(command.arg("generate").current_dir(at).output().unwrap().status.success());
    // The directory is current, and the change is all the same.
    let (status, stdout, _) = diff(at, &["--engine", "none"]);
    assert!(status == 0 && stdout.contains("nothing changes"), "{stdout}");
    let (status, evaluated, stderr) =
        diff(at, &["--engine", "none", "--from", "git:HEAD", "--fail-on", "drained", "--format", "json"]);
    assert_eq!(status, 3, "{stderr}");
    if let Some(engine) = engines::all().first() {
        let engine = engine.display().to_string();
        let (status, played, stderr) =
            diff(at, &["--engine", &engine, "--from", "git:HEAD", "--format", "json"]);
        assert_eq!(status, 2, "{stderr}");
        let evaluated = rows(&evaluated);
        assert!(rows(&played).iter().all(|row| evaluated.contains(row)), "{played}");
    }
    let (status, stdout, stderr) = diff(at, &["--from", "git:nowhere"]);
    assert!(status == 1 && stdout.is_empty() && stderr.contains("nowhere"), "{stderr}");
}

#[test]
fn a_gate_over_nothing_is_an_error() {
    let place = place("gcp", "2k");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierform"));
    let output = command.args(["diff", "--fail-on", "closed"]).current_dir(place.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--impact"));
}
