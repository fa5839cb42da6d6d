//! The phases of a rehearsal, one engine command each, and the verdict on each.
//! A phase that fails ends the rehearsal, but a second plan with changes still lets the destroy be tried.

use std::collections::BTreeMap;
use std::time::Duration;

use super::engine::Outcome;
use super::report::{Phase, Problem, Report};
use super::stage::Stage;
use super::state::{State, Unread};
use super::{Error, Options, Progress, Tell, secrets};

/// What the engines say of a type that the schema lacks; ours is pruned, so the user must know of that.
const UNKNOWN_TYPE: [&str; 3] =
    ["Invalid resource type", "Invalid data source", "Invalid ephemeral resource type"];

/// The commands that change something.
pub const APPLY: [&str; 4] = ["apply", "-auto-approve", "-input=false", "-json"];
pub const DESTROY: [&str; 4] = ["destroy", "-auto-approve", "-input=false", "-json"];

struct Rehearsal<'a> {
    stage: &'a mut Stage,
    progress: Tell<'a>,
    report: Report,
}

/// Runs all phases.
pub async fn run(stage: &mut Stage, options: &Options, progress: Tell<'_>) -> Result<Report, Error> {
    let report = Report {
        engine: format!("{} {}", stage.engine.product, stage.engine.version),
        providers: Vec::new(),
        startup: Duration::ZERO,
        phases: Vec::new(),
        resources: BTreeMap::new(),
        second_plan_empty: None,
        destroy_clean: None,
        notes: Vec::new(),
        kept: None,
    };
    let mut rehearsal = Rehearsal { stage, progress, report };
    rehearsal.all(options).await?;
    Ok(rehearsal.report)
}

impl Rehearsal<'_> {
    async fn all(&mut self, options: &Options) -> Result<(), Error> {
        let mut gathered = self.stage.read(&options.dir, &super::Overlay::new()).await?;
        self.stage.place(&gathered, gathered.levels());
        let problems = self.stage.lay(&mut gathered).await?;
        let contents = gathered.contents;
        self.report.notes = notes(&contents);
        if !problems.is_empty() {
            self.report.phases.push(Phase { name: "read", time: Duration::ZERO, ok: false, problems });
            return Ok(());
        }
        self.stage.know_real(&contents.providers)?;
        let given = variables(&options.vars);
        let unprotected = unprotected(&given, &contents.protection);

        (self.progress)(Progress::Phase("init"));
        let init = self.stage.init(&contents, self.progress).await?;
        if !self.note("init", init) || !self.phase("validate", &["validate", "-json"], &[]).await? {
            return Ok(());
        }
        self.stage.be_isolated()?;
        if !self.phase("apply", &APPLY, &given).await? {
            return Ok(());
        }
        match self.stage.state() {
            Ok(state) => {
                self.report.resources = state.counts();
                for leak in secrets::leaks(&state.json, &self.stage.cloud.secrets()) {
                    self.fail(Problem { detail: leak, ..Problem::plain("A secret is in the state.") });
                }
            }
            Err(unread) => self.fail(blind(&unread)),
        }
        self.second_plan(&given).await?;
        if !contents.protection.is_empty() {
            let names = contents.protection.join(" and ");
            self.report.notes.push(format!(
                "Before the destroy, {names} was set to false and applied, as the owner would have to do."
            ));
            if !self.phase("unprotect", &APPLY, &unprotected).await? {
                return Ok(());
            }
        }
        if self.phase("destroy", &DESTROY, &unprotected).await? {
            let left = left(self.stage.state());
            self.report.destroy_clean = Some(left.is_none());
            left.into_iter().for_each(|left| self.fail(left));
        } else {
            self.report.destroy_clean = Some(false);
        }
        Ok(())
    }

    /// Runs one command; true when it succeeded.
    async fn phase(&mut self, name: &'static str, command: &[&str], more: &[String]) -> Result<bool, Error> {
        (self.progress)(Progress::Phase(name));
        let outcome = self.stage.command(command, more, self.progress).await?;
        Ok(self.note(name, outcome))
    }

    fn note(&mut self, name: &'static str, outcome: Outcome) -> bool {
        let phase = phase(name, outcome);
        let ok = phase.ok;
        self.report.phases.push(phase);
        ok
    }

    async fn second_plan(&mut self, given: &[String]) -> Result<(), Error> {
        (self.progress)(Progress::Phase("second plan"));
        let phase = second_plan(self.stage, given, self.progress).await?;
        self.report.second_plan_empty = Some(phase.ok);
        self.report.phases.push(phase);
        Ok(())
    }

    fn fail(&mut self, problem: Problem) {
        if let Some(phase) = self.report.phases.last_mut() {
            phase.ok = false;
            phase.problems.push(problem);
        }
    }
}

