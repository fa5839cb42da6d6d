//! Where a rehearsal takes place: the copy, the simulated cloud with its providers, the engine, and what it may not do.
//! Nothing of the user's is written, no program of his runs and nothing is dialled, unless he allows it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cloud::{Cloud, Snapshot};
use super::contents::Contents;
use super::copy::{Copy, Gathered};
use super::engine::{Engine, Interrupt, Outcome, Setting};
use super::environment::environment;
use super::provider::Provider;
use super::report::Problem;
use super::schema::{BUNDLE, Bundled};
use super::server::Servers;
use super::state::{State, Unread};
use super::{Error, GitError, Options, Revision, Tell, git};

/// The longest path that every system accepts for a unix socket, less the name of a provider.
const SOCKET_PATH: usize = 80;

/// Where the state of a directory without a backend is.
const STATE: &str = "terraform.tfstate";

/// What an engine leaves beside the state.
const BESIDE_THE_STATE: [&str; 2] = ["terraform.tfstate.backup", ".terraform.tfstate.lock.info"];

/// Everything that a rehearsal needs; it is gone from the disk when this is dropped.
pub struct Stage {
    /// The engine.
    pub engine: Engine,
    /// What exists.
    pub cloud: Arc<Cloud>,
    /// How long it took until the simulated providers listened.
    pub startup: Duration,
    interrupt: Interrupt,
    // Dropped before the directories that they are in.
    servers: Vec<Servers>,
    bundled: Vec<&'static Bundled>,
    setting: Setting,
    copy: Copy,
    /// What the last `init` knew of.
    initialised: Option<Contents>,
    sockets: tempfile::TempDir,
    temporary: tempfile::TempDir,
    options: Options,
}

/// A state and the cloud behind it.
#[derive(Debug, Clone)]
pub struct Moment {
    state: Option<Vec<u8>>,
    cloud: Snapshot,
}

impl Stage {
    /// An empty stage. Signals are handled from here on, so that whatever is written is also taken away.
    ///
    /// # Errors
    /// Without an engine, or when the system refuses what is needed. Called in the runtime.
    pub fn build(options: &Options) -> Result<Stage, Error> {
        let engine = Engine::find(options.engine.as_deref())?;
        let interrupt = Interrupt::listen().map_err(Error::Start)?;
        let temporary = temporary_directory(&std::env::temp_dir(), "tierform-rehearse-")?;
        // The copy may be anywhere, but a socket's path must be short.
        let sockets = match temporary.path().as_os_str().len() {
            0..=SOCKET_PATH => temporary_directory(temporary.path(), "sockets-")?,
            _ => temporary_directory(Path::new("/tmp"), "tierform-rehearse-")?,
        };
        let copy = Copy::new(temporary.path().join("copy"), Path::new(""));
        let environment = environment("{}", temporary.path(), &options.real)?;
        Ok(Stage {
            engine,
            cloud: Arc::default(),
            startup: Duration::ZERO,
            interrupt,
            servers: Vec::new(),
            bundled: Vec::new(),
            setting: Setting { directory: copy.root.clone(), environment },
            copy,
            initialised: None,
            sockets,
            temporary,
            options: options.clone(),
        })
    }

    /// Reads a configuration, and whether its files may be rehearsed at all.
    ///
    /// # Errors
    /// When it cannot be read, or would reach out of the copy.
    pub async fn read(&mut self, directory: &Path, overlay: &super::Overlay) -> Result<Gathered, Error> {
        let keep_lock = !self.options.real.is_empty();
        let gathered = Gathered::read(directory, overlay, keep_lock, &mut self.interrupt).await?;
        self.allow(&gathered.contents)?;
        Ok(gathered)
    }

    /// Writes what a revision has in the place of a directory, and says where.
    ///
    /// # Errors
    /// When there is no such revision, or no directory in it.
    pub async fn export(&mut self, revision: &Revision, near: &Path) -> Result<PathBuf, Error> {
        let target = self.file("revision");
        git::export(revision, near, &target, &mut self.interrupt).await.map_err(|error| match error {
            GitError::Interrupted => Error::Interrupted,
            error => Error::Git(error),
        })
    }

    /// Where the copy's root is to be: below so many directories of the root's own path.
    pub fn place(&mut self, gathered: &Gathered, levels: usize) {
        self.copy = Copy::new(self.temporary.path().join("copy"), &gathered.tail(levels));
        self.setting.directory.clone_from(&self.copy.root);
    }

