//! What has to be made anew can be: on Azure nobody else's order of replacement is forced on a cluster or on addresses, whose names are
//! taken until the old ones are gone. And with protection on neither that nor a destroy touches anything, on any cloud.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{engines, generated, simulation};

const SPECS: [(&str, &str); 3] = [
    ("aws", include_str!("../../examples/aws-1k/coder.toml")),
    ("azurerm", include_str!("../../examples/azure-1k/coder.toml")),
    ("google", include_str!("../../examples/gcp-1k/coder.toml")),
];

/// Types of which the old and the new may stand side by side: their names are made up, or hold what is new.
const SIDE_BY_SIDE: [&str; 2] = ["azurerm_key_vault_secret", "azurerm_role_assignment"];

/// Types that the plan makes anew in that order.
fn replaced(plan: &Value, order: [&str; 2]) -> BTreeSet<String> {
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    changes
        .filter(|change| change["change"]["actions"] == json!(order))
        .map(|change| change["type"].as_str().unwrap().to_owned())
        .collect()
}

/// The ids of what the state says is there.
fn made(directory: &Path) -> Vec<String> {
    let state: Value =
        serde_json::from_slice(&fs::read(directory.join("terraform.tfstate")).unwrap()).unwrap();
    let resources = state["resources"].as_array().unwrap().iter();
    let managed = resources.filter(|resource| resource["mode"] == "managed");
    let instances = managed.flat_map(|resource| resource["instances"].as_array().unwrap());
    instances.map(|instance| instance["attributes"]["id"].to_string()).collect()
}

/// Replaces a text of a file, which must be there.
fn edit(directory: &Path, file: &str, old: &str, new: &str) {
    let path = directory.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{file} has no {old}:\n{text}");
    fs::write(path, text.replace(old, new)).unwrap();
}

#[test]
fn a_cluster_and_its_addresses_go_before_their_successors_come() {
    let Some(engine) = engines::all().into_iter().next() else { return };
    let simulation = simulation::Simulation::of(&["azurerm", "random"]);
    let directory = generated::directory(SPECS[1].1);
    let directory = directory.path();
    simulation.plan(&engine, directory);
    simulation.run(&engine, directory, &["apply", "-input=false", "plan.bin"]);
    let before = made(directory);

    let text = fs::read_to_string(directory.join("terraform.tfvars")).unwrap();
    let services = text.lines().find(|line| line.trim_start().starts_with("services_cidr")).unwrap();
    edit(directory, "terraform.tfvars", services, "services_cidr = \"172.30.0.0/16\"");
    let plan = simulation.plan(&engine, directory);
    assert!(replaced(&plan, ["delete", "create"]).contains("azurerm_kubernetes_cluster"));
    let first = replaced(&plan, ["create", "delete"]);
    assert!(first.iter().all(|kind| SIDE_BY_SIDE.contains(&kind.as_str())), "{first:?}");

    let refused = simulation.refused(&engine, directory, &["apply", "-input=false", "plan.bin"]);
    assert_protected(&refused);
    assert_eq!(made(directory), before, "nothing was touched");
}

#[test]
fn a_destroy_with_protection_on_touches_nothing() {
    let Some(engine) = engines::all().into_iter().next_back() else { return };
    for (provider, spec) in SPECS {
        let simulation = simulation::Simulation::of(&[provider, "random"]);
        let directory = generated::directory(spec);
        simulation.plan(&engine, directory.path());
        simulation.run(&engine, directory.path(), &["apply", "-input=false", "plan.bin"]);
        let before = made(directory.path());
        let destroy = ["destroy", "-input=false", "-auto-approve"];
        assert_protected(&simulation.refused(&engine, directory.path(), &destroy));
        assert_eq!(made(directory.path()), before, "{provider}: nothing was touched");
    }
}

#[test]
fn a_cluster_may_come_but_not_go_with_protection_on() {
    let Some(engine) = engines::all().into_iter().next() else { return };
    let simulation = simulation::Simulation::of(&["google", "random"]);
    let own = |name: &str, share: f64| format!("[[clusters]]\nname = \"{name}\"\nshare = {share}\n");
    let one = generated::directory(&format!("{}{}", SPECS[2].1, own("main", 1.0)));
    let two = generated::directory(&format!("{}{}{}", SPECS[2].1, own("main", 0.5), own("second", 0.5)));
    simulation.plan(&engine, one.path());
    simulation.run(&engine, one.path(), &["apply", "-input=false", "plan.bin"]);

    let state = "terraform.tfstate";
    fs::copy(one.path().join(state), two.path().join(state)).unwrap();
    simulation.plan(&engine, two.path());
    simulation.run(&engine, two.path(), &["apply", "-input=false", "plan.bin"]);

    fs::copy(two.path().join(state), one.path().join(state)).unwrap();
    simulation.plan(&engine, one.path());
    assert_protected(&simulation.refused(&engine, one.path(), &["apply", "-input=false", "plan.bin"]));
}

/// The engine was stopped by our own guard, before anything else went.
fn assert_protected(said: &str) {
    assert!(said.contains("deletion_protection is on"), "{said}");
    assert!(!said.contains("Destruction complete"), "{said}");
}
