//! A renamed address destroys nothing: what an earlier tierform applied is planned against output in which modules have other
//! names, with the `moved` blocks that `templates/root/moved.tf.tera` writes for them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{engines, generated, simulation};

/// Old and new names of two modules, one of them stateful.
const RENAMED: [(&str, &str); 2] = [("database", "postgres"), ("workspaces_main", "cluster_main")];

/// What a plan does with managed resources, but for leaving them alone: actions, address.
fn actions(plan: &Value) -> Vec<(String, String)> {
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    changes
        .filter(|change| {
            change["mode"] == "managed" && change["change"]["actions"] != serde_json::json!(["no-op"])
        })
        .map(|change| (change["change"]["actions"].to_string(), change["address"].to_string()))
        .collect()
}

/// Calls the modules by their new names, in every root file that speaks of them.
fn rename(directory: &Path) {
    for file in ["main.tf", "outputs.tf"] {
        let mut text = fs::read_to_string(directory.join(file)).unwrap();
        for (old, new) in RENAMED {
            text = text.replace(&format!("module \"{old}\""), &format!("module \"{new}\""));
            for end in [".", ","] {
                text = text.replace(&format!("module.{old}{end}"), &format!("module.{new}{end}"));
            }
        }
        fs::write(directory.join(file), text).unwrap();
    }
}

#[test]
fn what_an_earlier_version_applied_is_renamed_and_not_destroyed() {
    let spec = include_str!("../../examples/gcp-1k/coder.toml");
    for engine in engines::all() {
        let directory = generated::directory(spec);
        let simulation = simulation::Simulation::of(&["google", "random"]);
        simulation.plan(&engine, directory.path());
        simulation.run(&engine, directory.path(), &["apply", "-input=false", "plan.bin"]);

        rename(directory.path());
        let lost = actions(&simulation.plan(&engine, directory.path()));
        assert!(
            lost.iter()
                .any(|(action, address)| action.contains("delete")
                    && address.contains("sql_database_instance")),
            "without moved blocks the database would go: {lost:?}"
        );

        let moved: String = RENAMED
            .iter()
            .map(|(old, new)| format!("moved {{\n  from = module.{old}\n  to   = module.{new}\n}}\n"))
            .collect();
        fs::write(directory.path().join("moved.tf"), moved).unwrap();
        let left = actions(&simulation.plan(&engine, directory.path()));
        assert!(left.is_empty(), "{left:?}");
    }
}
