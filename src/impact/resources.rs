//! Every resource of a configuration under the address that a plan gives it, with what its arguments are set to.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use hcl_edit::expr::{Expression, TraversalOperator};
use hcl_edit::structure::{Block, Body, Structure};

use super::configuration::{Mode, Resource};
use super::evaluate::pairs;
use super::known::{Evaluation, Items};
use super::plan::Planned;
use super::scope::{Names, Scope};
use super::value::{ITSELF, LATE, Value};

/// Arguments by name; a repeated block is a list of maps.
pub type Arguments = BTreeMap<String, Value>;

/// One resource.
#[derive(Debug)]
pub struct Item {
    /// Its address.
    pub address: String,
    /// The address that it had before `moved` blocks.
    pub previous: Option<String>,
    /// Its address without any keys.
    pub keyless: String,
    pub mode: Mode,
    /// Its type.
    pub kind: String,
    pub arguments: Arguments,
    /// By argument, why its value is not certain.
    pub doubts: BTreeMap<String, Vec<String>>,
    /// Which of the values that its provider decides are not those from before.
    pub fresh: Fresh,
    /// What is done to it; nothing for what is there.
    pub planned: Option<Planned>,
    pub(super) whole: OnceCell<Value>,
}

/// Which values that a provider decides are not those from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fresh {
    /// None.
    None,
    /// These.
    Some(Vec<&'static str>),
    /// All: what is read from a data source with other arguments.
    Again,
    /// All, and an apply decides them.
    All,
}

/// What is there.
#[derive(Debug, Default)]
pub struct State {
    /// By the address after `moved` blocks.
    pub items: BTreeMap<String, Rc<Item>>,
    /// By the address of the resource as it is written, without the key of an instance.
    pub several: HashMap<String, Items>,
}

/// Arguments and blocks that change nothing in the cloud.
const META: [&str; 8] =
    ["depends_on", "provider", "lifecycle", "provisioner", "connection", "timeouts", "count", "for_each"];

impl Item {
    /// The resource as a reference to it has it.
    pub fn whole(&self) -> &Value {
        self.whole.get_or_init(|| {
            let mut map: Arguments = self
                .arguments
                .iter()
                .filter(|(_, value)| **value != Value::Null)
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let end =
                match &self.fresh {
                    Fresh::All => LATE,
                    Fresh::Again => " (read again)",
                    Fresh::Some(names) => {
                        map.extend(names.iter().map(|name| {
                            ((*name).to_owned(), Value::late(format!("{}.{name}", self.address)))
                        }));
                        ""
                    }
                    Fresh::None => "",
                };
            map.insert(ITSELF.to_owned(), Value::Unknown(format!("{}{end}", self.address)));
            Value::Map(map)
        })
    }

    /// Why what refers to it is not certain.
    pub fn doubts(&self) -> Vec<String> {
        let unsure = self
            .planned
            .as_ref()
            .filter(|_| self.fresh != Fresh::None)
            .map(|planned| planned.unsure.as_slice());
        unsure
            .unwrap_or_default()
            .iter()
            .map(|why| format!("{} is not certain: {why}", self.address))
            .collect()
    }

    /// The arguments by path, with an index behind a block's name from its second on: `settings.database_flags[1].value`.
    pub fn flat(&self) -> BTreeMap<String, Value> {
        flat(&self.arguments)
    }
}

/// Arguments by path.
pub fn flat(arguments: &Arguments) -> BTreeMap<String, Value> {
    fn add(arguments: &Arguments, path: &str, all: &mut BTreeMap<String, Value>) {
        for (name, value) in arguments.iter().filter(|(name, _)| *name != ITSELF) {
            match value {
                Value::List(blocks)
                    if !blocks.is_empty() && blocks.iter().all(|block| matches!(block, Value::Map(_))) =>
                {
                    for (at, block) in blocks.iter().enumerate() {
                        let index = if at == 0 { String::new() } else { format!("[{at}]") };
                        if let Value::Map(map) = block {
                            add(map, &format!("{path}{name}{index}."), all);
                        }
                    }
                }
                value => drop(all.insert(format!("{path}{name}"), value.clone())),
            }
        }
    }
    let mut all = BTreeMap::new();
    add(arguments, "", &mut all);
    all
}

