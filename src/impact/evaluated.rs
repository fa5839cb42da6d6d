//! What a change of the files does in the cloud, told without an engine: by evaluating the directory as it is and as it will be.
//! The user's own files beside ours count too, as an engine reads them all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::class::{Action, ResourceChange};
use super::configuration::{Configuration, Engine};
use super::files::{Files, Own};
use super::plan;
use super::reading::Unread;
use crate::output::Changes;

/// What the changes of an output directory do.
///
/// # Errors
/// A file that an engine reads cannot be read, so that nothing can be told.
pub fn of(changes: &Changes<'_>) -> Result<Vec<ResourceChange>, Unread> {
    told_of(changes, &BTreeMap::new())
}

/// The same had the user taken tierform's side of every conflict.
///
/// # Errors
/// As [`of`].
pub fn of_taken(changes: &Changes<'_>) -> Result<Vec<ResourceChange>, Unread> {
    let taken = changes.iter().filter_map(|change| Some((change.beside()?, change.after()?))).collect();
    told_of(changes, &taken)
}

/// `taken` has texts that stand in the place of what would be written, by path.
fn told_of<'c>(
    changes: &'c Changes<'_>,
    taken: &BTreeMap<&'c str, &'c [u8]>,
) -> Result<Vec<ResourceChange>, Unread> {
    // Only where something is written can anything change, and where nothing stands yet nothing is changed.
    let stands = changes.iter().any(|change| change.before().is_some());
    if !stands || taken.is_empty() && !changes.iter().any(|change| change.is_written()) {
        return Ok(Vec::new());
    }
    let not: BTreeSet<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    let own = Own { directory: changes.out(), not: &not };
    let old = changes.iter().filter_map(|change| Some((change.path.as_str(), change.before()?)));
    let new = changes.iter().filter_map(|change| {
        let path = change.path.as_str();
        Some((path, taken.get(path).copied().or_else(|| change.after())?))
    });
    told(Files::new(old, Some(own)), Files::new(new, Some(own)))
}

/// What replacing some files by others does, each given by path and bytes.
///
/// # Errors
/// As [`of`].
pub fn between<'a>(
    old: impl Iterator<Item = (&'a str, &'a [u8])>,
    new: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<ResourceChange>, Unread> {
    told(Files::new(old, None), Files::new(new, None))
}

/// What replacing one directory on disk by another does.
///
/// # Errors
/// As [`of`].
pub fn of_directories(old: &Path, new: &Path) -> Result<Vec<ResourceChange>, Unread> {
    let not = BTreeSet::new();
    let all = |directory| Files::new(std::iter::empty(), Some(Own { directory, not: &not }));
    told(all(old), all(new))
}

fn told(old: Files<'_>, new: Files<'_>) -> Result<Vec<ResourceChange>, Unread> {
    let as_read_by = |engine| {
        let old = Configuration::read(old.clone(), engine, None)?;
        let new = Configuration::read(new.clone(), engine, Some(&old))?;
        let is_split = old.has_tofu_only()? || new.has_tofu_only()?;
        Ok((plan::changes(&old, &new), is_split))
    };
    let (changes, is_split) = as_read_by(Engine::Terraform)?;
    match is_split {
        false => Ok(changes),
        // Which engine it will be is not known here, so the worse of both counts.
        true => Ok(worse(changes, as_read_by(Engine::Tofu)?.0)),
    }
}

/// The changes of both, of each resource the worse one.
fn worse(one: Vec<ResourceChange>, other: Vec<ResourceChange>) -> Vec<ResourceChange> {
    let mut all: BTreeMap<String, ResourceChange> =
        one.into_iter().map(|change| (change.address.clone(), change)).collect();
    for change in other {
        let known = all.get(&change.address);
        if known.is_none_or(|known| severity(known.action) < severity(change.action)) {
            all.insert(change.address.clone(), change);
        }
    }
    all.into_values().collect()
}

/// How bad an action is, for comparing two of one resource.
pub fn severity(action: Action) -> u8 {
    match action {
        Action::Nothing => 0,
        Action::Create => 1,
        Action::Update => 2,
        Action::Forget => 3,
        Action::Delete => 4,
        Action::CreateThenDelete => 5,
        Action::DeleteThenCreate => 6,
    }
}

#[cfg(test)]
mod tests;
