//! `tierform rehearse`: runs the rehearsal, shows its progress on a terminal, prints its report.

use std::io::IsTerminal;
use std::process::ExitCode;

use tierform::rehearse::{self, Options};

use super::{Failure, print, say};
use crate::cli::{Rehearse, ReportFormat};

/// The status for "the rehearsal found something".
const FOUND: u8 = 2;

pub fn run(arguments: &Rehearse) -> Result<ExitCode, Failure> {
    let options = Options {
        dir: arguments.dir.clone(),
        engine: arguments.engine.clone(),
        keep: arguments.keep,
        vars: arguments.var.clone(),
        real: arguments.real.clone(),
        allow_programs: arguments.allow_programs,
        allow_network: arguments.allow_network,
    };
    let watched = std::io::stderr().is_terminal();
    let report = rehearse::run(&options, &|line| {
        if watched {
            say(line);
        }
    })?;
    print(&match arguments.format {
        ReportFormat::Table => report.to_text(),
        ReportFormat::Json => report.to_json(),
    })?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}
