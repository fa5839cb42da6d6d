//! A directory as a revision of its git repository has it, written beside the copy: the directory and the local modules that it
//! calls. git is only asked for trees and contents, so that no hook and no filter runs, and nothing is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::configuration::{Value, is_configuration, parse};
use super::copy::lexical;
use super::engine::Interrupt;

/// Files and bytes that are written at most.
const MOST: (usize, u64) = (20_000, 512 << 20);

/// A revision, and perhaps another directory than that which it is asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// As git takes it: `HEAD~3`, `v1.2`, `origin/main`.
    pub name: String,
    /// From the repository's root; without it, where the directory itself is in the repository.
    pub path: Option<String>,
}

impl Revision {
    /// Reads `REV` or `REV:PATH`.
    pub fn parse(text: &str) -> Revision {
        match text.split_once(':') {
            Some((name, path)) => Revision { name: name.to_owned(), path: Some(path.to_owned()) },
            None => Revision { name: text.to_owned(), path: None },
        }
    }
}

/// Why a revision cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no git.
    #[error("git does not run ({0}), and --from git:… needs it; install git, or name a directory")]
    NoGit(io::Error),
    /// No repository.
    #[error("{} is in no git repository, so there is no other revision of it; name a directory with --from", .0.display())]
    NoRepository(PathBuf),
    /// No such revision.
    #[error("the git repository {} has no revision {name:?}; `git log` lists them", repository.display())]
    NoRevision {
        /// The repository.
        repository: PathBuf,
        /// As it was asked for.
        name: String,
    },
    /// No such directory in the revision.
    #[error(
        "revision {name} has no directory {path:?}; name another one, as in --from git:{name}:PATH, with a path from the repository's root"
    )]
    NoPath {
        /// The revision.
        name: String,
        /// The directory.
        path: String,
    },
    /// git says something else.
    #[error("git {command} failed: {reason}")]
    Failed {
        /// What was asked.
        command: String,
        /// In git's words.
        reason: String,
    },
    /// More than is reasonable.
    #[error("revision {name} has more than {} files or {} MB below {path:?}, too much to copy", MOST.0, MOST.1 >> 20)]
    TooMuch {
        /// The revision.
        name: String,
        /// The directory.
        path: String,
    },
    /// What git gave cannot be written.
    #[error("{} cannot be written: {reason}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What happened.
        reason: io::Error,
    },
    /// Stopped by the user.
    #[error("interrupted")]
    Interrupted,
}

/// Writes the directory of a revision below `target` and returns where in it the directory is. `near` is any path in the repository.
pub async fn export(
    revision: &Revision,
    near: &Path,
    target: &Path,
    interrupt: &mut Interrupt,
) -> Result<PathBuf, GitError> {
    // The directory may be new, and its parent is in the same repository.
    let place = near.ancestors().map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path });
    let place = place.into_iter().find(|path| path.is_dir()).unwrap_or(Path::new("."));
    let top = ask(place, &["rev-parse", "--show-toplevel"])
        .map_err(|error| match error {
            GitError::Failed { .. } => GitError::NoRepository(near.to_owned()),
            error => error,
        })
        .map(|top| PathBuf::from(line(&top)))?;
    let no_revision = || GitError::NoRevision { repository: top.clone(), name: revision.name.clone() };
    if revision.name.starts_with('-') || revision.name.is_empty() {
        return Err(no_revision());
    }
    let wanted = format!("{}^{{tree}}", revision.name);
    let tree = ask(&top, &["rev-parse", "--verify", "--quiet", &wanted]).map_err(|_| no_revision())?;
    let path = match &revision.path {
        Some(path) => path.trim_matches('/').to_owned(),
        None => {
            let near =
                std::path::absolute(near).map(|near| lexical(&near)).unwrap_or_else(|_| near.to_owned());
            let near = fs::canonicalize(&near).unwrap_or(near);
            near.strip_prefix(&top).unwrap_or(Path::new("")).to_string_lossy().into_owned()
        }
    };
    let mut export =
        Export { revision, top, tree: line(&tree), target, written: BTreeMap::new(), sum: (0, 0) };
    let path = lexical(Path::new(&path));
    if export.directory(&path, interrupt).await? == 0 {
        return Err(GitError::NoPath { name: revision.name.clone(), path: path.display().to_string() });
    }
    export.modules(&path, interrupt).await?;
    Ok(target.join(path))
}

