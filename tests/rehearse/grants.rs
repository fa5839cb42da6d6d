//! Who may do what: every role that a generated deployment grants on Google Cloud and Azure, with what it is granted on and to
//! whom, as a table that a reviewer reads. (AWS has policies instead of roles: `tests/judges/aws/iam.txt`.)

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use snapbox::assert_data_eq;

use crate::support::{engines, generated, simulation};

/// The plan of an example as JSON.
fn plan(engine: &Path, example: &str, providers: &[&str]) -> Value {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example).join("coder.toml");
    let directory = generated::directory(&fs::read_to_string(example).unwrap());
    simulation::Simulation::of(providers).plan(engine, directory.path())
}

/// The expressions of a resource in the configuration part of a plan.
fn expressions<'p>(plan: &'p Value, address: &str) -> &'p Value {
    let mut module = &plan["configuration"]["root_module"];
    let bare = address.split('[').next().unwrap();
    let mut parts: Vec<&str> = bare.split('.').collect();
    while parts[0] == "module" {
        module = &module["module_calls"][parts[1]]["module"];
        parts.drain(..2);
    }
    let own = parts.join(".");
    let found = module["resources"].as_array().unwrap().iter().find(|resource| resource["address"] == *own);
    &found.unwrap_or_else(|| panic!("{address}"))["expressions"]
}

/// What an argument is: its value where that is known, else what it refers to.
fn said(change: &Value, expressions: &Value, argument: &str) -> String {
    match &change["change"]["after"][argument] {
        Value::String(text) => text.clone(),
        _ => {
            let references = expressions[argument]["references"].as_array();
            let names = references.into_iter().flatten().filter_map(Value::as_str);
            // `a.b.id` is followed by `a.b`: the first says it all.
            let mut kept: Vec<&str> = Vec::new();
            for name in names {
                if !kept.iter().any(|longer| longer.starts_with(&format!("{name}."))) {
                    kept.push(name);
                }
            }
            kept.join(" + ")
        }
    }
}

/// A line a grant: address, role, on what, to whom.
fn table(plan: &Value, kinds: &[(&str, &str, &str, &str)]) -> String {
    let mut lines = Vec::new();
    for change in plan["resource_changes"].as_array().unwrap() {
        let (address, of) = (change["address"].as_str().unwrap(), change["type"].as_str().unwrap());
        let Some((_, role, on, to)) = kinds.iter().find(|(kind, ..)| *kind == of) else { continue };
        let expressions = expressions(plan, address);
        let cell = |argument: &str| said(change, expressions, argument);
        lines.push(format!("{address}\n    {}\n    on {}\n    to {}\n", cell(role), cell(on), cell(to)));
    }
    lines.sort();
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn engine() -> Option<PathBuf> {
    engines::all().into_iter().next()
}

#[test]
fn azure_grants_what_the_table_says() {
    let Some(engine) = engine() else { return };
    let plan = plan(&engine, "azure-1k", &["azurerm", "random"]);
    let kinds = [("azurerm_role_assignment", "role_definition_name", "scope", "principal_id")];
    assert_data_eq!(table(&plan, &kinds), snapbox::file!["../grants/azure.txt"].raw());
}

#[test]
fn google_cloud_grants_what_the_table_says() {
    let Some(engine) = engine() else { return };
    let plan = plan(&engine, "gcp-1k", &["google", "random"]);
    let kinds = [
        ("google_project_iam_member", "role", "project", "member"),
        ("google_secret_manager_secret_iam_member", "role", "secret_id", "member"),
        ("google_service_account_iam_member", "role", "service_account_id", "member"),
    ];
    assert_data_eq!(table(&plan, &kinds), snapbox::file!["../grants/gcp.txt"].raw());
}
