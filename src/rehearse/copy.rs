//! The working copy: the user's directory without its state and without the blocks that say where the state is kept, in a temporary
//! place. Local modules outside the directory are copied too, so that their relative paths still hold; what lies outside is bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use super::Error;
use super::configuration::{Block, is_configuration, parse, without_backend};
use super::contents::Contents;
use super::engine::Interrupt;

/// What is never copied: state, installed providers and modules, version control, our own notes.
const LEFT_OUT: [&str; 5] = [".terraform", "terraform.tfstate.d", ".git", ".tierform", ".terraform.lock.hcl"];

/// Where an engine puts the modules that it fetches.
const FETCHED: &str = ".terraform/modules";

/// How deep a directory may be: symbolic links can make it endless.
const DEEPEST: usize = 24;

/// How much may be copied: files and bytes of the directory itself, and of all that lies outside it.
const INSIDE: (usize, u64) = (20_000, 512 << 20);
const OUTSIDE: (usize, u64) = (2_000, 32 << 20);

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A file of the copy.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    /// As it is on the disk.
    File { path: PathBuf, mode: u32, length: u64, modified: Option<SystemTime> },
    /// Read, and perhaps changed; or given.
    Text { bytes: Vec<u8>, mode: u32 },
}

/// What lies over a directory: path from its root → content, or nothing where the file is not to be there.
pub type Overlay = BTreeMap<String, Option<Vec<u8>>>;

/// A configuration, found and read, but not copied yet.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The directory, absolute and without links.
    root: PathBuf,
    /// By absolute path.
    files: BTreeMap<PathBuf, Source>,
    /// What the files hold.
    pub contents: Contents,
    keep_lock: bool,
    inside: (usize, u64),
    outside: (usize, u64),
}

impl Gathered {
    /// Reads the directory with what lies over it, and the local modules that it calls.
    ///
    /// # Errors
    /// When it is no directory, cannot be read, holds no configuration or too much besides, or was interrupted.
    pub async fn read(
        directory: &Path,
        overlay: &Overlay,
        keep_lock: bool,
        interrupt: &mut Interrupt,
    ) -> Result<Gathered, Error> {
        let unreadable = |reason: io::Error| Error::Unreadable { path: directory.to_owned(), reason };
        let root = fs::canonicalize(directory).map_err(|reason| match reason.kind() {
            io::ErrorKind::NotFound => Error::NoDirectory { path: directory.to_owned() },
            _ => unreadable(reason),
        })?;
        if !root.is_dir() {
            return Err(Error::NotADirectory { path: directory.to_owned() });
        }
        // Before all that lies in it is looked at, as it may be any directory.
        let is_empty = overlay.is_empty() && !has_configuration(&root).map_err(unreadable)?;
        if is_empty {
            return Err(Error::NoConfiguration { path: directory.to_owned() });
        }
        let mut gathered = Gathered {
            root: root.clone(),
            files: BTreeMap::new(),
            contents: Contents::default(),
            keep_lock,
            inside: (0, 0),
            outside: (0, 0),
        };
        gathered.walk(&root, None, interrupt).await?;
        for (path, content) in overlay {
            let path = lexical(&root.join(path));
            match content {
                Some(bytes) => {
                    gathered.files.insert(path, Source::Text { bytes: bytes.clone(), mode: 0o600 });
                }
                None => {
                    gathered.files.remove(&path);
                }
            }
        }
        gathered.read_modules(interrupt).await?;
        Ok(gathered)
    }

    /// How many directories above the root hold something that is copied.
    pub fn levels(&self) -> usize {
        let levels = |path: &Path| {
            let shared = self.root.components().zip(path.components()).take_while(|(a, b)| a == b).count();
            self.root.components().count() - shared
        };
        self.files
            .keys()
            .filter(|path| !path.starts_with(&self.root))
            .map(|path| levels(path))
            .max()
            .unwrap_or(0)
    }

    /// The last directories of the root's own path, as many as are asked for.
    pub fn tail(&self, levels: usize) -> PathBuf {
        let parts: Vec<Component> =
            self.root.components().filter(|c| matches!(c, Component::Normal(_))).collect();
        parts.iter().skip(parts.len().saturating_sub(levels)).collect()
    }

    /// A path as an engine in the root would write it.
    pub fn shown(&self, path: &Path) -> PathBuf {
        relative(&self.root, path)
    }

