//! What the manifest says of one path, held against what is on disk: whose the text there is.

use super::changes::{Kind, Standing};
use super::disk::{self, Found, What};
use super::manifest::Manifest;
use super::merge::Clash;
use crate::tree::{File, sha256_hex};

/// The judgement of one path.
pub(super) struct Verdict {
    pub(super) kind: Kind,
    /// The hash that the manifest is to have from now on.
    pub(super) record: Option<String>,
    /// See [`super::Change::from`].
    pub(super) from: Option<String>,
    /// See [`super::Change::merged`].
    pub(super) merged: Option<String>,
    /// Of a conflict: the text that goes beside the file.
    pub(super) theirs: Option<String>,
    /// See [`super::Change::base`].
    pub(super) base: Option<String>,
    pub(super) standing: Standing,
    /// See [`super::Change::lines`].
    pub(super) lines: Vec<usize>,
}

impl Verdict {
    pub(super) fn new(kind: Kind, record: Option<String>) -> Self {
        let (from, merged, theirs, base) = (None, None, None, None);
        let (standing, lines) = (Standing::Usual, Vec::new());
        Self { kind, record, from, merged, theirs, base, standing, lines }
    }

    pub(super) fn from(self, from: Option<String>) -> Self {
        Self { from, ..self }
    }

    /// Where the user's text, or the merge if there is one, is an edit of the generated text from now on.
    pub(super) fn taken_over(self, file: &File) -> Self {
        let kind = if self.merged.is_some() { Kind::Merge } else { Kind::Edited };
        Self { kind, record: Some(file.sha256().into_owned()), base: None, ..self }
    }

    /// Where the user declared their side kept, now or against the text with the hash `kept`.
    pub(super) fn kept(self, file: &File, kept: &str) -> Self {
        let is_same = kept == file.sha256();
        match self.kind {
            Kind::Occupied(what) if is_same && what != What::File => {
                Self { kind: Kind::Kept(what), standing: Standing::Kept, ..self }
            }
            Kind::Edited | Kind::Merge => Self { standing: Standing::Kept, ..self },
            _ => self,
        }
    }
}

/// What the manifest says of one path.
#[derive(Default)]
pub(super) struct Past<'m> {
    /// The hash of what we wrote there last.
    written: Option<&'m String>,
    /// The hash of what an interrupted run was to put there, or to take away.
    pending: Option<&'m String>,
    /// Where that is a merge: the hash of the generated text in it.
    merging: Option<&'m String>,
}

impl<'m> Past<'m> {
    pub(super) fn of(known: &'m Manifest, path: &str) -> Self {
        Self {
            written: known.files.get(path),
            pending: known.pending.get(path),
            merging: known.merging.get(path),
        }
    }

    pub(super) fn is_known(&self) -> bool {
        self.written.is_some() || self.pending.is_some()
    }

    /// Notes that the user took the other side of a conflict away: from now on the file is an edit of the text that was withheld. Whether so.
    ///
    /// Not where a run was killed on the way: then it may never have been there, or the file lacks what merged.
    pub(super) fn settle(&mut self, side: &Self, withheld: Option<&'m String>) -> bool {
        let is_settled = side.written.is_some() && side.pending.is_none() && self.pending.is_none();
        match withheld.filter(|_| is_settled) {
            Some(withheld) => {
                self.written = Some(withheld);
                true
            }
            None => false,
        }
    }

    /// A path that the tree has. A conflict is only suspected: merging may settle it.
    ///
    /// The record moves on to the new text only where the disk has it afterwards: a kept edit stays recorded with the
    /// text that it started from, because that one is the base of a merge.
    pub(super) fn judge(&self, file: &File, found: &Found) -> Verdict {
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
            // A checkout or an editor changed the line ends: nobody's edit, but not what machines are to read either.
            return Verdict::new(Kind::Update, new()).from(new());
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
    pub(super) fn judge_orphan(&self, found: &Found) -> Option<Verdict> {
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
