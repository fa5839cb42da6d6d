//! A second, slower lexer of HCL, so that the formatter's own is not its own witness: it tells white space that may
//! change from text that may not, and can spoil the former.

/// A piece of HCL text; the atoms of a text put together are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Atom<'t> {
    pub text: &'t str,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Blanks,
    Newline,
    Comment,
    /// A word, number, operator, bracket, string or heredoc.
    Code,
    /// Text in front of a template: nothing may come between it and the next atom.
    TextBefore,
    /// Text between two templates: nothing may come between it and either neighbour.
    TextBetween,
    /// Text behind a template.
    TextBehind,
}

/// The atoms of `text`, which must be valid HCL.
pub fn atoms(text: &str) -> Vec<Atom<'_>> {
    let mut scan = Scan { rest: text, atoms: Vec::new() };
    scan.code();
    assert_eq!(scan.rest, "", "the text has a bracket too many");
    scan.atoms
}

/// What no formatter may change: every atom but white space; trailing blanks of comments do not count.
pub fn solid(text: &str) -> Vec<&str> {
    let solid = atoms(text).into_iter().filter(|atom| !matches!(atom.kind, Kind::Blanks | Kind::Newline));
    solid.map(|atom| if atom.kind == Kind::Comment { atom.text.trim_end() } else { atom.text }).collect()
}

/// `text` without indentation, and with one blank where there were several.
pub fn flatten(text: &str) -> String {
    respace(text, |left, blanks, right| match (left, right) {
        (None, _) | (_, None) => "",
        _ if blanks.is_empty() => "",
        _ => " ",
    })
}

/// `text` with other blanks wherever there may be some, picked by `choices` (used over and over).
pub fn scramble(text: &str, choices: &[u8]) -> String {
    let mut choices = choices.iter().cycle();
    respace(text, |left, blanks, right| {
        let choice = usize::from(*choices.next().unwrap_or(&0));
        let needed = !(blanks.is_empty() || parts(left) || parts(right));
        let gaps: &[&str] =
            if needed { &[" ", "  ", "\t", " "] } else { &["", " ", "", "   ", "\t", "", " "] };
        gaps[choice % gaps.len()]
    })
}

/// Whether an atom stays what it is without a blank beside it (the end of a line does).
fn parts(atom: Option<&str>) -> bool {
    atom.is_none_or(|text| matches!(text, "(" | ")" | "[" | "]" | "{" | "}" | "," | "=" | "${" | "%{"))
}

/// `text` with all blanks replaced by what `gap` says of the atoms on the same line and the blanks between them.
fn respace<'g>(text: &str, mut gap: impl FnMut(Option<&str>, &str, Option<&str>) -> &'g str) -> String {
    let mut out = String::new();
    let mut left: Option<Atom> = None;
    let mut blanks = "";
    for atom in atoms(text) {
        if atom.kind == Kind::Blanks {
            blanks = atom.text;
            continue;
        }
        let glued = left.is_some_and(|left| matches!(left.kind, Kind::TextBefore | Kind::TextBetween))
            || matches!(atom.kind, Kind::TextBetween | Kind::TextBehind);
        if !glued {
            let at_end = atom.kind == Kind::Newline;
            // Blanks behind a comment are part of it for the engines, and blanks behind a marker are text.
            let fixed =
                at_end && left.is_some_and(|left| left.kind == Kind::Comment || left.text.contains('\n'));
            if !fixed {
                out.push_str(gap(left.map(|left| left.text), blanks, (!at_end).then_some(atom.text)));
            }
        }
        out.push_str(atom.text);
        blanks = "";
        left = (atom.kind != Kind::Newline).then_some(atom);
    }
    out
}

struct Scan<'t> {
    rest: &'t str,
    atoms: Vec<Atom<'t>>,
}

impl<'t> Scan<'t> {
    fn take(&mut self, length: usize, kind: Kind) {
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.atoms.push(Atom { text, kind });
    }

