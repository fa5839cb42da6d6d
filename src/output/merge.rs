//! Three texts into one: what we generated before, what the user made of it, what we generate now.
//! Lines that only one side changed are taken from that side; where both did, the user decides.

use similar::{TextMerge, WhitespaceMode};

use super::disk;
use crate::layout;

/// Why two changes of one file could not be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Clash {
    /// Both changed the same lines, in so many places.
    Lines(usize),
    /// Each change is fine alone, but together they are no HCL: an argument twice, say.
    Syntax,
    /// The user's file is no UTF-8 text.
    NotText,
    /// The text that the user started from is lost.
    NoBase,
}

impl Clash {
    /// What clashed, as the middle of a sentence.
    pub(super) fn reason(self) -> String {
        match self {
            Self::Lines(1) => "you and tierform changed the same lines".to_owned(),
            Self::Lines(places) => format!("you and tierform changed the same lines in {places} places"),
            Self::Syntax => "your change and tierform's are no HCL together".to_owned(),
            Self::NotText => "your file is no UTF-8 text".to_owned(),
            Self::NoBase => "the text that you started from is not in .tierform/base.txt".to_owned(),
        }
    }
}

/// `mine` with what changed from `base` to `new`, in `mine`'s line ends.
///
/// How much white space there is decides nothing in HCL: there a line is compared without it, because aligning a group anew
/// touches lines that nobody changed. In scripts and YAML it has a meaning.
pub(super) fn merge(path: &str, base: &str, mine: &[u8], new: &str) -> Result<String, Clash> {
    let plain = disk::plain(mine);
    let text = std::str::from_utf8(&plain).map_err(|_| Clash::NotText)?;
    let is_hcl = layout::is_hcl(path);
    let mode = if is_hcl { WhitespaceMode::IgnoreChanges } else { WhitespaceMode::Exact };
    let merge = TextMerge::configure().whitespace_mode(mode).merge_lines(base, text, new);
    if merge.is_conflicted() {
        return Err(Clash::Lines(merge.conflict_count()));
    }
    let mut merged = merge.to_string();
    if is_hcl {
        // Whoever keeps a file in another layout keeps it so.
        if layout::format(text) == text {
            merged = layout::format(&merged);
        }
        if hcl_edit::parser::parse_body(&merged).is_err() {
            return Err(Clash::Syntax);
        }
    }
    Ok(disk::dressed(merged, mine))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, mine: &str, new: &str) -> Result<String, Clash> {
        merge("main.tf", base, mine.as_bytes(), new)
    }

    #[test]
    fn an_edit_beside_a_group_that_is_aligned_anew_merges() {
        let base = "a = {\n  x  = 1\n  yy = 2\n}\n";
        let mine = "a = {\n  x  = 7 # mine\n  yy = 2\n}\n";
        let new = "a = {\n  x    = 1\n  yy   = 2\n  long = 3\n}\n";
        assert_eq!(merged(base, mine, new).unwrap(), "a = {\n  x    = 7 # mine\n  yy   = 2\n  long = 3\n}\n");
    }

    #[test]
    fn both_sides_of_one_line_are_the_users_to_join() {
        assert_eq!(merged("a = 1\n", "a = 2\n", "a = 3\n"), Err(Clash::Lines(1)));
        assert_eq!(merged("a = 1\n", "a = 2\n", "a = 2\n").unwrap(), "a = 2\n");
    }

    #[test]
    fn an_argument_that_both_add_is_told_and_not_written_twice() {
        let base = "a {\n  x = 1\n\n  y = 1\n\n  z = 1\n}\n";
        let mine = "a {\n  w = 5\n  x = 1\n\n  y = 1\n\n  z = 1\n}\n";
        let new = "a {\n  x = 1\n\n  y = 1\n\n  z = 1\n  w = 6\n}\n";
        assert_eq!(merged(base, mine, new), Err(Clash::Syntax));
    }

    #[test]
    fn line_ends_marks_and_own_layout_stay() {
        let (base, new) = ("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 2\nc = 4\n");
        assert_eq!(merged(base, "a = 0\r\nb = 2\r\nc = 3\r\n", new).unwrap(), "a = 0\r\nb = 2\r\nc = 4\r\n");
        assert_eq!(
            merged(base, "\u{feff}a = 0\nb = 2\nc = 3\n", new).unwrap(),
            "\u{feff}a = 0\nb = 2\nc = 4\n"
        );
        assert_eq!(merged(base, "a   = 0\nb = 2\nc = 3\n", new).unwrap(), "a   = 0\nb = 2\nc = 4\n");
    }

    #[test]
    fn white_space_counts_where_it_has_a_meaning() {
        let (base, mine, new) = ("a:\n  b\n", "a:\n    b\n", "a:\n  b\nc\n");
        assert_eq!(merge("x.yaml", base, mine.as_bytes(), new).map_err(|_| ()), Err(()));
        assert_eq!(
            merge("x.yaml", "a:\n  b\n\nc\n", b"a:\n    b\n\nc\n", "a:\n  b\n\nd\n").unwrap(),
            "a:\n    b\n\nd\n"
        );
        assert_eq!(merge("x.sh", base, b"\xff", new), Err(Clash::NotText));
    }
}
