//! What `generate` would do in the cloud, judged: an engine plays the change on the simulated clouds where there is one, else the
//! directory is evaluated. How it was judged is said with the account.

use std::path::Path;

use super::account::Account;
use super::class::{Class, ResourceChange, Row};
use super::classify::classify;
use super::evaluated;
use super::plan_json::{self, NoPlan, Plan};
use super::reading::Unread;
use crate::output::Changes;
use crate::rehearse::play::{Base, New, Played, Reach, play};
use crate::rehearse::{self, Options, Overlay, Tell};
use crate::upgrade::Upgrade;

/// Who is to judge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Judge {
    /// The first engine on PATH where it can play the change, else our own evaluation.
    #[default]
    Best,
    /// This engine, by name or path, and nobody else.
    Engine(String),
    /// Our own evaluation.
    Evaluation,
}

/// An account, and how it came about.
#[derive(Debug)]
pub struct Judged {
    /// The account.
    pub account: Account,
    /// How it was judged, as the rest of a sentence about it.
    pub by: String,
}

/// Why there is no account.
#[derive(Debug, thiserror::Error)]
pub enum NotJudged {
    /// A file cannot be read, so that nothing can be told.
    #[error("{0}, so what the change means in the cloud cannot be told; correct the file and try again")]
    Unread(#[from] Unread),
    /// The engine that was asked for cannot play it.
    #[error(transparent)]
    Rehearse(#[from] rehearse::Error),
    /// The engine refuses the new directory.
    #[error("the engine cannot plan what would be generated: {0}")]
    Refused(String),
    /// The engine's plan is not understood.
    #[error("the engine's plan is not understood: {0}")]
    NoPlan(#[from] NoPlan),
}

/// Judges what writing `changes` does in the cloud. `is_root` says whether the directory is applied by itself.
///
/// # Errors
/// Nothing can be told.
pub fn judge(
    changes: &Changes<'_>,
    judge: &Judge,
    is_root: bool,
    progress: Tell<'_>,
) -> Result<Judged, NotJudged> {
    let ways = Ways {
        evaluate: &|| evaluated::of(changes),
        play: &|engine| {
            let options = Options { dir: changes.out().to_owned(), engine, ..Options::default() };
            Base::apply(&options, progress)?.play(&New::Over(overlay(changes)), Reach::Plan, progress)
        },
    };
    if changes.before().is_none() {
        return ways.evaluated("nothing was generated here before");
    }
    if changes.written() == 0 {
        return Ok(Judged {
            account: Account::default(),
            by: "by the files: none would be written".to_owned(),
        });
    }
    if !is_root && *judge != Judge::Evaluation {
        return ways.evaluated("no engine, as a child module is applied by its parent");
    }
    ways.judged(judge)
}

/// Judges what replacing the directory `old` by the directory `new` does in the cloud.
///
/// # Errors
/// Nothing can be told.
pub fn between(old: &Path, new: &Path, judge: &Judge, progress: Tell<'_>) -> Result<Judged, NotJudged> {
    let ways = Ways {
        evaluate: &|| evaluated::of_directories(old, new),
        play: &|engine| {
            let options = Options { dir: old.to_owned(), engine, ..Options::default() };
            play(&options, &New::Directory(new.to_owned()), Reach::Plan, progress)
        },
    };
    ways.judged(judge)
}

/// The two ways to judge one change.
struct Ways<'a> {
    evaluate: &'a dyn Fn() -> Result<Vec<ResourceChange>, Unread>,
    /// By an engine, or the first on PATH.
    play: &'a dyn Fn(Option<String>) -> Result<Played, rehearse::Error>,
}

impl Ways<'_> {
    fn judged(&self, judge: &Judge) -> Result<Judged, NotJudged> {
        match judge {
            Judge::Evaluation => self.evaluated("no engine"),
            Judge::Engine(name) => self.played(Some(name.clone())),
            Judge::Best => match self.played(None) {
                Ok(judged) => Ok(judged),
                Err(NotJudged::Rehearse(rehearse::Error::NoEngine)) => self.evaluated("no engine is on PATH"),
                Err(error) => {
                    let error = error.to_string();
                    let first = error.lines().next().unwrap_or_default();
                    self.evaluated(&format!("no engine, as the change could not be played: {first}"))
                }
            },
        }
    }

    fn evaluated(&self, why: &str) -> Result<Judged, NotJudged> {
        let account = classify(&(self.evaluate)()?);
        Ok(Judged { account, by: format!("by tierform's own evaluation; {why}") })
    }

    fn played(&self, engine: Option<String>) -> Result<Judged, NotJudged> {
        let Played { engine, plan, phases, .. } = (self.play)(engine)?;
        let Some(plan) = plan else {
            let problems = phases.iter().flat_map(|phase| &phase.problems);
            let problems: Vec<&str> = problems.map(|problem| problem.summary.as_str()).collect();
            return Err(NotJudged::Refused(problems.join("; ")));
        };
        let Plan { changes: planned, outputs, .. } = plan_json::read(&plan)?;
        let mut account = classify(&planned);
        account.outputs = outputs;
        let beyond = match (self.evaluate)() {
            Ok(evaluated) => beyond(&evaluated, &account),
            Err(unread) => vec![unreadable(&unread)],
        };
        account.add(beyond);
        Ok(Judged { account, by: format!("played by {engine} on the simulated clouds") })
    }
}

/// What `generate` would put into the directory, and take away.
pub fn overlay(changes: &Changes<'_>) -> Overlay {
    let written = changes.iter().filter(|change| change.is_written());
    written.map(|change| (change.path.clone(), change.after().map(<[u8]>::to_vec))).collect()
}

/// What no plan tells, because it is not in it: another account or region, which a plan calls nothing or made anew, and what a
/// provider leaves out because the cloud would not do it.
fn beyond(evaluated: &[ResourceChange], planned: &Account) -> Vec<Row> {
    let is_known = |row: &Row| {
        let same = |other: &Row| {
            (other.class, &other.address, &other.argument) == (row.class, &row.address, &row.argument)
        };
        planned.rows.iter().any(same)
    };
    let is_beyond = |row: &Row| row.kind.starts_with("provider.") || row.class == Class::Refused;
    let all = classify(evaluated).rows;
    all.into_iter().filter(|row| is_beyond(row) && !is_known(row)).collect()
}

/// The row of a change of Coder's release that Coder itself refuses, which no plan shows.
pub fn refused_upgrade(upgrade: &Upgrade) -> Option<Row> {
    Some(Row {
        address: "coder".to_owned(),
        kind: "release".to_owned(),
        class: Class::Refused,
        argument: Some("version".to_owned()),
        before: Some(upgrade.from.clone()),
        after: Some(upgrade.to.clone()),
        says: Some(upgrade.refusal()?),
        source: None,
        is_ignored: false,
    })
}

fn unreadable(unread: &Unread) -> Row {
    let says = "tierform cannot read it, so whether the account or the region changes is not known";
    Row {
        address: unread.path.clone(),
        kind: "file".to_owned(),
        class: Class::MayBe,
        argument: None,
        before: None,
        after: None,
        says: Some(format!("{says}: {unread}")),
        source: None,
        is_ignored: false,
    }
}
