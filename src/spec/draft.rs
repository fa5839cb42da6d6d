//! A first `coder.toml`: what is known is written, every other key stands there as a comment with its meaning and its default.
//! The lists of keys that reading uses are the only source, so that no key is ever missing from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::key::{Key, Kind, Status, Without};
use super::keys::{self, ROOT};
use super::schema::sentence;
use super::{Backend, Cloud, clouds, describe};
use crate::catalog;

/// Values by the path of their key, as TOML.
pub type Values = BTreeMap<String, String>;

/// A key that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its path.
    pub path: String,
    /// What it means.
    pub means: &'static str,
    /// A value that passes, as TOML.
    pub example: &'static str,
}

/// The keys that every spec for `cloud` must have.
pub fn needed(cloud: Cloud) -> Vec<Needed> {
    let mut all = Vec::new();
    let mut add = |table: &str, keys: &'static [Key]| {
        for key in keys.iter().filter(|key| key.required.is_some()) {
            let path = if table.is_empty() { key.name.to_owned() } else { format!("{table}.{}", key.name) };
            all.push(Needed { path, means: key.doc, example: example(cloud, key).unwrap_or_default() });
        }
    };
    add("", ROOT);
    for key in ROOT.iter().filter(|key| is_for(cloud, key)) {
        if let Kind::Table(keys) = key.kind {
            add(key.name, keys);
        }
    }
    all
}

/// A value that somebody typed, as TOML.
///
/// # Errors
/// There is no such key, or the value cannot be; a sentence with the mend.
pub fn literal(cloud: Cloud, path: &str, typed: &str) -> Result<String, String> {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let key = describe::find(cloud, path).filter(|key| key.status == Status::Ready);
    let Some(key) = key else {
        let paths = paths(cloud);
        let near = catalog::nearest(path, paths.iter().map(String::as_str));
        return Err(match near {
            Some(near) => format!("`{path}` is not a key of the spec; did you mean `{near}`?"),
            None => format!("`{path}` is not a key of the spec; `tierform schema` lists them"),
        });
    };
    let check = |text: &str| {
        let checked = match key.kind {
            Kind::Text(check) | Kind::List(check) => check(text),
            Kind::CloudText(check) | Kind::CloudList(check) => check(cloud, text),
            _ => Ok(()),
        };
        checked.map_err(|fault| {
            let help = fault.help.map_or_else(String::new, |help| format!("; {help}"));
            format!("`{path}` {}{help}", fault.message)
        })
    };
    let refused = || format!("`{path}` takes {}, not {}", describe::takes(&key.kind), quoted(typed));
    match &key.kind {
        Kind::Text(_) | Kind::CloudText(_) => check(typed).map(|()| quoted(typed)),
        Kind::Choice(words) => match words.contains(&typed) {
            true => Ok(quoted(typed)),
            false => Err(refused()),
        },
        Kind::Whole(least, most) => match typed.parse::<u32>() {
            Ok(number) if (*least..=*most).contains(&number) => Ok(number.to_string()),
            _ => Err(refused()),
        },
        Kind::Number(most) => match typed.parse::<f64>() {
            Ok(number) if number > 0.0 && number <= *most => Ok(number.to_string()),
            _ => Err(refused()),
        },
        Kind::Flag => match typed {
            "true" | "false" => Ok(typed.to_owned()),
            _ => Err(refused()),
        },
        Kind::List(_) | Kind::CloudList(_) => {
            let entries: Vec<&str> = typed.split(',').map(str::trim).collect();
            entries.iter().try_for_each(|entry| check(entry))?;
            Ok(format!("[{}]", entries.into_iter().map(quoted).collect::<Vec<_>>().join(", ")))
        }
        Kind::Tags if path.starts_with("tags.") => Ok(quoted(typed)),
        Kind::Table(_) | Kind::Tags | Kind::State | Kind::Existing | Kind::Entries(_) => Err(refused()),
    }
}

/// Every key that may be set, by path.
fn paths(cloud: Cloud) -> Vec<String> {
    let mut all = Vec::new();
    for key in ROOT.iter().filter(|key| is_for(cloud, key)) {
        match key.kind {
            Kind::Table(keys) => all.extend(keys.iter().map(|own| format!("{}.{}", key.name, own.name))),
            _ => all.push(key.name.to_owned()),
        }
    }
    all
}

/// Whether a table may stand in a spec for that cloud.
fn is_for(cloud: Cloud, key: &Key) -> bool {
    Cloud::ALL.iter().all(|other| other.as_str() != key.name || *other == cloud)
}

/// A value that passes on that cloud.
pub(super) fn example(cloud: Cloud, key: &Key) -> Option<&'static str> {
    match key.kind {
        Kind::CloudText(_) | Kind::CloudList(_) => clouds::example(cloud, key.name),
        _ => key.example(),
    }
}

/// Writes the file: `values` are set, `defaults` are what stands for keys whose default only sizing knows, `left` says what is
/// still to be done before it can be used.
pub fn draft(cloud: Cloud, values: &Values, defaults: &Values, left: &[String]) -> String {
    let mut draft = Draft { cloud, values, defaults, out: String::new() };
    draft.comment("What tierform generates a Coder deployment from: `tierform generate` writes the directory beside this file.");
    draft.comment("A key that is commented out has the default written there, where it has one.");
    if !left.is_empty() {
        draft.out += "#\n";
        draft.comment("Still to be filled in:");
        for what in left {
            draft.comment(&format!("- {what}"));
        }
    }
    for key in ROOT.iter().filter(|key| !is_table(key)) {
        draft.key("", key);
    }
    let tables =
        || ROOT.iter().filter(|key| is_table(key) && key.status == Status::Ready && is_for(cloud, key));
    // What must be filled in comes first.
    for key in tables().filter(|key| has_needed(key)).chain(tables().filter(|key| !has_needed(key))) {
        draft.table(key);
    }
    draft.out
}

