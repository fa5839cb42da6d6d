//! The JSON Schema of `coder.toml`, made from the lists of keys that reading uses, so that the two cannot differ.
//! It knows each key alone; what keys demand of each other, and what a cloud calls things, only reading knows.

use serde_json::{Map, Value, json};

use super::key::{Key, Kind, Status, Without};
use super::keys::{self, ROOT};
use super::walk::LEAST;
use super::{Backend, Cloud};

/// The schema, in the dialect of 2020-12.
pub fn schema() -> Value {
    let mut schema =
        table(ROOT, "The spec of a Coder deployment, from which tierform generates a directory.");
    // What chooses the tier may be the load; the cloud's own table is demanded where it has keys that must be there.
    let required: Vec<Value> = required(ROOT).into_iter().filter(|key| *key != "tier").collect();
    let own = [("gcp", keys::GCP), ("azure", keys::AZURE)].map(|(cloud, keys)| {
        json!({
            "if": { "properties": { "cloud": { "const": cloud } }, "required": ["cloud"] },
            "then": { "required": [cloud], "properties": { cloud: { "required": self::required(keys) } } }
        })
    });
    let fields = [
        ("$schema", json!("https://json-schema.org/draft/2020-12/schema")),
        ("title", json!("coder.toml")),
        ("required", Value::Array(required)),
        ("anyOf", json!([{ "required": ["tier"] }, { "required": ["load"] }])),
        ("allOf", Value::Array(own.into())),
    ];
    let mut all = Map::new();
    all.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    if let Value::Object(table) = &mut schema {
        for (name, value) in std::mem::take(table) {
            all.entry(name).or_insert(value);
        }
    }
    Value::Object(all)
}

/// The keys of a table that must be there: its own, and tables with such keys.
fn required(keys: &[Key]) -> Vec<Value> {
    let is_demanded = |key: &&Key| match &key.kind {
        // Which cloud demands its table is said at the top.
        Kind::Table(_) if CLOUDS.contains(&key.name) => false,
        Kind::Table(keys) => !required(keys).is_empty(),
        _ => key.required.is_some(),
    };
    keys.iter().filter(is_demanded).map(|key| json!(key.name)).collect()
}

const CLOUDS: [&str; 3] = ["gcp", "aws", "azure"];

fn table(keys: &[Key], description: &str) -> Value {
    let ready = keys.iter().filter_map(|key| Some((key.name.to_owned(), of_key(key)?)));
    let mut schema = json!({
        "description": description,
        "type": "object",
        "properties": ready.collect::<Map<_, _>>(),
        "additionalProperties": false
    });
    let required = required(keys);
    if let (Value::Object(schema), false) = (&mut schema, required.is_empty()) {
        schema.insert("required".to_owned(), Value::Array(required));
    }
    schema
}

/// A key's own schema; `None` for what reading refuses whatever its value.
fn of_key(key: &Key) -> Option<Value> {
    if key.status == Status::Secret {
        return None;
    }
    let mut schema = match &key.kind {
        Kind::Text(_) | Kind::CloudText(_) => json!({ "type": "string" }),
        Kind::Choice(words) => {
            json!({ "enum": words })
        }
        Kind::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Number(most) => json!({ "type": "number", "minimum": LEAST, "maximum": most }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::List(_) | Kind::CloudList(_) => {
            json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "uniqueItems": true })
        }
        Kind::Table(keys) if CLOUDS.contains(&key.name) => without_required(table(keys, "")),
        Kind::Table(keys) => table(keys, ""),
        Kind::Tags => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Kind::State => state(),
        Kind::Existing => {
            let clouds = Cloud::ALL.map(keys::existing).into_iter().filter(|keys| !keys.is_empty());
            json!({ "anyOf": clouds.map(|keys| table(keys, "")).collect::<Vec<_>>() })
        }
        Kind::Entries(keys) => json!({ "type": "array", "items": table(keys, ""), "minItems": 1 }),
    };
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), json!(sentence(key.doc)));
        if let Without::Default(value) = key.without {
            // The default is one literal of TOML, and those that occur are JSON's too.
            schema.extend(serde_json::from_str(value).ok().map(|value: Value| ("default".to_owned(), value)));
        }
    }
    Some(schema)
}

/// A cloud's table demands its keys only where `cloud` is that one.
fn without_required(mut schema: Value) -> Value {
    if let Value::Object(schema) = &mut schema {
        schema.remove("required");
    }
    schema
}

/// `[state]`: each backend has keys of its own; without `backend` it is local.
fn state() -> Value {
    let backends = Backend::ALL.map(|backend| {
        let mut own = table(backend.keys(), "");
        own["properties"]["backend"] = json!({ "const": backend.as_str() });
        if backend != Backend::Local {
            let required = required(backend.keys()).into_iter().chain([json!("backend")]);
            own["required"] = Value::Array(required.collect());
        }
        own
    });
    json!({ "type": "object", "oneOf": backends })
}

/// A phrase as a sentence; `vCPUs` keeps its small letter.
pub(super) fn sentence(phrase: &str) -> String {
    let mut rest = phrase.chars();
    match rest.next() {
        Some(first) if !rest.as_str().starts_with(char::is_uppercase) => {
            format!("{}{}.", first.to_uppercase(), rest.as_str())
        }
        _ => format!("{phrase}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails with every key of the list that the schema of its table lacks, or has without its meaning.
    fn assert_has(schema: &Value, keys: &[Key], path: &str) {
        for key in keys {
            let path = format!("{path}.{}", key.name);
            let own = &schema["properties"][key.name];
            if key.status == Status::Secret {
                assert!(own.is_null(), "{path} is a secret, which reading refuses");
                continue;
            }
            // Of a choice between tables each says what decides.
            let says = own["description"] == sentence(key.doc) || own["const"].is_string();
            assert!(says, "{path}: {own}");
            match &key.kind {
                Kind::Table(keys) => assert_has(own, keys, &path),
                Kind::Entries(keys) => assert_has(&own["items"], keys, &path),
                Kind::Existing => {
                    for (cloud, schema) in Cloud::ALL.into_iter().zip(own["anyOf"].as_array().unwrap()) {
                        assert_has(schema, keys::existing(cloud), &format!("{path}[{}]", cloud.as_str()));
                    }
                }
                Kind::State => {
                    for (backend, schema) in Backend::ALL.into_iter().zip(own["oneOf"].as_array().unwrap()) {
                        assert_has(schema, backend.keys(), &format!("{path}[{}]", backend.as_str()));
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn every_key_is_in_it_with_its_meaning_and_no_secret_is() {
        assert_has(&schema(), ROOT, "");
    }
}
