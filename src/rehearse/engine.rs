//! The user's tofu or terraform: found, its version checked, its commands run and their JSON output read.
//! The engine is never changed or wrapped; all that it is told beyond the user's files stands here.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use super::events::{Event, EventPhase, Hook};
use super::report::Problem;
use super::{Error, Progress, Tell};

/// The oldest version of either engine that knows ephemeral resources and write-only arguments.
const OLDEST: (u32, u32) = (1, 11);

/// How long an engine may take to stop after it was asked to.
const PATIENCE: Duration = Duration::from_secs(10);

/// An engine that can be run.
pub struct Engine {
    program: PathBuf,
    /// `tofu` or `terraform`, by what it says of itself.
    pub product: &'static str,
    /// Its version, as in `1.11.4`.
    pub version: String,
}

/// What a command did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// How long it took.
    pub time: Duration,
    /// Its errors, whole and unwrapped.
    pub problems: Vec<Problem>,
    /// The changes that a plan wants, each as `address: action`.
    pub changes: Vec<String>,
    /// What an apply or a destroy did, in order.
    pub events: Vec<Event>,
    /// What `validate -json` printed.
    validation: String,
}

/// The directory, environment and variables that every command of one rehearsal has.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Where the copy of the user's directory is.
    pub directory: PathBuf,
    /// The whole environment.
    pub environment: BTreeMap<OsString, OsString>,
}

impl Engine {
    /// Finds the engine: `wanted` is a name or a path; without it tofu, then terraform.
    ///
    /// # Errors
    /// When none is there or it is too old.
    pub fn find(wanted: Option<&str>) -> Result<Engine, Error> {
        let names = wanted.map_or_else(|| vec!["tofu", "terraform"], |name| vec![name]);
        let program = names.iter().find_map(|name| locate(name)).ok_or_else(|| match wanted {
            Some(name) => Error::EngineNotFound { name: name.to_owned() },
            None => Error::NoEngine,
        })?;
        Engine::ask(program)
    }

    fn ask(program: PathBuf) -> Result<Engine, Error> {
        let unusable = |reason: String| Error::EngineUnusable { program: program.clone(), reason };
        let output = std::process::Command::new(&program)
            .arg("version")
            // Arguments in the environment (TF_CLI_ARGS) would be this command's too.
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .stdin(Stdio::null())
            .output()
            .map_err(|e| unusable(e.to_string()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let (product, version) = text
            .lines()
            .find_map(|line| match line.split_once(" v")? {
                ("OpenTofu", version) => Some(("tofu", version)),
                ("Terraform", version) => Some(("terraform", version)),
                _ => None,
            })
            .ok_or_else(|| unusable("`version` names neither OpenTofu nor Terraform".to_owned()))?;
        let version = version.split_whitespace().next().unwrap_or_default().to_owned();
        let mut numbers = version.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
        let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if found < OLDEST {
            return Err(Error::EngineTooOld { product, version });
        }
        Ok(Engine { program, product, version })
    }

    /// Runs one command to its end; an interrupt stops it.
    ///
    /// # Errors
    /// When it cannot be started, or was interrupted.
    pub async fn run(
        &self,
        setting: &Setting,
        arguments: &[&str],
        progress: Tell<'_>,
        interrupt: &mut Interrupt,
    ) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let started = Instant::now();
        let (status, errors) = self
            .execute(setting, arguments, &mut |line| outcome.read_line(line, progress), interrupt)
            .await?;
        outcome.code = status.code();
        outcome.time = started.elapsed();
        outcome.read_validation();
        if !status.success() && outcome.problems.is_empty() && outcome.code != Some(2) {
            outcome.problems.push(complaint(&errors));
        }
        Ok(outcome)
    }

    /// Runs one command that answers with one text.
    ///
    /// # Errors
    /// When it cannot be started, or was interrupted.
    pub async fn ask_for(
        &self,
        setting: &Setting,
        arguments: &[&str],
        interrupt: &mut Interrupt,
    ) -> Result<(Outcome, Vec<u8>), Error> {
        let mut text = Vec::new();
        let mut read = |line: &[u8]| {
            text.extend_from_slice(line);
            text.push(b'\n');
        };
        let started = Instant::now();
        let (status, errors) = self.execute(setting, arguments, &mut read, interrupt).await?;
        let mut outcome = Outcome { code: status.code(), time: started.elapsed(), ..Outcome::default() };
        if !status.success() {
            outcome.problems.push(complaint(&errors));
        }
        Ok((outcome, text))
    }

    async fn execute(
        &self,
        setting: &Setting,
        arguments: &[&str],
        read_line: &mut dyn FnMut(&[u8]),
        interrupt: &mut Interrupt,
    ) -> Result<(ExitStatus, String), Error> {
        let unusable = |e: std::io::Error| Error::EngineUnusable {
            program: self.program.clone(),
            reason: e.to_string(),
        };
        let mut child = Command::new(&self.program)
            .args(arguments)
            .current_dir(&setting.directory)
            .env_clear()
            .envs(&setting.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A terminal's Ctrl-C reaches its whole foreground group: here the engine is told by us, once.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(unusable)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let read = async {
            let lines = async {
                let Some(stdout) = stdout else { return };
                let mut lines = BufReader::with_capacity(1 << 16, stdout);
                let mut line = Vec::new();
                while lines.read_until(b'\n', &mut line).await.is_ok_and(|length| length > 0) {
                    read_line(line.trim_ascii_end());
                    line.clear();
                }
            };
            let errors = async {
                let mut text = Vec::new();
                if let Some(mut stderr) = stderr {
                    // What is cut short is still the best that there is to say; the exit code tells the rest.
                    let _ = stderr.read_to_end(&mut text).await;
                }
                String::from_utf8_lossy(&text).into_owned()
            };
            let ((), errors) = tokio::join!(lines, errors);
            errors
        };
        let errors = tokio::select! {
            errors = read => errors,
            () = interrupt.wait() => {
                stop(&mut child).await;
                return Err(Error::Interrupted);
            }
        };
        Ok((child.wait().await.map_err(unusable)?, errors))
    }
}

/// What a command that failed says of it on standard error.
fn complaint(errors: &str) -> Problem {
    let said = errors.trim();
    Problem::plain(if said.is_empty() {
        "The engine ended without saying why; something outside has perhaps stopped it."
    } else {
        said
    })
}

/// Asks the engine to stop, which lets it write its state, and ends it when it does not.
async fn stop(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    if let Some(group) = group {
        // It may be gone already, and then there is nobody to ask.
        let _ = kill_process_group(group, Signal::INT);
    }
    if tokio::time::timeout(PATIENCE, child.wait()).await.is_err()
        && let Some(group) = group
    {
        let _ = kill_process_group(group, Signal::KILL);
        let _ = child.wait().await;
    }
}

/// Ctrl-C and its relatives.
pub struct Interrupt {
    signals: [tokio::signal::unix::Signal; 3],
}

impl Interrupt {
    /// Starts to listen.
    ///
    /// # Errors
    /// When the system refuses a signal handler.
    pub fn listen() -> std::io::Result<Interrupt> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [a, b, c] = kinds.map(signal);
        Ok(Interrupt { signals: [a?, b?, c?] })
    }

