//! Which change replaces which resource, which resources hold data, what a change does besides and what a cloud refuses: the
//! tables of `templates/catalog`, compiled in.

use super::class::Class;
use super::value::Value;
use super::when::When;

/// A row is about those resources alone of which this holds: coderd's machines and the provisioners' hosts are of one type.
#[derive(Debug)]
pub enum Only {
    /// The argument, by dotted path without indexes, has the value: `[upgrade_mode=Rolling]`.
    Is(&'static str, &'static str),
    /// The first argument is a larger number than the second: `[scaling_config.min_size>scaling_config.desired_size]`.
    Above(&'static str, &'static str),
}

impl Only {
    /// Whether a row is about a resource, whose arguments `at` looks up by dotted path. What is not known may be so.
    pub fn admits(only: Option<&Only>, at: &dyn Fn(&str) -> Value) -> bool {
        match only {
            None => true,
            Some(Self::Is(argument, wanted)) => match at(argument) {
                Value::Unknown(_) => true,
                value => value.as_key().is_some_and(|value| value == *wanted),
            },
            Some(Self::Above(argument, other)) => match (at(argument), at(other)) {
                (Value::Number(value), Value::Number(other)) => value > other,
                (Value::Unknown(_), _) | (_, Value::Unknown(_)) => true,
                _ => false,
            },
        }
    }
}

/// One row of `replacements.csv`.
#[derive(Debug)]
pub struct Rule {
    /// The resource type.
    pub of: &'static str,
    /// The argument, or a block above it.
    pub argument: &'static str,
    /// The change that it is about.
    pub when: When,
    /// Where this is known from: a plan of the real provider (`planned google 8.0.0`), its source (`source azurerm 5.2.0`), or our
    /// own reading of what a provider's block is for (`ours`).
    pub source: &'static str,
}

/// A type that holds data, and what that is.
#[derive(Debug)]
pub struct Stateful {
    /// The resource type.
    pub of: &'static str,
    /// What is lost with it.
    pub holds: &'static str,
}

/// One row of `notes.csv`: what a change does besides.
#[derive(Debug)]
pub struct Note {
    /// The resource type.
    pub of: &'static str,
    /// Of which the row is about some.
    pub only: Option<Only>,
    /// The argument, or a block above it; empty where it is about the whole resource.
    pub argument: &'static str,
    /// The change that it is about.
    pub when: When,
    /// What the change is by that: drained, restarted, opened, closed or smaller; `None` for what is only said.
    pub class: Option<Class>,
    /// A sentence without its full stop.
    pub says: &'static str,
}

impl Note {
    /// Whether its argument holds what is let in, to be compared range by range.
    pub fn is_about_ranges(&self) -> bool {
        self.class == Some(Class::Opened) && self.when == When::Any
    }
}

/// One row of `refusals.csv`: a change that the cloud will not make.
#[derive(Debug)]
pub struct Refusal {
    /// The resource type.
    pub of: &'static str,
    /// Of which the row is about some.
    pub only: Option<Only>,
    /// The argument, or a block above it.
    pub argument: &'static str,
    /// The change that it is about.
    pub when: When,
    /// How the refusal shows.
    pub how: How,
    /// What the cloud answers, in its words; of what is ignored, what is left as it is.
    pub says: &'static str,
    /// Where this is known from.
    pub source: &'static str,
}

/// How a refusal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The plan has the change, and the cloud answers the apply with an error.
    Apply,
    /// The provider leaves the change out of the plan, or the service takes it and does nothing: nothing happens, and nobody says so.
    Ignored,
}

/// Who changes something outside the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    /// Somebody, or somebody's program.
    Person,
    /// The cloud by itself.
    Cloud,
    /// The autoscaler of a cluster.
    Autoscaler,
}

/// One row of `drift.csv`: what changes outside the files, and by whom.
#[derive(Debug)]
pub struct Drift {
    /// The resource type.
    pub of: &'static str,
    /// The argument, or a block above it.
    pub argument: &'static str,
    /// The change that it is about.
    pub when: When,
    /// Who makes it.
    pub whose: Whose,
    /// Why, in a sentence without its full stop.
    pub says: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/impact.rs"));

/// The rule by which a change of `argument` from `old` to `new` replaces a resource of type `of`.
pub fn rule(of: &str, argument: &str, old: &Value, new: &Value) -> Option<&'static Rule> {
    rules_of(of, argument).find(|rule| rule.when.is_met(old, new))
}

/// Every rule about `argument` of type `of`.
pub fn rules_of<'a>(of: &'a str, argument: &'a str) -> impl Iterator<Item = &'static Rule> + 'a {
    REPLACEMENTS.iter().filter(move |rule| rule.of == of && covers(rule.argument, argument))
}

/// What a resource of type `of` holds that would be lost with it.
pub fn holds(of: &str) -> Option<&'static str> {
    STATEFUL.iter().find(|stateful| stateful.of == of).map(|stateful| stateful.holds)
}

/// What a change of `argument` from `old` to `new` does besides, in a resource whose arguments `at` looks up.
pub fn notes_on<'a>(
    of: &'a str,
    argument: &'a str,
    old: &'a Value,
    new: &'a Value,
    at: &'a dyn Fn(&str) -> Value,
) -> impl Iterator<Item = &'static Note> + 'a {
    let about = NOTES.iter().filter(move |note| note.of == of && covers(note.argument, argument));
    about.filter(|note| note.when.is_met(old, new) && Only::admits(note.only.as_ref(), at))
}

/// Every note about type `of`.
pub fn notes_of<'a>(of: &'a str) -> impl Iterator<Item = &'static Note> + 'a {
    NOTES.iter().filter(move |note| note.of == of)
}

/// Every refusal about type `of`.
pub fn refusals_of<'a>(of: &'a str) -> impl Iterator<Item = &'static Refusal> + 'a {
    REFUSALS.iter().filter(move |refusal| refusal.of == of)
}

/// What is known of a change of `argument` that was made outside the files.
pub fn drift(of: &str, argument: &str, old: &Value, new: &Value) -> Option<&'static Drift> {
    let mut about = DRIFT.iter().filter(|drift| drift.of == of && covers(drift.argument, argument));
    about.find(|drift| drift.when.is_met(old, new))
}

/// Every row about changes outside the files, for the tests.
pub fn drifts() -> impl Iterator<Item = &'static Drift> {
    DRIFT.iter()
}

/// Whether the type is one that tierform writes, so that these tables are about it.
pub fn is_known(of: &str) -> bool {
    of.starts_with("provider.") || EMITTED.binary_search(&of).is_ok()
}

/// Every note, for the tests.
pub fn notes() -> impl Iterator<Item = &'static Note> {
    NOTES.iter()
}

/// Every refusal, for the tests.
pub fn refusals() -> impl Iterator<Item = &'static Refusal> {
    REFUSALS.iter()
}

/// Every row, for the tests.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    REPLACEMENTS.iter()
}

/// Every type that holds data, for the tests.
pub fn stateful() -> impl Iterator<Item = &'static Stateful> {
    STATEFUL.iter()
}

/// Whether a row about `rule` is about `argument`: the argument itself, or what is below it.
pub fn covers(rule: &str, argument: &str) -> bool {
    argument.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
