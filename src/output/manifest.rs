//! `.tierform/manifest.json`: which files tierform wrote, by their sha256, and from which spec.
//! It decides what may be replaced or removed, so whatever is odd in it is an error and never a guess.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{OutputError, STATE_DIR, disk};
use crate::record::{Frozen, Record};
use crate::tree::sha256_hex;

/// The manifest format that this program writes; it reads this one and all before it.
pub(super) const FORMAT: u64 = 4;

/// The record of one output directory. No times and no places: the same spec and version give the same bytes.
///
/// Unknown keys are refused, because a program that does not know a key would drop it on the next write: adding one
/// means raising `FORMAT`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of this record. Format 1 had neither `frozen` nor `merging`, formats 1 and 2 no `program`,
    /// formats 1 to 3 no `record`, no `withheld` and no `kept`.
    pub(super) format: u64,
    /// The version of tierform that last changed the directory.
    pub tierform: String,
    /// The sha256 of the spec that the directory was last changed for.
    pub spec_sha256: String,
    /// [`crate::PROGRAM`] of the program that last changed the directory: with the same spec and sizes it would give the same files
    /// again. Empty where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) program: String,
    /// What was decided for the directory, and for which spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Arc<Record>>,
    /// What formats 2 and 3 had in place of `record`.
    #[serde(default, skip_serializing)]
    pub frozen: Option<Frozen>,
    /// Path → sha256 of the text of ours that the file on disk is, or that the user started to edit from. Where a part of the generated
    /// text is withheld, that part of it is still the old one.
    pub files: BTreeMap<String, String>,
    /// Path → sha256 of the generated text of which something is withheld until the user decides: where both changed the same
    /// lines, or where something of the user's is in the way.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub withheld: BTreeMap<String, String>,
    /// Path → sha256 of the generated text against which the user declared their own side kept.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<String, String>,
    /// Only while a run is under way: path → sha256 of what it puts there, or takes away. Found at a start, it says
    /// that the run before was interrupted and which texts on disk may be its work.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) pending: BTreeMap<String, String>,
    /// Only while a run is under way: path → sha256 of the generated text in a merge that it puts there. Such a text is
    /// the user's as well, and the generated text is what it was edited from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) merging: BTreeMap<String, String>,
}

/// What every format has, so that a newer one gets a better answer than "damaged".
#[derive(Deserialize)]
struct Stamp {
    format: u64,
    #[serde(default)]
    tierform: String,
}

impl Manifest {
    /// A manifest without files, stamped with this program's version.
    pub(super) fn new(spec_sha256: &str) -> Self {
        Self {
            format: FORMAT,
            tierform: env!("CARGO_PKG_VERSION").to_owned(),
            spec_sha256: spec_sha256.to_owned(),
            program: String::new(),
            files: BTreeMap::new(),
            withheld: BTreeMap::new(),
            kept: BTreeMap::new(),
            pending: BTreeMap::new(),
            merging: BTreeMap::new(),
            record: None,
            frozen: None,
        }
    }

    /// Whether the directory was last changed for the spec with that text.
    pub fn is_of(&self, spec: &str) -> bool {
        self.spec_sha256 == sha256_hex(spec.as_bytes())
    }

    /// Where the manifest of an output directory is.
    pub fn path(out: &Path) -> PathBuf {
        out.join(STATE_DIR).join("manifest.json")
    }

    /// Reads and checks the manifest of `out`; `None` when there is none.
    ///
    /// # Errors
    /// When it is unreadable, not ours, of a newer format, or names a path outside the directory.
    pub fn load(out: &Path) -> Result<Option<Self>, OutputError> {
        Ok(Self::read(out)?.0)
    }

    /// As [`Self::load`]; says besides whether it came with Windows line ends.
    pub(super) fn read(out: &Path) -> Result<(Option<Self>, bool), OutputError> {
        let path = Self::path(out);
        let Some(bytes) = disk::read_record(&path)? else { return Ok((None, false)) };
        Ok((Some(Self::parse(&bytes, &path)?), bytes.contains(&b'\r')))
    }

