//! Kills the life of a directory of full size at every change of the disk: whole files at any moment, nothing of the user's
//! lost, and the next run ends where an undisturbed one would have.
//!
//! A kill is a copy of the directory, taken just before a stroke. The one file being filled is torn in half besides.

use std::io;

use super::*;
use crate::output::pen::Stroke;
use crate::output::{compare, open};
use crate::tree::Tree;

/// Path → bytes of everything below a directory, records included, staged files not.
type Texts = BTreeMap<String, Vec<u8>>;

/// The root files of a real deployment and half of its modules', at their paths; `version` changes each, in its middle.
fn tree(version: u8) -> Tree {
    let compiled = crate::compile(include_str!("../../../examples/gcp-1k/coder.toml")).unwrap();
    let mut tree = Tree::default();
    for (index, (path, _)) in crate::render::render(&compiled.plan).unwrap().iter().enumerate() {
        if !path.contains('/') || path.ends_with("/main.tf") || index % 2 == 0 {
            tree.insert(path.to_owned(), text(path, version));
        }
    }
    // A module goes, another one comes.
    tree.insert(format!("modules/gcp/v{version}/main.tf"), text("v", version));
    tree
}

fn text(path: &str, version: u8) -> String {
    format!(
        "locals {{\n  path = \"{path}\"\n\n  version = {version}\n\n  end = true\n\n  size = {version}\n}}\n"
    )
}

fn texts(directory: &Path) -> Texts {
    let mut found = Texts::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(
                texts(&entry.path()).into_iter().map(|(path, text)| (format!("{name}/{path}"), text)),
            );
        } else if !is_staged(&entry.file_name()) {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn is_record(path: &str) -> bool {
    path.starts_with(STATE_DIR)
}

/// Generates `tree` in `out`, killed before each stroke; the number of kills.
fn kill_everywhere(tree: &Tree, out: &Path) -> usize {
    let temp = tempfile::tempdir().unwrap();
    let old = if out.exists() { texts(out) } else { Texts::new() };
    let (reference, copies) = (temp.path().join("reference"), temp.path().join("copies"));
    if out.exists() {
        copy(out, &reference);
    }
    write(&compare(tree, &reference, "spec").unwrap()).unwrap();
    let new = texts(&reference);

    let mut kills = 0;
    write_by_strokes(&compare(tree, out, "spec").unwrap(), &mut |stroke, path| {
        if !out.exists() {
            return Ok(());
        }
        kills += 1;
        let at = copies.join(kills.to_string());
        copy(out, &at);
        if stroke == Stroke::Fill {
            fs::write(at.join(path.strip_prefix(out).unwrap()), "locals {\n  pa")?;
        }
        let found = texts(&at);
        for (path, text) in found.iter().filter(|(path, _)| !is_record(path)) {
            assert!(
                old.get(path) == Some(text) || new.get(path) == Some(text),
                "{path} is torn at kill {kills}"
            );
        }
        for path in old.keys().filter(|path| new.contains_key(*path)) {
            assert!(found.contains_key(path), "{path} is missing at kill {kills}");
        }
        let changes = compare(tree, &at, "spec").map_err(io::Error::other)?;
        write(&changes).map_err(io::Error::other)?;
        assert!(texts(&at) == new, "kill {kills}, before {stroke:?} of {}: another end", path.display());
        assert!(compare(tree, &at, "spec").unwrap().is_current());
        assert!(!disk::is_littered(&at).unwrap());
        fs::remove_dir_all(&at)
    })
    .unwrap();
    assert!(texts(out) == new);
    kills
}

#[test]
fn five_hundred_kills_lose_nothing_and_tear_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("infra");
    let first = kill_everywhere(&tree(1), &out);

    // A merge in one file of each module, a conflict, a deletion, line ends, an orphan that is edited, a file of their own.
    let mut merged = Vec::new();
    for path in tree(1).iter().map(|(path, _)| path.to_owned()).filter(|path| path.ends_with("/main.tf")) {
        let text = fs::read_to_string(out.join(&path)).unwrap();
        fs::write(out.join(&path), text.replace("end = true", "end = false # mine")).unwrap();
        merged.push(path);
    }
    let windows = text("providers.tf", 1).replace("end = true", "end = false # mine").replace('\n', "\r\n");
    fs::write(out.join("providers.tf"), windows).unwrap();
    fs::write(out.join("outputs.tf"), text("outputs.tf", 1).replace("version = 1", "version = 99 # mine"))
        .unwrap();
    fs::remove_file(out.join("README.md")).unwrap();
    fs::write(out.join("mine.tf"), "# mine\n").unwrap();
    let second = kill_everywhere(&tree(2), &out);
    let found = texts(&out);
    let mine = |path: &str| String::from_utf8_lossy(&found[path]).contains("mine");
    assert!(merged.len() > 4 && merged.iter().all(|path| mine(path)), "{merged:?}");
    assert!(mine("outputs.tf") && mine("mine.tf") && !found.contains_key("README.md"));
    assert!(!found["providers.tf"].contains(&b'\r') && mine("providers.tf"));
    // What merges is in, what clashes is withheld.
    let with =
        |version| text("outputs.tf", version).replace(&format!("version = {version}"), "version = 99 # mine");
    assert_eq!(found["outputs.tf"], with(2).into_bytes());
    assert_eq!(found["outputs.tf.tierform-new"], text("outputs.tf", 2).into_bytes());

    // The conflict goes on with a third text, then is settled; most files stop being generated.
    let third = kill_everywhere(&tree(3), &out);
    fs::remove_file(out.join("outputs.tf.tierform-new")).unwrap();
    let mut few = Tree::default();
    for path in ["main.tf", "outputs.tf", "README.md"] {
        few.insert(path, text(path, 3));
    }
    let last = kill_everywhere(&few, &out);
    assert_eq!(texts(&out)["outputs.tf"], with(3).into_bytes());

    let kills = first + second + third + last;
    println!("{kills} kills: {first} + {second} + {third} + {last}");
    assert!(kills >= 500, "{kills}");
}

