//! A deployment: a spec and the directory that is generated from it, brought together. What was decided for the directory stays
//! decided, so that a newer catalog moves nothing unasked.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::output::{self, Manifest, Opened, OutputError};
use crate::plan::{self, Plan};
use crate::record::{self, Damaged, Decided, Difference, Record, Smaller};
use crate::sizing::Warning;
use crate::spec::{self, Reading, Spec};
use crate::upgrade::Upgrade;
use crate::{compile_reading, render, resolve_with};

/// A spec with the directory that is generated from it.
#[derive(Debug)]
pub struct Deployment {
    /// What the directory says: what was decided for it, with what the spec's change moves.
    pub plan: Plan,
    /// The record of that, for the manifest.
    pub record: Arc<Record>,
    /// What is to be said of this run alone, and stands in no file.
    pub notices: Vec<Warning>,
    /// The output directory as it is.
    pub opened: Opened,
    /// What this program's catalog would decide otherwise.
    pub offered: Vec<Difference>,
    /// What the directory has now and will have, where they differ; none for a directory that is new.
    pub moved: Vec<Difference>,
    /// What gets smaller unasked.
    pub smaller: Vec<Smaller>,
    /// The change of Coder's release, if there is one.
    pub upgrade: Option<Upgrade>,
}

/// Whose decisions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catalog {
    /// Those that were made for the directory.
    Kept,
    /// Those of this program.
    Upgraded,
}

/// Why a deployment cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Mistakes in the spec.
    #[error("the spec has {} mistakes", .0.len())]
    Spec(Vec<Diagnostic>),
    /// The directory cannot be looked at.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// What was decided for the directory cannot be read.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// A plan that JSON has no words for: a bug of tierform.
    #[error("the plan could not be recorded, which is a bug in tierform: {0}")]
    Record(#[from] serde_json::Error),
}

