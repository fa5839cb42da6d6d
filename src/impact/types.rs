//! A variable's type, as far as it changes its value: what an object's `optional` attributes are when nobody gives them.
//! Without it a figure that stands as such a default, as in a child module, would be followed nowhere.

use hcl::Expression;
use hcl::expr::ObjectKey;

use super::value::Value;

/// The value after the conversion to the type; defaults are constants, so `constant` needs no scope.
pub fn convert(value: Value, kind: &Expression, constant: &impl Fn(&Expression) -> Value) -> Value {
    let Expression::FuncCall(call) = kind else { return value };
    match (call.name.name.as_str(), call.args.as_slice(), value) {
        ("object", [Expression::Object(fields)], Value::Map(mut map)) => {
            for (key, kind) in fields {
                let ObjectKey::Identifier(key) = key else { continue };
                let (kind, default) = optional(kind);
                let given = map.remove(key.as_str()).filter(|value| *value != Value::Null);
                let value = given.unwrap_or_else(|| default.map_or(Value::Null, constant));
                map.insert(key.to_string(), convert(value, kind, constant));
            }
            Value::Map(map)
        }
        ("map", [kind], Value::Map(map)) => {
            Value::Map(map.into_iter().map(|(key, value)| (key, convert(value, kind, constant))).collect())
        }
        ("list" | "set", [kind], Value::List(list)) => {
            Value::List(list.into_iter().map(|value| convert(value, kind, constant)).collect())
        }
        (_, _, value) => value,
    }
}

/// The type within `optional`, and its default.
fn optional(kind: &Expression) -> (&Expression, Option<&Expression>) {
    match kind {
        Expression::FuncCall(call) if call.name.name.as_str() == "optional" => {
            (call.args.first().unwrap_or(kind), call.args.get(1))
        }
        _ => (kind, None),
    }
}