    fn parse(bytes: &[u8], path: &Path) -> Result<Self, OutputError> {
        let damaged = |reason: String| OutputError::Damaged { path: path.into(), reason };
        let newer = |format, version| OutputError::Newer { path: path.into(), format, version };
        let mut manifest: Self = serde_json::from_slice(bytes).map_err(|error| {
            // What a newer program writes may well be no manifest of ours.
            match serde_json::from_slice(bytes) {
                Ok(Stamp { format, tierform }) if format > FORMAT => newer(format, tierform),
                _ => damaged(error.to_string()),
            }
        })?;
        if manifest.format > FORMAT {
            return Err(newer(manifest.format, manifest.tierform));
        }
        if manifest.format == 0 {
            return Err(damaged("there is no format 0".to_owned()));
        }
        if let Some((one, other)) = same_but_for_case(&manifest) {
            return Err(damaged(format!(
                "it lists {one:?} and {other:?}, which are one file on many systems"
            )));
        }
        let lists =
            [&manifest.files, &manifest.withheld, &manifest.kept, &manifest.pending, &manifest.merging];
        for (file, sha256) in lists.into_iter().flatten() {
            check_path(file)
                .map_err(|reason| damaged(format!("it lists the file {file:?}, and {reason}")))?;
            if sha256.len() != 64 || !sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(damaged(format!("the sha256 of {file:?} is not 64 hexadecimal digits")));
            }
        }
        if manifest.format < 4 {
            // There the other side of a conflict was the generated text itself.
            let sides = manifest.files.iter().filter_map(|(path, sha256)| Some((beside(path)?, sha256)));
            manifest.withheld = sides.map(|(path, sha256)| (path.to_owned(), sha256.clone())).collect();
        }
        Ok(manifest)
    }

    /// Whether anything is waiting for the user.
    pub(super) fn has_conflicts(&self) -> bool {
        let mut paths = self.files.keys().chain(self.pending.keys());
        !self.withheld.is_empty() || paths.any(|path| beside(path).is_some())
    }

    /// Path and hash of each text that a later merge may start from.
    pub(super) fn bases(&self) -> impl Iterator<Item = (&str, &str)> {
        // What is beside a file is nobody's base; what the file is an edit of once that is settled, is.
        let files = self.files.iter().filter(|(path, _)| beside(path).is_none());
        let withheld = self.withheld.iter().filter(|(path, _)| self.files.contains_key(*path));
        files.chain(withheld).map(|(path, sha256)| (path.as_str(), sha256.as_str()))
    }

    /// The manifest as JSON in one line, for as long as a run is under way.
    pub(super) fn to_line(&self) -> String {
        // A struct of strings and numbers always serialises.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// The manifest as JSON with one file a line, sorted.
    pub(super) fn to_json(&self) -> String {
        // A struct of strings and numbers always serialises.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// For the other side of a conflict: the path of the file that it belongs to.
pub(super) fn beside(path: &str) -> Option<&str> {
    path.strip_suffix(super::CONFLICT_SUFFIX)
}

/// Two paths that differ in upper and lower case alone. On a disk that does not tell them apart, removing one as ours would
/// remove the other, which may be edited.
fn same_but_for_case(manifest: &Manifest) -> Option<(&str, &str)> {
    let paths = || manifest.files.keys().chain(manifest.pending.keys()).map(String::as_str);
    // Of two such paths one has an upper-case letter, as few have.
    let mut capitals = paths().filter(|path| path.bytes().any(|byte| byte.is_ascii_uppercase()));
    capitals.find_map(|path| {
        let other = paths().find(|other| path.eq_ignore_ascii_case(other) && path != *other)?;
        Some((path, other))
    })
}

/// Whether a file of this name stays inside the output directory and out of records that others keep there.
pub(super) fn check_path(path: &str) -> Result<(), &'static str> {
    if path.starts_with('/') {
        return Err("the path is absolute");
    }
    // A backslash or a colon is a plain character here and a way out of the directory on Windows.
    if path.contains(|character: char| matches!(character, '\\' | ':') || character.is_control()) {
        return Err("the path has a backslash, a colon or a control character in it");
    }
    for part in path.split('/') {
        match part {
            "" | "." | ".." => return Err("the path has an empty, `.` or `..` part in it"),
            _ if [".git", STATE_DIR].iter().any(|name| part.eq_ignore_ascii_case(name)) => {
                return Err("the path leads into records that are not generated files");
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Manifest, OutputError> {
        Manifest::parse(json.as_bytes(), Path::new("m.json"))
    }

    fn json(file: &str, sha256: &str) -> String {
        let files = serde_json::json!({ file: sha256 });
        serde_json::json!({"format": 1, "tierform": "0.1.0", "spec_sha256": "", "files": files}).to_string()
    }

    #[test]
    fn what_is_written_is_read_back_and_sorted() {
        let mut manifest = Manifest::new("5bec");
        for path in ["z.tf", "modules/gcp/a.tf", "a.tf"] {
            manifest.files.insert(path.to_owned(), "0".repeat(64));
        }
        let text = manifest.to_json();
        assert_eq!(parse(&text).unwrap(), manifest);
        assert!(
            text.find("a.tf") < text.find("modules") && text.find("modules") < text.find("z.tf"),
            "{text}"
        );
        assert!(!text.contains("pending") && text.ends_with("}\n"), "{text}");
    }

    #[test]
    fn paths_out_of_the_directory_are_refused() {
        let hash = "0".repeat(64);
        for path in [
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "",
            ".",
            "a/.",
            "a\\..\\b",
            "C:x",
            "a\0",
            "a\nb",
            ".git/config",
            "a/.GIT/hooks/x",
            ".tierform/manifest.json",
            ".Tierform/x",
            "a/",
        ] {
            let error = parse(&json(path, &hash)).expect_err(path).to_string();
            assert!(error.contains("m.json is damaged: it lists the file"), "{path}: {error}");
        }
        for path in ["main.tf", "modules/gcp/network/main.tf", ".gitignore", "..x", "a..b/c"] {
            assert!(parse(&json(path, &hash)).is_ok(), "{path}");
        }
    }

    #[test]
    fn a_hash_that_is_none_and_a_text_that_is_no_manifest_are_refused() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            "<<<<<<< HEAD",
            r#"{"format":"1"}"#,
            r#"{"format":1,"files":{}}"#,
            &json("a", &"0".repeat(64)).replace("\"format\":1", "\"format\":0"),
            &json("a", "00"),
            &json("a", &"G".repeat(64)),
            &json("a", &"A".repeat(64)),
            &json("a", &"0".repeat(64)).replace("files", "filez"),
        ] {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.contains("restore it from version control"), "{text}: {error}");
        }
    }

    #[test]
    fn format_1_is_read_and_paths_that_differ_by_case_alone_are_refused() {
        let first = parse(&json("main.tf", &"0".repeat(64))).unwrap();
        assert_eq!((first.format, first.frozen), (1, None));
        let files = serde_json::json!({ "a/Main.tf": "0".repeat(64), "a/main.tf": "0".repeat(64), "b": "0".repeat(64) });
        let two = serde_json::json!({"format": 2, "tierform": "0.1.0", "spec_sha256": "", "files": files});
        let error = parse(&two.to_string()).unwrap_err().to_string();
        assert!(error.contains("a/Main.tf") && error.contains("one file on many systems"), "{error}");
    }

    #[test]
    fn a_newer_format_names_the_version_to_use() {
        let error = parse(r#"{"format":99,"tierform":"9.1.0","blocks":[]}"#).unwrap_err().to_string();
        assert!(error.contains("format 99, written by tierform 9.1.0"), "{error}");
    }
}
