//! Compares the rendered tree with the manifest and the disk. Reads each file once and writes nothing.
//! Bytes are compared first, so that what is on disk is hashed only where it differs from what was rendered.

use std::collections::BTreeSet;
use std::path::Path;

use super::OutputError;
use super::changes::{Change, Changes, Kind};
use super::disk::{self, Disk, Found};
use super::manifest::{Manifest, check_path};
use crate::tree::{File, Tree, sha256_hex};

/// What is to happen in `out` so that it holds `tree`, the user's own work kept.
///
/// `spec_sha256` is the hash of the spec's bytes and goes into the manifest.
///
/// # Errors
/// When `out` holds files and is not ours, when a directory on the way is a link or no directory, when the manifest is
/// damaged or newer than this program, or when something cannot be read.
pub fn compare<'t>(tree: &'t Tree, out: &Path, spec_sha256: &str) -> Result<Changes<'t>, OutputError> {
    for (path, _) in tree.iter() {
        check_path(path).map_err(|reason| OutputError::Path { path: path.to_owned(), reason })?;
    }
    let (before, is_littered) =
        if disk::is_ours(out)? { (Manifest::load(out)?, disk::is_littered(out)?) } else { (None, false) };
    let mut after = Manifest::new(spec_sha256);
    let mut files = Vec::with_capacity(tree.len());

    let nothing = Manifest::new(spec_sha256);
    let known = before.as_ref().unwrap_or(&nothing);
    let recorded = known.files.keys().chain(known.pending.keys()).map(String::as_str);
    let paths: BTreeSet<&str> = tree.iter().map(|(path, _)| path).chain(recorded).collect();
    let mut disk = Disk::new(out);
    for path in paths {
        let past = Past { written: known.files.get(path), pending: known.pending.get(path) };
        let found = disk.find(path)?;
        let file = tree.get(path);
        let verdict = match file {
            Some(file) => Some(past.judge(file, &found)),
            None => past.judge_orphan(&found),
        };
        let Some(Verdict { kind, record, ours_on_disk }) = verdict else { continue };
        if let Some(sha256) = record {
            after.files.insert(path.to_owned(), sha256);
        }
        let on_disk = match found {
            Found::File(bytes) if kind != Kind::Unchanged => Some(bytes),
            _ => None,
        };
        let new = file.map(|file| file.text.as_ref());
        files.push(Change { path: path.to_owned(), kind, new, on_disk, ours_on_disk });
    }
    Ok(Changes { out: out.to_owned(), files, before, after, is_littered })
}

/// What the manifest says of one path.
struct Past<'m> {
    /// The hash of what we wrote there last.
    written: Option<&'m String>,
    /// The hash of what an interrupted run was to put there, or to take away.
    pending: Option<&'m String>,
}

/// The judgement of one path, and what the manifest is to say of it from now on.
struct Verdict {
    kind: Kind,
    record: Option<String>,
    ours_on_disk: Option<String>,
}

impl Past<'_> {
    /// A path that the tree has.
    ///
    /// The record moves on to the new text only where the disk has it afterwards: a kept edit stays recorded with the
    /// text that it started from, because that one is the base of a merge.
    fn judge(&self, file: &File, found: &Found) -> Verdict {
        let verdict = |kind, record| Verdict { kind, record, ours_on_disk: None };
        let new = || Some(file.sha256().into_owned());
        let bytes = match found {
            // Replacing never leaves a gap, so only what an interrupted run was to create or remove, which is the same
            // text before and after, is absent without the user having wished it.
            Found::Nothing if self.written.is_some() && self.written != self.pending => {
                return verdict(Kind::Deleted, self.written.cloned());
            }
            Found::Nothing => return verdict(Kind::Create, new()),
            Found::Other(what) => return verdict(Kind::Occupied(*what), self.written.cloned()),
            Found::File(bytes) => bytes,
        };
        if bytes == file.text.as_bytes() {
            return verdict(Kind::Unchanged, new());
        }
        let plain = disk::plain(bytes);
        if plain == file.text.as_bytes() {
            return verdict(Kind::Unchanged, new());
        }
        if let Some(ours) = self.ours(&plain) {
            return Verdict { kind: Kind::Update, record: new(), ours_on_disk: Some(ours) };
        }
        match self.written {
            None => verdict(Kind::Occupied(disk::What::File), None),
            Some(base) if *base == file.sha256() => verdict(Kind::Edited, Some(base.clone())),
            Some(base) => verdict(Kind::Diverged, Some(base.clone())),
        }
    }

    /// A path that only the manifest has; `None` when there is nothing of ours left to speak of.
    fn judge_orphan(&self, found: &Found) -> Option<Verdict> {
        if let Found::Nothing = found {
            return None;
        }
        if let Found::File(bytes) = found
            && let Some(ours) = self.ours(&disk::plain(bytes))
        {
            return Some(Verdict { kind: Kind::Remove, record: None, ours_on_disk: Some(ours) });
        }
        let base = self.written?.clone();
        Some(Verdict { kind: Kind::KeepOrphan, record: Some(base), ours_on_disk: None })
    }

    /// The hash of `text`, if it is one that we put at this path.
    fn ours(&self, text: &[u8]) -> Option<String> {
        if self.written.is_none() && self.pending.is_none() {
            return None;
        }
        let sha256 = sha256_hex(text);
        (self.written == Some(&sha256) || self.pending == Some(&sha256)).then_some(sha256)
    }
}
