//! What AWS cannot do, or not without an outage, is refused before anything is touched, and what can be done all the same ends well.

use std::fs;

use serde_json::{Value, json};

use super::applied::{APPLY, Deployment, actions};
use crate::support::{engines, fixtures, generated, simulation::Simulation};

const SPEC: &str = include_str!("../../examples/aws-1k/coder.toml");

#[test]
fn another_balancer_is_refused_in_the_plan_and_comes_once_the_protection_is_lifted() {
    let Some(mut deployment) = Deployment::of("aws", SPEC) else { return };
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
    let Some(mut deployment) = Deployment::of("aws", &format!("{SPEC}\n{clusters}")) else { return };
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
    let Some(deployment) = Deployment::of("aws", SPEC) else { return };
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

/// An attribute of the only resource with that address in the state.
fn attribute(deployment: &Deployment, module: &str, kind: &str, name: &str) -> Value {
    let state = fs::read_to_string(deployment.path().join("terraform.tfstate")).unwrap();
    let state: Value = serde_json::from_str(&state).unwrap();
    let mut all = state["resources"].as_array().unwrap().iter();
    let found = all.find(|resource| resource["module"] == module && resource["type"] == kind).unwrap();
    found["instances"][0]["attributes"][name].clone()
}

#[test]
fn another_architecture_or_image_reaches_live_machines_in_one_apply_and_canonicals_next_one_does_not() {
    let Some(mut deployment) = Deployment::of("aws", SPEC) else { return };
    let of = |deployment: &Deployment, name: &str| {
        attribute(deployment, "module.coderd", "aws_launch_template", name)
    };
    let (first, version) = (of(&deployment, "image_id"), of(&deployment, "latest_version"));

    let arm = format!("{SPEC}\n[coderd]\nmachine = \"m8g.xlarge\"\n");
    deployment.becomes(&arm);
    let plan = deployment.plan();
    let changes = actions(&plan);
    let changed = |address: &str| changes.iter().any(|(own, how)| own == address && how == "[\"update\"]");
    assert!(
        changed("module.coderd.aws_launch_template.coderd")
            && changed("module.coderd.aws_autoscaling_group.coderd"),
        "{changes:?}"
    );
    deployment.run(&APPLY);
    assert_eq!(of(&deployment, "instance_type"), "m8g.xlarge");
    assert_ne!(of(&deployment, "image_id"), first);
    assert_eq!(
        of(&deployment, "latest_version"),
        json!(version.as_i64().unwrap() + 1),
        "one version, not two"
    );
    assert_eq!(actions(&deployment.plan()), []);

    // Pinned by hand, for coder.toml has no key for it.
    let pin = |deployment: &Deployment, image: &str| {
        let path = deployment.path().join("terraform.tfvars");
        let text = fs::read_to_string(&path).unwrap();
        let (head, tail) = text.split_once("coderd = {\n").unwrap();
        fs::write(&path, format!("{head}coderd = {{\n  image = \"{image}\"\n{tail}")).unwrap();
    };
    pin(&deployment, "ami-0a1b2c3d4e5f67890");
    deployment.plan();
    deployment.run(&APPLY);
    assert_eq!(of(&deployment, "image_id"), "ami-0a1b2c3d4e5f67890");

    // As if Canonical had published another one since.
    deployment.becomes(&arm);
    deployment.plan();
    deployment.run(&APPLY);
    let path = deployment.path().join("modules/aws/coderd/main.tf");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("data.aws_ssm_parameter.image.insecure_value)", "\"ami-0b1b2c3d4e5f67890\")"),
    )
    .unwrap();
    assert_eq!(actions(&deployment.plan()), []);
    deployment.run(&["plan", "-input=false", "-replace=module.coderd.terraform_data.image", "-out=plan.bin"]);
    deployment.run(&APPLY);
    assert_eq!(of(&deployment, "image_id"), "ami-0b1b2c3d4e5f67890");
}
