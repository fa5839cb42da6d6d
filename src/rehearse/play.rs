//! A change, played: a directory is applied on the simulated clouds, another one is planned over its state, applied, planned again
//! and destroyed. The same cloud lives through all of it, so that names clash and things stay what they are as on a real one.
//!
//! [`play`] does it once. [`Base`] applies the old directory once and plays any number of new ones, each from that same moment:
//!
//! ```no_run
//! use tierform::rehearse::play::{Base, New, Reach};
//! use tierform::rehearse::{Options, Overlay};
//!
//! let options = Options { dir: "infra".into(), ..Options::default() };
//! let mut base = Base::apply(&options, &|_| {})?;
//! let edit = Overlay::from([("terraform.tfvars".to_owned(), Some(b"tier = \"2k\"\n".to_vec()))]);
//! let played = base.play(&New::Over(edit), Reach::Plan, &|_| {})?;
//! println!("{} bytes of plan", played.plan.map_or(0, |plan| plan.len()));
//! # Ok::<(), tierform::rehearse::Error>(())
//! ```

use std::path::{Path, PathBuf};

use super::copy::Gathered;
use super::events::Event;
use super::phases::{self, APPLY, DESTROY};
use super::report::{Phase, Problem};
use super::stage::{Moment, Stage};
use super::state::State;
use super::{Error, Options, Overlay, Progress, Tell};
use crate::impact::table;

/// What takes the old directory's place.
#[derive(Debug, Clone)]
pub enum New {
    /// Another directory.
    Directory(PathBuf),
    /// Another directory with these files in the place of its own.
    DirectoryOver(PathBuf, Overlay),
    /// The old directory with these files in the place of its own.
    Over(Overlay),
}

/// How far a change is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// To the plan.
    Plan,
    /// To the apply and the second plan, which must be empty.
    Apply,
    /// To the end: all of it is destroyed again.
    Destroy,
}

/// What a change did when it was played.
#[derive(Debug)]
pub struct Played {
    /// The engine, as in `tofu 1.12.6`.
    pub engine: String,
    /// The simulated providers, as in `google 8.0.0`.
    pub providers: Vec<String>,
    /// What ran, in order, with what went wrong. The first one that is not ok ended it (a second plan that is not empty does not).
    pub phases: Vec<Phase>,
    /// The plan of the new directory over the old one's state, as `show -json` prints it; none where there could be no plan.
    pub plan: Option<Vec<u8>>,
    /// Whether that plan changes nothing, outputs included; none where there was no plan.
    pub is_empty: Option<bool>,
    /// What the apply did, in order.
    pub events: Vec<Event>,
    /// The state before the change.
    pub before: State,
    /// The state after it; none where nothing was applied.
    pub after: Option<State>,
    /// What became of everything that holds data; empty where nothing was applied.
    pub data: Vec<Kept>,
    /// Whether the plan after the apply was empty; none if it was not reached.
    pub second_plan_empty: Option<bool>,
    /// Whether the destroy left nothing; none if it was not reached.
    pub destroy_clean: Option<bool>,
    /// What a reader must know of how it was played.
    pub notes: Vec<String>,
    /// Where the copy is, if it was to be kept.
    pub kept: Option<PathBuf>,
}

/// A thing that holds data, after a change.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Kept {
    /// Its address before the change.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// Its id in the cloud.
    pub id: String,
    /// What it holds.
    pub holds: &'static str,
    /// Whether it is still that thing.
    pub fate: Fate,
}

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is there, and the same.
    Same,
    /// Another one has its id: it was destroyed and made anew.
    MadeAnew,
    /// It is gone.
    Gone,
}

impl Played {
    /// Everything that went wrong.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.phases.iter().flat_map(|phase| &phase.problems)
    }

    /// The phase of a name, if it ran.
    pub fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name == name)
    }
}

/// An old directory, applied.
pub struct Base {
    // Dropped before the runtime, whose sockets and processes it has.
    stage: Stage,
    runtime: tokio::runtime::Runtime,
    options: Options,
    /// What stands, on the disk.
    dir: PathBuf,
    moment: Moment,
    before: State,
    /// What was run to get there.
    phases: Vec<Phase>,
    notes: Vec<String>,
}

impl Base {
    /// Applies `options.dir`, the directory that stands.
    ///
    /// # Errors
    /// When it cannot be rehearsed, or does not apply.
    pub fn apply(options: &Options, progress: Tell<'_>) -> Result<Base, Error> {
        Base::apply_below(options, &New::Over(Overlay::new()), progress)
    }

