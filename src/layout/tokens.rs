//! Cuts HCL text into the tokens that the layout rules speak of, whitespace dropped and newlines kept.
//! Text in strings and heredocs stays in one piece between its templates, so nothing can reach into it.

use std::ops::Range;

/// What the layout rules need to know of a token, and no more.
///
/// A quoted string or heredoc with templates is cut into `Head ${ … } Middle ${ … } Tail`; the text between two
/// templates is a `Middle` even when it is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The end of a line outside text and block comments.
    Newline,
    /// `#` or `//` up to the end of its line, trailing blanks left out.
    Comment,
    /// A string or heredoc without templates, or a `/* */` comment: no rule singles these out.
    Solid,
    /// From the opening quote to the first template.
    Head,
    /// From `<<MARKER` to the first template.
    HeredocHead,
    /// From one template to the next.
    Middle,
    /// From the last template through the closing quote or the marker's line.
    Tail,
    /// An identifier.
    Word,
    /// The identifier `in`.
    In,
    /// A number.
    Number,
    /// A number behind a dot, which has no fraction: `a.0.1` is two indices.
    Index,
    /// `.` or `::`
    Joint,
    /// `,`
    Comma,
    /// `...`
    Ellipsis,
    /// `!`
    Bang,
    /// `-` between two operands; the lexer calls every `-` so.
    Minus,
    /// `-` in front of an operand.
    Negation,
    /// The other operators, comparisons and `?`.
    Operator,
    /// `:`
    Colon,
    /// `=`
    Assign,
    /// `=>`
    Arrow,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `${`, `%{`, `${~` or `%{~`
    OpenTemplate,
    /// The `}` or `~}` that ends a template.
    CloseTemplate,
}

impl Kind {
    /// +1 for a bracket that opens, -1 for one that closes.
    pub fn nesting(self) -> isize {
        match self {
            Kind::OpenBrace | Kind::OpenBracket | Kind::OpenParen | Kind::OpenTemplate => 1,
            Kind::CloseBrace | Kind::CloseBracket | Kind::CloseParen | Kind::CloseTemplate => -1,
            _ => 0,
        }
    }
}

/// A token: its kind, and where its text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
    /// The blanks between it and the token before it in its line; 0 until the line is laid out.
    pub gap: usize,
}

/// The tokens of `text`, or `None` if it does not lex as HCL: an unknown character, an unclosed string, heredoc,
/// template or comment.
pub fn lex(text: &str) -> Option<Vec<Token>> {
    // Terraform files hold a token in about every five bytes.
    let tokens = Vec::with_capacity(text.len() / 5 + 8);
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, tokens, open: Vec::new() };
    while lexer.at < text.len() {
        lexer.token()?;
    }
    lexer.open.is_empty().then_some(lexer.tokens)
}

/// Where a template stands: it returns there when it closes.
enum Text {
    Quoted,
    Heredoc { marker: Range<usize> },
}

/// An open template, with the number of braces open in it.
struct Template {
    text: Text,
    braces: usize,
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    tokens: Vec<Token>,
    open: Vec<Template>,
}

