//! A change, played on the simulated clouds: the plan over what stands, what the apply does in which order, and what becomes of
//! what holds data.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use tierform::rehearse::play::{Base, Fate, New, Played, Reach, play};
use tierform::rehearse::story::Story;
use tierform::rehearse::{Options, Overlay, Revision};

use crate::support::{engines, generated};

const SPEC: &str = r#"
tier = "1k"
cloud = "gcp"
region = "europe-west1"
name = "acme"

[gcp]
project = "acme-prod"

[access]
url = "https://coder.acme.dev"
"#;

/// What `tierform generate` writes for the spec.
fn overlay(spec: &str) -> Overlay {
    let compiled = tierform::compile(spec).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let tree = tierform::render::render(&compiled.plan).unwrap();
    tree.iter().map(|(path, file)| (path.to_string(), Some(file.text.as_bytes().to_vec()))).collect()
}

#[test]
fn many_changes_are_played_from_one_base() {
    for engine in engines::all() {
        let infra = generated::directory(SPEC);
        let options = Options {
            dir: infra.path().to_owned(),
            engine: Some(engine.display().to_string()),
            ..Options::default()
        };
        let mut base = Base::apply(&options, &|_| {}).unwrap();
        let same = base.play(&New::Over(Overlay::new()), Reach::Plan, &|_| {}).unwrap();
        assert_eq!(same.is_empty, Some(true), "{:?}", same.phases);

        let larger = New::Over(overlay(&format!("{SPEC}\n[database]\nstorage_gb = 2048\n")));
        let played = base.play(&larger, Reach::Apply, &|_| {}).unwrap();
        assert_eq!(played.problems().count(), 0, "{:?}", played.phases);
        assert_eq!((played.is_empty, played.second_plan_empty), (Some(false), Some(true)));
        assert!(
            played.data.len() > 3 && played.data.iter().all(|kept| kept.fate == Fate::Same),
            "{:?}",
            played.data
        );
        let plan: serde_json::Value = serde_json::from_slice(&played.plan.unwrap()).unwrap();
        let changes = plan["resource_changes"].as_array().unwrap();
        let changed =
            changes.iter().filter(|change| change["change"]["actions"] != serde_json::json!(["no-op"]));
        let addresses: Vec<&str> = changed.filter_map(|change| change["address"].as_str()).collect();
        assert_eq!(addresses, ["module.database.google_sql_database_instance.this"]);

        // The change before is undone: what stands is what stood.
        let same = base.play(&New::Over(Overlay::new()), Reach::Plan, &|_| {}).unwrap();
        assert_eq!(same.is_empty, Some(true), "{:?}", same.phases);
        base.play(&larger, Reach::Apply, &|_| {}).unwrap();
        base.settle().unwrap();
        let same = base.play(&larger, Reach::Plan, &|_| {}).unwrap();
        assert_eq!(same.is_empty, Some(true), "{:?}", same.phases);
    }
}

/// A secret whose replication cannot be changed in place.
fn secret(replication: &str) -> String {
    format!(
        "resource \"google_secret_manager_secret\" \"this\" {{\n  project   = \"acme\"\n  secret_id = \"acme\"\n  replication {{\n    {replication}\n  }}\n}}\n\
         resource \"google_project_service\" \"this\" {{\n  project = \"acme\"\n  service = \"compute.googleapis.com\"\n  depends_on = [google_secret_manager_secret.this]\n}}\n"
    )
}

const AUTO: &str = "auto {}";
const CHOSEN: &str = "user_managed {\n      replicas {\n        location = \"europe-west1\"\n      }\n    }";