/// The input variables as arguments.
pub fn variables(pairs: &[String]) -> Vec<String> {
    pairs.iter().map(|pair| format!("-var={pair}")).collect()
}

/// The arguments that lift the protection, beside those given.
pub fn unprotected(given: &[String], protection: &[String]) -> Vec<String> {
    let lifted = protection.iter().map(|name| format!("-var={name}=false"));
    given.iter().cloned().chain(lifted).collect()
}

/// What a command did, as a phase.
pub fn phase(name: &'static str, outcome: Outcome) -> Phase {
    let ok = outcome.code == Some(0);
    Phase { name, time: outcome.time, ok, problems: outcome.problems.into_iter().map(explain).collect() }
}

/// Plans what was just applied: nothing may be left to change.
pub async fn second_plan(stage: &mut Stage, given: &[String], progress: Tell<'_>) -> Result<Phase, Error> {
    let command = ["plan", "-detailed-exitcode", "-input=false", "-json"];
    let mut outcome = stage.command(&command, given, progress).await?;
    let changes = std::mem::take(&mut outcome.changes);
    let found = outcome.code == Some(2);
    let mut phase = phase("second plan", outcome);
    if found {
        let changes = match changes.as_slice() {
            [] => "only outputs change".to_owned(),
            changes => changes.join("\n"),
        };
        phase.problems.push(Problem {
            detail: changes,
            ..Problem::plain("The second plan is not empty: an apply would never come to rest.")
        });
    }
    Ok(phase)
}

/// What a destroy left, or that nobody can tell.
pub fn left(state: Result<State, Unread>) -> Option<Problem> {
    match state {
        Ok(state) if state.things.is_empty() => None,
        Ok(state) => {
            let left: Vec<String> = state.counts().into_keys().collect();
            Some(Problem::plain(&format!("The destroy left {} in the state.", left.join(", "))))
        }
        Err(unread) => Some(blind(&unread)),
    }
}

/// A state that cannot be read leaves everything open that it would have shown.
pub fn blind(unread: &Unread) -> Problem {
    Problem {
        detail: "So nobody can tell what is in it, nor whether a secret is.".to_owned(),
        ..Problem::plain(&format!("The state of the copy cannot be read: {unread}."))
    }
}

/// What a reader must know of the copy.
pub fn notes(contents: &super::contents::Contents) -> Vec<String> {
    let mut notes = Vec::new();
    // A backend is what every directory has, and that it is not dialled is what a rehearsal is.
    for block in contents.left_out.iter().filter(|block| block.starts_with("encryption")) {
        notes.push(format!("The copy does without the {block}: its state is kept in the clear."));
    }
    for path in &contents.outside {
        notes.push(format!("The copy holds {} too, which lies outside the directory.", path.display()));
    }
    notes
}

fn explain(mut problem: Problem) -> Problem {
    if UNKNOWN_TYPE.contains(&problem.summary.as_str()) {
        problem.detail.push_str(
            "\n\nThe rehearsal's simulated providers know the types that tierform writes and some more; if the type \
             is spelt right, pass --real with the provider's name.",
        );
    }
    problem
}
