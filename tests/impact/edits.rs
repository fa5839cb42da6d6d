//! An edit of a spec, generated over the directory that stands and rehearsed from it: one apply does it, and no more than is wanted.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::engines;

const AZURE: &str = include_str!("../../examples/azure-1k/coder.toml");

/// Runs tierform in `at`: exit status, stdout, stderr.
fn tierform(at: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tierform")).args(arguments).current_dir(at).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A directory before an edit and after it.
struct Edited(tempfile::TempDir);

impl Edited {
    fn of(spec: &str, edited: &str) -> Edited {
        let place = tempfile::tempdir().unwrap();
        let at = place.path();
        for (spec, directory) in [(spec, "before"), (edited, "after")] {
            fs::write(at.join("coder.toml"), spec).unwrap();
            let (status, _, stderr) = tierform(at, &["generate"]);
            assert_eq!(status, 0, "{stderr}");
            assert!(
                Command::new("cp")
                    .arg("-r")
                    .args([at.join("infra"), at.join(directory)])
                    .status()
                    .unwrap()
                    .success()
            );
        }
        Edited(place)
    }

    fn values(&self, directory: &str) -> String {
        fs::read_to_string(self.0.path().join(directory).join("terraform.tfvars")).unwrap()
    }

    /// What a rehearsal from the one to the other tells, which has to be good; nothing where there is no engine.
    fn rehearsed(&self) -> Option<Value> {
        let engine = engines::all().into_iter().next()?.display().to_string();
        let arguments = ["rehearse", "--from", "before", "after", "--engine", &engine, "--format", "json"];
        let (status, stdout, stderr) = tierform(self.0.path(), &arguments);
        assert_eq!(status, 0, "{stdout}\n{stderr}");
        Some(serde_json::from_str(&stdout).unwrap())
    }
}

/// What a rehearsal plans, but for what is made: action, address.
fn planned(story: &Value) -> Vec<(String, String)> {
    let all = story["planned"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let changes = all.map(|change| (text(&change["action"]), text(&change["address"])));
    changes.filter(|(action, _)| action != "create").collect()
}

#[test]
fn another_cluster_on_azure_takes_daemons_over_and_no_disk_shrinks() {
    let cluster = |name: &str, region: &str, share: f64| {
        format!("[[clusters]]\nname = \"{name}\"\nregion = \"{region}\"\nshare = {share}\n")
    };
    let both = cluster("main", "eastus", 0.1) + &cluster("two", "westus2", 0.9);
    let edited = Edited::of(AZURE, &format!("{AZURE}\n{both}"));
    let disk = |directory| {
        let values = edited.values(directory);
        let mut lines = values.lines().filter(|line| line.trim_start().starts_with("disk_gb"));
        let of_hosts = lines.next_back().unwrap();
        of_hosts.split(['=', '#']).nth(1).unwrap().trim().to_owned()
    };
    assert_eq!((disk("before"), disk("after")), ("140".to_owned(), "140".to_owned()));
    let Some(story) = edited.rehearsed() else { return };
    assert!(planned(&story).iter().all(|(action, _)| action == "update"), "{story:#}");
}
