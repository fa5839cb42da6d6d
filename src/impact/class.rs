//! The classes of a change, worst first, and what each kind of resource change is. Everything that speaks of a change
//! (`diff --impact`, the gate of `generate`, `rehearse --from`, `review`, `explain`) speaks in these.

pub use super::value::Value;

/// How a value is written that only the apply will tell, where the source has no words of its own for it.
pub const KNOWN_LATER: &str = "known after apply";

/// What a change does, the mildest first, so that the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Class {
    /// Something may change, and what is not known; the row says why.
    MayBe,
    /// Made; nothing of this name was there.
    Created,
    /// Changed where it stands, and nothing stops.
    InPlace,
    /// Less of something than before: vCPU, memory, storage, replicas, nodes.
    Smaller,
    /// Fewer ranges or ports are let in.
    Closed,
    /// More ranges or ports are let in.
    Opened,
    /// It stops for a moment and comes back.
    Restarted,
    /// Machines are replaced a few at a time, and what runs on them stops.
    Drained,
    /// Destroyed and made anew; it holds nothing.
    Replaced,
    /// Destroyed, as it is not in the files any more; it holds nothing.
    Destroyed,
    /// The cloud will not do it.
    Refused,
    /// Replaced or destroyed with what it holds.
    DataLoss,
}

impl Class {
    /// All, the worst first.
    pub const ALL: [Class; 12] = [
        Self::DataLoss,
        Self::Refused,
        Self::Destroyed,
        Self::Replaced,
        Self::Drained,
        Self::Restarted,
        Self::Opened,
        Self::Closed,
        Self::Smaller,
        Self::InPlace,
        Self::Created,
        Self::MayBe,
    ];

    /// How much it says, to compare two about one resource: what is not known may be the worst, so it is never less than what is.
    pub fn weight(self) -> (bool, Class) {
        (self == Self::MayBe, self)
    }

    /// As options and JSON call it: `data-loss`.
    pub fn key(self) -> &'static str {
        match self {
            Self::DataLoss => "data-loss",
            Self::Refused => "refused",
            Self::InPlace => "in-place",
            Self::MayBe => "may-be",
            other => other.as_str(),
        }
    }

    /// As reports call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DataLoss => "DATA LOSS",
            Self::Refused => "REFUSED",
            Self::Destroyed => "destroyed",
            Self::Replaced => "replaced",
            Self::Drained => "drained",
            Self::Restarted => "restarted",
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Smaller => "smaller",
            Self::InPlace => "in place",
            Self::Created => "created",
            Self::MayBe => "MAY BE",
        }
    }
}

/// What is done to a resource, as an engine's plan has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Made.
    Create,
    /// Changed where it stands.
    Update,
    /// Destroyed.
    Delete,
    /// Destroyed, then made anew.
    DeleteThenCreate,
    /// Made anew, then the old one is destroyed.
    CreateThenDelete,
    /// Left where it is, and no longer managed.
    Forget,
    /// Nothing; it may have another address.
    Nothing,
}

/// A change of one resource, whatever source it is from: an engine's plan, or our own evaluation of two directories.
#[derive(Debug, Clone)]
pub struct ResourceChange {
    /// Its address, as a plan prints it; of a provider's configuration `provider.aws` or `provider.aws.<alias>`.
    pub address: String,
    /// The address that it had, where a `moved` block gave it another one.
    pub previous_address: Option<String>,
    /// Its type; of a provider's configuration `provider.<name>`.
    pub kind: String,
    /// What is done to it.
    pub action: Action,
    /// What it was: a map of its arguments, nested as the provider's schema has them (a repeated block is a list of maps).
    pub before: Value,
    /// What it will be; [`Value::Unknown`] for what only the apply will tell.
    pub after: Value,
    /// The arguments that force a replacement, by dotted path without indexes.
    pub forced_by: Vec<String>,
    /// Why this is not certain, where it is not: each a clause such as "the number of zones is known only to the cloud".
    pub unsure: Vec<String>,
    /// What the source says of why this is done, where it says so, in a sentence without its full stop.
    pub because: Option<String>,
}

impl ResourceChange {
    /// A change of which nothing more is known.
    pub fn new(address: impl Into<String>, kind: impl Into<String>, action: Action) -> ResourceChange {
        ResourceChange {
            address: address.into(),
            previous_address: None,
            kind: kind.into(),
            action,
            before: Value::Null,
            after: Value::Null,
            forced_by: Vec::new(),
            unsure: Vec::new(),
            because: None,
        }
    }
}

/// One thing that a person must know of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The resource's address.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// What is known of it.
    pub class: Class,
    /// The argument that it is about, by dotted path.
    pub argument: Option<String>,
    /// Its value before.
    pub before: Option<String>,
    /// Its value after.
    pub after: Option<String>,
    /// What it means, in a sentence without its full stop.
    pub says: Option<String>,
    /// Where the rule is known from.
    pub source: Option<&'static str>,
    /// Whether a refused change does nothing at all: nobody answers with an error, and the apply goes on.
    pub is_ignored: bool,
}
