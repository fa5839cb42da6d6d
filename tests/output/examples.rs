//! Every directory under `examples/` is documentation and golden test in one: its `coder.toml` generates exactly the root
//! files of `expected/` and, beside them, exactly the modules of `templates/modules` that its cloud uses.
//!
//! `BLESS=1 cargo test --test suite output::examples` rewrites `expected/`, and fails all the same: look at the diff, then run it again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use snapbox::assert_data_eq;
use tierform::{compile, render};

type Files = BTreeMap<String, String>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn examples() -> Vec<PathBuf> {
    let mut all: Vec<_> =
        fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    assert!(all.len() >= 2, "examples/ has lost its examples");
    all
}

/// All files below `folder`, by their path relative to it.
fn read(folder: &Path) -> Files {
    fn walk(base: &Path, folder: &Path, files: &mut Files) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(base, &path, files);
            } else {
                let name = path.strip_prefix(base).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut files = Files::new();
    walk(folder, folder, &mut files);
    files
}

/// What the example generates: its root files, and its modules.
fn generated(example: &Path) -> (Files, Files) {
    let spec = fs::read_to_string(example.join("coder.toml")).unwrap();
    let compiled = compile(&spec).unwrap_or_else(|problems| panic!("{}: {problems:#?}", example.display()));
    let tree = render::render(&compiled.plan).unwrap();
    render::verify(tree.iter()).unwrap();
    tree.iter()
        .map(|(path, file)| (path.to_owned(), file.text.to_string()))
        .partition(|(path, _)| !path.starts_with("modules/"))
}

#[test]
fn the_root_is_as_expected() {
    let mut blessed = Vec::new();
    for example in examples() {
        let (root, _) = generated(&example);
        let expected = example.join("expected");
        if std::env::var_os("BLESS").is_some() && read(&expected) != root {
            fs::remove_dir_all(&expected).ok();
            fs::create_dir_all(&expected).unwrap();
            for (path, text) in &root {
                fs::write(expected.join(path), text).unwrap();
            }
            blessed.push(expected.display().to_string());
            continue;
        }
        let (have, want) = (root.keys().collect::<Vec<_>>(), read(&expected));
        assert_eq!(have, want.keys().collect::<Vec<_>>(), "the set of files of {}", example.display());
        for (path, text) in &root {
            assert_data_eq!(text, snapbox::Data::text(want[path].clone()).raw());
        }
    }
    assert!(blessed.is_empty(), "rewrote {}: look at the diff, then run the tests again", blessed.join(", "));
}

#[test]
fn modules_are_the_templates_word_for_word() {
    let templates = read(&root().join("templates/modules"));
    for example in examples() {
        let (_, modules) = generated(&example);
        let cloud = example.file_name().unwrap().to_str().unwrap().split('-').next().unwrap();
        for (path, text) in &modules {
            let template = templates.get(path.strip_prefix("modules/").unwrap());
            assert_eq!(Some(text), template, "{path} of {}", example.display());
        }
        // What nothing calls is not there.
        let called: BTreeSet<&str> =
            modules.keys().filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder).collect();
        let six = ["network", "secrets", "database", "coderd", "provisioners", "workspaces"];
        for module in six {
            assert!(
                called.contains(format!("modules/{cloud}/{module}").as_str()),
                "{module} of {}",
                example.display()
            );
        }
        let has_sites = called.iter().any(|folder| folder.ends_with("/site"));
        assert_eq!(has_sites, example.ends_with("gcp-global"), "{}", example.display());
    }
}

#[test]
fn the_same_spec_gives_the_same_bytes() {
    for example in examples() {
        assert_eq!(generated(&example), generated(&example));
    }
}

#[test]
fn every_generated_file_is_tidy() {
    for example in examples() {
        let (root, modules) = generated(&example);
        for (path, text) in root.iter().chain(&modules) {
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path} ends with one newline");
            assert!(!text.contains('\r'), "{path} has LF only");
            let hcl = path.ends_with(".tf") || path.ends_with(".tfvars");
            assert!(!hcl || text.starts_with("# "), "{path} opens with a line that says what it is");
            assert!(!text.lines().any(|line| line.ends_with([' ', '\t'])), "{path} has no trailing blanks");
        }
    }
}
