//! The outcome of a comparison: for every path one [`Kind`], and what the records will say afterwards.
//! Commands print it, the writer carries it out.

use std::fmt;
use std::path::{Path, PathBuf};

use super::disk::What;
use super::manifest::{self, FORMAT, Manifest};
use super::merge::Clash;

/// What is appended to the path of a file whose changes clash, for the merge with tierform's side where they do.
pub const CONFLICT_SUFFIX: &str = ".tierform-new";

/// What is to happen with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// New: written.
    Create,
    /// Untouched by the user since we wrote it, and the generated text changed: replaced.
    Update,
    /// Edited by the user, and what we generate changed as well, elsewhere: both changes are written.
    Merge,
    /// Edited by the user, who asked to have the generated text instead: replaced.
    Force,
    /// As generated already, whoever wrote it.
    Unchanged,
    /// Edited by the user; what we generate has not changed since: kept.
    Edited,
    /// Edited by the user, and what we generate clashes with it: the rest is merged, the user's lines stay where both changed them,
    /// and the merge with ours there is written beside it.
    Conflict(Clash),
    /// Something that we did not write is where a file would go: kept.
    Occupied(What),
    /// Something of the user's that no text can be written to, and that they declared kept.
    Kept(What),
    /// Deleted by the user: stays deleted.
    Deleted,
    /// No longer generated and untouched: removed.
    Remove,
    /// No longer generated, but edited by the user: kept.
    KeepOrphan,
}

impl Kind {
    /// Whether the writer replaces, makes or removes such a file; see [`Change::is_written`].
    fn is_written(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Merge | Self::Force | Self::Remove)
    }

    /// Whether the user's side stands, which a report must name.
    pub fn is_kept(self) -> bool {
        matches!(
            self,
            Self::Edited | Self::Conflict(_) | Self::Occupied(_) | Self::Kept(_) | Self::KeepOrphan
        )
    }

    /// Whether the directory lacks what the spec generates until the user decides, which every status tells.
    pub fn is_unresolved(self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Occupied(_))
    }

    /// Why, as the rest of a line that starts with the file's path.
    fn reason(self) -> String {
        match self {
            Self::Create => "new".to_owned(),
            Self::Update => "generated text changed".to_owned(),
            Self::Merge => {
                "edited by you, and the generated text changed elsewhere: both are in it".to_owned()
            }
            Self::Force => "edited by you, replaced as you asked".to_owned(),
            Self::Unchanged => "as generated".to_owned(),
            Self::Edited => "edited by you: kept; tierform generates the same as before".to_owned(),
            Self::Conflict(clash) => clash.reason(&[]),
            Self::Occupied(what) => {
                format!(
                    "{what} of yours is in the way: kept; move it to get the generated file, or say that it stays with \
                     --keep"
                )
            }
            Self::Kept(what) => format!("{what} of yours stands there: kept, as you said"),
            Self::Deleted => "deleted by you: stays deleted; --restore brings it back".to_owned(),
            Self::Remove => "no longer generated".to_owned(),
            Self::KeepOrphan => {
                "no longer generated, but edited by you: kept; delete it unless you need it".to_owned()
            }
        }
    }
}

/// One stable word, for reports and JSON.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Merge => "merge",
            Self::Force => "force",
            Self::Unchanged => "unchanged",
            Self::Edited => "edited",
            Self::Conflict(_) => "conflict",
            Self::Occupied(_) => "occupied",
            Self::Kept(_) => "kept",
            Self::Deleted => "deleted",
            Self::Remove => "remove",
            Self::KeepOrphan => "orphan",
        })
    }
}

/// One file of the comparison.
#[derive(Debug)]
pub struct Change<'t> {
    /// Relative to the output directory, with `/`.
    pub path: String,
    /// What is to happen.
    pub kind: Kind,
    /// The generated text; `None` for a file that is no longer generated.
    pub new: Option<&'t str>,
    /// What is on disk, where that is a file and differs from the generated text.
    pub on_disk: Option<Vec<u8>>,
    /// Whether the generated text is the same in every deployment of this version.
    pub is_embedded: bool,
    /// Another text than the generated one that is there afterwards: a merge of both sides.
    pub(super) merged: Option<String>,
    /// What the user's text is an edit of from now on, where that is no generated text.
    pub(super) base: Option<String>,
    /// How it stands with a conflict.
    pub(super) standing: Standing,
    /// The lines of the file at which something is withheld, counted from 1.
    pub(super) lines: Vec<usize>,
    /// The hash of the generated text that the disk's is, or was edited from; only where that is to go.
    pub(super) from: Option<String>,
}

/// What the records say of a conflict beyond the file's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Standing {
    /// There is none, or it is open.
    #[default]
    Usual,
    /// It was open, and the user took its other side away.
    Settled,
    /// The user declared their side kept.
    Kept,
}