    /// Puts a configuration in the place of the one before, with providers for it. What is returned says why an engine
    /// would refuse it.
    ///
    /// # Errors
    /// When it cannot be copied or asks for what is not simulated.
    pub async fn lay(&mut self, gathered: &mut Gathered) -> Result<Vec<Problem>, Error> {
        self.copy.lay(gathered, &mut self.interrupt).await?;
        let problems = self.ask_about_unread(gathered).await?;
        if !problems.is_empty() {
            return Ok(problems);
        }
        if !gathered.contents.elsewhere.is_empty() {
            // So that what is fetched is known before anything of it is used.
            let (outcome, _) =
                self.engine.ask_for(&self.setting, &["get", "-no-color"], &mut self.interrupt).await?;
            if !outcome.problems.is_empty() {
                return Ok(outcome.problems);
            }
            gathered.read_fetched(&self.copy.root, &mut self.interrupt).await?;
            self.allow(&gathered.contents)?;
            let problems = self.ask_about_unread(gathered).await?;
            if !problems.is_empty() {
                return Ok(problems);
            }
        }
        self.serve(&gathered.contents.providers)?;
        Ok(Vec::new())
    }

    /// Whether `init` has to run for what was laid.
    pub fn needs_init(&self, contents: &Contents) -> bool {
        self.initialised.as_ref().is_none_or(|before| contents.needs_init(before))
    }

    /// Runs `init`. It knows of no backend, so that it dials none and migrates nothing: without one an engine keeps the state
    /// beside the files, and where it sees one after all, it refuses to plan.
    ///
    /// # Errors
    /// When it cannot run, or the engine would keep the state elsewhere all the same.
    pub async fn init(&mut self, contents: &Contents, progress: Tell<'_>) -> Result<Outcome, Error> {
        let outcome =
            self.command(&["init", "-backend=false", "-input=false", "-json"], &[], progress).await?;
        self.be_isolated()?;
        if outcome.code == Some(0) {
            self.initialised = Some(contents.clone());
        }
        Ok(outcome)
    }

    /// Runs one command of the engine in the copy.
    ///
    /// # Errors
    /// When it cannot run, was interrupted, or the engine would keep the state elsewhere.
    pub async fn command(
        &mut self,
        command: &[&str],
        more: &[String],
        progress: Tell<'_>,
    ) -> Result<Outcome, Error> {
        let arguments: Vec<&str> = command.iter().copied().chain(more.iter().map(String::as_str)).collect();
        self.engine.run(&self.setting, &arguments, progress, &mut self.interrupt).await
    }

    /// Runs one command that answers with one text.
    ///
    /// # Errors
    /// When it cannot run or was interrupted.
    pub async fn ask_for(&mut self, command: &[&str]) -> Result<(Outcome, Vec<u8>), Error> {
        self.engine.ask_for(&self.setting, command, &mut self.interrupt).await
    }

    /// Makes sure that the engine itself knows of no backend and of no other workspace.
    ///
    /// # Errors
    /// When it does, or when that cannot be known.
    pub fn be_isolated(&self) -> Result<(), Error> {
        let data = self.copy.root.join(".terraform");
        let told = |what: &str| Err(Error::NotIsolated { what: what.to_owned() });
        match fs::read(data.join(STATE)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return told(&format!("what init noted of it cannot be read ({error})")),
            Ok(bytes) => match serde_json::from_slice::<serde_json::Value>(&bytes) {
                Ok(noted) => match noted.get("backend").filter(|backend| !backend.is_null()) {
                    None => {}
                    Some(backend) => {
                        return told(&format!("init has set up the backend {}", backend["type"]));
                    }
                },
                Err(error) => return told(&format!("what init noted of it is no JSON ({error})")),
            },
        }
        if data.join("environment").exists() {
            return told("a workspace was selected");
        }
        Ok(())
    }

    /// The state; `applied` says whether there must be one.
    ///
    /// # Errors
    /// When it cannot be read, or is not where it must be.
    pub fn state(&self) -> Result<State, Unread> {
        State::read(&self.copy.root.join(STATE))
    }

