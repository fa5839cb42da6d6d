//! What a change of the files means in the cloud, told before any plan: in place, replacement, or loss of data.
//! Both states of the directory are evaluated as far as that goes without a cloud, resource by resource; a table knows which
//! arguments replace. It errs on the side of telling: what only an apply can know counts as changed when its text did.

pub mod account;
mod arguments;
pub mod class;
pub mod classify;
mod configuration;
pub mod difference;
mod directory;
mod evaluate;
pub mod names;
mod openings;
pub mod plan_json;
mod resources;
mod symbolic;
pub mod table;
mod types;
mod value;
mod when;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::rc::Rc;

pub use account::Account;
pub use classify::classify;
pub use when::When;

pub use directory::{Argument, Change, Directory, Effects, Resource, Traced};

use crate::layout::is_hcl;
use crate::output::Changes;
use resources::{Item, Items};
use value::Value;

/// What happens to one resource; the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Changed where it stands.
    InPlace,
    /// Destroyed, as it is not in the files any more; it holds nothing.
    Destroyed,
    /// Destroyed and made anew; it holds nothing.
    Replaced,
    /// Replaced or destroyed with what it holds.
    DataLoss,
}

impl Effect {
    /// As reports call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InPlace => "in place",
            Self::Destroyed => "destroyed",
            Self::Replaced => "replaced",
            Self::DataLoss => "DATA LOSS",
        }
    }
}

/// The impact on one resource.
#[derive(Debug)]
pub struct Impact {
    /// Its address, as a plan prints it.
    pub address: String,
    /// What happens to it.
    pub effect: Effect,
    /// The arguments that make it so, each `name: before → after`.
    pub arguments: Vec<String>,
    /// What is lost, where something is.
    pub lost: Option<&'static str>,
    /// What the change does besides.
    pub notes: Vec<&'static str>,
    /// Where the rule is known from, where one applied.
    pub source: Option<&'static str>,
}

/// The impact on all resources that change, by address. Resources that only come are no impact.
///
/// # Errors
/// The path of a file that is no HCL, so that nothing can be told.
pub fn of(changes: &Changes<'_>) -> Result<Vec<Impact>, String> {
    // Only where something is written can anything change, and a first run changes nothing.
    let is_concerned = |path: &str| is_hcl(path) && !path.ends_with(crate::output::CONFLICT_SUFFIX);
    if changes.before().is_none() || !changes.iter().any(|c| c.is_written() && is_concerned(&c.path)) {
        return Ok(Vec::new());
    }
    let files = || changes.iter().filter(|change| is_concerned(&change.path));
    let old = files().filter_map(|change| Some((change.path.as_str(), change.before()?)));
    let new = files().filter_map(|change| Some((change.path.as_str(), change.after()?)));
    between(old, new)
}

/// The impact of replacing some files by others, each given by path and text.
///
/// # Errors
/// As [`of`].
pub fn between<'a>(
    old: impl Iterator<Item = (&'a str, &'a [u8])>,
    new: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<Impact>, String> {
    let (old, new) = configuration::read_both(old, new)?;
    let moved: BTreeMap<String, String> =
        new.folders.get("").map(|root| root.moved.iter().cloned().collect()).unwrap_or_default();
    let old: Items =
        resources::list(&old).into_iter().map(|(address, item)| (renamed(address, &moved), item)).collect();
    Ok(differences(&old, &resources::list(&new)))
}

/// The impact of going from `old` to `new`.
fn differences(old: &Items, new: &Items) -> Vec<Impact> {
    let mut impacts: BTreeMap<&str, Impact> = BTreeMap::new();
    for (address, before) in old {
        let impact = match new.get(address) {
            Some(after) if Rc::ptr_eq(before, after) => None,
            Some(after) => compare(address, before, after, &BTreeSet::new()),
            None if is_uncountable(address, new) => None,
            // A root that becomes a child module has its provider from the parent. What goes with a cloud is told itself.
            None if before.kind.starts_with("provider.") => None,
            None => Some(gone(address, before)),
        };
        impacts.extend(impact.map(|impact| (address.as_str(), impact)));
    }
    // What refers to something that is replaced sees a new id.
    loop {
        let replaced: BTreeSet<String> = impacts
            .values()
            .filter(|impact| impact.effect >= Effect::Replaced)
            .map(|impact| without_key(&impact.address).to_owned())
            .collect();
        let mut is_settled = true;
        for (address, after) in new {
            let Some(before) = old.get(address) else { continue };
            // What is the same and speaks of nothing that is replaced stays.
            if Rc::ptr_eq(before, after) && !replaced.iter().any(|address| after.speaks_of(address)) {
                continue;
            }
            let effect = |impact: Option<&Impact>| impact.map(|impact| impact.effect);
            let impact = compare(address, before, after, &replaced);
            if effect(impact.as_ref()) > effect(impacts.get(address.as_str())) {
                is_settled = false;
                impacts.extend(impact.map(|impact| (address.as_str(), impact)));
            }
        }
        if is_settled {
            return impacts.into_values().collect();
        }
    }
}

