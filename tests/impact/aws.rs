//! What AWS cannot do, or not without an outage, is refused before anything is touched, and what can be done all the same ends well.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{engines, fixtures, generated, simulation::Simulation};

const SPEC: &str = include_str!("../../examples/aws-1k/coder.toml");
const APPLY: [&str; 3] = ["apply", "-input=false", "plan.bin"];

/// A deployment as it was applied, and its changes.
struct Deployment {
    engine: PathBuf,
    simulation: Simulation,
    directory: TempDir,
}

impl Deployment {
    /// Applies what is generated of the spec; nothing where there is no engine.
    fn of(spec: &str) -> Option<Deployment> {
        let engine = engines::all().into_iter().next()?;
        let made = Deployment {
            engine,
            simulation: Simulation::of(&["aws", "random"]),
            directory: generated::directory(spec),
        };
        made.plan();
        made.run(&APPLY);
        Some(made)
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The same deployment with what is generated of another spec.
    fn becomes(&mut self, spec: &str) {
        let directory = generated::directory(spec);
        fs::copy(self.path().join("terraform.tfstate"), directory.path().join("terraform.tfstate")).unwrap();
        self.directory = directory;
    }

    fn plan(&self) -> Value {
        self.simulation.plan(&self.engine, self.path())
    }

    fn run(&self, arguments: &[&str]) {
        self.simulation.run(&self.engine, self.path(), arguments);
    }

    /// What the engine says where it fails; by then nothing may have gone.
    fn stopped(&self, arguments: &[&str]) -> String {
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
    fn refused(&self, arguments: &[&str]) -> String {
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
    fn refused_plan(&self) -> String {
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
fn actions(plan: &Value) -> Vec<(String, String)> {
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    changes
        .filter(|change| change["mode"] == "managed" && change["change"]["actions"] != json!(["no-op"]))
        .map(|change| {
            (change["address"].as_str().unwrap().to_owned(), change["change"]["actions"].to_string())
        })
        .collect()
}

#[test]
fn another_balancer_is_refused_in_the_plan_and_comes_once_the_protection_is_lifted() {
    let Some(mut deployment) = Deployment::of(SPEC) else { return };
    let internal = format!("{SPEC}\n[network]\ninternal = true\n");
    deployment.becomes(&internal);
    let said = deployment.refused_plan();
    assert!(said.contains("The balancer was made with access.internal = false."), "{said}");

    // Whatever else would replace it meets the guard.
    deployment.becomes(SPEC);
    deployment.run(&["init", "-input=false"]);
    deployment.run(&["plan", "-input=false", "-replace=module.coderd.aws_lb.coderd", "-out=plan.bin"]);
    let said = deployment.refused(&APPLY);
    assert!(said.contains("terraform_data.deletion_protection[\"balancer\"]"), "{said}");

    deployment.run(&["apply", "-input=false", "-auto-approve", "-var=deletion_protection=false"]);
    deployment.becomes(&internal);
    let plan = deployment.plan();
    let replaced = ("module.coderd.aws_lb.coderd".to_owned(), json!(["delete", "create"]).to_string());
    assert!(actions(&plan).contains(&replaced), "{:?}", actions(&plan));
    deployment.run(&APPLY);
    assert_eq!(actions(&deployment.plan()), [], "after the apply");
    deployment.becomes(SPEC);
    let said = deployment.refused_plan();
    assert!(said.contains("The balancer was made with access.internal = true."), "{said}");
}

#[test]
fn a_site_does_not_go_with_protection_on() {
    let clusters = "[[clusters]]\nname = \"main\"\nshare = 0.5\n\n[[clusters]]\nname = \"eu\"\nregion = \"eu-west-1\"\nshare = 0.5\n";
    let Some(mut deployment) = Deployment::of(&format!("{SPEC}\n{clusters}")) else { return };
    deployment.becomes(SPEC);
    // What the engine needs to reach what is to go.
    let provider = "provider \"aws\" {\n  alias  = \"aws_eu_west_1\"\n  region = \"eu-west-1\"\n}\n";
    fs::write(deployment.path().join("provider.tf"), provider).unwrap();
    let plan = deployment.plan();
    let goes = |(address, actions): &(String, String)| {
        address.starts_with("module.aws_eu_west_1.") && actions == "[\"delete\"]"
    };
    assert!(actions(&plan).iter().filter(|change| goes(change)).count() > 30, "{:?}", actions(&plan));
    let said = deployment.stopped(&APPLY);
    assert!(said.contains("terraform_data.deletion_protection[\"cluster_eu\"]"), "{said}");
}

#[test]
fn what_was_restored_needs_its_guard_forgotten_and_no_more() {
    let Some(deployment) = Deployment::of(SPEC) else { return };
    // As after an import: the instance of that name is another one.
    let path = deployment.path().join("terraform.tfstate");
    let mut state: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let resources = state["resources"].as_array_mut().unwrap();
    let database = resources.iter_mut().find(|resource| resource["type"] == "aws_db_instance").unwrap();
    database["instances"][0]["attributes"]["resource_id"] = json!("db-RESTORED");
    fs::write(&path, state.to_string()).unwrap();
    deployment.plan();
    let said = deployment.stopped(&APPLY);
    assert!(said.contains("terraform_data.deletion_protection[\"database\"]"), "{said}");

    deployment.run(&["state", "rm", "terraform_data.deletion_protection[\"database\"]"]);
    let guard = "terraform_data.deletion_protection[\"database\"]".to_owned();
    assert_eq!(actions(&deployment.plan()), [(guard, "[\"create\"]".to_owned())]);
    deployment.run(&APPLY);
    assert_eq!(actions(&deployment.plan()), []);
}

#[test]
fn what_release_0_1_0_applied_is_kept_by_an_upgrade() {
    let Some(engine) = engines::all().into_iter().next() else { return };
    let place = tempfile::tempdir().unwrap();
    fixtures::restore("0.1.0", "aws-1k", place.path());
    let simulation = Simulation::of(&["aws", "random"]);
    let infra = place.path().join("infra");
    simulation.plan(&engine, &infra);
    simulation.run(&engine, &infra, &APPLY);
    let spec = fs::read_to_string(place.path().join("coder.toml")).unwrap();
    let new = generated::directory(&spec);
    fs::copy(infra.join("terraform.tfstate"), new.path().join("terraform.tfstate")).unwrap();
    let plan = simulation.plan(&engine, new.path());
    let changes = actions(&plan);
    assert!(!changes.iter().any(|(_, actions)| actions.contains("delete")), "{changes:?}");
    simulation.run(&engine, new.path(), &APPLY);
    assert_eq!(actions(&simulation.plan(&engine, new.path())), []);
}
