//! `generate` fails closed: what would lose data, what the cloud refuses and what cannot be judged is not written, the way out is said,
//! and a change that does none of that is written.

use std::fs;
use std::path::Path;
use std::process::Command;

const SPEC: &str = "name = \"acme\"\ntier = \"1k\"\ncloud = \"gcp\"\nregion = \"us-central1\"\n[access]\nurl = \"https://coder.acme.dev\"\n\
                    [gcp]\nproject = \"acme-prod\"\n";

/// Runs tierform in `at`: exit status and stderr.
fn tierform(at: &Path, arguments: &[&str]) -> (i32, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tierform")).args(arguments).current_dir(at).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A directory that was generated, to which something was done, and whose spec was edited then.
fn place(done: impl FnOnce(&Path), from: &str, to: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("coder.toml"), SPEC).unwrap();
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    done(&place.path().join("infra"));
    assert!(SPEC.contains(from));
    fs::write(place.path().join("coder.toml"), SPEC.replace(from, to)).unwrap();
    place
}

fn values(place: &Path) -> String {
    fs::read_to_string(place.join("infra/terraform.tfvars")).unwrap()
}

const DATA_LOSS: &str = "--accept-data-loss";
const REFUSED: &str = "--accept-refused";
const UNKNOWN: &str = "--accept-unknown";

/// Holds that the run stops with all of these sentences and writes nothing, that it writes with `flags`, and with none of them missing.
fn stops(place: &tempfile::TempDir, sentences: &[&str], flags: &[&str]) {
    let at = place.path();
    let before = values(at);
    let (status, said) = tierform(at, &["generate"]);
    assert_eq!(status, 3, "{said}");
    for sentence in sentences {
        assert!(said.contains(sentence), "no {sentence:?} in\n{said}");
    }
    assert_eq!(values(at), before, "nothing is written");
    for missing in flags {
        let others = [DATA_LOSS, REFUSED, UNKNOWN].into_iter().filter(|other| other != missing);
        let (status, said) = tierform(at, &["generate"].into_iter().chain(others).collect::<Vec<_>>());
        assert_eq!(status, 3, "{missing} is needed: {said}");
    }
    let (status, said) = tierform(at, &["generate"].iter().chain(flags).copied().collect::<Vec<_>>());
    assert_eq!(status, 0, "{said}");
    assert_ne!(values(at), before);
}

const LARGER: (&str, &str) = ("tier = \"1k\"\n", "tier = \"1k\"\ntags = { team = \"platform\" }\n");
const MOVED: (&str, &str) = ("us-central1", "europe-west4");

#[test]
fn what_loses_nothing_is_written() {
    let place = place(|_| {}, LARGER.0, LARGER.1);
    let (status, said) = tierform(place.path(), &["generate"]);
    assert_eq!(status, 0, "{said}");
}

#[test]
fn a_loss_is_not_written_and_the_way_out_is_said() {
    let applied = |infra: &Path| fs::write(infra.join("terraform.tfstate"), "{}").unwrap();
    let place = place(applied, MOVED.0, MOVED.1);
    let said = tierform(place.path(), &["generate"]).1;
    assert!(!said.contains("nothing was applied"), "{said}");
    stops(
        &place,
        &["DATA LOSS", "google_sql_database_instance", "nothing was written to infra", "--accept-data-loss"],
        &[DATA_LOSS, REFUSED],
    );
}

#[test]
fn where_nothing_seems_to_be_applied_yet_that_is_said_and_never_assumed() {
    let local = place(|_| {}, MOVED.0, MOVED.1);
    stops(
        &local,
        &[
            "nothing was applied from this directory yet as far as tierform can see (no terraform.tfstate, no .terraform)",
            "--accept-data-loss writes it",
        ],
        &[DATA_LOSS, REFUSED],
    );
    let remote = |infra: &Path| {
        fs::write(
            infra.join("state_override.tf"),
            "terraform {\n  backend \"gcs\" {\n    bucket = \"b\"\n  }\n}\n",
        )
        .unwrap();
    };
    let remote = place(remote, MOVED.0, MOVED.1);
    let (status, said) = tierform(remote.path(), &["generate"]);
    assert_eq!(status, 3);
    assert!(
        said.contains("stands in the state, which the backend gcs keeps and tierform does not read"),
        "{said}"
    );
    let initialised = place(|infra| fs::create_dir(infra.join(".terraform")).unwrap(), MOVED.0, MOVED.1);
    let said = tierform(initialised.path(), &["generate"]).1;
    assert!(said.contains("DATA LOSS") && !said.contains("applied from this directory"), "{said}");
}