impl Change<'_> {
    /// Whether the writer does something about the file. Of one with a conflict, what merges is written.
    pub fn is_written(&self) -> bool {
        self.kind.is_written() || matches!(self.kind, Kind::Conflict(_)) && self.merged.is_some()
    }

    /// The text that is there after writing; `None` where nothing of ours and no edited text of ours will be.
    pub fn after(&self) -> Option<&[u8]> {
        match self.kind {
            Kind::Remove | Kind::Deleted => None,
            kind if kind.is_kept() && !self.is_written() => self.on_disk.as_deref(),
            _ => self.text().map(str::as_bytes),
        }
    }

    /// The text that is there now; `None` where there is no file.
    pub fn before(&self) -> Option<&[u8]> {
        match self.kind {
            Kind::Unchanged => self.text().map(str::as_bytes),
            _ => self.on_disk.as_deref(),
        }
    }

    /// Whether a conflict was open and the user took its other side away, which settles it.
    pub fn is_settled(&self) -> bool {
        self.standing == Standing::Settled
    }

    /// Whether the user declared their side kept.
    pub fn is_declared(&self) -> bool {
        self.standing == Standing::Kept
    }

    /// Why, as the rest of a line that starts with the file's path.
    pub fn reason(&self) -> String {
        let (path, kept) = (&self.path, self.standing);
        match self.kind {
            Kind::Edited | Kind::Merge if kept == Standing::Settled => {
                format!("settled: {path}{CONFLICT_SUFFIX} is gone; what is yours in it is kept")
            }
            Kind::Edited if kept == Standing::Kept => "edited by you: kept, as you said".to_owned(),
            Kind::Conflict(clash) => format!(
                "{}: yours stay{}; {path}{CONFLICT_SUFFIX} has {}. To settle it, move that over yours, or where yours is \
                 right delete it or run tierform generate --keep {path}",
                clash.reason(&self.lines),
                if self.merged.is_some() { ", the rest is merged" } else { "" },
                match clash {
                    Clash::Lines(_) => "tierform's there",
                    Clash::Syntax => "both",
                    Clash::NotText | Clash::NoBase => "tierform's alone",
                }
            ),
            kind => kind.reason(),
        }
    }

    /// For the other side of a conflict: the path of the file that it belongs to.
    pub fn beside(&self) -> Option<&str> {
        manifest::beside(&self.path)
    }

    /// What the writer puts there.
    pub(super) fn text(&self) -> Option<&str> {
        self.merged.as_deref().or(self.new)
    }
}

/// All files of one output directory, the generated and the recorded ones, in path order.
#[derive(Debug)]
pub struct Changes<'t> {
    pub(super) out: PathBuf,
    pub(super) files: Vec<Change<'t>>,
    pub(super) before: Option<Manifest>,
    pub(super) after: Manifest,
    /// Whether a killed run left staged files.
    pub(super) is_littered: bool,
    /// Whether the records came with Windows line ends.
    pub(super) is_crlf: bool,
}

impl<'t> Changes<'t> {
    /// The output directory.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// Every file, sorted by path; after a file with a conflict, its other side.
    pub fn iter(&self) -> impl Iterator<Item = &Change<'t>> {
        self.files.iter()
    }

    /// How many files the writer would create, replace or remove.
    pub fn written(&self) -> usize {
        self.iter().filter(|change| change.is_written()).count()
    }

    /// Files that wait for the user's decision.
    pub fn unresolved(&self) -> impl Iterator<Item = &Change<'t>> {
        self.iter().filter(|change| change.kind.is_unresolved())
    }

    /// Whether the directory is what the spec says, but for what the user settled: `check` asks that.
    pub fn is_as_specified(&self) -> bool {
        self.is_current() && self.unresolved().next().is_none()
    }

    /// Files where the user's side stands.
    pub fn kept(&self) -> impl Iterator<Item = &Change<'t>> {
        self.iter().filter(|change| change.kind.is_kept())
    }

    /// Whether writing would touch nothing.
    ///
    /// Kept and deleted files do not count: the user's side stands there. A changed spec or program that renders the
    /// same does not count either. What does count: a file that came to its generated text in another way than by our
    /// last finished run, because the manifest does not know it yet, and whatever an interrupted run left.
    pub fn is_current(&self) -> bool {
        self.written() == 0 && self.is_recorded()
    }

    /// Whether the records say already what they would say after writing.
    pub fn is_recorded(&self) -> bool {
        // A spec that says the same in other words decides nothing new.
        fn decisions(manifest: &Manifest) -> Option<&serde_json::Value> {
            manifest.record.as_ref().map(|record| &record.plan)
        }
        let same = |before: &Manifest| {
            before.format == FORMAT
                && before.files == self.after.files
                && before.withheld == self.after.withheld
                && before.kept == self.after.kept
                && decisions(before) == decisions(&self.after)
                && before.pending.is_empty()
        };
        self.before.as_ref().is_some_and(same) && !self.is_littered && !self.is_crlf
    }

    /// The manifest as found: `None` on a first run. Says which spec and which version made the directory.
    pub fn before(&self) -> Option<&Manifest> {
        self.before.as_ref()
    }

    /// The manifest as it will be.
    pub fn after(&self) -> &Manifest {
        &self.after
    }
}
