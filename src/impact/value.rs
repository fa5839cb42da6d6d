//! What is known of an expression without a cloud: a value, or the text of what cannot be known.
//! Two texts that are equal stand for equal values, which is all that a comparison needs.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use ipnet::IpNet;

/// What the text of a value ends with that only the apply will tell.
pub const LATE: &str = " (known after apply)";

/// The key under which a map that is a whole resource has its own address: whatever else it lacks is known by that.
pub const ITSELF: &str = "\0";

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
    /// Elements without an order, sorted; only while something is evaluated, for what a resource is set to is a list.
    Set(Vec<Value>),
    /// Values by key.
    Map(BTreeMap<String, Value>),
    /// An expression that only an apply can know, in one spelling.
    Unknown(String),
}

/// Why an expression has no value: an engine would refuse it too, or fall back where it stands in a `try`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault(pub String);

impl Value {
    /// What only the apply will tell.
    pub fn late(text: impl fmt::Display) -> Value {
        Self::Unknown(format!("{text}{LATE}"))
    }

    /// The elements without order, each once.
    pub fn set(elements: Vec<Value>) -> Value {
        let mut named: Vec<(String, Value)> = elements
            .into_iter()
            .map(|element| (element.as_key().unwrap_or_else(|| element.to_string()), element))
            .collect();
        named.sort_by(|(a, _), (b, _)| a.cmp(b));
        named.dedup_by(|(_, a), (_, b)| a == b);
        Self::Set(named.into_iter().map(|(_, element)| element).collect())
    }

    /// The key that this value is in a map, or the text that it is in a string.
    pub fn as_key(&self) -> Option<String> {
        match self {
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(value) => Some(value.to_string()),
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The elements of a list or set.
    pub fn elements(&self) -> Option<&[Value]> {
        match self {
            Self::List(elements) | Self::Set(elements) => Some(elements),
            _ => None,
        }
    }

    /// The values by key of a map that is no resource.
    pub fn entries(&self) -> Option<&BTreeMap<String, Value>> {
        match self {
            Self::Map(map) if !map.contains_key(ITSELF) => Some(map),
            _ => None,
        }
    }

    /// Whether it is known without looking inside.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Map(map) => !map.contains_key(ITSELF),
            _ => true,
        }
    }