#[test]
fn a_file_that_cannot_be_read_stops_it_whosever_it_is() {
    let spoil = |name: &'static str, with: &'static [u8]| {
        move |infra: &Path| {
            let path = infra.join(name);
            let text = fs::read(&path).unwrap_or_default();
            fs::write(path, [text.as_slice(), with].concat()).unwrap();
        }
    };
    // One of tierform's, edited.
    let ours = place(spoil("main.tf", b"\n<<<<<<< HEAD\n"), LARGER.0, LARGER.1);
    stops(&ours, &["main.tf:", "this is not HCL", "cannot be judged", "--accept-unknown"], &[UNKNOWN]);
    // The user's own.
    let own = place(spoil("mine.tf", b"# \xff\n"), LARGER.0, LARGER.1);
    stops(&own, &["mine.tf:1: this is not UTF-8 text"], &[UNKNOWN]);
    let json = place(spoil("mine.tf.json", b"{"), LARGER.0, LARGER.1);
    stops(&json, &["mine.tf.json:1: this is not JSON"], &[UNKNOWN]);
    // Valid Terraform that our parser does not take as it stands is judged all the same.
    let valid = b"locals {\n  mine = {\n    for a in [1] : a => a\n    + 1\n  }\n}\n";
    let valid = place(spoil("mine.tf", valid), LARGER.0, LARGER.1);
    assert_eq!(tierform(valid.path(), &["generate"]).0, 0);
    // Nothing to write needs no judgement.
    let idle = place(spoil("mine.tf", b"# \xff\n"), LARGER.0, LARGER.0);
    assert_eq!(tierform(idle.path(), &["generate"]).0, 0);
}

#[test]
fn what_may_be_done_to_data_stops_it() {
    // How many databases of the user's own there are follows from something that only the cloud knows, and from something that changes.
    let count = |infra: &Path| {
        fs::write(
            infra.join("mine.tf"),
            "data \"google_project\" \"this\" {}\nresource \"google_sql_database_instance\" \"mine\" {\n  count = data.google_project.this.number > length(local.labels) ? 1 : 0\n  \
             name = \"mine\"\n  settings {\n    user_labels = local.labels\n  }\n}\n",
        )
        .unwrap();
    };
    let counted = place(count, LARGER.0, LARGER.1);
    stops(&counted, &["MAY BE", "google_sql_database_instance", "--accept-unknown"], &[UNKNOWN]);
    // A module from elsewhere is given something else.
    let stranger = |infra: &Path| {
        fs::write(
            infra.join("mine.tf"),
            "module \"mine\" {\n  source = \"acme/storage/google\"\n  labels = local.labels\n}\n",
        )
        .unwrap();
    };
    let stranger = place(stranger, LARGER.0, LARGER.1);
    stops(&stranger, &["MAY BE", "module.mine"], &[UNKNOWN]);
}

#[test]
fn the_users_own_files_are_part_of_what_is_judged() {
    // The region is set by a file that wins over ours: the new one changes nothing.
    let fixed =
        |infra: &Path| fs::write(infra.join("mine.auto.tfvars"), "region = \"us-central1\"\n").unwrap();
    let fixed = place(fixed, "name = \"acme\"", "name = \"acme\"\ntags = { a = \"b\" }");
    assert_eq!(tierform(fixed.path(), &["generate"]).0, 0);
    // A database beside ours that is named after the deployment.
    let named = |infra: &Path| {
        fs::write(
            infra.join("mine.tf"),
            "resource \"google_sql_database_instance\" \"mine\" {\n  name = \"${var.name}-mine\"\n}\n",
        )
        .unwrap();
    };
    let named = place(named, "name = \"acme\"", "name = \"other\"");
    let said = tierform(named.path(), &["generate"]).1;
    assert!(said.contains("DATA LOSS") && said.contains("google_sql_database_instance.mine"), "{said}");
}

#[test]
fn records_that_are_damaged_stop_it() {
    let damage = |infra: &Path| fs::write(infra.join(".tierform/manifest.json"), "{").unwrap();
    let place = place(damage, LARGER.0, LARGER.1);
    let (status, said) = tierform(place.path(), &["generate", "--accept-data-loss", "--accept-unknown"]);
    assert_eq!(status, 3, "{said}");
    assert!(
        said.contains("manifest.json is damaged") && said.contains("restore it from version control"),
        "{said}"
    );
    assert!(said.contains("nothing was written"), "{said}");
}

#[test]
fn what_tierforms_side_of_a_conflict_would_do_is_said_before_it_is_taken() {
    let edited = |infra: &Path| {
        let path = infra.join("terraform.tfvars");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replacen("\"acme\"", "\"acme\" # agreed", 1)).unwrap();
    };
    let place = place(edited, "name = \"acme\"", "name = \"other\"");
    let said = "taking tierform's side of the conflicts would do this in the cloud:\nDATA LOSS";
    // The user's name stays for now, so nothing is lost yet.
    for _ in 0..2 {
        let (status, stderr) = tierform(place.path(), &["generate"]);
        assert_eq!(status, 3, "{stderr}");
        assert!(stderr.contains(said) && stderr.contains("google_sql_database_instance"), "{stderr}");
    }
    let (_, stderr) = tierform(place.path(), &["diff", "--impact", "--engine", "none"]);
    assert!(stderr.contains(said), "{stderr}");
}
