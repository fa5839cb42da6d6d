//! The one hand that changes the disk: every stroke of it is announced first.
//! Tests stop it before any of them, as a kill or a full disk would.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempPath};

use super::OutputError;
use super::disk::STAGED;

/// One change of the file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stroke {
    MakeDirectory,
    RemoveDirectory,
    /// Makes an empty staged file.
    Stage,
    /// Writes the staged file.
    Fill,
    /// Gives the staged file the permissions of the one whose place it takes.
    Permit,
    /// Renames the staged file to its place.
    Rename,
    RemoveFile,
}

/// Asked before each stroke whether to go on.
pub(super) type Before<'b> = &'b mut dyn FnMut(Stroke, &Path) -> io::Result<()>;

/// Changes the disk, and remembers which directories it made, so that a run that fails leaves none of them empty.
pub(super) struct Pen<'b> {
    before: Before<'b>,
    /// Directories that are there, as text: comparing paths part by part took longer than making them.
    known: BTreeSet<OsString>,
    made: Vec<PathBuf>,
}

impl<'b> Pen<'b> {
    pub(super) fn new(before: Before<'b>) -> Self {
        Self { before, known: BTreeSet::new(), made: Vec::new() }
    }

    /// Makes `path` and what is missing above it.
    pub(super) fn make_directory(&mut self, path: &Path) -> Result<(), OutputError> {
        if path.as_os_str().is_empty() || self.known.contains(path.as_os_str()) {
            return Ok(());
        }
        if !path.is_dir() {
            if let Some(parent) = path.parent() {
                self.make_directory(parent)?;
            }
            (self.before)(Stroke::MakeDirectory, path)
                .and_then(|()| match fs::create_dir(path) {
                    // Another first run was a moment faster; the lock decides between the two.
                    Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
                    Err(error) => Err(error),
                    Ok(()) => {
                        self.made.push(path.to_owned());
                        Ok(())
                    }
                })
                .map_err(|source| failed("create", path, source))?;
        }
        self.known.insert(path.as_os_str().to_owned());
        Ok(())
    }

    /// Writes `text` to a file beside `path`, with the permissions of the file there, else those of any new file.
    pub(super) fn stage(&mut self, path: &Path, text: &str, replaces: bool) -> Result<TempPath, OutputError> {
        self.try_stage(path, text, replaces).map_err(|source| failed("write", path, source))
    }

    fn try_stage(&mut self, path: &Path, text: &str, replaces: bool) -> io::Result<TempPath> {
        let mut builder = Builder::new();
        builder.prefix(STAGED.0).suffix(STAGED.1);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let parent = path.parent().unwrap_or(Path::new("."));
        (self.before)(Stroke::Stage, path)?;
        // Its error would name the staged file, which means nothing to the user.
        let mut file = builder.tempfile_in(parent).map_err(|error| io::Error::from(error.kind()))?;
        (self.before)(Stroke::Fill, file.path())?;
        file.as_file_mut().write_all(text.as_bytes())?;
        if replaces {
            match fs::symlink_metadata(path) {
                Ok(found) => {
                    (self.before)(Stroke::Permit, path)?;
                    file.as_file().set_permissions(found.permissions())?;
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(file.into_temp_path())
    }

    /// Renames a staged file to its place; `new` refuses to replace anything there.
    pub(super) fn place(&mut self, staged: TempPath, path: &Path, new: bool) -> Result<(), OutputError> {
        (self.before)(Stroke::Rename, path).map_err(|source| failed("write", path, source))?;
        if new {
            return staged.persist_noclobber(path).map_err(|error| match error.error.kind() {
                ErrorKind::AlreadyExists => OutputError::Changed { path: path.to_owned() },
                _ => failed("write", path, error.error),
            });
        }
        staged.persist(path).map_err(|error| failed("write", path, error.error))
    }

    /// Removes a file.
    pub(super) fn remove_file(&mut self, path: &Path) -> Result<(), OutputError> {
        (self.before)(Stroke::RemoveFile, path)
            .and_then(|()| fs::remove_file(path))
            .map_err(|source| failed("remove", path, source))
    }

    /// Removes a directory if it is empty; says whether it is gone.
    pub(super) fn remove_empty_directory(&mut self, path: &Path) -> bool {
        (self.before)(Stroke::RemoveDirectory, path).and_then(|()| fs::remove_dir(path)).is_ok()
    }

    /// Removes the directories that this pen made and left empty.
    pub(super) fn clean_up(&mut self) {
        for path in std::mem::take(&mut self.made).iter().rev() {
            self.remove_empty_directory(path);
        }
    }
}

pub(super) fn failed(action: &'static str, path: &Path, source: io::Error) -> OutputError {
    OutputError::Io { action, path: path.to_owned(), source }
}
