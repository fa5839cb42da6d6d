//! Which files an engine reads: ours as they were or will be, and the user's own beside them on disk, which are the same before
//! and after. A folder is looked at only when a configuration comes to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::reading::Unread;

/// What a file is to an engine, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Configuration.
    Configuration,
    /// Configuration that replaces parts of other files'.
    Override,
    /// Values of variables, in the order in which later ones win.
    Values(u8),
}

/// The role of a file in its folder; `None` where an engine does not read it by itself.
pub fn role(name: &str) -> Option<Role> {
    // Editors' own files.
    if name.starts_with('.') || name.ends_with('~') || name.starts_with('#') && name.ends_with('#') {
        return None;
    }
    match name {
        "terraform.tfvars" => return Some(Role::Values(0)),
        "terraform.tfvars.json" => return Some(Role::Values(1)),
        _ if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") => {
            return Some(Role::Values(2));
        }
        _ => {}
    }
    let base = [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().find_map(|end| name.strip_suffix(end))?;
    let is_override = base == "override" || base.ends_with("_override");
    Some(if is_override { Role::Override } else { Role::Configuration })
}

/// Whether a file is OpenTofu's alone, and the name of the one that it takes the place of.
pub fn tofu_only(path: &str) -> Option<String> {
    let (base, end) = match path.strip_suffix(".json") {
        Some(path) => (path.strip_suffix(".tofu")?, ".tf.json"),
        None => (path.strip_suffix(".tofu")?, ".tf"),
    };
    Some(format!("{base}{end}"))
}

/// The folder of a path; empty for the root's.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a path's file.
pub fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// One state of a directory.
#[derive(Debug, Clone, Default)]
pub struct Files<'a> {
    /// Ours by path.
    ours: BTreeMap<&'a str, &'a [u8]>,
    /// Where the user's own are.
    own: Option<Own<'a>>,
}

/// The user's own files.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// The output directory.
    pub directory: &'a Path,
    /// The paths that are tierform's, before or after.
    pub not: &'a BTreeSet<&'a str>,
}

impl<'a> Files<'a> {
    /// Files of ours by path, with those of the user's own.
    pub fn new(ours: impl Iterator<Item = (&'a str, &'a [u8])>, own: Option<Own<'a>>) -> Self {
        Self { ours: ours.collect(), own }
    }

    /// Ours in a folder.
    pub fn ours_in<'f>(&'f self, folder: &'f str) -> impl Iterator<Item = (&'a str, &'a [u8])> + 'f {
        self.ours
            .iter()
            .filter(move |(path, _)| folder_of(path) == folder)
            .map(|(path, bytes)| (*path, *bytes))
    }

    /// The user's own in a folder that an engine reads, by path.
    ///
    /// # Errors
    /// The folder, or a file in it, cannot be read.
    pub fn own_in(&self, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Unread> {
        let mut files = Vec::new();
        for path in self.own_names(folder)? {
            if role(name_of(&path)).is_some() {
                let bytes = self.read_own(&path)?;
                files.extend(bytes.map(|bytes| (path, bytes)));
            }
        }
        Ok(files)
    }

    /// The bytes of a file, ours or the user's own; `None` where there is none.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, Unread> {
        match self.ours.get(path) {
            Some(bytes) => Ok(Some(bytes.to_vec())),
            None if self.own.is_some_and(|own| own.not.contains(path)) => Ok(None),
            None => self.read_own(path),
        }
    }

    /// The paths of all files in a folder.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn names(&self, folder: &str) -> Result<Vec<String>, Unread> {
        let mut names: Vec<String> = self.ours_in(folder).map(|(path, _)| path.to_owned()).collect();
        names.extend(self.own_names(folder)?);
        names.sort_unstable();
        Ok(names)
    }

    /// The user's own files in a folder, in order.
    fn own_names(&self, folder: &str) -> Result<Vec<String>, Unread> {
        let Some(own) = self.own else { return Ok(Vec::new()) };
        let unread = |error: std::io::Error| Unread {
            path: if folder.is_empty() { ".".to_owned() } else { folder.to_owned() },
            line: None,
            reason: format!("this folder cannot be read: {error}"),
        };
        let entries = match std::fs::read_dir(own.directory.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unread(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            // A name that is no text is none that an engine reads.
            if let Ok(name) = entry.map_err(unread)?.file_name().into_string() {
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                if !own.not.contains(path.as_str()) {
                    names.push(path);
                }
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// One of the user's own files, through a link too, as an engine would; `None` for what is no file.
    fn read_own(&self, path: &str) -> Result<Option<Vec<u8>>, Unread> {
        let Some(own) = self.own else { return Ok(None) };
        let full = own.directory.join(path);
        let unread = |error: std::io::Error| Unread {
            path: path.to_owned(),
            line: None,
            reason: format!("this file cannot be read: {error}"),
        };
        match std::fs::metadata(&full) {
            Ok(found) if found.is_file() => std::fs::read(full).map(Some).map_err(unread),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unread(error)),
        }
    }
}
