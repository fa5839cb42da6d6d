//! Years of a platform team at random: the spec changes, files are edited, added and deleted, and the directory is generated
//! again. No line of theirs is lost without being named, `check` after `generate` is current, and twice is once.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tierform::output::{Kind, compare, write};
use tierform::{compile, render};

const FILES: [&str; 5] =
    ["main.tf", "terraform.tfvars", "README.md", "variables.tf", "modules/gcp/coderd/main.tf"];

/// What makes the generated text another one.
const SPECS: [&str; 6] = [
    "",
    "\n[coderd]\nreplicas = 5\n",
    "\n[database]\nhigh_availability = true\nbackup_days = 21\n",
    "\n[workspaces]\nper_node = 8\nvolume_gb = 20\n",
    "\n[tags]\nteam = \"platform\"\n",
    "\n[provisioners]\ncount = 90\n",
];

#[derive(Debug, Clone)]
enum Event {
    /// Tier, revision and the tables beside.
    Spec(bool, usize),
    /// A line of the user's own at a place in a file, in thousandths of its length.
    Insert(usize, usize),
    /// A line of the file gets another end, in a comment.
    Annotate(usize, usize),
    Delete(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let (file, place) = (|| 0..FILES.len(), || 0..1000_usize);
    prop_oneof![
        3 => (any::<bool>(), 0..SPECS.len()).prop_map(|(large, tables)| Event::Spec(large, tables)),
        3 => (file(), place()).prop_map(|(file, at)| Event::Insert(file, at)),
        2 => (file(), place()).prop_map(|(file, at)| Event::Annotate(file, at)),
        1 => file().prop_map(Event::Delete),
    ]
}

fn spec(large: bool, tables: usize) -> String {
    let text = include_str!("../../examples/gcp-1k/coder.toml");
    let text = if large { text.replace("\"1k\"", "\"2k\"") } else { text.to_owned() };
    text + SPECS[tables]
}

/// Edits `path` by its lines; whether it is there.
fn edit(path: &Path, change: impl FnOnce(&mut Vec<String>)) -> bool {
    let Ok(text) = fs::read_to_string(path) else { return false };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(path, lines.join("\n") + "\n").unwrap();
    true
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_of_the_users_is_lost_unnamed(events in proptest::collection::vec(event(), 1..10)) {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("infra");
        let mut mine: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut now = spec(false, 0);
        for (number, event) in std::iter::once(Event::Spec(false, 0)).chain(events).enumerate() {
            let mark = format!("mine, event {number}");
            match event {
                Event::Spec(large, tables) => now = spec(large, tables),
                Event::Insert(file, at) => {
                    if edit(&out.join(FILES[file]), |lines| lines.insert(lines.len() * at / 1000, format!("# {mark}"))) {
                        mine.entry(FILES[file]).or_default().push(mark);
                    }
                }
                Event::Annotate(file, at) => {
                    let was_there = edit(&out.join(FILES[file]), |lines| {
                        let at = lines.len() * at / 1000;
                        lines[at] += &format!(" # {mark}");
                    });
                    if was_there {
                        mine.entry(FILES[file]).or_default().push(mark);
                    }
                }
                Event::Delete(file) => {
                    let _ = fs::remove_file(out.join(FILES[file]));
                    mine.remove(FILES[file]);
                }
            }
            let tree = render::render(&compile(&now).unwrap().plan).unwrap();
            let changes = compare(&tree, &out, "spec").unwrap();
            write(&changes).unwrap();
            for (path, marks) in &mine {
                let text = fs::read_to_string(out.join(path)).unwrap();
                let kind = changes.iter().find(|change| change.path == *path).unwrap().kind;
                for mark in marks {
                    prop_assert!(text.contains(mark), "{} lost {}", path, mark);
                }
                prop_assert!(kind == Kind::Merge || kind.is_kept(), "{} is told as {}", path, kind);
            }
            let again = compare(&tree, &out, "spec").unwrap();
            prop_assert!(again.is_current(), "check after generate");
            prop_assert_eq!(tierform::output::diff(&again).len(), 0);
        }
    }
}
