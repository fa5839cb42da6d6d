//! Functions of texts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex_lite::Regex;

use super::{Computed, fault};
use crate::impact::evaluate::number;
use crate::impact::value::Value;
use crate::tree::sha256_hex;

/// The value of a call of one of these.
pub fn call(name: &str, arguments: &[Value]) -> Option<Computed> {
    use Value::{Number, Text};
    let text = |text: String| Ok(Some(Text(text)));
    Some(match (name, arguments) {
        ("lower", [Text(one)]) => text(one.to_lowercase()),
        ("upper", [Text(one)]) => text(one.to_uppercase()),
        ("trimspace", [Text(one)]) => text(one.trim().to_owned()),
        ("chomp", [Text(one)]) => text(one.trim_end_matches(['\n', '\r']).to_owned()),
        ("strrev", [Text(one)]) => text(one.chars().rev().collect()),
        ("trim", [Text(one), Text(chars)]) => text(one.trim_matches(|c| chars.contains(c)).to_owned()),
        ("trimprefix", [Text(one), Text(start)]) => {
            text(one.strip_prefix(start.as_str()).unwrap_or(one).to_owned())
        }
        ("trimsuffix", [Text(one), Text(end)]) => {
            text(one.strip_suffix(end.as_str()).unwrap_or(one).to_owned())
        }
        ("startswith", [Text(one), Text(start)]) => Ok(Some(Value::Bool(one.starts_with(start.as_str())))),
        ("endswith", [Text(one), Text(end)]) => Ok(Some(Value::Bool(one.ends_with(end.as_str())))),
        ("strcontains", [Text(one), Text(part)]) => Ok(Some(Value::Bool(one.contains(part.as_str())))),
        ("basename", [Text(one)]) => {
            text(one.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned())
        }
        ("dirname", [Text(one)]) => text(one.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned()),
        ("substr", [Text(one), Number(from), Number(length)]) => text(substr(one, *from, *length)),
        ("split", [Text(by), Text(one)]) => {
            let parts: Vec<String> = match by.is_empty() {
                true => one.chars().map(String::from).collect(),
                false => one.split(by.as_str()).map(str::to_owned).collect(),
            };
            Ok(Some(Value::List(parts.into_iter().map(Text).collect())))
        }
        ("join", [Text(by), lists @ ..]) => Ok(join(by, lists)),
        ("replace", [Text(one), Text(old), Text(new)]) => replace(one, old, new),
        ("regex", [Text(pattern), Text(one)]) => regex(pattern, one),
        ("regexall", [Text(pattern), Text(one)]) => Ok(compiled(pattern).map(|pattern| {
            Value::List(pattern.captures_iter(one).map(|captures| captured(&pattern, &captures)).collect())
        })),
        ("format", [Text(pattern), rest @ ..]) => Ok(format(pattern, rest).map(Text)),
        ("formatlist", [Text(pattern), rest @ ..]) => Ok(format_list(pattern, rest)),
        ("base64encode", [Text(one)]) => text(STANDARD.encode(one)),
        ("base64decode", [Text(one)]) => {
            match STANDARD.decode(one).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
                Some(one) => text(one),
                None => fault("base64decode of what is no base64 of a text"),
            }
        }
        ("sha256", [Text(one)]) => text(sha256_hex(one.as_bytes())),
        ("urlencode", [Text(one)]) => text(url_encoded(one)),
        ("jsonencode", [value]) if value.is_whole() => text(to_json(value).to_string()),
        ("jsondecode", [Text(one)]) => match serde_json::from_str(one) {
            Ok(json) => Ok(Some(from_json(json))),
            Err(error) => fault(format!("jsondecode: {error}")),
        },
        _ if NAMES.contains(&name) => Ok(None),
        _ => return None,
    })
}

const NAMES: [&str; 26] = [
    "lower",
    "upper",
    "trimspace",
    "chomp",
    "strrev",
    "trim",
    "trimprefix",
    "trimsuffix",
    "startswith",
    "endswith",
    "strcontains",
    "basename",
    "dirname",
    "substr",
    "split",
    "join",
    "replace",
    "regex",
    "regexall",
    "format",
    "formatlist",
    "base64encode",
    "base64decode",
    "sha256",
    "urlencode",
    "jsonencode",
];

fn substr(text: &str, from: f64, length: f64) -> String {
    let count = text.chars().count();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "counts of characters"
    )]
    let (from, length) = {
        let from = if from < 0.0 { (count as f64 + from).max(0.0) } else { from };
        (from as usize, if length < 0.0 { usize::MAX } else { length as usize })
    };
    text.chars().skip(from).take(length).collect()
}

fn join(by: &str, lists: &[Value]) -> Option<Value> {
    let mut parts = Vec::new();
    for list in lists {
        for element in list.elements()? {
            match element {
                Value::Null => {}
                element => parts.push(element.as_key()?),
            }
        }
    }
    Some(Value::Text(parts.join(by)))
}

