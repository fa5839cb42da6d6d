//! Functions of lists, sets and maps.

use std::collections::BTreeMap;

use super::{Computed, fault};
use crate::impact::value::{ITSELF, Value};

type Map = BTreeMap<String, Value>;

/// The value of a call of one of these.
pub fn call(name: &str, arguments: &[Value]) -> Option<Computed> {
    Some(match (name, arguments) {
        ("length", [value]) => Ok(length(value)),
        ("keys", [value]) => {
            Ok(value.entries().map(|map| Value::List(map.keys().cloned().map(Value::Text).collect())))
        }
        ("values", [value]) => Ok(value.entries().map(|map| Value::List(map.values().cloned().collect()))),
        ("merge", maps) => Ok(merge(maps)),
        ("concat", lists) => {
            let lists: Option<Vec<&[Value]>> = lists.iter().map(Value::elements).collect();
            Ok(lists.map(|lists| Value::List(lists.concat())))
        }
        ("flatten", [value]) => Ok(flatten(value).map(Value::List)),
        ("toset", [value]) => Ok(value.elements().map(|list| Value::set(list.to_vec()))),
        ("tolist", [value]) => Ok(value.elements().map(|list| Value::List(list.to_vec()))),
        ("tomap", [value]) => Ok(value.entries().cloned().map(Value::Map)),
        ("compact", [value]) => Ok(compact(value)),
        ("distinct", [value]) => Ok(distinct(value)),
        ("reverse", [Value::List(list)]) => Ok(Some(Value::List(list.iter().rev().cloned().collect()))),
        ("slice", [Value::List(list), Value::Number(from), Value::Number(to)]) => {
            match (index(*from), index(*to)) {
                (Some(from), Some(to)) if from <= to && to <= list.len() => {
                    Ok(Some(Value::List(list[from..to].to_vec())))
                }
                _ => fault(format!("slice has no part from {from} to {to} of {}", list.len())),
            }
        }
        ("chunklist", [Value::List(list), Value::Number(size)]) => match index(*size) {
            Some(0) => Ok(Some(Value::List(vec![Value::List(list.clone())]))),
            Some(size) => {
                Ok(Some(Value::List(list.chunks(size).map(|chunk| Value::List(chunk.to_vec())).collect())))
            }
            None => fault("chunklist has no such size"),
        },
        ("contains", [value, wanted]) => Ok(contains(value, wanted)),
        ("index", [value, wanted]) => match value.elements() {
            Some(list) => find(list, wanted),
            None => Ok(None),
        },
        ("lookup", [value, key, rest @ ..]) => Ok(lookup(value, key, rest.first())),
        ("element", [value, Value::Number(at)]) => match value.elements() {
            Some([]) => fault("element of an empty list"),
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "lists are short")]
            Some(list) => {
                let at = (*at as i64).rem_euclid(list.len() as i64);
                Ok(usize::try_from(at).ok().and_then(|at| list.get(at)).cloned())
            }
            None => Ok(None),
        },
        ("one", [Value::Null]) => Ok(Some(Value::Null)),
        ("one", [value]) => match value.elements() {
            Some([]) => Ok(Some(Value::Null)),
            Some([one]) => Ok(Some(one.clone())),
            Some(_) => fault("one of several"),
            None => Ok(None),
        },
        ("coalesce", values) => match values
            .iter()
            .find(|value| !matches!(value, Value::Null) && **value != Value::Text(String::new()))
        {
            Some(value) => Ok(Some(value.clone()).filter(Value::is_known)),
            None => fault("coalesce of nothing"),
        },
        ("coalescelist", values) => {
            match values.iter().find(|value| value.elements().is_none_or(|list| !list.is_empty())) {
                Some(value) => Ok(Some(value.clone()).filter(Value::is_known)),
                None => fault("coalescelist of nothing"),
            }
        }
        ("zipmap", [Value::List(keys), Value::List(values)]) => {
            let pairs = keys.iter().zip(values).map(|(key, value)| Some((key.as_key()?, value.clone())));
            Ok(pairs.collect::<Option<Map>>().map(Value::Map))
        }
        ("matchkeys", [Value::List(values), Value::List(keys), wanted]) => {
            Ok(wanted.elements().and_then(|wanted| {
                let mut found = Vec::new();
                for (value, key) in values.iter().zip(keys) {
                    if any(wanted.iter().map(|wanted| wanted.equals(key)))? {
                        found.push(value.clone());
                    }
                }
                Some(Value::List(found))
            }))
        }
        ("transpose", [value]) => Ok(value.entries().and_then(transpose)),
        ("setproduct", sets) => Ok(product(sets)),
        ("setunion" | "setintersection" | "setsubtract", sets) => Ok(combine(name, sets)),
        ("sort", [value]) => Ok(sort(value)),
        ("alltrue" | "anytrue", [value]) => Ok(value.elements().and_then(|list| {
            let decides = name == "anytrue";
            let truths = list.iter().map(|value| match value {
                Value::Unknown(_) => None,
                value => Some(crate::impact::evaluate::truth(value) == Some(decides)),
            });
            any(truths).map(|found| Value::Bool(found == decides))
        })),
        ("range", numbers) => Ok(range(numbers)),
        _ if NAMES.contains(&name) => Ok(None),
        _ => return None,
    })
}

