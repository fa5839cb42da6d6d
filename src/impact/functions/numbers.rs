//! Functions of numbers, and conversions.

use super::{Computed, fault};
use crate::impact::evaluate::{number, truth};
use crate::impact::value::Value;

/// The value of a call of one of these.
pub fn call(name: &str, arguments: &[Value]) -> Option<Computed> {
    let one = || arguments.first().and_then(number);
    let of = |compute: fn(f64) -> f64| Ok(one().map(|value| Value::Number(compute(value))));
    Some(match (name, arguments) {
        ("floor", [_]) => of(f64::floor),
        ("ceil", [_]) => of(f64::ceil),
        ("abs", [_]) => of(f64::abs),
        ("signum", [_]) => of(|value| if value == 0.0 { 0.0 } else { value.signum() }),
        ("pow", [base, power]) => {
            Ok(number(base).zip(number(power)).map(|(base, power)| Value::Number(base.powf(power))))
        }
        ("min", values) => Ok(fold(values, f64::min)),
        ("max", values) => Ok(fold(values, f64::max)),
        ("sum", [value]) => Ok(value.elements().and_then(|values| fold(values, |a, b| a + b))),
        ("parseint", [text, base]) => match (text.as_key(), number(base)) {
            (Some(text), Some(base)) => parse(&text, base),
            _ => Ok(None),
        },
        ("tonumber", [Value::Null]) | ("tostring", [Value::Null]) | ("tobool", [Value::Null]) => {
            Ok(Some(Value::Null))
        }
        ("tonumber", [value]) => match (number(value), value) {
            (Some(number), _) => Ok(Some(Value::Number(number))),
            (None, Value::Text(text)) => fault(format!("{text:?} is no number")),
            _ => Ok(None),
        },
        ("tostring", [value]) => Ok(value.as_key().map(Value::Text)),
        ("tobool", [value]) => match (truth(value), value) {
            (Some(value), _) => Ok(Some(Value::Bool(value))),
            (None, Value::Text(text)) => fault(format!("{text:?} is no truth value")),
            _ => Ok(None),
        },
        _ if NAMES.contains(&name) => Ok(None),
        _ => return None,
    })
}

const NAMES: [&str; 12] = [
    "floor", "ceil", "abs", "signum", "pow", "min", "max", "sum", "parseint", "tonumber", "tostring",
    "tobool",
];

fn fold(values: &[Value], combine: fn(f64, f64) -> f64) -> Option<Value> {
    let numbers: Vec<f64> = values.iter().map(number).collect::<Option<_>>()?;
    numbers.into_iter().reduce(combine).map(Value::Number)
}

fn parse(text: &str, base: f64) -> Computed {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
    let base = (2.0..=36.0).contains(&base).then_some(base as u32);
    let parsed = base.and_then(|base| i64::from_str_radix(text, base).ok());
    match parsed {
        #[allow(clippy::cast_precision_loss, reason = "f64 is what figures are kept as")]
        Some(number) => Ok(Some(Value::Number(number as f64))),
        None => fault(format!("{text:?} is no number of that base")),
    }
}