impl Lexer<'_> {
    /// Takes one token, or a whole string up to its first template, or one run of blanks.
    fn token(&mut self) -> Option<()> {
        let byte = self.peek(0);
        match byte {
            b' ' | b'\t' => self.at += 1,
            b'\n' => self.push(Kind::Newline, 1),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            0x80.. if self.text[self.at..].starts_with(char::is_alphabetic) => self.word(),
            b'0'..=b'9' => self.number(),
            b'"' => self.quoted(self.at + 1, Kind::Solid, Kind::Head)?,
            b'=' => match self.peek(1) {
                b'=' => self.push(Kind::Operator, 2),
                b'>' => self.push(Kind::Arrow, 2),
                _ => self.push(Kind::Assign, 1),
            },
            b'.' if self.bytes[self.at..].starts_with(b"...") => self.push(Kind::Ellipsis, 3),
            b'.' => self.push(Kind::Joint, 1),
            b',' => self.push(Kind::Comma, 1),
            b'{' => self.open_brace(),
            b'}' => self.close_brace()?,
            b'~' if self.peek(1) == b'}' => self.close_brace()?,
            b'[' => self.push(Kind::OpenBracket, 1),
            b']' => self.push(Kind::CloseBracket, 1),
            b'(' => self.push(Kind::OpenParen, 1),
            b')' => self.push(Kind::CloseParen, 1),
            b'#' => self.line_comment(),
            b'/' => match self.peek(1) {
                b'/' => self.line_comment(),
                b'*' => self.block_comment()?,
                _ => self.push(Kind::Operator, 1),
            },
            b'<' if self.peek(1) == b'<' => self.heredoc()?,
            b'<' | b'>' if self.peek(1) == b'=' => self.push(Kind::Operator, 2),
            b'!' if self.peek(1) == b'=' => self.push(Kind::Operator, 2),
            b'&' | b'|' if self.peek(1) == byte => self.push(Kind::Operator, 2),
            b'!' => self.push(Kind::Bang, 1),
            b'-' => self.push(Kind::Minus, 1),
            b':' if self.peek(1) == b':' => self.push(Kind::Joint, 2),
            b':' => self.push(Kind::Colon, 1),
            b'+' | b'*' | b'%' | b'<' | b'>' | b'?' => self.push(Kind::Operator, 1),
            _ => return None,
        }
        Some(())
    }

    fn word(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
        let kind = if rest[..length] == *b"in" { Kind::In } else { Kind::Word };
        self.push(kind, length);
    }

    fn number(&mut self) {
        let rest = &self.bytes[self.at..];
        let digits = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut length = digits(0);
        let after_joint = self.tokens.last().is_some_and(|token| token.kind == Kind::Joint);
        let kind = if after_joint { Kind::Index } else { Kind::Number };
        if kind == Kind::Number && rest.get(length) == Some(&b'.') {
            let fraction = digits(length + 1);
            length += if fraction > 0 { 1 + fraction } else { 0 };
        }
        if matches!(rest.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
            let exponent = rest.get(length + 1 + sign..).map_or(0, |_| digits(length + 1 + sign));
            length += if exponent > 0 { 1 + sign + exponent } else { 0 };
        }
        self.push(kind, length);
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let blanks =
            rest[..length].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        self.push(Kind::Comment, length - blanks);
    }

    fn block_comment(&mut self) -> Option<()> {
        let inside = self.text.get(self.at + 2..)?.find("*/")?;
        self.push(Kind::Solid, inside + 4);
        Some(())
    }

    fn open_brace(&mut self) {
        if let Some(template) = self.open.last_mut() {
            template.braces += 1;
        }
        self.push(Kind::OpenBrace, 1);
    }

    /// Closes a brace, or the template and so goes on with the text around it.
    fn close_brace(&mut self) -> Option<()> {
        let trims = self.peek(0) == b'~';
        let closed = self.open.pop_if(|template| template.braces == 0);
        if let Some(template) = closed {
            self.push(Kind::CloseTemplate, if trims { 2 } else { 1 });
            return match template.text {
                Text::Quoted => self.quoted(self.at, Kind::Tail, Kind::Middle),
                Text::Heredoc { marker } => self.heredoc_text(self.at, marker, Kind::Tail, Kind::Middle),
            };
        }
        if let Some(template) = self.open.last_mut() {
            template.braces -= 1;
        }
        self.push(Kind::CloseBrace, 1);
        (!trims).then_some(())
    }

    /// Takes quoted text that goes on at `from`: a `whole` token if the quote closes, a `part` if a template opens.
    fn quoted(&mut self, from: usize, whole: Kind, part: Kind) -> Option<()> {
        let mut end = from;
        loop {
            match self.bytes.get(end)? {
                b'"' => {
                    self.push(whole, end + 1 - self.at);
                    return Some(());
                }
                b'\n' => return None,
                b'\\' if matches!(self.bytes.get(end + 1), Some(b'"' | b'\\')) => end += 2,
                sign @ (b'$' | b'%') => match self.template_sign(end, *sign) {
                    Sign::Template => {
                        self.template(end, part, Text::Quoted);
                        return Some(());
                    }
                    Sign::Text(next) => end = next,
                },
                _ => end += 1,
            }
        }
    }

    /// Takes a heredoc from its `<<`.
    fn heredoc(&mut self) -> Option<()> {
        let dash = usize::from(self.peek(2) == b'-');
        let start = self.at + 2 + dash;
        let rest = &self.bytes[start..];
        let length = rest.iter().position(|&byte| !is_word(byte))?;
        if length == 0 || rest[length] != b'\n' {
            return None;
        }
        self.heredoc_text(start + length, start..start + length, Kind::Solid, Kind::HeredocHead)
    }

    /// Takes heredoc text that goes on at `from`; `whole` and `part` as in [`Lexer::quoted`].
    fn heredoc_text(&mut self, from: usize, marker: Range<usize>, whole: Kind, part: Kind) -> Option<()> {
        let mut end = from;
        loop {
            match self.bytes.get(end)? {
                b'\n' => {
                    end += 1;
                    if let Some(marker_end) = self.closing_marker(end, &marker) {
                        self.push(whole, marker_end - self.at);
                        return Some(());
                    }
                }
                sign @ (b'$' | b'%') => match self.template_sign(end, *sign) {
                    Sign::Template => {
                        self.template(end, part, Text::Heredoc { marker });
                        return Some(());
                    }
                    Sign::Text(next) => end = next,
                },
                _ => end += 1,
            }
        }
    }

    /// The end of the line that starts at `line`, if it holds the marker and blanks only.
    fn closing_marker(&self, line: usize, marker: &Range<usize>) -> Option<usize> {
        let is_blank = |letter: char| letter != '\n' && letter.is_whitespace();
        let rest = self.text[line..].trim_start_matches(is_blank);
        let rest = rest.strip_prefix(&self.text[marker.clone()])?.trim_start_matches(is_blank);
        (rest.is_empty() || rest.starts_with('\n')).then_some(self.text.len() - rest.len())
    }

    /// What a `$` or `%` in text means: one sign and a brace open a template, more than one escape the brace.
    fn template_sign(&self, at: usize, sign: u8) -> Sign {
        let signs = self.bytes[at..].iter().take_while(|&&byte| byte == sign).count();
        let brace = self.bytes.get(at + signs) == Some(&b'{');
        if brace && signs == 1 { Sign::Template } else { Sign::Text(at + signs + usize::from(brace)) }
    }

    /// Ends the text at `sign` with a `part` and opens the template there.
    fn template(&mut self, sign: usize, part: Kind, text: Text) {
        self.push(part, sign - self.at);
        let trims = self.peek(2) == b'~';
        self.push(Kind::OpenTemplate, if trims { 3 } else { 2 });
        self.open.push(Template { text, braces: 0 });
    }

    /// The byte `ahead` of the current one, 0 past the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.tokens.push(Token { kind, span, gap: 0 });
    }
}

