//! Changes that nobody's files made: the autoscaler's, the cloud's own and a person's, and what the plan does about each.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::impact::class::{Action, ResourceChange};
use crate::impact::classify::short;
use crate::impact::difference::{at, differences};
use crate::impact::table::{self, Whose};
use crate::impact::{account, names, schemas};

/// Something that is not as the state has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Drifted {
    /// The resource's address.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// The argument; `None` where the whole resource is gone.
    pub argument: Option<String>,
    /// What the state has.
    pub before: String,
    /// What is there.
    pub after: String,
    /// Who made the change.
    pub whose: Whose,
    /// Why it is theirs, where that is known.
    pub says: Option<&'static str>,
    /// What the plan does about it.
    pub fate: Fate,
}

/// What becomes of a change from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It stays.
    Left,
    /// The apply puts it back, or makes again what is gone.
    PutBack,
    /// The apply changes the same thing to something else.
    Changed,
}

impl Fate {
    fn as_str(self) -> &'static str {
        match self {
            Self::Left => "the apply leaves it so",
            Self::PutBack => "the apply puts it back",
            Self::Changed => "the apply changes it to something else",
        }
    }
}

/// Who it was, in words.
pub fn by(whose: Whose) -> &'static str {
    match whose {
        Whose::Person => "By a person, or a person's program, this",
        Whose::Cloud => "By the cloud itself, this",
        Whose::Autoscaler => "By the autoscaler, this",
    }
}

impl Drifted {
    /// On one line.
    pub fn in_words(&self) -> String {
        let subject = match names::name(&self.address, &self.kind) {
            Some(name) => format!("{name} ({})", self.address),
            None => self.address.clone(),
        };
        let what = match &self.argument {
            Some(argument) => format!("{argument}: {} → {}", self.before, self.after),
            None => "gone from the cloud".to_owned(),
        };
        let why = self.says.map(|says| format!("; {says}")).unwrap_or_default();
        account::clean(&format!("{subject}: {what}{why}; {}", self.fate.as_str()))
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        json!({
            "address": self.address,
            "name": names::name(&self.address, &self.kind),
            "type": self.kind,
            "argument": self.argument,
            "before": self.before,
            "after": self.after,
            "whose": self.whose,
            "says": self.says,
            "fate": self.fate,
        })
    }
}

/// Sorts drift by who made it, a person's first; `changes` is what the plan does.
pub fn sort(drift: &[ResourceChange], changes: &[ResourceChange]) -> Vec<Drifted> {
    let planned: BTreeMap<&str, &ResourceChange> = match drift.is_empty() {
        true => BTreeMap::new(),
        false => changes.iter().map(|change| (change.address.as_str(), change)).collect(),
    };
    let mut all = Vec::new();
    for change in drift {
        let planned = planned.get(change.address.as_str()).copied();
        let bare = |whose, says| Drifted {
            address: change.address.clone(),
            kind: change.kind.clone(),
            argument: None,
            before: String::new(),
            after: String::new(),
            whose,
            says,
            fate: Fate::Left,
        };
        if change.action == Action::Delete {
            let fate = if planned.is_some() { Fate::PutBack } else { Fate::Left };
            all.push(Drifted { fate, ..bare(Whose::Person, None) });
            continue;
        }
        for difference in differences(&change.before, &change.after) {
            let row = table::drift(&change.kind, &difference.path, &difference.before, &difference.after);
            let (whose, says) = match row {
                Some(row) => (row.whose, Some(row.says)),
                None if schemas::is_reported(&change.kind, &difference.path) == Some(true) => {
                    (Whose::Cloud, None)
                }
                None => (Whose::Person, None),
            };
            let fate = planned.map_or(Fate::Left, |planned| {
                let (will, was) =
                    (at(&planned.after, &difference.path), at(&change.before, &difference.path));
                let is = at(&change.after, &difference.path);
                if will == is {
                    Fate::Left
                } else if will == was {
                    Fate::PutBack
                } else {
                    Fate::Changed
                }
            });
            all.push(Drifted {
                argument: Some(difference.path.clone()),
                before: short(&difference.before),
                after: short(&difference.after),
                fate,
                ..bare(whose, says)
            });
        }
    }
    all.sort_by(|a, b| a.whose.cmp(&b.whose).then_with(|| a.address.cmp(&b.address)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearse::schema::BUNDLE;

    #[test]
    fn the_table_speaks_of_arguments_that_the_providers_have() {
        for row in table::drifts() {
            let provider = row.of.split('_').next().unwrap();
            let bundled = BUNDLE.iter().find(|bundled| bundled.name == provider).unwrap();
            let schema = bundled.load().unwrap();
            let of = schema.resource_schemas.get(row.of).unwrap_or_else(|| panic!("{row:?}"));
            let (mut block, mut is_there) = (Some(&of.block), false);
            for name in row.argument.split('.') {
                let at = block.unwrap_or_else(|| panic!("{row:?}"));
                is_there = at.attributes.contains_key(name) || at.block_types.contains_key(name);
                block = at.block_types.get(name).map(|nested| &nested.block);
            }
            assert!(is_there, "{row:?}");
        }
    }
}
