//! Carries out [`Changes`]: every new text is staged beside its place first, then all are renamed, the manifest last.
//! So a full disk or a read-only directory is found before anything changes, and a run killed at any moment leaves whole
//! files and a manifest that lets the next run tell our half-finished work from the user's edits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempPath};

use super::changes::{Changes, Kind};
use super::disk::{STAGED, is_staged};
use super::manifest::Manifest;
use super::{Base, OutputError, STATE_DIR, base};

/// Creates, replaces and removes what `changes` says, then writes the manifest. Touches nothing when all is current.
///
/// Nothing is synced to the device: a run is repeatable, and syncing sixty files takes longer than everything else.
///
/// # Errors
/// When the file system refuses or the base texts are damaged. Mostly nothing has changed then; else the next run goes
/// on where this one stopped.
pub fn write(changes: &Changes<'_>) -> Result<(), OutputError> {
    write_by_steps(changes, &mut |_| Ok(()))
}

/// What a step must find at its place: whatever else is there came since the comparison and is somebody's work.
#[derive(Clone, Copy)]
enum Was<'c> {
    Nothing,
    Text(&'c [u8]),
    /// One of our records, which nobody else writes.
    Record,
}

/// One change of the directory, all of them cheap and each of them whole.
enum Step<'c> {
    /// Renames a staged file to its place.
    Place { staged: TempPath, path: PathBuf, was: Was<'c> },
    /// Removes a file, and the directories below the output directory that this leaves empty.
    Remove { path: PathBuf, was: Was<'c> },
}

/// As [`write`], asking before each step whether to go on.
fn write_by_steps(
    changes: &Changes<'_>,
    before_step: &mut dyn FnMut(&Path) -> io::Result<()>,
) -> Result<(), OutputError> {
    if changes.is_current() {
        return Ok(());
    }
    let old_base = Base::load(&changes.out)?;
    let mut directories = Directories::default();
    let result = stage(changes, &old_base, &mut directories).and_then(|steps| {
        steps.into_iter().try_for_each(|step| {
            let (Step::Place { path, .. } | Step::Remove { path, .. }) = &step;
            before_step(path).map_err(|source| failed("write", path, source))?;
            carry_out(step, &changes.out)
        })
    });
    if result.is_err() {
        directories.remove_empty();
    }
    result
}

/// Writes every text to a file beside its place and says in which order the places are to be taken.
///
/// First the base texts of both manifests and a manifest that announces what is coming, then the files, then the final
/// manifest, then only the base texts that this one needs.
fn stage<'c>(
    changes: &'c Changes<'_>,
    old_base: &Base,
    directories: &mut Directories,
) -> Result<Vec<Step<'c>>, OutputError> {
    let out = &changes.out;
    if changes.is_littered {
        clear_staged(out)?;
    }
    directories.create(&out.join(STATE_DIR))?;

    let during = announce(changes);
    let new_texts: BTreeMap<&str, &str> = changes
        .iter()
        .filter(|change| matches!(change.kind, Kind::Create | Kind::Update | Kind::Unchanged | Kind::Edited))
        .filter_map(|change| Some((changes.after.files.get(&change.path)?.as_str(), change.new?)))
        .collect();
    let after = || changes.after.files.values().map(String::as_str);
    let both = old_base.select(after().chain(during.files.values().map(String::as_str)), &new_texts);
    let last = old_base.select(after(), &new_texts);

    // Staged first and placed last, so that a killed run can be told by what is left in this one directory.
    let manifest = place(Manifest::path(out), &changes.after.to_json(), Was::Record)?;
    let trimmed =
        if last == both { None } else { Some(place(Base::path(out), &base::to_text(&last), Was::Record)?) };

    let mut steps = Vec::with_capacity(changes.files.len() + 4);
    if !old_base.is(&both) {
        steps.push(place(Base::path(out), &base::to_text(&both), Was::Record)?);
    }
    if !during.pending.is_empty() {
        steps.push(place(Manifest::path(out), &during.to_json(), Was::Record)?);
    }
    for change in changes.iter().filter(|change| change.kind.is_written()) {
        let path = out.join(&change.path);
        let was = change.on_disk.as_deref().map_or(Was::Nothing, Was::Text);
        steps.push(match change.new {
            Some(text) => {
                directories.create(path.parent().unwrap_or(out))?;
                place(path, text, was)?
            }
            None => Step::Remove { path, was },
        });
    }
    steps.push(manifest);
    steps.extend(trimmed);
    Ok(steps)
}