#[test]
fn a_second_run_at_the_same_time_is_refused_and_harms_nothing() {
    let temp = tempfile::tempdir().unwrap();
    for version in [1, 2] {
        // The first is a first run, the second finds a directory.
        let out = temp.path().join("infra");
        let (one, other) = (tree(version), tree(version + 2));
        let changes = compare(&one, &out, "spec").unwrap();
        let mut refusals = 0;
        let mut is_locked = false;
        write_by_strokes(&changes, &mut |stroke, _| {
            // From the first staged file on the lock is held.
            is_locked |= stroke == Stroke::Stage;
            if is_locked {
                let error = write(&compare(&other, &out, "spec").unwrap()).unwrap_err();
                assert!(matches!(error, OutputError::Busy { .. }), "{error}");
                refusals += 1;
            }
            Ok(())
        })
        .unwrap();
        assert!(refusals > 100, "{refusals}");
        assert!(compare(&one, &out, "spec").unwrap().is_current());
    }
}

#[test]
fn two_first_runs_that_compared_before_either_wrote_do_not_mix() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("infra");
    let (one, other) = (tree(1), tree(2));
    let late = compare(&other, &out, "spec").unwrap();
    write(&compare(&one, &out, "spec").unwrap()).unwrap();
    let error = write(&late).unwrap_err().to_string();
    assert!(
        error.contains("another tierform is at work in") && error.contains("run tierform again"),
        "{error}"
    );
    assert!(compare(&one, &out, "spec").unwrap().is_current());
    assert!(open(&out).unwrap().manifest().is_some());
}

#[test]
fn many_first_runs_at_once_end_with_one_of_them() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("infra");
    let results: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (1..=6_u8)
            .map(|version| {
                let out = &out;
                scope.spawn(move || {
                    let tree = tree(version);
                    compare(&tree, out, "spec").and_then(|changes| write(&changes)).is_ok()
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(results.contains(&true), "one of them has the lock");
    let whole =
        (1..=6).filter(|version| compare(&tree(*version), &out, "spec").unwrap().is_current()).count();
    assert_eq!(whole, 1, "the directory is what one of them generates");
}