fn is_table(key: &Key) -> bool {
    matches!(key.kind, Kind::Table(_) | Kind::Tags | Kind::State | Kind::Existing | Kind::Entries(_))
}

fn has_needed(key: &Key) -> bool {
    matches!(key.kind, Kind::Table(keys) if keys.iter().any(|key| key.required.is_some()))
}

struct Draft<'a> {
    cloud: Cloud,
    values: &'a Values,
    defaults: &'a Values,
    out: String,
}

impl Draft<'_> {
    fn comment(&mut self, text: &str) {
        // Whatever it holds, it stays on its line.
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "# {text}");
    }

    fn table(&mut self, key: &Key) {
        let path = key.name;
        if let Kind::Entries(keys) = key.kind {
            return self.entries(path, key, keys);
        }
        self.out.push('\n');
        self.comment(&sentence(key.doc));
        let _ = writeln!(self.out, "[{path}]");
        match &key.kind {
            Kind::Table(keys) => {
                for own in keys.iter().filter(|own| !is_table(own)) {
                    self.key(path, own);
                }
                for own in keys.iter().filter(|own| is_table(own) && own.status == Status::Ready) {
                    self.existing(&format!("{path}.{}", own.name), own);
                }
            }
            Kind::State => self.state(path),
            Kind::Tags => self.tags(path),
            _ => {}
        }
    }

    /// A key of a table; empty at the top.
    fn key(&mut self, table: &str, key: &Key) {
        if key.status != Status::Ready {
            return;
        }
        let path = if table.is_empty() { key.name.to_owned() } else { format!("{table}.{}", key.name) };
        let meaning = sentence(key.doc);
        self.out.push('\n');
        if let Some(value) = self.values.get(&path) {
            self.comment(&meaning);
            let _ = writeln!(self.out, "{} = {value}", key.name);
            return;
        }
        let (how, value) = match (key.without, self.defaults.get(&path)) {
            (Without::Default(value), _) => ("Default:", Some(value)),
            (_, Some(computed)) => ("Default here:", Some(computed.as_str())),
            _ if key.required.is_some() && ["state", "clusters", "network.existing"].contains(&table) => {
                ("Needed then; for example:", example(self.cloud, key))
            }
            _ if key.required.is_some() => ("To be filled in:", example(self.cloud, key)),
            _ => ("No default; for example:", example(self.cloud, key)),
        };
        self.comment(&format!("{meaning} {how}"));
        self.comment(&format!("{} = {}", key.name, value.unwrap_or_default()));
    }

    /// A table that changes everything by being there, so its header is a comment too.
    fn existing(&mut self, path: &str, key: &Key) {
        let keys = keys::existing(self.cloud);
        if keys.is_empty() {
            return;
        }
        let inside = format!("{path}.");
        let is_used = self.values.keys().any(|set| set.starts_with(&inside));
        self.out.push('\n');
        self.comment(&format!("{} Without it, they are made.", sentence(key.doc)));
        let _ = writeln!(self.out, "{}[{path}]", if is_used { "" } else { "# " });
        for own in keys {
            self.key(path, own);
        }
    }

    /// Tables of which there may be several: the first as a comment, since one alone changes what is there.
    fn entries(&mut self, path: &str, key: &Key, keys: &[Key]) {
        self.out.push('\n');
        self.comment(&format!("{} One table for each:", sentence(key.doc)));
        let _ = writeln!(self.out, "# [[{path}]]");
        for own in keys {
            self.key(path, own);
        }
    }

    /// The keys of the backend that is set, else of the one that goes with the cloud.
    fn state(&mut self, path: &str) {
        let set = self.values.get("state.backend").map(|backend| backend.trim_matches('"'));
        let own = match self.cloud {
            Cloud::Gcp => Backend::Gcs,
            Cloud::Aws => Backend::S3,
            Cloud::Azure => Backend::Azurerm,
        };
        let backend = Backend::ALL.into_iter().find(|backend| Some(backend.as_str()) == set);
        self.key(path, &super::state::BACKEND);
        if backend.is_none() {
            self.out.push('\n');
            self.comment(&format!("With `backend = \"{}\"`:", own.as_str()));
        }
        let keys = backend.unwrap_or(own).keys();
        for key in keys.iter().filter(|key| key.name != super::state::BACKEND.name) {
            self.key(path, key);
        }
    }

    fn tags(&mut self, path: &str) {
        let inside = format!("{path}.");
        let mut set = self
            .values
            .iter()
            .filter_map(|(path, value)| Some((path.strip_prefix(&inside)?, value)))
            .peekable();
        if set.peek().is_none() {
            self.out.push('\n');
            self.comment("No default; for example:");
            self.comment("team = \"platform\"");
            return;
        }
        for (name, value) in set {
            let _ = writeln!(self.out, "{} = {value}", toml::Value::String(name.to_owned()));
        }
    }
}
