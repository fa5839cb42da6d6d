//! Cuts tokens into lines of up to three cells: lead, assignment and trailing comment.
//! Indentation is the blank space before the lead, alignment that before the other two.

use std::array;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::spaces;
use super::tokens::{Kind, Token};

/// The cell of everything that is in neither of the others.
const LEAD: usize = 0;
/// The cell from a line's first `=` on, if the brackets from there to the end of the line balance.
const ASSIGN: usize = 1;
/// The cell of a `#` or `//` comment behind something else.
const COMMENT: usize = 2;

/// One line of output. Its cells follow each other; the last two can be empty, the first on blank lines only.
#[derive(Debug)]
pub struct Line {
    pub cells: [Cell; 3],
}

/// A part of a line.
#[derive(Debug)]
pub struct Cell {
    /// The indices of its tokens.
    pub tokens: Range<usize>,
    /// The blanks before it.
    pub pad: usize,
    /// Its columns, blanks between tokens included; known where a later cell needs it.
    width: usize,
}

/// Cuts `tokens` at newlines, folds blank lines (one in a row, none at either end), spaces, indents and aligns.
pub fn arrange(text: &str, tokens: &mut [Token]) -> Vec<Line> {
    let columns = |token: &Token| {
        let text = &text[token.span.clone()];
        // `terraform fmt` counts grapheme clusters, also those that fill two columns.
        if text.is_ascii() { text.len() } else { text.graphemes(true).count() }
    };
    let mut indent = Indent::default();
    let mut lines: Vec<Line> = Vec::with_capacity(tokens.len() / 4 + 1);
    let mut start = 0;
    for row in tokens.split_mut(|token| token.kind == Kind::Newline) {
        if !row.is_empty() || lines.last().is_some_and(|line| !line.is_blank()) {
            lines.push(Line::new(row, start, &mut indent, columns));
        }
        start += row.len() + 1;
    }
    lines.pop_if(|line| line.is_blank());
    align(&mut lines, ASSIGN);
    align(&mut lines, COMMENT);
    lines
}

impl Line {
    /// The line of the tokens in `row`, whose first has the index `start`.
    fn new(row: &mut [Token], start: usize, indent: &mut Indent, columns: impl Fn(&Token) -> usize) -> Line {
        let comments = row.len() > 1 && row[row.len() - 1].kind == Kind::Comment;
        let code = row.len() - usize::from(comments);
        spaces::set_gaps(&mut row[..code]);
        let lead = assign_index(&row[..code]).unwrap_or(code);
        let width = |cell: &[Token]| -> usize {
            let gaps: usize = cell.iter().skip(1).map(|token| token.gap).sum();
            gaps + cell.iter().map(&columns).sum::<usize>()
        };
        let bounds = [0, lead, code, row.len()];
        let mut cells = array::from_fn(|cell| Cell {
            tokens: start + bounds[cell]..start + bounds[cell + 1],
            pad: 0,
            width: if bounds[cell + 1] < row.len() { width(&row[bounds[cell]..bounds[cell + 1]]) } else { 0 },
        });
        cells[LEAD].pad = indent.of_line(&row[..lead]);
        Line { cells }
    }

    fn is_blank(&self) -> bool {
        self.cells[LEAD].tokens.is_empty()
    }

    fn has(&self, cell: usize) -> bool {
        !self.cells[cell].tokens.is_empty()
    }

    /// The columns up to the end of the last cell before `cell`.
    fn width_before(&self, cell: usize) -> usize {
        self.cells[..cell].iter().map(|cell| cell.pad + cell.width).sum()
    }
}

/// The index of the `=` that starts the assignment cell of a line.
fn assign_index(code: &[Token]) -> Option<usize> {
    let first = code.iter().skip(1).position(|token| token.kind == Kind::Assign)? + 1;
    let depth: isize = code[first..].iter().map(|token| token.kind.nesting()).sum();
    (depth == 0).then_some(first)
}

/// Pads `cell` of consecutive lines that have it, so that it starts one column after the widest of what is before.
fn align(lines: &mut [Line], cell: usize) {
    for run in lines.chunk_by_mut(|above, below| above.has(cell) && below.has(cell)) {
        if !run[0].has(cell) {
            continue;
        }
        let widest = run.iter().map(|line| line.width_before(cell)).max().unwrap_or(0);
        for line in run {
            line.cells[cell].pad = widest - line.width_before(cell) + 1;
        }
    }
}

