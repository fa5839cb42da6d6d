//! Both sides changed a file: what is merged, what is a conflict and how that ends, and what --force and --restore do.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::infra::{first, generate, generated, kinds, second, tree};
use tierform::output::{Clash, Kind, OutputError, Request, compare, compare_for, open, write};
use tierform::tree::Tree;

fn kind(tree: &Tree, out: &Path, path: &str) -> Kind {
    kinds(&compare(tree, out, "spec").unwrap())[path]
}

fn is_current(tree: &Tree, out: &Path) -> bool {
    compare(tree, out, "spec").unwrap().is_current()
}

fn read(out: &Path, path: &str) -> String {
    fs::read_to_string(out.join(path)).unwrap()
}

#[test]
fn an_edit_that_clashes_is_kept_until_the_user_settles_it() {
    let (_temp, out) = generated();
    fs::write(out.join("main.tf"), "mine\n").unwrap();
    assert_eq!(kind(&first(), &out, "main.tf"), Kind::Edited);
    assert!(is_current(&first(), &out));
    for _ in 0..2 {
        assert_eq!(generate(&second(), &out)["main.tf"], Kind::Conflict(Clash::Lines(1)));
        assert_eq!(read(&out, "main.tf"), "mine\n");
        assert_eq!(read(&out, "main.tf.tierform-new"), "main 2\n");
        let tree = second();
        let changes = compare(&tree, &out, "spec").unwrap();
        assert!(changes.is_current(), "there is nothing left for a run to do");
        let kept: Vec<_> = changes.kept().map(|change| (&*change.path, change.kind)).collect();
        assert_eq!(kept, [("main.tf", Kind::Conflict(Clash::Lines(1)))]);
    }
    // Back to what the edit started from: there is no other side any more.
    assert_eq!(generate(&first(), &out)["main.tf"], Kind::Edited);
    assert!(!out.join("main.tf.tierform-new").exists());
    generate(&second(), &out);
    // Deleting the other side says that it was taken over: from now on the file is an edit of that.
    fs::remove_file(out.join("main.tf.tierform-new")).unwrap();
    assert_eq!(generate(&second(), &out)["main.tf"], Kind::Edited);
    assert!(is_current(&second(), &out) && !out.join("main.tf.tierform-new").exists());
    // Whoever takes the generated text by hand owns no edit any more.
    fs::write(out.join("main.tf"), "main 2\n").unwrap();
    assert_eq!(generate(&second(), &out)["main.tf"], Kind::Unchanged);
    assert_eq!(generate(&first(), &out)["main.tf"], Kind::Update);
    assert_eq!(read(&out, "main.tf"), "main\n");
}

#[test]
fn edits_of_other_lines_are_merged_and_the_merge_is_an_edit_of_the_new_text() {
    let tree_of = |middle: u8| {
        let text = format!("a = 1\n\nb = {middle}\n\nc = 1\n");
        tree(&[("main.tf", &text)])
    };
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("infra");
    generate(&tree_of(1), &out);
    fs::write(out.join("main.tf"), "a = 7 # mine\n\nb = 1\n\nc = 1\n").unwrap();
    for middle in 2..5 {
        let changes = generate(&tree_of(middle), &out);
        assert_eq!(changes["main.tf"], Kind::Merge);
        assert_eq!(read(&out, "main.tf"), format!("a = 7 # mine\n\nb = {middle}\n\nc = 1\n"));
        assert_eq!(generate(&tree_of(middle), &out)["main.tf"], Kind::Edited);
        assert!(is_current(&tree_of(middle), &out));
    }
}

#[test]
fn force_takes_ours_and_restore_brings_back_what_was_deleted() {
    let (_temp, out) = generated();
    fs::write(out.join("main.tf"), "mine\n").unwrap();
    fs::write(out.join("variables.tf"), "mine too\n").unwrap();
    fs::remove_file(out.join("modules/gcp/network/main.tf")).unwrap();
    let asked = |force: &str, restore: &str| {
        let list = |path: &str| if path.is_empty() { vec![] } else { vec![path.to_owned()] };
        let (force, restore) = (list(force), list(restore));
        let tree = first();
        let request = Request { spec_sha256: "spec", force: &force, restore: &restore, ..Request::default() };
        let changes = compare_for(&tree, open(&out).unwrap(), request)?;
        write(&changes)?;
        Ok::<_, OutputError>(kinds(&changes))
    };
    assert_eq!(asked("main.tf", "").unwrap()["main.tf"], Kind::Force);
    assert_eq!((read(&out, "main.tf"), read(&out, "variables.tf")), ("main\n".into(), "mine too\n".into()));
    assert!(!out.join("modules/gcp/network/main.tf").exists(), "nobody asked for it");
    assert_eq!(asked("", "modules/").unwrap()["modules/gcp/network/main.tf"], Kind::Create);
    assert_eq!(read(&out, "modules/gcp/network/main.tf"), "network\n");
    let error = asked("man.tf", "").unwrap_err().to_string();
    assert!(error.contains("--force man.tf names no file that tierform writes"), "{error}");
    fs::remove_file(out.join("main.tf")).unwrap();
    fs::create_dir(out.join("main.tf")).unwrap();
    let error = asked("main.tf", "").unwrap_err().to_string();
    assert!(error.contains("a directory stands there"), "{error}");
}

#[test]
fn an_upgrade_that_merges_into_every_root_file_takes_less_than_50_ms() {
    let tree = tierform::render::render(
        &tierform::compile(include_str!("../../examples/gcp-1k/coder.toml")).unwrap().plan,
    )
    .unwrap();
    let root: Vec<_> = tree.iter().filter(|(path, _)| !path.contains('/')).collect();
    // A newer tierform: a line more in each of them.
    let mut newer = Tree::default();
    for (path, file) in tree.iter() {
        let line = if path.contains('/') { "" } else { "# a newer tierform\n" };
        newer.insert(path.to_owned(), format!("{}{line}", file.text));
    }
    let times = (0..8).map(|_| {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("infra");
        generate(&tree, &out);
        for (path, file) in &root {
            fs::write(out.join(path), format!("# mine\n{}", file.text)).unwrap();
        }
        let start = std::time::Instant::now();
        let changes = compare(&newer, &out, "spec").unwrap();
        write(&changes).unwrap();
        let time = start.elapsed();
        assert_eq!(changes.iter().filter(|change| change.kind == Kind::Merge).count(), root.len());
        time
    });
    // The best of some: the others tell how busy the machine was. Unoptimised code takes ten times as long.
    let best = times.min().unwrap();
    println!("{} files merged in {best:?}", root.len());
    assert!(best < Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 }), "{best:?}");
}
