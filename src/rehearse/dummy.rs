//! Makes up the values that only a cloud can know, in the shapes of the table in [`super::shapes`].
//! The same resource always gets the same values, else every second plan would show changes.

use sha2::{Digest, Sha256};

use super::change::{Visitor, absent, empty, walk};
use super::computed;
use super::schema::{Attribute, Block, NestedBlock};
use super::shapes::{DEFAULTS, FILLED_BLOCKS, SETTINGS, find, shape};
use super::value::{Object, Value};

/// A certificate in shape only: it proves nothing and no key belongs to it.
const PEM: &str = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUSIMULATED\n-----END CERTIFICATE-----\n";

/// The same in base64, as Kubernetes clusters give it.
const PEM_BASE64: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJzekNDQVZtZ0F3SUJBZ0lVU0lNVUxBVEVECi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K";

/// The project number of the simulated cloud.
const PROJECT_NUMBER: &str = "123456789012";

/// Attributes that others are made from, in the order in which they are made.
const FIRST: &[&str] = &[
    "project",
    "region",
    "zone",
    "location",
    "name",
    "node_group_name",
    "identifier",
    "version",
    "port",
    "arn",
    "id",
];

/// How deep a template may lead to other templates: no row needs more, and a circle must not hang.
const DEEPEST: usize = 6;

/// What a made-up value is made for.
pub struct Subject<'a> {
    /// The type.
    pub type_name: &'a str,
    /// The provider's configuration, which gives the project and the region.
    pub settings: &'a Object,
    /// What is known of the resource, from which its values follow.
    pub seed: String,
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
        if value.has_unknown()
            && let Some(made) = computed::value(self.subject, path, self.known)
        {
            return made;
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
        if let Some(made) = computed::value(self, path, known) {
            return made;
        }
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
        let template = shape(self.type_name, path);
        if let Some(name) = kind.as_str() {
            let text = match template {
                Some(template) => self.expand(template, path, known, 0),
                None => return self.plain(path, name, known),
            };
            return convert(&text, name);
        }
        let element = kind.get(1).unwrap_or(&serde_json::Value::Null);
        match (kind.get(0).and_then(serde_json::Value::as_str), template) {
            (Some("list" | "set"), Some(template)) if element.is_string() => {
                let text = self.expand(template, path, known, 0);
                let kind = element.as_str().unwrap_or("string");
                let parts = text.split(',').filter(|part| !part.is_empty());
                Value::List(parts.map(|part| convert(part, kind)).collect())
            }
            (Some("list" | "set"), Some("")) => Value::List(Vec::new()),
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
                if let Some(named) = self.prefixed(name, known) {
                    return named.into();
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

    /// A name with the provider's suffix, where the user gave a prefix instead of a name.
    fn prefixed(&self, name: &str, known: &Object) -> Option<String> {
        let prefix = known.get(&format!("{name}_prefix"))?.as_str()?;
        // The SDK's suffix: a time to the second, and a counter.
        let digits = if self.type_name.starts_with("aws_") { 18 } else { 10 };
        (!prefix.is_empty()).then(|| format!("{prefix}20250101{}", self.hex(name, digits)))
    }

    /// A setting of the provider, or what the simulation takes for it.
    pub fn setting(&self, name: &str) -> Option<&str> {
        // A regional thing of Google's that names no location is in the provider's region.
        let google = self.type_name.starts_with("google_");
        let name = if google && name == "location" { "region" } else { name };
        if name == "partition" && self.type_name.starts_with("aws_") {
            return Some(partition(self.setting("region").unwrap_or_default()));
        }
        let default = find(SETTINGS, self.type_name, name)?;
        Some(self.settings.get(name).and_then(Value::as_str).unwrap_or(default))
    }

    fn expand(&self, template: &str, path: &str, known: &Object, depth: usize) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (key, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.placeholder(key, path, known, depth));
            rest = after;
        }
        text + rest
    }

    fn placeholder(&self, key: &str, path: &str, known: &Object, depth: usize) -> String {
        if let Some(made) = key.strip_prefix('#') {
            let (made, path) = made.split_once('@').unwrap_or((made, path));
            let count = made.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse();
            return match made.trim_end_matches(|c: char| c.is_ascii_digit()) {
                "hex" => self.hex(path, count.unwrap_or(8)),
                "digits" => self.digits(path, count.unwrap_or(12)),
                "uuid" => {
                    let hex = self.hex(path, 32);
                    format!(
                        "{}-{}-4{}-8{}-{}",
                        &hex[..8],
                        &hex[8..12],
                        &hex[13..16],
                        &hex[17..20],
                        &hex[20..]
                    )
                }
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
            // Not made yet: it has a template of its own, or it is a setting.
            _ => match shape(self.type_name, name).filter(|_| name != path && depth < DEEPEST) {
                Some(template) => self.expand(template, name, known, depth + 1),
                None => self
                    .prefixed(name, known)
                    .or_else(|| self.setting(name).map(str::to_owned))
                    .unwrap_or_default(),
            },
        };
        if last { text.rsplit('/').next().unwrap_or_default().to_owned() } else { text }
    }

    fn hash(&self, path: &str) -> [u8; 32] {
        Sha256::digest(format!("{}\n{}\n{path}", self.type_name, self.seed)).into()
    }

    /// So many made-up hexadecimal digits.
    pub fn hex(&self, path: &str, length: usize) -> String {
        let block = self.hash(path).map(|byte| format!("{byte:02x}")).concat();
        block.chars().cycle().take(length).collect()
    }

    fn digits(&self, path: &str, length: usize) -> String {
        self.hash(path).iter().cycle().take(length).map(|byte| char::from(b'0' + byte % 10)).collect()
    }
}

/// docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: the partition of a region.
fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// `text` as a value of a primitive type.
pub fn convert(text: &str, kind: &str) -> Value {
    match kind {
        "bool" => Value::Bool(text == "true"),
        "number" => text.parse().map_or(Value::Int(0), Value::Int),
        _ => text.into(),
    }
}
