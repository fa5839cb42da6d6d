//! What a rehearsal found: phases with their times, resources by type, problems; printed as a table or as JSON.
//! Nothing here runs anything.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};
use serde::{Deserialize, Serialize};

/// The result of a rehearsal that could run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The engine, as in `tofu 1.12.6`.
    pub engine: String,
    /// The simulated providers, as in `google 8.0.0`.
    pub providers: Vec<String>,
    /// Milliseconds until all simulated providers listened.
    #[serde(rename = "startup_ms", serialize_with = "milliseconds")]
    pub startup: Duration,
    /// The phases that ran, in order; the last one is the failed one if any failed.
    pub phases: Vec<Phase>,
    /// How many resources the apply made, by type; data sources are not counted.
    pub resources: BTreeMap<String, u64>,
    /// Whether the second plan was empty; null if it was not reached.
    pub second_plan_empty: Option<bool>,
    /// Whether the destroy left nothing; null if it was not reached.
    pub destroy_clean: Option<bool>,
    /// What was changed before the destroy so that it could work, as sentences.
    pub notes: Vec<String>,
    /// Where the copy is, if it was to be kept.
    pub kept: Option<PathBuf>,
}

/// One command of the engine.
#[derive(Debug, Clone, Serialize)]
pub struct Phase {
    /// What it was for.
    pub name: &'static str,
    /// How long it took.
    #[serde(rename = "ms", serialize_with = "milliseconds")]
    pub time: Duration,
    /// Whether it did what a good directory does.
    pub ok: bool,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// An error in the engine's own words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Problem {
    /// `error`, or `warning`.
    #[serde(default)]
    pub severity: String,
    /// The headline.
    #[serde(default)]
    pub summary: String,
    /// The explanation, unwrapped.
    #[serde(default)]
    pub detail: String,
    /// The resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// The line at that place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<Snippet>,
}

/// A place in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Range {
    /// The file, relative to the directory.
    pub filename: String,
    /// Where it begins.
    pub start: Position,
}

/// A position in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: u64,
    /// From 1.
    pub column: u64,
}

/// Source text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snippet {
    /// The block around it, as in `resource "x" "y"`.
    #[serde(default)]
    pub context: Option<String>,
    /// The text.
    #[serde(default)]
    pub code: String,
}

#[allow(clippy::cast_possible_truncation)]
fn milliseconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_millis() as u64)
}

impl Problem {
    /// A problem without a place.
    pub fn plain(summary: &str) -> Problem {
        Problem { severity: "error".to_owned(), summary: summary.to_owned(), ..Problem::default() }
    }

    /// Whether it is more than a warning.
    pub fn is_error(&self) -> bool {
        self.severity == "error"
    }

    /// The problem as the engine prints it, without its line breaks.
    pub fn text(&self) -> String {
        let mut text = format!("Error: {}\n", self.summary);
        if let Some(address) = &self.address {
            let _ = write!(text, "\n  with {address},");
        }
        if let Some(range) = &self.range {
            let _ = write!(text, "\n  on {} line {}", range.filename, range.start.line);
            if let Some(context) = self.snippet.as_ref().and_then(|snippet| snippet.context.as_deref()) {
                let _ = write!(text, ", in {context}");
            }
            if let Some(snippet) = &self.snippet {
                let _ = write!(text, ":\n  {:>4}: {}", range.start.line, snippet.code);
            }
            text.push('\n');
        } else if self.address.is_some() {
            text.push('\n');
        }
        if !self.detail.is_empty() {
            let _ = write!(text, "\n{}\n", self.detail);
        }
        text
    }
}

impl Report {
    /// Whether everything went as it should.
    pub fn is_clean(&self) -> bool {
        self.phases.iter().all(|phase| phase.ok)
            && self.second_plan_empty == Some(true)
            && self.destroy_clean == Some(true)
    }

    /// All problems of all phases.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.phases.iter().flat_map(|phase| &phase.problems)
    }

    /// The report as one JSON document, which ends with a newline.
    pub fn to_json(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.insert("clean".to_owned(), self.is_clean().into());
        }
        format!("{value:#}\n")
    }

    /// The report for a reader: tables, verdicts, and the problems in full.
    pub fn to_text(&self) -> String {
        let mut text = heading(&self.engine, &self.providers);
        let _ = writeln!(text, "{}\n", phases(&self.phases));
        if !self.resources.is_empty() {
            let mut resources = Table::new();
            resources.load_style(presets::NOTHING).set_header(["resource", "count"]);
            for (type_name, count) in &self.resources {
                resources.add_row([type_name.clone(), count.to_string()]);
            }
            resources.add_row(["total".to_owned(), self.resources.values().sum::<u64>().to_string()]);
            align_right(&mut resources, 1);
            let _ = writeln!(text, "{}\n", trimmed(&resources));
        }
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        for problem in self.problems() {
            let _ = writeln!(text, "{}", problem.text());
        }
        let _ = writeln!(text, "second plan: {}", verdict(self.second_plan_empty, "empty", "NOT EMPTY"));
        let _ = writeln!(
            text,
            "destroy:     {}",
            verdict(self.destroy_clean, "left nothing", "LEFT SOMETHING BEHIND")
        );
        if let Some(kept) = &self.kept {
            let _ = writeln!(text, "kept:        {}", kept.display());
        }
        text
    }
}

/// The engine and what it was run against.
pub(super) fn heading(engine: &str, providers: &[String]) -> String {
    let simulated = match providers {
        [] => "no provider".to_owned(),
        providers => providers.join(", "),
    };
    format!("{engine}; simulated: {simulated}\n\n")
}

/// The table of what ran.
pub(super) fn phases(all: &[Phase]) -> String {
    let mut phases = Table::new();
    phases.load_style(presets::NOTHING).set_header(["phase", "time", "result"]);
    for phase in all {
        let time = format!("{:.2} s", phase.time.as_secs_f64());
        phases.add_row([phase.name, time.as_str(), if phase.ok { "ok" } else { "failed" }]);
    }
    let total: Duration = all.iter().map(|phase| phase.time).sum();
    phases.add_row(["total", format!("{:.2} s", total.as_secs_f64()).as_str(), ""]);
    align_right(&mut phases, 1);
    trimmed(&phases)
}

/// A verdict in words.
pub(super) fn verdict(yes: Option<bool>, good: &str, bad: &str) -> String {
    match yes {
        Some(true) => good.to_owned(),
        Some(false) => bad.to_owned(),
        None => "not reached".to_owned(),
    }
}

pub(super) fn align_right(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// The table without the spaces that it pads its lines with.
pub(super) fn trimmed(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
