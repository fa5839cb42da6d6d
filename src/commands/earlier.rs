//! What a directory was earlier: another directory, or what a git revision has in its place.

use std::path::{Path, PathBuf};

use tierform::rehearse::{self, Exported, Revision};

use super::Failure;

pub enum Earlier {
    Directory(PathBuf),
    /// Written beside, for as long as this lives.
    Exported(Exported),
}

impl Earlier {
    /// Reads `OLD` as options have it: a directory, or `git:REV[:PATH]` of the repository that `dir` is in.
    pub fn of(old: &str, dir: &Path) -> Result<Earlier, Failure> {
        if !dir.is_dir() {
            return Err(Failure::NoDirectory(dir.to_owned()));
        }
        let earlier = match old.strip_prefix("git:") {
            Some(revision) => Earlier::Exported(rehearse::export(&Revision::parse(revision), dir)?),
            None if Path::new(old).is_dir() => Earlier::Directory(old.into()),
            None => return Err(Failure::NoDirectory(old.into())),
        };
        // Nothing in the place of what was applied would make everything new.
        if [earlier.path(), dir].into_iter().all(has_configuration) {
            Ok(earlier)
        } else {
            Err(Failure::NoConfiguration(if has_configuration(dir) { old.into() } else { dir.to_owned() }))
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Earlier::Directory(path) => path,
            Earlier::Exported(exported) => &exported.path,
        }
    }
}

/// Whether an engine finds something to read in a directory; what cannot be looked at has nothing.
fn has_configuration(dir: &Path) -> bool {
    let names = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.into_iter().any(|name| {
        [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|end| name.to_string_lossy().ends_with(end))
    })
}
