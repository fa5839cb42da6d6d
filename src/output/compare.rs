//! Compares the rendered tree with the manifest and the disk. Reads each file once and writes nothing.
//! Bytes are compared first, so that what is on disk is hashed only where it differs from what was rendered.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::changes::{CONFLICT_SUFFIX, Change, Changes, Kind};
use super::disk::{self, Disk, Found, What};
use super::manifest::{Manifest, check_path};
use super::merge::{Clash, merge};
use super::{Base, OutputError};
use crate::record::Record;
use crate::tree::{File, Tree, sha256_hex};

/// What a run is about, beside the tree.
#[derive(Debug, Default)]
pub struct Request<'a> {
    /// The sha256 of the spec's bytes, for the manifest.
    pub spec_sha256: &'a str,
    /// The program that made the tree out of the spec and the sizes, for the manifest; empty where it was made otherwise.
    pub program: &'a str,
    /// What was decided for the tree, for the manifest.
    pub record: Option<Record>,
    /// Edited files that are to be replaced by the generated ones: their paths, or those of directories above them.
    pub force: &'a [String],
    /// Deleted files that are to come back, likewise.
    pub restore: &'a [String],
}

/// What is to happen in `out` so that it holds `tree`, the user's own work kept.
///
/// # Errors
/// As [`open`] and [`compare_for`].
pub fn compare<'t>(tree: &'t Tree, out: &Path, spec_sha256: &str) -> Result<Changes<'t>, OutputError> {
    compare_for(tree, open(out)?, Request { spec_sha256, ..Request::default() })
}

/// An output directory before a comparison.
#[derive(Debug)]
pub struct Opened {
    out: PathBuf,
    manifest: Option<Manifest>,
    is_littered: bool,
}

impl Request<'_> {
    /// The manifest of a directory that fulfils it, without files yet.
    fn manifest(&self) -> Manifest {
        Manifest {
            record: self.record.clone(),
            program: self.program.to_owned(),
            ..Manifest::new(self.spec_sha256)
        }
    }
}

/// How many files a directory has of which not one differs from what `request.program` makes of that spec and those sizes; `None`
/// where anything is to be looked at more closely. It needs no tree: `embedded` knows the files that are the same in all of them, and
/// the manifest the hashes of the others.
///
/// # Errors
/// When a directory on the way is a link or no directory, or when something cannot be read.
pub fn current(
    opened: &Opened,
    request: &Request<'_>,
    embedded: fn(&str) -> Option<&'static str>,
) -> Result<Option<usize>, OutputError> {
    let Some(known) = opened.manifest.as_ref().filter(|known| !opened.is_littered && !known.has_conflicts())
    else {
        return Ok(None);
    };
    let wanted = Manifest { files: known.files.clone(), ..request.manifest() };
    let has_wishes = !request.force.is_empty() || !request.restore.is_empty();
    if *known != wanted || has_wishes || request.program.is_empty() {
        return Ok(None);
    }
    let mut disk = Disk::new(&opened.out);
    for (path, sha256) in &known.files {
        let Found::File(bytes) = disk.find(path)? else { return Ok(None) };
        let is_same = match embedded(path) {
            Some(text) => bytes == text.as_bytes(),
            None => sha256_hex(&bytes) == *sha256,
        };
        if !is_same {
            return Ok(None);
        }
    }
    Ok(Some(known.files.len()))
}

impl Opened {
    /// The directory.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// What the last run left in the manifest; `None` before a first one.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }
}

/// Looks whether `out` is ours or could be, and reads its manifest.
///
/// # Errors
/// When `out` holds files and is not ours, when it is a link or no directory, or when the manifest is damaged or newer than
/// this program.
pub fn open(out: &Path) -> Result<Opened, OutputError> {
    let (manifest, is_littered) =
        if disk::is_ours(out)? { (Manifest::load(out)?, disk::is_littered(out)?) } else { (None, false) };
    Ok(Opened { out: out.to_owned(), manifest, is_littered })
}