/// A pattern of Go's as one of ours; the few forms that ours lacks give none.
fn compiled(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

fn replace(text: &str, old: &str, new: &str) -> Computed {
    let pattern = old.strip_prefix('/').and_then(|old| old.strip_suffix('/')).filter(|_| old.len() > 1);
    Ok(match pattern {
        Some(pattern) => {
            compiled(pattern).map(|pattern| Value::Text(pattern.replace_all(text, new).into_owned()))
        }
        None => Some(Value::Text(text.replace(old, new))),
    })
}

fn regex(pattern: &str, text: &str) -> Computed {
    let Some(pattern) = compiled(pattern) else { return Ok(None) };
    match pattern.captures(text) {
        Some(captures) => Ok(Some(captured(&pattern, &captures))),
        None => fault("the text does not match"),
    }
}

/// What a match gives: the groups by name, or in order, or without any the whole.
fn captured(pattern: &Regex, captures: &regex_lite::Captures<'_>) -> Value {
    let value = |group: Option<regex_lite::Match<'_>>| {
        group.map_or(Value::Null, |group| Value::Text(group.as_str().to_owned()))
    };
    let names: Vec<&str> = pattern.capture_names().flatten().collect();
    match (captures.len(), names.is_empty()) {
        (1, _) => value(captures.get(0)),
        (_, true) => Value::List((1..captures.len()).map(|at| value(captures.get(at))).collect()),
        _ => {
            Value::Map(names.into_iter().map(|name| (name.to_owned(), value(captures.name(name)))).collect())
        }
    }
}

/// `format` with the verbs that name no width; `None` for any other.
fn format(pattern: &str, arguments: &[Value]) -> Option<String> {
    let (mut out, mut rest, mut arguments) = (String::new(), pattern, arguments.iter());
    while let Some(at) = rest.find('%') {
        out += &rest[..at];
        let verb = rest[at + 1..].chars().next()?;
        rest = &rest[at + 1 + verb.len_utf8()..];
        out += &match verb {
            '%' => "%".to_owned(),
            's' | 'v' => arguments.next()?.as_key()?,
            'd' => number(arguments.next()?).filter(|number| number.fract() == 0.0)?.to_string(),
            'q' => to_json(&Value::Text(arguments.next()?.as_key()?)).to_string(),
            'x' => {
                let number =
                    number(arguments.next()?).filter(|number| number.fract() == 0.0 && *number >= 0.0)?;
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
                let number = number as u64;
                format!("{number:x}")
            }
            _ => return None,
        };
    }
    Some(out + rest)
}

fn format_list(pattern: &str, arguments: &[Value]) -> Option<Value> {
    let length = arguments.iter().filter_map(Value::elements).map(<[Value]>::len).max()?;
    let row = |at: usize| {
        let arguments: Option<Vec<Value>> = arguments
            .iter()
            .map(|argument| {
                argument.elements().map_or_else(|| Some(argument.clone()), |list| list.get(at).cloned())
            })
            .collect();
        format(pattern, &arguments?).map(Value::Text)
    };
    (0..length).map(row).collect::<Option<Vec<Value>>>().map(Value::List)
}

/// As Go's `url.QueryEscape`.
fn url_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out += &format!("%{byte:02X}"),
        }
        out
    })
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) =>
        {
            #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
            match number.fract() == 0.0 && number.abs() < 1e15 {
                true => (*number as i64).into(),
                false => (*number).into(),
            }
        }
        Value::Text(text) | Value::Unknown(text) => text.as_str().into(),
        Value::List(list) | Value::Set(list) => list.iter().map(to_json).collect(),
        Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), to_json(value))).collect(),
    }
}

fn from_json(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(list) => Value::List(list.into_iter().map(from_json).collect()),
        serde_json::Value::Object(map) => {
            Value::Map(map.into_iter().map(|(key, value)| (key, from_json(value))).collect())
        }
    }
}

/// The pattern of file names with `*`, `?` and `{a,b}` as a regular one; `None` where it has more than that.
pub fn glob(pattern: &str) -> Option<Regex> {
    let mut regex = String::from("^");
    let mut is_open = false;
    for c in pattern.chars() {
        match c {
            '*' => regex += "[^/]*",
            '?' => regex += "[^/]",
            '{' if !is_open => {
                is_open = true;
                regex += "(?:";
            }
            '}' if is_open => {
                is_open = false;
                regex += ")";
            }
            ',' if is_open => regex.push('|'),
            '[' | ']' | '\\' => return None,
            c if c.is_alphanumeric() || c == '_' => regex.push(c),
            c => {
                regex.push('\\');
                regex.push(c);
            }
        }
    }
    regex.push('$');
    Regex::new(&regex).ok()
}
