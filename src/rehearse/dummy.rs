//! Makes up the values that only a cloud can know, in the shapes of the table in [`super::shapes`].
//! The same resource always gets the same values, else every second plan would show changes.

use sha2::{Digest, Sha256};

use super::change::{Visitor, absent, empty, walk};
use super::schema::{Attribute, Block, NestedBlock};
use super::shapes::{DEFAULTS, FILLED_BLOCKS, SHAPES, Shape};
use super::value::{Object, Value};

/// A certificate in shape only: it proves nothing and no key belongs to it.
const PEM: &str = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUSIMULATED\n-----END CERTIFICATE-----\n";

/// The same in base64, as Kubernetes clusters give it.
const PEM_BASE64: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJzekNDQVZtZ0F3SUJBZ0lVU0lNVUxBVEVECi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K";

/// The project number of the simulated cloud.
const PROJECT_NUMBER: &str = "123456789012";

/// What an absent setting of the provider is taken to be.
const SETTINGS: &[(&str, &str)] =
    &[("project", "rehearsal-project"), ("region", "us-central1"), ("zone", "us-central1-a")];

/// Attributes that others are made from, in the order in which they are made.
const FIRST: &[&str] = &["project", "region", "zone", "location", "name", "version", "id"];

/// What a made-up value is made for.
pub struct Subject<'a> {
    /// The type.
    pub type_name: &'a str,
    /// The provider's configuration, which gives the project and the region.
    pub settings: &'a Object,
    /// What is known of the resource, from which its values follow.
    pub seed: String,
}

/// The rows of `table` for an attribute.
fn find<'a>(table: &'a [Shape], type_name: &str, path: &str) -> Option<&'a str> {
    let matches = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
        Some(prefix) => text.starts_with(prefix),
        None => pattern == text,
    };
    let last = path.rsplit('.').next().unwrap_or(path);
    let row = table.iter().find(|(row_type, row_path, _)| {
        matches(row_type, type_name)
            && (*row_path == path || row_path.strip_prefix("*.").is_some_and(|name| name == last))
    });
    row.map(|(_, _, template)| *template)
}

/// The provider's default of an argument that is not computed.
pub fn default_of(type_name: &str, path: &str, attribute: &Attribute) -> Option<Value> {
    let text = find(DEFAULTS, type_name, path)?;
    let kind = attribute.r#type.as_ref()?.as_str()?;
    Some(convert(text, kind))
}

/// Whether the provider fills this block though nobody wrote it.
pub fn fills_block(type_name: &str, path: &str) -> bool {
    FILLED_BLOCKS.contains(&(type_name, path))
}

/// Fills everything in `value` that is unknown, or null where the provider computes it.
pub fn fill(block: &Block, value: Value, subject: &Subject) -> Value {
    let mut value = value;
    for name in FIRST {
        if let Some(attribute) = block.attributes.get(*name)
            && let Value::Map(entries) = &value
            && needs_filling(attribute, entries.get(*name).unwrap_or(&Value::Null))
        {
            let made = subject.attribute(name, attribute, entries);
            if let Value::Map(entries) = &mut value {
                entries.insert((*name).to_owned(), made);
            }
        }
    }
    let known = match &value {
        Value::Map(entries) => entries.clone(),
        _ => Object::new(),
    };
    walk(block, value, "", &mut Filler { subject, known: &known })
}

fn needs_filling(attribute: &Attribute, value: &Value) -> bool {
    match value {
        Value::Unknown => true,
        Value::Null => attribute.computed && !attribute.write_only,
        _ => false,
    }
}

struct Filler<'a> {
    subject: &'a Subject<'a>,
    known: &'a Object,
}

impl Visitor for Filler<'_> {
    fn attribute(&mut self, path: &str, attribute: &Attribute, value: Value) -> Value {
        if needs_filling(attribute, &value) {
            return self.subject.attribute(path, attribute, self.known);
        }
        match &attribute.r#type {
            Some(kind) => self.subject.inside(path, kind, value, self.known),
            None => value,
        }
    }

    fn blocks(&mut self, _path: &str, nested: &NestedBlock, value: Value) -> Value {
        match value {
            // An unknown block is one that the provider fills.
            Value::Unknown => match absent(nested) {
                Value::List(_) => Value::List(vec![empty(&nested.block)]),
                _ => empty(&nested.block),
            },
            value => value,
        }
    }
}

