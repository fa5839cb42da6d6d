//! A change that was played, for a reader: what the apply did in which order, what was absent meanwhile, what became of what holds
//! data, and what was gone when a step was refused. Printed as text or as JSON; nothing here runs anything.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use comfy_table::{Table, presets};
use serde_json::{Value, json};

use super::events::EventAction;
use super::play::{Fate, Kept, Played};
use super::report;
use super::sequence::{self, Absence, Step};

/// What was played, as it is told.
#[derive(Debug)]
pub struct Story<'p> {
    played: &'p Played,
    /// Every resource that the plan changes, with what it does to it.
    planned: Vec<(String, String)>,
    /// What the apply did.
    pub steps: Vec<Step>,
    /// What was absent meanwhile.
    pub absences: Vec<Absence>,
}

impl<'p> Story<'p> {
    /// The story of a change.
    ///
    /// # Errors
    /// When the plan is not what the engines print, in the words of the parser.
    pub fn of(played: &'p Played) -> Result<Story<'p>, String> {
        let plan: Value = match &played.plan {
            Some(plan) => serde_json::from_slice(plan).map_err(|error| error.to_string())?,
            None => Value::Null,
        };
        let mut planned = Vec::new();
        let mut wanted = BTreeSet::new();
        for change in plan["resource_changes"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            if change["mode"] == "data" {
                continue;
            }
            let address = text(&change["address"]);
            let actions = change["change"]["actions"].as_array().into_iter().flatten();
            let actions: Vec<String> = actions.map(text).collect();
            if actions != ["delete"] && actions != ["forget"] {
                wanted.insert(address.clone());
            }
            if actions != ["no-op"] && actions != ["read"] {
                planned.push((address, actions.join(" then ")));
            }
        }
        let steps = sequence::steps(&played.events);
        let absences = sequence::absences(&steps, &played.before, &wanted);
        Ok(Story { played, planned, steps, absences })
    }

    /// Whether nothing was found that somebody should look at.
    pub fn is_clean(&self) -> bool {
        let played = self.played;
        played.phases.iter().all(|phase| phase.ok)
            && self.absences.is_empty()
            && self.lost().next().is_none()
            && played.second_plan_empty == Some(true)
            && played.destroy_clean == Some(true)
    }

    /// What holds data and is not what it was.
    pub fn lost(&self) -> impl Iterator<Item = &Kept> {
        self.played.data.iter().filter(|kept| kept.fate != Fate::Same)
    }

    /// Whether the cloud refused the apply half-way.
    fn is_refused(&self) -> bool {
        self.played.phase("apply").is_some_and(|phase| !phase.ok)
    }

    /// The story as one JSON document, which ends with a newline.
    pub fn to_json(&self) -> String {
        let played = self.played;
        let planned =
            self.planned.iter().map(|(address, action)| json!({"address": address, "action": action}));
        let gone: Vec<&str> = match self.is_refused() {
            true => sequence::gone(&self.steps).iter().map(|step| step.address.as_str()).collect(),
            false => Vec::new(),
        };
        let value = json!({
            "engine": played.engine,
            "providers": played.providers,
            "clean": self.is_clean(),
            "phases": played.phases,
            "plan_empty": played.is_empty,
            "planned": planned.collect::<Vec<_>>(),
            "steps": self.steps,
            "absent": self.absences,
            "data": played.data,
            "gone_when_refused": gone,
            "second_plan_empty": played.second_plan_empty,
            "destroy_clean": played.destroy_clean,
            "notes": played.notes,
            "kept": played.kept,
        });
        format!("{value:#}\n")
    }

    /// The story for a reader.
    pub fn to_text(&self) -> String {
        let played = self.played;
        let mut text = report::heading(&played.engine, &played.providers);
        let _ = writeln!(text, "{}\n", report::phases(&played.phases));
        if !self.steps.is_empty() {
            let mut steps = Table::new();
            steps.load_style(presets::NOTHING).set_header(["step", "what the apply did", ""]);
            for step in &self.steps {
                steps.add_row([step.number.to_string(), did(step).to_owned(), step.address.clone()]);
            }
            report::align_right(&mut steps, 0);
            let _ = writeln!(text, "{}\n", report::trimmed(&steps));
        }
        if !self.absences.is_empty() {
            let _ = writeln!(text, "absent meanwhile:");
            for absence in &self.absences {
                let _ = writeln!(text, "  {}", sentence(absence));
            }
            text.push('\n');
        }
        if !played.data.is_empty() {
            let (same, lost): (Vec<&Kept>, Vec<&Kept>) =
                played.data.iter().partition(|kept| kept.fate == Fate::Same);
            let _ = writeln!(
                text,
                "data: {} of {} things that hold data are what they were",
                same.len(),
                played.data.len()
            );
            for kept in lost {
                let fate = if kept.fate == Fate::Gone { "is gone" } else { "was destroyed and made anew" };
                let _ = writeln!(text, "  DATA LOSS {} ({}) {fate}: {}", kept.address, kept.id, kept.holds);
            }
            text.push('\n');
        }
        for note in &played.notes {
            let _ = writeln!(text, "note: {note}");
        }
        for problem in played.problems() {
            let _ = writeln!(text, "{}", problem.text());
        }
        if self.is_refused() {
            let gone = sequence::gone(&self.steps);
            let _ = match gone.as_slice() {
                [] => writeln!(
                    text,
                    "When that was refused, nothing had been destroyed that was not made again.\n"
                ),
                gone => {
                    let gone: Vec<String> = gone
                        .iter()
                        .map(|step| format!("  {} (step {})", step.address, step.number))
                        .collect();
                    writeln!(
                        text,
                        "When the apply ended there, these had been destroyed and not made again:\n{}\n",
                        gone.join("\n")
                    )
                }
            };
        }
        let _ = writeln!(text, "plan:        {}", self.plan());
        let verdict = report::verdict;
        let _ = writeln!(text, "second plan: {}", verdict(played.second_plan_empty, "empty", "NOT EMPTY"));
        let _ = writeln!(
            text,
            "destroy:     {}",
            verdict(played.destroy_clean, "left nothing", "LEFT SOMETHING BEHIND")
        );
        if let Some(kept) = &played.kept {
            let _ = writeln!(text, "kept:        {}", kept.display());
        }
        text
    }

    fn plan(&self) -> String {
        let count = |wanted: &str| self.planned.iter().filter(|(_, action)| action == wanted).count();
        match self.played.is_empty {
            None => "not reached".to_owned(),
            Some(true) => "empty: the change does nothing".to_owned(),
            Some(false) if self.planned.is_empty() => "only outputs change".to_owned(),
            Some(false) => {
                let replaced = count("delete then create") + count("create then delete");
                let (created, updated, destroyed) = (count("create"), count("update"), count("delete"));
                format!(
                    "{created} created, {updated} changed in place, {replaced} replaced, {destroyed} destroyed"
                )
            }
        }
    }
}

fn did(step: &Step) -> &'static str {
    match (step.action, step.failed) {
        (EventAction::Create, false) => "made",
        (EventAction::Update, false) => "changed",
        (EventAction::Delete, false) => "destroyed",
        (EventAction::Create, true) => "COULD NOT MAKE",
        (EventAction::Update, true) => "COULD NOT CHANGE",
        (EventAction::Delete, true) => "COULD NOT DESTROY",
    }
}

fn sentence(absence: &Absence) -> String {
    let Absence { address, destroyed, made, steps, .. } = absence;
    let steps = match steps {
        1 => "1 other step".to_owned(),
        steps => format!("{steps} other steps"),
    };
    match made {
        Some(made) => {
            format!("{address}: destroyed in step {destroyed}, made again in step {made}, after {steps}")
        }
        None => format!("{address}: destroyed in step {destroyed} and not made again, {steps} later"),
    }
}
