//! `tierform check`: compares and reports, with the reasons; never writes.

use std::process::ExitCode;

use serde::Serialize;
use tierform::deployment::Deployment;
use tierform::output::{Change, Changes, Kind, Request};
use tierform::{PROGRAM, output, render};

use super::{Failure, Project, print};
use crate::cli::{Check, ReportFormat};

/// The status for a stale directory.
const STALE: u8 = 2;

/// Why a file is not as it would be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Reason {
    /// The spec is another than the one that the directory was generated from.
    SpecChanged,
    /// tierform is another than the one that generated the directory.
    ToolChanged,
    /// You edited the file.
    FileEdited,
    /// The file is missing: you deleted it.
    FileMissing,
    /// Something of yours stands in its place.
    FileInTheWay,
    /// The directory was never generated, or not to the end.
    NeverGenerated,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Self::SpecChanged => "the spec changed",
            Self::ToolChanged => "tierform changed",
            Self::FileEdited => "the file was edited",
            Self::FileMissing => "the file is missing",
            Self::FileInTheWay => "something else is in its place",
            Self::NeverGenerated => "it was never generated",
        }
    }
}

/// The whole report. Its keys are stable.
#[derive(Debug, Serialize)]
struct Report<'c> {
    out: String,
    current: bool,
    stale: usize,
    conflicts: usize,
    files: Vec<Line<'c>>,
}

/// One file that is not as generated.
#[derive(Debug, Serialize)]
struct Line<'c> {
    path: &'c str,
    kind: String,
    /// Whether it is not what the spec says and nobody settled that: `generate` would write it, or part of it is withheld.
    stale: bool,
    /// Whether you declared your side kept.
    kept: bool,
    reasons: Vec<Reason>,
    message: String,
}

pub fn run(arguments: &Check) -> Result<ExitCode, Failure> {
    let Project { deployment, spec_sha256 } = Project::load(&arguments.place, false)?;
    let Deployment { plan, record, opened, .. } = deployment;
    let tree = render::render(&plan)?;
    let request =
        Request { spec_sha256: &spec_sha256, program: PROGRAM, record: Some(record), ..Request::default() };
    let changes = output::compare_for(&tree, opened, request)?;
    let report = report(&changes);
    print(&match arguments.format {
        ReportFormat::Json => super::size::json(&report),
        ReportFormat::Table => text(&report, tree.len(), arguments.all),
    })?;
    Ok(if report.current { ExitCode::SUCCESS } else { ExitCode::from(STALE) })
}

fn report<'c>(changes: &'c Changes<'_>) -> Report<'c> {
    let line = |change: &'c Change<'_>| Line {
        path: &change.path,
        kind: change.kind.to_string(),
        stale: change.is_written() || change.kind.is_unresolved(),
        kept: change.is_declared(),
        reasons: reasons(changes, change),
        message: change.reason(),
    };
    Report {
        out: changes.out().display().to_string(),
        current: changes.is_as_specified(),
        stale: changes.written(),
        conflicts: changes.unresolved().count(),
        files: changes.iter().filter(|change| change.kind != Kind::Unchanged).map(line).collect(),
    }
}

/// Why `change` is not as generated.
fn reasons(changes: &Changes<'_>, change: &Change<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let is_generated_anew = match change.kind {
        Kind::Edited | Kind::Deleted | Kind::Kept(_) | Kind::Unchanged => false,
        Kind::Occupied(_) => {
            reasons.push(Reason::FileInTheWay);
            false
        }
        _ => true,
    };
    if is_generated_anew {
        reasons.extend(causes(changes, change));
    }
    match change.kind {
        Kind::Edited | Kind::Merge | Kind::Conflict(_) | Kind::KeepOrphan | Kind::Force => {
            reasons.push(Reason::FileEdited);
        }
        Kind::Deleted => reasons.push(Reason::FileMissing),
        _ => {}
    }
    reasons
}

/// Why the generated text is another than before. What every deployment has alike can only change with tierform.
fn causes(changes: &Changes<'_>, change: &Change<'_>) -> Vec<Reason> {
    let Some(before) = changes.before() else { return vec![Reason::NeverGenerated] };
    let after = changes.after();
    let is_new = matches!(change.kind, Kind::Create | Kind::Remove | Kind::KeepOrphan);
    let mut causes = Vec::new();
    if before.spec_sha256 != after.spec_sha256 && (is_new || !change.is_embedded) {
        causes.push(Reason::SpecChanged);
    }
    // What nobody settled yet may have come by an earlier run.
    if before.tierform != after.tierform || causes.is_empty() && !change.kind.is_unresolved() {
        causes.push(Reason::ToolChanged);
    }
    causes
}

fn text(report: &Report<'_>, files: usize, is_all: bool) -> String {
    let mut text = String::new();
    let yours = report.files.iter().filter(|line| !line.stale).count();
    for line in report.files.iter().filter(|line| line.stale || is_all) {
        let reasons: Vec<_> = line.reasons.iter().map(|reason| reason.text()).collect();
        let why = if line.stale { format!(" ({})", reasons.join("; ")) } else { String::new() };
        text += &format!("{:<8} {}: {}{why}\n", line.kind, line.path, line.message);
    }
    let out = &report.out;
    text + &match (report.current, report.stale, report.conflicts) {
        (true, ..) if yours == 0 || is_all => format!("{out} is current: {files} files\n"),
        (true, ..) => {
            format!("{out} is current: {files} files, and what is yours in {yours} of them; --all lists it\n")
        }
        (false, 0, 0) => format!("{out} is stale: only its records; run tierform generate\n"),
        (false, 0, conflicts) => {
            format!("{out} is not what the spec says: {conflicts} left for you to settle\n")
        }
        (false, stale, _) => {
            format!("{out} is stale: {stale} files would be written; run tierform generate\n")
        }
    }
}
