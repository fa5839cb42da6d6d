//! The keys of the spec for whoever asks about one: what it means, what it takes, and where a file has it.

use toml::de::{DeTable, DeValue};

use super::key::{Key, Kind};
use super::keys::{self, ROOT};
use super::{Backend, Cloud};

/// A key of the spec, described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// What it means, as a phrase.
    pub means: &'static str,
    /// What its value may be, as a phrase.
    pub takes: String,
}

/// Where a file has a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The line of its value, from 1.
    pub line: usize,
    /// The value as written; of one over several lines the first.
    pub value: String,
}

/// What a key such as `coderd.replicas` means on a cloud; `None` for what is no key.
pub fn describe(cloud: Cloud, path: &str) -> Option<Described> {
    let key = find(cloud, path)?;
    Some(Described { means: key.doc, takes: takes(&key.kind) })
}

pub(super) fn find(cloud: Cloud, path: &str) -> Option<&'static Key> {
    let mut keys = ROOT;
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let found = keys.iter().find(|key| key.name == part);
        let (Some(key), Some(_)) = (found, parts.peek()) else { return found };
        keys = match &key.kind {
            Kind::Table(keys) | Kind::Entries(keys) => keys,
            Kind::Existing => keys::existing(cloud),
            // Any of them says what its key means.
            Kind::State => {
                let argument = parts.next()?;
                let of = |backend: Backend| backend.keys().iter().find(|key| key.name == argument);
                return Backend::ALL.into_iter().find_map(of);
            }
            // Its keys are the user's own.
            Kind::Tags => return Some(key),
            _ => return None,
        };
    }
    None
}

pub(super) fn takes(kind: &Kind) -> String {
    match kind {
        Kind::Text(_) | Kind::CloudText(_) => "a string".to_owned(),
        Kind::Choice(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            words.join(" or ")
        }
        Kind::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Kind::Number(most) => format!("a number above 0, up to {most}"),
        Kind::Flag => "true or false".to_owned(),
        Kind::List(_) | Kind::CloudList(_) => "a list of strings".to_owned(),
        Kind::Table(_) | Kind::State | Kind::Existing | Kind::Tags => "a table".to_owned(),
        Kind::Entries(_) => "a list of tables".to_owned(),
    }
}

/// Where the text of a spec has a key such as `coderd.replicas`; `None` where it has not. Of a key of `clusters` it is the one of
/// the cluster called `cluster`.
pub fn written(text: &str, path: &str, cluster: &str) -> Option<Written> {
    let table = DeTable::parse(text).ok()?;
    let mut parts = path.split('.');
    let mut value = table.get_ref().get(parts.next()?)?;
    for part in parts {
        let table = match value.get_ref() {
            DeValue::Table(table) => table,
            DeValue::Array(entries) => {
                let mut tables = entries.iter().filter_map(|entry| entry.get_ref().as_table());
                tables.find(|table| {
                    table.get("name").and_then(|name| name.get_ref().as_str()) == Some(cluster)
                })?
            }
            _ => return None,
        };
        value = table.get(part)?;
    }
    let span = value.span();
    let start = text.get(..span.start)?;
    let written = text.get(span)?.lines().next().unwrap_or_default();
    Some(Written { line: start.matches('\n').count() + 1, value: written.to_owned() })
}
