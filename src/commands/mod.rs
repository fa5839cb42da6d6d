//! One file per subcommand: thin printers over the library. Results go to stdout, everything else to stderr.

mod check;
mod cost;
mod diff;
mod earlier;
mod explain;
mod generate;
mod init;
mod machines;
mod regions;
mod rehearse;
mod releases;
mod review;
mod schema;
mod shell;
mod size;
mod tiers;
mod watch;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tierform::deployment::{self, Catalog as Decisions, Deployment, OpenError};
use tierform::diagnostic::{self, Diagnostic};
use tierform::impact::Account;
use tierform::output::OutputError;
use tierform::record::Decided;
use tierform::render::RenderError;
use tierform::sizing::Warning;
use tierform::spec::{self, Cloud, Reading, Spec, Unreadable};
use tierform::tree::sha256_hex;
use tierform::{Compiled, catalog, compile_reading, resolve};

use crate::cli::{Catalog, Command, Gate, Place, Question};

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The spec has mistakes; the text is the whole report.
    #[error("{0}")]
    Spec(String),
    /// The spec could not be read.
    #[error("error: {0}")]
    Unreadable(#[from] Unreadable),
    /// The output directory could not be compared or written.
    #[error("error: {0}")]
    Output(#[from] OutputError),
    /// A bug in the templates.
    #[error("error: {0}")]
    Render(#[from] RenderError),
    /// The rehearsal could not run.
    #[error("error: {0}")]
    Rehearse(#[from] tierform::rehearse::Error),
    /// What a change means in the cloud could not be told.
    #[error("error: {0}")]
    NotJudged(#[from] tierform::impact::judge::NotJudged),
    /// A plan is not what the engines print.
    #[error("error: the engine's plan cannot be read: {0}; please report it with the engine's version")]
    NoPlan(String),
    /// A plan could not be read.
    #[error("error: {path} cannot be read: {reason}")]
    UnreadablePlan { path: std::path::PathBuf, reason: std::io::Error },
    /// A file is no plan that can be told.
    #[error("error: {path}: {reason}")]
    NotAPlan { path: std::path::PathBuf, reason: tierform::impact::plan_json::NoPlan },
    /// A gate over what nobody asked for.
    #[error("error: --fail-on is about what a change does in the cloud: write --impact with it")]
    NoImpactAsked,
    /// A directory has nothing that an engine reads.
    #[error("error: {} has no .tf file, so it is no directory that anything was applied from", .0.display())]
    NoConfiguration(std::path::PathBuf),
    /// A directory that is named is none.
    #[error("error: {} is no directory", .0.display())]
    NoDirectory(std::path::PathBuf),
    /// What was asked about is not there.
    #[error("error: {0}")]
    NotExplained(#[from] tierform::explain::NotExplained),
    /// What was decided for the directory could not be read.
    #[error("error: {0}")]
    Open(OpenError),
    /// The result could not be printed.
    #[error("error: the result could not be printed: {0}")]
    Print(std::io::Error),
}

impl Failure {
    /// Whether our own records of the directory are damaged, so that what stands there is not known.
    fn is_damage(&self) -> bool {
        use tierform::output::OutputError::Damaged;
        matches!(
            self,
            Self::Output(Damaged { .. })
                | Self::Open(OpenError::Output(Damaged { .. }) | OpenError::Damaged(_))
        )
    }
}

/// Runs a subcommand; the status is what it promises in its help.
pub fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Generate(generate) => generate::run(generate),
        Command::Check(check) => check::run(check),
        Command::Diff(diff) => diff::run(diff),
        Command::Size(size) => size::run(size),
        Command::Explain(explain) => explain::run(explain),
        Command::Init(init) => init::run(init),
        Command::Schema => schema::run(),
        Command::Completions { shell } => shell::completions(*shell),
        Command::Man => shell::man(),
        Command::Rehearse(rehearse) => rehearse::run(rehearse),
        Command::Review(review) => review::run(review),
        Command::Cost(cost) => cost::run(cost),
        Command::Tiers(tiers) => tiers::run(tiers),
        Command::Machines(catalog) => machines::run(catalog),
        Command::Regions(catalog) => regions::run(catalog),
        Command::Releases { format } => releases::run(*format),
    }
}

/// The status of an account: 0 nothing, 2 something, 3 something that must not be let through.
fn gate(account: &Account, gate: &Gate) -> ExitCode {
    if account.has(&gate.fail_on) {
        ExitCode::from(3)
    } else if account.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    }
}

/// The spec at `path`, compiled for its own sake.
///
/// A directory that exists keeps its tier's revision and its ranges, so what is said of its spec goes by them too.
pub fn compiled(path: &Path) -> Result<Compiled, Failure> {
    let text = spec::load(path)?;
    let reading = spec::read(&text);
    let out = out_of(&reading, path);
    let decided = deployment::decided(&out).unwrap_or_else(|error| {
        say(&format!(
            "what was decided for {} could not be looked at, so this is what a fresh one has: {error}",
            out.display()
        ));
        Decided::default()
    });
    compile_reading(reading, &decided)
        .map_err(|problems| Failure::Spec(report(&problems, &path.display().to_string(), &text)))
}

/// The directory that a spec names, else `infra`, beside the spec.
fn out_of(reading: &Reading, spec: &Path) -> PathBuf {
    let output = reading.spec.as_ref().and_then(|spec| spec.output.as_ref());
    spec.parent().unwrap_or(Path::new("")).join(output.map_or("infra", |output| output.get_ref()))
}

/// A spec on disk and the directory that is generated from it.
pub struct Project {
    pub deployment: Deployment,
    pub spec_sha256: String,
}

impl Project {
    /// Reads both; `upgrade` takes this program's catalog instead of what was decided for the directory.
    pub fn load(place: &Place, upgrade: bool) -> Result<Project, Failure> {
        Project::of(&spec::load(&place.spec)?, place, upgrade)
    }

    /// The same for a text that stands for the spec's.
    pub fn of(text: &str, place: &Place, upgrade: bool) -> Result<Project, Failure> {
        let reading = spec::read(text);
        let out = place.out.clone().unwrap_or_else(|| out_of(&reading, &place.spec));
        let decisions = if upgrade { Decisions::Upgraded } else { Decisions::Kept };
        let deployment = Deployment::open(text, reading, &out, decisions).map_err(|error| match error {
            OpenError::Spec(problems) => {
                Failure::Spec(report(&problems, &place.spec.display().to_string(), text))
            }
            OpenError::Output(error) => error.into(),
            other => Failure::Open(other),
        })?;
        if deployment.opened.is_crlf() {
            say(&format!(
                "{} came with Windows line ends, as git's core.autocrlf makes them: the records are read as what they were, \
                 and generate writes them and the generated files without",
                deployment.opened.out().display()
            ));
        }
        Ok(Project { deployment, spec_sha256: sha256_hex(text.as_bytes()) })
    }
}

/// The spec that a question is about; none where it is about a tier.
pub fn spec_of(question: &Question) -> Option<&Path> {
    match (question.tier, question.cloud) {
        (Some(_), Some(_)) => None,
        _ => Some(question.spec.as_deref().unwrap_or(Path::new("coder.toml"))),
    }
}

/// What a question is about, compiled.
pub fn answer(question: &Question) -> Result<Compiled, Failure> {
    let (Some(tier), Some(cloud)) = (question.tier, question.cloud) else {
        return compiled(spec_of(question).unwrap_or(Path::new("coder.toml")));
    };
    let region = question.region.as_deref().unwrap_or(catalog::list_region(cloud));
    resolve(Spec::of_tier(tier, question.tier_revision, cloud, region)).map_err(|problems| told(&problems))
}

/// What is wrong with a spec that is no file's, in sentences.
fn told(problems: &[Diagnostic]) -> Failure {
    let sentence = |problem: &Diagnostic| match &problem.help {
        Some(help) => format!("error: {}; {help}", problem.message),
        None => format!("error: {}", problem.message),
    };
    Failure::Spec(problems.iter().map(sentence).collect::<Vec<_>>().join("\n"))
}

impl Catalog {
    /// Refuses a region or a family that no cloud in question has.
    pub fn check(&self) -> Result<(), Failure> {
        let refuse = |noun: &str, name: &str, near: Option<&str>| {
            let help = match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("leave --{noun} out to see them all"),
            };
            Err(Failure::Spec(format!("error: no {noun} \"{name}\" is known; {help}")))
        };
        let regions = || self.clouds().flat_map(catalog::regions).map(|region| region.name);
        if let Some(name) = self.region.as_deref().filter(|name| regions().all(|region| region != *name)) {
            return refuse("region", name, catalog::nearest(name, regions()));
        }
        let machines = || self.clouds().flat_map(catalog::machines);
        let families = || machines().map(|machine| machine.family);
        match self.family.as_deref() {
            Some(name) if !machines().any(|machine| self.is_family(machine.family, machine.series)) => {
                refuse("family", name, catalog::nearest(name, families()))
            }
            _ => Ok(()),
        }
    }

    /// The clouds in question.
    pub fn clouds(&self) -> impl Iterator<Item = Cloud> {
        let asked = self.cloud;
        Cloud::ALL.into_iter().filter(move |cloud| asked.is_none_or(|asked| asked == *cloud))
    }

    /// Whether a family is the one in question, by its own name or by its series'.
    pub fn is_family(&self, family: &str, series: &str) -> bool {
        self.family.as_deref().is_none_or(|asked| asked == family || asked == series)
    }
}

/// The mistakes as text.
fn report(problems: &[Diagnostic], name: &str, text: &str) -> String {
    diagnostic::render(problems, name, text, is_colourful()).trim_end().to_owned()
}

fn is_colourful() -> bool {
    std::io::stderr().is_terminal() && is_colour_wanted()
}

/// Whether nobody asked for plain text.
pub fn is_colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Says something to the person at the terminal.
pub fn say(text: &str) {
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn warn(warnings: &[Warning]) {
    for warning in warnings {
        say(&format!("warning: {} [{}]", warning.message, warning.code));
    }
}

/// Prints a result. A reader that has seen enough (`| head`) is no error.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Print(error)),
        _ => Ok(()),
    }
}
