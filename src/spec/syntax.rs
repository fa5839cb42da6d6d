//! What the TOML parser says, in sentences, and what it could not say because it stopped.

use std::borrow::Cow;
use std::ops::Range;

use toml::de::{DeTable, Error};

use crate::diagnostic::Diagnostic;

/// How the parser's message starts where a line is a key without `=`.
const NO_VALUE: &str = "key with no value";

/// How it starts where lists or tables lie too deep in each other.
const TOO_DEEP: &str = "cannot recurse further";

/// How many such lines are looked for.
const ROUNDS: usize = 20;

/// The text with every line blanked that is a key without a value: the parser goes no further than the first of them.
/// Their errors come with it; places in the text stay the same.
pub(super) fn passable(text: &str) -> (Cow<'_, str>, Vec<Error>) {
    let mut passable = Cow::Borrowed(text);
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let (_, errors) = DeTable::parse_recoverable(&passable);
        let stop = errors.into_iter().find(|error| error.message().starts_with(NO_VALUE));
        let Some((error, span)) = stop.and_then(|error| error.span().map(|span| (error, span))) else {
            break;
        };
        let line = line_of(&passable, span.start);
        let length = passable[line.clone()].trim_end_matches(['\r', '\n']).len();
        passable.to_mut().replace_range(line.start..line.start + length, &" ".repeat(length));
        found.push(error);
    }
    (passable, found)
}

/// The line that holds a byte, with its newline.
pub(super) fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1);
    start..end
}

/// Where the table that a line opens ends: before the next header.
fn table_end(text: &str, from: usize) -> usize {
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            break;
        }
        at += line.len();
    }
    at
}

/// An error of the parser as a mistake, and the text that means nothing because of it: its line, and below a broken
/// header also the table that the header opens.
pub(super) fn explained(text: &str, span: Range<usize>, error: &Error) -> (Diagnostic, Range<usize>) {
    let line = line_of(text, span.start);
    let header = text[line.clone()].trim_start().starts_with('[');
    let said = error.message();
    if said == "duplicate key" {
        let (what, help) = match header {
            true => ("table", "put its keys under the first one"),
            false => ("key", "keep one of them"),
        };
        let name = super::wording::bare(&text[span.clone()]);
        let mistake = Diagnostic::at(span, format!("the {what} `{name}` is in the file twice"));
        return (mistake.label("the second one").help(help), line);
    }
    let unquoted = "string values must be quoted";
    let said = if said.starts_with(unquoted) { unquoted } else { said };
    let mistake = Diagnostic::at(span.clone(), format!("this line is not valid TOML: {said}"));
    let mistake = if said.starts_with(TOO_DEEP) {
        Diagnostic::at(span, "this line nests lists or tables too deeply to be read")
            .help("write the value flat; no key of the spec takes a list of lists")
    } else if said == unquoted {
        mistake.help(quoted_again(&text[span]))
    } else if said.starts_with(NO_VALUE) {
        mistake.help("write `key = value`, or `# ` before a comment")
    } else {
        mistake
    };
    (mistake, if header { line.start..table_end(text, line.end) } else { line })
}

/// An error of the parser that has no place.
pub(super) fn explained_without_place(error: &Error) -> Diagnostic {
    match error.message() {
        "recursion limit" => {
            Diagnostic::nowhere("a key or a table's name has too many parts between dots to be read")
                .help("write keys such as `access.url`; no key of the spec needs more than a few dots")
        }
        said => Diagnostic::nowhere(format!("the file is not valid TOML: {said}")),
    }
}

/// The mend of a value that stands without quotes, or in those of a word processor.
fn quoted_again(value: &str) -> String {
    let word = value.trim_matches(['“', '”', '‘', '’', '"', '\'', ' ']);
    let odd = |c: char| c == '"' || c == '\\' || c.is_whitespace() || c.is_control();
    match word.is_empty() || word.len() > 60 || word.contains(odd) {
        true => "write a value; strings stand in straight quotes".to_owned(),
        false => format!("write \"{word}\""),
    }
}
