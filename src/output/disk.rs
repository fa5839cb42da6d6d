//! Reads the output directory without ever following a symbolic link below it.
//! The directory itself may be a link: the user named it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, FileType};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use super::{OutputError, STATE_DIR};

/// Files that are staged beside their place are named like this, so that those of a killed run can be told.
pub(super) const STAGED: (&str, &str) = (".tierform-", ".tmp");

/// Something on disk that the user made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// A regular file.
    File,
    /// A symbolic link, wherever it points.
    Link,
    /// A directory.
    Directory,
    /// A pipe, socket or device.
    Special,
}

impl What {
    fn of(file_type: FileType) -> Self {
        if file_type.is_file() {
            Self::File
        } else if file_type.is_dir() {
            Self::Directory
        } else if file_type.is_symlink() {
            Self::Link
        } else {
            Self::Special
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::Link => "a symbolic link",
            Self::Directory => "a directory",
            Self::Special => "a pipe, socket or device",
        })
    }
}

/// What stands at one path.
pub(super) enum Found {
    Nothing,
    File(Vec<u8>),
    Other(What),
}

/// The output directory, with what is known of its subdirectories: each is looked at once.
pub(super) struct Disk<'p> {
    out: &'p Path,
    directories: HashMap<String, bool>,
}

impl<'p> Disk<'p> {
    pub(super) fn new(out: &'p Path) -> Self {
        Self { out, directories: HashMap::new() }
    }

    /// Reads the file at `path`, which is relative and was checked to have no `..`.
    ///
    /// A parent that is anything but a real directory is an error; it being absent is not.
    pub(super) fn find(&mut self, path: &str) -> Result<Found, OutputError> {
        for (slash, _) in path.match_indices('/') {
            if !self.has_directory(&path[..slash])? {
                return Ok(Found::Nothing);
            }
        }
        let full = self.out.join(path);
        match measure(&full)? {
            None => Ok(Found::Nothing),
            Some((What::File, length)) => read(&full, length)
                .map(Found::File)
                .map_err(|source| OutputError::Io { action: "read", path: full, source }),
            Some((other, _)) => Ok(Found::Other(other)),
        }
    }

    fn has_directory(&mut self, path: &str) -> Result<bool, OutputError> {
        if let Some(&known) = self.directories.get(path) {
            return Ok(known);
        }
        let exists = is_directory(&self.out.join(path))?;
        self.directories.insert(path.to_owned(), exists);
        Ok(exists)
    }
}

/// Whether tierform has been here; refuses a directory with files that it did not make.
///
/// `.tierform/` marks our directories from the first step of the first run on, so that an interrupted run is not
/// taken for a stranger's. Entries that start with a dot (`.git`, `.gitignore`, editor settings) make no directory
/// foreign: Terraform does not read them, and whichever of them is in our way is kept.
pub(super) fn is_ours(out: &Path) -> Result<bool, OutputError> {
    // Follows links, unlike everything below: this one path is the user's own word.
    match fs::metadata(out) {
        Ok(found) if found.is_dir() => {}
        Ok(found) => {
            return Err(OutputError::NotADirectory { path: out.into(), what: What::of(found.file_type()) });
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return match kind_of(out)? {
                Some(what) => Err(OutputError::NotADirectory { path: out.into(), what }),
                None => Ok(false),
            };
        }
        Err(source) => return Err(OutputError::Io { action: "read", path: out.into(), source }),
    }
    if is_directory(&out.join(STATE_DIR))? {
        return Ok(true);
    }
    let names: io::Result<Vec<String>> = fs::read_dir(out).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect()
    });
    let mut names = names.map_err(|source| OutputError::Io { action: "read", path: out.into(), source })?;
    names.retain(|name| !name.starts_with('.'));
    names.sort_unstable();
    if names.is_empty() { Ok(false) } else { Err(OutputError::Foreign { out: out.into(), names }) }
}

/// Reads one of our own records; `None` when there is none.
pub(super) fn read_record(path: &Path) -> Result<Option<Vec<u8>>, OutputError> {
    match kind_of(path)? {
        None => Ok(None),
        Some(What::File) => fs::read(path).map(Some).map_err(|source| OutputError::Io {
            action: "read",
            path: path.into(),
            source,
        }),
        Some(what) => Err(OutputError::Damaged {
            path: path.into(),
            reason: format!("it is {what} and not a file of its own"),
        }),
    }
}

/// Whether a file of this name is staged.
pub(super) fn is_staged(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(STAGED.0.as_bytes()) && name.ends_with(STAGED.1.as_bytes())
}

/// Whether a killed run left staged files; as long as there is any, there is one in `.tierform/`.
pub(super) fn is_littered(out: &Path) -> Result<bool, OutputError> {
    let path = out.join(STATE_DIR);
    let names: io::Result<Vec<_>> = fs::read_dir(&path)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.file_name())).collect());
    match names {
        Ok(names) => Ok(names.iter().any(|name| is_staged(name))),
        Err(source) => Err(OutputError::Io { action: "read", path, source }),
    }
}

/// True for a real directory, false for nothing, an error for anything else.
fn is_directory(path: &Path) -> Result<bool, OutputError> {
    match kind_of(path)? {
        None => Ok(false),
        Some(What::Directory) => Ok(true),
        Some(what) => Err(OutputError::NotADirectory { path: path.into(), what }),
    }
}

/// The first `length` bytes of a file: all of one that was just measured. `fs::read` would measure it again and ask once more
/// for its end, which is a third of the system calls of a run with nothing to do.
fn read(path: &Path, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    let (mut file, mut filled) = (fs::File::open(path)?, 0);
    while filled < bytes.len() {
        match file.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

fn kind_of(path: &Path) -> Result<Option<What>, OutputError> {
    Ok(measure(path)?.map(|(what, _)| what))
}

/// What stands at a path, and its length in bytes.
fn measure(path: &Path) -> Result<Option<(What, u64)>, OutputError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some((What::of(found.file_type()), found.len()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(OutputError::Io { action: "read", path: path.into(), source }),
    }
}

/// The text without a byte-order mark and with LF line ends.
///
/// Git and editors on Windows change these by themselves, so such a difference is nobody's edit.
pub(super) fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if !bytes.contains(&b'\r') {
        return bytes.into();
    }
    let mut text = Vec::with_capacity(bytes.len());
    for (index, &byte) in bytes.iter().enumerate() {
        if byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
            text.push(byte);
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_no_mark_and_no_crlf_and_is_else_untouched() {
        let cases: [(&[u8], &[u8]); 6] = [
            (b"a\r\nb\r\n", b"a\nb\n"),
            (b"\xef\xbb\xbfa\n", b"a\n"),
            (b"a\rb\n", b"a\rb\n"),
            (b"a\r\r\n", b"a\r\n"),
            (b"a\r", b"a\r"),
            (b"", b""),
        ];
        for (bytes, expected) in cases {
            assert_eq!(plain(bytes).as_ref(), expected, "{bytes:?}");
        }
    }
}
