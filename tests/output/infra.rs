//! A small generated directory and its successor, for the tests of the output step.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierform::output::{Changes, Kind, compare, write};
use tierform::tree::Tree;

pub fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::default();
    files.iter().for_each(|&(path, text)| tree.insert(path.to_owned(), text.to_owned()));
    tree
}

pub fn first() -> Tree {
    tree(&[
        ("main.tf", "main\n"),
        ("modules/gcp/network/main.tf", "network\n"),
        ("variables.tf", "variables\n"),
    ])
}

/// Against [`first`]: one file changed, one new, one the same, the module gone.
pub fn second() -> Tree {
    tree(&[("main.tf", "main 2\n"), ("outputs.tf", "outputs\n"), ("variables.tf", "variables\n")])
}

/// A directory generated from [`first`].
pub fn generated() -> (TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("infra");
    generate(&first(), &out);
    (temp, out)
}

pub fn generate(tree: &Tree, out: &Path) -> BTreeMap<String, Kind> {
    let changes = compare(tree, out, "spec").unwrap();
    write(&changes).unwrap();
    kinds(&changes)
}

pub fn kinds(changes: &Changes) -> BTreeMap<String, Kind> {
    changes.iter().map(|change| (change.path.clone(), change.kind)).collect()
}
