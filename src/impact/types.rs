//! A variable's type, as far as it changes its value: sets have no order, objects lose what the type does not name, and what an
//! object's `optional` attributes are when nobody gives them.

use hcl_edit::expr::{Expression, Object, ObjectKey};

use super::evaluate::{number, truth};
use super::value::Value;

/// The value after the conversion to the type; defaults are constants, so `constant` needs no scope.
pub fn convert(value: Value, kind: &Expression, constant: &impl Fn(&Expression) -> Value) -> Value {
    let call = match kind {
        Expression::Variable(name) => return primitive(value, name.as_str()),
        // As JSON syntax and old files have it.
        Expression::String(name) => return primitive(value, name.value()),
        Expression::FuncCall(call) => call,
        _ => return value,
    };
    let argument = call.args.iter().next();
    let each = |list: Vec<Value>, kind: &Expression| -> Vec<Value> {
        list.into_iter().map(|value| convert(value, kind, constant)).collect()
    };
    match (call.name.name.as_str(), argument, value) {
        ("object", Some(Expression::Object(fields)), value @ Value::Map(_)) => {
            object(&value, fields, constant)
        }
        ("map", Some(kind), Value::Map(map)) => {
            Value::Map(map.into_iter().map(|(key, value)| (key, convert(value, kind, constant))).collect())
        }
        ("list", Some(kind), Value::List(list) | Value::Set(list)) => Value::List(each(list, kind)),
        ("set", Some(kind), Value::List(list) | Value::Set(list)) => Value::set(each(list, kind)),
        (_, _, value) => value,
    }
}

fn object(value: &Value, fields: &Object, constant: &impl Fn(&Expression) -> Value) -> Value {
    let field = |(key, kind): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
        let key = match key {
            ObjectKey::Ident(key) => key.as_str().to_owned(),
            ObjectKey::Expression(key) => key.as_str()?.to_owned(),
        };
        let (kind, default) = optional(kind.expr());
        let given = value.part(&Value::Text(key.clone())).ok().filter(|value| **value != Value::Null);
        let value = given.map_or_else(|| default.map_or(Value::Null, constant), |value| value.into_owned());
        Some((key, convert(value, kind, constant)))
    };
    Value::Map(fields.iter().filter_map(field).collect())
}

fn primitive(value: Value, kind: &str) -> Value {
    match (kind, &value) {
        ("string", Value::Number(_) | Value::Bool(_)) => value.as_key().map_or(Value::Null, Value::Text),
        ("number", Value::Text(_)) => number(&value).map_or(value, Value::Number),
        ("bool", Value::Text(_)) => truth(&value).map_or(value, Value::Bool),
        _ => value,
    }
}

/// The type within `optional`, and its default.
fn optional(kind: &Expression) -> (&Expression, Option<&Expression>) {
    match kind {
        Expression::FuncCall(call) if call.name.name.as_str() == "optional" => {
            let mut arguments = call.args.iter();
            (arguments.next().unwrap_or(kind), arguments.next())
        }
        _ => (kind, None),
    }
}
