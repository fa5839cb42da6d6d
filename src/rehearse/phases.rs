//! The phases of a rehearsal, one engine command each, and the verdict on each.
//! A phase that fails ends the rehearsal, but a second plan with changes still lets the destroy be tried.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cloud::Cloud;
use super::copy::Contents;
use super::engine::{Engine, Interrupt, Outcome, Setting};
use super::report::{Phase, Problem, Report};
use super::{Error, Options, secrets};

/// What the engines say of a type that the schema lacks; ours is pruned, so the user must know of that.
const UNKNOWN_TYPE: [&str; 3] =
    ["Invalid resource type", "Invalid data source", "Invalid ephemeral resource type"];

struct Rehearsal<'a> {
    engine: &'a Engine,
    setting: &'a Setting,
    cloud: &'a Cloud,
    progress: &'a dyn Fn(&str),
    interrupt: &'a mut Interrupt,
    report: Report,
}

/// Runs all phases.
pub async fn run(
    engine: &Engine,
    setting: &Setting,
    cloud: &Cloud,
    options: &Options,
    contents: &Contents,
    progress: &dyn Fn(&str),
    interrupt: &mut Interrupt,
) -> Result<Report, Error> {
    let report = Report {
        engine: format!("{} {}", engine.product, engine.version),
        providers: Vec::new(),
        startup: Duration::ZERO,
        phases: Vec::new(),
        resources: BTreeMap::new(),
        second_plan_empty: None,
        destroy_clean: None,
        notes: Vec::new(),
        kept: None,
    };
    let mut rehearsal = Rehearsal { engine, setting, cloud, progress, interrupt, report };
    rehearsal.all(options, &contents.protection).await?;
    Ok(rehearsal.report)
}

impl Rehearsal<'_> {
    async fn all(&mut self, options: &Options, protection: &[String]) -> Result<(), Error> {
        let given: Vec<String> = options.vars.iter().map(|pair| format!("-var={pair}")).collect();
        let lifted: Vec<String> = protection.iter().map(|name| format!("-var={name}=false")).collect();
        let unprotected: Vec<String> = given.iter().chain(&lifted).cloned().collect();

        if !self.phase("init", &["init", "-input=false", "-json"], &[]).await?
            || !self.phase("validate", &["validate", "-json"], &[]).await?
            || !self.phase("apply", &["apply", "-auto-approve", "-input=false", "-json"], &given).await?
        {
            return Ok(());
        }
        self.report.resources = self.resources();
        for leak in secrets::leaks(&self.state(), &self.cloud.secrets()) {
            self.fail(Problem { detail: leak, ..Problem::plain("A secret is in the state.") });
        }
        self.second_plan(&given).await?;
        if !lifted.is_empty() {
            let names = protection.join(" and ");
            self.report.notes.push(format!(
                "Before the destroy, {names} was set to false and applied, as the owner would have to do."
            ));
            let apply = ["apply", "-auto-approve", "-input=false", "-json"];
            if !self.phase("unprotect", &apply, &unprotected).await? {
                return Ok(());
            }
        }
        let destroy = ["destroy", "-auto-approve", "-input=false", "-json"];
        if self.phase("destroy", &destroy, &unprotected).await? {
            let left = self.resources();
            self.report.destroy_clean = Some(left.is_empty());
            if !left.is_empty() {
                let left: Vec<String> = left.keys().cloned().collect();
                self.fail(Problem::plain(&format!("The destroy left {} in the state.", left.join(", "))));
            }
        } else {
            self.report.destroy_clean = Some(false);
        }
        Ok(())
    }

    /// Runs one command; true when it succeeded.
    async fn phase(&mut self, name: &'static str, command: &[&str], more: &[String]) -> Result<bool, Error> {
        let outcome = self.command(name, command, more).await?;
        let ok = outcome.code == Some(0);
        let problems = outcome.problems.into_iter().map(explain).collect();
        self.report.phases.push(Phase { name, time: outcome.time, ok, problems });
        Ok(ok)
    }

    async fn command(&mut self, name: &str, command: &[&str], more: &[String]) -> Result<Outcome, Error> {
        (self.progress)(name);
        let arguments: Vec<&str> = command.iter().copied().chain(more.iter().map(String::as_str)).collect();
        self.engine.run(self.setting, &arguments, self.progress, self.interrupt).await
    }

    async fn second_plan(&mut self, given: &[String]) -> Result<(), Error> {
        let command = ["plan", "-detailed-exitcode", "-input=false", "-json"];
        let outcome = self.command("second plan", &command, given).await?;
        let ok = outcome.code == Some(0);
        let mut problems: Vec<Problem> = outcome.problems.into_iter().map(explain).collect();
        if outcome.code == Some(2) {
            let changes = match outcome.changes.as_slice() {
                [] => "only outputs change".to_owned(),
                changes => changes.join("\n"),
            };
            problems.push(Problem {
                detail: changes,
                ..Problem::plain("The second plan is not empty: an apply would never come to rest.")
            });
        }
        self.report.second_plan_empty = Some(ok);
        self.report.phases.push(Phase { name: "second plan", time: outcome.time, ok, problems });
        Ok(())
    }

    fn fail(&mut self, problem: Problem) {
        if let Some(phase) = self.report.phases.last_mut() {
            phase.ok = false;
            phase.problems.push(problem);
        }
    }

    fn state(&self) -> serde_json::Value {
        let state = std::fs::read(self.setting.directory.join("terraform.tfstate")).unwrap_or_default();
        serde_json::from_slice(&state).unwrap_or_default()
    }

    /// The managed resources in the state by type; none when there is no state.
    fn resources(&self) -> BTreeMap<String, u64> {
        let state = self.state();
        let mut counts = BTreeMap::new();
        for resource in state["resources"].as_array().into_iter().flatten() {
            if resource["mode"] == "managed" {
                let type_name = resource["type"].as_str().unwrap_or_default().to_owned();
                let instances = resource["instances"].as_array().map_or(0, Vec::len);
                *counts.entry(type_name).or_default() += u64::try_from(instances).unwrap_or(u64::MAX);
            }
        }
        counts
    }
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
