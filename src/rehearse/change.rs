//! What a provider does to a value in a plan and in an apply, by schema alone.
//! Plan: nulls that the provider computes become unknown; apply: what is still unknown becomes a made-up value.

use super::schema::{Attribute, Block, NestedBlock, Nesting};
use super::value::{Object, Value};

/// What a walk does at each attribute and each nested block; `path` is dotted and has no indices.
pub trait Visitor {
    /// The attribute's new value.
    fn attribute(&mut self, path: &str, attribute: &Attribute, value: Value) -> Value;

    /// The new value of all blocks of one type, before the walk goes into them.
    fn blocks(&mut self, _path: &str, _nested: &NestedBlock, value: Value) -> Value {
        value
    }
}

/// Rebuilds `value`, an object of `block`, through `visitor`.
pub fn walk(block: &Block, value: Value, path: &str, visitor: &mut dyn Visitor) -> Value {
    let Value::Map(mut entries) = value else { return value };
    let mut rebuilt = Object::new();
    for (name, attribute) in &block.attributes {
        let value = entries.remove(name).unwrap_or(Value::Null);
        let path = join(path, name);
        let value = walk_attribute(attribute, value, &path, visitor);
        rebuilt.insert(name.clone(), value);
    }
    for (name, nested) in &block.block_types {
        let path = join(path, name);
        let value = entries.remove(name).unwrap_or_else(|| absent(nested));
        let value = visitor.blocks(&path, nested, value);
        let inside = |value: Value, visitor: &mut dyn Visitor| walk(&nested.block, value, &path, visitor);
        let value = each(nested.nesting_mode, value, &mut |value| inside(value, visitor));
        rebuilt.insert(name.clone(), value);
    }
    Value::Map(rebuilt)
}

fn walk_attribute(attribute: &Attribute, value: Value, path: &str, visitor: &mut dyn Visitor) -> Value {
    let value = visitor.attribute(path, attribute, value);
    let Some(nested) = &attribute.nested_type else { return value };
    each(nested.nesting_mode, value, &mut |element| {
        let Value::Map(mut entries) = element else { return element };
        let mut rebuilt = Object::new();
        for (name, attribute) in &nested.attributes {
            let value = entries.remove(name).unwrap_or(Value::Null);
            rebuilt.insert(name.clone(), walk_attribute(attribute, value, &join(path, name), visitor));
        }
        Value::Map(rebuilt)
    })
}

/// Applies `inside` to each object of a collection of the given kind.
fn each(nesting: Nesting, value: Value, inside: &mut dyn FnMut(Value) -> Value) -> Value {
    match (nesting, value) {
        (Nesting::Single | Nesting::Group, value @ Value::Map(_)) => inside(value),
        (Nesting::List | Nesting::Set, Value::List(items)) => {
            Value::List(items.into_iter().map(inside).collect())
        }
        (Nesting::Map, Value::Map(entries)) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, inside(value))).collect())
        }
        (_, value) => value,
    }
}

/// The value of a block that nobody wrote.
pub fn absent(nested: &NestedBlock) -> Value {
    match nested.nesting_mode {
        Nesting::Single => Value::Null,
        Nesting::List | Nesting::Set => Value::List(Vec::new()),
        Nesting::Map => Value::Map(Object::new()),
        Nesting::Group => empty(&nested.block),
    }
}

/// An object of `block` in which nothing is set; blocks that must be there are there once.
pub fn empty(block: &Block) -> Value {
    let attributes = block.attributes.keys().map(|name| (name.clone(), Value::Null));
    let blocks = block.block_types.iter().map(|(name, nested)| {
        let value = if nested.min_items > 0 && matches!(nested.nesting_mode, Nesting::List | Nesting::Set) {
            Value::List(vec![empty(&nested.block)])
        } else {
            absent(nested)
        };
        (name.clone(), value)
    });
    Value::Map(attributes.chain(blocks).collect())
}

/// Joins a dotted path and a name.
pub fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