/// As [`compare`], for a directory that was opened before and a run with wishes of its own.
///
/// # Errors
/// When a directory on the way is a link or no directory, when something cannot be read, or when a wish names nothing that
/// it could be about.
pub fn compare_for<'t>(
    tree: &'t Tree,
    opened: Opened,
    request: Request<'_>,
) -> Result<Changes<'t>, OutputError> {
    for (path, _) in tree.iter() {
        check_path(path).map_err(|reason| OutputError::Path { path: path.to_owned(), reason })?;
    }
    let Opened { out, manifest: before, is_littered } = opened;
    let after = request.manifest();
    let nothing = Manifest::new("");
    let mut comparison = Comparison {
        known: before.as_ref().unwrap_or(&nothing),
        disk: Disk::new(&out),
        base: None,
        out: &out,
        files: Vec::with_capacity(tree.len()),
        after,
        wishes: Wishes::new(request.force, request.restore),
        has_conflicts: before.as_ref().is_some_and(Manifest::has_conflicts),
    };
    let known = comparison.known;
    let recorded = known.files.keys().chain(known.pending.keys()).map(String::as_str);
    let paths: BTreeSet<&str> = tree.iter().map(|(path, _)| path).chain(recorded).collect();
    for path in paths {
        match tree.get(path) {
            Some(file) => comparison.generated(path, file)?,
            // The other side of a conflict is judged with the file that it belongs to.
            None if path.strip_suffix(CONFLICT_SUFFIX).is_some_and(|path| tree.get(path).is_some()) => {}
            None => comparison.orphan(path)?,
        }
    }
    comparison.wishes.fulfilled()?;
    let Comparison { files, after, .. } = comparison;
    Ok(Changes { out, files, before, after, is_littered })
}

/// A comparison under way.
struct Comparison<'t, 'm> {
    known: &'m Manifest,
    disk: Disk<'m>,
    /// Read when a first file has to be merged.
    base: Option<Base>,
    out: &'m Path,
    files: Vec<Change<'t>>,
    after: Manifest,
    wishes: Wishes<'m>,
    /// Whether the last run left any.
    has_conflicts: bool,
}

/// The judgement of one path.
struct Verdict {
    kind: Kind,
    /// The hash that the manifest is to have from now on.
    record: Option<String>,
    /// See [`Change::from`].
    from: Option<String>,
    merged: Option<String>,
}

impl Verdict {
    fn new(kind: Kind, record: Option<String>) -> Self {
        Self { kind, record, from: None, merged: None }
    }

    fn from(self, from: Option<String>) -> Self {
        Self { from, ..self }
    }
}

