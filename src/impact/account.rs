//! The account of a change: its rows, how many there are of each class, and the three ways of printing it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::class::{Class, Row};
use super::names;

/// What a person must know of a change.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// The rows, the worst first.
    pub rows: Vec<Row>,
    /// Types that tierform's tables do not have, with how many resources of each change.
    pub strangers: BTreeMap<String, usize>,
    /// Outputs that change.
    pub outputs: Vec<String>,
}

/// An account as JSON; its keys are stable.
#[derive(Serialize)]
struct Json<'a> {
    judged_by: &'a str,
    rows: Vec<JsonRow<'a>>,
    counts: BTreeMap<&'static str, usize>,
    unknown_types: &'a BTreeMap<String, usize>,
    outputs: &'a [String],
}

#[derive(Serialize)]
struct JsonRow<'a> {
    address: &'a str,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: &'a str,
    class: &'static str,
    argument: Option<&'a str>,
    before: Option<&'a str>,
    after: Option<&'a str>,
    says: Option<&'a str>,
    source: Option<&'static str>,
}

/// The widest name of a class.
const WIDTH: usize = 9;

/// As many resources that change alike in place are named one by one; of more their number stands.
const ALIKE: usize = 8;

/// Rows of the milder classes that a comment under a pull request shows; it may have 65,536 characters.
const SHOWN: usize = 200;

impl Account {
    /// Adds rows that are known from elsewhere.
    pub fn add(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
        self.sort();
    }

    /// Puts the worst first.
    pub fn sort(&mut self) {
        self.rows.sort_by(|a, b| b.class.cmp(&a.class).then_with(|| a.address.cmp(&b.address)));
    }

    /// The worst that happens; `None` where nothing does.
    pub fn worst(&self) -> Option<Class> {
        self.rows.iter().map(|row| row.class).max()
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.outputs.is_empty()
    }

    /// How many resources there are of each class, the worst first; those with none are left out.
    pub fn counts(&self) -> Vec<(Class, usize)> {
        let mut addresses: BTreeMap<Class, BTreeSet<&str>> = BTreeMap::new();
        for row in &self.rows {
            addresses.entry(row.class).or_default().insert(&row.address);
        }
        addresses.into_iter().rev().map(|(class, addresses)| (class, addresses.len())).collect()
    }

    /// Whether there is a row of one of these classes.
    pub fn has(&self, classes: &[Class]) -> bool {
        self.rows.iter().any(|row| classes.contains(&row.class))
    }

    /// Rows of the same class and resource, together.
    fn groups(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunk_by(|a, b| a.class == b.class && a.address == b.address)
    }

    /// One line that says how many resources there are of each class.
    pub fn summary(&self) -> String {
        let mut parts: Vec<String> =
            self.counts().into_iter().map(|(class, count)| format!("{count} {}", class.as_str())).collect();
        if !self.outputs.is_empty() {
            parts.push(format!("outputs that change: {}", clean(&self.outputs.join(", "))));
        }
        if parts.is_empty() { "nothing changes".to_owned() } else { parts.join(", ") }
    }

    /// Types that tierform does not know, in words; `None` where it knows all.
    pub fn unknown(&self) -> Option<String> {
        let all: Vec<String> =
            self.strangers.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
        let all = clean(&all.join(", "));
        (!all.is_empty()).then(|| {
            format!("not known to tierform, so that only what the engine says of them is told: {all}")
        })
    }

    /// For people, without the line that says how it was judged.
    pub fn to_text(&self) -> String {
        let groups: Vec<Told> = self.groups().filter_map(Told::of).collect();
        let mut alike: BTreeMap<&str, usize> = BTreeMap::new();
        for group in groups.iter().filter(|group| group.class == Class::InPlace) {
            *alike.entry(&group.words).or_default() += 1;
        }
        let mut text = String::new();
        let mut told = BTreeSet::new();
        for group in &groups {
            let class = group.class.as_str();
            let count = alike.get(group.words.as_str()).copied().unwrap_or_default();
            let is_one_of_many = group.class == Class::InPlace && group.said.is_empty() && count > ALIKE;
            if is_one_of_many && !told.insert(&group.words) {
                continue;
            }
            let subject = if is_one_of_many { format!("{count} resources") } else { group.subject.clone() };
            let colon = if group.words.is_empty() { "" } else { ": " };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{class:<WIDTH$} {subject}{colon}{}", group.words);
            for says in &group.said {
                let _ = writeln!(text, "{:<WIDTH$} {says}", "");
            }
        }
        for line in self.unknown().into_iter().chain([self.summary()]) {
            text += &line;
            text.push('\n');
        }
        text
    }

