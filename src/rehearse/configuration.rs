//! What the files of one module hold that a rehearsal must know of before an engine sees them: providers, calls of modules, where
//! the state would be kept, programs and what would reach a network. HCL and JSON are read alike; nothing here runs or writes.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value, as far as it is written out.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string without anything to evaluate in it.
    Text(String),
    /// One of several, as a condition decides.
    Either(Vec<Value>),
    /// An object with the keys that are written out.
    Object(BTreeMap<String, Value>),
    /// Anything else, in its own words.
    Other(String),
}

impl Value {
    /// The string that it is, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The words of a string or a reference.
    pub fn words(&self) -> &str {
        match self {
            Value::Text(text) | Value::Other(text) => text.trim(),
            _ => "",
        }
    }
}

/// A block, such as `resource "aws_lb" "this" { … }`.
#[derive(Debug, Default)]
pub struct Block {
    /// What it is: `resource`.
    pub kind: String,
    /// Its labels: `aws_lb` and `this`.
    pub labels: Vec<String>,
    /// Its arguments.
    pub arguments: BTreeMap<String, Value>,
    /// The blocks in it.
    pub blocks: Vec<Block>,
    /// Where it stands in a file of HCL, in bytes.
    span: Range<usize>,
}

impl Block {
    /// A label; empty where there is none.
    pub fn label(&self, index: usize) -> &str {
        self.labels.get(index).map_or("", String::as_str)
    }

    /// The blocks in it that are of one kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// A block as its author calls it: `provisioner "local-exec"`.
    pub fn title(&self) -> String {
        self.labels.iter().fold(self.kind.clone(), |title, label| format!("{title} {label:?}"))
    }
}

/// Whether an engine reads a file of this name as configuration.
pub fn is_configuration(name: &str) -> bool {
    [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|end| name.ends_with(end))
}

/// The blocks of a file; nothing where it does not parse.
pub fn parse(name: &str, text: &str) -> Option<Vec<Block>> {
    if name.ends_with(".json") {
        let Json(value) = serde_json::from_str(text).ok()?;
        return Some(of_json(&value, &TOP));
    }
    Some(of_body(&text.parse::<Body>().ok()?))
}

/// What says where the state is kept, and how it is locked up: an engine that sees none of it keeps the state beside the files, in
/// the clear, and reaches nobody.
const OF_THE_STATE: [&str; 3] = ["backend", "cloud", "encryption"];

/// The file without the blocks that say where the state is kept, every other line at its place, and the titles of what was left out;
/// nothing where there is none.
pub fn without_backend(name: &str, text: &str, blocks: &[Block]) -> Option<(String, Vec<String>)> {
    let settings = || blocks.iter().filter(|block| block.kind == "terraform");
    let found: Vec<&Block> = settings()
        .flat_map(|block| &block.blocks)
        .filter(|block| OF_THE_STATE.contains(&block.kind.as_str()))
        .collect();
    if found.is_empty() {
        return None;
    }
    let titles = found.iter().map(|block| block.title()).collect();
    if name.ends_with(".json") {
        // It was read once, so it is JSON; were it not, an engine would refuse what is left.
        let mut value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        match value.get_mut("terraform") {
            Some(serde_json::Value::Array(parts)) => parts.iter_mut().for_each(forget),
            Some(one) => forget(one),
            None => {}
        }
        return Some((format!("{value:#}\n"), titles));
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in found.iter().flat_map(|block| block.span.clone()) {
        if let Some(byte) = bytes.get_mut(byte).filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
    }
    Some((String::from_utf8_lossy(&bytes).into_owned(), titles))
}

fn forget(settings: &mut serde_json::Value) {
    if let Some(settings) = settings.as_object_mut() {
        settings.retain(|key, _| !OF_THE_STATE.contains(&key.as_str()));
    }
}

/// Whether a provisioner only says something and perhaps fails, as the guards do that tierform writes: no program runs, no value
/// gets into the command.
pub fn only_speaks(provisioner: &Block) -> bool {
    let known = ["when", "command", "on_failure", "quiet"];
    provisioner.label(0) == "local-exec"
        && provisioner.blocks.is_empty()
        && provisioner.arguments.keys().all(|name| known.contains(&name.as_str()))
        && provisioner.arguments.get("command").is_some_and(is_echo)
}

fn is_echo(command: &Value) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || " _-:=,.".contains(c);
    match command {
        Value::Either(commands) => commands.iter().all(is_echo),
        Value::Text(text) => {
            let text = text.strip_suffix(" && exit 1").unwrap_or(text);
            text.strip_prefix("echo ").is_some_and(|words| words.chars().all(plain))
        }
        _ => false,
    }
}