const NAMES: [&str; 28] = [
    "length",
    "keys",
    "values",
    "flatten",
    "toset",
    "tolist",
    "tomap",
    "compact",
    "distinct",
    "reverse",
    "slice",
    "chunklist",
    "contains",
    "index",
    "lookup",
    "element",
    "one",
    "zipmap",
    "matchkeys",
    "transpose",
    "setproduct",
    "setunion",
    "setintersection",
    "setsubtract",
    "sort",
    "alltrue",
    "anytrue",
    "range",
];

fn length(value: &Value) -> Option<Value> {
    #[allow(clippy::cast_precision_loss, reason = "nothing is so long")]
    let number = |length: usize| Value::Number(length as f64);
    Some(match value {
        Value::Text(text) => {
            use unicode_segmentation::UnicodeSegmentation as _;
            number(text.graphemes(true).count())
        }
        Value::List(list) => number(list.len()),
        // Elements that only the cloud knows may turn out to be one.
        Value::Set(list) if list.len() < 2 || list.iter().all(Value::is_whole) => number(list.len()),
        value => number(value.entries()?.len()),
    })
}

fn merge(maps: &[Value]) -> Option<Value> {
    let mut merged = Map::new();
    for map in maps {
        match map {
            Value::Map(map) => merged.extend(map.iter().map(|(key, value)| (key.clone(), value.clone()))),
            Value::Null => {}
            _ => return None,
        }
    }
    // A whole resource among them may have more keys than are known, and the last one's win.
    let resources =
        maps.iter().filter(|map| matches!(map, Value::Map(map) if map.contains_key(ITSELF))).count();
    (resources == 0 || maps.len() == 1).then_some(Value::Map(merged))
}

fn flatten(value: &Value) -> Option<Vec<Value>> {
    let mut flat = Vec::new();
    for element in value.elements()? {
        match element {
            Value::List(_) | Value::Set(_) => flat.extend(flatten(element)?),
            // It may be a list.
            Value::Unknown(_) => return None,
            element => flat.push(element.clone()),
        }
    }
    Some(flat)
}

fn compact(value: &Value) -> Option<Value> {
    let list = value.elements()?;
    // What is not known may be empty.
    let is_decided = list.iter().all(|element| !matches!(element, Value::Unknown(_)));
    let empty = Value::Text(String::new());
    let kept = list.iter().filter(|element| **element != Value::Null && **element != empty);
    is_decided.then(|| Value::List(kept.cloned().collect()))
}

fn distinct(value: &Value) -> Option<Value> {
    let mut found: Vec<Value> = Vec::new();
    for element in value.elements()? {
        if !any(found.iter().map(|found| found.equals(element)))? {
            found.push(element.clone());
        }
    }
    Some(Value::List(found))
}