impl State {
    /// Evaluates everything that is there.
    pub fn of(evaluation: &Evaluation<'_>) -> State {
        let mut state = State::default();
        for at in evaluation.all_places() {
            let place = evaluation.place(at);
            for (index, _) in place.resources() {
                let Some(several) = evaluation.resource(at, index) else { continue };
                for item in several.all() {
                    state.items.insert(item.address.clone(), Rc::clone(item));
                }
                let address = place.module.resources[index].address();
                state.several.insert(format!("{}{address}", place.prefix), several);
            }
        }
        state
    }
}

impl Evaluation<'_> {
    /// What a resource's body sets, and by argument why that is not certain.
    pub fn arguments(
        &self,
        resource: &Resource,
        scope: &Scope<'_>,
    ) -> (Arguments, BTreeMap<String, Vec<String>>) {
        let (mut arguments, mut doubts) = (Arguments::new(), BTreeMap::<String, Vec<String>>::new());
        for structure in &resource.body {
            let (name, own) = match structure {
                Structure::Attribute(attribute) => {
                    let name = attribute.key.as_str();
                    // Of a provider's configuration it is the name.
                    let is_alias = resource.mode == Mode::Provider && name == "alias";
                    if META.contains(&name) || is_write_only(name) || is_alias {
                        continue;
                    }
                    let (value, own) = self.with_doubts(|| self.value_or_doubt(&attribute.value, scope));
                    arguments.insert(name.to_owned(), value);
                    (name.to_owned(), own)
                }
                Structure::Block(block) if META.contains(&block.ident.as_str()) => continue,
                Structure::Block(block) => {
                    let name = block_name(block).to_owned();
                    let ((), own) = self.with_doubts(|| self.blocks(block, scope, &mut arguments));
                    (name, own)
                }
            };
            if !own.is_empty() {
                doubts.entry(name).or_default().extend(own);
            }
        }
        (arguments, doubts)
    }

    /// A value; of what an engine would refuse, or this cannot follow, one that is like no other.
    fn value_or_doubt(&self, expression: &Expression, scope: &Scope<'_>) -> Value {
        match self.evaluate(expression, scope) {
            Ok(value) => value,
            Err(fault) => {
                self.doubt(format!("tierform cannot follow it: {}", fault.0));
                // Of what is there it is told by what it says, so that nothing differs where nothing was changed.
                let mut text = expression.to_string();
                text.retain(|c| !c.is_whitespace());
                match self.before {
                    Some(_) => Value::late(format!("({})", fault.0)),
                    None => Value::Unknown(format!("({}: {text})", fault.0)),
                }
            }
        }
    }

    /// Adds what a block makes: itself, or what a `dynamic` one stands for.
    fn blocks(&self, block: &Block, scope: &Scope<'_>, arguments: &mut Arguments) {
        if block.ident.as_str() != "dynamic" {
            let made = self.block(&block.body, scope);
            push(arguments, block.ident.as_str(), made);
            return;
        }
        let name = block_name(block);
        let Some(content) = block.body.get_blocks("content").next() else { return };
        let Some(for_each) = block.body.get_attribute("for_each") else { return };
        let iterator = block.body.get_attribute("iterator").map(|attribute| &attribute.value);
        let iterator = iterator.and_then(|one| one.as_variable().map(|name| name.as_str()).or(one.as_str()));
        let iterator = iterator.unwrap_or(name);
        let collection = self.value_or_doubt(&for_each.value, scope);
        let is_nothing = collection == Value::Null;
        let known = if is_nothing { Some(Vec::new()) } else { pairs(&collection) };
        let is_known = known.is_some();
        let unknown = || {
            let part = |what: &str| Value::Unknown(format!("{iterator}.{what}"));
            vec![(part("key"), part("value"))]
        };
        for (key, value) in known.unwrap_or_else(unknown) {
            let pair = [("key".to_owned(), key), ("value".to_owned(), value)];
            let value = Value::Map(pair.into_iter().collect());
            let names = Names { name: iterator, value: &value, outer: scope.names };
            let mut made = self.block(&content.body, &Scope { names: Some(&names), ..*scope });
            if !is_known {
                made.insert("for_each".to_owned(), collection.clone());
            }
            push(arguments, name, made);
        }
    }

    fn block(&self, body: &Body, scope: &Scope<'_>) -> Arguments {
        let mut arguments = Arguments::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) if is_write_only(attribute.key.as_str()) => {}
                Structure::Attribute(attribute) => {
                    let value = self.value_or_doubt(&attribute.value, scope);
                    arguments.insert(attribute.key.as_str().to_owned(), value);
                }
                Structure::Block(block) => self.blocks(block, scope, &mut arguments),
            }
        }
        arguments
    }
}