/// The address after the `moved` blocks: of a resource, or of whatever module it is in.
fn renamed(address: String, moved: &BTreeMap<String, String>) -> String {
    let from = moved.iter().find_map(|(from, to)| {
        let rest = address.strip_prefix(from.as_str())?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then(|| format!("{to}{rest}"))
    });
    from.unwrap_or(address)
}

/// Whether the files still have the resource, in a number that only an apply can know.
fn is_uncountable(address: &str, new: &Items) -> bool {
    new.contains_key(&format!("{}[*]", without_key(address)))
        || address.ends_with("[*]") && {
            let base = without_key(address);
            new.keys().any(|other| without_key(other) == base)
        }
}

fn without_key(address: &str) -> &str {
    match address.ends_with(']') {
        true => address.rfind('[').map_or(address, |at| &address[..at]),
        false => address,
    }
}

fn gone(address: &str, item: &Item) -> Impact {
    let lost = table::holds(&item.kind);
    Impact {
        address: address.to_owned(),
        effect: if lost.is_some() { Effect::DataLoss } else { Effect::Destroyed },
        arguments: vec!["not in the files any more".to_owned()],
        lost,
        notes: Vec::new(),
        source: None,
    }
}

/// The impact of going from `before` to `after`, when what `replaced` starts with has a new id; `None` for no change.
fn compare(address: &str, before: &Item, after: &Item, replaced: &BTreeSet<String>) -> Option<Impact> {
    let mut impact = Impact {
        address: address.to_owned(),
        effect: Effect::InPlace,
        arguments: Vec::new(),
        lost: None,
        notes: Vec::new(),
        source: None,
    };
    let arguments: BTreeSet<&String> = before.arguments.keys().chain(after.arguments.keys()).collect();
    for argument in arguments {
        let value = |item: &Item| item.arguments.get(argument).cloned().unwrap_or(Value::Null);
        let (old, new) = (value(before), value(after));
        if after.ignored.iter().any(|ignored| argument.starts_with(ignored.as_str())) {
            continue;
        }
        let because = if old != new {
            format!("{argument}: {} → {}", short(&old), short(&new))
        } else if let Some(other) = refers_to(&new, replaced) {
            format!("{argument}: that of {other}, which is replaced")
        } else {
            continue;
        };
        // Indexes of repeated blocks are no part of the table's names.
        let parts: Vec<&str> =
            argument.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect();
        let name = parts.join(".");
        for note in table::notes_on(&after.kind, &name, &old, &new, &|argument| after.at(argument)) {
            if !impact.notes.contains(&note.says) {
                impact.notes.push(note.says);
            }
        }
        match table::rule(&after.kind, &name, &old, &new) {
            Some(rule) => {
                let lost = table::holds(&after.kind);
                let effect = if lost.is_some() { Effect::DataLoss } else { Effect::Replaced };
                if impact.effect < effect {
                    impact =
                        Impact { effect, arguments: Vec::new(), lost, source: Some(rule.source), ..impact };
                }
                impact.arguments.push(because);
            }
            None if impact.effect == Effect::InPlace => impact.arguments.push(because),
            None => {}
        }
    }
    (!impact.arguments.is_empty()).then_some(impact)
}

/// The replaced resource that a value is known by, if it is.
fn refers_to<'r>(value: &Value, replaced: &'r BTreeSet<String>) -> Option<&'r str> {
    if replaced.is_empty() {
        return None;
    }
    let text = value.to_string();
    replaced.iter().map(String::as_str).find(|address| {
        let mut places = text.match_indices(address);
        places.any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + address.len()..].chars().next();
            before.is_none_or(|c| !c.is_alphanumeric() && !"_.-".contains(c))
                && matches!(after, Some('.' | '['))
        })
    })
}

/// A value that fits a line.
fn short(value: &Value) -> String {
    const LONGEST: usize = 48;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The report, worst first, in words.
pub fn to_text(impacts: &[Impact]) -> String {
    let mut sorted: Vec<&Impact> = impacts.iter().collect();
    sorted.sort_by(|a, b| b.effect.cmp(&a.effect).then_with(|| a.address.cmp(&b.address)));
    let mut text = String::new();
    for impact in &sorted {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:<9} {}: {}",
            impact.effect.as_str(),
            impact.address,
            impact.arguments.join("; ")
        );
        if let Some(lost) = impact.lost {
            let _ = writeln!(text, "{:<9} loses {lost}", "");
        }
        for note in &impact.notes {
            let _ = writeln!(text, "{:<9} {note}", "");
        }
    }
    let count = |effect: Effect| sorted.iter().filter(|impact| impact.effect == effect).count();
    let _ = writeln!(
        text,
        "{} lose data, {} replaced, {} destroyed, {} in place; tofu plan or terraform plan has the last word",
        count(Effect::DataLoss),
        count(Effect::Replaced),
        count(Effect::Destroyed),
        count(Effect::InPlace)
    );
    text
}

#[cfg(test)]
mod tests;