struct Export<'a> {
    revision: &'a Revision,
    top: PathBuf,
    tree: String,
    target: &'a Path,
    /// What is there, with where a link leads.
    written: BTreeMap<PathBuf, Option<PathBuf>>,
    sum: (usize, u64),
}

impl Export<'_> {
    /// Writes the local modules that the directory calls, and what links lead to, as far as they are in the repository.
    async fn modules(&mut self, root: &Path, interrupt: &mut Interrupt) -> Result<(), GitError> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![root.to_owned()];
        while let Some(directory) = waiting.pop() {
            if !seen.insert(directory.clone()) {
                continue;
            }
            let below = |path: &&PathBuf| path.starts_with(&directory);
            let is_there = self.written.keys().any(|path| below(&path));
            if !is_there && self.directory(&directory, interrupt).await? == 0 {
                waiting.extend(self.behind_link(&directory, interrupt).await?);
            }
            for (path, link) in self.written.iter().filter(|(path, _)| below(path)) {
                let parent = path.parent().unwrap_or(Path::new(""));
                if let Some(link) = link {
                    waiting.extend(inside(&parent.join(link)));
                }
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                // What cannot be read is the rehearsal's to report.
                let text = is_configuration(&name)
                    .then(|| fs::read_to_string(self.target.join(path)).ok())
                    .flatten();
                let blocks = text.and_then(|text| parse(&name, &text)).unwrap_or_default();
                for call in blocks.iter().filter(|block| block.kind == "module") {
                    let source = call.arguments.get("source").and_then(Value::as_text).unwrap_or_default();
                    if source.starts_with("./") || source.starts_with("../") {
                        waiting.extend(inside(&parent.join(source)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes the link that a path leads through, and returns what is meant behind it.
    async fn behind_link(
        &mut self,
        path: &Path,
        interrupt: &mut Interrupt,
    ) -> Result<Option<PathBuf>, GitError> {
        for above in path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
            self.write_listed(&above.display().to_string(), interrupt).await?;
            if let Some(Some(link)) = self.written.get(above) {
                let rest = path.strip_prefix(above).unwrap_or(Path::new(""));
                return Ok(inside(&above.parent().unwrap_or(Path::new("")).join(link).join(rest)));
            }
        }
        Ok(None)
    }

    /// Writes everything below a directory, and says how many files that were.
    async fn directory(&mut self, directory: &Path, interrupt: &mut Interrupt) -> Result<usize, GitError> {
        let shown = directory.display().to_string();
        let below = if shown.is_empty() { shown } else { format!("{shown}/") };
        self.write_listed(&below, interrupt).await
    }

    /// Writes the files of a listing: of a directory where the path ends in `/` or is empty, else of one file or link.
    async fn write_listed(&mut self, listed: &str, interrupt: &mut Interrupt) -> Result<usize, GitError> {
        let mut command = vec!["ls-tree", "-z", "-l", "--full-tree"];
        if listed.is_empty() || listed.ends_with('/') {
            command.push("-r");
        }
        command.push(&self.tree);
        if !listed.is_empty() {
            command.extend(["--", listed]);
        }
        let shown = listed.trim_end_matches('/').to_owned();
        let listed = ask(&self.top, &command)?;
        let mut wanted = Vec::new();
        for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            let entry = String::from_utf8_lossy(entry).into_owned();
            // `<mode> SP <type> SP <object> SP <size> TAB <path>`.
            let Some((about, path)) = entry.split_once('\t') else { continue };
            let about: Vec<&str> = about.split_whitespace().collect();
            let [mode, "blob", object, size] = about.as_slice() else { continue };
            let path = PathBuf::from(path);
            if self.written.contains_key(&path)
                || path.components().any(|part| !matches!(part, Component::Normal(_)))
            {
                continue;
            }
            self.sum = (self.sum.0 + 1, self.sum.1 + size.parse::<u64>().unwrap_or(MOST.1));
            if self.sum.0 > MOST.0 || self.sum.1 > MOST.1 {
                return Err(GitError::TooMuch { name: self.revision.name.clone(), path: shown });
            }
            wanted.push(((*mode).to_owned(), (*object).to_owned(), path));
        }
        let contents = contents(&self.top, &wanted)?;
        for ((mode, _, path), content) in wanted.iter().zip(contents) {
            interrupt.check().await.map_err(|_| GitError::Interrupted)?;
            let link = write(&self.target.join(path), mode, &content)?;
            self.written.insert(path.clone(), link);
        }
        Ok(wanted.len())
    }
}

/// The path without `.` and `..`; nothing where it leads out of the repository.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut depth = 0_usize;
    for part in path.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth = depth.checked_sub(1)?,
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(lexical(path))
}

/// Writes a file or a link; returns where the link leads.
fn write(path: &Path, mode: &str, content: &[u8]) -> Result<Option<PathBuf>, GitError> {
    let unwritable = |reason| GitError::Unwritable { path: path.to_owned(), reason };
    if let Some(parent) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(unwritable)?;
    }
    if mode == "120000" {
        let to = PathBuf::from(String::from_utf8_lossy(content).into_owned());
        symlink(&to, path).map_err(unwritable)?;
        return Ok(Some(to));
    }
    let mode = if mode == "100755" { 0o700 } else { 0o600 };
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    file.and_then(|mut file| file.write_all(content)).map_err(unwritable)?;
    Ok(None)
}

/// The contents of objects, in their order.
fn contents(top: &Path, wanted: &[(String, String, PathBuf)]) -> Result<Vec<Vec<u8>>, GitError> {
    let failed = |reason: String| GitError::Failed { command: "cat-file".to_owned(), reason };
    let mut child = git(top, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(GitError::NoGit)?;
    let input = child.stdin.take();
    let objects: String = wanted.iter().map(|(_, object, _)| format!("{object}\n")).collect();
    // Beside the reading, as either pipe may be full.
    let writer = std::thread::spawn(move || match input {
        Some(mut input) => input.write_all(objects.as_bytes()),
        None => Ok(()),
    });
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    let written = writer.join().unwrap_or_else(|_| Err(io::Error::other("the writer ended")));
    written.map_err(|error| failed(error.to_string()))?;
    let mut rest = output.stdout.as_slice();
    let mut all = Vec::new();
    for (_, object, path) in wanted {
        // `<object> SP <type> SP <size> LF <contents> LF`.
        let missing = || failed(format!("{} ({object}) is not in the repository", path.display()));
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(missing)?;
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(missing)?;
        let content = rest.get(end + 1..end + 1 + size).ok_or_else(missing)?;
        all.push(content.to_vec());
        rest = rest.get(end + 2 + size..).unwrap_or_default();
    }
    Ok(all)
}

/// A git that fetches nothing, whatever the repository's configuration says: of a partial clone it would fetch what is missing.
fn git(place: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .args(["-c", "protocol.allow=never", "-c", "core.fsmonitor=false", "-C"])
        .arg(place)
        .args(arguments);
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("LC_ALL", "C");
    command
}

fn ask(place: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let output = git(place, arguments).stdin(Stdio::null()).output().map_err(GitError::NoGit)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Failed {
        command: arguments.first().copied().unwrap_or_default().to_owned(),
        reason: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\n').to_owned()
}