/// Arguments that are never kept: what they hold is told by their version beside them (by convention of all providers).
fn is_write_only(name: &str) -> bool {
    name.ends_with("_wo")
}

fn block_name(block: &Block) -> &str {
    let label = block.labels.first().filter(|_| block.ident.as_str() == "dynamic");
    label.map_or(block.ident.as_str(), |label| label.as_str())
}

fn push(arguments: &mut Arguments, name: &str, block: Arguments) {
    match arguments.entry(name.to_owned()).or_insert(Value::List(Vec::new())) {
        Value::List(blocks) => blocks.push(Value::Map(block)),
        // An argument of the same name, which an engine refuses.
        other => *other = Value::List(vec![Value::Map(block)]),
    }
}

/// What `lifecycle` says to ignore: paths of arguments without indexes, an empty one for all.
pub fn ignored(resource: &Resource) -> Vec<Vec<String>> {
    match resource.lifecycle("ignore_changes") {
        Some(Expression::Array(paths)) => paths.iter().map(segments).collect(),
        // `all`
        Some(_) => vec![Vec::new()],
        None => Vec::new(),
    }
}

/// The path of an argument without the numbers of blocks.
pub fn segments(path: &Expression) -> Vec<String> {
    match path {
        Expression::Variable(name) => vec![name.as_str().to_owned()],
        Expression::String(text) => vec![text.value().clone()],
        Expression::Traversal(traversal) => {
            let mut all = segments(&traversal.expr);
            all.extend(traversal.operators.iter().filter_map(|operator| match operator.value() {
                TraversalOperator::GetAttr(name) => Some(name.as_str().to_owned()),
                TraversalOperator::Index(Expression::String(key)) => Some(key.value().clone()),
                _ => None,
            }));
            all
        }
        _ => Vec::new(),
    }
}

/// Puts an ignored argument's value back to what is there.
pub fn restore(after: &mut Arguments, before: &Arguments, path: &[String]) {
    let Some((name, rest)) = path.split_first() else { return after.clone_from(before) };
    if rest.is_empty() {
        match before.get(name) {
            Some(value) => drop(after.insert(name.clone(), value.clone())),
            None => drop(after.remove(name)),
        }
        return;
    }
    match (after.get_mut(name), before.get(name)) {
        (Some(Value::Map(after)), Some(Value::Map(before))) => restore(after, before, rest),
        (Some(Value::List(after)), Some(Value::List(before))) => {
            for (after, before) in after.iter_mut().zip(before) {
                if let (Value::Map(after), Value::Map(before)) = (after, before) {
                    restore(after, before, rest);
                }
            }
        }
        _ => {}
    }
}
