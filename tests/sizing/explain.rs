//! Whatever `size` prints, `terraform.tfvars` holds and a plan lists has its explanation, and the explanation is true.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tierform::explain::{Explainer, Explanation, Figure, explain};
use tierform::render::render;
use tierform::spec::{Cloud, Layout, Spec};
use tierform::{Compiled, catalog, compile, figures, resolve};

/// The leaves of what `size --format json` prints, with their values.
fn leaves(value: &Value, path: &str, out: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(value, &format!("{path}{dot}{key}"), out);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                leaves(value, &format!("{path}[{index}]"), out);
            }
        }
        leaf => out.push((path.to_owned(), leaf.clone())),
    }
}

fn figure(explainer: &Explainer<'_>, what: &str) -> Figure {
    match explainer.explain(what) {
        Ok(Explanation::Figure(figure)) => figure,
        other => panic!("{what}: {other:?}"),
    }
}

/// The deployment as a root module, which a child module's values are the same as.
fn compiled_root(text: &str) -> Compiled {
    let spec = compile(text).unwrap().spec;
    resolve(Spec { layout: Layout::Root, ..spec }).unwrap()
}

fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path.join("coder.toml")).unwrap())
        })
        .collect();
    all.sort();
    assert!(all.len() >= 6);
    all
}

#[test]
fn every_figure_of_every_tier_revision_and_cloud_is_explained() {
    let mut count = 0;
    for row in catalog::tiers() {
        for cloud in Cloud::ALL {
            let spec = Spec::of_tier(row.tier, Some(row.revision), cloud, catalog::list_region(cloud));
            let compiled = resolve(spec).unwrap();
            let tree = render(&compiled.plan).unwrap();
            let explainer = Explainer::of(&compiled, "", &tree).unwrap();
            let mut printed = Vec::new();
            let Compiled { sizing, plan, .. } = &compiled;
            leaves(&serde_json::to_value(figures::figures(sizing, plan)).unwrap(), "", &mut printed);
            assert!(printed.len() >= 40, "{printed:?}");
            for (what, value) in printed {
                let figure = figure(&explainer, &what);
                assert_eq!((&figure.what, &figure.value), (&what, &value));
                assert!(figure.rule != "the same in every deployment", "{what} has no row");
                // What the page states comes with the page.
                if figure.because.as_deref().is_some_and(|because| because.starts_with("tier ")) {
                    let published = figure.published.unwrap_or_else(|| panic!("{what}"));
                    assert_eq!(published.page, row.page);
                }
                count += 1;
            }
        }
    }
    assert!(count > 21 * 40, "{count}");
}

#[test]
fn every_argument_and_every_resource_of_every_example_is_explained() {
    for (name, text) in examples() {
        let compiled = compiled_root(&text);
        let tree = render(&compiled.plan).unwrap();
        let explainer = Explainer::of(&compiled, &text, &tree).unwrap();
        let (mut arguments, mut resources, mut made) = (0, 0, 0);
        for what in explainer.askable() {
            match explainer.explain(&what).unwrap_or_else(|error| panic!("{name}: {error}")) {
                Explanation::Figure(figure) => {
                    assert!(figure.rule != "the same in every deployment", "{name}: {what} has no row");
                    for argument in &figure.arguments {
                        let file = &tree.get(&argument.file).unwrap().text;
                        assert!(file.contains(argument.path.rsplit('.').next().unwrap()), "{what}");
                    }
                    for key in &figure.keys {
                        let line = key.line.map(|line| text.lines().nth(line - 1).unwrap());
                        let own = key.key.rsplit('.').next().unwrap();
                        assert!(line.is_none_or(|line| line.contains(own)), "{}: {line:?}", key.key);
                    }
                    arguments += usize::from(figure.arguments.iter().any(|own| own.path == figure.what));
                }
                Explanation::Resource(resource) => {
                    assert_eq!(resource.what, what);
                    assert!(tree.get(&resource.file).is_some(), "{name}: {what} is in {:?}", resource.file);
                    for instance in &resource.instances {
                        assert!(explainer.explain(instance).is_ok(), "{instance}");
                    }
                    made += usize::from(!resource.instances.is_empty());
                    for argument in &resource.arguments {
                        assert!(
                            !argument.from.is_empty() && !argument.value.contains("tierform_argument"),
                            "{what}"
                        );
                    }
                    resources += 1;
                }
            }
        }
        // The files have no resource beside them.
        let blocks: usize = tree
            .iter()
            .filter(|(path, _)| path.ends_with(".tf") && !path.starts_with("modules/boot/"))
            .map(|(_, file)| file.text.lines().filter(|line| line.starts_with("resource \"")).count())
            .sum();
        // Each module is called once, but for a second cluster's.
        assert!(resources >= blocks, "{name}: {resources} of {blocks}");
        assert!(made > resources / 2 && arguments > 25, "{name}: {made} of {resources}, {arguments}");
    }
}