    async fn wait(&mut self) {
        let [a, b, c] = &mut self.signals;
        tokio::select! { _ = a.recv() => {}, _ = b.recv() => {}, _ = c.recv() => {} }
    }

    /// Whether one has come; for work of our own that takes a while.
    ///
    /// # Errors
    /// When it has.
    pub async fn check(&mut self) -> Result<(), Error> {
        tokio::select! {
            biased;
            () = self.wait() => Err(Error::Interrupted),
            // Not at once: the signal is noticed by the runtime, which gets a turn here.
            () = tokio::task::yield_now() => Ok(()),
        }
    }
}

/// The program behind a name or a path.
fn locate(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return std::path::absolute(name).ok().filter(|path| path.is_file());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|path| runnable(path))
}

fn runnable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// One line of an engine's `-json` output; both engines have the same ones.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    r#type: String,
    diagnostic: Option<Problem>,
    change: Option<Change>,
    hook: Option<Hook>,
}

#[derive(Deserialize)]
struct Change {
    resource: Resource,
    #[serde(default)]
    action: String,
}

#[derive(Deserialize)]
struct Resource {
    addr: String,
}

#[derive(Deserialize)]
struct Validation {
    diagnostics: Vec<Problem>,
}

impl Outcome {
    fn read_line(&mut self, text: &[u8], progress: Tell<'_>) {
        let Ok(line) = serde_json::from_slice::<Line>(text) else {
            // `validate -json` prints one document over many lines.
            self.validation.push_str(&String::from_utf8_lossy(text));
            self.validation.push('\n');
            return;
        };
        match (line.r#type.as_str(), line.diagnostic, line.change, line.hook) {
            ("diagnostic", Some(problem), ..) if problem.is_error() => self.problems.push(problem),
            ("planned_change" | "resource_drift", _, Some(change), _) => {
                self.changes.push(format!("{}: {}", change.resource.addr, change.action));
            }
            (step, _, _, Some(hook)) => {
                self.events.extend(Event::read(step, hook));
                if step == "apply_complete" {
                    let is_done = |event: &&Event| event.phase == EventPhase::Complete;
                    progress(Progress::Done(self.events.iter().filter(is_done).count()));
                }
            }
            _ => {}
        }
    }

    fn read_validation(&mut self) {
        if let Ok(validation) = serde_json::from_str::<Validation>(&self.validation) {
            self.problems.extend(validation.diagnostics.into_iter().filter(Problem::is_error));
        }
    }
}