fn contains(value: &Value, wanted: &Value) -> Option<Value> {
    any(value.elements()?.iter().map(|element| element.equals(wanted))).map(Value::Bool)
}

fn find(list: &[Value], wanted: &Value) -> Computed {
    for (at, element) in list.iter().enumerate() {
        match element.equals(wanted) {
            #[allow(clippy::cast_precision_loss, reason = "no list has so many elements")]
            Some(true) => return Ok(Some(Value::Number(at as f64))),
            Some(false) => {}
            None => return Ok(None),
        }
    }
    fault("index finds no such element")
}

/// Whether any is true; `None` where one is not known and none is.
fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(true) => return Some(true),
            Some(false) => {}
            None => known = false,
        }
    }
    known.then_some(false)
}

fn lookup(value: &Value, key: &Value, default: Option<&Value>) -> Option<Value> {
    let map = value.entries()?;
    map.get(&key.as_key()?).or(default).cloned()
}

fn transpose(map: &Map) -> Option<Value> {
    let mut turned: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (key, values) in map {
        for value in values.elements()? {
            turned.entry(value.as_key()?).or_default().push(Value::Text(key.clone()));
        }
    }
    Some(Value::Map(turned.into_iter().map(|(key, list)| (key, Value::List(list))).collect()))
}

fn product(sets: &[Value]) -> Option<Value> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for set in sets {
        let elements = set.elements()?;
        rows = rows
            .iter()
            .flat_map(|row| elements.iter().map(|one| [row.as_slice(), std::slice::from_ref(one)].concat()))
            .collect();
    }
    let rows = rows.into_iter().map(Value::List).collect();
    let is_set = sets.iter().any(|set| matches!(set, Value::Set(_)));
    Some(if is_set { Value::set(rows) } else { Value::List(rows) })
}

fn combine(name: &str, sets: &[Value]) -> Option<Value> {
    let lists: Vec<&[Value]> = sets.iter().map(Value::elements).collect::<Option<_>>()?;
    let (first, rest) = lists.split_first()?;
    if name == "setunion" {
        return Some(Value::set(lists.concat()));
    }
    let mut kept = Vec::new();
    for element in *first {
        let is_in = |list: &&[Value]| any(list.iter().map(|other| other.equals(element)));
        let is_kept = match name {
            "setsubtract" => !any(rest.iter().map(is_in))?,
            _ => {
                let mut all = true;
                for list in rest {
                    all &= is_in(list)?;
                }
                all
            }
        };
        if is_kept {
            kept.push(element.clone());
        }
    }
    Some(Value::set(kept))
}

fn sort(value: &Value) -> Option<Value> {
    let texts: Option<Vec<String>> = value.elements()?.iter().map(Value::as_key).collect();
    let mut texts = texts?;
    texts.sort();
    Some(Value::List(texts.into_iter().map(Value::Text).collect()))
}

fn range(numbers: &[Value]) -> Option<Value> {
    let numbers: Vec<f64> = numbers.iter().map(crate::impact::evaluate::number).collect::<Option<_>>()?;
    let (from, to, step) = match numbers.as_slice() {
        [to] => (0.0, *to, if *to < 0.0 { -1.0 } else { 1.0 }),
        [from, to] => (*from, *to, if to < from { -1.0 } else { 1.0 }),
        [from, to, step] => (*from, *to, *step),
        _ => return None,
    };
    let mut list = Vec::new();
    let mut at = from;
    // An engine takes no more either.
    while step != 0.0 && (if step > 0.0 { at < to } else { at > to }) && list.len() <= 1024 {
        list.push(Value::Number(at));
        at += step;
    }
    (step != 0.0 && list.len() <= 1024).then_some(Value::List(list))
}

fn index(number: f64) -> Option<usize> {
    let is_index = number >= 0.0 && number.fract() == 0.0 && number < 1e9;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
    is_index.then_some(number as usize)
}
