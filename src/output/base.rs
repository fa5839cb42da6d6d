//! `.tierform/base.txt`: the generated texts that the manifest's hashes stand for, as a later merge needs them.
//! One file, not a copy beside each: sixty more files would double the time of a first run, and editors and scanners
//! would take copies ending in `.tf` for modules. While a run is under way old and new texts of a path stand together, so
//! whichever manifest is in force finds its own.
//!
//! An entry is a line with the path and how many lines follow, then the text as it is, then a newline: nothing to escape,
//! and nothing that changes with a value. Entries are sorted by path, so that a pull request shows of this file what it shows
//! of the files themselves. Until manifest format 3 entries were sorted by hash and began with hash and length in bytes.

use std::path::{Path, PathBuf};

use super::{OutputError, STATE_DIR, disk};
use crate::tree::sha256_hex;

/// The first line, which no entry of the older form can be.
const HEAD: &str =
    "== The texts that tierform generated here: what it merges your edits with. Not to be edited.\n";

/// What an entry's first line starts with.
const ENTRY: &str = "== ";

/// Generated texts as they were found on disk.
#[derive(Debug, Default)]
pub struct Base {
    file: String,
    /// The path that a text was generated for, or in the older form its hash; and the text.
    texts: Vec<(String, String)>,
}

/// Texts to be kept, each with its path.
pub(super) type Texts<'t> = Vec<(&'t str, &'t str)>;

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
        let read = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()).and_then(|file| {
            // A checkout with Windows line ends: no generated text has any.
            let texts = parse(&String::from_utf8_lossy(&disk::plain(file.as_bytes())))?;
            Ok(Self { file, texts })
        });
        read.map_err(|reason| OutputError::Damaged { path, reason })
    }

    /// The text that was generated for `path` and has this hash, if it is there and really has it: a wrong base would merge an
    /// edit away.
    pub fn text(&self, path: &str, sha256: &str) -> Option<&str> {
        let of_it = |(key, _): &&(String, String)| key == path || key == sha256;
        let mut texts = self.texts.iter().filter(of_it).map(|(_, text)| text.as_str());
        texts.find(|text| sha256_hex(text.as_bytes()) == sha256)
    }

    /// Whether the file on disk is exactly this.
    pub(super) fn is(&self, file: &str) -> bool {
        self.file == file
    }
}

/// The entries of the file.
fn parse(file: &str) -> Result<Vec<(String, String)>, String> {
    let (mut rest, is_by_path) = match file.strip_prefix(HEAD) {
        Some(rest) => (rest, true),
        None => (file, false),
    };
    let mut texts = Vec::new();
    while !rest.is_empty() {
        let at = file.len() - rest.len();
        let entry = if is_by_path { entry(rest) } else { older_entry(rest) };
        let (key, text, tail) = entry.ok_or_else(|| format!("the entry at byte {at} is broken"))?;
        texts.push((key.to_owned(), text.to_owned()));
        rest = tail;
    }
    Ok(texts)
}

/// Path, text and what follows.
fn entry(rest: &str) -> Option<(&str, &str, &str)> {
    let (head, body) = rest.strip_prefix(ENTRY)?.split_once('\n')?;
    let (path, lines) = head.rsplit_once(' ')?;
    let lines: usize = lines.parse().ok()?;
    // The newline after the last of them is the text's own, the one after that ends the entry.
    let (end, _) = body.match_indices('\n').nth(lines)?;
    Some((path, &body[..end], &body[end + 1..]))
}

/// Hash, text and what follows.
fn older_entry(rest: &str) -> Option<(&str, &str, &str)> {
    let (head, body) = rest.split_once('\n')?;
    let (hash, length) = head.split_once(' ')?;
    let (text, tail) = body.split_at_checked(length.parse().ok()?)?;
    Some((hash, text, tail.strip_prefix('\n')?))
}

/// The file's text.
pub(super) fn to_text(texts: &Texts<'_>) -> String {
    // A path and a few digits.
    let size = HEAD.len() + texts.iter().map(|(path, text)| path.len() + text.len() + 16).sum::<usize>();
    let mut file = String::with_capacity(size);
    file.push_str(HEAD);
    for (path, text) in texts {
        for part in [ENTRY, path, " ", &lines(text).to_string(), "\n", text, "\n"] {
            file.push_str(part);
        }
    }
    file
}

/// How many newlines a text has. Counted in bytes, which processors do many at a time, as long as one of them holds the sum.
fn lines(text: &str) -> usize {
    let some = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>();
    text.as_bytes().chunks(255).map(|bytes| usize::from(some(bytes))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_not_what_its_hash_says_is_no_base() {
        let hash = sha256_hex(b"generated\n");
        for key in ["main.tf", &hash] {
            let base =
                |text: &str| Base { file: String::new(), texts: vec![(key.to_owned(), text.to_owned())] };
            assert_eq!(base("generated\n").text("main.tf", &hash), Some("generated\n"));
            assert_eq!(base("tampered\n").text("main.tf", &hash), None);
            assert_eq!(base("generated\n").text("main.tf", "00"), None);
        }
    }

    #[test]
    fn lines_are_counted_however_many_there_are() {
        for count in [0, 1, 254, 255, 256, 1000] {
            assert_eq!(lines(&"\n".repeat(count)), count);
            assert_eq!(lines(&"ü\nab\n".repeat(count)), 2 * count);
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let texts = vec![
            ("a.tf", "one\ntwo\n"),
            ("a.tf", "== b.tf 1\n\n\n"),
            ("b b", ""),
            ("c", "ends without newline"),
            ("d", "ü 3\nff 1\n"),
        ];
        let read = parse(&to_text(&texts)).unwrap();
        assert!(read.iter().map(|(path, text)| (path.as_str(), text.as_str())).eq(texts));
        assert_eq!(parse(&to_text(&Vec::new())), Ok(Vec::new()));
    }

    #[test]
    fn the_older_form_is_read() {
        let texts = parse("aa 8\none\ntwo\n\nbb 0\n\n").unwrap();
        let texts: Vec<_> = texts.iter().map(|(hash, text)| (hash.as_str(), text.as_str())).collect();
        assert_eq!(texts, [("aa", "one\ntwo\n"), ("bb", "")]);
    }

    #[test]
    fn a_broken_file_is_told_by_its_place() {
        for (broken, at) in [
            ("aa 3\nonex\n".to_owned(), 0),
            ("aa 3\none\nbb\n".to_owned(), 9),
            ("aa x\n".to_owned(), 0),
            ("aa 99\none\n".to_owned(), 0),
            ("aa 1\nü\n".to_owned(), 0),
            (format!("{HEAD}a.tf 1\none\n"), HEAD.len()),
            (format!("{HEAD}== a.tf 1\none\n"), HEAD.len()),
            (format!("{HEAD}== a.tf 1\none\n\n== b.tf x\n"), HEAD.len() + 15),
        ] {
            assert_eq!(parse(&broken), Err(format!("the entry at byte {at} is broken")), "{broken}");
        }
    }
}