    /// Whether all of it is known.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(list) | Self::Set(list) => list.iter().all(Self::is_whole),
            Self::Map(map) => map.values().all(Self::is_whole),
            _ => true,
        }
    }

    /// Whether part of it is known only after an apply.
    pub fn is_late(&self) -> bool {
        match self {
            Self::Unknown(text) => text.contains(LATE),
            Self::List(list) | Self::Set(list) => list.iter().any(Self::is_late),
            Self::Map(map) => map.values().any(Self::is_late),
            _ => false,
        }
    }

    /// Whether two values are the same; `None` where only the cloud knows.
    pub fn equals(&self, other: &Value) -> Option<bool> {
        match (self, other) {
            (Self::Unknown(a), Self::Unknown(b)) if a == b && !a.contains(LATE) => Some(true),
            (a, b) if !a.is_known() || !b.is_known() => None,
            (Self::List(a), Self::List(b)) | (Self::Set(a), Self::Set(b)) => {
                if a.len() != b.len() {
                    // Elements of a set that only the cloud knows may turn out to be one.
                    return (a.iter().chain(b).all(Self::is_whole) || matches!(self, Self::List(_)))
                        .then_some(false);
                }
                all(a.iter().zip(b).map(|(a, b)| a.equals(b)))
            }
            (Self::Map(a), Self::Map(b)) => {
                if !a.keys().eq(b.keys()) {
                    return Some(false);
                }
                all(a.values().zip(b.values()).map(|(a, b)| a.equals(b)))
            }
            (a, b) => Some(a == b),
        }
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
    ///
    /// # Errors
    /// There is no such part.
    pub fn part(&self, key: &Value) -> Result<Cow<'_, Value>, Fault> {
        match (self, key) {
            (Self::Unknown(text), key) => Ok(Cow::Owned(part_of(text, key))),
            (whole, Self::Unknown(key)) => Ok(Cow::Owned(Self::Unknown(format!("{whole}[{key}]")))),
            (Self::Map(map), key) => {
                let Some(name) = key.as_key() else { return Err(Fault(format!("{key} is no key"))) };
                match (map.get(&name), map.get(ITSELF)) {
                    (Some(value), None) => Ok(Cow::Borrowed(value)),
                    // What a resource is not set to its provider decides.
                    (None | Some(Self::Null), Some(Self::Unknown(address))) => {
                        Ok(Cow::Owned(part_of(address, key)))
                    }
                    (Some(Self::List(blocks)), Some(Self::Unknown(address)))
                        if blocks.iter().all(is_block) =>
                    {
                        let address = part_text(address, key);
                        Ok(Cow::Owned(Self::List(
                            blocks.iter().enumerate().map(|(at, block)| named(block, &address, at)).collect(),
                        )))
                    }
                    (Some(value), _) => Ok(Cow::Borrowed(value)),
                    (None, _) => Err(Fault(format!("there is no {name:?}"))),
                }
            }
            (Self::List(list), key) => {
                let index = match key {
                    Self::Number(index) => Some(*index),
                    Self::Text(text) => text.parse().ok(),
                    _ => None,
                };
                let index = index.filter(|index| *index >= 0.0 && index.fract() == 0.0);
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
                let element = index.and_then(|index| list.get(index as usize));
                element
                    .map(Cow::Borrowed)
                    .ok_or_else(|| Fault(format!("there is no element {key} among {}", list.len())))
            }
            (other, _) => Err(Fault(format!("{other} has no parts"))),
        }
    }

    /// As what a resource is set to: sets as lists, and no address of a whole resource.
    pub fn settled(self) -> Value {
        match self {
            Self::Set(list) | Self::List(list) => Self::List(list.into_iter().map(Self::settled).collect()),
            Self::Map(map) => {
                let own = map.into_iter().filter(|(key, _)| key != ITSELF);
                Self::Map(own.map(|(key, value)| (key, value.settled())).collect())
            }
            other => other,
        }
    }
}

/// Whether all are true; `None` where one is not known and none is false.
fn all(mut parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts.by_ref() {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = false,
        }
    }
    known.then_some(true)
}

fn is_block(value: &Value) -> bool {
    matches!(value, Value::Map(_))
}

/// A block of a resource, known by its place in it.
fn named(block: &Value, address: &str, at: usize) -> Value {
    let Value::Map(map) = block else { return block.clone() };
    let mut map = map.clone();
    map.insert(ITSELF.to_owned(), part_of(address, &Value::Text(at.to_string())));
    Value::Map(map)
}

fn part_of(text: &str, key: &Value) -> Value {
    Value::Unknown(part_text(text, key))
}

/// The text of a part; that it is known late stays at its end.
fn part_text(text: &str, key: &Value) -> String {
    let (base, end) = text.strip_suffix(LATE).map_or((text, ""), |base| (base, LATE));
    match key {
        Value::Text(key) if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{base}[{key}]{end}")
        }
        Value::Text(key) if is_identifier(key) => format!("{base}.{key}{end}"),
        _ => format!("{base}[{key}]{end}"),
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
            Self::List(list) | Self::Set(list) => {
                f.write_str("[")?;
                for (index, value) in list.iter().enumerate() {
                    write!(f, "{}{value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Map(map) => {
                if let Some(address) = map.get(ITSELF) {
                    write!(f, "{address} with ")?;
                }
                f.write_str("{")?;
                for (index, (key, value)) in map.iter().filter(|(key, _)| *key != ITSELF).enumerate() {
                    write!(f, "{}{key} = {value}", if index == 0 { " " } else { ", " })?;
                }
                f.write_str(" }")
            }
        }
    }
}
