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
        match old.strip_prefix("git:") {
            Some(revision) => Ok(Earlier::Exported(rehearse::export(&Revision::parse(revision), dir)?)),
            None if Path::new(old).is_dir() => Ok(Earlier::Directory(old.into())),
            None => Err(Failure::NoDirectory(old.into())),
        }
    }

    pub fn path(&self) -> &Path {
        match self {
            Earlier::Directory(path) => path,
            Earlier::Exported(exported) => &exported.path,
        }
    }
}
