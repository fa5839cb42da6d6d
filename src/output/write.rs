//! Carries out [`Changes`]: every new text is staged beside its place first, then all are renamed, the manifest last.
//! So a full disk or a read-only directory is found before anything changes, and a run killed at any moment leaves whole
//! files and a manifest that lets the next run tell our half-finished work from the user's edits.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::changes::{Change, Changes, Kind};
use super::disk::{self, is_staged};
use super::lock::Lock;
use super::manifest::Manifest;
use super::pen::{Before, Pen, failed};
use super::{Base, OutputError, STATE_DIR, base};
use crate::tree::sha256_hex;

/// Creates, replaces and removes what `changes` says, then writes the manifest. Touches nothing when all is current.
///
/// Nothing is synced to the device: a run is repeatable, and syncing sixty files takes longer than everything else.
///
/// # Errors
/// When the file system refuses, the base texts are damaged, or another run is at work or was since the comparison. Mostly
/// nothing has changed then; else the next run goes on where this one stopped.
pub fn write(changes: &Changes<'_>) -> Result<(), OutputError> {
    write_by_strokes(changes, &mut |_, _| Ok(()))
}

/// What a step must find at its place: whatever else is there came since the comparison and is somebody's work.
#[derive(Clone, Copy)]
enum Was<'c> {
    Nothing,
    Text(&'c [u8]),
    /// One of our records, which nobody else writes.
    Record,
}

/// One change of the directory, all of them cheap and each of them whole.
enum Step<'c> {
    /// Renames a staged file to its place.
    Place { staged: TempPath, path: PathBuf, was: Was<'c> },
    /// Removes a file, and the directories below the output directory that this leaves empty.
    Remove { path: PathBuf, was: Was<'c> },
}

/// As [`write`], asking before each change of the disk whether to go on.
pub(super) fn write_by_strokes(changes: &Changes<'_>, before: Before<'_>) -> Result<(), OutputError> {
    if changes.is_current() {
        return Ok(());
    }
    let mut pen = Pen::new(before);
    let result = write_locked(changes, &mut pen);
    // Whoever was locked out leaves the directories to the run that has the lock.
    if result.as_ref().is_err_and(|error| !matches!(error, OutputError::Busy { .. })) {
        pen.clean_up();
    }
    result
}

fn write_locked(changes: &Changes<'_>, pen: &mut Pen<'_>) -> Result<(), OutputError> {
    let records = changes.out.join(STATE_DIR);
    pen.make_directory(&records)?;
    let _lock = Lock::take(&records, &changes.out)?;
    if Manifest::load(&changes.out)? != changes.before {
        return Err(OutputError::Busy { out: changes.out.clone() });
    }
    if changes.is_littered {
        clear_staged(&changes.out, pen)?;
    }
    let old_base = Base::load(&changes.out)?;
    let steps = stage(changes, &old_base, pen)?;
    steps.into_iter().try_for_each(|step| carry_out(step, &changes.out, pen))?;
    // A run that was killed between removing a file and the directories that this left empty.
    let pending = changes.before.iter().flat_map(|before| before.pending.keys());
    for path in pending.filter(|path| !changes.after.files.contains_key(*path)) {
        remove_empty_parents(&changes.out.join(path), &changes.out, pen);
    }
    Ok(())
}

/// Writes every text to a file beside its place and says in which order the places are to be taken.
///
/// First the base texts of both manifests and a manifest that announces what is coming, then the files, then the final
/// manifest, then only the base texts that this one needs.
fn stage<'c>(
    changes: &'c Changes<'_>,
    old_base: &Base,
    pen: &mut Pen<'_>,
) -> Result<Vec<Step<'c>>, OutputError> {
    let out = &changes.out;
    let during = announce(changes);
    let new_texts = generated(changes);
    let texts = |manifests: &[&Manifest]| {
        let mut wanted: Vec<_> = manifests.iter().flat_map(|manifest| manifest.bases()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let text = |of: (&str, &str)| new_texts.get(&of).copied().or_else(|| old_base.text(of.0, of.1));
        base::to_text(&wanted.into_iter().filter_map(|of| Some((of.0, text(of)?))).collect())
    };
    let last = texts(&[&changes.after]);
    // Until the manifest follows, both have their texts.
    let both = if during.files.is_empty() { None } else { Some(texts(&[&during, &changes.after])) };

    // Staged first and placed last, so that a killed run can be told by what is left in this one directory.
    let manifest = place(pen, Manifest::path(out), &changes.after.to_json(), Was::Record)?;
    let first = both.as_ref().unwrap_or(&last);
    let trimmed = match last == *first {
        true => None,
        false => Some(place(pen, Base::path(out), &last, Was::Record)?),
    };

    let mut steps = Vec::with_capacity(changes.files.len() + 4);
    if !old_base.is(first) {
        steps.push(place(pen, Base::path(out), first, Was::Record)?);
    }
    if !during.pending.is_empty() {
        steps.push(place(pen, Manifest::path(out), &during.to_line(), Was::Record)?);
    }
    for change in changes.iter().filter(|change| change.is_written()) {
        let path = out.join(&change.path);
        let was = change.on_disk.as_deref().map_or(Was::Nothing, Was::Text);
        steps.push(match change.text() {
            Some(text) => {
                pen.make_directory(path.parent().unwrap_or(out))?;
                place(pen, path, text, was)?
            }
            None => Step::Remove { path, was },
        });
    }
    steps.push(manifest);
    steps.extend(trimmed);
    Ok(steps)
}

