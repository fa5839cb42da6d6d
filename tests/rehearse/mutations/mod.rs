//! Puts one mistake at a time into good output and looks whether the rehearsal names it.

mod aws;
mod azure;
mod gcp;
mod generated;

use std::fs;
use std::path::Path;

use tierform::rehearse::{Options, run};

use crate::support::{engines, turns};

/// Name, file, what stands there, what stands there instead, a part of the expected message.
pub type Mutation = (&'static str, &'static str, &'static str, &'static str, &'static str);

fn copy(source: &Path, target: &Path) {
    fs::create_dir_all(target).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            copy(&entry.path(), &target.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), target.join(entry.file_name())).unwrap();
        }
    }
}

/// Whether one mutation is found for the right reason; else what went instead.
fn judge((name, file, from, to, expected): &Mutation, base: &Path, engine: &Path) -> Result<(), String> {
    let directory = tempfile::tempdir().unwrap();
    copy(base, directory.path());
    let path = directory.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    if !text.contains(from) {
        return Err(format!("{name}: {file} does not hold {from:?}"));
    }
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let options = Options {
        dir: directory.path().to_owned(),
        engine: Some(engine.display().to_string()),
        ..Options::default()
    };
    let report = run(&options, &|_| {}).map_err(|error| format!("{name}: did not run: {error}"))?;
    if report.is_clean() {
        return Err(format!("{name}: was not found"));
    }
    let found: Vec<String> = report.problems().map(|problem| problem.text()).collect();
    let found = found.join("\n");
    if found.contains(expected) {
        return Ok(());
    }
    Err(format!("{name}: expected {expected:?} but the engine said:\n{found}"))
}

/// Fails with every mutation of `base` that is missed or found for another reason.
pub fn assert_all_found(base: &Path, mutations: &[Mutation]) {
    let engines = engines::all();
    if engines.is_empty() {
        return;
    }
    // One row alone, while it is being written.
    let only = std::env::var("TIERFORM_MUTATION").unwrap_or_default();
    let mutations: Vec<_> = mutations.iter().filter(|(name, ..)| name.contains(&only)).collect();
    assert!(!mutations.is_empty(), "no mutation's name contains {only:?}, which TIERFORM_MUTATION asks for");
    turns::assert_all(&mutations, |index, mutation| {
        // Both engines in turn: the messages are the same in both.
        judge(mutation, base, &engines[index % engines.len()])
    });
}