/// The manifest while the run is under way: what is on disk now, and what is going to be.
fn announce(changes: &Changes<'_>) -> Manifest {
    let mut during = changes.after.clone();
    for change in changes.iter().filter(|change| change.kind.is_written()) {
        let path = &change.path;
        let to_be = during.files.remove(path).or_else(|| change.ours_on_disk.clone());
        during.pending.extend(to_be.map(|sha256| (path.clone(), sha256)));
        during.files.extend(change.ours_on_disk.clone().map(|sha256| (path.clone(), sha256)));
    }
    during
}

/// Stages `text` beside `path`, with the permissions of the file there, else those of any new file.
fn place<'c>(path: PathBuf, text: &str, was: Was<'c>) -> Result<Step<'c>, OutputError> {
    let stage = || {
        let mut builder = Builder::new();
        builder.prefix(STAGED.0).suffix(STAGED.1);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let parent = path.parent().unwrap_or(Path::new("."));
        // Its error would name the staged file, which means nothing to the user.
        let mut file = builder.tempfile_in(parent).map_err(|error| io::Error::from(error.kind()))?;
        file.as_file_mut().write_all(text.as_bytes())?;
        if !matches!(was, Was::Nothing) {
            match fs::symlink_metadata(&path) {
                Ok(found) => file.as_file().set_permissions(found.permissions())?,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(file.into_temp_path())
    };
    match stage() {
        Ok(staged) => Ok(Step::Place { staged, path, was }),
        Err(source) => Err(failed("write", &path, source)),
    }
}

fn carry_out(step: Step<'_>, out: &Path) -> Result<(), OutputError> {
    let (Step::Place { path, was, .. } | Step::Remove { path, was }) = &step;
    if let Was::Text(text) = was {
        let now = fs::read(path).map_err(|source| failed("read", path, source))?;
        if now != *text {
            return Err(OutputError::Changed { path: path.clone() });
        }
    }
    match step {
        Step::Place { staged, path, was: Was::Nothing } => {
            staged.persist_noclobber(&path).map_err(|error| match error.error.kind() {
                ErrorKind::AlreadyExists => OutputError::Changed { path },
                _ => failed("write", &path, error.error),
            })
        }
        Step::Place { staged, path, .. } => {
            staged.persist(&path).map_err(|error| failed("write", &path, error.error))
        }
        Step::Remove { path, .. } => {
            fs::remove_file(&path).map_err(|source| failed("remove", &path, source))?;
            // Fails, as it should, at the first directory that still holds something.
            let _ = path.ancestors().skip(1).take_while(|parent| *parent != out).try_for_each(fs::remove_dir);
            Ok(())
        }
    }
}

/// Removes what a killed run left staged below `directory`, and the directories that it made only for that.
///
/// It looks everywhere, because that run may have had other files to write than this one.
fn clear_staged(directory: &Path) -> Result<(), OutputError> {
    let entries = fs::read_dir(directory).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    for entry in entries.map_err(|source| failed("read", directory, source))? {
        let (path, name) = (entry.path(), entry.file_name());
        let file_type = entry.file_type().map_err(|source| failed("read", &path, source))?;
        // Nothing is ever staged in the other directories that start with a dot, and they may be large.
        if file_type.is_dir() && (name == STATE_DIR || !name.as_encoded_bytes().starts_with(b".")) {
            clear_staged(&path)?;
        } else if file_type.is_file() && is_staged(&name) {
            fs::remove_file(&path).map_err(|source| failed("remove", &path, source))?;
            // Succeeds only for one that is empty now.
            let _ = fs::remove_dir(directory);
        }
    }
    Ok(())
}

/// Makes directories and remembers which, so that a run that fails leaves none of them empty.
#[derive(Default)]
struct Directories {
    known: BTreeSet<PathBuf>,
    made: Vec<PathBuf>,
}

impl Directories {
    /// Makes `path` and what is missing above it.
    fn create(&mut self, path: &Path) -> Result<(), OutputError> {
        if path.as_os_str().is_empty() || self.known.contains(path) {
            return Ok(());
        }
        if !path.is_dir() {
            if let Some(parent) = path.parent() {
                self.create(parent)?;
            }
            fs::create_dir(path).map_err(|source| failed("create", path, source))?;
            self.made.push(path.to_owned());
        }
        self.known.insert(path.to_owned());
        Ok(())
    }

    fn remove_empty(&self) {
        for path in self.made.iter().rev() {
            // One that holds something by now stays.
            let _ = fs::remove_dir(path);
        }
    }
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> OutputError {
    OutputError::Io { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