impl<'t> Comparison<'t, '_> {
    /// A path that the tree has, and the other side of its conflict if there is one.
    fn generated(&mut self, path: &str, file: &'t File) -> Result<(), OutputError> {
        let side_path = || format!("{path}{CONFLICT_SUFFIX}");
        let mut past = Past::of(self.known, path);
        let side = if self.has_conflicts { Past::of(self.known, &side_path()) } else { Past::default() };
        let side_found = if side.is_known() { Some(self.disk.find(&side_path())?) } else { None };
        // Whoever deletes the other side has taken over what they wanted: the file is an edit of that text from now on.
        if let (Some(Found::Nothing), Some(theirs)) = (&side_found, side.written)
            && side.pending != Some(theirs)
        {
            past.written = Some(theirs);
        }

        let found = self.disk.find(path)?;
        let mut verdict = past.judge(file, &found);
        if let (Kind::Conflict(_), Found::File(bytes)) = (verdict.kind, &found) {
            verdict = self.merge(path, file, bytes, verdict)?;
        }
        let verdict = self.wishes.apply(path, file, verdict)?;
        let has_conflict = matches!(verdict.kind, Kind::Conflict(_));
        self.push(path.to_owned(), Some(file), verdict, found);

        if has_conflict {
            let found = match side_found {
                Some(found) => found,
                None => self.disk.find(&side_path())?,
            };
            let verdict = match side.judge(file, &found) {
                Verdict { kind: Kind::Deleted, .. } => {
                    Verdict::new(Kind::Create, Some(file.sha256().into_owned()))
                }
                Verdict { kind: Kind::Conflict(_) | Kind::Edited, record, .. } => {
                    Verdict::new(Kind::Occupied(What::File), record)
                }
                verdict => verdict,
            };
            self.push(side_path(), Some(file), verdict, found);
        } else if let Some(found) = side_found
            && let Some(verdict) = side.judge_orphan(&found)
        {
            self.push(side_path(), None, verdict, found);
        }
        Ok(())
    }

    /// A path that only the manifest has.
    fn orphan(&mut self, path: &str) -> Result<(), OutputError> {
        let found = self.disk.find(path)?;
        if let Some(verdict) = Past::of(self.known, path).judge_orphan(&found) {
            let verdict = self.wishes.apply_to_orphan(path, verdict);
            self.push(path.to_owned(), None, verdict, found);
        }
        Ok(())
    }

    /// Settles a file that both sides changed: `verdict` says what the user started from.
    fn merge(
        &mut self,
        path: &str,
        file: &File,
        mine: &[u8],
        verdict: Verdict,
    ) -> Result<Verdict, OutputError> {
        if self.base.is_none() {
            self.base = Some(Base::load(self.out)?);
        }
        let from = verdict.record.as_deref().unwrap_or_default();
        let text = self.base.as_ref().and_then(|base| base.text(from));
        Ok(match text.ok_or(Clash::NoBase).and_then(|base| merge(path, base, mine, &file.text)) {
            Err(clash) => Verdict { kind: Kind::Conflict(clash), ..verdict },
            Ok(merged) => {
                let new = Some(file.sha256().into_owned());
                match merged.as_bytes() == mine {
                    // The user's text has all of our change already.
                    true => Verdict::new(Kind::Edited, new),
                    false => {
                        Verdict { kind: Kind::Merge, record: new, from: verdict.record, merged: Some(merged) }
                    }
                }
            }
        })
    }

    fn push(&mut self, path: String, file: Option<&'t File>, verdict: Verdict, found: Found) {
        let Verdict { kind, record, from, merged } = verdict;
        if let Some(sha256) = record {
            self.after.files.insert(path.clone(), sha256);
        }
        let on_disk = match found {
            Found::File(bytes) if kind != Kind::Unchanged => Some(bytes),
            _ => None,
        };
        let new = file.map(|file| file.text.as_ref());
        let is_embedded = file.is_some_and(File::is_embedded);
        self.files.push(Change { path, kind, new, on_disk, is_embedded, merged, from });
    }
}

/// What the manifest says of one path.
#[derive(Default)]
struct Past<'m> {
    /// The hash of what we wrote there last.
    written: Option<&'m String>,
    /// The hash of what an interrupted run was to put there, or to take away.
    pending: Option<&'m String>,
    /// Where that is a merge: the hash of the generated text in it.
    merging: Option<&'m String>,
}

impl<'m> Past<'m> {
    fn of(known: &'m Manifest, path: &str) -> Self {
        Self {
            written: known.files.get(path),
            pending: known.pending.get(path),
            merging: known.merging.get(path),
        }
    }

    fn is_known(&self) -> bool {
        self.written.is_some() || self.pending.is_some()
    }

    /// A path that the tree has. A conflict is only suspected: merging may settle it.
    ///
    /// The record moves on to the new text only where the disk has it afterwards: a kept edit stays recorded with the
    /// text that it started from, because that one is the base of a merge.
    fn judge(&self, file: &File, found: &Found) -> Verdict {
        let new = || Some(file.sha256().into_owned());
        let bytes = match found {
            // Replacing never leaves a gap, so only what an interrupted run was to create or remove, which is the same
            // text before and after, is absent without the user having wished it.
            Found::Nothing if self.written.is_some() && self.written != self.pending => {
                return Verdict::new(Kind::Deleted, self.written.cloned());
            }
            Found::Nothing => return Verdict::new(Kind::Create, new()),
            Found::Other(what) => return Verdict::new(Kind::Occupied(*what), self.written.cloned()),
            Found::File(bytes) => bytes,
        };
        if bytes == file.text.as_bytes() {
            return Verdict::new(Kind::Unchanged, new());
        }
        let plain = disk::plain(bytes);
        if plain == file.text.as_bytes() {
            return Verdict::new(Kind::Unchanged, new());
        }
        let base = match self.origin(&plain) {
            Origin::Ours(sha256) => return Verdict::new(Kind::Update, new()).from(Some(sha256)),
            Origin::Edit(base) => base,
            Origin::Stranger => return Verdict::new(Kind::Occupied(What::File), None),
        };
        let kind = if *base == file.sha256() { Kind::Edited } else { Kind::Conflict(Clash::NoBase) };
        Verdict::new(kind, Some(base.clone())).from(Some(base.clone()))
    }

