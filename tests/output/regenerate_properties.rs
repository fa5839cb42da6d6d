//! Years of a platform team at random: the spec changes, files are edited, added and deleted, and the directory is generated
//! again. No line of theirs is lost without being named, `check` after `generate` is current, and twice is once.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tierform::output::{CONFLICT_SUFFIX, Changes, Kind, Request, compare, compare_for, open, write};
use tierform::tree::Tree;
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
    /// Everything gets Windows line ends, records included, as from a checkout.
    Crlf,
    /// A conflict, where there is one, is settled.
    Settle(usize, Settle),
}

#[derive(Debug, Clone, Copy)]
enum Settle {
    /// By moving the other side over the file.
    Move,
    /// By deleting the other side.
    Remove,
    /// By --keep.
    Keep,
}

fn event() -> impl Strategy<Value = Event> {
    let (file, place) = (|| 0..FILES.len(), || 0..1000_usize);
    prop_oneof![
        3 => (any::<bool>(), 0..SPECS.len()).prop_map(|(large, tables)| Event::Spec(large, tables)),
        3 => (file(), place()).prop_map(|(file, at)| Event::Insert(file, at)),
        2 => (file(), place()).prop_map(|(file, at)| Event::Annotate(file, at)),
        1 => file().prop_map(Event::Delete),
        1 => Just(Event::Crlf),
        2 => (file(), proptest::sample::select(&[Settle::Move, Settle::Remove, Settle::Keep][..]))
            .prop_map(|(file, how)| Event::Settle(file, how)),
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

fn crlf(directory: &Path) {
    for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            crlf(&entry);
        } else {
            let text = fs::read_to_string(&entry).unwrap().replace("\r\n", "\n");
            fs::write(&entry, text.replace('\n', "\r\n")).unwrap();
        }
    }
}

/// A run that the user does not ask anything of, or that is to keep their side of some file.
fn changes<'t>(tree: &'t Tree, out: &Path, keep: &[String]) -> Changes<'t> {
    let request = Request { spec_sha256: "spec", keep, ..Request::default() };
    compare_for(tree, open(out).unwrap(), request).unwrap()
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
            let side = |file: usize| out.join(format!("{}{CONFLICT_SUFFIX}", FILES[file]));
            let mut keep = Vec::new();
            let mut settled = None;
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
                Event::Crlf => crlf(&out),
                Event::Settle(file, _) if !side(file).exists() || !out.join(FILES[file]).exists() => {}
                Event::Settle(file, how) => {
                    settled = Some(FILES[file]);
                    match how {
                        Settle::Remove => fs::remove_file(side(file)).unwrap(),
                        Settle::Keep => keep.push(FILES[file].to_owned()),
                        Settle::Move => {
                            fs::rename(side(file), out.join(FILES[file])).unwrap();
                            let text = fs::read_to_string(out.join(FILES[file])).unwrap();
                            let marks = mine.entry(FILES[file]).or_default();
                            // What was on the very lines that clashed is what the user gives up.
                            marks.retain(|mark| text.contains(mark));
                        }
                    }
                }
            }
            let tree = render::render(&compile(&now).unwrap().plan).unwrap();
            let changes = changes(&tree, &out, &keep);
            write(&changes).unwrap();
            if let Some(path) = settled {
                let kind = changes.iter().find(|change| change.path == path).unwrap().kind;
                prop_assert!(!kind.is_unresolved(), "{} was settled, and is {}", path, kind);
            }
            for (path, marks) in mine.iter().filter(|(_, marks)| !marks.is_empty()) {
                let text = fs::read_to_string(out.join(path)).unwrap();
                let kind = changes.iter().find(|change| change.path == *path).unwrap().kind;
                for mark in marks {
                    prop_assert!(text.contains(mark), "{} lost {}", path, mark);
                }
                prop_assert!(kind == Kind::Merge || kind.is_kept(), "{} is told as {}", path, kind);
            }
            let again = compare(&tree, &out, "spec").unwrap();
            prop_assert!(again.is_current(), "check after generate");
            for file in tierform::output::diff(&again) {
                prop_assert!(file.path.ends_with(CONFLICT_SUFFIX), "only what is withheld differs: {}", file.path);
            }
        }
    }
}
