//! Years in the life of an output directory, at random: runs with changing trees, edits, deletions, interruptions.
//! No text of the user's may be lost in any of them, and after every run there is nothing to do for a second one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{CONFLICT_SUFFIX, Kind, Manifest, compare, write};
use crate::tree::Tree;

const PATHS: [&str; 5] =
    ["main.tf", "modules/a/main.tf", "modules/a/x.tf", "modules/b/main.tf", "outputs.tf"];

/// Which version of each of [`PATHS`] is generated; 0 is none.
type Versions = [u8; PATHS.len()];

#[derive(Debug, Clone)]
enum Event {
    Generate(Versions),
    /// A run that finds the path taken when it comes to write there, if it writes there at all.
    Interrupted(Versions, &'static str),
    /// The user adds a line, which can be merged.
    Add(&'static str),
    /// The user saves a text of their own, which clashes with whatever is generated next.
    Edit(&'static str),
    /// The user deletes the other side of a conflict.
    Settle(&'static str),
    /// The user saves a text that some run could have generated.
    Copy(&'static str, u8),
    Delete(&'static str),
    /// An editor changes all line ends.
    Crlf(&'static str),
}

fn event() -> impl Strategy<Value = Event> {
    let versions = || proptest::array::uniform5(0_u8..3);
    let path = || proptest::sample::select(&PATHS[..]);
    prop_oneof![
        4 => versions().prop_map(Event::Generate),
        1 => (versions(), path()).prop_map(|(versions, path)| Event::Interrupted(versions, path)),
        3 => path().prop_map(Event::Add),
        2 => path().prop_map(Event::Edit),
        1 => path().prop_map(Event::Settle),
        1 => (path(), 1_u8..3).prop_map(|(path, version)| Event::Copy(path, version)),
        1 => path().prop_map(Event::Delete),
        1 => path().prop_map(Event::Crlf),
    ]
}

fn text(path: &str, version: u8) -> String {
    format!("locals {{\n  path = \"{path}\"\n\n  version = {version}\n\n  end = true\n}}\n")
}

fn tree(versions: Versions) -> Tree {
    let mut tree = Tree::default();
    for (path, version) in PATHS.into_iter().zip(versions).filter(|(_, version)| *version > 0) {
        tree.insert(path, text(path, version));
    }
    tree
}

/// A directory and what must hold of it.
struct World<'a> {
    out: &'a Path,
    /// Lines that only the user has.
    mine: BTreeMap<&'static str, Vec<String>>,
    /// Generated files that the user deleted and that no run has forgotten since.
    deleted: BTreeSet<&'static str>,
}

impl World<'_> {
    fn happen(&mut self, number: usize, event: Event) -> Result<(), TestCaseError> {
        match event {
            Event::Generate(versions) => self.generate(&tree(versions))?,
            Event::Interrupted(versions, path) => self.interrupt(&tree(versions), path),
            Event::Add(path) => {
                if let Ok(text) = fs::read_to_string(self.out.join(path)) {
                    let line = format!("# mine since event {number}");
                    self.save(path, &format!("{text}{line}\n"));
                    self.mine.entry(path).or_default().push(line);
                }
            }
            Event::Edit(path) => {
                let line = format!("# mine since event {number}");
                self.save(path, &format!("locals {{\n  version = 7\n}}\n{line}\n"));
                self.mine.insert(path, vec![line]);
            }
            Event::Settle(path) => {
                let _ = fs::remove_file(self.out.join(format!("{path}{CONFLICT_SUFFIX}")));
            }
            Event::Copy(path, version) => {
                self.save(path, &text(path, version));
                self.mine.remove(path);
            }
            Event::Delete(path) => {
                if fs::remove_file(self.out.join(path)).is_ok() {
                    self.mine.remove(path);
                    let manifest = Manifest::load(self.out).unwrap().unwrap();
                    // What an interrupted run was to remove may be gone through that run as well.
                    if manifest.files.get(path).is_some_and(|text| manifest.pending.get(path) != Some(text)) {
                        self.deleted.insert(path);
                    }
                }
            }
            Event::Crlf(path) => {
                if let Ok(text) = fs::read_to_string(self.out.join(path)) {
                    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
                    fs::write(self.out.join(path), &text).unwrap();
                }
            }
        }
        for (path, lines) in &self.mine {
            let text = fs::read_to_string(self.out.join(path)).unwrap();
            for line in lines {
                prop_assert!(text.lines().any(|other| other == line), "{} lost {}: {}", path, line, text);
            }
        }
        Ok(())
    }

    fn save(&mut self, path: &'static str, text: &str) {
        let path_on_disk = self.out.join(path);
        fs::create_dir_all(path_on_disk.parent().unwrap()).unwrap();
        fs::write(path_on_disk, text).unwrap();
        self.deleted.remove(path);
    }

    fn generate(&mut self, tree: &Tree) -> Result<(), TestCaseError> {
        let changes = compare(tree, self.out, "").unwrap();
        write(&changes).unwrap();
        for change in changes.iter() {
            let (path, kind) = (change.path.as_str(), change.kind);
            prop_assert!(
                !self.mine.contains_key(path) || kind.is_kept() || kind == Kind::Merge,
                "{} is the user's, and is to {}",
                path,
                kind
            );
            prop_assert!(
                !self.deleted.contains(path) || kind == Kind::Deleted,
                "{} was deleted: {}",
                path,
                kind
            );
            match change.new {
                Some(_) if change.is_written() => {
                    let on_disk = fs::read(self.out.join(path)).unwrap();
                    prop_assert_eq!(Some(on_disk.as_slice()), change.after());
                }
                None if change.is_written() => prop_assert!(!self.out.join(path).exists()),
                _ => {}
            }
        }
        self.deleted.retain(|path| tree.get(path).is_some());
        let again = compare(tree, self.out, "").unwrap();
        prop_assert!(again.is_current(), "{:?}", again);
        let merged = changes.iter().filter(|change| change.kind == Kind::Merge).count();
        prop_assert_eq!(again.kept().count(), changes.kept().count() + merged);
        Ok(())
    }

    fn interrupt(&mut self, tree: &Tree, path: &'static str) {
        let changes = compare(tree, self.out, "").unwrap();
        let taken = self.out.join(path);
        let in_the_way = taken.parent().unwrap().exists() && fs::create_dir(&taken).is_ok();
        let result = write(&changes);
        if in_the_way {
            fs::remove_dir(&taken).unwrap();
        }
        // A run forgets deleted files that it does not generate, but only once it has begun to write.
        let known = Manifest::load(self.out).unwrap().unwrap().files;
        self.deleted
            .retain(|path| tree.get(path).is_some() || (result.is_err() && known.contains_key(*path)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_history_loses_a_text_of_the_users(events in proptest::collection::vec(event(), 1..30)) {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("infra");
        let mut world = World { out: &out, mine: BTreeMap::new(), deleted: BTreeSet::new() };
        world.generate(&tree([1; PATHS.len()]))?;
        for (number, event) in events.into_iter().enumerate() {
            world.happen(number, event)?;
        }
    }
}