    /// The same for a new directory that is known: both copies are at the same path, however far outside their modules lie.
    fn apply_below(options: &Options, new: &New, progress: Tell<'_>) -> Result<Base, Error> {
        let runtime = super::runtime()?;
        let (stage, dir, moment, before, phases, notes) = runtime.block_on(async {
            let mut stage = Stage::build(options)?;
            let dir = match &options.revision {
                None => options.dir.clone(),
                Some(revision) => stage.export(revision, &options.dir).await?,
            };
            let mut old = stage.read(&dir, &Overlay::new()).await?;
            let mut required = old.contents.providers.clone();
            let mut levels = old.levels();
            if !matches!(new, New::Over(_)) {
                let new = read(&mut stage, &dir, new).await?;
                levels = levels.max(new.levels());
                required.extend(new.contents.providers);
            }
            stage.know_real(&required)?;
            stage.place(&old, levels);
            let cannot = |problems: &[Problem]| {
                let problems: Vec<String> = problems.iter().map(Problem::text).collect();
                Error::Old { path: options.dir.clone(), problems: problems.join("\n") }
            };
            let problems = stage.lay(&mut old).await?;
            if !problems.is_empty() {
                return Err(cannot(&problems));
            }
            progress(Progress::Phase("init"));
            let init = phases::phase("init", stage.init(&old.contents, progress).await?);
            if !init.ok {
                return Err(cannot(&init.problems));
            }
            progress(Progress::Phase("apply old"));
            let outcome = stage.command(&APPLY, &phases::variables(&options.vars), progress).await?;
            let apply = phases::phase("apply old", outcome);
            if !apply.ok {
                return Err(cannot(&apply.problems));
            }
            let before = stage.state().map_err(|reason| Error::State { reason })?;
            let moment = stage.moment()?;
            Ok((stage, dir, moment, before, vec![init, apply], phases::notes(&old.contents)))
        })?;
        Ok(Base { stage, runtime, options: options.clone(), dir, moment, before, phases, notes })
    }

    /// The state of what stands.
    pub fn state(&self) -> &State {
        &self.before
    }

    /// Plays a change from what stands, whatever was played before.
    ///
    /// # Errors
    /// When it cannot be played; what the engine or the cloud refuses is in [`Played`].
    pub fn play(&mut self, new: &New, reach: Reach, progress: Tell<'_>) -> Result<Played, Error> {
        let Base { stage, runtime, options, dir, moment, before, .. } = self;
        runtime.block_on(async {
            stage.return_to(moment)?;
            let mut playing = Playing {
                played: Played {
                    engine: format!("{} {}", stage.engine.product, stage.engine.version),
                    providers: Vec::new(),
                    phases: Vec::new(),
                    plan: None,
                    is_empty: None,
                    events: Vec::new(),
                    before: before.clone(),
                    after: None,
                    data: Vec::new(),
                    second_plan_empty: None,
                    destroy_clean: None,
                    notes: Vec::new(),
                    kept: None,
                },
                stage,
                progress,
            };
            playing.all(options, dir, new, reach).await?;
            playing.played.providers = playing.stage.providers();
            Ok(playing.played)
        })
    }

    /// Makes what the last change left the moment that the next ones are played from.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn settle(&mut self) -> Result<(), Error> {
        self.before = self.stage.state().map_err(|reason| Error::State { reason })?;
        self.moment = self.stage.moment()?;
        Ok(())
    }

    /// Leaves the copy behind and says where it is.
    pub fn keep(self) -> PathBuf {
        self.stage.keep()
    }
}

/// Applies `options.dir` and plays one change from it.
///
/// # Errors
/// When it cannot be played; what the engine or the cloud refuses is in [`Played`].
pub fn play(options: &Options, new: &New, reach: Reach, progress: Tell<'_>) -> Result<Played, Error> {
    let mut base = Base::apply_below(options, new, progress)?;
    let mut played = base.play(new, reach, progress)?;
    played.phases.splice(0..0, std::mem::take(&mut base.phases));
    let told: Vec<String> = base.notes.drain(..).filter(|note| !played.notes.contains(note)).collect();
    played.notes.splice(0..0, told);
    if options.keep {
        played.kept = Some(base.keep());
    }
    Ok(played)
}

async fn read(stage: &mut Stage, old: &Path, new: &New) -> Result<Gathered, Error> {
    match new {
        New::Directory(directory) => stage.read(directory, &Overlay::new()).await,
        New::DirectoryOver(directory, overlay) => stage.read(directory, overlay).await,
        New::Over(overlay) => stage.read(old, overlay).await,
    }
}

struct Playing<'a> {
    stage: &'a mut Stage,
    progress: Tell<'a>,
    played: Played,
}