/// What stays as it is in a directory.
enum Held<'a> {
    Nothing,
    Record(&'a Record),
    /// From a manifest of an older format; with whether it was written for the very same spec.
    Frozen(&'a record::Frozen, bool),
}

impl Deployment {
    /// Opens the directory `out` for the spec with that text, which `reading` was read from.
    ///
    /// # Errors
    /// Mistakes in the spec first, then what is wrong with the directory.
    pub fn open(text: &str, reading: Reading, out: &Path, catalog: Catalog) -> Result<Deployment, OpenError> {
        let opened = output::open(out);
        let manifest = opened.as_ref().ok().and_then(Opened::manifest);
        let held = match manifest {
            None => Held::Nothing,
            Some(manifest) => match (&manifest.record, &manifest.frozen) {
                (Some(record), _) => Held::Record(record),
                (None, Some(frozen)) => Held::Frozen(frozen, manifest.is_of(text)),
                (None, None) => Held::Nothing,
            },
        };
        let is_forgotten = manifest.is_some_and(|manifest| is_missing(out, manifest, render::DEPARTED));
        let settled = Settled::of(text, reading, &held, catalog, is_forgotten);
        // A mistake in the spec is said first, then what is wrong with the directory.
        let (Settled { plan, mut notices, offered, moved, held, lasting }, opened) = match (settled, opened) {
            (Err(error @ OpenError::Spec(_)), _) => return Err(error),
            (_, Err(error)) => return Err(error.into()),
            (Err(error), _) => return Err(error),
            (Ok(settled), Ok(opened)) => (settled, opened),
        };
        let record = Arc::new(Record::of(text, lasting));
        let (smaller, upgrade) = match held.map(|held| Plan::deserialize(&held)) {
            None => (Vec::new(), None),
            Some(Ok(held)) => (record::smaller(&held, &plan), Upgrade::between(&held, &plan)),
            Some(Err(error)) => {
                let message = format!(
                    "What was decided for the directory is in another form than this tierform's, so that it cannot be told what gets \
                     smaller: {error}. Read the diff with care."
                );
                notices.push(Warning { code: "not_compared".into(), message });
                (Vec::new(), None)
            }
        };
        Ok(Deployment { plan, record, notices, opened, offered, moved, smaller, upgrade })
    }
}

/// Whether the user has deleted a file that was written.
fn is_missing(out: &Path, manifest: &Manifest, file: &str) -> bool {
    manifest.files.contains_key(file) && std::fs::symlink_metadata(out.join(file)).is_err()
}

/// What sizing and plan take as decided for the directory `out`; nothing where it is no directory of ours.
///
/// # Errors
/// When it cannot be looked at.
pub fn decided(out: &Path) -> Result<Decided, OpenError> {
    let opened = match output::open(out) {
        // Somebody else's files say nothing of this spec.
        Err(OutputError::Foreign { .. }) => return Ok(Decided::default()),
        opened => opened?,
    };
    Ok(match opened.manifest().map(|manifest| (&manifest.record, &manifest.frozen)) {
        Some((Some(record), _)) => record.decided()?,
        Some((None, Some(frozen))) => frozen.decided(),
        _ => Decided::default(),
    })
}

/// The plan that the directory `out` was generated with; nothing where it is no directory of ours, or one from before plans were kept.
///
/// # Errors
/// When it cannot be looked at.
pub fn plan_of(out: &Path) -> Result<Option<Plan>, OpenError> {
    let opened = match output::open(out) {
        Err(OutputError::Foreign { .. }) => return Ok(None),
        opened => opened?,
    };
    let record = opened.manifest().and_then(|manifest| manifest.record.as_ref());
    Ok(record.map(|record| record.plan()).transpose()?)
}

/// A plan with all that was decided before.
struct Settled {
    plan: Plan,
    notices: Vec<Warning>,
    offered: Vec<Difference>,
    moved: Vec<Difference>,
    /// The plan that the directory has, where it is another one.
    held: Option<serde_json::Value>,
    /// What of the plan stays decided.
    lasting: serde_json::Value,
}

impl Settled {
    /// A plan of which nothing was decided otherwise before.
    fn as_it_is(plan: Plan, lasting: serde_json::Value) -> Settled {
        Settled { plan, notices: Vec::new(), offered: Vec::new(), moved: Vec::new(), held: None, lasting }
    }

    fn of(
        text: &str,
        reading: Reading,
        held: &Held<'_>,
        catalog: Catalog,
        is_forgotten: bool,
    ) -> Result<Settled, OpenError> {
        let mut decided = match held {
            Held::Nothing => Decided::default(),
            Held::Record(record) => record.decided()?,
            Held::Frozen(frozen, _) => frozen.decided(),
        };
        if catalog == Catalog::Upgraded {
            decided.revision = None;
        }
        if is_forgotten {
            decided.departed.clear();
        }
        let is_read = reading.problems.is_empty();
        let compiled = match compile_reading(reading, &decided) {
            Ok(compiled) => compiled,
            Err(problems) => return Settled::unsold(text, held, catalog, is_read, problems),
        };
        let now = record::lasting(&compiled.plan)?;
        let held_plan = match held {
            Held::Nothing => return Ok(Settled::as_it_is(compiled.plan, now)),
            Held::Record(record) => Cow::Borrowed(&record.plan),
            Held::Frozen(frozen, is_for_this_spec) => {
                Cow::Owned(frozen.plan(&compiled.plan, *is_for_this_spec)?)
            }
        };
        // Nothing to do is the common run, and compares without a copy.
        if *held_plan == now {
            return Ok(Settled::as_it_is(compiled.plan, now));
        }
        let held_plan = held_plan.into_owned();
        let moved_to = |after| record::differences(&held_plan, after);
        if catalog == Catalog::Upgraded {
            return Ok(Settled {
                plan: compiled.plan,
                notices: Vec::new(),
                offered: Vec::new(),
                moved: moved_to(&now),
                held: Some(held_plan),
                lasting: now,
            });
        }
        let before = match held {
            Held::Record(record) if !record.is_for(text) => earlier(&record.spec(), &decided)?,
            _ => Some(now.clone()),
        };
        let plan = compiled.plan;
        let Some(before) = before else {
            let message = "The spec that the directory was generated for is one that this tierform refuses, so that it cannot be \
                           told which sizes your change of it moves: all are those of this tierform's catalog now. Read the \
                           diff with care."
                .to_owned();
            let notices = vec![Warning { code: "sizes_not_kept".into(), message }];
            let (offered, moved) = (Vec::new(), moved_to(&now));
            return Ok(Settled { plan, notices, offered, moved, held: Some(held_plan), lasting: now });
        };
        let mut settled = record::settle(&now, &before, &held_plan);
        // What is gone is no decision that could stay.
        if let serde_json::Value::Object(parts) = &mut settled {
            parts.shift_remove("departed");
            parts.extend(now.get("departed").map(|departed| ("departed".to_owned(), departed.clone())));
        }
        if settled == now {
            let (notices, offered, moved) = (Vec::new(), Vec::new(), moved_to(&now));
            return Ok(Settled { plan, notices, offered, moved, held: Some(held_plan), lasting: now });
        }
        let mut kept = record::plan_of(&settled)?;
        // Sums of what was decided and what was moved.
        if now["quotas"] != before["quotas"] {
            kept.quotas = plan::quotas_of(&compiled.spec, &kept).unwrap_or(plan.quotas);
        }
        let offered = record::differences(&settled, &now);
        let moved = moved_to(&settled);
        let (lasting, notices) = (record::lasting(&kept)?, Vec::new());
        Ok(Settled { plan: kept, notices, offered, moved, held: Some(held_plan), lasting })
    }

    /// A directory whose very same spec today's catalog refuses, as it no longer sells what was chosen, stays as it is.
    fn unsold(
        text: &str,
        held: &Held<'_>,
        catalog: Catalog,
        is_read: bool,
        problems: Vec<Diagnostic>,
    ) -> Result<Settled, OpenError> {
        let (Held::Record(record), Catalog::Kept, true) = (held, catalog, is_read) else {
            return Err(OpenError::Spec(problems));
        };
        if !record.is_for(text) {
            return Err(OpenError::Spec(problems));
        }
        let plan = record.plan()?;
        let said: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        let message = format!(
            "The sizes stay as they were decided, but this tierform's catalog would refuse the spec today: {}.",
            said.join("; ")
        );
        let notices = vec![Warning { code: "refused_today".into(), message }];
        Ok(Settled { notices, ..Settled::as_it_is(plan, record.plan.clone()) })
    }
}

/// What today's catalog makes of the spec that a directory was generated for; `None` where it refuses it.
fn earlier(text: &str, decided: &Decided) -> Result<Option<serde_json::Value>, serde_json::Error> {
    let reading = spec::read(text);
    let spec: Option<Spec> = reading.spec.filter(|_| reading.problems.is_empty());
    let compiled = spec.and_then(|spec| resolve_with(spec, decided).ok());
    compiled.map(|compiled| record::lasting(&compiled.plan)).transpose()
}
