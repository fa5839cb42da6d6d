//! The generated directory in memory: relative path → text, in one fixed order.
//! Rendering makes it, the output step compares it with the disk; nothing else knows both.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// One generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The whole text: UTF-8, LF, ends with one newline.
    pub text: Cow<'static, str>,
    /// The text's sha256 in hex where it is known at build time, as for the static modules.
    known_sha256: Option<&'static str>,
}

impl File {
    /// A text that was made at run time.
    pub(crate) fn new(text: String) -> Self {
        Self { text: text.into(), known_sha256: None }
    }

    /// Whether the text is the same in every tree of this version.
    pub fn is_embedded(&self) -> bool {
        self.known_sha256.is_some()
    }

    /// The sha256 of the text, in lower-case hex.
    pub fn sha256(&self) -> Cow<'static, str> {
        self.known_sha256.map_or_else(|| sha256_hex(self.text.as_bytes()).into(), Cow::Borrowed)
    }
}

/// The sha256 of `bytes` in lower-case hex, as `sha256sum` prints it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        hex
    })
}

/// The files of one generated directory by their path, which is relative, uses `/` and has no `..`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<Cow<'static, str>, File>,
}

impl Tree {
    /// Adds a rendered file; a path that is there already is a bug in the plan, so it replaces nothing silently.
    pub fn insert(&mut self, path: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) {
        self.insert_file(path.into(), File { text: text.into(), known_sha256: None });
    }

    /// Adds an embedded file whose hash was computed when the program was built.
    pub fn insert_embedded(&mut self, path: &'static str, text: &'static str, sha256: &'static str) {
        self.insert_file(path.into(), File { text: text.into(), known_sha256: Some(sha256) });
    }

    fn insert_file(&mut self, path: Cow<'static, str>, file: File) {
        let before = self.files.insert(path, file);
        debug_assert!(before.is_none(), "a path is rendered once");
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// All files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_ref(), file))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