    /// Reads the modules that an engine has fetched into the copy whose root is `copied`.
    ///
    /// # Errors
    /// When they cannot be read, are too large, or an interrupt came.
    pub async fn read_fetched(&mut self, copied: &Path, interrupt: &mut Interrupt) -> Result<(), Error> {
        let Ok(directories) = fs::read_dir(copied.join(FETCHED)) else { return Ok(()) };
        for entry in directories.flatten().filter(|entry| entry.path().is_dir()) {
            let mut fetched = Gathered {
                root: copied.to_owned(),
                files: BTreeMap::new(),
                contents: Contents::default(),
                ..*self
            };
            fetched.walk(&entry.path(), None, interrupt).await?;
            let directories: BTreeSet<PathBuf> =
                fetched.files.keys().filter_map(|file| Some(file.parent()?.to_owned())).collect();
            for directory in directories {
                let files = fetched.parsed(&directory)?;
                fetched.contents.read_module(&directory, &files, false);
            }
            self.contents.providers.extend(fetched.contents.providers);
            self.contents.programs.extend(fetched.contents.programs);
            // As if they stood where the directory itself does, like every other path.
            let here = |path: PathBuf| self.root.join(path.strip_prefix(copied).unwrap_or(&path));
            self.contents.unread.extend(fetched.contents.unread.into_iter().map(here));
        }
        Ok(())
    }

    async fn read_modules(&mut self, interrupt: &mut Interrupt) -> Result<(), Error> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![self.root.clone()];
        while let Some(module) = waiting.pop() {
            if !seen.insert(module.clone()) {
                continue;
            }
            if !module.starts_with(&self.root) {
                // A module that is not there is the engine's to report, with the place of the call.
                if !module.is_dir() {
                    continue;
                }
                self.contents.outside.insert(module.clone());
                self.walk(&module, Some(&module), interrupt).await?;
            }
            let files = self.parsed(&module)?;
            let called = self.contents.read_module(&module, &files, module == self.root);
            waiting.extend(called.iter().map(|source| lexical(&module.join(source))));
        }
        Ok(())
    }

    /// The files of a module that parse, by their path from the root; what says where the state is kept is taken out of each.
    fn parsed(&mut self, module: &Path) -> Result<Vec<(PathBuf, Vec<Block>)>, Error> {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let of_module = |path: &Path| path.parent() == Some(module) && is_configuration(&name(path));
        let range = self.files.range(module.to_owned()..).take_while(|(path, _)| path.starts_with(module));
        let paths: Vec<PathBuf> =
            range.map(|(path, _)| path.clone()).filter(|path| of_module(path)).collect();
        let mut parsed = Vec::new();
        for path in paths {
            let Some(source) = self.files.get_mut(&path) else { continue };
            let bytes = source.read()?;
            // The engines read past a byte order mark, a parser of ours does not.
            if bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            let text = std::str::from_utf8(bytes).ok();
            let shown = path.strip_prefix(&self.root).unwrap_or(&path).to_owned();
            let Some((text, blocks)) = text.and_then(|text| Some((text, parse(&name(&path), text)?))) else {
                self.contents.unread.push(path);
                continue;
            };
            if let Some((without, titles)) = without_backend(&name(&path), text, &blocks) {
                let place = |title| format!("{title} in {}", shown.display());
                self.contents.left_out.extend(titles.into_iter().map(place));
                *bytes = without.into_bytes();
            }
            parsed.push((shown, blocks));
        }
        Ok(parsed)
    }

    /// Finds the files below a directory; `outside` is the module or the link that leads out of the root.
    async fn walk(
        &mut self,
        directory: &Path,
        outside: Option<&Path>,
        interrupt: &mut Interrupt,
    ) -> Result<(), Error> {
        let mut waiting = vec![(directory.to_owned(), outside.map(Path::to_owned), 0)];
        while let Some((directory, outside, depth)) = waiting.pop() {
            let unreadable = |reason: io::Error| Error::Unreadable { path: directory.clone(), reason };
            if depth > DEEPEST {
                return Err(unreadable(io::Error::other("directories are nested too deeply")));
            }
            interrupt.check().await?;
            for entry in fs::read_dir(&directory).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let name = entry.file_name();
                let text = name.to_string_lossy();
                let lock = self.keep_lock && text == ".terraform.lock.hcl";
                if !lock && (LEFT_OUT.contains(&text.as_ref()) || text.contains(".tfstate")) {
                    continue;
                }
                let path = entry.path();
                // A dangling link is nothing that an engine could read either.
                let Ok(kind) = fs::metadata(&path) else { continue };
                let mut outside = outside.clone();
                if outside.is_none() && entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                    let target = fs::canonicalize(&path).map_err(unreadable)?;
                    if !target.starts_with(&self.root) {
                        self.contents.outside.insert(target);
                        outside = Some(path.clone());
                    }
                }
                if kind.is_dir() {
                    // A module above the directory holds the directory itself.
                    if path != self.root {
                        waiting.push((path, outside, depth + 1));
                    }
                } else if kind.is_file() {
                    self.count(kind.len(), outside.as_deref())?;
                    let mode = kind.permissions().mode() & 0o700 | 0o600;
                    let (length, modified) = (kind.len(), kind.modified().ok());
                    self.files.insert(path.clone(), Source::File { path, mode, length, modified });
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, bytes: u64, outside: Option<&Path>) -> Result<(), Error> {
        let (sum, most) = match outside {
            Some(_) => (&mut self.outside, OUTSIDE),
            None => (&mut self.inside, INSIDE),
        };
        *sum = (sum.0 + 1, sum.1 + bytes);
        if sum.0 <= most.0 && sum.1 <= most.1 {
            return Ok(());
        }
        let limit = format!("{} files or {} MB", most.0, most.1 >> 20);
        Err(match outside {
            Some(path) => Error::TooMuchOutside { path: path.to_owned(), limit },
            None => Error::TooMuch { path: self.root.clone(), limit },
        })
    }
}

