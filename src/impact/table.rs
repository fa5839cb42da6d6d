//! Which change replaces which resource, and which of those hold data: the tables of `templates/catalog`, compiled in.

use super::value::Value;

/// One row of `replacements.csv`.
#[derive(Debug)]
pub struct Rule {
    /// The resource type.
    pub of: &'static str,
    /// The argument, or a block above it.
    pub argument: &'static str,
    /// The change that it is about.
    pub when: When,
    /// Where this is known from: `planned` or `schema`.
    pub source: &'static str,
}

/// Which change replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Every one.
    Any,
    /// One that takes something away: a smaller number or range, fewer elements.
    Smaller,
    /// Its removal, or `false`.
    Removed,
}

/// A type that holds data, and what that is.
#[derive(Debug)]
pub struct Stateful {
    /// The resource type.
    pub of: &'static str,
    /// What is lost with it.
    pub holds: &'static str,
}

/// What a change in place does besides.
#[derive(Debug)]
pub struct Note {
    /// The resource type.
    pub of: &'static str,
    /// The argument, or a block above it.
    pub argument: &'static str,
    /// A sentence without its full stop.
    pub says: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/impact.rs"));

/// The rule by which a change of `argument` from `old` to `new` replaces a resource of type `of`.
pub fn rule(of: &str, argument: &str, old: &Value, new: &Value) -> Option<&'static Rule> {
    rules_of(of, argument).find(|rule| match rule.when {
        When::Any => true,
        When::Smaller => old.shrinks_to(new),
        When::Removed => *new == Value::Null || *new == Value::Bool(false),
    })
}

/// Every rule about `argument` of type `of`.
pub fn rules_of<'a>(of: &'a str, argument: &'a str) -> impl Iterator<Item = &'static Rule> + 'a {
    REPLACEMENTS.iter().filter(move |rule| rule.of == of && covers(rule.argument, argument))
}

/// What a resource of type `of` holds that would be lost with it.
pub fn holds(of: &str) -> Option<&'static str> {
    STATEFUL.iter().find(|stateful| stateful.of == of).map(|stateful| stateful.holds)
}

/// What a change of `argument` does besides.
pub fn note(of: &str, argument: &str) -> Option<&'static str> {
    NOTES.iter().find(|note| note.of == of && covers(note.argument, argument)).map(|note| note.says)
}

/// Every note, for the tests.
pub fn notes() -> impl Iterator<Item = &'static Note> {
    NOTES.iter()
}

/// Every row, for the tests.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    REPLACEMENTS.iter()
}

/// Every type that holds data, for the tests.
pub fn stateful() -> impl Iterator<Item = &'static Stateful> {
    STATEFUL.iter()
}

fn covers(rule: &str, argument: &str) -> bool {
    argument.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
