//! The arguments of `terraform.tfvars`: their paths, their values, and what else each could be.

use hcl::Expression;
use hcl::expr::ObjectKey;
use ipnet::IpNet;

use super::configuration::Configuration;
use super::evaluate::{Evaluation, Scope};
use super::value::Value;

/// The name of an object's key.
fn key_of(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Identifier(name) => name.to_string(),
        ObjectKey::Expression(Expression::String(text)) => text.clone(),
        other => other.to_string(),
    }
}

/// Hands over each leaf below an expression, with its path.
pub fn leaves(expression: &Expression, path: String, take: &mut impl FnMut(String, &Expression)) {
    match expression {
        Expression::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                leaves(value, format!("{path}.{}", key_of(key)), take);
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
                replace(value, &format!("{path}.{}", key_of(key)), other);
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
    let nothing = Configuration::default();
    Evaluation::new(&nothing).evaluate(expression, &Scope { instance: 0, bound: Vec::new() })
}

/// Other values than this one, each with its name: what a person would try.
pub fn others(leaf: &Expression) -> Vec<(String, Expression)> {
    let number = |value: f64| (value.to_string(), Expression::from(value));
    match leaf {
        Expression::Bool(value) => vec![((!value).to_string(), Expression::Bool(!value))],
        Expression::Number(value) => {
            let value = value.as_f64().unwrap_or_default();
            let smaller = (value >= 1.0).then(|| number(value - 1.0));
            [number(value + 1.0)].into_iter().chain(smaller).collect()
        }
        Expression::Array(list) => {
            let mut more = list.clone();
            more.push(Expression::String("another".to_owned()));
            let mut all = vec![("one more".to_owned(), Expression::Array(more))];
            if list.len() > 1 {
                let fewer = list[..list.len() - 1].to_vec();
                all.push(("one fewer".to_owned(), Expression::Array(fewer)));
            }
            all
        }
        Expression::String(text) => match (text.parse::<IpNet>(), text.parse::<u32>()) {
            (Ok(range), _) => {
                let around = range.supernet().map(|range| ("a wider one".to_owned(), range));
                let inside = range.subnets(range.prefix_len() + 1).ok().and_then(|mut halves| halves.next());
                let inside = inside.map(|range| ("a narrower one".to_owned(), range));
                let written = |(to, range): (String, IpNet)| (to, Expression::String(range.to_string()));
                around.into_iter().chain(inside).map(written).collect()
            }
            (_, Ok(version)) => [version.checked_add(1), version.checked_sub(1)]
                .into_iter()
                .flatten()
                .map(|version| (format!("\"{version}\""), Expression::String(version.to_string())))
                .collect(),
            _ => vec![("another".to_owned(), Expression::String("another".to_owned()))],
        },
        Expression::Null => Vec::new(),
        _ => vec![("another".to_owned(), Expression::String("another".to_owned()))],
    }
}
