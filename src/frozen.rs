//! Frozen sizes: what the catalog answered when a directory was generated, question by question.
//! A newer tierform with a newer catalog asks the same questions and takes the old answers, so that an upgrade of the
//! program never moves a size by itself. A question that the spec's change makes anew is answered by the catalog aboard.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::catalog::TierRow;

/// The version of the catalog aboard: raised whenever an answer of it may change, which a test watches.
pub const CATALOG: u32 = 1;

/// Answers by question, as the manifest keeps them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    /// The catalog that answered; 0 where a directory is older than this record.
    pub catalog: u32,
    /// Question → answer. A question holds all that its answer follows from.
    pub answers: BTreeMap<String, String>,
    /// Whoever has an address range of its own → that range. It stays whatever else comes or goes, and whatever the catalog is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub placements: BTreeMap<String, String>,
}

/// A run's answers: taken from the frozen ones where those know the question, and collected for the manifest.
#[derive(Debug, Default)]
pub struct Answers {
    held: Frozen,
    given: RefCell<BTreeMap<String, String>>,
    placements: RefCell<BTreeMap<String, String>>,
}

impl Answers {
    /// Answers that stay as in `held`, whatever the catalog aboard says.
    pub fn held(held: &Frozen) -> Self {
        // The same catalog gives the same answers.
        if held.catalog == CATALOG {
            return Self::upgraded(held);
        }
        Self { held: held.clone(), ..Self::default() }
    }

    /// Answers of the catalog aboard, for a directory that exists: only what was placed stays where it is.
    pub fn upgraded(held: &Frozen) -> Self {
        let held = Frozen { placements: held.placements.clone(), ..Frozen::default() };
        Self { held, ..Self::default() }
    }

    /// The range that `who` has, if there is one.
    pub fn placed(&self, who: &str) -> Option<&str> {
        self.held.placements.get(who).map(String::as_str)
    }

    /// All ranges that somebody had when the directory was generated.
    pub fn placements(&self) -> impl Iterator<Item = &str> {
        self.held.placements.values().map(String::as_str)
    }

    /// Notes the range of `who`.
    pub fn place(&self, who: String, range: String) {
        self.placements.borrow_mut().insert(who, range);
    }

    /// The frozen answer to a question, if there is one.
    pub fn recall(&self, question: &str) -> Option<&str> {
        self.held.answers.get(question).map(String::as_str)
    }

    /// Notes the answer that was taken.
    pub fn note(&self, question: String, answer: String) {
        self.given.borrow_mut().insert(question, answer);
    }

    /// A figure or a name that is frozen.
    pub fn keep<T: FromStr + ToString>(&self, question: impl Into<String>, current: T) -> T {
        let question = question.into();
        let answer = self.recall(&question).and_then(|answer| answer.parse().ok()).unwrap_or(current);
        self.note(question, answer.to_string());
        answer
    }

    /// The figures of a tier's row, as they were when its sizes were frozen.
    pub fn row(&self, row: &'static TierRow) -> &'static TierRow {
        let question = format!("figures of tier {}, revision {}", row.tier.as_str(), row.revision);
        let mut kept = row.clone();
        let mut figures = kept.figures();
        let current: Vec<u32> = figures.iter().map(|figure| **figure).collect();
        let held = self.recall(&question).map(|answer| answer.split(' ').map(str::parse).collect());
        let held = match held {
            Some(Ok(held)) if Vec::len(&held) == current.len() => held,
            _ => current.clone(),
        };
        let words: Vec<String> = held.iter().map(u32::to_string).collect();
        self.note(question, words.join(" "));
        if held == current {
            return row;
        }
        figures.iter_mut().zip(held).for_each(|(figure, held)| **figure = held);
        // A row lives as long as the program, like those of the catalog; a run takes one at most.
        Box::leak(Box::new(kept))
    }

    /// What the manifest is to keep.
    pub fn into_frozen(self) -> Frozen {
        let catalog = if self.held.catalog == 0 { CATALOG } else { self.held.catalog };
        Frozen { catalog, answers: self.given.into_inner(), placements: self.placements.into_inner() }
    }
}

impl Frozen {
    /// Questions that both answer, differently: question, our answer, the other's.
    pub fn differences<'a>(&'a self, other: &'a Frozen) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        self.answers.iter().filter_map(|(question, answer)| {
            let theirs = other.answers.get(question)?;
            (theirs != answer).then_some((question.as_str(), answer.as_str(), theirs.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frozen(catalog: u32, answer: &str) -> Frozen {
        let answers = BTreeMap::from([("disk of coderd".to_owned(), answer.to_owned())]);
        Frozen { catalog, answers, ..Frozen::default() }
    }

    #[test]
    fn an_older_catalogs_answer_stays_and_is_kept_for_the_next_time() {
        let answers = Answers::held(&frozen(CATALOG + 1, "20"));
        assert_eq!(answers.keep("disk of coderd", 30), 20);
        assert_eq!(answers.keep("disk of a node", 100), 100, "a question of its own");
        let kept = answers.into_frozen();
        assert_eq!(kept.catalog, CATALOG + 1);
        assert_eq!(kept.answers["disk of coderd"], "20");
        assert_eq!(kept.answers["disk of a node"], "100");
    }

    #[test]
    fn an_answer_that_makes_no_sense_any_more_is_given_anew() {
        assert_eq!(Answers::held(&frozen(CATALOG + 1, "twenty")).keep("disk of coderd", 30), 30);
        assert_eq!(Answers::held(&frozen(CATALOG, "20")).keep("disk of coderd", 30), 30, "the same catalog");
    }

    #[test]
    fn a_rows_figures_stay() {
        let row = crate::catalog::tier(crate::spec::Tier::K1, 2).unwrap();
        let answers = Answers::default();
        assert!(std::ptr::eq(answers.row(row), row));
        let mut frozen = Frozen { catalog: CATALOG + 1, ..answers.into_frozen() };
        let figures = frozen.answers.values_mut().next().unwrap();
        *figures = figures.replacen(' ', " 1", 1);
        let answers = Answers::held(&frozen);
        let kept = answers.row(row);
        assert_ne!(kept.clone().figures(), row.clone().figures());
        assert_eq!(answers.into_frozen(), frozen);
    }

    #[test]
    fn differences_are_told_by_question() {
        let (old, new) = (frozen(1, "20"), frozen(2, "30"));
        assert_eq!(old.differences(&new).collect::<Vec<_>>(), [("disk of coderd", "20", "30")]);
        assert_eq!(old.differences(&old).count(), 0);
    }
}
