//! `tierform review`: a real plan in the deployment's own words; never writes.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use tierform::review;

use super::{Failure, print};
use crate::cli::{Format, Review};

/// The status for "something changes".
const SOMETHING: u8 = 2;

/// The status for "and it is one of what --fail-on names".
pub const REFUSED: u8 = 3;

pub fn run(arguments: &Review) -> Result<ExitCode, Failure> {
    let path = &arguments.plan;
    let review =
        review::review(&read(path)?).map_err(|reason| Failure::NotAPlan { path: path.clone(), reason })?;
    print(&match arguments.format {
        Format::Table => format!("{}\n\n{}", review.judged_by(), review.to_text()),
        Format::Json => format!("{:#}\n", review.to_json()),
        Format::Markdown => format!("{}\n\n{}", review.judged_by(), review.to_markdown()),
    })?;
    Ok(if review.account.has(&arguments.fail_on) {
        ExitCode::from(REFUSED)
    } else if review.account.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(SOMETHING)
    })
}

/// The bytes of a file, or of standard input where it is called `-`.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |reason| Failure::UnreadablePlan { path: path.to_owned(), reason };
    if path.as_os_str() != "-" {
        return std::fs::read(path).map_err(unreadable);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
