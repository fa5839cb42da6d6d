//! `tierform review`: a real plan in the deployment's own words; never writes.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use tierform::impact::Unread;
use tierform::rehearse::{self, Revision};
use tierform::review::{self, Review};

use super::{Failure, gate, print};
use crate::cli::{self, Format};

pub fn run(arguments: &cli::Review) -> Result<ExitCode, Failure> {
    let path = &arguments.plan;
    let mut review =
        review::review(&read(path)?).map_err(|reason| Failure::NotAPlan { path: path.clone(), reason })?;
    if let Some(from) = &arguments.from {
        compare(&mut review, from, &arguments.dir)?;
    }
    print(&match arguments.format {
        Format::Table => format!("{}\n\n{}", review.judged_by(), review.to_text()),
        Format::Json => format!("{:#}\n", review.to_json()),
        Format::Markdown => format!("{}\n\n{}", review.judged_by(), review.to_markdown()),
    })?;
    Ok(gate(&review.account, &arguments.gate))
}

/// Holds the plan against the change of the files from what was applied last.
fn compare(review: &mut Review, from: &str, dir: &Path) -> Result<(), Failure> {
    let unread = |unread: Unread| Failure::NotJudged(unread.into());
    if !dir.is_dir() {
        return Err(Failure::NoDirectory(dir.to_owned()));
    }
    match from.strip_prefix("git:") {
        Some(revision) => {
            let old = rehearse::export(&Revision::parse(revision), dir)?;
            review.compare(&old.path, dir).map_err(unread)
        }
        None if Path::new(from).is_dir() => review.compare(Path::new(from), dir).map_err(unread),
        None => Err(Failure::NoDirectory(from.into())),
    }
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
