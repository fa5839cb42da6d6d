//! `.tierform/base.json`: the generated texts that the manifest's hashes stand for, as a later merge needs them.
//! One file by hash, not a copy beside each: sixty more files would double the time of a first run, and editors and
//! scanners would take copies ending in `.tf` for modules. By hash, old and new texts stand together while a run is
//! under way, so whichever manifest is in force finds its own.

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
        out.join(STATE_DIR).join("base.json")
    }

    /// Reads the base texts of `out`. There may be none: only merging needs them, and writing fills in what it knows.
    ///
    /// # Errors
    /// When the file is unreadable or not ours.
    pub fn load(out: &Path) -> Result<Self, OutputError> {
        let path = Self::path(out);
        let Some(bytes) = disk::read_record(&path)? else { return Ok(Self::default()) };
        match serde_json::from_slice(&bytes) {
            Ok(texts) => Ok(Self { texts }),
            Err(error) => Err(OutputError::Damaged { path, reason: error.to_string() }),
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

/// The texts as JSON with one text a line, sorted by hash.
pub(super) fn to_json(texts: &BTreeMap<&str, &str>) -> String {
    // A map of strings always serialises.
    serde_json::to_string_pretty(texts).unwrap_or_default() + "\n"
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
}
