//! A real plan in the deployment's own words: what it does, by the classes of every other account, and what was changed outside the
//! files, by whom.

mod drift;

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::impact::plan_json::{self, NoPlan};
use crate::impact::{Account, classify};

pub use drift::{Drifted, Fate};

/// A plan, told.
#[derive(Debug)]
pub struct Review {
    /// What it does.
    pub account: Account,
    /// What is not as the state has it, and not because of the files.
    pub drift: Vec<Drifted>,
    /// The engine's version, as the plan says.
    version: String,
}

/// Tells what a plan does, given as `tofu show -json` or `terraform show -json` prints it.
///
/// # Errors
/// It is no plan, or not all of it is understood.
pub fn review(plan: &[u8]) -> Result<Review, NoPlan> {
    let plan = plan_json::read(plan)?;
    let mut account = classify(&plan.changes);
    account.outputs = plan.outputs;
    Ok(Review { account, drift: drift::sort(&plan.drift, &plan.changes), version: plan.version })
}

impl Review {
    /// How it was judged.
    pub fn judged_by(&self) -> String {
        format!("by the plan itself, of engine {}", self.version)
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let mut text = self.account.to_text();
        for (whose, drifted) in self.by_owner() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n{} was changed outside the files:", drift::by(whose));
            for one in drifted {
                let _ = writeln!(text, "  {}", one.in_words());
            }
        }
        text
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let mut json = self.account.to_json(&self.judged_by());
        let drift: Vec<Value> = self.drift.iter().map(Drifted::to_json).collect();
        if let Value::Object(json) = &mut json {
            json.insert("outside".to_owned(), json!(drift));
        }
        json
    }

    /// For a pull request.
    pub fn to_markdown(&self) -> String {
        let mut text = self.account.to_markdown();
        for (whose, drifted) in self.by_owner() {
            let _ = writeln!(text, "\n**{} was changed outside the files:**\n", drift::by(whose));
            for one in drifted {
                let _ = writeln!(text, "- {}", crate::impact::account::escaped(&one.in_words()));
            }
        }
        text
    }

    fn by_owner(&self) -> impl Iterator<Item = (crate::impact::table::Whose, &[Drifted])> {
        self.drift.chunk_by(|a, b| a.whose == b.whose).filter_map(|chunk| Some((chunk.first()?.whose, chunk)))
    }
}
