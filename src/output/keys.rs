//! What lines of HCL are compared by: their tokens, not their blanks. Inside of heredocs and block comments blanks count.

use crate::layout::tokens::{self, Kind, Token};

/// What the key of a line starts with that is text: part of a heredoc or of a block comment.
pub(super) const TEXT: char = '\u{1}';

/// Texts whose lines are equal where lines of the given ones say the same.
pub(super) fn keys(is_hcl: bool, texts: [&str; 3]) -> [String; 3] {
    if !is_hcl {
        return texts.map(in_one_piece);
    }
    // Texts are compared with each other, so all of them by their tokens or none.
    let [Some(base), Some(mine), Some(new)] = texts.map(tokens::lex) else {
        return texts
            .map(|text| text.split_inclusive('\n').map(|line| words(line).join(" ") + "\n").collect());
    };
    [by_tokens(texts[0], &base), by_tokens(texts[1], &mine), by_tokens(texts[2], &new)]
}

/// A text that `similar` does not break at a carriage return.
fn in_one_piece(text: &str) -> String {
    text.replace('\r', "\u{fffd}")
}

fn by_tokens(text: &str, tokens: &[Token]) -> String {
    let mut keys = String::with_capacity(text.len());
    let (mut line_end, mut rest) = (0, tokens);
    // Up to here a token goes on from the line above.
    let mut held = 0;
    for line in text.split_inclusive('\n') {
        let line_start = line_end;
        line_end += line.len();
        let here = rest.iter().take_while(|token| token.span.start < line_end).count();
        let (own, later) = rest.split_at(here);
        rest = later;
        let solid = || own.iter().filter(|token| token.kind != Kind::Newline);
        let end = solid().map(|token| token.span.end).max().unwrap_or(0).max(held);
        if held > line_start || end > line_end {
            keys.push(TEXT);
            keys.push_str(&in_one_piece(line.trim_end_matches('\n')));
        } else {
            for token in solid() {
                keys.push_str(&in_one_piece(&text[token.span.clone()]));
                keys.push(' ');
            }
        }
        keys.push('\n');
        held = end;
    }
    keys
}

/// What a line says, and the comment at its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning<'l> {
    pub(super) tokens: Vec<&'l str>,
    pub(super) comment: Option<&'l str>,
}

impl<'l> Meaning<'l> {
    pub(super) fn of(line: &'l str) -> Self {
        let Some(mut tokens) = tokens::lex(line) else {
            return Self { tokens: words(line), comment: None };
        };
        tokens.retain(|token| token.kind != Kind::Newline);
        let comment = tokens.pop_if(|token| token.kind == Kind::Comment).map(|token| &line[token.span]);
        Self { tokens: tokens.into_iter().map(|token| &line[token.span]).collect(), comment }
    }
}

/// What a line is known by: the name of the argument that it sets, else all of it.
pub(super) fn name(line: &str) -> &str {
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

fn words(line: &str) -> Vec<&str> {
    line.split_ascii_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(one: &str, other: &str) -> bool {
        let [one, other, _] = keys(true, [one, other, ""]);
        one == other
    }

    #[test]
    fn blanks_count_in_text_and_nowhere_else() {
        assert!(equal("a=1 # b\n", "  a   = 1   # b\n"));
        assert!(equal("a = foo( [1,2] )\n", "a = foo([1, 2])\n"));
        for (one, other) in [
            ("a = 1 # b\n", "a = 1 # c\n"),
            ("a = \"b c\"\n", "a = \"b  c\"\n"),
            ("a = <<E\nb: c\nE\n", "a = <<E\n  b: c\nE\n"),
            ("a = <<E\n ${b} c\nE\n", "a = <<E\n  ${b} c\nE\n"),
            ("/* a\n b */\n", "/* a\n  b */\n"),
        ] {
            assert!(!equal(one, other), "{one:?} and {other:?}");
        }
        assert!(
            equal("a = <<E\n b\nE\nc=1\n", "a = <<E\n b\nE\nc = 1\n"),
            "after the text they do not count again"
        );
    }

    #[test]
    fn every_line_has_its_key() {
        for text in ["", "a", "a\n", "a = <<E\nb\rc\n\nE\n\n# d\re\n", "a = \"b\n\n'\n"] {
            for key in keys(true, [text, "", ""]).into_iter().chain(keys(false, [text, "", ""])).step_by(3) {
                let lines = |text: &str| text.split_inclusive('\n').count();
                assert_eq!(lines(&key), lines(text), "{text:?}: {key:?}");
            }
        }
    }
}
