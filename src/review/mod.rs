//! A real plan in the deployment's own words: what it does, by the classes of every other account, and what was changed outside the
//! files, by whom.

mod drift;
mod promise;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::impact::account::escaped;
use crate::impact::plan_json::{self, NoPlan};
use crate::impact::{Account, Unread, classify};

pub use drift::{Drifted, Fate};
pub use promise::Unpromised;

/// A plan, told.
#[derive(Debug)]
pub struct Review {
    /// What it does.
    pub account: Account,
    /// What is not as the state has it, and not because of the files.
    pub drift: Vec<Drifted>,
    /// Where it does something else than the change of the files promised; `None` where nobody said what was applied last.
    pub unpromised: Option<Vec<Unpromised>>,
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
    let drift = drift::sort(&plan.drift, &plan.changes);
    Ok(Review { account, drift, unpromised: None, version: plan.version })
}

impl Review {
    /// Holds the plan against what replacing the directory `old`, which was applied last, by `new` promises.
    ///
    /// # Errors
    /// A file of one of them cannot be read.
    pub fn compare(&mut self, old: &Path, new: &Path) -> Result<(), Unread> {
        self.unpromised = Some(promise::unpromised(&self.account, old, new)?);
        Ok(())
    }

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
        match self.unpromised.as_deref() {
            None => {}
            Some([]) => text += "\nThe change of the files promises the same.\n",
            Some(others) => {
                text += "\nThe plan does not match the change of the files:\n";
                others.iter().for_each(|one| text += &format!("  {}\n", one.in_words()));
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
            if let Some(others) = &self.unpromised {
                let others: Vec<Value> = others.iter().map(Unpromised::to_json).collect();
                json.insert("unpromised".to_owned(), json!(others));
            }
        }
        json
    }

    /// For a pull request.
    pub fn to_markdown(&self) -> String {
        let mut text = self.account.to_markdown();
        for (whose, drifted) in self.by_owner() {
            let _ = writeln!(text, "\n**{} was changed outside the files:**\n", drift::by(whose));
            for one in drifted {
                let _ = writeln!(text, "- {}", escaped(&one.in_words()));
            }
        }
        match self.unpromised.as_deref() {
            None => {}
            Some([]) => text += "\nThe change of the files promises the same.\n",
            Some(others) => {
                text += "\n**The plan does not match the change of the files:**\n\n";
                others.iter().for_each(|one| text += &format!("- {}\n", escaped(&one.in_words())));
            }
        }
        text
    }

    fn by_owner(&self) -> impl Iterator<Item = (crate::impact::table::Whose, &[Drifted])> {
        self.drift.chunk_by(|a, b| a.whose == b.whose).filter_map(|chunk| Some((chunk.first()?.whose, chunk)))
    }
}
