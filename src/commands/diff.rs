//! `tierform diff`: what generate would change, as a unified diff; never writes.

use std::io::IsTerminal;
use std::process::ExitCode;

use tierform::deployment::{self, Deployment};
use tierform::impact::gate;
use tierform::impact::judge::{self, Judge, Judged, NotJudged};
use tierform::output::{FileDiff, Request};
use tierform::rehearse::Tell;
use tierform::spec::Layout;
use tierform::upgrade::Upgrade;
use tierform::{output, render};

use super::earlier::Earlier;
use super::watch::Watch;
use super::{Failure, Project, is_colour_wanted, print, say};
use crate::cli::{Diff, Format};

/// The status for "there is a difference".
const DIFFERENT: u8 = 2;

pub fn run(arguments: &Diff) -> Result<ExitCode, Failure> {
    if !arguments.impact && !arguments.gate.fail_on.is_empty() {
        return Err(Failure::NoImpactAsked);
    }
    let project = Project::load(&arguments.place, arguments.upgrade_catalog)?;
    let Project { deployment, spec_sha256 } = project;
    let Deployment { plan, record, opened, smaller, upgrade, .. } = deployment;
    upgrade.iter().flat_map(Upgrade::steps).for_each(|step| say(&step));
    for part in &smaller {
        say(&part.to_string());
    }
    let tree = render::render(&plan)?;
    let request = Request { spec_sha256: &spec_sha256, record: Some(record), ..Request::default() };
    let changes = output::compare_for(&tree, opened, request)?;
    let files = output::diff(&changes);
    let is_settled = changes.unresolved().next().is_none();
    for change in changes.unresolved() {
        say(&format!("{}: {}", change.path, change.reason()));
    }
    if let Some(text) = gate::taken(&changes) {
        say(text.trim_end());
    }
    if arguments.impact {
        if let Some(from) = &arguments.from {
            let old = Earlier::of(from, changes.out())?;
            let held = deployment::plan_of(old.path()).map_err(Failure::Open)?;
            if held.is_none() {
                say(&format!(
                    "{from} has no record of its plan, so whether this is a way back for Coder's release is not known"
                ));
            }
            let upgrade = held.and_then(|held| Upgrade::between(&held, &plan));
            upgrade.iter().flat_map(Upgrade::steps).for_each(|step| say(&step));
            let judged = judged(arguments, |judge, progress| {
                judge::between(old.path(), changes.out(), judge, progress)
            })?;
            return report(arguments, judged, upgrade.as_ref(), is_settled);
        }
        let is_root = plan.layout == Layout::Root;
        let judged = judged(arguments, |judge, progress| judge::judge(&changes, judge, is_root, progress))?;
        return report(arguments, judged, upgrade.as_ref(), is_settled);
    }
    let is_colourful = std::io::stdout().is_terminal() && is_colour_wanted();
    print(&match (arguments.stat, files.is_empty()) {
        (_, true) => String::new(),
        (true, _) => output::stat(&files),
        (false, _) => files.iter().map(|file| text(file, is_colourful)).collect(),
    })?;
    Ok(if files.is_empty() && is_settled { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) })
}

/// What a change does in the cloud, by whoever is to judge.
fn judged(
    arguments: &Diff,
    judged: impl FnOnce(&Judge, Tell<'_>) -> Result<Judged, NotJudged>,
) -> Result<Judged, Failure> {
    let judge = match arguments.engine.as_deref() {
        None => Judge::Best,
        Some("none") => Judge::Evaluation,
        Some(engine) => Judge::Engine(engine.to_owned()),
    };
    let watch = Watch::default();
    let judged = judged(&judge, &|progress| watch.tell(progress));
    watch.end();
    Ok(judged?)
}

/// Reports what the change does, and what Coder itself refuses of it.
fn report(
    arguments: &Diff,
    judged: Judged,
    upgrade: Option<&Upgrade>,
    is_settled: bool,
) -> Result<ExitCode, Failure> {
    let Judged { mut account, by } = judged;
    account.add(upgrade.and_then(judge::refused_upgrade).into_iter().collect());
    print(&match arguments.format {
        Format::Table => format!("{by}\n\n{}", account.to_text()),
        Format::Json => format!("{:#}\n", account.to_json(&by)),
        Format::Markdown => format!("{by}\n\n{}", account.to_markdown()),
    })?;
    let status = super::gate(&account, &arguments.gate);
    Ok(if status == ExitCode::SUCCESS && !is_settled { ExitCode::from(DIFFERENT) } else { status })
}

/// A file's diff, in git's colours.
fn text(file: &FileDiff, is_colourful: bool) -> String {
    if !is_colourful {
        return file.text.clone();
    }
    let mut text = String::with_capacity(file.text.len() * 5 / 4);
    for line in file.text.split_inclusive('\n') {
        let colour = match line.as_bytes() {
            [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => "1",
            [b'@', b'@', ..] => "36",
            [b'-', ..] => "31",
            [b'+', ..] => "32",
            _ => "0",
        };
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        text += &format!("\u{1b}[{colour}m{content}\u{1b}[0m{end}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_gits_and_only_where_they_are_seen() {
        let text_of = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n same\n".to_owned();
        let file = FileDiff { path: "x".to_owned(), added: 1, removed: 1, text: text_of.clone() };
        assert_eq!(text(&file, false), text_of);
        let colourful = text(&file, true);
        assert!(colourful.contains("\u{1b}[31m-old\u{1b}[0m\n\u{1b}[32m+new\u{1b}[0m\n"), "{colourful:?}");
        assert!(colourful.starts_with("\u{1b}[1m--- a/x\u{1b}[0m\n"), "{colourful:?}");
    }
}
