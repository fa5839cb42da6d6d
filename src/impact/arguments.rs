//! The arguments of `terraform.tfvars`: their paths, their values, and what else each could be.

use std::collections::BTreeMap;

use hcl_edit::Number;
use hcl_edit::expr::{Array, Expression, ObjectKey};
use ipnet::IpNet;

use super::value::Value;

/// The name of an object's key.
fn key_of(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Ident(name) => name.as_str().to_owned(),
        ObjectKey::Expression(key) => {
            key.as_str().map_or_else(|| key.to_string().trim().to_owned(), str::to_owned)
        }
    }
}

/// Hands over each leaf below an expression, with its path.
pub fn leaves(expression: &Expression, path: String, take: &mut impl FnMut(String, &Expression)) {
    match expression {
        Expression::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                leaves(value.expr(), format!("{path}.{}", key_of(key)), take);
            }
        }
        leaf => take(path, leaf),
    }
}

/// Puts another expression in place of each leaf for which there is one.
pub fn replace(expression: &mut Expression, path: &str, other: &mut impl FnMut(&str) -> Option<Expression>) {
    match expression {
        Expression::Object(object) if !object.is_empty() => {
            for (key, value) in object.iter_mut() {
                replace(value.expr_mut(), &format!("{path}.{}", key_of(key.get())), other);
            }
        }
        leaf => {
            if let Some(other) = other(path) {
                *leaf = other;
            }
        }
    }
}

/// A literal as a value.
pub fn literal(expression: &Expression) -> Value {
    match expression {
        Expression::Null(_) => Value::Null,
        Expression::Bool(value) => Value::Bool(*value.value()),
        Expression::Number(number) => Value::Number(number.value().as_f64().unwrap_or(f64::NAN)),
        Expression::String(text) => Value::Text(text.value().clone()),
        Expression::Array(list) => Value::List(list.iter().map(literal).collect()),
        Expression::Object(object) => {
            let pairs = object.iter().map(|(key, value)| (key_of(key), literal(value.expr())));
            Value::Map(pairs.collect::<BTreeMap<_, _>>())
        }
        other => Value::Unknown(other.to_string().trim().to_owned()),
    }
}

/// Other values than this one, each with its name: what a person would try.
pub fn others(leaf: &Expression) -> Vec<(String, Expression)> {
    let number = |value: f64| Some((value.to_string(), Expression::from(Number::from_f64(value)?)));
    match leaf {
        Expression::Bool(value) => {
            let other = !*value.value();
            vec![(other.to_string(), Expression::from(other))]
        }
        Expression::Number(value) => match value.value().as_f64() {
            Some(value) => {
                let smaller = (value >= 1.0).then(|| number(value - 1.0)).flatten();
                number(value + 1.0).into_iter().chain(smaller).collect()
            }
            None => Vec::new(),
        },
        Expression::Array(list) => {
            let elements: Vec<Expression> = list.iter().cloned().collect();
            let more = elements.iter().cloned().chain([Expression::from("another")]).collect::<Array>();
            let mut all = vec![("one more".to_owned(), Expression::from(more))];
            if elements.len() > 1 {
                let fewer = elements[..elements.len() - 1].iter().cloned().collect::<Array>();
                all.push(("one fewer".to_owned(), Expression::from(fewer)));
            }
            all
        }
        Expression::String(text) => match (text.value().parse::<IpNet>(), text.value().parse::<u32>()) {
            (Ok(range), _) => {
                let around = range.supernet().map(|range| ("a wider one".to_owned(), range));
                let inside = range.subnets(range.prefix_len() + 1).ok().and_then(|mut halves| halves.next());
                let inside = inside.map(|range| ("a narrower one".to_owned(), range));
                let written = |(to, range): (String, IpNet)| (to, Expression::from(range.to_string()));
                around.into_iter().chain(inside).map(written).collect()
            }
            (_, Ok(version)) => [version.checked_add(1), version.checked_sub(1)]
                .into_iter()
                .flatten()
                .map(|version| (format!("\"{version}\""), Expression::from(version.to_string())))
                .collect(),
            _ => vec![("another".to_owned(), Expression::from("another"))],
        },
        Expression::Null(_) => Vec::new(),
        _ => vec![("another".to_owned(), Expression::from("another"))],
    }
}
