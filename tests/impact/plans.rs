//! Real plans of ten edits, told: by both engines on the simulated clouds, kept in `plans/` with only what changes.
//!
//! `BLESS=1 cargo test --test suite impact::plans` writes the texts anew; `BLESS=plans` plays the edits with both engines before that,
//! which takes minutes.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tierform::rehearse::play::{Base, New, Reach};
use tierform::rehearse::{Options, Overlay};
use tierform::review::review;

use crate::support::{engines, generated};

/// An edit: its name, the example that it is made to, and what is added to the spec.
const EDITS: [(&str, &str, &str); 10] = [
    ("aws-nodes-max", "aws-1k", "[workspaces]\nnodes_max = 20\n"),
    ("aws-allowed", "aws-1k", "[network]\nallowed_cidrs = [\"203.0.113.0/24\", \"198.51.100.0/24\"]\n"),
    ("aws-internal", "aws-1k", "[network]\ninternal = true\n"),
    ("aws-zone", "aws-1k", "[network]\nzones = [\"us-east-1a\", \"us-east-1b\"]\n"),
    ("aws-tags", "aws-1k", "[tags]\nteam = \"platform\"\n"),
    ("gcp-allowed", "gcp-1k", "[network]\nallowed_cidrs = [\"203.0.113.0/24\"]\n"),
    (
        "gcp-cluster",
        "gcp-1k",
        "[[clusters]]\nname = \"main\"\nshare = 0.5\n\n[[clusters]]\nname = \"extra\"\nshare = 0.5\n",
    ),
    ("gcp-database", "gcp-1k", "[database]\nvcpus = 4\nmemory_gb = 16\n"),
    ("azure-allowed", "azure-1k", "[network]\nallowed_cidrs = [\"203.0.113.0/24\"]\n"),
    ("azure-database", "azure-1k", "[database]\nvcpus = 4\nmemory_gb = 16\n"),
];

const PRODUCTS: [&str; 2] = ["tofu", "terraform"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/impact/plans")
}

/// What is to be written anew: nothing, the texts, or the plans and the texts.
fn blessing() -> Option<String> {
    std::env::var("BLESS").ok()
}

fn kept(edit: &str, product: &str) -> Vec<u8> {
    let path = folder().join(format!("{edit}.{product}.json.gz"));
    let mut plan = Vec::new();
    GzDecoder::new(fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        .read_to_end(&mut plan)
        .unwrap();
    plan
}

/// A plan with only what changes.
fn pruned(plan: &[u8]) -> Value {
    let mut plan: Value = serde_json::from_slice(plan).unwrap();
    for (name, value) in plan.as_object_mut().unwrap() {
        match name.as_str() {
            "resource_changes" | "resource_drift" => {
                let changes = value.as_array_mut().unwrap();
                changes.retain(|change| change["change"]["actions"] != json!(["no-op"]));
            }
            "output_changes" => {
                for output in value.as_object_mut().unwrap().values_mut() {
                    *output = json!({ "actions": output["actions"] });
                }
            }
            "format_version" | "terraform_version" | "applyable" | "complete" | "errored" => {}
            _ => *value = Value::Null,
        }
    }
    plan
}

fn play_all() {
    for engine in engines::all() {
        for example in ["aws-1k", "gcp-1k", "azure-1k"] {
            let spec =
                PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples").join(example).join("coder.toml");
            let spec = fs::read_to_string(spec).unwrap();
            let infra = generated::directory(&spec);
            let options = Options {
                dir: infra.path().to_owned(),
                engine: Some(engine.display().to_string()),
                ..Options::default()
            };
            let mut base = Base::apply(&options, &|_| {}).unwrap();
            for (name, _, more) in EDITS.iter().filter(|(_, of, _)| *of == example) {
                let compiled = tierform::compile(&format!("{spec}\n{more}")).unwrap();
                let tree = tierform::render::render(&compiled.plan).unwrap();
                let files: Overlay = tree
                    .iter()
                    .map(|(path, file)| (path.to_owned(), Some(file.text.as_bytes().to_vec())))
                    .collect();
                let played = base.play(&New::Over(files), Reach::Plan, &|_| {}).unwrap();
                let plan = played.plan.unwrap_or_else(|| panic!("{name}: {:?}", played.phases));
                let product = played.engine.split(' ').next().unwrap().to_owned();
                let file = fs::File::create(folder().join(format!("{name}.{product}.json.gz"))).unwrap();
                let mut gz = GzEncoder::new(file, Compression::best());
                gz.write_all(pruned(&plan).to_string().as_bytes()).unwrap();
                gz.finish().unwrap();
            }
        }
    }
}

/// A text without what each apply draws anew.
fn without_ids(text: &str) -> String {
    let ids = regex_lite::Regex::new("[0-9a-f]{6,}|[0-9]+([.][0-9]+){3}").unwrap();
    ids.replace_all(text, "#").into_owned()
}

#[test]
fn ten_edits_are_told_as_their_texts_have_it_by_both_engines_alike() {
    if blessing().as_deref() == Some("plans") {
        fs::create_dir_all(folder()).unwrap();
        play_all();
    }
    for (name, _, _) in EDITS {
        let told = PRODUCTS.map(|product| {
            let review = review(&kept(name, product)).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!review.account.is_empty(), "{name}");
            review.to_text()
        });
        let path = folder().join(format!("{name}.txt"));
        if blessing().is_some() {
            fs::write(&path, &told[0]).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap();
        snapbox::assert_data_eq!(told[0].as_str(), snapbox::Data::text(expected).raw());
        assert_eq!(
            without_ids(&told[0]),
            without_ids(&told[1]),
            "{name}: the engines' plans are told otherwise"
        );
    }
}