fn of_body(body: &Body) -> Vec<Block> {
    body.blocks()
        .map(|block| Block {
            kind: block.ident.as_str().to_owned(),
            labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
            arguments: block
                .body
                .iter()
                .filter_map(Structure::as_attribute)
                .map(|attribute| (attribute.key.as_str().to_owned(), of_expression(&attribute.value)))
                .collect(),
            blocks: of_body(&block.body),
            span: block.span().unwrap_or_default(),
        })
        .collect()
}

fn of_expression(value: &Expression) -> Value {
    match value {
        Expression::String(text) => Value::Text(text.as_str().to_owned()),
        Expression::Parenthesis(inner) => of_expression(inner.inner()),
        Expression::Conditional(choice) => {
            Value::Either(vec![of_expression(&choice.true_expr), of_expression(&choice.false_expr)])
        }
        Expression::Object(entries) => {
            let entries = entries.iter().filter_map(|(key, value)| {
                let key = match key {
                    ObjectKey::Ident(ident) => ident.as_str(),
                    ObjectKey::Expression(key) => key.as_str()?,
                };
                Some((key.to_owned(), of_expression(value.expr())))
            });
            Value::Object(entries.collect())
        }
        other => Value::Other(other.to_string()),
    }
}

/// A kind of block in JSON: its name, how many labels it has, and the kinds in it.
struct Kind(&'static str, usize, &'static [Kind]);

const SETTINGS: [Kind; 4] = [
    Kind("backend", 1, &[]),
    Kind("cloud", 0, &[]),
    Kind("encryption", 0, &[]),
    Kind("required_providers", 0, &[]),
];
const PROVISIONERS: [Kind; 2] = [Kind("provisioner", 1, &[]), Kind("connection", 0, &[])];
const CHECKED: [Kind; 1] = [Kind("data", 2, &[])];

/// The blocks of a file in JSON: Terraform's and OpenTofu's documentation, "JSON Configuration Syntax".
const TOP: [Kind; 9] = [
    Kind("terraform", 0, &SETTINGS),
    Kind("resource", 2, &PROVISIONERS),
    Kind("data", 2, &[]),
    Kind("ephemeral", 2, &[]),
    Kind("action", 2, &[]),
    Kind("module", 1, &[]),
    Kind("provider", 1, &[]),
    Kind("variable", 1, &[]),
    Kind("check", 1, &CHECKED),
];

fn of_json(value: &serde_json::Value, kinds: &[Kind]) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let serde_json::Value::Array(parts) = value {
        return parts.iter().flat_map(|part| of_json(part, kinds)).collect();
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        if let Some(kind) = kinds.iter().find(|kind| kind.0 == key) {
            expand(kind, value, &mut Vec::new(), &mut blocks);
        }
    }
    blocks
}

fn expand(kind: &Kind, value: &serde_json::Value, labels: &mut Vec<String>, blocks: &mut Vec<Block>) {
    match value {
        serde_json::Value::Array(parts) => parts.iter().for_each(|part| expand(kind, part, labels, blocks)),
        serde_json::Value::Object(entries) if labels.len() < kind.1 => {
            for (label, value) in entries {
                labels.push(label.clone());
                expand(kind, value, labels, blocks);
                labels.pop();
            }
        }
        value => {
            let entries = value.as_object().into_iter().flatten();
            blocks.push(Block {
                kind: kind.0.to_owned(),
                labels: labels.clone(),
                arguments: entries.map(|(name, value)| (name.clone(), of_json_value(value))).collect(),
                blocks: of_json(value, kind.2),
                span: 0..0,
            });
        }
    }
}

