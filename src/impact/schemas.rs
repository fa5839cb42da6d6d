//! What a provider's schema makes of arguments before it compares them: sets have no order, what nobody sets any more keeps the
//! value that the provider gave it, and texts and numbers are one where the schema has one of them.

use std::sync::OnceLock;

use super::evaluate::{number, truth};
use super::resources::Arguments;
use super::value::Value;
use crate::rehearse::schema::{Attribute, BUNDLE, Block, Nesting, ProviderSchema};

/// The schemas of the bundle, each read when something of its provider differs.
static LOADED: [OnceLock<Option<ProviderSchema>>; BUNDLE.len()] = [const { OnceLock::new() }; BUNDLE.len()];

/// Puts both states of a resource's arguments into the form in which its provider compares them.
pub fn align(kind: &str, before: &mut Arguments, after: &mut Arguments) {
    if let Some(block) = block_of(kind) {
        align_block(block, before, after);
    }
}

/// Whether a resource type is one of those whose schemas tierform has, or the engine's own.
pub fn is_known(kind: &str) -> bool {
    kind == "terraform_data" || block_of(kind).is_some()
}

/// Whether nobody can set an argument, by its dotted path: the cloud reports it. `None` where the schema has no such argument.
pub fn is_reported(kind: &str, path: &str) -> Option<bool> {
    let mut block = block_of(kind)?;
    for name in path.split('.') {
        if let Some(attribute) = block.attributes.get(name) {
            return Some(attribute.computed && !attribute.optional && !attribute.required);
        }
        block = &block.block_types.get(name)?.block;
    }
    None
}

/// The schema of a resource type; `None` for one that tierform never writes.
fn block_of(kind: &str) -> Option<&'static Block> {
    let provider = kind.split('_').next()?;
    let at = BUNDLE.iter().position(|bundled| bundled.name == provider)?;
    // One that does not unpack is a mistake of the build, which a test finds: then arguments compare as they are written.
    let schema = LOADED[at].get_or_init(|| BUNDLE[at].load().ok()).as_ref()?;
    schema.resource_schemas.get(kind).map(|schema| &schema.block)
}

fn align_block(block: &Block, before: &mut Arguments, after: &mut Arguments) {
    shape(block, before);
    shape(block, after);
    keep(block, before, after);
}

/// Arguments as the schema's types have them.
fn shape(block: &Block, arguments: &mut Arguments) {
    arguments.retain(|name, _| !block.attributes.get(name).is_some_and(|attribute| attribute.write_only));
    for (name, value) in arguments.iter_mut() {
        if let Some(attribute) = block.attributes.get(name) {
            *value = typed(std::mem::replace(value, Value::Null), attribute);
        } else if let (Some(nested), Value::List(blocks)) = (block.block_types.get(name), value) {
            for one in blocks.iter_mut() {
                if let Value::Map(one) = one {
                    shape(&nested.block, one);
                }
            }
            if nested.nesting_mode == Nesting::Set {
                blocks.sort_by_key(Value::to_string);
            }
        }
    }
}

/// Gives what nobody sets any more the value from before, where the provider would have given it one.
fn keep(block: &Block, before: &Arguments, after: &mut Arguments) {
    for (name, _) in block.attributes.iter().filter(|(_, attribute)| attribute.computed) {
        if after.get(name).is_none_or(|value| *value == Value::Null) {
            match before.get(name) {
                Some(value) => drop(after.insert(name.clone(), value.clone())),
                None => drop(after.remove(name)),
            }
        }
    }
    for (name, nested) in &block.block_types {
        let (Some(Value::List(old)), Some(Value::List(new))) = (before.get(name), after.get_mut(name)) else {
            continue;
        };
        // Which block of a set was which is not known, unless there is one.
        if nested.nesting_mode != Nesting::Set || old.len() == 1 && new.len() == 1 {
            for (old, new) in old.iter().zip(new.iter_mut()) {
                if let (Value::Map(old), Value::Map(new)) = (old, new) {
                    keep(&nested.block, old, new);
                }
            }
        }
    }
}

/// A value as the attribute's type has it.
fn typed(value: Value, attribute: &Attribute) -> Value {
    match &attribute.r#type {
        Some(kind) => converted(value, kind),
        None => value.settled(),
    }
}

fn converted(value: Value, kind: &serde_json::Value) -> Value {
    match (kind, value) {
        (serde_json::Value::String(kind), value) => match (kind.as_str(), &value) {
            ("string", Value::Number(_) | Value::Bool(_)) => value.as_key().map_or(value, Value::Text),
            ("number", Value::Text(_)) => number(&value).map_or(value, Value::Number),
            ("bool", Value::Text(_)) => truth(&value).map_or(value, Value::Bool),
            _ => value.settled(),
        },
        (serde_json::Value::Array(parts), value) => {
            match (parts.first().and_then(|first| first.as_str()), parts.get(1), value) {
                (Some("set"), Some(kind), Value::List(list) | Value::Set(list)) => {
                    Value::set(list.into_iter().map(|one| converted(one, kind)).collect()).settled()
                }
                (Some("list"), Some(kind), Value::List(list) | Value::Set(list)) => {
                    Value::List(list.into_iter().map(|one| converted(one, kind)).collect())
                }
                (Some("map"), Some(kind), Value::Map(map)) => {
                    Value::Map(map.into_iter().map(|(key, one)| (key, converted(one, kind))).collect())
                }
                (_, _, value) => value.settled(),
            }
        }
        (_, value) => value.settled(),
    }
}
