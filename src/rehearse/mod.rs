//! Rehearsal: the user's own engine, unchanged, run against simulated providers.
//! Init, validate, apply, a second plan that must be empty and a destroy that must leave nothing, without a cloud.

mod azure_regions;
mod change;
mod cloud;
mod computed;
mod configuration;
mod contents;
mod copy;
mod destroy;
mod dummy;
mod engine;
mod environment;
pub mod events;
mod git;
mod pace;
mod phases;
pub mod play;
mod policy;
mod protocol;
mod provider;
pub(crate) mod recomputed;
pub mod report;
mod rules;
pub mod schema;
mod secrets;
pub mod sequence;
mod server;
mod shapes;
mod stage;
pub mod state;
pub mod story;
mod value;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::copy::Overlay;
pub use self::git::{GitError, Revision};
use self::report::Report;
use self::schema::BUNDLE;
use self::server::Servers;
use self::stage::{Stage, load, simulated_for, temporary_directory};

/// What to rehearse, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The directory of the configuration; it is only read.
    pub dir: PathBuf,
    /// The revision of `dir` that is meant, where that is not what is on the disk; for what a change is played from.
    pub revision: Option<Revision>,
    /// `tofu`, `terraform` or a path; without it, the first of these two that is on PATH.
    pub engine: Option<String>,
    /// Leave the copy behind and say where it is.
    pub keep: bool,
    /// Input variables, as in `key=value`.
    pub vars: Vec<String>,
    /// Providers that are not simulated but left to the engine, by name (`aws`) or address (`hashicorp/aws`).
    pub real: Vec<String>,
    /// Let the programs run that the user's own files name: provisioners and `data "external"`.
    pub allow_programs: bool,
    /// Let the engine fetch modules and read remote states.
    pub allow_network: bool,
}

