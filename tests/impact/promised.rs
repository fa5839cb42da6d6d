//! `review --from OLD` holds a plan against what the change of the files since OLD promises.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use flate2::read::GzDecoder;

fn run(program: &str, at: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(program).args(arguments).current_dir(at).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn tierform(at: &Path, arguments: &[&str]) -> (i32, String, String) {
    run(env!("CARGO_BIN_EXE_tierform"), at, arguments)
}

/// A repository whose last commit has the 1k example on AWS, with a lower `nodes_max` generated since, and an engine's plan of that.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let spec = fs::read_to_string(root.join("examples/aws-1k/coder.toml")).unwrap();
    fs::write(at.join("coder.toml"), &spec).unwrap();
    assert_eq!(tierform(at, &["generate"]).0, 0);
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "as it was applied"],
    ] {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        assert_eq!(run("git", at, &[&identity[..], arguments].concat()).0, 0);
    }
    fs::write(at.join("coder.toml"), spec + "[workspaces]\nnodes_max = 20\n").unwrap();
    assert_eq!(tierform(at, &["generate"]).0, 0);
    let mut plan = Vec::new();
    let file = fs::File::open(root.join("tests/impact/plans/aws-nodes-max.tofu.json.gz")).unwrap();
    GzDecoder::new(file).read_to_end(&mut plan).unwrap();
    fs::write(at.join("plan.json"), plan).unwrap();
    place
}

#[test]
fn a_plan_that_the_files_alone_make_is_as_promised() {
    let place = place();
    let (status, stdout, stderr) = tierform(place.path(), &["review", "plan.json", "--from", "git:HEAD"]);
    assert_eq!(status, 2, "{stderr}");
    assert!(stdout.ends_with("\nThe change of the files promises the same.\n"), "{stdout}");
}

#[test]
fn what_another_cause_adds_or_takes_away_is_said() {
    let place = place();
    // Applied last was what stands here now, so the files change nothing.
    let (status, stdout, _) =
        tierform(place.path(), &["review", "plan.json", "--from", "infra", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let found = json["unpromised"].as_array().unwrap();
    assert!(
        status == 2 && found.iter().all(|one| one["planned"] == "smaller" && one["promised"].is_null()),
        "{stdout}"
    );
    assert_eq!(found.len(), 3, "three node groups");

    // The files say more than the plan has.
    let text = fs::read_to_string(place.path().join("infra/terraform.tfvars")).unwrap();
    let text = text.replacen("nat_per_zone = false", "nat_per_zone = true", 1);
    fs::write(place.path().join("infra/terraform.tfvars"), text).unwrap();
    let (_, stdout, stderr) =
        tierform(place.path(), &["review", "plan.json", "--from", "git:HEAD:infra", "--format", "markdown"]);
    assert!(stdout.contains("**The plan does not match the change of the files:**"), "{stdout}{stderr}");
    assert!(stdout.contains("nothing in the plan, created by the change of the files"), "{stdout}");
}

#[test]
fn what_is_not_there_is_an_error() {
    let place = place();
    for (arguments, words) in [
        (["--from", "git:nowhere", "--dir", "infra"], "has no revision \"nowhere\""),
        (["--from", "elsewhere", "--dir", "infra"], "elsewhere is no directory"),
        (["--from", ".git", "--dir", "infra"], ".git has no .tf file"),
        (["--from", "git:HEAD", "--dir", "elsewhere"], "elsewhere is no directory"),
    ] {
        let (status, stdout, stderr) =
            tierform(place.path(), &[&["review", "plan.json"], &arguments[..]].concat());
        assert_eq!((status, stdout.as_str()), (1, ""), "{arguments:?}");
        assert!(stderr.contains(words), "{stderr}");
    }
}