impl Playing<'_> {
    async fn all(&mut self, options: &Options, old: &Path, new: &New, reach: Reach) -> Result<(), Error> {
        let mut gathered = read(self.stage, old, new).await?;
        let problems = self.stage.lay(&mut gathered).await?;
        let contents = gathered.contents;
        self.played.notes = phases::notes(&contents);
        if !problems.is_empty() {
            let time = std::time::Duration::ZERO;
            self.played.phases.push(Phase { name: "read", time, ok: false, problems });
            return Ok(());
        }
        if self.stage.needs_init(&contents) {
            (self.progress)(Progress::Phase("init"));
            let outcome = self.stage.init(&contents, self.progress).await?;
            if !self.note(phases::phase("init", outcome)) {
                return Ok(());
            }
        }
        self.stage.be_isolated()?;
        let given = phases::variables(&options.vars);
        if !self.plan(&given).await? || reach == Reach::Plan {
            return Ok(());
        }
        let applied = self.apply(&given).await?;
        if applied {
            (self.progress)(Progress::Phase("second plan"));
            let phase = phases::second_plan(self.stage, &given, self.progress).await?;
            self.played.second_plan_empty = Some(phase.ok);
            self.note(phase);
        }
        if applied && reach == Reach::Destroy {
            self.destroy(&given, &contents.protection).await?;
        }
        Ok(())
    }

    async fn plan(&mut self, given: &[String]) -> Result<bool, Error> {
        (self.progress)(Progress::Phase("plan"));
        let file = self.plan_file();
        let out = format!("-out={file}");
        let command = ["plan", "-detailed-exitcode", "-input=false", "-json", &out];
        let mut outcome = self.stage.command(&command, given, self.progress).await?;
        self.played.is_empty = match outcome.code {
            Some(0) => Some(true),
            Some(2) => Some(false),
            _ => None,
        };
        if self.played.is_empty.is_some() {
            outcome.code = Some(0);
        }
        if !self.note(phases::phase("plan", outcome)) {
            return Ok(false);
        }
        let (outcome, plan) = self.stage.ask_for(&["show", "-json", "-no-color", &file]).await?;
        let shown = self.note(phases::phase("show", outcome));
        self.played.plan = shown.then_some(plan);
        Ok(shown)
    }

    async fn apply(&mut self, given: &[String]) -> Result<bool, Error> {
        (self.progress)(Progress::Phase("apply"));
        let held = self.held();
        let file = self.plan_file();
        let more: Vec<String> = given.iter().cloned().chain([file]).collect();
        let mut outcome =
            self.stage.command(&["apply", "-input=false", "-json"], &more, self.progress).await?;
        self.played.events = std::mem::take(&mut outcome.events);
        let applied = self.note(phases::phase("apply", outcome));
        self.played.after = Some(self.stage.state().map_err(|reason| Error::State { reason })?);
        self.played.data = held
            .into_iter()
            .map(|(kept, born)| {
                let fate = match self.stage.cloud.born(&kept.kind, &kept.id) {
                    None => Fate::Gone,
                    now if now == born => Fate::Same,
                    Some(_) => Fate::MadeAnew,
                };
                Kept { fate, ..kept }
            })
            .collect();
        Ok(applied)
    }

    /// Everything in the state that holds data, with which thing of the cloud it is.
    fn held(&self) -> Vec<(Kept, Option<u64>)> {
        let things = self.played.before.things.iter();
        things
            .filter_map(|thing| {
                let holds = table::holds(&thing.kind)?;
                let id = thing.attributes["id"].as_str().unwrap_or_default().to_owned();
                let born = self.stage.cloud.born(&thing.kind, &id);
                let (address, kind) = (thing.address.clone(), thing.kind.clone());
                Some((Kept { address, kind, id, holds, fate: Fate::Same }, born))
            })
            .collect()
    }

    async fn destroy(&mut self, given: &[String], protection: &[String]) -> Result<(), Error> {
        let unprotected = phases::unprotected(given, protection);
        if !protection.is_empty() {
            (self.progress)(Progress::Phase("unprotect"));
            let outcome = self.stage.command(&APPLY, &unprotected, self.progress).await?;
            if !self.note(phases::phase("unprotect", outcome)) {
                return Ok(());
            }
        }
        (self.progress)(Progress::Phase("destroy"));
        let outcome = self.stage.command(&DESTROY, &unprotected, self.progress).await?;
        let mut phase = phases::phase("destroy", outcome);
        if phase.ok
            && let Some(left) = phases::left(self.stage.state())
        {
            phase.ok = false;
            phase.problems.push(left);
        }
        self.played.destroy_clean = Some(phase.ok);
        self.note(phase);
        Ok(())
    }

    fn plan_file(&self) -> String {
        self.stage.file("plan").display().to_string()
    }

    fn note(&mut self, phase: Phase) -> bool {
        let ok = phase.ok;
        self.played.phases.push(phase);
        ok
    }
}
