//! The spec's file: read from disk whole, and only if it can be a spec.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes: a spec is some kilobytes.
pub const LARGEST: u64 = 1024 * 1024;

/// Why there is no text to read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// There is no such file.
    #[error(
        "there is no spec at {}; name it as in `tierform generate PATH`, or write one with `tierform init`",
        .0.display()
    )]
    Missing(PathBuf),
    /// The path is a directory.
    #[error("{} is a directory; name the spec in it, as in {}", .0.display(), .0.join("coder.toml").display())]
    Directory(PathBuf),
    /// The file is larger than [`LARGEST`].
    #[error("{} is larger than {} KiB, so it is no spec; name a coder.toml", .0.display(), LARGEST / 1024)]
    TooLarge(PathBuf),
    /// The file is not UTF-8.
    #[error(
        "{} is not UTF-8: line {line} has the byte 0x{byte:02x} at column {column}; save the file as UTF-8",
        path.display()
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The byte's column in its line, from 1, counted in bytes.
        column: usize,
        /// The first byte that does not fit.
        byte: u8,
    },
    /// The operating system refused.
    #[error("{} cannot be read ({reason}); check the path and its permissions", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
}

/// Reads the text of the spec at `path`.
///
/// # Errors
/// A file that is missing, a directory, too large, not UTF-8 or not readable.
pub fn load(path: &Path) -> Result<String, Unreadable> {
    let refused = |reason: io::Error| match reason.kind() {
        io::ErrorKind::NotFound => Unreadable::Missing(path.to_owned()),
        io::ErrorKind::IsADirectory => Unreadable::Directory(path.to_owned()),
        _ => Unreadable::Refused { path: path.to_owned(), reason },
    };
    let file = File::open(path).map_err(refused)?;
    let facts = file.metadata().map_err(refused)?;
    if facts.is_dir() {
        return Err(Unreadable::Directory(path.to_owned()));
    }
    if facts.len() > LARGEST {
        return Err(Unreadable::TooLarge(path.to_owned()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or(0) + 1);
    // The size of a pipe or of a file that grows is known only by reading: one byte more than the largest tells.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unreadable::TooLarge(path.to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line_start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        Unreadable::NotUtf8 {
            path: path.to_owned(),
            line: bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1,
            column: at - line_start + 1,
            byte: bytes.get(at).copied().unwrap_or_default(),
        }
    })
}
