//! What has to be made anew can be: on Azure and Google Cloud nobody else's order of replacement is forced on a cluster, whose name is taken
//! until the old one is gone. And with protection on neither that nor a destroy touches anything, on any cloud.

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

/// Types of which the old and the new may stand side by side, and why.
const SIDE_BY_SIDE: [(&str, &str); 8] = [
    ("azurerm_key_vault_secret", "the version is in its name"),
    ("azurerm_role_assignment", "Azure makes its name up"),
    ("google_certificate_manager_certificate", "a hash of its domains and their proof is in its name"),
    (
        "google_certificate_manager_dns_authorization",
        "its domain is in its name, and its place is a part of it",
    ),
    ("google_compute_region_instance_template", "the provider completes its name_prefix"),
    ("google_dns_record_set", "the authorization that it proves gives it its name"),
    ("google_project_service", "switching a service on twice is no error"),
    ("google_secret_manager_secret_version", "Google numbers it"),
];

/// Types that must make their successor first, because something of the above stands on them, and of which no change of a spec that is
/// allowed makes a successor; and what would.
const NEVER_REPLACED: [(&str, &str); 20] = [
    ("azurerm_key_vault", "another name, region or subscription: the guard refuses"),
    ("azurerm_public_ip", "other zones, which a site keeps"),
    ("azurerm_resource_group", "another name, region or subscription: the guard of all in it refuses"),
    ("azurerm_subnet", "another name or network"),
    ("azurerm_user_assigned_identity", "another name or region"),
    ("azurerm_virtual_network", "another name or region"),
    ("google_compute_address", "another number of them adds and takes away"),
    ("google_compute_global_address", "another range: with it the clusters move, and their guard refuses"),
    ("google_compute_health_check", "another name"),
    ("google_compute_network", "another name or project"),
    ("google_compute_region_health_check", "another name or region"),
    ("google_compute_region_security_policy", "another name or region"),
    ("google_compute_security_policy", "another name"),
    ("google_compute_subnetwork", "another range or region: with it a cluster moves, and its guard refuses"),
    ("google_secret_manager_secret", "other locations of its replicas, which no spec names"),
    ("google_service_account", "another name or project"),
    ("google_service_networking_connection", "another network"),
    ("google_sql_database", "another instance"),
    ("google_sql_database_instance", "another name, region or project: the guard refuses"),
    ("google_sql_user", "another instance"),
];

/// Types that the plan makes anew in that order.
fn replaced(plan: &Value, order: [&str; 2]) -> BTreeSet<String> {
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    changes
        .filter(|change| change["change"]["actions"] == json!(order))
        .map(|change| change["type"].as_str().unwrap().to_owned())
        .collect()
}

fn is_in(table: &[(&str, &str)], kind: &str) -> bool {
    table.iter().any(|(known, _)| *known == kind)
}

/// What the state says is there: the type and the state of each.
fn instances(directory: &Path) -> Vec<(String, Value)> {
    let state: Value =
        serde_json::from_slice(&fs::read(directory.join("terraform.tfstate")).unwrap()).unwrap();
    let resources = state["resources"].as_array().unwrap().iter();
    let managed = resources.filter(|resource| resource["mode"] == "managed");
    let instances = managed.flat_map(|resource| {
        let kind = resource["type"].as_str().unwrap();
        resource["instances"].as_array().unwrap().iter().map(|instance| (kind.to_owned(), instance.clone()))
    });
    instances.collect()
}

/// The ids of what the state says is there.
fn made(directory: &Path) -> Vec<String> {
    instances(directory).iter().map(|(_, instance)| instance["attributes"]["id"].to_string()).collect()
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
    assert!(first.iter().all(|kind| is_in(&SIDE_BY_SIDE, kind)), "{first:?}");

    let refused = simulation.refused(&engine, directory, &["apply", "-input=false", "plan.bin"]);
    assert_protected(&refused);
    assert_eq!(made(directory), before, "nothing was touched");
}

