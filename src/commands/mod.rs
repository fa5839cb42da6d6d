//! One file per subcommand: thin printers over the library. Results go to stdout, everything else to stderr.

mod check;
mod generate;
mod rehearse;
mod size;
mod tiers;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tierform::diagnostic::{self, Diagnostic};
use tierform::output::OutputError;
use tierform::render::RenderError;
use tierform::sizing::Warning;
use tierform::spec::{self, Unreadable};
use tierform::{Compiled, compile};

use crate::cli::Command;

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
    /// The result could not be printed.
    #[error("error: the result could not be printed: {0}")]
    Print(std::io::Error),
}

/// Runs a subcommand; the status is what it promises in its help.
pub fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Generate(place) => generate::run(place),
        Command::Check(place) => check::run(place),
        Command::Size(size) => size::run(size),
        Command::Rehearse(rehearse) => rehearse::run(rehearse),
        Command::Tiers(tiers) => tiers::run(tiers),
    }
}

/// A spec on disk, compiled.
pub struct Source {
    pub compiled: Compiled,
    pub sha256: String,
}

impl Source {
    pub fn load(path: &Path) -> Result<Source, Failure> {
        let text = spec::load(path)?;
        match compile(&text) {
            Ok(compiled) => Ok(Source { compiled, sha256: tierform::tree::sha256_hex(text.as_bytes()) }),
            Err(problems) => Err(Failure::Spec(report(&problems, &path.display().to_string(), &text))),
        }
    }

    /// Where the directory of the spec at `path` is: `asked`, else the spec's `output`, else `infra`, beside the spec.
    pub fn out(&self, path: &Path, asked: Option<&Path>) -> PathBuf {
        let output = self.compiled.spec.output.as_ref().map_or("infra", |output| output.get_ref());
        asked.map_or_else(|| path.parent().unwrap_or(Path::new("")).join(output), Path::to_path_buf)
    }
}

/// The mistakes as text.
fn report(problems: &[Diagnostic], name: &str, text: &str) -> String {
    diagnostic::render(problems, name, text, is_colourful()).trim_end().to_owned()
}

fn is_colourful() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
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
