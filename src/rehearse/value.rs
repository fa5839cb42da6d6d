//! Terraform values as they travel: msgpack in, msgpack out, with unknowns.
//! The encoding is the protocol's (hashicorp/terraform, docs/plugin-protocol/object-wire-format.md).

use std::collections::BTreeMap;

/// A value of Terraform's type system.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not set.
    Null,
    /// Not known yet.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number that fits.
    Float(f64),
    /// A string, or a number too large for the other two.
    Text(String),
    /// A list, set or tuple.
    List(Vec<Value>),
    /// A map or object.
    Map(BTreeMap<String, Value>),
    /// The type tag of a dynamically typed value.
    Bytes(Vec<u8>),
}

/// The attributes of an object.
pub type Object = BTreeMap<String, Value>;

/// The engine sent what is no msgpack.
#[derive(Debug, thiserror::Error)]
#[error("The engine sent a value that cannot be decoded: {0}.")]
pub struct DecodeError(String);

impl Value {
    /// Decodes msgpack; no bytes at all are null.
    ///
    /// # Errors
    /// When the bytes are not msgpack.
    pub fn decode(mut bytes: &[u8]) -> Result<Value, DecodeError> {
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        rmpv::decode::read_value(&mut bytes).map(Value::from_msgpack).map_err(|e| DecodeError(e.to_string()))
    }

    /// Encodes to msgpack.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory cannot fail.
        let _ = rmpv::encode::write_value(&mut bytes, &self.to_msgpack());
        bytes
    }

    fn from_msgpack(value: rmpv::Value) -> Value {
        match value {
            rmpv::Value::Nil => Value::Null,
            rmpv::Value::Boolean(truth) => Value::Bool(truth),
            rmpv::Value::Integer(number) => {
                number.as_i64().map_or_else(|| Value::Text(number.to_string()), Value::Int)
            }
            rmpv::Value::F32(number) => Value::Float(f64::from(number)),
            rmpv::Value::F64(number) => Value::Float(number),
            rmpv::Value::String(text) => Value::Text(String::from_utf8_lossy(text.as_bytes()).into_owned()),
            rmpv::Value::Binary(bytes) => Value::Bytes(bytes),
            rmpv::Value::Array(items) => Value::List(items.into_iter().map(Value::from_msgpack).collect()),
            rmpv::Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| {
                        (key.as_str().unwrap_or_default().to_owned(), Value::from_msgpack(value))
                    })
                    .collect(),
            ),
            // Every extension is an unknown; what it says beyond that (not null, a prefix …) may be dropped.
            rmpv::Value::Ext(..) => Value::Unknown,
        }
    }

    fn to_msgpack(&self) -> rmpv::Value {
        match self {
            Value::Null => rmpv::Value::Nil,
            Value::Unknown => rmpv::Value::Ext(0, vec![0]),
            Value::Bool(truth) => rmpv::Value::Boolean(*truth),
            Value::Int(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => rmpv::Value::Array(items.iter().map(Value::to_msgpack).collect()),
            Value::Map(entries) => rmpv::Value::Map(
                entries.iter().map(|(key, value)| (key.as_str().into(), value.to_msgpack())).collect(),
            ),
            Value::Bytes(bytes) => rmpv::Value::Binary(bytes.clone()),
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            #[allow(clippy::cast_precision_loss)]
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The elements of a list or set; none for anything else.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The attribute of an object.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Map(entries) => entries.get(name),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether it is unknown or holds something that is.
    pub fn has_unknown(&self) -> bool {
        match self {
            Value::Unknown => true,
            Value::List(items) => items.iter().any(Value::has_unknown),
            Value::Map(entries) => entries.values().any(Value::has_unknown),
            _ => false,
        }
    }

    /// The text under a name, if it is one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The text under a name, or what its absence means; none while it is unknown.
    pub fn text_or<'a>(&'a self, name: &str, absent: &'a str) -> Option<&'a str> {
        match self.get(name) {
            None | Some(Value::Null) => Some(absent),
            Some(value) => value.as_str(),
        }
    }

    /// The first block under a dotted path of lists of blocks.
    pub fn first(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(self, |value, name| match value.get(name)? {
            Value::List(items) => items.first(),
            Value::Null | Value::Unknown => None,
            value => Some(value),
        })
    }

    /// Neither null nor unknown: something that a rule can judge.
    pub fn is_set(&self) -> bool {
        !matches!(self, Value::Null | Value::Unknown)
    }

    /// As a user would write it, for messages.
    pub fn display(&self) -> String {
        match self {
            Value::Null => "null".to_owned(),
            Value::Unknown => "(known after apply)".to_owned(),
            Value::Bool(truth) => truth.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::List(items) => {
                format!("[{}]", items.iter().map(Value::display).collect::<Vec<_>>().join(", "))
            }
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{key} = {}", value.display()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Value::Bytes(_) => "(type)".to_owned(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_the_three_bytes_of_the_protocol_and_refined_unknowns_are_read() {
        assert_eq!(Value::Unknown.encode(), [0xd4, 0x00, 0x00]);
        // fixext-less ext 12 with a map {1: false}: "not null".
        let refined = [0xc7, 0x03, 0x0c, 0x81, 0x01, 0xc2];
        assert_eq!(Value::decode(&refined).unwrap(), Value::Unknown);
    }

    #[test]
    fn values_survive_the_round_trip() {
        let value = Value::Map(BTreeMap::from([
            ("list".to_owned(), Value::List(vec![Value::Int(-3), Value::Float(0.8), Value::Null])),
            ("text".to_owned(), "x".into()),
            ("flag".to_owned(), Value::Bool(true)),
        ]));
        assert_eq!(Value::decode(&value.encode()).unwrap(), value);
        assert!(Value::decode(&[0x92, 0x01]).is_err(), "cut short");
    }
}