    /// This moment, to come back to.
    ///
    /// # Errors
    /// When the state's file cannot be read.
    pub fn moment(&self) -> Result<Moment, Error> {
        let path = self.copy.root.join(STATE);
        let state = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(reason) => return Err(Error::Unreadable { path, reason }),
        };
        Ok(Moment { state, cloud: self.cloud.snapshot() })
    }

    /// Comes back to a moment; the files stay those that were laid last.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn return_to(&mut self, moment: &Moment) -> Result<(), Error> {
        self.cloud.restore(&moment.cloud);
        let remove = |name: &str| {
            let path = self.copy.root.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::Unwritable { path, reason: error })
                }
                _ => Ok(()),
            }
        };
        BESIDE_THE_STATE.iter().try_for_each(|name| remove(name))?;
        match &moment.state {
            None => remove(STATE),
            Some(bytes) => {
                let path = self.copy.root.join(STATE);
                fs::write(&path, bytes).map_err(|reason| Error::Unwritable { path, reason })
            }
        }
    }

    /// A file for the engine that is no part of the copy.
    pub fn file(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    /// The simulated providers, as in `google 8.0.0`.
    pub fn providers(&self) -> Vec<String> {
        self.bundled.iter().map(|bundled| format!("{} {}", bundled.name, bundled.version)).collect()
    }

    /// Leaves the copy behind and says where it is.
    pub fn keep(self) -> PathBuf {
        self.temporary.keep().join("copy")
    }

    /// Whether the names of `--real` are those of providers that are required.
    ///
    /// # Errors
    /// When one is not.
    pub fn know_real(&self, required: &BTreeSet<String>) -> Result<(), Error> {
        let unknown =
            self.options.real.iter().find(|name| !required.iter().any(|address| is_named(address, name)));
        match unknown {
            None => Ok(()),
            Some(name) => Err(Error::NotRequired {
                name: name.clone(),
                required: required.iter().cloned().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    fn allow(&self, contents: &Contents) -> Result<(), Error> {
        if !contents.programs.is_empty() && !self.options.allow_programs {
            return Err(Error::Programs { places: contents.programs.join("; ") });
        }
        if !contents.elsewhere.is_empty() && !self.options.allow_network {
            return Err(Error::Elsewhere { places: contents.elsewhere.join("; ") });
        }
        Ok(())
    }

    /// What the engine says of the files that we cannot read. If it can read one, nobody knows what is in it.
    async fn ask_about_unread(&mut self, gathered: &Gathered) -> Result<Vec<Problem>, Error> {
        let mut problems = Vec::new();
        for path in &gathered.contents.unread {
            let shown = gathered.shown(path);
            let name = shown.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.contains(".tofu") && self.engine.product == "terraform" {
                continue;
            }
            let mut setting = self.setting.clone();
            setting.directory.push(shown.parent().unwrap_or(Path::new("")));
            let mut found = Vec::new();
            if !name.ends_with(".json") {
                let command = ["fmt", "-list=false", "-write=false", "-no-color", name.as_str()];
                let (outcome, _) = self.engine.ask_for(&setting, &command, &mut self.interrupt).await?;
                if outcome.code == Some(0) {
                    return Err(Error::NotUnderstood { path: path.clone() });
                }
                found = outcome.problems;
            }
            // It says the same with the place, and reads no more than the files of this one module.
            let validation =
                self.engine.run(&setting, &["validate", "-json"], &|_| {}, &mut self.interrupt).await?;
            let here = |problem: &Problem| problem.range.as_ref().is_some_and(|range| range.filename == name);
            let mut placed: Vec<Problem> = validation.problems.into_iter().filter(here).collect();
            for range in placed.iter_mut().filter_map(|problem| problem.range.as_mut()) {
                range.filename = shown.display().to_string();
            }
            if placed.is_empty() {
                placed = found;
            }
            if placed.is_empty() {
                let says = "is not JSON, or has a key twice, so nobody knows what it does.";
                placed.push(Problem::plain(&format!("{} {says}", shown.display())));
            }
            problems.append(&mut placed);
        }
        Ok(problems)
    }

    /// Starts the simulated providers that are required and do not run yet.
    fn serve(&mut self, required: &BTreeSet<String>) -> Result<(), Error> {
        let started = Instant::now();
        let mut missing = simulated_for(required, &self.options.real)?;
        missing.retain(|bundled| self.bundled.iter().all(|known| known.name != bundled.name));
        if missing.is_empty() && !self.servers.is_empty() {
            return Ok(());
        }
        let providers = load(&missing, &self.cloud)?;
        self.servers.push(Servers::start(self.sockets.path(), providers).map_err(Error::Start)?);
        self.bundled.extend(missing);
        let reattach = Servers::reattach(&self.servers);
        self.setting.environment = environment(&reattach, self.temporary.path(), &self.options.real)?;
        self.startup += started.elapsed();
        Ok(())
    }
}

/// A directory that nobody else can look into.
pub fn temporary_directory(place: &Path, prefix: &str) -> Result<tempfile::TempDir, Error> {
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(place)
        .map_err(|reason| Error::Unwritable { path: place.to_owned(), reason })
}

fn is_named(address: &str, name: &str) -> bool {
    address == name || address.strip_prefix("hashicorp/") == Some(name)
}

/// The bundled providers among the required ones; every other one must be left to the engine by name.
pub fn simulated_for<'a>(
    required: impl IntoIterator<Item = &'a String>,
    real: &[String],
) -> Result<Vec<&'static Bundled>, Error> {
    let mut bundled = Vec::new();
    let mut missing = Vec::new();
    for address in required {
        if real.iter().any(|name| is_named(address, name)) {
            continue;
        }
        let name = address.strip_prefix("hashicorp/");
        match BUNDLE.iter().find(|bundled| Some(bundled.name) == name) {
            Some(found) => bundled.push(found),
            None => missing.push(address.clone()),
        }
    }
    if missing.is_empty() { Ok(bundled) } else { Err(Error::NotSimulated { providers: missing }) }
}

/// Providers that share a cloud.
pub fn load(bundled: &[&'static Bundled], cloud: &Arc<Cloud>) -> Result<Vec<Arc<Provider>>, Error> {
    let provider = |bundled: &&'static Bundled| {
        Ok(Arc::new(Provider::new(bundled.name, bundled.load()?, Arc::clone(cloud))))
    };
    bundled.iter().map(provider).collect()
}