/// The reasons are those that stand in the file beside the argument.
#[test]
fn the_reason_is_the_comment_in_the_file() {
    for (name, text) in examples() {
        let compiled = compiled_root(&text);
        let tree = render(&compiled.plan).unwrap();
        let explainer = Explainer::of(&compiled, &text, &tree).unwrap();
        let tfvars = &tree.get("terraform.tfvars").unwrap().text;
        for (what, argument) in [
            ("coderd.replicas", "replicas "),
            ("coderd.machine_type", "machine_type "),
            ("database.max_connections", "max_connections "),
            ("clusters.main.nodes.max", "      max "),
            ("clusters.main.provisioners.hosts", "hosts "),
        ] {
            if what.starts_with("clusters.main") && !tfvars.contains("\n  main = {") {
                continue;
            }
            let line = tfvars.lines().find(|line| line.contains(argument)).unwrap();
            let because = figure(&explainer, what).because.unwrap();
            assert!(line.ends_with(&format!("# {because}")), "{name}: {line}, but {because}");
        }
    }
}

#[test]
fn a_change_does_what_the_impact_of_that_edit_is() {
    let text = include_str!("../../examples/gcp-1k/coder.toml");
    let compiled = compile(text).unwrap();
    let explained = |what: &str| match explain(&compiled, text, what).unwrap() {
        Explanation::Figure(figure) => figure,
        Explanation::Resource(resource) => panic!("{resource:?}"),
    };
    let effects = |what: &str| -> Vec<(Option<String>, &'static str, String)> {
        let changes = explained(what).arguments.into_iter().flat_map(|argument| argument.changes);
        changes.map(|change| (change.to, change.effect, change.address)).collect()
    };
    let database = "module.database.google_sql_database_instance.this".to_owned();
    let to = |gb: &str, effect: &'static str| (Some(gb.to_owned()), effect, database.clone());
    assert_eq!(effects("database.storage_gb"), [to("513", "in place"), to("511", "REFUSED")]);
    assert_eq!(effects("region")[0].1, "DATA LOSS", "the worst comes first");
    assert!(
        effects("name").iter().any(|(_, effect, address)| *effect == "DATA LOSS" && *address == database)
    );
    let subnet = effects("network.subnets.main.cidr");
    let of = |to: &str| {
        subnet
            .iter()
            .find(|(value, _, address)| value.as_deref() == Some(to) && address.contains("subnetwork"))
    };
    assert_eq!((of("a wider one").unwrap().1, of("a narrower one").unwrap().1), ("in place", "replaced"));
}

#[test]
fn the_users_own_figure_is_the_reason() {
    let text = format!("{}\n[coderd]\nreplicas = 5\n", include_str!("../../examples/gcp-1k/coder.toml"));
    let compiled = compile(&text).unwrap();
    let Explanation::Figure(figure) = explain(&compiled, &text, "coderd.replicas").unwrap() else { panic!() };
    assert_eq!((figure.value, figure.because.as_deref()), (5.into(), Some("coderd.replicas in coder.toml")));
    let line = text.lines().position(|line| line == "replicas = 5").unwrap() + 1;
    assert_eq!((figure.keys[0].line, figure.keys[0].value.as_deref()), (Some(line), Some("5")));
}

