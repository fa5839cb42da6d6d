//! Where an expression stands: in which module, and which names are bound around it; and what is there several times.

use std::collections::BTreeMap;

use super::value::{ITSELF, Value};

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'s> {
    /// The module's place among the instances.
    pub module: usize,
    /// The names bound around it, the innermost first.
    pub names: Option<&'s Names<'s>>,
}

/// A bound name: `each`, `count`, a loop's variable.
#[derive(Debug, Clone, Copy)]
pub struct Names<'s> {
    /// The name.
    pub name: &'s str,
    /// What it stands for.
    pub value: &'s Value,
    /// Those around it.
    pub outer: Option<&'s Names<'s>>,
}

impl<'s> Scope<'s> {
    /// A module's own.
    pub fn of(module: usize) -> Scope<'static> {
        Scope { module, names: None }
    }

    /// What a name is bound to.
    pub fn get(&self, name: &str) -> Option<&'s Value> {
        let mut at = self.names;
        while let Some(names) = at {
            if names.name == name {
                return Some(names.value);
            }
            at = names.outer;
        }
        None
    }
}

/// What `count` or `for_each` bind for one instance; null where there is neither.
pub fn each(name: &'static str, key: Value, value: Value) -> (&'static str, Value) {
    let pairs = match name {
        "count" => vec![("index".to_owned(), key)],
        _ => vec![("key".to_owned(), key), ("value".to_owned(), value)],
    };
    (name, Value::Map(pairs.into_iter().collect()))
}

/// What is there once, or several times.
#[derive(Debug, Clone)]
pub enum Several<T> {
    /// Without `count` and `for_each`.
    Once(T),
    /// By `count`.
    Counted(Vec<T>),
    /// By `for_each`.
    Keyed(BTreeMap<String, T>),
    /// As many as only the cloud knows: one stands for all.
    Unknown(T),
}

impl<T> Several<T> {
    /// All of them.
    pub fn all(&self) -> Vec<&T> {
        match self {
            Self::Once(one) | Self::Unknown(one) => vec![one],
            Self::Counted(list) => list.iter().collect(),
            Self::Keyed(map) => map.values().collect(),
        }
    }

    /// Each made into another thing, with the key that its address ends with.
    pub fn map<U>(self, mut make: impl FnMut(String, T) -> U) -> Several<U> {
        match self {
            Self::Once(one) => Several::Once(make(String::new(), one)),
            Self::Unknown(one) => Several::Unknown(make("[*]".to_owned(), one)),
            Self::Counted(list) => {
                let make = list.into_iter().enumerate().map(|(index, one)| make(format!("[{index}]"), one));
                Several::Counted(make.collect())
            }
            Self::Keyed(map) => {
                let make = map.into_iter().map(|(key, one)| {
                    let made = make(format!("[{key:?}]"), one);
                    (key, made)
                });
                Several::Keyed(make.collect())
            }
        }
    }
}

/// An instance before it is made: what is bound in it.
pub type Binding = Option<(&'static str, Value)>;

/// The instances that a `for_each` makes.
pub fn for_each(value: &Value) -> Several<Binding> {
    match value {
        Value::Map(map) if !map.contains_key(ITSELF) => {
            let each = |(key, value): (&String, &Value)| {
                (key.clone(), Some(each("each", Value::Text(key.clone()), value.clone())))
            };
            Several::Keyed(map.iter().map(each).collect())
        }
        Value::List(list) | Value::Set(list) if list.iter().all(|element| element.as_key().is_some()) => {
            let each = |element: &Value| {
                let key = element.as_key()?;
                Some((key.clone(), Some(each("each", Value::Text(key), element.clone()))))
            };
            Several::Keyed(list.iter().filter_map(each).collect())
        }
        unknown => {
            let part = |what: &str| Value::Unknown(format!("each.{what} of {unknown}"));
            Several::Unknown(Some(each("each", part("key"), part("value"))))
        }
    }
}

/// The instances that a `count` makes.
pub fn count(value: &Value) -> Several<Binding> {
    let number = match value {
        Value::Text(text) => text.parse().ok(),
        Value::Number(number) => Some(*number),
        _ => None,
    };
    match number {
        Some(number) if (0.0..=10_000.0).contains(&number) => {
            let indexes = (0_u32..).take_while(|index| f64::from(*index) < number);
            Several::Counted(
                indexes.map(|index| Some(each("count", Value::Number(index.into()), Value::Null))).collect(),
            )
        }
        _ => Several::Unknown(Some(each(
            "count",
            Value::Unknown(format!("count.index of {value}")),
            Value::Null,
        ))),
    }
}
