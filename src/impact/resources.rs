//! Every resource of a configuration under the address that a plan gives it, with its arguments' values by path.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use hcl::Expression;
use hcl::structure::{Block, Body, Structure};

use super::configuration::{Configuration, Resource};
use super::evaluate::{Evaluation, Scope};
use super::value::Value;

/// Resources by address.
pub type Items = BTreeMap<String, Rc<Item>>;

/// One resource.
#[derive(Debug)]
pub struct Item {
    /// Its type.
    pub kind: String,
    /// Arguments by path: `settings.database_flags[1].value`.
    pub arguments: BTreeMap<String, Value>,
    /// Paths of which Terraform ignores changes.
    pub ignored: Vec<String>,
    text: OnceCell<String>,
}

impl Item {
    /// The value of an argument, by its dotted path through the first of repeated blocks.
    pub fn at(&self, argument: &str) -> Value {
        self.arguments.get(argument).cloned().unwrap_or(Value::Null)
    }

    /// Whether one of its arguments speaks of an address.
    pub fn speaks_of(&self, address: &str) -> bool {
        let text = || self.arguments.values().map(Value::to_string).collect::<Vec<_>>().join("\n");
        self.text.get_or_init(text).contains(address)
    }
}

/// Arguments and blocks that change nothing in the cloud.
const META: [&str; 6] = ["depends_on", "provider", "lifecycle", "provisioner", "connection", "timeouts"];

/// Lists them.
pub fn list(configuration: &Configuration) -> Items {
    list_some(&Evaluation::new(configuration), |_| true)
}

/// Lists those that are wanted, by the module's place among the instances and the resource's in its module.
pub fn list_some(evaluation: &Evaluation<'_>, is_wanted: impl Fn((usize, usize)) -> bool) -> Items {
    let mut items = Items::new();
    for (index, instance) in evaluation.instances.iter().enumerate() {
        let wanted = instance.module.resources.iter().enumerate().filter(|(at, _)| is_wanted((index, *at)));
        for (_, resource) in wanted {
            let address = match resource.name.is_empty() {
                true => resource.kind.clone(),
                false => format!("{}{}.{}", instance.prefix, resource.kind, resource.name),
            };
            let scope = Scope { instance: index, bound: Vec::new() };
            for (key, scope) in instances(evaluation, resource, &scope) {
                let mut arguments = BTreeMap::new();
                flatten(evaluation, &resource.body, "", &scope, &mut arguments);
                let ignored = ignored(&resource.body);
                let item = Item { kind: resource.kind.clone(), arguments, ignored, text: OnceCell::new() };
                items.insert(format!("{address}{key}"), Rc::new(item));
            }
        }
    }
    items
}

/// The keys of a resource's instances with the scope of each; `[*]` for as many as only an apply can know.
pub fn instances(evaluation: &Evaluation<'_>, resource: &Resource, scope: &Scope) -> Vec<(String, Scope)> {
    let bind = |name: &str, value: Value| {
        let mut scope = scope.clone();
        scope.bound.push((name.to_owned(), value));
        scope
    };
    let each = |key: &str, value: &Value| {
        let pair = [("key".to_owned(), Value::Text(key.to_owned())), ("value".to_owned(), value.clone())];
        (format!("[{key:?}]"), bind("each", Value::Map(pair.into_iter().collect())))
    };
    let meta = |name: &str| resource.body.attributes().find(|attribute| attribute.key() == name);
    if let Some(for_each) = meta("for_each") {
        return match evaluation.evaluate(for_each.expr(), scope) {
            Value::Map(map) => map.iter().map(|(key, value)| each(key, value)).collect(),
            Value::List(list) if list.iter().all(|element| element.as_key().is_some()) => {
                list.iter().filter_map(|element| Some(each(&element.as_key()?, element))).collect()
            }
            _ => vec![("[*]".to_owned(), scope.clone())],
        };
    }
    if let Some(count) = meta("count") {
        return match evaluation.evaluate(count.expr(), scope) {
            Value::Number(count) if (0.0..=1000.0).contains(&count) => {
                let number =
                    |index: u32| Value::Map([("index".to_owned(), Value::Number(index.into()))].into());
                (0_u32..)
                    .take_while(|index| f64::from(*index) < count)
                    .map(|index| (format!("[{index}]"), bind("count", number(index))))
                    .collect()
            }
            _ => vec![("[*]".to_owned(), scope.clone())],
        };
    }
    vec![(String::new(), scope.clone())]
}

pub fn flatten(
    evaluation: &Evaluation<'_>,
    body: &Body,
    path: &str,
    scope: &Scope,
    arguments: &mut BTreeMap<String, Value>,
) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                let name = attribute.key();
                let is_meta =
                    path.is_empty() && (META.contains(&name) || matches!(name, "count" | "for_each"));
                if !is_meta {
                    arguments.insert(format!("{path}{name}"), evaluation.evaluate(attribute.expr(), scope));
                }
            }
            Structure::Block(block) if path.is_empty() && META.contains(&block.identifier()) => {}
            Structure::Block(block) => {
                for (name, content, scope) in expanded(evaluation, block, scope) {
                    let index = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(0);
                    let path = match index {
                        0 => format!("{path}{name}."),
                        index => format!("{path}{name}[{index}]."),
                    };
                    flatten(evaluation, content, &path, &scope, arguments);
                }
            }
        }
    }
}

/// The blocks that a block stands for: itself, or what a `dynamic` one makes.
fn expanded<'b>(
    evaluation: &Evaluation<'_>,
    block: &'b Block,
    scope: &Scope,
) -> Vec<(String, &'b Body, Scope)> {
    if block.identifier() != "dynamic" {
        return vec![(block.identifier().to_owned(), block.body(), scope.clone())];
    }
    let name = block.labels().first().map_or(String::new(), |label| label.as_str().to_owned());
    let attribute = |name: &str| block.body().attributes().find(|attribute| attribute.key() == name);
    let content = block.body().blocks().find(|block| block.identifier() == "content");
    let (Some(for_each), Some(content)) = (attribute("for_each"), content) else { return Vec::new() };
    let iterator = match attribute("iterator").map(|attribute| attribute.expr()) {
        Some(Expression::Variable(iterator)) => iterator.to_string(),
        _ => name.clone(),
    };
    let make = |key: Value, value: Value| {
        let mut scope = scope.clone();
        let pair = [("key".to_owned(), key), ("value".to_owned(), value)];
        scope.bound.push((iterator.clone(), Value::Map(pair.into_iter().collect())));
        (name.clone(), content.body(), scope)
    };
    match evaluation.evaluate(for_each.expr(), scope) {
        Value::Map(map) => map.into_iter().map(|(key, value)| make(Value::Text(key), value)).collect(),
        Value::List(list) => list.into_iter().map(|value| make(value.clone(), value)).collect(),
        Value::Null => Vec::new(),
        unknown => {
            let part = |what: &str| Value::Unknown(format!("{what} of {unknown}"));
            vec![make(part("key"), part("value"))]
        }
    }
}

/// What `lifecycle` says to ignore.
pub fn ignored(body: &Body) -> Vec<String> {
    let lifecycles = body.blocks().filter(|block| block.identifier() == "lifecycle");
    let lists = lifecycles
        .flat_map(|block| block.body().attributes().filter(|attribute| attribute.key() == "ignore_changes"));
    lists
        .flat_map(|attribute| match attribute.expr() {
            Expression::Array(paths) => {
                paths.iter().map(|path| path.to_string().replace("[0]", "")).collect()
            }
            // `all`
            _ => vec![String::new()],
        })
        .collect()
}
