//! What is told of a change without an engine is never less than an engine's own plan of it on the simulated clouds, and names the same
//! resources. Edits that used to be told as less than they are.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tierform::impact::class::Action;
use tierform::impact::evaluated::{between, severity};
use tierform::rehearse::play::{Base, New, Reach};
use tierform::rehearse::{Options, Overlay};

use crate::support::{engines, generated};

/// What `tierform generate` writes for the spec.
fn overlay(spec: &str) -> Overlay {
    let compiled = tierform::compile(spec).unwrap_or_else(|problems| panic!("{problems:#?}\nin\n{spec}"));
    let tree = tierform::render::render(&compiled.plan).unwrap();
    tree.iter().map(|(path, file)| (path.to_string(), Some(file.text.as_bytes().to_vec()))).collect()
}

/// How bad the plan's actions are; nothing where the engine leaves it alone.
fn planned(actions: &Value) -> u8 {
    let all = [
        (json!(["create"]), Action::Create),
        (json!(["update"]), Action::Update),
        (json!(["delete"]), Action::Delete),
        (json!(["create", "delete"]), Action::CreateThenDelete),
        (json!(["delete", "create"]), Action::DeleteThenCreate),
    ];
    all.into_iter().find(|(known, _)| known == actions).map_or(0, |(_, action)| severity(action))
}

/// The change of a spec, told both ways: what is told as less than the plan has it, and what is not certain.
fn judge(base: &mut Base, old: &Overlay, new: Overlay) -> (Vec<String>, usize) {
    let files = |of: &Overlay| -> Vec<(String, Vec<u8>)> {
        of.iter().filter_map(|(path, bytes)| Some((path.clone(), bytes.clone()?))).collect()
    };
    let (before, after) = (files(old), files(&new));
    let told = between(
        before.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
        after.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    )
    .unwrap();
    let unsure = told.iter().filter(|change| !change.unsure.is_empty()).count();
    let told: BTreeMap<&str, u8> =
        told.iter().map(|change| (change.address.as_str(), severity(change.action))).collect();
    let played = base.play(&New::Over(new), Reach::Plan, &|_| {}).unwrap();
    let plan = played.plan.unwrap_or_else(|| panic!("no plan: {:?}", played.phases));
    let plan: Value = serde_json::from_slice(&plan).unwrap();
    let mut less = Vec::new();
    for change in
        plan["resource_changes"].as_array().unwrap().iter().filter(|change| change["mode"] == "managed")
    {
        let address = change["address"].as_str().unwrap();
        let (plan, told) = (planned(&change["change"]["actions"]), told.get(address).copied().unwrap_or(0));
        if told < plan {
            less.push(format!("{address}: {}, told as {told}", change["change"]["actions"]));
        }
    }
    (less, unsure)
}

fn hold(spec: &str, edits: &[(&str, &str)]) {
    let Some(engine) = engines::all().into_iter().next() else { return };
    let directory = generated::directory(spec);
    let options = Options {
        dir: directory.path().to_owned(),
        engine: Some(engine.display().to_string()),
        ..Options::default()
    };
    let mut base = Base::apply(&options, &|_| {}).unwrap();
    let old = overlay(spec);
    for (from, to) in edits {
        assert!(spec.contains(from), "{from}");
        let (less, unsure) = judge(&mut base, &old, overlay(&spec.replacen(from, to, 1)));
        assert!(less.is_empty(), "{to}: {less:#?}");
        assert_eq!(unsure, 0, "{to}");
    }
}

#[test]
fn aws() {
    hold(
        include_str!("../../examples/aws-1k/coder.toml"),
        &[
            // A launch template's new version rolls coderd and drains the nodes.
            (
                "[access]",
                "[workspaces]\nmachine = \"m8i.4xlarge\"\n[coderd]\nmachine = \"m8i.xlarge\"\n[access]",
            ),
            ("[access]", "[workspaces]\nnodes_max = 20\nnodes_min = 6\n[access]"),
            ("[access]", "[network]\nallowed_cidrs = [\"203.0.113.0/24\"]\n[access]"),
            ("[access]", "[network]\nzones = [\"us-east-1a\", \"us-east-1b\"]\n[access]"),
            ("[access]", "[tags]\nteam = \"platform\"\n[access]"),
        ],
    );
}

#[test]
fn azure() {
    hold(
        include_str!("../../examples/azure-1k/coder.toml"),
        &[
            ("[access]", "[network]\nzones = [\"1\", \"2\"]\n[access]"),
            ("[access]", "[workspaces]\nnodes_max = 20\n[access]"),
            ("[access]", "[network]\ninternal = true\n[access]"),
            ("[access]", "[database]\nversion = 16\n[access]"),
        ],
    );
}

#[test]
fn gcp() {
    hold(
        include_str!("../../examples/gcp-1k/coder.toml"),
        &[
            ("[access]", "[network]\nallowed_cidrs = [\"203.0.113.0/24\"]\n[access]"),
            ("[access]", "[network]\ninternal = true\n[access]"),
            (
                "[access]",
                "[[clusters]]\nname = \"main\"\nshare = 0.5\n[[clusters]]\nname = \"two\"\nshare = 0.5\n[access]",
            ),
        ],
    );
}
