//! `tierform explain`: why a figure, an argument or a resource is as it is, and what another value would do.

use std::fmt::Write as _;
use std::process::ExitCode;

use tierform::explain::{self, Argument, Change, Explanation, Figure, Key, Resource};
use tierform::{compile, spec};

use super::{Failure, print, report};
use crate::cli::{Explain, ReportFormat};

/// How many resources of one argument are told to people; programs get all of them.
const SHOWN: usize = 12;

pub fn run(arguments: &Explain) -> Result<ExitCode, Failure> {
    let path = &arguments.spec;
    let text = spec::load(path)?;
    let compiled = compile(&text)
        .map_err(|problems| Failure::Spec(report(&problems, &path.display().to_string(), &text)))?;
    let explanation = explain::explain(&compiled, &text, &arguments.what)?;
    print(&match arguments.format {
        ReportFormat::Json => super::size::json(&explanation),
        ReportFormat::Table => match &explanation {
            Explanation::Figure(figure) => of_figure(figure),
            Explanation::Resource(resource) => of_resource(resource),
        },
    })?;
    Ok(ExitCode::SUCCESS)
}

/// One line of the answer; `label` only where a new matter begins.
fn line(out: &mut String, label: &str, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {label:<10} {text}");
}

fn of_figure(figure: &Figure) -> String {
    let mut out = format!("{} = {}\n", figure.what, figure.value);
    if let Some(because) = &figure.because {
        line(&mut out, "because", because);
    }
    line(&mut out, "rule", figure.rule);
    if let Some(published) = &figure.published {
        line(&mut out, "published", &format!("{} ({})", published.row, published.page));
        for note in &published.notes {
            line(&mut out, "", note);
        }
    }
    for (index, key) in figure.keys.iter().enumerate() {
        line(&mut out, if index == 0 { "your keys" } else { "" }, &of_key(key));
    }
    for (index, limit) in figure.limits.iter().enumerate() {
        line(&mut out, if index == 0 { "limits" } else { "" }, limit);
    }
    for (index, argument) in figure.arguments.iter().enumerate() {
        let label = if index == 0 { "sets" } else { "" };
        line(&mut out, label, &format!("{} = {} in {}", argument.path, argument.value, argument.file));
        of_changes(&mut out, argument);
    }
    out
}

fn of_key(key: &Key) -> String {
    let place = match (key.line, &key.value) {
        (Some(line), Some(value)) => format!("line {line} of coder.toml: {value}"),
        _ => "not in coder.toml".to_owned(),
    };
    format!("{}: {}; {} ({place})", key.key, key.means, key.takes)
}

fn of_changes(out: &mut String, argument: &Argument) {
    if argument.changes.is_empty() {
        line(out, "", "  another value changes no resource");
    }
    for change in argument.changes.iter().take(SHOWN) {
        line(out, "", &format!("  {}", of_change(change)));
        if let Some(loses) = change.loses {
            line(out, "", &format!("    loses {loses}"));
        }
        for note in &change.notes {
            line(out, "", &format!("    {note}"));
        }
    }
    if let Some(more) = argument.changes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        line(out, "", &format!("  and {more} more, which --format json lists"));
    }
}

fn of_change(change: &Change) -> String {
    let to = change.to.as_ref().map_or_else(|| "at any other".to_owned(), |to| format!("at {to}"));
    let source = change.source.map_or_else(String::new, |source| format!(" [{source}]"));
    format!("{to}: {} {} ({}){source}", change.effect, change.address, change.arguments.join("; "))
}

fn of_resource(resource: &Resource) -> String {
    let mut out = format!("{}\n", resource.what);
    if let Some(comment) = &resource.comment {
        line(&mut out, "because", comment);
    }
    line(&mut out, "file", &resource.file);
    match resource.instances.as_slice() {
        [] => line(&mut out, "made", "not in this deployment"),
        [one] if *one == resource.what => line(&mut out, "made", "once"),
        several => {
            for (index, instance) in several.iter().enumerate() {
                line(&mut out, if index == 0 { "made" } else { "" }, instance);
            }
        }
    }
    if let Some(holds) = resource.holds {
        line(&mut out, "holds", holds);
    }
    for (index, source) in resource.arguments.iter().enumerate() {
        let label = if index == 0 { "follows" } else { "" };
        line(&mut out, label, &format!("{} = {}: {}", source.argument, source.value, source.effect));
        for from in &source.from {
            let because = from.because.as_ref().map_or_else(String::new, |because| format!(": {because}"));
            let keys = match from.keys.as_slice() {
                [] => String::new(),
                keys => format!(" [{}]", keys.join(", ")),
            };
            line(&mut out, "", &format!("  from {}{because}{keys}", from.path));
        }
    }
    out
}