    /// For programs; `judged_by` says how the change was judged.
    pub fn to_json(&self, judged_by: &str) -> serde_json::Value {
        let json = Json {
            judged_by,
            rows: self.rows.iter().map(json_row).collect(),
            counts: self.all_counts(),
            unknown_types: &self.strangers,
            outputs: &self.outputs,
        };
        // Strings and numbers always serialise.
        serde_json::to_value(json).unwrap_or_default()
    }

    fn all_counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts: BTreeMap<_, _> = Class::ALL.into_iter().map(|class| (class.key(), 0)).collect();
        counts.extend(self.counts().into_iter().map(|(class, count)| (class.key(), count)));
        counts
    }

    /// For a pull request.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("{}\n", self.summary());
        let (mild, grave): (Vec<&Row>, Vec<&Row>) =
            self.rows.iter().partition(|row| matches!(row.class, Class::InPlace | Class::Created));
        let head = "\n| | what | argument | before | after | |\n|---|---|---|---|---|---|\n";
        if !grave.is_empty() {
            text += head;
            grave.iter().for_each(|row| text += &markdown_row(row));
        }
        if !mild.is_empty() {
            text += &format!("\n<details><summary>{} in place or created</summary>\n{head}", mild.len());
            mild.iter().take(SHOWN).for_each(|row| text += &markdown_row(row));
            if mild.len() > SHOWN {
                text += &format!("\n… and {} more\n", mild.len() - SHOWN);
            }
            text += "\n</details>\n";
        }
        if let Some(unknown) = self.unknown() {
            text += &format!("\n{}\n", escaped(&unknown));
        }
        text
    }
}

fn json_row(row: &Row) -> JsonRow<'_> {
    JsonRow {
        address: &row.address,
        name: names::name(&row.address, &row.kind),
        kind: &row.kind,
        class: row.class.key(),
        argument: row.argument.as_deref(),
        before: row.before.as_deref(),
        after: row.after.as_deref(),
        says: row.says.as_deref(),
        source: row.source,
    }
}

/// What is told of one resource, within one class.
struct Told {
    class: Class,
    subject: String,
    words: String,
    said: Vec<String>,
}

impl Told {
    fn of(rows: &[Row]) -> Option<Told> {
        let first = rows.first()?;
        let mut words: Vec<String> = rows.iter().filter_map(in_words).collect();
        let mut said: Vec<String> = Vec::new();
        for says in rows.iter().filter_map(|row| row.says.as_deref().map(clean)) {
            if !said.contains(&says) {
                said.push(says);
            }
        }
        // A sentence alone stands behind what it is about.
        if words.is_empty() && said.len() == 1 {
            words.append(&mut said);
        }
        Some(Told { class: first.class, subject: subject(first), words: words.join("; "), said })
    }
}

/// The argument of a row and its values; `None` for a row about a whole resource.
pub fn in_words(row: &Row) -> Option<String> {
    let argument = clean(row.argument.as_deref()?);
    Some(match (&row.before, &row.after) {
        (Some(before), Some(after)) => format!("{argument}: {} → {}", clean(before), clean(after)),
        (Some(value), None) | (None, Some(value)) => format!("{argument}: {}", clean(value)),
        (None, None) => argument,
    })
}

/// What a row is about, in the deployment's own words where there are some.
fn subject(row: &Row) -> String {
    let address = clean(&row.address);
    match names::name(&row.address, &row.kind) {
        Some(name) => format!("{} ({address})", clean(&name)),
        None => address,
    }
}

fn markdown_row(row: &Row) -> String {
    let name = names::name(&row.address, &row.kind);
    let name = name.map(|name| escaped(&name) + "<br>").unwrap_or_default();
    let code = |text: &Option<String>| text.as_deref().map(code).unwrap_or_default();
    format!(
        "| {} | {name}{} | {} | {} | {} | {} |\n",
        row.class.as_str(),
        self::code(&row.address),
        code(&row.argument),
        code(&row.before),
        code(&row.after),
        row.says.as_deref().map(escaped).unwrap_or_default()
    )
}

/// Text that is neither markup nor the end of a table's cell.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '&' => out += "&amp;",
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '@' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text as code, in a table's cell.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Text without what moves a terminal's cursor or turns the order of its letters round.
pub fn clean(text: &str) -> String {
    let is_harmful =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match text.contains(is_harmful) {
        true => text.replace(is_harmful, "\u{fffd}"),
        false => text.to_owned(),
    }
}
