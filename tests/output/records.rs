//! What a change of the directory costs in a review: the records change where the files do, and little more.

use std::fs;
use std::path::Path;

use similar::{ChangeTag, TextDiff};
use tierform::layout;
use tierform::tree::Tree;
use tierform::{compile, render};

use super::infra::generate;

/// Lines that come and go between two texts.
fn changed(old: &str, new: &str) -> usize {
    TextDiff::from_lines(old, new)
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal)
        .count()
}

fn rendered(spec: &str) -> Tree {
    render::render(&compile(spec).unwrap().plan).unwrap()
}

/// Lines that change in the files, and in the base texts.
fn lines(old: &Tree, new: &Tree, out: &Path) -> (usize, usize) {
    let base = || fs::read_to_string(out.join(".tierform/base.txt")).unwrap();
    generate(old, out);
    let before = base();
    generate(new, out);
    let text = |tree: &Tree, path: &str| tree.get(path).map(|file| file.text.to_string()).unwrap_or_default();
    (new.iter().map(|(path, _)| changed(&text(old, path), &text(new, path))).sum(), changed(&before, &base()))
}

#[test]
fn base_texts_change_as_the_files_do() {
    for spec in [
        include_str!("../../examples/gcp-1k/coder.toml"),
        include_str!("../../examples/aws-1k/coder.toml"),
        include_str!("../../examples/azure-1k/coder.toml"),
    ] {
        let temp = tempfile::tempdir().unwrap();
        let (small, large) = (rendered(spec), rendered(&spec.replace("\"1k\"", "\"2k\"")));
        let (files, base) = lines(&small, &large, &temp.path().join("tier"));
        println!("1k to 2k: {files} lines of files, {base} of base texts");
        assert!(files > 20 && base <= files + 4, "{files} lines of files, {base} of base texts");

        // A newer tierform: a line more in each HCL file.
        let mut newer = Tree::default();
        for (path, file) in small.iter() {
            let line = if layout::is_hcl(path) { "# a newer tierform\n" } else { "" };
            newer.insert(path.to_owned(), format!("{line}{}", file.text));
        }
        let (files, base) = lines(&small, &newer, &temp.path().join("newer"));
        println!("a newer tierform: {files} lines of files, {base} of base texts");
        // Each entry says how many lines it has.
        assert!(base <= 3 * files, "{files} lines of files, {base} of base texts");
    }
}
