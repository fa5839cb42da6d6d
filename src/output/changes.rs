//! The outcome of a comparison: for every path one [`Kind`], and what the records will say afterwards.
//! Commands print it, the writer carries it out.

use std::fmt;
use std::path::{Path, PathBuf};

use super::disk::What;
use super::manifest::Manifest;

/// What is to happen with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// New: written.
    Create,
    /// Untouched by the user since we wrote it, and the generated text changed: replaced.
    Update,
    /// As generated already, whoever wrote it.
    Unchanged,
    /// Edited by the user; what we generate has not changed since: kept.
    Edited,
    /// Edited by the user, and what we generate changed as well: kept, without the new text.
    Diverged,
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
        matches!(self, Self::Create | Self::Update | Self::Remove)
    }

    /// Whether the user's side was kept against ours, which a report must name and `generate` tells by its exit code.
    /// A deletion is not among them: it is a wish that we fulfil.
    pub fn is_kept(self) -> bool {
        matches!(self, Self::Edited | Self::Diverged | Self::Occupied(_) | Self::KeepOrphan)
    }

    /// Why, as the rest of a line that starts with the file's path.
    pub fn reason(self) -> String {
        match self {
            Self::Create => "new".to_owned(),
            Self::Update => "generated text changed".to_owned(),
            Self::Unchanged => "as generated".to_owned(),
            Self::Edited => "edited by you: kept; tierform generates the same as before".to_owned(),
            Self::Diverged => {
                "edited by you: kept, so it lacks what tierform now generates differently".to_owned()
            }
            Self::Occupied(what) => {
                format!("{what} of yours is in the way: kept; move it to get the generated file")
            }
            Self::Deleted => "deleted by you: stays deleted".to_owned(),
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
            Self::Unchanged => "unchanged",
            Self::Edited => "edited",
            Self::Diverged => "diverged",
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
    /// The hash of the text that we wrote and that is on disk, where that is to go.
    pub(super) ours_on_disk: Option<String>,
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

    /// Every file, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = &Change<'t>> {
        self.files.iter()
    }

    /// How many files the writer would create, replace or remove.
    pub fn written(&self) -> usize {
        self.iter().filter(|change| change.kind.is_written()).count()
    }

    /// Files where the user's side was kept against ours; any makes `generate` exit 3.
    pub fn kept(&self) -> impl Iterator<Item = &Change<'t>> {
        self.iter().filter(|change| change.kind.is_kept())
    }

    /// Whether writing would touch nothing, which is what `check` asks.
    ///
    /// Kept and deleted files do not count: the user's side stands there. A changed spec or program that renders the
    /// same does not count either. What does count: a file that came to its generated text in another way than by our
    /// last finished run, because the manifest does not know it yet, and whatever an interrupted run left.
    pub fn is_current(&self) -> bool {
        let recorded = |before: &Manifest| before.files == self.after.files && before.pending.is_empty();
        self.before.as_ref().is_some_and(recorded) && self.written() == 0 && !self.is_littered
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
