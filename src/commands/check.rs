//! `tierform check`: compares and reports; never writes.

use std::process::ExitCode;

use tierform::output::Kind;
use tierform::{output, render};

use super::{Failure, Source, print};
use crate::cli::Place;

/// The status for a stale directory.
const STALE: u8 = 2;

pub fn run(place: &Place) -> Result<ExitCode, Failure> {
    let source = Source::load(&place.spec)?;
    let out = source.out(&place.spec, place.out.as_deref());
    let tree = render::render(&source.compiled.plan)?;
    let changes = output::compare(&tree, &out, &source.sha256)?;

    let mut text = String::new();
    for change in changes.iter().filter(|change| change.kind != Kind::Unchanged) {
        text += &format!("{:<8} {}: {}\n", change.kind.to_string(), change.path, change.kind.reason());
    }
    let current = changes.is_current();
    text += &if current {
        format!("{} is current: {} files\n", out.display(), tree.len())
    } else {
        format!(
            "{} is stale: {} files would be written; run tierform generate\n",
            out.display(),
            changes.written()
        )
    };
    print(&text)?;
    Ok(if current { ExitCode::SUCCESS } else { ExitCode::from(STALE) })
}