/// Specs of which the parts differ: licence, network, clusters, allow list.
fn variants() -> Vec<(&'static [&'static str], String)> {
    let internal = "\n[network]\ninternal = true\nallowed_cidrs = [\"10.0.0.0/8\"]\n";
    let community = "license = \"community\"\nload.users = 80\n";
    vec![
        (&["google"], SPECS[2].1.to_owned()),
        (&["google"], format!("{community}{}", SPECS[2].1)),
        (&["google"], format!("{}{internal}", SPECS[2].1)),
        (&["google"], include_str!("../../examples/gcp-2k/coder.toml").to_owned()),
        (&["google", "aws", "azurerm"], include_str!("../../examples/gcp-global/coder.toml").to_owned()),
        (&["azurerm"], SPECS[1].1.to_owned()),
        (&["azurerm"], include_str!("../../examples/azure-2k/coder.toml").to_owned()),
    ]
}

#[test]
fn what_comes_before_its_predecessor_goes_has_a_name_of_its_own_or_never_comes() {
    let Some(engine) = engines::all().into_iter().next() else { return };
    for (providers, spec) in variants() {
        let simulation = simulation::Simulation::of(&[providers, &["random"]].concat());
        let directory = generated::directory(&spec);
        simulation.plan(&engine, directory.path());
        simulation.run(&engine, directory.path(), &["apply", "-input=false", "plan.bin"]);
        let all = instances(directory.path());
        let first = all.iter().filter(|(_, instance)| instance["create_before_destroy"] == json!(true));
        let first: BTreeSet<&str> = first.map(|(kind, _)| kind.as_str()).collect();
        let of_aws = |kind: &&&str| kind.starts_with("aws_");
        let unknown: Vec<_> = first
            .iter()
            .filter(|kind| !of_aws(kind) && !is_in(&SIDE_BY_SIDE, kind) && !is_in(&NEVER_REPLACED, kind))
            .collect();
        assert!(!first.is_empty() && unknown.is_empty(), "{unknown:?} of\n{spec}");
    }
}

#[test]
fn a_cluster_of_google_cloud_is_made_anew_in_one_go_and_no_machine_with_it() {
    let Some(engine) = engines::all().into_iter().next() else { return };
    for (_, spec) in &variants()[..2] {
        let simulation = simulation::Simulation::of(&["google", "random"]);
        let directory = generated::directory(spec);
        let directory = directory.path();
        simulation.plan(&engine, directory);
        simulation.run(&engine, directory, &["apply", "-input=false", "plan.bin"]);
        let before = made(directory);
        let replace = [
            "plan",
            "-input=false",
            "-out=plan.bin",
            "-replace=module.workspaces_main.google_container_cluster.this",
        ];
        simulation.run(&engine, directory, &replace);
        let refused = simulation.refused(&engine, directory, &["apply", "-input=false", "plan.bin"]);
        assert_protected(&refused);
        assert_eq!(made(directory), before, "nothing was touched");

        let off = "-var=deletion_protection=false";
        simulation.run(&engine, directory, &["apply", "-input=false", "-auto-approve", off]);
        simulation.run(&engine, directory, &[&replace[..], &[off]].concat());
        let plan = simulation.run(&engine, directory, &["show", "-json", "plan.bin"]);
        let plan = serde_json::from_slice(&plan).unwrap();
        assert!(replaced(&plan, ["create", "delete"]).is_empty());
        let gone = replaced(&plan, ["delete", "create"]);
        let expected = ["google_container_cluster", "google_container_node_pool", "terraform_data"];
        assert_eq!(gone, expected.map(str::to_owned).into());
        simulation.run(&engine, directory, &["apply", "-input=false", "plan.bin"]);
        // Status 2 would say that something is left to do.
        simulation.run(&engine, directory, &["plan", "-input=false", "-detailed-exitcode", off]);
    }
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
