//! Kills and fails the writer at each change of the disk: the next run must finish the work, whatever it generates.
//! A kill is a copy of the directory taken just before a step, staged files and all.

use std::io::{self, ErrorKind};

use super::*;
use crate::output::pen::Stroke;
use crate::output::{Base, compare};
use crate::tree::Tree;

fn generate(tree: &Tree, out: &Path) {
    write(&compare(tree, out, "").unwrap()).unwrap();
}

/// Every file below `directory` with its text, without our records.
fn files(directory: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(
                files(&entry.path()).into_iter().map(|(path, text)| (format!("{name}/{path}"), text)),
            );
        } else {
            found.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    found.retain(|path, _| path != "manifest.json" && path != "base.txt");
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

/// Copies of `out` as it is before each change of the disk by a write of `tree`: what a kill at that moment would leave.
fn killed(tree: &Tree, out: &Path, copies: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let changes = compare(tree, out, "").unwrap();
    write_by_strokes(&changes, &mut |stroke, _| {
        // Before these, a directory may be there that is made and not used yet; it stays, and harms nothing.
        if !out.exists() || matches!(stroke, Stroke::Stage | Stroke::MakeDirectory) {
            return Ok(());
        }
        all.push(copies.join(all.len().to_string()));
        copy(out, &all[all.len() - 1]);
        Ok(())
    })
    .unwrap();
    all
}

/// Paths, each with the number that its text ends in.
type Files = [(&'static str, u8)];

const OLD: &Files =
    &[("edited.tf", 1), ("gone.tf", 1), ("main.tf", 1), ("modules/old/a.tf", 1), ("same.tf", 1)];
const NEW: &Files =
    &[("edited.tf", 2), ("gone.tf", 2), ("main.tf", 2), ("modules/new/a.tf", 2), ("same.tf", 1)];
const OTHER: &Files =
    &[("edited.tf", 3), ("gone.tf", 3), ("main.tf", 3), ("modules/old/a.tf", 3), ("same.tf", 3)];

fn texts(files: &Files) -> BTreeMap<String, String> {
    files.iter().map(|(path, number)| ((*path).to_owned(), format!("{path} {number}\n"))).collect()
}

fn tree(files: &Files) -> Tree {
    let mut tree = Tree::default();
    texts(files).into_iter().for_each(|(path, text)| tree.insert(path, text));
    tree
}

/// The files where the user edited one, so that it clashes unless that is as at first, and deleted another.
fn with_edits(files: &Files) -> BTreeMap<String, String> {
    let mut texts = texts(files);
    let generated = texts.insert("edited.tf".to_owned(), "mine\n".to_owned()).unwrap();
    if generated != "edited.tf 1\n" {
        texts.insert("edited.tf.tierform-new".to_owned(), generated);
    }
    texts.remove("gone.tf");
    texts
}

#[test]
fn a_regeneration_killed_at_any_step_is_finished_by_the_next_run_whatever_that_generates() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("out");
    generate(&tree(OLD), &out);
    fs::write(out.join("edited.tf"), "mine\n").unwrap();
    fs::remove_file(out.join("gone.tf")).unwrap();
    let start = temp.path().join("start");
    copy(&out, &start);

    for next in [NEW, OTHER, OLD] {
        let copies = temp.path().join(format!("copies{}", next[0].1));
        fs::create_dir(&copies).unwrap();
        let killed = killed(&tree(NEW), &out, &copies);
        assert!(killed.len() > 12, "each step is staged, filled and renamed: {}", killed.len());
        for at in &killed {
            generate(&tree(next), at);
            assert_eq!(files(at), with_edits(next), "{}", at.display());
            assert!(compare(&tree(next), at, "").unwrap().is_current());
            for (other, (path, _)) in [(NEW, OLD[3]), (OLD, NEW[3])] {
                let directory = at.join(path).parent().unwrap().to_owned();
                assert!(
                    next[3].0 != other[3].0 || !directory.exists(),
                    "{} is left empty",
                    directory.display()
                );
            }
            let manifest = Manifest::load(at).unwrap().unwrap();
            let base = Base::load(at).unwrap();
            let kept = base.text("edited.tf", &manifest.files["edited.tf"]);
            assert_eq!(kept, Some("edited.tf 1\n"), "the text that the edit started from");
            assert!(manifest.bases().all(|(path, sha256)| base.text(path, sha256).is_some()));
        }
        fs::remove_dir_all(&out).unwrap();
        copy(&start, &out);
    }
}

#[test]
fn a_first_run_killed_at_any_step_is_finished_by_the_next_run_whatever_that_generates() {
    let temp = tempfile::tempdir().unwrap();
    for next in [NEW, OTHER] {
        let copies = temp.path().join(format!("copies{}", next[0].1));
        fs::create_dir(&copies).unwrap();
        let out = copies.join("out");
        for at in killed(&tree(NEW), &out, &copies) {
            generate(&tree(next), &at);
            assert_eq!(files(&at), texts(next), "{}", at.display());
            assert!(compare(&tree(next), &at, "").unwrap().is_current());
        }
    }
}

#[test]
fn a_second_kill_on_the_way_to_a_third_text_is_no_edit_either() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("out");
    generate(&tree(OLD), &out);
    for (first, at) in killed(&tree(NEW), &out, temp.path()).iter().enumerate() {
        let copies = temp.path().join(format!("again{first}"));
        fs::create_dir(&copies).unwrap();
        for at in killed(&tree(OTHER), at, &copies) {
            generate(&tree(OLD), &at);
            assert_eq!(files(&at), texts(OLD));
        }
    }
}

#[test]
fn a_full_disk_leaves_nothing_staged_and_no_empty_directory() {
    let temp = tempfile::tempdir().unwrap();
    let tree = tree(NEW);
    let mut fail_at = 0;
    let mut untouched = 0;
    loop {
        let out = temp.path().join(format!("a{fail_at}/b"));
        let mut left = fail_at;
        let mut renames = 0;
        let result = write_by_strokes(&compare(&tree, &out, "").unwrap(), &mut |stroke, _| {
            left -= 1;
            let frees = matches!(stroke, Stroke::RemoveDirectory | Stroke::RemoveFile);
            if left < 0 && !frees {
                return Err(io::Error::from(ErrorKind::StorageFull));
            }
            renames += usize::from(stroke == Stroke::Rename);
            Ok(())
        });
        if result.is_ok() {
            break;
        }
        let error = result.unwrap_err().to_string();
        let names_it = error.contains("cannot write") || error.contains("cannot create");
        assert!(
            names_it && error.contains(&temp.path().join(format!("a{fail_at}")).display().to_string()),
            "{error}"
        );
        assert_eq!(
            out.parent().unwrap().exists(),
            renames > 0,
            "nothing is left of what was not begun: {fail_at}"
        );
        untouched += usize::from(renames == 0);
        assert!(renames == 0 || files(&out).keys().all(|path| tree.get(path).is_some()), "{:?}", files(&out));
        generate(&tree, &out);
        assert_eq!(files(&out).len(), tree.len());
        fail_at += 1;
    }
    assert!(untouched > 15 && fail_at - i32::try_from(untouched).unwrap() > 5, "{untouched} of {fail_at}");
}
