//! What is wrong with a spec, and where: one [`Diagnostic`] a mistake, printed the way rustc prints its own.

use std::ops::Range;

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