/// The brackets that are open at the end of a line, as one number for each line that opened some: however many it
/// opened, what follows is one level in.
#[derive(Default)]
struct Indent {
    opened: Vec<isize>,
}

impl Indent {
    /// The blanks before the next line, which has the tokens `lead` (an assignment cell opens and closes nothing).
    fn of_line(&mut self, lead: &[Token]) -> usize {
        // The templates of a heredoc do not indent the lines after it.
        let counted = lead.iter().take_while(|token| token.kind != Kind::HeredocHead);
        let net: isize = counted.map(|token| token.kind.nesting()).sum();
        if net > 0 {
            self.opened.push(net);
            return (self.opened.len() - 1) * 2;
        }
        let mut closed = -net;
        while closed > 0 {
            let Some(opened) = self.opened.last_mut() else { break };
            if *opened > closed {
                *opened -= closed;
                break;
            }
            closed -= *opened;
            self.opened.pop();
        }
        self.opened.len() * 2
    }
}

#[cfg(test)]
mod tests {
    use crate::layout::format;

    /// The lines lose their indentation and doubled blanks, and get them back.
    fn stays<const N: usize>(lines: [&str; N]) {
        let text = lines.map(|line| line.to_owned() + "\n").concat();
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(format(&lines.map(words).join("\n")), text);
        assert_eq!(format(&text), text);
    }

    #[test]
    fn each_line_that_opens_brackets_is_one_level() {
        stays(["a {", "  b {", "    c = [", "      1,", "    ]", "  }", "}"]);
        stays(["a = merge(b, {", "  c = 1", "})"]);
    }

    #[test]
    fn a_line_that_closes_and_opens_stays_in() {
        stays(["a = [[", "  1", "  ], [", "  2", "]]"]);
        stays(["a = b ? {", "  c = 1", "  } : {", "  d = 2", "}"]);
    }

    #[test]
    fn a_line_that_closes_some_of_the_brackets_stays_in() {
        stays(["a = f(g(", "  1", "  ), 2", ")"]);
    }

    #[test]
    fn a_line_that_closes_behind_text_goes_out() {
        stays(["a = f(b,", "  c,", "d)"]);
    }

    #[test]
    fn closing_more_than_was_opened_is_no_harm() {
        stays(["}", ")]", "a = 1"]);
    }

    #[test]
    fn templates_of_a_heredoc_do_not_indent() {
        stays(["a {", "  b = <<E", "${", "  c", "}", "E", "d = 1", "}"]);
    }

    #[test]
    fn assignments_of_consecutive_lines_align() {
        stays(["a   = 1", "bcd = 2", "", "ef = 3", "# apart", "g = 4", "h {}", "i = 5"]);
        stays(["a = {", "  \"b\"  = 1", "  (cd) = 2", "  long : 3", "  e = 4", "}"]);
    }

    #[test]
    fn a_value_that_goes_on_below_parts_but_a_heredoc_does_not() {
        stays(["a = 1", "bcd = [", "  2", "]", "e = 3"]);
        stays(["a   = 1", "bcd = <<E", "text", "E", "ef  = [3]"]);
        stays(["a = 1", "bcd = f(<<E", "text", "E", ")", "ef = 3"]);
    }

    #[test]
    fn comparisons_and_arrows_are_no_assignments() {
        stays(["a = [", "  b == c,", "  dd == e,", "]"]);
        stays(["a = {", "  for b in c :", "  b => d", "}"]);
    }

    #[test]
    fn comments_of_consecutive_lines_align_whatever_the_lines_are() {
        stays([
            "a \"b\" { # c",
            "  d = 1 # e",
            "  # alone",
            "  f = [ # g",
            "    1,  # h",
            "  ]     # i",
            "}",
        ]);
        stays(["a   = 1   # b", "cde = 234 // f", "", "g = 1 # h", "i = 2"]);
    }

    #[test]
    fn columns_are_grapheme_clusters() {
        stays(["\u{e9}   = 1", "e\u{301}   = 2", "\u{65e5}\u{672c}  = 3", "abc = 4"]);
    }

    #[test]
    fn blank_lines_fold_and_carry_no_blanks() {
        assert_eq!(format("\n \n\na = 1\n  \n\t\n\nb = 2\n\n\n"), "a = 1\n\nb = 2\n");
        assert_eq!(format(" \n\n"), "");
    }
}
