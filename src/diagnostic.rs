//! What is wrong with a spec, and where: one [`Diagnostic`] a mistake, printed the way rustc prints its own.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};

/// How many mistakes are printed: whoever mends these runs again anyway.
const SHOWN: usize = 50;

/// Lines longer than this many bytes are named and not shown. The printer folds long lines, but a line of a megabyte, which
/// only a hostile file has, takes it a good part of a second.
const LONGEST: usize = 4096;

/// One mistake in a spec (or in the arguments that stand for one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: a whole sentence that names the key.
    pub message: String,
    /// Bytes of the spec that the caret points at; `None` when the mistake is not in the file's text.
    pub span: Option<Range<usize>>,
    /// A few words under the caret.
    pub label: Option<String>,
    /// Why it is wrong, when that is not obvious: facts with their source.
    pub note: Option<String>,
    /// The mend.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake at `span`.
    pub fn at(span: Range<usize>, message: impl Into<String>) -> Self {
        Diagnostic { message: message.into(), span: Some(span), label: None, note: None, help: None }
    }

    /// A mistake that has no place in the file.
    pub fn nowhere(message: impl Into<String>) -> Self {
        Diagnostic { message: message.into(), span: None, label: None, note: None, help: None }
    }

    /// Moves the place `by` bytes on: from inside a value to where that value stands.
    #[must_use]
    pub fn shifted(mut self, by: usize) -> Self {
        self.span = self.span.map(|span| span.start + by..span.end + by);
        self
    }

    /// Adds the words under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds the reason.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Adds the mend.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Prints the mistakes the way rustc does, by place, and says at the end how many there are.
/// `file_name` and `source` are those of the spec; `color` is for terminals.
pub fn render(problems: &[Diagnostic], file_name: &str, source: &str, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let file_name = normalize_untrusted_str(file_name);
    let file_name = file_name.as_str();
    let mut sorted: Vec<&Diagnostic> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start));
    let mut out = String::new();
    for problem in sorted.iter().take(SHOWN) {
        let group = Group::with_title(Level::ERROR.primary_title(&problem.message));
        let group = match &problem.span {
            Some(span) => {
                let excerpt = Excerpt::of(source, in_bounds(source, span.clone()));
                if excerpt.text.len() > LONGEST {
                    let column = excerpt.text[..excerpt.span.start].chars().count() + 1;
                    group.element(Origin::path(file_name).line(excerpt.line).char_column(column))
                } else {
                    let label = problem.label.as_deref().map(normalize_untrusted_str);
                    let mark = AnnotationKind::Primary.span(excerpt.span).label(label);
                    let snippet = Snippet::source(excerpt.text).line_start(excerpt.line).path(file_name);
                    group.element(snippet.annotation(mark))
                }
            }
            None => group.element(Origin::path(file_name)),
        };
        let group = group
            .elements(problem.note.iter().map(|note| Level::NOTE.message(normalize_untrusted_str(note))))
            .elements(problem.help.iter().map(|help| Level::HELP.message(normalize_untrusted_str(help))));
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    let total = match problems.len() {
        0 => return out,
        1 => format!("{file_name} has 1 mistake"),
        count if count <= SHOWN => format!("{file_name} has {count} mistakes"),
        count => format!("{file_name} has {count} mistakes; the first {SHOWN} are shown"),
    };
    let total = [Group::with_title(Level::ERROR.primary_title(total))];
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", renderer.render(&total));
    out
}

/// The lines around a span: the printer need not see the whole file.
struct Excerpt<'a> {
    text: &'a str,
    /// The number of the first line, from 1.
    line: usize,
    /// Inside `text`.
    span: Range<usize>,
}

impl<'a> Excerpt<'a> {
    fn of(source: &'a str, span: Range<usize>) -> Self {
        let start = source[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = |from: usize| source[from..].find('\n').map_or(source.len(), |newline| from + newline);
        // A value over many lines is shown by its first.
        let many = source[span.clone()].matches('\n').count() > 5;
        let end = if many { span.start } else { span.end };
        let text = &source[start..line_end(end)];
        let text = text.strip_suffix('\r').unwrap_or(text);
        let inside = |at: usize| (at - start).min(text.len());
        let end = if many { text.len() } else { inside(span.end) };
        Excerpt { text, line: source[..start].matches('\n').count() + 1, span: inside(span.start)..end }
    }
}

/// The nearest span that lies in the text and cuts no character.
pub(crate) fn in_bounds(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    start..text.floor_char_boundary(span.end).max(start)
}