fn write(place: &Path, name: &str, text: &str) {
    let path = place.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn played(options: &Options, new: &New) -> Played {
    play(options, new, Reach::Destroy, &|_| {}).unwrap()
}

#[test]
fn what_holds_data_and_is_made_anew_under_its_name_is_another_thing() {
    for engine in engines::all() {
        let place = tempfile::tempdir().unwrap();
        write(place.path(), "old/main.tf", &secret(AUTO));
        write(place.path(), "new/main.tf", &secret(CHOSEN));
        let options = Options {
            dir: place.path().join("old"),
            engine: Some(engine.display().to_string()),
            ..Options::default()
        };
        let played = played(&options, &New::Directory(place.path().join("new")));
        assert_eq!(played.problems().count(), 0, "{:?}", played.phases);
        assert_eq!((played.second_plan_empty, played.destroy_clean), (Some(true), Some(true)));
        assert_eq!(played.data.len(), 1);
        assert_eq!(
            (played.data[0].id.as_str(), played.data[0].fate),
            ("projects/acme/secrets/acme", Fate::MadeAnew)
        );
        let story = Story::of(&played).unwrap();
        assert!(!story.is_clean());
        let text = story.to_text();
        for line in [
            "    1  destroyed           google_secret_manager_secret.this",
            "    2  made                google_secret_manager_secret.this",
            "  google_secret_manager_secret.this: destroyed in step 1, made again in step 2, after 0 other steps",
            "  DATA LOSS google_secret_manager_secret.this (projects/acme/secrets/acme) was destroyed and made anew: the secret \
             and all its versions",
            "plan:        0 created, 0 changed in place, 1 replaced, 0 destroyed",
        ] {
            assert!(text.contains(line), "{line}\nin\n{text}");
        }
        let json: serde_json::Value = serde_json::from_str(&story.to_json()).unwrap();
        assert_eq!(json["data"][0]["fate"], "made-anew");
        assert_eq!(json["clean"], false);
    }
}

#[test]
fn a_directory_that_does_not_apply_is_nothing_to_play_from() {
    for engine in engines::all() {
        let place = tempfile::tempdir().unwrap();
        write(
            place.path(),
            "old/main.tf",
            "resource \"google_project_service\" \"x\" {\n  service = \"\"\n  project = {}\n}\n",
        );
        write(place.path(), "new/main.tf", &secret(AUTO));
        let options = Options {
            dir: place.path().join("old"),
            engine: Some(engine.display().to_string()),
            ..Options::default()
        };
        let error =
            play(&options, &New::Directory(place.path().join("new")), Reach::Plan, &|_| {}).unwrap_err();
        assert!(
            error.to_string().contains(
                "cannot be applied on the simulated clouds, so the change cannot be played:\nError: "
            ),
            "{error}"
        );
    }
}

fn git(place: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").current_dir(place).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_revision_is_played_with_the_modules_that_it_had() {
    for engine in engines::all() {
        let place = tempfile::tempdir().unwrap();
        let root = "module \"secret\" {\n  source = \"../../modules/secret\"\n}\n";
        write(place.path(), "live/prod/main.tf", root);
        write(place.path(), "shared/secret/main.tf", &secret(AUTO));
        symlink("shared", place.path().join("modules")).unwrap();
        write(place.path(), "elsewhere/large.bin", "not needed");
        git(place.path(), &["init", "-q", "."]);
        git(place.path(), &["add", "-A"]);
        git(place.path(), &["commit", "-q", "-m", "x"]);
        write(place.path(), "shared/secret/main.tf", &secret(CHOSEN));
        let prod = place.path().join("live/prod");
        let options = Options {
            dir: prod.clone(),
            revision: Some(Revision::parse("HEAD")),
            engine: Some(engine.display().to_string()),
            keep: true,
            ..Options::default()
        };
        let played = played(&options, &New::Directory(prod));
        let kept = played.kept.clone().unwrap();
        let exported = kept.parent().unwrap().join("revision");
        let is_needed_alone =
            exported.join("shared/secret/main.tf").is_file() && !exported.join("elsewhere").exists();
        fs::remove_dir_all(kept.parent().unwrap()).unwrap();
        assert!(is_needed_alone);
        assert_eq!(played.data[0].address, "module.secret.google_secret_manager_secret.this");
        assert_eq!(played.data[0].fate, Fate::MadeAnew, "{:?}", played.phases);
        assert_eq!(
            (played.second_plan_empty, played.destroy_clean),
            (Some(true), Some(true)),
            "{:?}",
            played.phases
        );
    }
}

/// The status, stdout and stderr of `tierform` in `place`.
fn tierform(place: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tierform")).current_dir(place).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn an_edit_of_the_spec_is_played_before_anything_is_written() {
    let Some(engine) = engines::all().pop() else { return };
    let engine = engine.display().to_string();
    let place = tempfile::tempdir().unwrap();
    write(place.path(), "coder.toml", SPEC);
    assert_eq!(tierform(place.path(), &["generate"]).0, Some(0));
    git(place.path(), &["init", "-q", "."]);
    git(place.path(), &["add", "-A"]);
    git(place.path(), &["commit", "-q", "-m", "x"]);
    let edit = ["--edit", "database.storage_gb=2048", "--edit", "tags.team=platform", "--format", "json"];
    let (status, stdout, stderr) =
        tierform(place.path(), &[&["rehearse", "--engine", &engine][..], &edit].concat());
    let phases = "init\napply old\nplan\napply\nsecond plan\nunprotect\ndestroy\n";
    assert_eq!((status, stderr.as_str()), (Some(0), phases), "{stdout}");
    let story: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let database = "module.database.google_sql_database_instance.this";
    let planned = story["planned"].as_array().unwrap();
    assert!(planned.contains(&serde_json::json!({"address": database, "action": "update"})), "{planned:?}");
    assert!(story["steps"].as_array().unwrap().len() > 3, "{stdout}");
    assert_eq!(fs::read_to_string(place.path().join("coder.toml")).unwrap(), SPEC);

    // The same from the revision, once it is generated.
    fs::write(place.path().join("coder.toml"), format!("{SPEC}\n[database]\nstorage_gb = 2048\n")).unwrap();
    assert_eq!(tierform(place.path(), &["generate"]).0, Some(0));
    let (status, stdout, _) =
        tierform(place.path(), &["rehearse", "--from", "git:HEAD", "--engine", &engine]);
    assert_eq!(status, Some(0), "{stdout}");
    assert!(
        stdout.contains("plan:        0 created, 1 changed in place, 0 replaced, 0 destroyed"),
        "{stdout}"
    );
}

#[test]
fn what_cannot_be_played_is_said_in_a_sentence_with_status_1() {
    let Some(engine) = engines::all().pop() else { return };
    let engine = engine.display().to_string();
    let place = tempfile::tempdir().unwrap();
    write(place.path(), "infra/main.tf", &secret(AUTO));
    write(place.path(), "coder.toml", SPEC);
    let said = |arguments: &[&str]| {
        let all = [&["rehearse", "--engine", &engine][..], arguments].concat();
        let (status, stdout, stderr) = tierform(place.path(), &all);
        assert_eq!((status, stdout.as_str()), (Some(1), ""), "{stderr}");
        stderr
    };
    assert_eq!(
        said(&["--from", "git:HEAD"]),
        "error: infra is in no git repository, so there is no other revision of it; name a directory with --from.\n"
    );
    git(place.path(), &["init", "-q", "."]);
    git(place.path(), &["add", "coder.toml"]);
    git(place.path(), &["commit", "-q", "-m", "x"]);
    let top = fs::canonicalize(place.path()).unwrap();
    for name in ["v9", "--all", ""] {
        let expected = format!(
            "error: the git repository {} has no revision {name:?}; `git log` lists them.\n",
            top.display()
        );
        assert_eq!(said(&["--from", &format!("git:{name}")]), expected);
    }
    assert_eq!(
        said(&["--from", "git:HEAD"]),
        "error: revision HEAD has no directory \"infra\"; name another one, as in --from git:HEAD:PATH, with a path from the \
         repository's root.\n"
    );
    assert!(said(&["--from", "nowhere"]).starts_with("error: There is no nowhere:"));
    assert_eq!(
        said(&["--edit", "databse.version=17"]),
        "error: `databse.version` is not a key of the spec; did you mean `database.version`?\n"
    );
    assert!(said(&["--edit", "region=mars"]).contains("mars"));
}
