//! Three texts into one: what we generated before, what the user made of it, what we generate now.
//! Lines that only one side changed are taken from that side; where both did, the user decides.

use similar::{MergeRegion, MergeResolution, TextMerge, WhitespaceMode};

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
    let (mut merged, mut clashes) = (String::with_capacity(new.len().max(text.len())), 0);
    for region in merge.regions() {
        match region.resolution() {
            MergeResolution::Theirs => merged.extend(lines(&merge, Side::Theirs, region)),
            MergeResolution::Conflict => match arguments(&merge, region).filter(|_| is_hcl) {
                Some(lines) => merged.extend(lines),
                None => clashes += 1,
            },
            _ => merged.extend(lines(&merge, Side::Ours, region)),
        }
    }
    if clashes > 0 {
        return Err(Clash::Lines(clashes));
    }
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

#[derive(Clone, Copy)]
enum Side {
    Base,
    Ours,
    Theirs,
}

type Merge<'t> = TextMerge<'t, 't, 't, str>;

/// The lines of one side of a region, each with its newline.
fn lines<'m>(merge: &'m Merge<'_>, side: Side, region: &MergeRegion) -> impl Iterator<Item = &'m str> {
    let range = match side {
        Side::Base => region.base_range(),
        Side::Ours => region.ours_range(),
        Side::Theirs => region.theirs_range(),
    };
    range.filter_map(move |index| match side {
        Side::Base => merge.base_line(index),
        Side::Ours => merge.ours_line(index),
        Side::Theirs => merge.theirs_line(index),
    })
}

/// Merges a region of arguments by their names: two that stand below each other are two things, whoever changed them.
/// `None` where both sides changed one, or where a name stands twice.
fn arguments<'m>(merge: &'m Merge<'_>, region: &MergeRegion) -> Option<Vec<&'m str>> {
    let named = |side| -> Option<Vec<(&'m str, &'m str)>> {
        let named: Vec<_> = lines(merge, side, region).map(|line| (name(line), line)).collect();
        let is_unique = (1..named.len()).all(|at| named[..at].iter().all(|(name, _)| *name != named[at].0));
        (is_unique && named.iter().all(|(_, line)| line.ends_with('\n'))).then_some(named)
    };
    let (base, ours, theirs) = (named(Side::Base)?, named(Side::Ours)?, named(Side::Theirs)?);
    // A line that sets nothing has no name to go by: it must be the same on all sides.
    let plain = |side: &[(&'m str, &'m str)]| -> Vec<Vec<&'m str>> {
        side.iter().filter(|(name, line)| *name == line.trim()).map(|(_, line)| words(line)).collect()
    };
    if plain(&ours) != plain(&base) || plain(&theirs) != plain(&base) {
        return None;
    }
    let find = |side: &[(&str, &'m str)], name: &str| {
        side.iter().find(|(other, _)| *other == name).map(|(_, line)| *line)
    };
    let same = |a: Option<&str>, b: Option<&str>| a.map(words) == b.map(words);

    let mut merged: Vec<(&str, &'m str)> = Vec::new();
    for &(name, mine) in &ours {
        let (old, new) = (find(&base, name), find(&theirs, name));
        if same(Some(mine), new) || same(new, old) {
            merged.push((name, mine));
        } else if same(Some(mine), old) {
            merged.extend(new.map(|new| (name, new)));
        } else {
            return None;
        }
    }
    for (at, &(name, new)) in theirs.iter().enumerate().filter(|(_, (name, _))| find(&ours, name).is_none()) {
        match find(&base, name) {
            // The user took it out, and we did not touch it.
            Some(old) if same(Some(old), Some(new)) => {}
            Some(_) => return None,
            None => {
                let above = theirs[..at]
                    .iter()
                    .rev()
                    .find_map(|(above, _)| merged.iter().position(|(name, _)| name == above));
                merged.insert(above.map_or(0, |above| above + 1), (name, new));
            }
        }
    }
    // What we took out and the user changed is a clash, and was found above.
    Some(merged.into_iter().map(|(_, line)| line).collect())
}

/// What a line is known by: the name of the argument that it sets, else all of it.
fn name(line: &str) -> &str {
    let line = line.trim();
    match line.split_once('=').map(|(name, _)| name.trim_end()) {
        Some(name)
            if !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-\"".contains(&byte)) =>
        {
            name
        }
        _ => line,
    }
}

/// A line without regard to the width of its blanks.
fn words(line: &str) -> Vec<&str> {
    line.split_ascii_whitespace().collect()
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
    fn arguments_below_each_other_merge_by_their_names() {
        let base = "a = {\n  x = 1\n  y = 1\n  z = 1\n}\n";
        let mine = "a = {\n  x = 1\n  y = 7 # mine\n  z = 1\n  q = 1\n}\n";
        let new = "a = {\n  x = 2\n  w = 2\n  y = 1\n  z = 2\n}\n";
        let all = "a = {\n  x = 2\n  w = 2\n  y = 7 # mine\n  z = 2\n  q = 1\n}\n";
        assert_eq!(merged(base, mine, new).unwrap(), all);
        let without = "a = {\n  x = 2\n  z = 2\n}\n";
        assert_eq!(
            merged(base, "a = {\n  x = 1\n  z = 1\n}\n", "a = {\n  x = 2\n  y = 1\n  z = 2\n}\n").unwrap(),
            without
        );
        for clash in ["a = {\n  x = 2\n  y = 2\n  z = 2\n}\n", "a = {\n  x = 2\n  z = 2\n}\n"] {
            assert_eq!(merged(base, mine, clash), Err(Clash::Lines(1)), "{clash}");
        }
        assert_eq!(
            merged(base, "a = {\n  x = 3\n  z = 1\n}\n", "a = {\n  x = 1\n  y = 2\n  z = 1\n}\n"),
            Err(Clash::Lines(1))
        );
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
