//! `tierform generate`: writes what differs, merges or keeps what the user edited, and says both.

use std::path::Path;
use std::process::ExitCode;

use tierform::deployment::Deployment;
use tierform::impact::gate::{self, Accepted, Verdict};
use tierform::output::{Changes, Kind, Request};
use tierform::record::Difference;
use tierform::upgrade::Upgrade;
use tierform::{PROGRAM, output, render};

use super::{Failure, Project, print, say, warn};
use crate::cli::Generate;

/// The status for "done, but something is left for you to decide".
const UNDECIDED: u8 = 3;

/// Lines of a report that name files one by one; a directory with more is told in one line.
const SHOWN: usize = 12;

pub fn run(arguments: &Generate) -> Result<ExitCode, Failure> {
    match generate(arguments) {
        // What was written there is not known, and so is not what a change would do to it.
        Err(failure) if failure.is_damage() => {
            say(&format!("{failure}; nothing was written"));
            Ok(ExitCode::from(UNDECIDED))
        }
        ended => ended,
    }
}

fn generate(arguments: &Generate) -> Result<ExitCode, Failure> {
    let project = Project::load(&arguments.place, arguments.upgrade_catalog)?;
    let Project { deployment, spec_sha256 } = project;
    let Deployment { plan, record, notices, opened, offered, moved, smaller, upgrade } = deployment;
    let request = Request {
        spec_sha256: &spec_sha256,
        program: PROGRAM,
        record: Some(record),
        force: &arguments.force,
        restore: &arguments.restore,
        keep: &arguments.keep,
    };
    // A change of the catalog is told file by file.
    if offered.is_empty()
        && !arguments.upgrade_catalog
        && let Some(files) = output::current(&opened, &request, render::embedded)?
    {
        warn(&plan.warnings);
        warn(&notices);
        print(&nothing_to_write(opened.out(), files))?;
        return Ok(ExitCode::SUCCESS);
    }
    let tree = render::render(&plan)?;
    let changes = output::compare_for(&tree, opened, request)?;
    let written = changes.iter().filter(|change| change.is_written());
    render::verify(written.filter_map(|change| Some((change.path.as_str(), tree.get(&change.path)?))))?;
    if let Some(upgrade) =
        upgrade.as_ref().filter(|upgrade| upgrade.is_refused() && !arguments.accept_data_loss)
    {
        upgrade.steps().iter().for_each(|step| say(step));
        say(&format!("nothing was written to {}", changes.out().display()));
        return Ok(ExitCode::from(UNDECIDED));
    }
    let accepted = Accepted {
        data_loss: arguments.accept_data_loss,
        refused: arguments.accept_refused,
        unknown: arguments.accept_unknown,
    };
    let Verdict { stopped, taken_on, account } = gate::verdict(&changes, accepted);
    if let Some(reason) = stopped {
        say(&reason);
        return Ok(ExitCode::from(UNDECIDED));
    }
    if !arguments.dry_run {
        output::write(&changes)?;
    }

    // First what must not be missed: stdout may be closed or full.
    warn(&plan.warnings);
    warn(&notices);
    upgrade.iter().flat_map(Upgrade::steps).for_each(|step| say(&step));
    for part in &smaller {
        say(&part.to_string());
    }
    match account.filter(|account| arguments.upgrade_catalog && !account.is_empty()) {
        Some(account) => {
            say(&format!("what the upgrade does in the cloud:\n{}", account.to_text().trim_end()))
        }
        None => taken_on.iter().for_each(|rows| say(rows.trim_end())),
    }
    if let Some(text) = gate::taken(&changes) {
        say(text.trim_end());
    }
    say_decisions(&offered, &moved, arguments.upgrade_catalog);
    for change in changes.iter() {
        if change.kind.is_kept() || change.is_settled() || matches!(change.kind, Kind::Deleted | Kind::Force)
        {
            say(&format!("{}: {}", change.path, change.reason()));
        }
    }
    print(&report(&changes, tree.len(), arguments.dry_run))?;
    Ok(if changes.unresolved().next().is_some() { ExitCode::from(UNDECIDED) } else { ExitCode::SUCCESS })
}

/// What an upgrade of the catalog changed, or would change.
fn say_decisions(offered: &[Difference], moved: &[Difference], is_upgrade: bool) {
    if is_upgrade {
        for difference in moved {
            say(&difference.to_string());
        }
        say(&format!(
            "catalog upgraded: {}",
            if moved.len() == 1 {
                "1 value differs".to_owned()
            } else {
                format!("{} values differ", moved.len())
            }
        ));
    } else if !offered.is_empty() {
        say(&format!(
            "what was decided for this directory stays; this tierform's catalog would decide {} otherwise: \
             tierform diff --upgrade-catalog shows, --impact with it what each does to what stands, tierform generate --upgrade-catalog takes them",
            counted(offered.len(), "value")
        ));
    }
}

/// So many of something, in words.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn nothing_to_write(out: &Path, files: usize) -> String {
    format!("{} is current: {files} files, nothing to write\n", out.display())
}

/// A line for each file that is written, and their number.
fn report(changes: &Changes<'_>, all: usize, is_dry: bool) -> String {
    let mut text = String::new();
    for (kind, name, files) in lines(changes) {
        text += &match files {
            1 => format!("{kind:<6} {name}\n"),
            files => format!("{kind:<6} {name} ({files} files)\n"),
        };
    }
    let out = changes.out().display();
    let left = match changes.unresolved().count() {
        0 => String::new(),
        left => format!(", {left} left for you to settle"),
    };
    text + &match (changes.written(), is_dry) {
        (0, _) if left.is_empty() => nothing_to_write(changes.out(), all),
        (0, _) => format!("{out}: nothing to write{left}\n"),
        (written, true) => format!("{out}: {written} of {all} files would be written{left}\n"),
        (written, false) => format!("{out}: {written} of {all} files written{left}\n"),
    }
}

/// What is written, in order, with the number of files: single ones, or where many change, folders of modules.
fn lines<'c>(changes: &'c Changes<'_>) -> Vec<(Kind, &'c str, usize)> {
    let is_long = changes.before().is_some() && changes.written() > SHOWN;
    let mut lines: Vec<(Kind, &str, usize)> = Vec::new();
    for change in changes.iter().filter(|change| change.is_written()) {
        let folder = change.path.rsplit_once('/').filter(|_| is_long && change.kind != Kind::Merge);
        let name = folder.map_or(change.path.as_str(), |(folder, _)| folder);
        match lines.last_mut() {
            Some((kind, last, files)) if *kind == change.kind && *last == name => *files += 1,
            _ => lines.push((change.kind, name, 1)),
        }
    }
    lines
}
