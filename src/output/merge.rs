//! Three texts into one: what we generated before, what the user made of it, what we generate now.
//! Lines that only one side changed are taken from that side; where both did, the user's stay and the user decides.

use similar::{DiffTag, MergeResolution, TextDiff, TextMerge};

use super::disk;
use super::keys::{TEXT, keys};
use super::settle::settle;
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
    /// What clashed, as the middle of a sentence; in which lines of the user's file, where it is lines that clashed.
    pub(super) fn reason(self, lines: &[usize]) -> String {
        match self {
            Self::Lines(1) => format!("you and tierform changed the same lines, at {}", listed(lines)),
            Self::Lines(places) => {
                format!("you and tierform changed the same lines in {places} places, at {}", listed(lines))
            }
            Self::Syntax => "your change and tierform's are no HCL together".to_owned(),
            Self::NotText => "your file is no UTF-8 text".to_owned(),
            Self::NoBase => "the text that you started from is not in .tierform/base.txt".to_owned(),
        }
    }
}

fn listed(lines: &[usize]) -> String {
    match lines {
        [one] => format!("line {one}"),
        lines => format!("lines {}", lines.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The lines of `mine`, counted from 1, at which `theirs` is another.
pub(super) fn differences(path: &str, mine: &str, theirs: &str) -> Vec<usize> {
    let [mine, theirs, _] = keys(layout::is_hcl(path), [mine, theirs, ""]);
    let diff = TextDiff::from_lines(&mine, &theirs);
    let changed = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal);
    changed.map(|op| op.old_range().start + 1).collect()
}

/// What becomes of two changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Merged {
    /// Both sides, and the user's where they clash; `None` where the user's text stays as it is.
    pub(super) mine: Option<String>,
    pub(super) withheld: Option<Withheld>,
}

/// What the user is to decide.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Withheld {
    pub(super) clash: Clash,
    /// Both sides, and tierform's where they clash.
    pub(super) theirs: String,
    /// What the user's text is an edit of from now on: the new text where that was taken over, the old one where it clashes. `None` where
    /// nothing was taken over.
    pub(super) base: Option<String>,
}

impl Withheld {
    /// All of the new text, where nothing could be merged.
    pub(super) fn all(clash: Clash, new: &str) -> Merged {
        Merged { mine: None, withheld: Some(Self { clash, theirs: new.to_owned(), base: None }) }
    }
}

/// `mine` with what changed from `base` to `new`. What it gives has LF line ends and no byte-order mark, whatever `mine` has.
///
/// How much white space there is decides nothing in HCL: there a line is compared without it, because aligning a group anew
/// touches lines that nobody changed. In scripts, YAML and heredocs it has a meaning.
pub(super) fn merge(path: &str, base: &str, mine: &[u8], new: &str) -> Merged {
    let plain = disk::plain(mine);
    let Ok(mine) = std::str::from_utf8(&plain) else { return Withheld::all(Clash::NotText, new) };
    let is_hcl = layout::is_hcl(path);
    let sides = merge_lines(is_hcl, base, mine, new);
    let done = sides.laid_out(is_hcl, mine);
    let parses = |text: &str| !is_hcl || hcl_edit::parser::parse_body(text).is_ok();
    // Whoever merges the outcome again must come to the same, or the user would be asked something else each time.
    let is_stable = |both: &str, held: &Withheld| {
        let base = held.base.as_deref().unwrap_or(base);
        let again = merge_lines(is_hcl, base, both, new).laid_out(is_hcl, both);
        again.mine.is_none() && again.withheld.is_some_and(|again| again.theirs == held.theirs)
    };
    let is_sound = match (&done.mine, &done.withheld) {
        (None, _) => true,
        (Some(both), None) => parses(both),
        (Some(both), Some(held)) => parses(both) && is_stable(both, held),
    };
    if is_sound {
        return done;
    }
    let (clash, theirs) = match done.withheld {
        Some(held) => (held.clash, held.theirs),
        None => (Clash::Syntax, done.mine.unwrap_or_default()),
    };
    Merged { mine: None, withheld: Some(Withheld { clash, theirs, base: None }) }
}

/// A line of a merge, and whether tierform changed it.
pub(super) type Line<'t> = (&'t str, bool);

/// The lines of a merge's outcome: for the user's place, for the file beside it, and what both are an edit of.
#[derive(Default)]
pub(super) struct Sides<'t> {
    pub(super) mine: Vec<Line<'t>>,
    pub(super) theirs: Vec<Line<'t>>,
    pub(super) base: Vec<&'t str>,
    pub(super) clashes: usize,
}

