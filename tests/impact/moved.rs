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

/// The addresses of each `moved` block of a file.
fn moves(text: &str) -> Vec<[String; 2]> {
    let side = |block: &str, name: &str| {
        let line = block.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        let (_, value) = line.split_once("= ").unwrap();
        value.split(" #").next().unwrap().to_owned()
    };
    text.split("moved {").skip(1).map(|block| [side(block, "from"), side(block, "to")]).collect()
}

#[test]
fn the_guards_of_an_earlier_versions_sites_move_to_the_root_and_nothing_else_happens() {
    let Some(engine) = engines::all().into_iter().next() else { return };
    let elsewhere = "[[clusters]]\nname = \"main\"\nshare = 0.5\n[[clusters]]\nname = \"other\"\nshare = 0.5\ncloud = \"gcp\"\nregion = \"europe-west4\"\n[gcp]\nproject = \"acme-prod\"\n";
    let of_aws = format!("{}\n{elsewhere}", include_str!("../../examples/aws-1k/coder.toml"));
    let of_google = include_str!("../../examples/gcp-global/coder.toml");
    for (spec, providers, guards) in [
        (
            of_google,
            &["google", "aws", "azurerm", "random"][..],
            &["cluster_ml", "cluster_office", "vault"][..],
        ),
        (&of_aws, &["google", "aws", "random"], &["cluster_other"]),
    ] {
        let directory = generated::directory(spec);
        let simulation = simulation::Simulation::of(providers);
        simulation.plan(&engine, directory.path());
        simulation.run(&engine, directory.path(), &["apply", "-input=false", "plan.bin"]);

        let moves = moves(&fs::read_to_string(directory.path().join("moved.tf")).unwrap());
        let keys: Vec<&str> = moves.iter().filter_map(|[from, _]| from.split('"').nth(1)).collect();
        assert_eq!(keys, guards);
        // As an earlier version left it.
        for [from, to] in &moves {
            simulation.run(&engine, directory.path(), &["state", "mv", to, from]);
        }
        let plan = simulation.plan(&engine, directory.path());
        assert_eq!(actions(&plan), []);
        let changes = plan["resource_changes"].as_array().unwrap().iter();
        let moved = changes.filter(|change| change["previous_address"].is_string()).count();
        assert_eq!(moved, moves.len());
    }
}