/// A `$` or `%` in text opens a template, or is text up to an index.
enum Sign {
    Template,
    Text(usize),
}

/// Whether `byte` goes on an identifier. What lies beyond ASCII passes: the engines' own parsers judge it.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::Kind::*;
    use super::*;

    fn kinds(text: &str) -> Option<Vec<(Kind, &str)>> {
        Some(lex(text)?.into_iter().map(|token| (token.kind, &text[token.span])).collect())
    }

    #[test]
    fn strings_without_templates_are_one_token() {
        for text in
            [r#""a b""#, r#""\" \\""#, r#""$${a} %%{b} $$${c} $ % {""#, "<<E\n a E\nE a\n E", "<<-E-1\nE-1"]
        {
            assert_eq!(kinds(text), Some(vec![(Solid, text)]));
        }
    }

    #[test]
    fn templates_nest_with_braces_strings_and_heredocs() {
        let inner = [(OpenTemplate, "${"), (OpenBrace, "{"), (CloseBrace, "}"), (CloseTemplate, "}")];
        let around = |head: (Kind, &'static str), tail: (Kind, &'static str)| {
            Some([&[head][..], &inner, &[tail]].concat())
        };
        assert_eq!(kinds("\"a${{}}b\""), around((Head, "\"a"), (Tail, "b\"")));
        assert_eq!(kinds("<<E\na${{}}\nE"), around((HeredocHead, "<<E\na"), (Tail, "\nE")));
        let deep =
            [(Head, "\""), (OpenTemplate, "${~"), (Solid, "\"}\""), (CloseTemplate, "~}"), (Middle, "")];
        let rest = [(OpenTemplate, "%{"), (Word, "b"), (CloseTemplate, "}"), (Tail, "\"")];
        assert_eq!(kinds("\"${~\"}\"~}%{b}\""), Some([&deep[..], &rest].concat()));
    }

    #[test]
    fn numbers_take_fractions_and_exponents_but_indices_do_not() {
        assert_eq!(kinds("1.5e-3"), Some(vec![(Number, "1.5e-3")]));
        assert_eq!(kinds("1e"), Some(vec![(Number, "1"), (Word, "e")]));
        let indices = [(Word, "a"), (Joint, "."), (Index, "0"), (Joint, "."), (Index, "1")];
        assert_eq!(kinds("a.0.1"), Some(indices.to_vec()));
        assert_eq!(kinds("1..."), Some(vec![(Number, "1"), (Ellipsis, "...")]));
    }

    #[test]
    fn words_take_dashes_and_letters_of_any_script() {
        assert_eq!(
            kinds("a-b1 _c \u{65e5}\u{672c}"),
            Some(vec![(Word, "a-b1"), (Word, "_c"), (Word, "\u{65e5}\u{672c}")])
        );
        assert_eq!(kinds("a-b -c"), Some(vec![(Word, "a-b"), (Minus, "-"), (Word, "c")]));
    }

    #[test]
    fn what_is_unclosed_or_unknown_does_not_lex() {
        for text in [
            "\"a", "\"a\nb\"", "\"${a\"", "<<E\na", "<< E\nE", "<<E", "<<", "/* a", "~", "~}", "'", "a\rb",
            "$", "&",
        ] {
            assert_eq!(kinds(text), None, "{text:?}");
        }
    }
}
