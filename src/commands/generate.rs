//! `tierform generate`: writes what differs, keeps what the user edited, and says both.

use std::process::ExitCode;

use tierform::output::Kind;
use tierform::{output, render};

use super::{Failure, Source, print, say, warn};
use crate::cli::Place;

/// The status for "done, but files that you edited were left as they are".
const KEPT: u8 = 3;

pub fn run(place: &Place) -> Result<ExitCode, Failure> {
    let source = Source::load(&place.spec)?;
    let out = source.out(&place.spec, place.out.as_deref());
    let tree = render::render(&source.compiled.plan)?;
    let changes = output::compare(&tree, &out, &source.sha256)?;
    let written = changes.iter().filter(|change| change.kind.is_written());
    render::verify(written.filter_map(|change| Some((change.path.as_str(), tree.get(&change.path)?))))?;
    output::write(&changes)?;

    let mut text = String::new();
    for change in changes.iter().filter(|change| change.kind.is_written()) {
        text += &format!("{:<6} {}\n", change.kind.to_string(), change.path);
    }
    text += &match changes.written() {
        0 => format!("{} is current: {} files, nothing to write\n", out.display(), tree.len()),
        written => format!("{}: {written} of {} files written\n", out.display(), tree.len()),
    };

    // First what must not be missed: stdout may be closed or full.
    warn(&source.compiled.plan.warnings);
    let kept: Vec<_> = changes.kept().collect();
    for change in &kept {
        say(&format!("{}: {}", change.path, change.kind.reason()));
    }
    for change in changes.iter().filter(|change| change.kind == Kind::Deleted) {
        say(&format!("{}: {}", change.path, change.kind.reason()));
    }
    print(&text)?;
    Ok(if kept.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(KEPT) })
}
