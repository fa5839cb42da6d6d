//! What differs between two values of a resource, leaf by leaf.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::value::Value;

/// Blocks of one name beyond which their number alone is compared: pairing them costs the square of it.
const PAIRED: usize = 256;

/// An argument that is not what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference<'v> {
    /// Its path, without the indexes of repeated blocks; empty where all that is known is that something differs.
    pub path: String,
    /// What it was.
    pub before: Cow<'v, Value>,
    /// What it will be.
    pub after: Cow<'v, Value>,
}

/// What is different in `after`. What is not set, and what is empty, are the same.
pub fn differences<'v>(before: &'v Value, after: &'v Value) -> Vec<Difference<'v>> {
    let mut found = Vec::new();
    walk(before, after, &mut String::new(), &mut found);
    found
}

fn walk<'v>(before: &'v Value, after: &'v Value, path: &mut String, found: &mut Vec<Difference<'v>>) {
    if before == after || is_unset(before) && is_unset(after) {
        return;
    }
    match (before, after) {
        (Value::Map(old), Value::Map(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let part = |map: &'v std::collections::BTreeMap<String, Value>| {
                    map.get(name).unwrap_or(&Value::Null)
                };
                below(name, path, |path| walk(part(old), part(new), path, found));
            }
        }
        (Value::Map(map), Value::Null) => {
            for (name, value) in map {
                below(name, path, |path| walk(value, &Value::Null, path, found));
            }
        }
        (Value::Null, Value::Map(map)) => {
            for (name, value) in map {
                below(name, path, |path| walk(&Value::Null, value, path, found));
            }
        }
        (Value::List(old), Value::List(new)) if are_blocks(old) || are_blocks(new) => {
            blocks(old, new, path, found);
        }
        (Value::List(old), Value::Null) if are_blocks(old) => blocks(old, &[], path, found),
        (Value::Null, Value::List(new)) if are_blocks(new) => blocks(&[], new, path, found),
        _ => found.push(Difference {
            path: path.clone(),
            before: Cow::Borrowed(before),
            after: Cow::Borrowed(after),
        }),
    }
}

/// Blocks of one name: those that are the same on both sides are left out, in whatever order they come; the others are compared
/// one by one.
fn blocks<'v>(old: &'v [Value], new: &'v [Value], path: &mut String, found: &mut Vec<Difference<'v>>) {
    let number = |blocks: &[Value]| {
        #[allow(clippy::cast_precision_loss, reason = "no plan has so many blocks")]
        Cow::Owned(Value::Number(blocks.len() as f64))
    };
    if old.len().max(new.len()) > PAIRED {
        found.push(Difference { path: path.clone(), before: number(old), after: number(new) });
        return;
    }
    let mut came: Vec<&Value> = new.iter().collect();
    let mut went = Vec::new();
    for block in old {
        match came.iter().position(|other| *other == block) {
            Some(at) => drop(came.remove(at)),
            None => went.push(block),
        }
    }
    for at in 0..went.len().max(came.len()) {
        let before = went.get(at).copied().unwrap_or(&Value::Null);
        let after = came.get(at).copied().unwrap_or(&Value::Null);
        walk(before, after, path, found);
    }
}

fn below(name: &str, path: &mut String, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    if length > 0 {
        path.push('.');
    }
    path.push_str(name);
    inside(path);
    path.truncate(length);
}

fn are_blocks(list: &[Value]) -> bool {
    list.iter().any(|element| matches!(element, Value::Map(_)))
}

/// Whether it says nothing: not set, or an empty text, list or map, which providers take for the same.
fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// The values of an argument in a resource, of repeated blocks each.
pub fn at<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    match value {
        Value::List(list) if !path.is_empty() => list.iter().flat_map(|element| at(element, path)).collect(),
        value if path.is_empty() => vec![value],
        Value::Map(map) => {
            let (name, rest) = path.split_once('.').unwrap_or((path, ""));
            map.get(name).map(|value| at(value, rest)).unwrap_or_default()
        }
        // Whatever is below it is as unknown.
        Value::Unknown(_) => vec![value],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    fn told(before: &Value, after: &Value) -> Vec<String> {
        let all = differences(before, after);
        all.into_iter().map(|one| format!("{}: {} → {}", one.path, one.before, one.after)).collect()
    }

    fn number(value: f64) -> Value {
        Value::Number(value)
    }

    #[test]
    fn blocks_are_compared_whatever_their_order_and_known_by_their_path() {
        let rule = |port: f64| map(&[("port", number(port)), ("name", Value::Text("a".to_owned()))]);
        let old = map(&[("rule", Value::List(vec![rule(1.0), rule(2.0)]))]);
        let new = map(&[("rule", Value::List(vec![rule(2.0), rule(3.0)]))]);
        assert_eq!(told(&old, &new), ["rule.port: 1 → 3"]);
        let one = map(&[("rule", Value::List(vec![rule(2.0)]))]);
        assert_eq!(told(&old, &one), ["rule.name: \"a\" → null", "rule.port: 1 → null"]);
        assert_eq!(at(&old, "rule.port"), [&number(1.0), &number(2.0)]);
    }

    #[test]
    fn what_is_not_set_and_what_is_empty_are_the_same() {
        let old = map(&[("a", Value::Null), ("b", Value::List(Vec::new())), ("c", number(1.0))]);
        let new = map(&[("a", Value::Text(String::new())), ("c", number(1.0))]);
        assert!(told(&old, &new).is_empty());
    }

    #[test]
    fn a_list_of_values_is_one_argument() {
        let list = |all: &[f64]| map(&[("l", Value::List(all.iter().copied().map(number).collect()))]);
        assert_eq!(told(&list(&[1.0, 2.0]), &list(&[2.0])), ["l: [1, 2] → [2]"]);
    }
}