impl Subject<'_> {
    fn attribute(&self, path: &str, attribute: &Attribute, known: &Object) -> Value {
        if let Some(nested) = &attribute.nested_type {
            use super::schema::Nesting;
            return match nested.nesting_mode {
                Nesting::Single | Nesting::Group => Value::Map(
                    nested
                        .attributes
                        .iter()
                        .map(|(name, inner)| {
                            (name.clone(), self.attribute(&format!("{path}.{name}"), inner, known))
                        })
                        .collect(),
                ),
                Nesting::Map => Value::Map(Object::new()),
                Nesting::List | Nesting::Set => Value::List(Vec::new()),
            };
        }
        match &attribute.r#type {
            Some(kind) => self.make(path, kind, attribute.optional, known),
            None => Value::Null,
        }
    }

    /// A value of the type `kind`; a collection that the user may set is empty, another has one element.
    fn make(&self, path: &str, kind: &serde_json::Value, optional: bool, known: &Object) -> Value {
        let template = find(SHAPES, self.type_name, path);
        if let Some(name) = kind.as_str() {
            let text = match template {
                Some(template) => self.expand(template, path, known),
                None => return self.plain(path, name, known),
            };
            return convert(&text, name);
        }
        let element = kind.get(1).unwrap_or(&serde_json::Value::Null);
        match (kind.get(0).and_then(serde_json::Value::as_str), template) {
            (Some("list" | "set"), Some(template)) if element.is_string() => {
                let text = self.expand(template, path, known);
                let kind = element.as_str().unwrap_or("string");
                Value::List(text.split(',').map(|part| convert(part, kind)).collect())
            }
            (Some("list" | "set"), _) if optional => Value::List(Vec::new()),
            (Some("list" | "set"), _) => Value::List(vec![self.make(path, element, false, known)]),
            (Some("object"), _) => {
                let fields = element.as_object().into_iter().flatten();
                Value::Map(
                    fields
                        .map(|(name, kind)| {
                            (name.clone(), self.make(&format!("{path}.{name}"), kind, false, known))
                        })
                        .collect(),
                )
            }
            (Some("tuple"), _) => {
                let kinds = element.as_array().into_iter().flatten();
                Value::List(kinds.map(|kind| self.make(path, kind, false, known)).collect())
            }
            _ => Value::Map(Object::new()),
        }
    }

    /// Fills the unknowns inside a value that is there.
    fn inside(&self, path: &str, kind: &serde_json::Value, value: Value, known: &Object) -> Value {
        let element = kind.get(1).unwrap_or(&serde_json::Value::Null);
        match value {
            Value::Unknown => self.make(path, kind, false, known),
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| self.inside(path, element, item, known)).collect())
            }
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(name, item)| {
                        let kind = element.get(&name).unwrap_or(element);
                        let made = self.inside(&format!("{path}.{name}"), kind, item, known);
                        (name, made)
                    })
                    .collect(),
            ),
            value => value,
        }
    }

    /// A value that has no row in the table.
    fn plain(&self, path: &str, kind: &str, known: &Object) -> Value {
        let name = path.rsplit('.').next().unwrap_or(path);
        match kind {
            "bool" => Value::Bool(false),
            "number" => Value::Int(0),
            _ => {
                if let Some(text) = self.setting(name) {
                    return text.into();
                }
                if name == "name"
                    && let Some(prefix) = known.get("name_prefix").and_then(Value::as_str)
                {
                    return format!("{prefix}20250101{}", self.hex(path, 10)).into();
                }
                if let Some(length) = known.get("length").and_then(Value::as_f64)
                    && matches!(name, "result" | "bcrypt_hash")
                {
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    return self.hex(path, length.clamp(1.0, 4096.0) as usize).into();
                }
                format!("{}-{}", name.replace('_', "-"), self.hex(path, 8)).into()
            }
        }
    }

    fn setting(&self, name: &str) -> Option<&str> {
        // A regional thing that names no location is in the provider's region.
        let name = if name == "location" { "region" } else { name };
        let default = SETTINGS.iter().find(|(key, _)| *key == name)?.1;
        Some(self.settings.get(name).and_then(Value::as_str).unwrap_or(default))
    }

    fn expand(&self, template: &str, path: &str, known: &Object) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (key, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.placeholder(key, path, known));
            rest = after;
        }
        text + rest
    }

    fn placeholder(&self, key: &str, path: &str, known: &Object) -> String {
        if let Some(made) = key.strip_prefix('#') {
            let count = made.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse();
            return match made.trim_end_matches(|c: char| c.is_ascii_digit()) {
                "hex" => self.hex(path, count.unwrap_or(8)),
                "digits" => self.digits(path, count.unwrap_or(12)),
                "octet" => (self.hash(&format!("{made}{path}"))[0] % 250 + 1).to_string(),
                "number" => PROJECT_NUMBER.to_owned(),
                "pem" => PEM.to_owned(),
                "pembase" => PEM_BASE64.to_owned(),
                _ => String::new(),
            };
        }
        let (name, last) = key.split_once('|').map_or((key, false), |(name, _)| (name, true));
        let text = match known.get(name) {
            Some(value) if value.is_set() => value.display(),
            _ => self.setting(name).unwrap_or_default().to_owned(),
        };
        if last { text.rsplit('/').next().unwrap_or_default().to_owned() } else { text }
    }

    fn hash(&self, path: &str) -> [u8; 32] {
        Sha256::digest(format!("{}\n{}\n{path}", self.type_name, self.seed)).into()
    }

    fn hex(&self, path: &str, length: usize) -> String {
        let block = self.hash(path).map(|byte| format!("{byte:02x}")).concat();
        block.chars().cycle().take(length).collect()
    }

    fn digits(&self, path: &str, length: usize) -> String {
        self.hash(path).iter().cycle().take(length).map(|byte| char::from(b'0' + byte % 10)).collect()
    }
}

/// `text` as a value of a primitive type.
fn convert(text: &str, kind: &str) -> Value {
    match kind {
        "bool" => Value::Bool(text == "true"),
        "number" => text.parse().map_or(Value::Int(0), Value::Int),
        _ => text.into(),
    }
}