impl Source {
    /// The bytes, which are kept: what was judged is what is copied.
    fn read(&mut self) -> Result<&mut Vec<u8>, Error> {
        if let Source::File { path, mode, .. } = self {
            let bytes = fs::read(&path).map_err(|reason| Error::Unreadable { path: path.clone(), reason })?;
            *self = Source::Text { bytes, mode: *mode };
        }
        match self {
            Source::Text { bytes, .. } => Ok(bytes),
            Source::File { path, .. } => {
                Err(Error::Unreadable { path: path.clone(), reason: io::Error::other("it was not read") })
            }
        }
    }
}

/// A copy on the disk, which one configuration after the other can be laid into.
#[derive(Debug)]
pub struct Copy {
    /// What nothing may be written outside of.
    top: PathBuf,
    /// Where the root of every configuration is.
    pub root: PathBuf,
    laid: BTreeMap<PathBuf, Source>,
}

impl Copy {
    /// An empty copy below `top`, with the root so deep in it that `tail` leads there.
    pub fn new(top: PathBuf, tail: &Path) -> Copy {
        Copy { root: top.join(tail), top, laid: BTreeMap::new() }
    }

    /// Puts a configuration in the place of what was there; what an engine made beside it stays.
    ///
    /// # Errors
    /// When something cannot be read or written, or an interrupt came.
    pub async fn lay(&mut self, gathered: &Gathered, interrupt: &mut Interrupt) -> Result<(), Error> {
        let mut wanted = BTreeMap::new();
        for (path, source) in &gathered.files {
            let target = lexical(&self.root.join(relative(&gathered.root, path)));
            if !target.starts_with(&self.top) {
                return Err(Error::TooFarOutside { path: path.clone() });
            }
            wanted.insert(target, source);
        }
        for gone in self.laid.keys().filter(|path| !wanted.contains_key(*path)) {
            fs::remove_file(gone).map_err(|reason| Error::Unwritable { path: gone.clone(), reason })?;
        }
        self.laid.retain(|path, _| wanted.contains_key(path));
        make_directory(&self.root)?;
        for (target, source) in wanted {
            if self.laid.get(&target) == Some(source) {
                continue;
            }
            interrupt.check().await?;
            if let Some(parent) = target.parent() {
                make_directory(parent)?;
            }
            let unwritable = |reason| Error::Unwritable { path: target.clone(), reason };
            let mode = match source {
                Source::File { path, mode, .. } => {
                    let bytes =
                        fs::read(path).map_err(|reason| Error::Unreadable { path: path.clone(), reason })?;
                    fs::write(&target, bytes).map_err(unwritable)?;
                    mode
                }
                Source::Text { bytes, mode } => {
                    fs::write(&target, bytes).map_err(unwritable)?;
                    mode
                }
            };
            // A script stays executable, and nobody else reads what perhaps only its owner may.
            fs::set_permissions(&target, fs::Permissions::from_mode(*mode)).map_err(unwritable)?;
            self.laid.insert(target, source.clone());
        }
        Ok(())
    }
}

fn make_directory(path: &Path) -> Result<(), Error> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|reason| Error::Unwritable { path: path.to_owned(), reason })
}

fn has_configuration(directory: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if is_configuration(&entry.file_name().to_string_lossy()) && entry.path().is_file() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The way from one directory to a path, both absolute.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// The path without `.` and `..`, as the engines take a module's.
pub fn lexical(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}