fn of_json_value(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::String(text) if !text.contains("${") && !text.contains("%{") => {
            Value::Text(text.clone())
        }
        serde_json::Value::Object(entries) => {
            Value::Object(entries.iter().map(|(name, value)| (name.clone(), of_json_value(value))).collect())
        }
        other => Value::Other(other.to_string()),
    }
}

/// JSON in which no object has a key twice: the engines take such blocks together, a parser drops all but one.
struct Json(serde_json::Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Once).map(Json)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = serde_json::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(serde_json::Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Json(value)) = parts.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut values = serde_json::Map::new();
        while let Some((key, Json(value))) = entries.next_entry::<String, Json>()? {
            if values.insert(key.clone(), value).is_some() {
                return Err(serde::de::Error::custom(format!("the key {key:?} stands there twice")));
            }
        }
        Ok(values.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(name: &str, text: &str) -> Option<(String, Vec<String>)> {
        without_backend(name, text, &parse(name, text).expect("it parses"))
    }

    #[test]
    fn only_what_says_where_the_state_is_goes_and_every_line_stays_where_it_was() {
        let text = "terraform {\n  required_version = \">= 1.11\"\n  backend \"s3\" {\n    bucket = \"ä\"\n  }\n}\n\nlocals {}\n";
        let (without, titles) = blanked("main.tf", text).expect("there is one");
        assert_eq!(titles, ["backend \"s3\""]);
        assert_eq!(without.lines().count(), text.lines().count());
        assert!(
            without.contains(">= 1.11") && !without.contains("bucket") && without.contains("\nlocals {}\n")
        );
        assert!(parse("main.tf", &without).is_some());
        let (without, titles) = blanked(
            "x.tofu",
            "terraform { \n encryption {\n key_provider \"external\" \"x\" {}\n }\n cloud {}\n}\n",
        )
        .expect("there are two");
        let left: Vec<&str> = without.lines().map(str::trim).collect();
        assert_eq!((left, titles.len()), (vec!["terraform {", "", "", "", "", "}"], 2));
        assert_eq!(blanked("main.tf", "terraform {\n  required_version = \">= 1.11\"\n}\n"), None);
    }

    #[test]
    fn json_is_read_like_hcl_and_a_key_that_stands_there_twice_is_not_read() {
        let text =
            "{\"terraform\": [{\"backend\": {\"http\": {\"address\": \"x\"}}, \"required_version\": \"1\"}]}";
        let (without, titles) = blanked("main.tf.json", text).expect("there is one");
        assert_eq!(titles, ["backend \"http\""]);
        assert!(without.contains("required_version") && !without.contains("http"), "{without}");
        let twice = "{\"terraform\": {\"backend\": {\"http\": {}}}, \"terraform\": {}}";
        assert!(parse("main.tf.json", twice).is_none());
        let blocks = parse(
            "x.tf.json",
            "{\"resource\": {\"terraform_data\": {\"x\": {\"provisioner\": [{\"local-exec\": {\"command\": \"touch x\"}}]}}}}",
        );
        let blocks = blocks.expect("it parses");
        assert_eq!(blocks[0].title(), "resource \"terraform_data\" \"x\"");
        assert_eq!(blocks[0].blocks[0].title(), "provisioner \"local-exec\"");
    }

    #[test]
    fn a_guard_that_only_speaks_is_no_program() {
        let speaks = |body: &str| {
            let text = format!(
                "resource \"terraform_data\" \"x\" {{\n  provisioner \"local-exec\" {{\n{body}\n  }}\n}}\n"
            );
            only_speaks(&parse("main.tf", &text).expect("it parses")[0].blocks[0])
        };
        assert!(speaks(
            "when = destroy\ncommand = self.input ? \"echo no: first -var x=false && exit 1\" : \"echo gone\""
        ));
        for program in [
            "command = \"touch x\"",
            "command = \"echo $(touch x)\"",
            "command = \"echo x > y\"",
            "command = \"echo ${self.id}\"",
            "command = \"echo x && exit 1 && touch x\"",
            "command = self.input ? \"echo x\" : \"touch x\"",
            "command = \"echo x\"\ninterpreter = [\"python3\", \"-c\"]",
            "command = \"echo x\"\nenvironment = { PATH = \"/tmp\" }",
            "inline = [\"touch x\"]",
        ] {
            assert!(!speaks(program), "{program}");
        }
    }
}