impl<'t> Sides<'t> {
    /// Lines that no side disputes, and what we generate in their place.
    pub(super) fn agree(&mut self, lines: &[&'t str], is_theirs: bool, new: &[&'t str]) {
        self.mine.extend(lines.iter().map(|line| (*line, is_theirs)));
        self.theirs.extend(lines.iter().map(|line| (*line, is_theirs)));
        self.base.extend(new);
    }

    /// The texts. Whoever keeps a file in another layout than Terraform's keeps it so, but for what tierform changed.
    fn laid_out(&self, is_hcl: bool, mine: &str) -> Merged {
        let is_formatted = is_hcl && layout::format(mine) == mine;
        let text = |lines: &[Line<'_>]| {
            let text = joined(lines.iter().map(|(line, _)| *line));
            match is_hcl {
                true if is_formatted => layout::format(&text),
                true => groups_laid_out(&text, lines),
                false => text,
            }
        };
        let both = text(&self.mine);
        let withheld = (self.clashes > 0).then(|| Withheld {
            clash: Clash::Lines(self.clashes),
            theirs: text(&self.theirs),
            base: (both != mine).then(|| joined(self.base.iter().copied())),
        });
        Merged { mine: (both != mine).then_some(both), withheld }
    }
}

/// Lines as one text, each on its own.
fn joined<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let mut text = String::new();
    for line in lines {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

/// `text`, whose `lines` are given, with those groups of lines laid out in which tierform changed one.
fn groups_laid_out(text: &str, lines: &[Line<'_>]) -> String {
    let formatted = layout::format(text);
    let formatted: Vec<&str> = formatted.split_inclusive('\n').collect();
    // Where it folds blank lines there is no telling which is which.
    if formatted.len() != lines.len() {
        return text.to_owned();
    }
    let is_blank = |(line, _): &Line<'_>| line.trim().is_empty();
    let (mut at, mut out) = (0, Vec::with_capacity(lines.len()));
    for group in lines.chunk_by(|line, next| is_blank(line) == is_blank(next)) {
        let is_touched = group.iter().any(|(_, is_theirs)| *is_theirs);
        let own = group.iter().zip(&formatted[at..]);
        out.extend(own.map(|((line, _), formatted)| if is_touched { *formatted } else { *line }));
        at += group.len();
    }
    joined(out.into_iter())
}

fn merge_lines<'t>(is_hcl: bool, base: &'t str, mine: &'t str, new: &'t str) -> Sides<'t> {
    let keys = keys(is_hcl, [base, mine, new]);
    let [base, mine, new] =
        [base, mine, new].map(|text| text.split_inclusive('\n').collect::<Vec<&'t str>>());
    let merge = TextMerge::from_lines(&keys[0], &keys[1], &keys[2]);
    let mut sides = Sides::default();
    for region in merge.regions() {
        let (old, own) = (&base[region.base_range()], &mine[region.ours_range()]);
        let their = &new[region.theirs_range()];
        let is_text = || {
            let mut keys = region
                .base_range()
                .filter_map(|line| merge.base_line(line))
                .chain(region.ours_range().filter_map(|line| merge.ours_line(line)));
            let mut more = region.theirs_range().filter_map(|line| merge.theirs_line(line));
            keys.any(|key| key.starts_with(TEXT)) || more.any(|key| key.starts_with(TEXT))
        };
        match region.resolution() {
            MergeResolution::Theirs => sides.agree(their, true, their),
            MergeResolution::Conflict => {
                if !(is_hcl && !is_text() && settle(old, own, their, &mut sides)) {
                    sides.mine.extend(own.iter().map(|line| (*line, false)));
                    sides.theirs.extend(their.iter().map(|line| (*line, true)));
                    sides.base.extend(old);
                    sides.clashes += 1;
                }
            }
            _ => sides.agree(own, false, their),
        }
    }
    sides
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn merged(base: &str, mine: &str, new: &str) -> Merged {
        merge("main.tf", base, mine.as_bytes(), new)
    }

    /// A merge without a clash.
    fn whole(base: &str, mine: &str, new: &str) -> String {
        let Merged { mine: text, withheld } = merged(base, mine, new);
        assert_eq!(withheld, None);
        text.unwrap_or_else(|| mine.to_owned())
    }

    /// The user's file, the one beside it, and what both are an edit of.
    fn clashing(base: &str, mine: &str, new: &str) -> (String, String, String) {
        let Merged { mine: text, withheld } = merged(base, mine, new);
        let withheld = withheld.unwrap();
        assert!(matches!(withheld.clash, Clash::Lines(_)));
        (
            text.unwrap_or_else(|| mine.to_owned()),
            withheld.theirs,
            withheld.base.unwrap_or_else(|| base.to_owned()),
        )
    }

    #[test]
    fn an_edit_beside_a_group_that_is_aligned_anew_merges() {
        let base = "a = {\n  x  = 1\n  yy = 2\n}\n";
        let mine = "a = {\n  x  = 7 # mine\n  yy = 2\n}\n";
        let new = "a = {\n  x    = 1\n  yy   = 2\n  long = 3\n}\n";
        assert_eq!(whole(base, mine, new), "a = {\n  x    = 7 # mine\n  yy   = 2\n  long = 3\n}\n");
    }

    #[test]
    fn arguments_below_each_other_merge_by_their_names() {
        let base = "a = {\n  x = 1\n  y = 1\n  z = 1\n}\n";
        let mine = "a = {\n  x = 1\n  y = 7 # mine\n  z = 1\n  q = 1\n}\n";
        let new = "a = {\n  x = 2\n  w = 2\n  y = 1\n  z = 2\n}\n";
        let all = "a = {\n  x = 2\n  w = 2\n  y = 7 # mine\n  z = 2\n  q = 1\n}\n";
        assert_eq!(whole(base, mine, new), all);
        let without = "a = {\n  x = 2\n  z = 2\n}\n";
        assert_eq!(
            whole(base, "a = {\n  x = 1\n  z = 1\n}\n", "a = {\n  x = 2\n  y = 1\n  z = 2\n}\n"),
            without
        );
    }

    #[test]
    fn only_what_both_changed_is_withheld() {
        let base = "a = {\n  x = 1\n  y = 1\n  z = 1\n}\n\nb = 1\n\nc = 1\n";
        let mine = "a = {\n  x = 1\n  y = 7 # mine\n  z = 1\n}\n\nb = 1\n\nc = 3\n";
        let new = "a = {\n  x = 2\n  y = 2\n  z = 2\n}\n\nb = 2\n\nc = 1\n";
        let (file, beside, started) = clashing(base, mine, new);
        assert_eq!(file, "a = {\n  x = 2\n  y = 7 # mine\n  z = 2\n}\n\nb = 2\n\nc = 3\n");
        assert_eq!(beside, "a = {\n  x = 2\n  y = 2\n  z = 2\n}\n\nb = 2\n\nc = 3\n");
        assert_eq!(started, "a = {\n  x = 2\n  y = 1\n  z = 2\n}\n\nb = 2\n\nc = 1\n");
        assert_eq!(differences("main.tf", &file, &beside), [3]);
        // What is taken away on one side and changed on the other.
        let (file, beside, _) = clashing(base, mine, "a = {\n  x = 2\n  z = 2\n}\n\nb = 1\n\nc = 1\n");
        assert_eq!(file, "a = {\n  x = 2\n  y = 7 # mine\n  z = 2\n}\n\nb = 1\n\nc = 3\n");
        assert_eq!(beside, "a = {\n  x = 2\n  z = 2\n}\n\nb = 1\n\nc = 3\n");
        let (file, beside, _) = clashing(base, "a = {\n  x = 3\n  z = 1\n}\n\nb = 1\n\nc = 1\n", new);
        assert_eq!(file, "a = {\n  x = 3\n  z = 2\n}\n\nb = 2\n\nc = 1\n");
        assert_eq!(beside, new);
    }

    #[test]
    fn both_sides_of_one_line_are_the_users_to_join() {
        let clash = ("a = 2\n".to_owned(), "a = 3\n".to_owned(), "a = 1\n".to_owned());
        assert_eq!(clashing("a = 1\n", "a = 2\n", "a = 3\n"), clash);
        assert_eq!(whole("a = 1\n", "a = 2\n", "a = 2\n"), "a = 2\n");
    }

    #[test]
    fn the_same_value_is_no_clash_whatever_its_reason_is() {
        for (mine, new, all) in [
            ("a = 4 # ours\n", "a = 4 # theirs\n", "a = 4 # ours\n"),
            ("a=4\n", "a = 4 # theirs\n", "a = 4\n"),
            ("a = 4 # tier\n", "a = 4 # theirs\n", "a = 4 # theirs\n"),
            ("a = 4 # ours\n", "a = 3 # theirs\n", "a = 4 # ours\n"),
            ("a = 3 # ours\n", "a = 3 # theirs\n", "a = 3 # ours\n"),
        ] {
            assert_eq!(whole("a = 3 # tier\n", mine, new).replace("a=4", "a = 4"), all, "{mine:?} {new:?}");
        }
        // A reason that the user gave for a value that changes now is for the user to look at.
        assert_eq!(clashing("a = 3 # tier\n", "a = 3 # ours\n", "a = 5 # theirs\n").0, "a = 3 # ours\n");
        // The same block with other comments in it.
        let block = |comment: &str| format!("a {{\n  # {comment}\n  b = 1\n}}\n");
        assert_eq!(whole("", &block("ours"), &block("theirs")), block("ours"));
        // What looks like a comment in a heredoc is text.
        let text = |line: &str| format!("a = <<E\n# {line}\nE\n");
        assert_eq!(clashing(&text("tier"), &text("ours"), &text("theirs")).0, text("ours"));
    }

    #[test]
    fn an_argument_that_both_add_is_told_and_not_written_twice() {
        let base = "a {\n  x = 1\n\n  y = 1\n\n  z = 1\n}\n";
        let mine = "a {\n  w = 5\n  x = 1\n\n  y = 1\n\n  z = 1\n}\n";
        let new = "a {\n  x = 1\n\n  y = 1\n\n  z = 1\n  w = 6\n}\n";
        let Merged { mine, withheld } = merged(base, mine, new);
        let withheld = withheld.unwrap();
        assert_eq!((mine, withheld.clash), (None, Clash::Syntax));
        assert_eq!(withheld.theirs, "a {\n  w = 5\n  x = 1\n\n  y = 1\n\n  z = 1\n  w = 6\n}\n");
    }

    #[test]
    fn line_ends_and_marks_go_and_own_layout_stays() {
        let (base, new) = ("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 2\nc = 4\n");
        for mine in ["a = 0\r\nb = 2\r\nc = 3\r\n", "\u{feff}a = 0\nb = 2\nc = 3\n"] {
            assert_eq!(whole(base, mine, new), "a = 0\nb = 2\nc = 4\n");
        }
        let (base, new) = ("a = 1\n\nb = 2\n", "a = 1\n\nb = 2\nccc = 3\n");
        assert_eq!(
            whole(base, "a   = 1\n\nb  =  2\n", new),
            "a   = 1\n\nb   = 2\nccc = 3\n",
            "but for the group that tierform changed"
        );
    }

    #[test]
    fn white_space_counts_where_it_has_a_meaning() {
        let (base, mine, new) = ("a:\n  b\n", "a:\n    b\n", "a:\n  b\nc\n");
        let Merged { mine: text, withheld } = merge("x.yaml", base, mine.as_bytes(), new);
        assert_eq!((text, withheld.unwrap().theirs), (None, "a:\n  b\nc\n".to_owned()));
        let text = merge("x.yaml", "a:\n  b\n\nc\n", b"a:\n    b\n\nc\n", "a:\n  b\n\nd\n");
        assert_eq!(text, Merged { mine: Some("a:\n    b\n\nd\n".to_owned()), withheld: None });
        assert_eq!(merge("x.sh", base, b"\xff", new), Withheld::all(Clash::NotText, new));
    }

    fn text() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            6 => ("[a-d]", 0..3_u8, "( # [x-z])?").prop_map(|(name, value, why)| format!("  {name} = {value}{why}")),
            2 => Just(String::new()),
            1 => Just("}\n\nblock {".to_owned()),
            1 => "  # [x-z]",
        ];
        prop::collection::vec(line, 0..12).prop_map(|lines| format!("block {{\n{}\n}}\n", lines.join("\n")))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_withheld_is_withheld_again_and_nothing_else_is_done(
            base in text(), mine in text(), new in text(), is_hcl in any::<bool>(),
        ) {
            let path = if is_hcl { "main.tf" } else { "README.md" };
            let Merged { mine: both, withheld } = merge(path, &base, mine.as_bytes(), &new);
            let both = both.unwrap_or(mine);
            let Some(withheld) = withheld else {
                // From now on it is an edit of the new text, and that merges with itself.
                prop_assert_eq!(merge(path, &new, both.as_bytes(), &new), Merged { mine: None, withheld: None });
                return Ok(());
            };
            let base = withheld.base.as_deref().unwrap_or(&base);
            let again = merge(path, base, both.as_bytes(), &new);
            prop_assert_eq!(again.mine, None);
            let again = again.withheld.unwrap();
            prop_assert_eq!(again.base, None);
            prop_assert_eq!(again.theirs, withheld.theirs);
        }

        #[test]
        fn no_line_of_the_users_is_lost(base in text(), new in text(), at in 0..13_usize, is_hcl in any::<bool>()) {
            // A line of their own anywhere, and the text elsewhere as it was.
            let mut lines: Vec<&str> = base.lines().collect();
            lines.insert(at.min(lines.len()), "# of my own");
            let mine = lines.join("\n") + "\n";
            let path = if is_hcl { "main.tf" } else { "README.md" };
            let both = merge(path, &base, mine.as_bytes(), &new).mine.unwrap_or(mine);
            prop_assert!(both.contains("# of my own"), "{}", both);
        }
    }
}
