//! What is on disk against what was rendered: compare, then write only what differs.
//! The directory is the user's: an edit is merged or kept, a deleted file stays deleted, no symbolic link is followed.

mod base;
mod changes;
mod compare;
mod diff;
mod disk;
#[cfg(test)]
mod histories;
mod keys;
mod lock;
mod manifest;
mod merge;
mod past;
mod pen;
mod settle;
mod wishes;
mod write;

use std::io;
use std::path::PathBuf;

pub use base::Base;
pub use changes::{CONFLICT_SUFFIX, Change, Changes, Kind};
pub use compare::{Opened, Request, compare, compare_for, current, open};
pub use diff::{FileDiff, diff, stat};
pub use disk::What;
pub use manifest::Manifest;
pub use merge::Clash;
pub use write::write;

/// The directory inside the output directory that holds our own records: the manifest and the base texts.
pub const STATE_DIR: &str = ".tierform";

/// Why the output directory could not be compared or written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The directory holds files and tierform never wrote there.
    #[error(
        "{out} was not made by tierform and is not empty: it holds {}; choose an empty directory with --out, or move \
         these files away",
        listed(names)
    )]
    Foreign {
        /// The output directory.
        out: PathBuf,
        /// Its entries, sorted, without those that start with a dot.
        names: Vec<String>,
    },
    /// A directory is needed where something else is.
    #[error(
        "{path} is {what}, where tierform needs a directory: it never writes through a link or in place of \
         something of yours; replace it by a directory, or choose another place with --out"
    )]
    NotADirectory {
        /// The path in question.
        path: PathBuf,
        /// What is there instead.
        what: What,
    },
    /// One of our records cannot be understood.
    #[error("{path} is damaged: {reason}; restore it from version control")]
    Damaged {
        /// The record: the manifest or the base texts.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The manifest was written by a later program in a format that this one does not know.
    #[error(
        "{path} has format {format}, written by tierform {version}, and this tierform knows formats up to {}; run \
         that version or a newer one",
        manifest::FORMAT
    )]
    Newer {
        /// The manifest.
        path: PathBuf,
        /// Its format.
        format: u64,
        /// The program that wrote it.
        version: String,
    },
    /// A rendered path that would leave the directory or touch records in it.
    #[error(
        "tierform cannot write a file named {path:?}: {reason}; this is a mistake in tierform, please report it"
    )]
    Path {
        /// The path as rendered.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file is not what it was a moment ago.
    #[error("{path} was changed while tierform was at work, and is left alone; run tierform again")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Another run writes there, or did since the comparison.
    #[error(
        "another tierform is at work in {out}, or was until just now; run tierform again when it is done"
    )]
    Busy {
        /// The output directory.
        out: PathBuf,
    },
    /// A wish that no file answers to.
    #[error(
        "{flag} {path} names no file that tierform writes; give its path inside the output directory, as in \
         {flag} modules/gcp/coderd/main.tf"
    )]
    Wish {
        /// The option.
        flag: &'static str,
        /// What was named.
        path: String,
    },
    /// What was to be replaced by force is no file.
    #[error(
        "--force {path} cannot be done: {what} stands there, which tierform never replaces; remove it first"
    )]
    Unforced {
        /// The file that was to be written.
        path: String,
        /// What is there instead.
        what: What,
    },
    /// The file system refused.
    #[error("cannot {action} {path}: {source}; mend that and run tierform again")]
    Io {
        /// What was tried, as a verb: create, read, remove, write.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Two or three names and how many more there are.
fn listed(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [first, last] => format!("{first} and {last}"),
        [first, second, third] => format!("{first}, {second} and {third}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
        [] => "nothing".to_owned(),
    }
}
