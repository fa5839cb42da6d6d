//! The JSON Schema of `coder.toml` accepts what reading accepts. (That it has every key is shown beside the lists of keys.)

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tierform::spec::{read, schema};

/// What is wrong with a value, by the words that our schema uses; a word that is not known here fails the test, so that nothing
/// passes because it is not looked at. The schema itself was judged by a full validator once, and keeps to these words.
fn faults(schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    let passes = |schema: &Value| {
        let mut faults_of = Vec::new();
        faults(schema, value, at, &mut faults_of);
        faults_of.is_empty()
    };
    let mut fault = |what: String| out.push(format!("{at}: {what}"));
    let list = |value: &Value| value.as_array().unwrap().clone();
    for (word, rule) in schema.as_object().unwrap() {
        match word.as_str() {
            "$schema" | "title" | "description" | "default" | "then" => {}
            "type" => {
                let is = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "number" => value.is_number(),
                    "integer" => value.is_u64() || value.is_i64(),
                    other => panic!("the type {other}"),
                };
                if !is {
                    fault(format!("{value} is no {rule}"));
                }
            }
            "const" if value != rule => fault(format!("{value} is not {rule}")),
            "enum" if !list(rule).contains(value) => fault(format!("{value} is none of {rule}")),
            "minimum" if value.as_f64() < rule.as_f64() => fault(format!("{value} is below {rule}")),
            "maximum" if value.as_f64() > rule.as_f64() => fault(format!("{value} is above {rule}")),
            "minItems" if value.as_array().is_some_and(|own| (own.len() as u64) < rule.as_u64().unwrap()) => {
                fault("too few".to_owned());
            }
            "uniqueItems" => {
                let own: Vec<String> = value.as_array().into_iter().flatten().map(Value::to_string).collect();
                if own.iter().collect::<BTreeSet<_>>().len() < own.len() {
                    fault("twice".to_owned());
                }
            }
            "const" | "enum" | "minimum" | "maximum" | "minItems" => {}
            "required" => {
                for key in list(rule) {
                    if value.is_object() && value.get(key.as_str().unwrap()).is_none() {
                        fault(format!("{key} is missing"));
                    }
                }
            }
            "properties" | "additionalProperties" | "items" | "anyOf" | "oneOf" | "allOf" | "if" => {}
            other => panic!("the schema has the word {other}, which this test does not know"),
        }
    }
    let matching =
        |word: &str| schema.get(word).map(|all| list(all).iter().filter(|one| passes(one)).count());
    if matching("anyOf") == Some(0) {
        fault(format!("fits none of {}", schema["anyOf"]));
    }
    if matching("oneOf").is_some_and(|count| count != 1) {
        fault("fits none or several".to_owned());
    }
    if let (Some(condition), Some(then)) = (schema.get("if"), schema.get("then"))
        && passes(condition)
    {
        faults(then, value, at, out);
    }
    for one in schema.get("allOf").map(list).unwrap_or_default() {
        faults(&one, value, at, out);
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        if let Some(items) = schema.get("items") {
            faults(items, element, &format!("{at}[{index}]"), out);
        }
    }
    for (key, own) in value.as_object().into_iter().flatten() {
        let path = format!("{at}.{key}");
        match (schema.get("properties").and_then(|keys| keys.get(key)), schema.get("additionalProperties")) {
            (Some(known), _) => faults(known, own, &path, out),
            (None, Some(Value::Bool(false))) => out.push(format!("{path} is not known")),
            (None, Some(Value::Object(other))) => faults(&Value::Object(other.clone()), own, &path, out),
            (None, _) => {}
        }
    }
}

fn judged(text: &str) -> Vec<String> {
    let value: Value = toml::from_str(text).unwrap();
    let mut out = Vec::new();
    faults(&schema(), &value, "", &mut out);
    out
}

fn specs() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples =
        fs::read_dir(root.join("examples")).unwrap().map(|entry| entry.unwrap().path().join("coder.toml"));
    let cases = fs::read_dir(root.join("tests/spec")).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<_> =
        examples.chain(cases.filter(|path| path.extension().is_some_and(|own| own == "toml"))).collect();
    assert!(all.len() > 20);
    all.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn whatever_reading_accepts_the_schema_accepts() {
    let mut good = 0;
    for (path, text) in specs() {
        if read(&text).problems.is_empty() {
            assert_eq!(judged(&text), Vec::<String>::new(), "{}", path.display());
            good += 1;
        }
    }
    assert!(good >= 8, "{good}");
}

#[test]
fn what_no_key_means_the_schema_refuses() {
    let sample = include_str!("sample.toml");
    for (wrong, fault) in [
        ("colour = \"red\"\n", ".colour is not known"),
        ("tier_revision = 3\n", ".tier_revision: 3 is above 2"),
        ("burstable = \"yes\"\n", ".burstable: \"yes\" is no \"boolean\""),
        ("coderd.replicas = 0\n", ".coderd.replicas: 0 is below 1"),
        ("coderd.replica = 3\n", ".coderd.replica is not known"),
        ("machines = \"newest\"\n", ".machines: \"newest\" is none of"),
        ("network.allowed_cidrs = []\n", ".network.allowed_cidrs: too few"),
        ("state.bucket = \"acme\"\n", ".state: fits none or several"),
        (
            "state = { backend = \"gcs\", bucket = \"acme\", access_token = \"x\" }\n",
            ".state: fits none or several",
        ),
    ] {
        let all = judged(&format!("{wrong}{sample}"));
        assert!(all.iter().any(|one| one.starts_with(fault)), "{wrong}: {all:?}");
    }
    let without =
        |line: &str| sample.lines().filter(|one| !one.starts_with(line)).collect::<Vec<_>>().join("\n");
    assert_eq!(judged(&without("name")), [": \"name\" is missing"]);
    assert!(!judged(&without("project")).is_empty(), "cloud = \"gcp\" needs gcp.project");
}

#[test]
fn a_key_has_its_type_its_range_its_meaning_and_its_default() {
    let schema = schema();
    let replicas = &schema["properties"]["coderd"]["properties"]["replicas"];
    assert_eq!(
        *replicas,
        json!({ "type": "integer", "minimum": 1, "maximum": 100, "description": "The number of coderd machines." })
    );
    assert_eq!(schema["properties"]["output"]["default"], "infra");
}