/// Why a rehearsal could not run; what the rehearsal itself finds is in the [`Report`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither engine is on PATH.
    #[error(
        "Neither tofu nor terraform is on PATH, and a rehearsal needs one: install OpenTofu \
         (https://opentofu.org/docs/intro/install) or Terraform (https://developer.hashicorp.com/terraform/install), \
         version 1.11 or newer, or name one with --engine."
    )]
    NoEngine,
    /// The named engine is not there.
    #[error("There is no engine {name:?}: --engine takes tofu, terraform, or the path of one of them.")]
    EngineNotFound {
        /// As it was named.
        name: String,
    },
    /// The engine cannot know what the configuration uses.
    #[error(
        "The {product} on PATH is version {version}, but ephemeral values and write-only arguments need 1.11 or newer: \
         update it, or name another one with --engine."
    )]
    EngineTooOld {
        /// `tofu` or `terraform`.
        product: &'static str,
        /// Its version.
        version: String,
    },
    /// The engine does not run.
    #[error("{} cannot be used as the engine: {reason}.", program.display())]
    EngineUnusable {
        /// The program.
        program: PathBuf,
        /// What happened.
        reason: String,
    },
    /// There is nothing at the path.
    #[error("There is no {}: name the directory that `tierform generate` wrote.", path.display())]
    NoDirectory {
        /// The path.
        path: PathBuf,
    },
    /// The path is not a directory.
    #[error("{} is not a directory: name the directory that holds the .tf files.", path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// There is nothing to rehearse.
    #[error("{} holds no .tf files: name the directory that `tierform generate` wrote.", path.display())]
    NoConfiguration {
        /// The path.
        path: PathBuf,
    },
    /// Something cannot be read.
    #[error("{} cannot be read: {reason}.", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What happened.
        reason: io::Error,
    },
    /// The copy cannot be written.
    #[error("{} cannot be written: {reason}. Set TMPDIR to a directory with room.", path.display())]
    Unwritable {
        /// The path.
        path: PathBuf,
        /// What happened.
        reason: io::Error,
    },
    /// Providers without simulation.
    #[error(
        "The configuration requires {}, which tierform does not simulate (it simulates {}): pass --real NAME to leave \
         a provider to the engine's own installation.",
        providers.join(" and "),
        simulated()
    )]
    NotSimulated {
        /// Their addresses.
        providers: Vec<String>,
    },
    /// `--real` with a name that nothing in the configuration has.
    #[error(
        "--real {name}: the configuration requires no such provider; it requires {}.",
        if required.is_empty() { "none" } else { required }
    )]
    NotRequired {
        /// The name.
        name: String,
        /// The addresses of those that it requires.
        required: String,
    },
    /// Programs of the user's own files.
    #[error(
        "A rehearsal would run programs of this configuration on this machine: {places}. Nothing was run. Read them, and pass \
         --allow-programs to let them run."
    )]
    Programs {
        /// Where they stand.
        places: String,
    },
    /// Modules or states from elsewhere.
    #[error(
        "A rehearsal would have to fetch from elsewhere what this configuration names: {places}. Nothing was dialled. Pass \
         --allow-network to let the engine fetch modules and read other states."
    )]
    Elsewhere {
        /// Where they stand.
        places: String,
    },
    /// A file that the engine can read and we cannot.
    #[error(
        "{} is beyond tierform's parser though the engine can read it, so nobody knows whether it runs programs or keeps the \
         state elsewhere: nothing was rehearsed. Write it more simply, or report it as a bug.",
        path.display()
    )]
    NotUnderstood {
        /// The file.
        path: PathBuf,
    },
    /// Too many files in the directory.
    #[error("{} holds more than {limit}, too much to copy: rehearse the directory that holds the .tf files alone.", path.display())]
    TooMuch {
        /// The directory.
        path: PathBuf,
        /// How much is copied at most.
        limit: String,
    },
    /// Too many files behind a link or in a module outside.
    #[error(
        "{} leads out of the directory to more than {limit}, too much to copy: take the link or the module's files that are not \
         needed away.",
        path.display()
    )]
    TooMuchOutside {
        /// The link, or the module.
        path: PathBuf,
        /// How much is copied at most.
        limit: String,
    },
    /// A new configuration that calls modules further up than the old one's path is deep.
    #[error("{} lies further outside the new directory than the copy of the old one is deep.", path.display())]
    TooFarOutside {
        /// The file.
        path: PathBuf,
    },
    /// The engine would keep the state elsewhere.
    #[error(
        "The copy is not alone: {what}. Nothing was planned or applied, as that could change a real state. Please report it as \
         a bug, with the terraform block of the configuration."
    )]
    NotIsolated {
        /// What was found.
        what: String,
    },
    /// The state is not where it must be, or cannot be read.
    #[error("The state of the copy cannot be read: {reason}.")]
    State {
        /// Why.
        reason: state::Unread,
    },
    /// The revision cannot be had.
    #[error("{0}.")]
    Git(#[from] GitError),
    /// The old directory cannot be applied, so that nothing can be planned over it.
    #[error("The directory that stands, {}, cannot be applied on the simulated clouds, so the change cannot be played:\n{problems}", path.display())]
    Old {
        /// The directory.
        path: PathBuf,
        /// In the engine's words.
        problems: String,
    },
    /// The bundle is damaged.
    #[error(transparent)]
    Bundle(#[from] schema::BundleError),
    /// The system refuses sockets, signals or threads.
    #[error("The simulated providers cannot start: {0}.")]
    Start(#[source] io::Error),
    /// The user stopped it.
    #[error("The rehearsal was interrupted; the engine has stopped and the copy is gone.")]
    Interrupted,
}

fn simulated() -> String {
    BUNDLE.iter().map(|bundled| format!("hashicorp/{}", bundled.name)).collect::<Vec<_>>().join(", ")
}

/// What a rehearsal is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// A command of the engine begins: `apply`.
    Phase(&'a str),
    /// So many things of an apply or a destroy are done.
    Done(usize),
}

/// What is told of the progress.
pub type Tell<'a> = &'a dyn Fn(Progress<'_>);

/// Rehearses a directory. `progress` hears of each command and of each thing that is done.
///
/// # Errors
/// When the rehearsal cannot run at all; a faulty configuration is a [`Report`] that is not clean.
pub fn run(options: &Options, progress: Tell<'_>) -> Result<Report, Error> {
    runtime()?.block_on(async {
        let mut stage = Stage::build(options)?;
        let mut report = phases::run(&mut stage, options, progress).await?;
        report.startup = stage.startup;
        report.providers = stage.providers();
        if options.keep {
            report.kept = Some(stage.keep());
        }
        Ok(report)
    })
}

/// A directory as a git revision has it, for as long as this lives.
#[derive(Debug)]
pub struct Exported {
    /// Where it is.
    pub path: PathBuf,
    _place: tempfile::TempDir,
}

/// Writes what a revision has in the place of the directory `near`, with the local modules that it calls.
///
/// # Errors
/// There is no such revision, or no directory in it, or it cannot be written.
pub fn export(revision: &Revision, near: &Path) -> Result<Exported, Error> {
    let place = stage::temporary_directory(&std::env::temp_dir(), "tierform-revision-")?;
    let path = runtime()?.block_on(async {
        let mut interrupt = engine::Interrupt::listen().map_err(Error::Start)?;
        git::export(revision, near, place.path(), &mut interrupt).await.map_err(Error::from)
    })?;
    Ok(Exported { path, _place: place })
}

fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Start)
}

/// Runs simulated providers for an engine that somebody else runs, until standard input ends. `ready` gets the value of
/// `TF_REATTACH_PROVIDERS` that makes an engine use them, once they listen.
///
/// # Errors
/// For a provider that is not simulated, or when the system refuses sockets.
pub fn serve(providers: &[String], ready: impl FnOnce(&str)) -> Result<(), Error> {
    let addresses: Vec<String> = providers.iter().map(|name| format!("hashicorp/{name}")).collect();
    let bundled = simulated_for(&addresses, &[])?;
    let sockets = temporary_directory(&std::env::temp_dir(), "tierform-rehearse-")?;
    runtime()?.block_on(async {
        let providers = load(&bundled, &Arc::default())?;
        let servers = [Servers::start(sockets.path(), providers).map_err(Error::Start)?];
        ready(&Servers::reattach(&servers));
        let ended =
            tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        // Whether it ended well or not, nobody is there any more.
        let _ = ended.await;
        Ok(())
    })
}
