//! `.tierform/base.txt`: the generated texts that the manifest's hashes stand for, as a later merge needs them.
//! One file by hash, not a copy beside each: sixty more files would double the time of a first run, and editors and
//! scanners would take copies ending in `.tf` for modules. By hash, old and new texts stand together while a run is
//! under way, so whichever manifest is in force finds its own.
//!
//! An entry is a line with the hash and the length in bytes, then the text as it is, then a newline: nothing to escape,
//! and in a pull request its lines read like those of the file that it is the base of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{OutputError, STATE_DIR, disk};
use crate::tree::sha256_hex;

/// Generated texts by their sha256.
#[derive(Debug, Default)]
pub struct Base {
    texts: BTreeMap<String, String>,
}

impl Base {
    /// Where the base texts of an output directory are.
    pub fn path(out: &Path) -> PathBuf {
        out.join(STATE_DIR).join("base.txt")
    }

    /// Reads the base texts of `out`. There may be none: only merging needs them, and writing fills in what it knows.
    ///
    /// # Errors
    /// When the file is unreadable or not ours.
    pub fn load(out: &Path) -> Result<Self, OutputError> {
        let path = Self::path(out);
        let Some(bytes) = disk::read_record(&path)? else { return Ok(Self::default()) };
        match parse(&bytes) {
            Ok(texts) => Ok(Self { texts }),
            Err(reason) => Err(OutputError::Damaged { path, reason }),
        }
    }

    /// The text with this hash, if it is there and really has it: a wrong base would merge an edit away.
    pub fn text(&self, sha256: &str) -> Option<&str> {
        self.texts.get(sha256).map(String::as_str).filter(|text| sha256_hex(text.as_bytes()) == sha256)
    }

    /// The texts of these hashes, taken from `new` or from here; one that neither has is left out.
    pub(super) fn select<'a>(
        &'a self,
        hashes: impl Iterator<Item = &'a str>,
        new: &BTreeMap<&'a str, &'a str>,
    ) -> BTreeMap<&'a str, &'a str> {
        hashes.filter_map(|hash| Some((hash, new.get(hash).copied().or_else(|| self.text(hash))?))).collect()
    }

    /// Whether exactly these texts are on disk already.
    pub(super) fn is(&self, texts: &BTreeMap<&str, &str>) -> bool {
        self.texts.len() == texts.len()
            && self
                .texts
                .iter()
                .zip(texts)
                .all(|((hash, text), (&other, &other_text))| hash == other && text == other_text)
    }
}

/// The entries of the file.
fn parse(bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let mut texts = BTreeMap::new();
    let mut rest = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        let broken = || format!("the entry at byte {at} is broken");
        let (head, body) = rest.split_once('\n').ok_or_else(broken)?;
        let (hash, length) = head.split_once(' ').ok_or_else(broken)?;
        let length: usize = length.parse().map_err(|_| broken())?;
        let (text, tail) = body.split_at_checked(length).ok_or_else(broken)?;
        rest = tail.strip_prefix('\n').ok_or_else(broken)?;
        texts.insert(hash.to_owned(), text.to_owned());
    }
    Ok(texts)
}

/// The file's text, entries sorted by hash.
pub(super) fn to_text(texts: &BTreeMap<&str, &str>) -> String {
    // A hash, a length of a few digits and three separators.
    let size = texts.values().map(|text| text.len() + 80).sum();
    let mut file = String::with_capacity(size);
    for (hash, text) in texts {
        file.push_str(hash);
        file.push(' ');
        file.push_str(&text.len().to_string());
        file.push('\n');
        file.push_str(text);
        file.push('\n');
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_not_what_its_hash_says_is_no_base() {
        let hash = sha256_hex(b"generated\n");
        let base = |text: &str| Base { texts: BTreeMap::from([(hash.clone(), text.to_owned())]) };
        assert_eq!(base("generated\n").text(&hash), Some("generated\n"));
        assert_eq!(base("tampered\n").text(&hash), None);
        assert_eq!(base("generated\n").text("00"), None);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let texts = BTreeMap::from([
            ("aa", "one\ntwo\n"),
            ("bb", ""),
            ("cc", "ends without newline"),
            ("dd", "ü 3\nff 1\n"),
        ]);
        let read = parse(to_text(&texts).as_bytes()).unwrap();
        assert!(read.iter().map(|(hash, text)| (hash.as_str(), text.as_str())).eq(texts));
    }

    #[test]
    fn a_broken_file_is_told_by_its_place() {
        for (broken, at) in [
            ("aa 3\nonex\n", 0),
            ("aa 3\none\nbb\n", 9),
            ("aa x\n", 0),
            ("aa 99\none\n", 0),
            ("aa 1\nü\n", 0),
        ] {
            assert_eq!(
                parse(broken.as_bytes()),
                Err(format!("the entry at byte {at} is broken")),
                "{broken:?}"
            );
        }
    }
}
