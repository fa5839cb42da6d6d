//! `tierform review`: a real plan in the deployment's own words; never writes.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use tierform::review;

use super::earlier::Earlier;
use super::{Failure, gate, print};
use crate::cli::{self, Format};

/// The status for "the plan does something, or not what the files promise".
const DIFFERENT: u8 = 2;

pub fn run(arguments: &cli::Review) -> Result<ExitCode, Failure> {
    let path = &arguments.plan;
    let mut review =
        review::review(&read(path)?).map_err(|reason| Failure::NotAPlan { path: path.clone(), reason })?;
    if let Some(from) = &arguments.from {
        let old = Earlier::of(from, &arguments.dir)?;
        review.compare(old.path(), &arguments.dir).map_err(|unread| Failure::NotJudged(unread.into()))?;
    }
    print(&match arguments.format {
        Format::Table => format!("{}\n\n{}", review.judged_by(), review.to_text()),
        Format::Json => format!("{:#}\n", review.to_json()),
        Format::Markdown => format!("{}\n\n{}", review.judged_by(), review.to_markdown()),
    })?;
    let status = gate(&review.account, &arguments.gate);
    // A plan without changes where some were promised is no plan of these files.
    let is_other = review.unpromised.is_some_and(|others| !others.is_empty());
    Ok(if status == ExitCode::SUCCESS && is_other { ExitCode::from(DIFFERENT) } else { status })
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