#[test]
fn a_cluster_has_its_own_keys_and_arguments() {
    let text = format!(
        "{}\n[workspaces]\nnodes_max = 30\n\n[[clusters]]\nname = \"a\"\nshare = 0.5\n\n[[clusters]]\nname = \"b\"\nshare = 0.5\n\
         nodes_max = 40\n",
        include_str!("../../examples/gcp-1k/coder.toml")
    );
    let compiled = compile(&text).unwrap();
    for (cluster, key, value) in [("a", "workspaces.nodes_max", "30"), ("b", "clusters.nodes_max", "40")] {
        let what = format!("clusters.{cluster}.nodes_max");
        let Explanation::Figure(figure) = explain(&compiled, &text, &what).unwrap() else { panic!() };
        assert_eq!(figure.value.to_string(), value);
        let set = figure.keys.iter().find(|key| key.line.is_some()).unwrap();
        assert_eq!((set.key, set.value.as_deref()), (key, Some(value)));
        let own = format!("clusters.{cluster}.");
        assert!(
            !figure.arguments.is_empty() && figure.arguments.iter().all(|one| one.path.starts_with(&own)),
            "{figure:?}"
        );
    }
}

#[test]
fn a_child_module_is_explained_by_its_defaults() {
    let text = include_str!("../../examples/gcp-module/coder.toml");
    let compiled = compile(text).unwrap();
    let Explanation::Figure(figure) = explain(&compiled, text, "coderd.replicas").unwrap() else { panic!() };
    assert_eq!((figure.value, figure.arguments[0].file.as_str()), (3.into(), "variables.tf"));
    assert!(figure.arguments[0].changes.iter().any(|change| change.effect == "in place"));
}

#[test]
fn every_spelling_of_a_name_is_understood() {
    let text = include_str!("../../examples/gcp-1k/coder.toml");
    let compiled = compile(text).unwrap();
    let tree = render(&compiled.plan).unwrap();
    let explainer = Explainer::of(&compiled, text, &tree).unwrap();
    let json = |what: &str| match explainer.explain(what) {
        Ok(explanation) => serde_json::to_value(explanation).unwrap(),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(json("clusters.main.nodes_max"), json("clusters[0].nodes_max"));
    assert_eq!(json("var.coderd.machine_type"), json("coderd.machine_type"));
    let database = "module.database.google_sql_database_instance.this";
    for spelling in
        ["module.database[0].google_sql_database_instance.this", "google_sql_database_instance.this"]
    {
        assert_eq!(json(spelling), json(database));
    }
    let one = json("module.network.google_compute_subnetwork.this[\"main\"].ip_cidr_range");
    let path = "network.subnets.main.cidr";
    assert_eq!(one["arguments"][0]["from"].as_array().unwrap().len(), 1);
    assert_eq!(one["arguments"][0]["from"][0]["path"], path);
    assert_eq!(
        one,
        json("module.network.google_compute_subnetwork.this[main].ip_cidr_range"),
        "as shells have it"
    );
    let all = json("module.network.google_compute_subnetwork.this.ip_cidr_range");
    assert_eq!(all["arguments"][0]["from"].as_array().unwrap().len(), 2);
}

#[test]
fn whatever_is_not_there_gets_a_hint() {
    let text = include_str!("../../examples/gcp-1k/coder.toml");
    let compiled = compile(text).unwrap();
    for (what, hint) in [
        ("coderd.replica", "did you mean `coderd.replicas`?"),
        ("clusters.main.node_max", "did you mean `clusters.main.nodes_max`?"),
        (
            "module.database.google_sql_database_instance.that",
            "did you mean `module.database.google_sql_database_instance.this`?",
        ),
        ("coderd", "name one of them: `coderd.replicas`"),
        ("clusters[7].nodes_max", "clusters[0].nodes_max"),
        ("module.network.google_compute_subnetwork.this[\"x\"]", "has no instance [\"x\"]"),
        (
            "module.database.google_sql_database_instance.this.settings.edition",
            "the same in every deployment",
        ),
        ("", "name a key of"),
        ("\u{1b}[31m…", "name a key of"),
    ] {
        let error = explain(&compiled, text, what).unwrap_err().to_string();
        assert!(error.contains(hint), "{what:?}: {error}");
    }
}
