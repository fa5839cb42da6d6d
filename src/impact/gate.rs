//! Whether a directory may be written: not over the loss of data, over what a cloud refuses or over what could not be judged, unless
//! the user says so. What cannot be read or followed is never taken for harmless.

use std::collections::BTreeSet;
use std::path::Path;

use super::account::Account;
use super::class::{Class, Row};
use super::classify::classify;
use super::configuration::{Backend, Configuration, Engine, Mode};
use super::evaluated;
use super::files::{Files, Own};
use super::table;
use crate::output::Changes;

/// What the user takes on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Accepted {
    /// That data is lost.
    pub data_loss: bool,
    /// That the cloud will not do it.
    pub refused: bool,
    /// That it cannot be judged.
    pub unknown: bool,
}

/// The way out where nothing was applied.
const LOST: &str = "if nothing ever was, nothing is lost, and --accept-data-loss writes it";

/// What is to be said of a change before it is written.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Why nothing may be written, each reason with the way out; `None` where nothing is in the way.
    pub stopped: Option<String>,
    /// What is lost, refused or not known of what may be written, because the user takes it on or the cloud ignores it.
    pub taken_on: Option<String>,
    /// All that the change does; `None` where a file could not be read.
    pub account: Option<Account>,
}

/// Whether a change may be written.
pub fn verdict(changes: &Changes<'_>, accepted: Accepted) -> Verdict {
    let out = changes.out().display();
    let account = match evaluated::of(changes) {
        Ok(changes) => classify(&changes),
        Err(unread) if accepted.unknown => {
            return Verdict { taken_on: Some(format!("{unread}\n")), ..Verdict::default() };
        }
        Err(unread) => {
            let stopped = Some(format!(
                "{unread}\nnothing was written to {out}: what the change does in the cloud cannot be judged; fix that file, or look at \
                 the change yourself and run again with --accept-unknown"
            ));
            return Verdict { stopped, ..Verdict::default() };
        }
    };
    let of = |is_meant: &dyn Fn(&Row) -> bool| -> Vec<Row> {
        account.rows.iter().filter(|row| is_meant(row)).cloned().collect()
    };
    let lost = of(&|row| row.class == Class::DataLoss && !accepted.data_loss);
    // What keeps data from being destroyed is lifted by whoever means to lose it.
    let is_given_up = |row: &Row| {
        let is_lost = |other: &Row| other.class == Class::DataLoss && other.address == row.address;
        accepted.data_loss && account.rows.iter().any(is_lost)
    };
    // What is ignored breaks nothing: a report says it, and it stops nobody.
    let refused =
        of(&|row| row.class == Class::Refused && !row.is_ignored && !accepted.refused && !is_given_up(row));
    let unknown = of(&|row| row.class == Class::MayBe && may_hold_data(&row.kind) && !accepted.unknown);
    let mut reasons = Vec::new();
    if !lost.is_empty() {
        reasons.push(
            "an apply would lose what DATA LOSS names; take the change back, or move the data and run again with --accept-data-loss"
                .to_owned(),
        );
        reasons.extend(never_applied(changes));
    }
    if !refused.is_empty() {
        reasons.push(
            "the cloud will not do what REFUSED names, and an apply would stop there with whatever it had destroyed by then; take the \
             change back, or see what an apply would do (tierform rehearse), prepare the cloud for it and run again with --accept-refused"
                .to_owned(),
        );
    }
    if !unknown.is_empty() {
        reasons.push(
            "what MAY BE names holds data or may hold some, and what becomes of it cannot be told; look at a plan of the change \
             (tierform diff --impact plays one where an engine is on PATH), and run again with --accept-unknown"
                .to_owned(),
        );
    }
    let Some((first, rest)) = reasons.split_first() else {
        let is_grave = |row: &Row| match row.class {
            Class::DataLoss | Class::Refused => true,
            Class::MayBe => may_hold_data(&row.kind),
            _ => false,
        };
        let rows = Account { rows: of(&is_grave), ..Account::default() };
        let taken_on = (!rows.rows.is_empty()).then(|| rows.to_text());
        return Verdict { taken_on, account: Some(account), ..Verdict::default() };
    };
    let rows = Account { rows: [lost, refused, unknown].concat(), ..Account::default() };
    let rest: String = rest.iter().map(|reason| format!("\n{reason}")).collect();
    let stopped = Some(format!("{}nothing was written to {out}: {first}{rest}", rows.to_text()));
    Verdict { stopped, account: Some(account), ..Verdict::default() }
}

/// What taking tierform's side of the conflicts would do beyond what is written without it: nothing judges that later, as the files
/// are as generated then.
pub fn taken(changes: &Changes<'_>) -> Option<String> {
    changes.iter().find(|change| change.beside().is_some() && change.after().is_some())?;
    let (Ok(without), Ok(with)) = (evaluated::of(changes), evaluated::of_taken(changes)) else {
        return Some(
            "what taking tierform's side of the conflicts would do in the cloud cannot be judged".to_owned(),
        );
    };
    let without = classify(&without).rows;
    let is_mild = |row: &Row| matches!(row.class, Class::InPlace | Class::Created);
    let rows: Vec<Row> =
        classify(&with).rows.into_iter().filter(|row| !is_mild(row) && !without.contains(row)).collect();
    if rows.is_empty() {
        return None;
    }
    let rows = Account { rows, ..Account::default() };
    Some(format!("taking tierform's side of the conflicts would do this in the cloud:\n{}", rows.to_text()))
}

/// Whether a type holds data, or is none that tierform knows, so that it may.
fn may_hold_data(kind: &str) -> bool {
    table::holds(kind).is_some() || !table::is_known(kind)
}

/// What can be said where nothing seems to have been applied from the directory; `None` where something was, or nothing can be said.
fn never_applied(changes: &Changes<'_>) -> Option<String> {
    // What cannot be looked at may be there.
    let is_there = |path: &Path| {
        path.symlink_metadata().map_or_else(|error| error.kind() != std::io::ErrorKind::NotFound, |_| true)
    };
    let out = changes.out();
    if [".terraform", "terraform.tfstate", "terraform.tfstate.d"].iter().any(|name| is_there(&out.join(name)))
    {
        return None;
    }
    let not: BTreeSet<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    let own = Own { directory: out, not: &not };
    let old = changes.iter().filter_map(|change| Some((change.path.as_str(), change.before()?)));
    let old = Configuration::read(Files::new(old, Some(own)), Engine::Terraform, None).ok()?;
    let root = old.folders.get("")?;
    // A module of somebody's root is applied from there.
    if !root.resources.iter().any(|resource| resource.mode == Mode::Provider) {
        return None;
    }
    let (state, backend) = match &root.backend {
        None => ("terraform.tfstate", None),
        Some(Backend { kind, path }) if kind == "local" => {
            (path.as_deref().unwrap_or("terraform.tfstate"), None)
        }
        Some(Backend { kind, .. }) => ("", Some(kind)),
    };
    match backend {
        Some(kind) => Some(format!(
            "whether anything was applied stands in the state, which the backend {kind} keeps and tierform does not read: {LOST}"
        )),
        None if is_there(&out.join(state)) => None,
        None => Some(format!(
            "nothing was applied from this directory yet as far as tierform can see (no {state}, no .terraform): {LOST}"
        )),
    }
}
