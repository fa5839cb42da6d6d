//! A change, played on the simulated clouds: the plan over what stands, what the apply does in which order, and what becomes of
//! what holds data.

use tierform::rehearse::play::{Base, Fate, New, Reach};
use tierform::rehearse::{Options, Overlay};

use crate::support::{engines, generated};

const SPEC: &str = r#"
tier = "1k"
cloud = "gcp"
region = "europe-west1"
name = "acme"

[gcp]
project = "acme-prod"

[access]
url = "https://coder.acme.dev"
"#;

/// What `tierform generate` writes for the spec.
fn overlay(spec: &str) -> Overlay {
    let compiled = tierform::compile(spec).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let tree = tierform::render::render(&compiled.plan).unwrap();
    tree.iter().map(|(path, file)| (path.to_string(), Some(file.text.as_bytes().to_vec()))).collect()
}

#[test]
fn many_changes_are_played_from_one_base() {
    for engine in engines::all() {
        let infra = generated::directory(SPEC);
        let options = Options {
            dir: infra.path().to_owned(),
            engine: Some(engine.display().to_string()),
            ..Options::default()
        };
        let mut base = Base::apply(&options, &|_| {}).unwrap();
        let same = base.play(&New::Over(Overlay::new()), Reach::Plan, &|_| {}).unwrap();
        assert_eq!(same.is_empty, Some(true), "{:?}", same.phases);

        let larger = New::Over(overlay(&format!("{SPEC}\n[database]\nstorage_gb = 2048\n")));
        let played = base.play(&larger, Reach::Apply, &|_| {}).unwrap();
        assert_eq!(played.problems().count(), 0, "{:?}", played.phases);
        assert_eq!((played.is_empty, played.second_plan_empty), (Some(false), Some(true)));
        assert!(
            played.data.len() > 3 && played.data.iter().all(|kept| kept.fate == Fate::Same),
            "{:?}",
            played.data
        );
        let plan: serde_json::Value = serde_json::from_slice(&played.plan.unwrap()).unwrap();
        let changes = plan["resource_changes"].as_array().unwrap();
        let changed =
            changes.iter().filter(|change| change["change"]["actions"] != serde_json::json!(["no-op"]));
        let addresses: Vec<&str> = changed.filter_map(|change| change["address"].as_str()).collect();
        assert_eq!(addresses, ["module.database.google_sql_database_instance.this"]);

        // The change before is undone: what stands is what stood.
        let same = base.play(&New::Over(Overlay::new()), Reach::Plan, &|_| {}).unwrap();
        assert_eq!(same.is_empty, Some(true), "{:?}", same.phases);
        base.play(&larger, Reach::Apply, &|_| {}).unwrap();
        base.settle().unwrap();
        let same = base.play(&larger, Reach::Plan, &|_| {}).unwrap();
        assert_eq!(same.is_empty, Some(true), "{:?}", same.phases);
    }
}
