//! A deployment as it was applied on the simulated clouds, and what an engine makes of its changes, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{engines, generated, simulation::Simulation};

pub const APPLY: [&str; 3] = ["apply", "-input=false", "plan.bin"];

/// A deployment as it was applied, and its changes.
pub struct Deployment {
    engine: PathBuf,
    simulation: Simulation,
    directory: TempDir,
}

impl Deployment {
    /// Applies what is generated of the spec; nothing where there is no engine.
    pub fn of(provider: &str, spec: &str) -> Option<Deployment> {
        let engine = engines::all().into_iter().next()?;
        let made = Deployment {
            engine,
            simulation: Simulation::of(&[provider, "random"]),
            directory: generated::directory(spec),
        };
        made.plan();
        made.run(&APPLY);
        Some(made)
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The same deployment with what is generated of another spec.
    pub fn becomes(&mut self, spec: &str) {
        let directory = generated::directory(spec);
        fs::copy(self.path().join("terraform.tfstate"), directory.path().join("terraform.tfstate")).unwrap();
        self.directory = directory;
    }

    pub fn plan(&self) -> Value {
        self.simulation.plan(&self.engine, self.path())
    }

    pub fn run(&self, arguments: &[&str]) {
        self.simulation.run(&self.engine, self.path(), arguments);
    }

    /// What the engine says where it fails; by then nothing may have gone.
    pub fn stopped(&self, arguments: &[&str]) -> String {
        let names = || {
            let state = fs::read_to_string(self.path().join("terraform.tfstate")).unwrap();
            objects(&state).into_keys().collect::<BTreeSet<_>>()
        };
        let before = names();
        let said = self.simulation.refused(&self.engine, self.path(), arguments);
        let after = names();
        let gone: Vec<_> = before.difference(&after).collect();
        assert!(gone.is_empty() && !said.contains("Destruction complete"), "{gone:?}: {said}");
        joined(&said)
    }

    /// What the engine says where it fails; by then nothing may have changed.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let state = || fs::read_to_string(self.path().join("terraform.tfstate")).unwrap();
        let before = state();
        let said = self.simulation.refused(&self.engine, self.path(), arguments);
        let (before, after) = (objects(&before), objects(&state()));
        let all: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let touched: Vec<_> = all.into_iter().filter(|own| before.get(*own) != after.get(*own)).collect();
        assert!(touched.is_empty(), "{touched:?}: {said}");
        joined(&said)
    }

    /// What a plan says where it fails.
    pub fn refused_plan(&self) -> String {
        fs::write(self.path().join("local_override.tf"), "terraform {\n  backend \"local\" {}\n}\n").unwrap();
        self.run(&["init", "-input=false"]);
        self.refused(&["plan", "-input=false"])
    }
}

/// On one line, for engines break lines where the terminal ends.
fn joined(said: &str) -> String {
    let plain = said.replace("\u{1b}[0m", "").replace("\u{1b}[31m", "").replace('│', " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a state says is there, by module, type, name and key.
fn objects(state: &str) -> BTreeMap<String, String> {
    let mut objects = BTreeMap::new();
    for resource in serde_json::from_str::<Value>(state).unwrap()["resources"].as_array().unwrap() {
        if resource["mode"] != "managed" {
            continue;
        }
        for instance in resource["instances"].as_array().unwrap() {
            let parts = [&resource["module"], &resource["type"], &resource["name"], &instance["index_key"]];
            objects.insert(parts.map(Value::to_string).concat(), instance["attributes"].to_string());
        }
    }
    objects
}

/// What a plan does with managed resources, but for leaving them alone: address, actions.
pub fn actions(plan: &Value) -> Vec<(String, String)> {
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    changes
        .filter(|change| change["mode"] == "managed" && change["change"]["actions"] != json!(["no-op"]))
        .map(|change| {
            (change["address"].as_str().unwrap().to_owned(), change["change"]["actions"].to_string())
        })
        .collect()
}