    /// A path that only the manifest has; `None` when there is nothing of ours left to speak of.
    fn judge_orphan(&self, found: &Found) -> Option<Verdict> {
        let bytes = match found {
            Found::Nothing => return None,
            Found::Other(_) => return Some(Verdict::new(Kind::KeepOrphan, Some(self.written?.clone()))),
            Found::File(bytes) => bytes,
        };
        match self.origin(&disk::plain(bytes)) {
            Origin::Ours(sha256) => Some(Verdict::new(Kind::Remove, None).from(Some(sha256))),
            Origin::Edit(base) => {
                Some(Verdict::new(Kind::KeepOrphan, Some(base.clone())).from(Some(base.clone())))
            }
            Origin::Stranger => None,
        }
    }

    /// Where a text at this path comes from.
    fn origin(&self, text: &[u8]) -> Origin<'m> {
        if !self.is_known() {
            return Origin::Stranger;
        }
        let sha256 = sha256_hex(text);
        match (self.merging, self.written) {
            (Some(base), _) if self.pending == Some(&sha256) => Origin::Edit(base),
            _ if self.written == Some(&sha256) || self.pending == Some(&sha256) => Origin::Ours(sha256),
            (_, Some(base)) => Origin::Edit(base),
            (_, None) => Origin::Stranger,
        }
    }
}

/// Where a text comes from.
enum Origin<'m> {
    /// We put it there; its hash.
    Ours(String),
    /// The user edited what we put there; the hash of that.
    Edit(&'m String),
    /// We had nothing there.
    Stranger,
}

/// What the user asked for beside the usual: every wish must be about something, or it was mistyped.
struct Wishes<'a> {
    force: Vec<(&'a str, bool)>,
    restore: Vec<(&'a str, bool)>,
}

impl<'a> Wishes<'a> {
    fn new(force: &'a [String], restore: &'a [String]) -> Self {
        let all =
            |paths: &'a [String]| paths.iter().map(|path| (path.trim_end_matches('/'), false)).collect();
        Self { force: all(force), restore: all(restore) }
    }

    fn apply(&mut self, path: &str, file: &File, verdict: Verdict) -> Result<Verdict, OutputError> {
        let new = || Some(file.sha256().into_owned());
        let is_forced = claim(&mut self.force, path);
        let is_restored = claim(&mut self.restore, path);
        Ok(match verdict.kind {
            Kind::Occupied(what) if is_forced && what != What::File => {
                return Err(OutputError::Unforced { path: path.to_owned(), what });
            }
            Kind::Edited | Kind::Merge | Kind::Conflict(_) | Kind::Occupied(_) if is_forced => {
                Verdict::new(Kind::Force, new()).from(verdict.from)
            }
            Kind::Deleted if is_restored => Verdict::new(Kind::Create, new()),
            _ => verdict,
        })
    }

    fn apply_to_orphan(&mut self, path: &str, verdict: Verdict) -> Verdict {
        match claim(&mut self.force, path) && verdict.kind == Kind::KeepOrphan && verdict.from.is_some() {
            true => Verdict::new(Kind::Remove, None).from(verdict.from),
            false => verdict,
        }
    }

    fn fulfilled(&self) -> Result<(), OutputError> {
        let wishes = [("--force", &self.force), ("--restore", &self.restore)];
        for (flag, wishes) in wishes {
            if let Some((path, _)) = wishes.iter().find(|(_, is_claimed)| !is_claimed) {
                return Err(OutputError::Wish { flag, path: (*path).to_owned() });
            }
        }
        Ok(())
    }
}

/// Whether one of the wishes names `path` or a directory above it.
fn claim(wishes: &mut [(&str, bool)], path: &str) -> bool {
    let mut is_wished = false;
    for (wish, is_claimed) in wishes {
        let rest = path.strip_prefix(*wish);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            *is_claimed = true;
            is_wished = true;
        }
    }
    is_wished
}
