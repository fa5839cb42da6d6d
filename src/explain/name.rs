//! What a question names: a figure of `size`, an argument of `terraform.tfvars`, or a resource, in the spellings that people
//! and programs have for them.

use serde_json::Value;

use crate::catalog;
use crate::impact::Directory;

/// What is asked for.
pub enum Asked {
    /// A figure, by its key in `size --format json`.
    Figure { key: String, value: Value },
    /// An argument of `terraform.tfvars`.
    Argument { path: String, value: String },
    /// A resource, the key of one of its instances and one of its arguments.
    Resource { address: String, key: Option<String>, argument: Option<String> },
}

/// Finds what `what` names; the error is what to write instead.
pub fn find(
    what: &str,
    figures: &Value,
    clusters: &[&str],
    directory: &Directory<'_>,
) -> Result<Asked, String> {
    let keys = keys(figures);
    let plain = what.strip_prefix("var.").unwrap_or(what);
    let wanted = counted(plain, clusters);
    if let Some((key, value)) = keys.iter().find(|(key, _)| *key == wanted && !what.starts_with("var.")) {
        return Ok(Asked::Figure { key: key.clone(), value: value.clone() });
    }
    let arguments = directory.arguments();
    if let Some(argument) = arguments.iter().find(|argument| argument.path == plain) {
        return Ok(Asked::Argument { path: argument.path.clone(), value: argument.value.clone() });
    }
    let addresses = directory.addresses();
    if let Some(asked) = resource(what, &addresses)? {
        return Ok(asked);
    }

    let below = |path: &str| path.strip_prefix(plain).is_some_and(|rest| rest.starts_with(['.', '[']));
    let inside: Vec<&str> = keys
        .iter()
        .map(|(key, _)| key.as_str())
        .chain(arguments.iter().map(|argument| argument.path.as_str()))
        .chain(addresses.iter().map(String::as_str))
        .filter(|path| below(path))
        .collect();
    if let [first, ..] = inside.as_slice() {
        let few: Vec<_> = inside.iter().take(4).map(|path| format!("`{path}`")).collect();
        let more = if inside.len() > few.len() { ", …" } else { "" };
        return Err(match inside.len() {
            1 => format!("did you mean `{first}`?"),
            count => format!("it holds {count} things, name one of them: {}{more}", few.join(", ")),
        });
    }
    let named: Vec<String> = clusters.iter().map(|name| format!("clusters.{name}.")).collect();
    let spelled = keys.iter().flat_map(|(key, _)| {
        let index = key.strip_prefix("clusters[").and_then(|rest| rest.split_once("]."));
        let spelled = index
            .and_then(|(index, rest)| Some(format!("{}{rest}", named.get(index.parse::<usize>().ok()?)?)));
        [Some(key.clone()), spelled]
    });
    let names: Vec<String> = spelled
        .flatten()
        .chain(arguments.into_iter().map(|argument| argument.path))
        .chain(addresses)
        .collect();
    Err(match catalog::nearest(what, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a key of `tierform size --format json`, an argument of terraform.tfvars or the address of a resource".to_owned(),
    })
}

/// `clusters.main.x` as `clusters[0].x`, the key's own spelling.
fn counted(what: &str, clusters: &[&str]) -> String {
    let Some((name, rest)) = what.strip_prefix("clusters.").and_then(|rest| rest.split_once('.')) else {
        return what.to_owned();
    };
    match clusters.iter().position(|cluster| *cluster == name) {
        Some(index) => format!("clusters[{index}].{rest}"),
        None => what.to_owned(),
    }
}

/// A resource by its address, with or without the modules above it and the key of an instance, and one of its arguments behind.
fn resource(what: &str, addresses: &[String]) -> Result<Option<Asked>, String> {
    let found = |address: &String, own: &str| {
        let (key, rest) = after(what, own)?;
        let argument = rest.strip_prefix('.').filter(|argument| !argument.is_empty()).map(str::to_owned);
        (argument.is_some() || rest.is_empty()).then(|| Asked::Resource {
            address: address.clone(),
            key,
            argument,
        })
    };
    if let Some(asked) = addresses.iter().find_map(|address| found(address, address)) {
        return Ok(Some(asked));
    }
    // Without its modules, as the file has it.
    let own = |address: &str| address.rmatch_indices('.').nth(1).map(|(at, _)| address[at + 1..].to_owned());
    let mut short: Vec<_> =
        addresses.iter().filter_map(|address| Some((address, found(address, &own(address)?)?))).collect();
    match short.len() {
        0 | 1 => Ok(short.pop().map(|(_, asked)| asked)),
        _ => {
            let all: Vec<String> = short.iter().map(|(address, _)| format!("`{address}`")).collect();
            Err(format!("several are, name one of them: {}", all.join(", ")))
        }
    }
}

/// What follows `address` in `what`: the key of an instance, and the rest. Keys of the modules above it are passed over.
fn after<'w>(what: &'w str, address: &str) -> Option<(Option<String>, &'w str)> {
    let mut rest = what;
    let mut parts = address.split('.').peekable();
    loop {
        let part = parts.next()?;
        rest = rest.strip_prefix(part)?;
        let key = key(rest);
        rest = &rest[key.len()..];
        if parts.peek().is_none() {
            return Some(((!key.is_empty()).then(|| quoted(key)), rest));
        }
        rest = rest.strip_prefix('.')?;
    }
}

/// The key of an instance with the quotes that a shell takes away.
fn quoted(key: &str) -> String {
    let inside = key.trim_matches(['[', ']']);
    let is_whole = inside.starts_with('"') || inside == "*" || inside.parse::<u32>().is_ok();
    if is_whole { key.to_owned() } else { format!("[\"{inside}\"]") }
}

/// The `[…]` that a text begins with; empty where there is none.
fn key(text: &str) -> &str {
    let mut quoted = false;
    if !text.starts_with('[') {
        return "";
    }
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ']' if !quoted => return &text[..=at],
            _ => {}
        }
    }
    ""
}

/// Every key of the figures that holds a value, with it.
pub fn keys(figures: &Value) -> Vec<(String, Value)> {
    fn walk(value: &Value, path: String, out: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    walk(value, path, out);
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    walk(value, format!("{path}[{index}]"), out);
                }
            }
            leaf => out.push((path, leaf.clone())),
        }
    }
    let mut out = Vec::new();
    walk(figures, String::new(), &mut out);
    out
}

/// The parts of a key or path: `clusters[0].nodes_max` is `clusters`, `0`, `nodes_max`.
pub fn places(path: &str) -> Vec<&str> {
    path.split(['.', '[', ']']).filter(|part| !part.is_empty()).collect()
}

/// Whether a pattern covers a path: `*` stands for one part, at the end for all that are left.
pub fn fits(pattern: &str, parts: &[&str]) -> bool {
    let pattern: Vec<&str> = pattern.split('.').filter(|part| !part.is_empty()).collect();
    let Some((last, _)) = pattern.split_last() else { return false };
    let covers = |pattern: &&str, part: &&str| *pattern == "*" || pattern == part;
    match *last == "*" {
        true => parts.len() >= pattern.len() && pattern.iter().zip(parts).all(|(a, b)| covers(a, b)),
        false => parts.len() == pattern.len() && pattern.iter().zip(parts).all(|(a, b)| covers(a, b)),
    }
}