    fn while_(&self, wanted: impl Fn(char) -> bool) -> usize {
        self.rest.find(|letter| !wanted(letter)).unwrap_or(self.rest.len())
    }

    /// Scans up to the end of the text or of the template that this code is in.
    fn code(&mut self) {
        let mut braces = 0;
        while let Some(first) = self.rest.chars().next() {
            match first {
                '}' | '~' if braces == 0 => return,
                '{' => braces += 1,
                '}' => braces -= 1,
                _ => {}
            }
            match first {
                ' ' | '\t' => self.take(self.while_(|letter| letter == ' ' || letter == '\t'), Kind::Blanks),
                '\n' => self.take(1, Kind::Newline),
                '"' => self.quoted(),
                '#' => self.take(self.while_(|letter| letter != '\n'), Kind::Comment),
                _ if self.rest.starts_with("//") => {
                    self.take(self.while_(|letter| letter != '\n'), Kind::Comment)
                }
                _ if self.rest.starts_with("/*") => {
                    self.take(self.rest.find("*/").expect("a closed comment") + 2, Kind::Code);
                }
                _ if self.rest.starts_with("<<") => self.heredoc(),
                _ if first.is_ascii_digit() => self.take(self.number(), Kind::Code),
                _ if first.is_alphanumeric() || first == '_' => {
                    let word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
                    self.take(self.while_(word), Kind::Code);
                }
                _ => {
                    let signs = ["...", "==", "!=", "<=", ">=", "=>", "&&", "||", "::"];
                    let sign = signs.iter().find(|sign| self.rest.starts_with(**sign));
                    self.take(sign.map_or(first.len_utf8(), |sign| sign.len()), Kind::Code);
                }
            }
        }
    }

    fn number(&self) -> usize {
        let digits = |text: &str| text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let mut length = digits(self.rest);
        if let Some(fraction) = self.rest[length..].strip_prefix('.').map(digits).filter(|&digits| digits > 0)
        {
            length += 1 + fraction;
        }
        if let Some(exponent) = self.rest[length..].strip_prefix(['e', 'E']) {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            length += 1 + exponent.len() - unsigned.len() + digits(unsigned);
        }
        length
    }

    fn quoted(&mut self) {
        self.text(1, |rest| rest.starts_with('"').then_some(1));
    }

    fn heredoc(&mut self) {
        let opener = self.rest.lines().next().unwrap_or_default();
        let marker = opener.trim_start_matches("<<").trim_start_matches('-');
        self.text(opener.len(), |rest| {
            let line = rest.strip_prefix('\n')?.split('\n').next()?;
            (line.trim() == marker).then_some(1 + line.len())
        });
    }

    /// Scans text that starts `length` bytes on and ends where `end` gives the length of its end sign.
    fn text(&mut self, mut length: usize, end: impl Fn(&str) -> Option<usize>) {
        let quoted = self.rest.starts_with('"');
        let mut behind = false;
        loop {
            let rest = &self.rest[length..];
            if let Some(sign) = end(rest) {
                return self.take(length + sign, if behind { Kind::TextBehind } else { Kind::Code });
            } else if ["$${", "%%{"].iter().any(|escape| rest.starts_with(escape)) {
                length += 3;
            } else if ["${", "%{"].iter().any(|opener| rest.starts_with(opener)) {
                let opener = if rest[2..].starts_with('~') { 3 } else { 2 };
                self.take(length, if behind { Kind::TextBetween } else { Kind::TextBefore });
                self.take(opener, Kind::Code);
                self.code();
                self.take(if self.rest.starts_with('~') { 2 } else { 1 }, Kind::Code);
                (length, behind) = (0, true);
            } else if quoted && rest.starts_with('\\') {
                length += 2;
            } else {
                length += rest.chars().next().expect("closed text").len_utf8();
            }
        }
    }
}