/// The texts of ours that this run knows, by path and hash.
fn generated<'c>(changes: &'c Changes<'_>) -> BTreeMap<(&'c str, &'c str), &'c str> {
    let mut texts = BTreeMap::new();
    for change in changes.iter() {
        let path = change.path.as_str();
        let record = changes.after.files.get(path).map(|sha256| (path, sha256.as_str()));
        let withheld = changes.after.withheld.get(path).map(|sha256| (path, sha256.as_str()));
        match change.kind {
            Kind::Conflict(_) => {
                texts.extend(record.zip(change.base.as_deref()));
                texts.extend(withheld.zip(change.new));
            }
            Kind::Occupied(_) | Kind::Kept(_) => texts.extend(withheld.zip(change.new)),
            Kind::Deleted => {}
            _ => texts.extend(record.zip(change.new)),
        }
    }
    texts
}

/// The manifest while the run is under way: what is on disk now, and what is going to be.
fn announce(changes: &Changes<'_>) -> Manifest {
    let mut during = changes.after.clone();
    for change in changes.iter().filter(|change| change.is_written()) {
        let path = &change.path;
        let record = during.files.remove(path);
        during.files.extend(change.from.clone().map(|sha256| (path.clone(), sha256)));
        if let Some(to_be) = to_be(change, record.as_ref()) {
            during.pending.insert(path.clone(), to_be);
        }
        if matches!(change.kind, Kind::Merge | Kind::Conflict(_)) {
            during.merging.extend(record.map(|sha256| (path.clone(), sha256)));
        }
    }
    during
}

/// The hash of what a run puts at a place, or of what it takes away.
fn to_be(change: &Change<'_>, record: Option<&String>) -> Option<String> {
    match (change.kind, &change.merged) {
        (Kind::Merge | Kind::Conflict(_), Some(merged)) => Some(sha256_hex(&disk::plain(merged.as_bytes()))),
        (Kind::Remove, _) => change.on_disk.as_deref().map(|text| sha256_hex(&disk::plain(text))),
        _ => record.cloned(),
    }
}

/// Stages `text` beside `path`.
fn place<'c>(pen: &mut Pen<'_>, path: PathBuf, text: &str, was: Was<'c>) -> Result<Step<'c>, OutputError> {
    let staged = pen.stage(&path, text, !matches!(was, Was::Nothing))?;
    Ok(Step::Place { staged, path, was })
}

fn carry_out(step: Step<'_>, out: &Path, pen: &mut Pen<'_>) -> Result<(), OutputError> {
    let (Step::Place { path, was, .. } | Step::Remove { path, was }) = &step;
    if let Was::Text(text) = was {
        // A pipe in the place of the file would keep whoever reads it waiting for ever.
        let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
        let now =
            if is_file { fs::read(path).map_err(|source| failed("read", path, source))? } else { Vec::new() };
        if !is_file || now != *text {
            return Err(OutputError::Changed { path: path.clone() });
        }
    }
    match step {
        Step::Place { staged, path, was } => pen.place(staged, &path, matches!(was, Was::Nothing)),
        Step::Remove { path, .. } => {
            pen.remove_file(&path)?;
            remove_empty_parents(&path, out, pen);
            Ok(())
        }
    }
}

/// Removes the directories between `path` and `out` up to the first that holds something.
fn remove_empty_parents(path: &Path, out: &Path, pen: &mut Pen<'_>) {
    let mut parents = path.ancestors().skip(1).take_while(|parent| *parent != out);
    // It is right to end where one cannot be removed.
    let _ = parents.all(|parent| !parent.exists() || pen.remove_empty_directory(parent));
}

/// Removes what a killed run left staged below `directory`, and the directories that it made only for that.
///
/// It looks everywhere, because that run may have had other files to write than this one. Our records come last: as long as
/// something is staged there, the next run knows that there may be more.
fn clear_staged(directory: &Path, pen: &mut Pen<'_>) -> Result<(), OutputError> {
    let entries = fs::read_dir(directory).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let mut entries = entries.map_err(|source| failed("read", directory, source))?;
    entries.sort_by_key(|entry| (entry.file_name() == STATE_DIR, entry.file_name()));
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let file_type = entry.file_type().map_err(|source| failed("read", &path, source))?;
        // Nothing is ever staged in the other directories that start with a dot, and they may be large.
        if file_type.is_dir() && (name == STATE_DIR || !name.as_encoded_bytes().starts_with(b".")) {
            clear_staged(&path, pen)?;
        } else if file_type.is_file() && is_staged(&name) {
            pen.remove_file(&path)?;
            if directory.file_name().is_none_or(|name| name != STATE_DIR) {
                pen.remove_empty_directory(directory);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod kills;
#[cfg(test)]
mod tests;
