//! Compares the rendered tree with the manifest and the disk. Reads each file once and writes nothing.
//! Bytes are compared first, so that what is on disk is hashed only where it differs from what was rendered.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::changes::{CONFLICT_SUFFIX, Change, Changes, Kind, Standing};
use super::disk::{self, Disk, Found, What};
use super::manifest::{Manifest, check_path};
use super::merge::{Clash, Merged, Withheld, differences, merge};
use super::past::{Past, Verdict};
use super::wishes::Wishes;
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
    pub record: Option<Arc<Record>>,
    /// Edited files that are to be replaced by the generated ones: their paths, or those of directories above them.
    pub force: &'a [String],
    /// Deleted files that are to come back, likewise.
    pub restore: &'a [String],
    /// Files that the user's side is to stand in, where it clashes with the generated one, likewise.
    pub keep: &'a [String],
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
    is_crlf: bool,
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
/// where anything is to be looked at more closely. It needs no tree: the manifest has the hashes, and `embedded` knows the text
/// of a path and a hash where that is the same in every tree.
///
/// # Errors
/// When a directory on the way is a link or no directory, or when something cannot be read.
pub fn current(
    opened: &Opened,
    request: &Request<'_>,
    embedded: fn(&str, &str) -> Option<&'static str>,
) -> Result<Option<usize>, OutputError> {
    let is_clean = !opened.is_littered && !opened.is_crlf;
    let Some(known) = opened.manifest.as_ref().filter(|known| is_clean && !known.has_conflicts()) else {
        return Ok(None);
    };
    let wanted = Manifest { files: known.files.clone(), kept: known.kept.clone(), ..request.manifest() };
    let has_wishes = [request.force, request.restore, request.keep].iter().any(|wishes| !wishes.is_empty());
    if *known != wanted || has_wishes || request.program.is_empty() {
        return Ok(None);
    }
    let mut disk = Disk::new(&opened.out);
    for (path, sha256) in &known.files {
        let Found::File(bytes) = disk.find(path)? else { return Ok(None) };
        let is_same = match embedded(path, sha256) {
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

    /// Whether the manifest came with Windows line ends, as from a checkout that converts them.
    pub fn is_crlf(&self) -> bool {
        self.is_crlf
    }
}

/// Looks whether `out` is ours or could be, and reads its manifest.
///
/// # Errors
/// When `out` holds files and is not ours, when it is a link or no directory, or when the manifest is damaged or newer than
/// this program.
pub fn open(out: &Path) -> Result<Opened, OutputError> {
    let mut opened = Opened { out: out.to_owned(), manifest: None, is_littered: false, is_crlf: false };
    if disk::is_ours(out)? {
        (opened.manifest, opened.is_crlf) = Manifest::read(out)?;
        opened.is_littered = disk::is_littered(out)?;
    }
    Ok(opened)
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
    let Opened { out, manifest: before, is_littered, is_crlf } = opened;
    let after = request.manifest();
    let nothing = Manifest::new("");
    let mut comparison = Comparison {
        known: before.as_ref().unwrap_or(&nothing),
        disk: Disk::new(&out),
        base: None,
        out: &out,
        files: Vec::with_capacity(tree.len()),
        after,
        wishes: Wishes::new(&request),
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
    Ok(Changes { out, files, before, after, is_littered, is_crlf })
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

impl<'t> Comparison<'t, '_> {
    /// A path that the tree has, and the other side of its conflict if there is one.
    fn generated(&mut self, path: &str, file: &'t File) -> Result<(), OutputError> {
        let side_path = || format!("{path}{CONFLICT_SUFFIX}");
        let mut past = Past::of(self.known, path);
        let side = if self.has_conflicts { Past::of(self.known, &side_path()) } else { Past::default() };
        let side_found = if side.is_known() { Some(self.disk.find(&side_path())?) } else { None };
        let is_gone = matches!(side_found, Some(Found::Nothing));
        let is_settled = is_gone && past.settle(&side, self.known.withheld.get(path));

        let found = self.disk.find(path)?;
        let mut verdict = past.judge(file, &found);
        if let (Kind::Conflict(_), Found::File(bytes)) = (verdict.kind, &found) {
            verdict = self.merge(path, file, bytes, verdict)?;
        }
        if is_settled {
            verdict.standing = Standing::Settled;
        }
        if let Some(kept) = self.known.kept.get(path) {
            verdict = verdict.kept(file, kept);
        }
        let mut verdict = self.wishes.apply(path, file, verdict)?;
        let theirs = verdict.theirs.take().filter(|_| matches!(verdict.kind, Kind::Conflict(_)));
        if verdict.kind.is_unresolved() {
            self.after.withheld.insert(path.to_owned(), file.sha256().into_owned());
        }
        if verdict.standing == Standing::Kept {
            self.after.kept.insert(path.to_owned(), file.sha256().into_owned());
        }
        self.push(path.to_owned(), Some(file), verdict, found);

        if let Some(theirs) = theirs {
            let found = match side_found {
                Some(found) => found,
                None => self.disk.find(&side_path())?,
            };
            let theirs = File::new(theirs);
            let judged = side.judge(&theirs, &found);
            let mut verdict = match judged.kind {
                Kind::Deleted => Verdict::new(Kind::Create, Some(theirs.sha256().into_owned())),
                Kind::Conflict(_) | Kind::Edited => Verdict::new(Kind::Occupied(What::File), judged.record),
                _ => judged,
            };
            verdict.merged = Some(theirs.text.into_owned());
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
        let base = self.base.as_ref().and_then(|base| base.text(path, from));
        let Merged { mine: merged, withheld } = match base {
            Some(base) => merge(path, base, mine, &file.text),
            None => Withheld::all(Clash::NoBase, &file.text),
        };
        let verdict = Verdict { merged, ..verdict };
        Ok(match withheld {
            Some(Withheld { clash, theirs, base }) => {
                let lines = match (clash, &verdict.merged) {
                    (Clash::Lines(_), Some(merged)) => differences(path, merged, &theirs),
                    (Clash::Lines(_), None) => {
                        differences(path, &String::from_utf8_lossy(&disk::plain(mine)), &theirs)
                    }
                    _ => Vec::new(),
                };
                Verdict {
                    kind: Kind::Conflict(clash),
                    record: base.as_ref().map(|base| sha256_hex(base.as_bytes())).or(verdict.record),
                    theirs: Some(theirs),
                    base,
                    lines,
                    ..verdict
                }
            }
            // Where nothing is merged in, the user's text has all of our change already.
            None => verdict.taken_over(file),
        })
    }

    fn push(&mut self, path: String, file: Option<&'t File>, verdict: Verdict, found: Found) {
        let Verdict { kind, record, from, merged, base, standing, lines, .. } = verdict;
        if let Some(sha256) = record {
            self.after.files.insert(path.clone(), sha256);
        }
        let on_disk = match found {
            Found::File(bytes) if kind != Kind::Unchanged => Some(bytes),
            _ => None,
        };
        let new = file.map(|file| file.text.as_ref());
        let is_embedded = file.is_some_and(File::is_embedded);
        self.files.push(Change {
            path,
            kind,
            new,
            on_disk,
            is_embedded,
            merged,
            from,
            base,
            standing,
            lines,
        });
    }
}
