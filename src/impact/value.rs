//! What is known of an expression without a cloud: a value, or the text of what cannot be known.
//! Two texts that are equal stand for equal values, which is all that a comparison needs.

use std::collections::BTreeMap;
use std::fmt;

use ipnet::IpNet;

/// A value of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Elements in order.
    List(Vec<Value>),
    /// Values by key.
    Map(BTreeMap<String, Value>),
    /// An expression that only an apply can know, in one spelling.
    Unknown(String),
}

impl Value {
    /// The key that this value is in a map, or the text that it is in a string.
    pub fn as_key(&self) -> Option<String> {
        match self {
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(value) => Some(value.to_string()),
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// Whether it is known without looking inside.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    /// Whether going from `self` to `other` takes something away: a smaller number or range, fewer elements.
    pub fn shrinks_to(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::Number(old), Self::Number(new)) => new < old,
            (Self::Text(old), Self::Text(new)) => match (old.parse::<IpNet>(), new.parse::<IpNet>()) {
                (Ok(old), Ok(new)) => !new.contains(&old),
                // A figure in quotes, as versions are.
                _ => matches!((old.parse::<f64>(), new.parse::<f64>()), (Ok(old), Ok(new)) if new < old),
            },
            // A range stays where a wider one has it.
            (Self::List(old), Self::List(new)) => !old.iter().all(|element| {
                new.contains(element)
                    || element.range().is_some_and(|range| {
                        new.iter().filter_map(Self::range).any(|other| other.contains(&range))
                    })
            }),
            (Self::Map(old), Self::Map(new)) => !old.keys().all(|key| new.contains_key(key)),
            (old, Self::Null) => *old != Self::Null,
            _ => false,
        }
    }

    /// The address range that it is, if it is one.
    fn range(&self) -> Option<IpNet> {
        match self {
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The part under a key: of a map its value, of a list its element.
    pub fn part(&self, key: &Value) -> Value {
        match (self, key) {
            (Self::Map(map), key) => key
                .as_key()
                .map_or_else(|| self.unknown_part(key), |key| map.get(&key).cloned().unwrap_or(Self::Null)),
            (Self::List(list), Self::Number(index)) if *index >= 0.0 => {
                // Truncation is what an index means; HCL refuses fractions.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let index = *index as usize;
                list.get(index).cloned().unwrap_or(Self::Null)
            }
            (Self::Null, _) => Self::Null,
            _ => self.unknown_part(key),
        }
    }

    fn unknown_part(&self, key: &Value) -> Value {
        Self::Unknown(match (self, key) {
            (Self::Unknown(text), Self::Text(key)) if is_identifier(key) => format!("{text}.{key}"),
            _ => format!("{self}[{key}]"),
        })
    }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'_' || byte == b'-' || byte.is_ascii_alphanumeric())
}

/// As a person would write it in a report.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Unknown(text) => f.write_str(text),
            Self::List(list) => {
                f.write_str("[")?;
                for (index, value) in list.iter().enumerate() {
                    write!(f, "{}{value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Map(map) => {
                f.write_str("{")?;
                for (index, (key, value)) in map.iter().enumerate() {
                    write!(f, "{}{key} = {value}", if index == 0 { " " } else { ", " })?;
                }
                f.write_str(" }")
            }
        }
    }
}
