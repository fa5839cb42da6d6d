//! `tierform rehearse`: runs the rehearsal, or plays a change; shows its progress, prints its report.

use std::path::PathBuf;
use std::process::ExitCode;

use tierform::deployment::Deployment;
use tierform::impact::judge;
use tierform::output::Request;
use tierform::rehearse::play::{New, Reach, play};
use tierform::rehearse::story::Story;
use tierform::rehearse::{self, Options, Overlay, Revision};
use tierform::upgrade::Upgrade;
use tierform::{output, render, spec};

use super::watch::Watch;
use super::{Failure, Project, print, say};
use crate::cli::{Place, Rehearse, ReportFormat};

/// The status for "the rehearsal found something".
const FOUND: u8 = 2;

pub fn run(arguments: &Rehearse) -> Result<ExitCode, Failure> {
    let options = Options {
        dir: arguments.dir.clone().unwrap_or_else(|| "infra".into()),
        revision: None,
        engine: arguments.engine.clone(),
        keep: arguments.keep,
        vars: arguments.var.clone(),
        real: arguments.real.clone(),
        allow_programs: arguments.allow_programs,
        allow_network: arguments.allow_network,
    };
    if arguments.from.is_some() || !arguments.edit.is_empty() {
        return change(arguments, options);
    }
    let watch = Watch::default();
    let report = rehearse::run(&options, &|progress| watch.tell(progress));
    watch.end();
    let report = report?;
    print(&match arguments.format {
        ReportFormat::Table => report.to_text(),
        ReportFormat::Json => report.to_json(),
    })?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

/// Plays a change.
fn change(arguments: &Rehearse, mut options: Options) -> Result<ExitCode, Failure> {
    let mut is_refused = false;
    let new = match arguments.edit.as_slice() {
        [] => New::Directory(options.dir.clone()),
        edits => {
            let Edited { out, overlay, upgrade } = edited(arguments, edits)?;
            // Coder itself refuses what no cloud does.
            upgrade.iter().flat_map(Upgrade::steps).for_each(|step| say(&step));
            is_refused = upgrade.is_some_and(|upgrade| upgrade.is_refused());
            options.dir.clone_from(&out);
            New::DirectoryOver(out, overlay)
        }
    };
    match arguments.from.as_deref().map(|from| (from, from.strip_prefix("git:"))) {
        Some((_, Some(revision))) => options.revision = Some(Revision::parse(revision)),
        Some((from, None)) => options.dir = from.into(),
        None => {}
    }
    let watch = Watch::default();
    let played = play(&options, &new, Reach::Destroy, &|progress| watch.tell(progress));
    watch.end();
    let played = played?;
    let story = Story::of(&played).map_err(Failure::NoPlan)?;
    print(&match arguments.format {
        ReportFormat::Table => story.to_text(),
        ReportFormat::Json => story.to_json(),
    })?;
    Ok(if story.is_clean() && !is_refused { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

/// What `generate` would do if the spec had other values.
struct Edited {
    out: PathBuf,
    overlay: Overlay,
    upgrade: Option<Upgrade>,
}

/// The directory of the spec, and what `generate` would write there if the spec had other values.
fn edited(arguments: &Rehearse, edits: &[(String, String)]) -> Result<Edited, Failure> {
    let mut text = spec::load(&arguments.spec)?;
    for (key, value) in edits {
        text =
            spec::edit(&text, key, value).map_err(|sentence| Failure::Spec(format!("error: {sentence}")))?;
    }
    let place = Place { spec: arguments.spec.clone(), out: arguments.dir.clone() };
    let Project { deployment, spec_sha256 } = Project::of(&text, &place, false)?;
    let Deployment { plan, record, opened, upgrade, .. } = deployment;
    let out = opened.out().to_owned();
    let tree = render::render(&plan)?;
    let request = Request { spec_sha256: &spec_sha256, record: Some(record), ..Request::default() };
    let changes = output::compare_for(&tree, opened, request)?;
    for change in changes.iter().filter(|change| change.kind.is_unresolved()) {
        say(&format!("{}: {}", change.path, change.reason()));
    }
    Ok(Edited { out, overlay: judge::overlay(&changes), upgrade })
}
