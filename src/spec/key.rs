//! One key of `coder.toml`, as a type: what its value may be, what it means, and what stands for it when it is left out.

use super::Cloud;
use crate::diagnostic::Diagnostic;

/// A check of one string. Its diagnostic is a draft: the message is what comes after the key's name, the span counts
/// bytes inside the string; the walk puts both in place.
pub(super) type Check = fn(&str) -> Result<(), Diagnostic>;

/// A check of one string whose rule is each cloud's own.
pub(super) type CloudCheck = fn(Cloud, &str) -> Result<(), Diagnostic>;

/// One key of a table.
#[derive(Debug)]
pub(super) struct Key {
    /// As written in the file.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// What it means, in one line.
    pub doc: &'static str,
    /// Whether it may be used.
    pub status: Status,
    /// For a key that must be there: the line to write.
    pub required: Option<&'static str>,
    /// What stands for it where it is left out.
    pub without: Without,
}

/// What stands for a key that is left out; values are TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    /// Always this value.
    Default(&'static str),
    /// What tier, cloud and catalog say; the example is for where they say nothing.
    Computed(&'static str),
    /// Nothing; the example is one that passes.
    Nothing(&'static str),
    /// It is a table, or must be there.
    Unsaid,
}

/// What a key's value may be.
#[derive(Debug)]
pub(super) enum Kind {
    /// A string that passes the check.
    Text(Check),
    /// A string that passes the check of the spec's cloud.
    CloudText(CloudCheck),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An integer in this range, both ends included.
    Whole(u32, u32),
    /// A number above zero, up to this.
    Number(f64),
    /// `true` or `false`.
    Flag,
    /// A list of strings without duplicates, not empty; each passes the check.
    List(Check),
    /// The same, with the check of the spec's cloud.
    CloudList(CloudCheck),
    /// `[key]`.
    Table(&'static [Key]),
    /// `[tags]`: the user's own keys.
    Tags,
    /// `[state]`: the keys depend on the backend.
    State,
    /// `[network.existing]`: the keys depend on the cloud.
    Existing,
    /// `[[key]]`: each entry has a cloud of its own, that of the spec unless it says otherwise.
    Entries(&'static [Key]),
}

/// Whether a key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// It does what its documentation says.
    Ready,
    /// It would put a secret into a file: refused.
    Secret,
}

impl Key {
    pub(super) const fn new(name: &'static str, kind: Kind, doc: &'static str) -> Key {
        Key { name, kind, doc, status: Status::Ready, required: None, without: Without::Unsaid }
    }

    /// Demands the key; `example` is the line to write.
    pub(super) const fn required(mut self, example: &'static str) -> Key {
        self.required = Some(example);
        self
    }

    /// Says what the default is.
    pub(super) const fn or(mut self, value: &'static str) -> Key {
        self.without = Without::Default(value);
        self
    }

    /// Says that the default is computed.
    pub(super) const fn or_computed(mut self, example: &'static str) -> Key {
        self.without = Without::Computed(example);
        self
    }

    /// Says that there is no default.
    pub(super) const fn or_nothing(mut self, example: &'static str) -> Key {
        self.without = Without::Nothing(example);
        self
    }

    /// A value that passes, as TOML; `None` for a table.
    pub(super) fn example(&self) -> Option<&'static str> {
        match (self.without, self.required) {
            (Without::Default(value) | Without::Computed(value) | Without::Nothing(value), _) => Some(value),
            (Without::Unsaid, line) => line.and_then(|line| line.split_once(" = ")).map(|(_, value)| value),
        }
    }

    pub(super) const fn secret(mut self) -> Key {
        self.status = Status::Secret;
        self
    }

    /// What the key means, as a sentence.
    pub(super) fn means(&self) -> String {
        let verb = if self.doc.starts_with("whether ") { "says" } else { "means" };
        format!("`{}` {verb} {}", self.name, self.doc)
    }

    /// The article and noun of what belongs here.
    pub(super) const fn expects(&self) -> &'static str {
        match self.kind {
            Kind::Text(_) | Kind::CloudText(_) | Kind::Choice(_) => "a string in quotes",
            Kind::Whole(..) => "a whole number",
            Kind::Number(_) => "a number",
            Kind::Flag => "true or false",
            Kind::List(_) | Kind::CloudList(_) => "a list of strings",
            Kind::Table(_) | Kind::Tags | Kind::State | Kind::Existing => "a table",
            Kind::Entries(_) => "a list of tables",
        }
    }
}
