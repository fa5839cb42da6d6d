//! The outcome of a comparison: for every path one [`Kind`], and what the records will say afterwards.
//! Commands print it, the writer carries it out.

use std::fmt;
use std::path::{Path, PathBuf};

use super::disk::What;
use super::manifest::{FORMAT, Manifest};
use super::merge::Clash;

/// What is appended to the path of a file whose changes clash, for the text that tierform generates now.
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
    /// Edited by the user, and what we generate clashes with it: kept, the new text is written beside it.
    Conflict(Clash),
    /// Something that we did not write is where a file would go: kept.
    Occupied(What),
    /// Deleted by the user: stays deleted.
    Deleted,
    /// No longer generated and untouched: removed.
    Remove,
    /// No longer generated, but edited by the user: kept.
    KeepOrphan,
}

impl Kind {
    /// Whether the writer does something about such a file.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Merge | Self::Force | Self::Remove)
    }

    /// Whether the user's side stands, which a report must name.
    pub fn is_kept(self) -> bool {
        matches!(self, Self::Edited | Self::Conflict(_) | Self::Occupied(_) | Self::KeepOrphan)
    }

    /// Whether the directory lacks what the spec generates until the user decides, which `generate` tells by its status.
    pub fn is_unresolved(self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Occupied(_))
    }

    /// Why, as the rest of a line that starts with the file's path.
    pub fn reason(self) -> String {
        match self {
            Self::Create => "new".to_owned(),
            Self::Update => "generated text changed".to_owned(),
            Self::Merge => {
                "edited by you, and the generated text changed elsewhere: both are in it".to_owned()
            }
            Self::Force => "edited by you, replaced as you asked".to_owned(),
            Self::Unchanged => "as generated".to_owned(),
            Self::Edited => "edited by you: kept; tierform generates the same as before".to_owned(),
            Self::Conflict(clash) => format!(
                "{}: yours is kept, tierform's is beside it in a file that ends in {CONFLICT_SUFFIX}; take over what you \
                 want, then delete that file",
                clash.reason()
            ),
            Self::Occupied(what) => {
                format!("{what} of yours is in the way: kept; move it to get the generated file")
            }
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
    /// The merge of both sides, where that is written.
    pub(super) merged: Option<String>,
    /// The hash of the generated text that the disk's is, or was edited from; only where that is to go.
    pub(super) from: Option<String>,
}

impl Change<'_> {
    /// The text that is there after writing; `None` where nothing of ours and no edited text of ours will be.
    pub fn after(&self) -> Option<&[u8]> {
        match self.kind {
            Kind::Remove | Kind::Deleted => None,
            Kind::Merge => self.merged.as_deref().map(str::as_bytes),
            kind if kind.is_kept() => self.on_disk.as_deref(),
            _ => self.new.map(str::as_bytes),
        }
    }

    /// The text that is there now; `None` where there is no file.
    pub fn before(&self) -> Option<&[u8]> {
        match self.kind {
            Kind::Unchanged => self.new.map(str::as_bytes),
            _ => self.on_disk.as_deref(),
        }
    }

    /// For the other side of a conflict: the path of the file that it belongs to.
    pub fn beside(&self) -> Option<&str> {
        self.path.strip_suffix(CONFLICT_SUFFIX)
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
        self.iter().filter(|change| change.kind.is_written()).count()
    }

    /// Files where the user's side stands.
    pub fn kept(&self) -> impl Iterator<Item = &Change<'t>> {
        self.iter().filter(|change| change.kind.is_kept())
    }

    /// Whether writing would touch nothing, which is what `check` asks.
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
                && decisions(before) == decisions(&self.after)
                && before.pending.is_empty()
        };
        self.before.as_ref().is_some_and(same) && !self.is_littered
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
