//! Puts one mistake at a time into good output and looks whether the rehearsal names it.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper is to fail the test")]

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tierform::rehearse::{Options, run};

use crate::engines;

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

/// What is wrong with the judgement on one mutation; nothing when it was found for the right reason.
fn miss((name, file, from, to, expected): &Mutation, base: &Path, engine: &Path) -> Option<String> {
    let directory = tempfile::tempdir().unwrap();
    copy(base, directory.path());
    let path = directory.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    if !text.contains(from) {
        return Some(format!("{name}: {file} does not hold {from:?}"));
    }
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let options = Options {
        dir: directory.path().to_owned(),
        engine: Some(engine.display().to_string()),
        ..Options::default()
    };
    let report = match run(&options, &|_| {}) {
        Ok(report) => report,
        Err(error) => return Some(format!("{name}: did not run: {error}")),
    };
    let found: Vec<String> = report.problems().map(|problem| problem.text()).collect();
    let found = found.join("\n");
    if report.is_clean() {
        return Some(format!("{name}: was not found"));
    }
    (!found.contains(expected))
        .then(|| format!("{name}: expected {expected:?} but the engine said:\n{found}"))
}

/// Fails with every mutation of `base`, relative to the repository, that is missed or found for another reason.
pub fn assert_all_found(base: &str, mutations: &[Mutation]) {
    let engines = engines::all();
    if engines.is_empty() {
        return;
    }
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join(base);
    let next = AtomicUsize::new(0);
    let missed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(mutation) = mutations.get(index) else { return };
                    // Both engines in turn: the messages are the same in both.
                    if let Some(miss) = miss(mutation, &base, &engines[index % engines.len()]) {
                        missed.lock().unwrap().push(miss);
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "{} of {} missed:\n{}", missed.len(), mutations.len(), missed.join("\n\n"));
}
