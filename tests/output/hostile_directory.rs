//! Strangers' files: whatever stands in an output directory, a run ends with a sentence or with the generated files, follows
//! no link, waits for no pipe, and leaves alone what it did not write. One table; each row is one trap.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tierform::output::{Manifest, compare, write};
use tierform::tree::Tree;

const MAIN: &str = "a = 1\n\nb = 1\n\nc = 1\n";
const NEW: &str = "a = 1\n\nb = 2\n\nc = 1\n";

fn tree(main: &str) -> Tree {
    let mut tree = Tree::default();
    tree.insert("main.tf", main.to_owned());
    tree.insert("modules/net/main.tf", format!("{main}# net\n"));
    tree
}

/// What a run is to make of a trap.
enum End {
    /// It writes, and `main.tf` holds this then.
    Writes(&'static str),
    /// It writes the rest, and tells that something is in the way of `main.tf`.
    Keeps,
    /// It refuses, and its sentence holds this.
    Refuses(&'static str),
}
use End::{Keeps, Refuses, Writes};

type Trap = fn(out: &Path, outside: &Path);

fn replace(path: PathBuf, make: impl FnOnce(&Path)) {
    if path.is_dir() {
        fs::remove_dir_all(&path).unwrap();
    } else {
        fs::remove_file(&path).unwrap();
    }
    make(&path);
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn edit(out: &Path, from: &str, to: &str) {
    let path = out.join("main.tf");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

fn manifest(out: &Path, change: impl FnOnce(String) -> String) {
    let path = Manifest::path(out);
    let text = fs::read_to_string(&path).unwrap();
    let changed = change(text.clone());
    assert_ne!(changed, text, "the trap is set");
    fs::write(path, changed).unwrap();
}

fn list(out: &Path, path: &str) {
    manifest(out, |text| {
        text.replacen("\"files\": {", &format!("\"files\": {{\n {path:?}: {:?},", "0".repeat(64)), 1)
    });
}

const TRAPS: &[(&str, Trap, End)] = &[
    (
        "a link to a file outside",
        |out, outside| replace(out.join("main.tf"), |path| symlink(outside.join("main.tf"), path).unwrap()),
        Keeps,
    ),
    (
        "a link to nowhere",
        |out, _| replace(out.join("main.tf"), |path| symlink("/nowhere", path).unwrap()),
        Keeps,
    ),
    ("a link to itself", |out, _| replace(out.join("main.tf"), |path| symlink(path, path).unwrap()), Keeps),
    (
        "a directory that is a link",
        |out, outside| replace(out.join("modules"), |path| symlink(outside, path).unwrap()),
        Refuses("modules is a symbolic link"),
    ),
    (
        "our records are a link",
        |out, outside| replace(out.join(".tierform"), |path| symlink(outside, path).unwrap()),
        Refuses(".tierform is a symbolic link"),
    ),
    (
        "the manifest is a link",
        |out, outside| replace(Manifest::path(out), |path| symlink(outside.join("main.tf"), path).unwrap()),
        Refuses("it is a symbolic link"),
    ),
    (
        "the base texts are a link",
        |out, outside| {
            replace(out.join(".tierform/base.txt"), |path| symlink(outside.join("main.tf"), path).unwrap())
        },
        Refuses("it is a symbolic link"),
    ),
    (
        "a hard link to a file outside",
        |out, outside| {
            // The same text, so it counts as untouched: replacing it must leave the other name alone.
            replace(out.join("main.tf"), |path| fs::hard_link(outside.join("main.tf"), path).unwrap());
        },
        Writes(NEW),
    ),
    ("a pipe", |out, _| replace(out.join("main.tf"), fifo), Keeps),
    (
        "a pipe for a manifest",
        |out, _| replace(Manifest::path(out), fifo),
        Refuses("it is a pipe, socket or device"),
    ),
    (
        "a pipe for a conflict's other side",
        |out, _| {
            edit(out, "b = 1", "b = 3");
            fifo(&out.join("main.tf.tierform-new"));
        },
        Keeps,
    ),
    ("a device", |out, _| replace(out.join("main.tf"), |path| symlink("/dev/full", path).unwrap()), Keeps),
    (
        "a directory in place of a file",
        |out, _| replace(out.join("main.tf"), |path| fs::create_dir(path).unwrap()),
        Keeps,
    ),
    (
        "a file in place of a directory",
        |out, _| replace(out.join("modules"), |path| fs::write(path, "mine\n").unwrap()),
        Refuses("modules is a file, where tierform needs a directory"),
    ),
    (
        "a name that differs by case",
        |out, _| fs::write(out.join("Main.tf"), "# mine\n").unwrap(),
        Writes(NEW),
    ),
    ("CRLF", |out, _| fs::write(out.join("main.tf"), MAIN.replace('\n', "\r\n")).unwrap(), Writes(NEW)),
    (
        "CRLF and an edit",
        |out, _| {
            fs::write(out.join("main.tf"), MAIN.replace("a = 1", "a = 7").replace('\n', "\r\n")).unwrap()
        },
        Writes("a = 7\n\nb = 2\n\nc = 1\n"),
    ),
    (
        "a byte-order mark and an edit",
        |out, _| {
            fs::write(out.join("main.tf"), format!("\u{feff}{}", MAIN.replace("a = 1", "a = 7"))).unwrap()
        },
        Writes("a = 7\n\nb = 2\n\nc = 1\n"),
    ),
    ("an empty file", |out, _| fs::write(out.join("main.tf"), "").unwrap(), Keeps),
    (
        "bytes that are no text",
        |out, _| fs::write(out.join("main.tf"), b"a = 1\n\xff\xfe\x00\n").unwrap(),
        Keeps,
    ),
    ("an edit that breaks HCL", |out, _| edit(out, "c = 1", "c = {"), Keeps),
    (
        "an empty manifest",
        |out, _| fs::write(Manifest::path(out), "").unwrap(),
        Refuses("manifest.json is damaged"),
    ),
    (
        "a manifest cut short",
        |out, _| manifest(out, |text| text[..text.len() / 2].to_owned()),
        Refuses("manifest.json is damaged"),
    ),
    (
        "a manifest with merge markers",
        |out, _| manifest(out, |text| format!("<<<<<<< HEAD\n{text}")),
        Refuses("restore it from version control"),
    ),
    (
        "a manifest of ten thousand brackets",
        |out, _| fs::write(Manifest::path(out), "[".repeat(10_000)).unwrap(),
        Refuses("manifest.json is damaged"),
    ),
    (
        "a manifest from the future",
        |out, _| manifest(out, |text| text.replacen("\"format\": ", "\"format\": 7", 1)),
        Refuses("has format 7"),
    ),
    (
        "a manifest with a key of tomorrow",
        |out, _| manifest(out, |text| text.replacen('{', "{ \"blocks\": {},", 1)),
        Refuses("unknown field `blocks`"),
    ),
    (
        "a manifest that points outside",
        |out, _| list(out, "../outside/main.tf"),
        Refuses("../outside/main.tf"),
    ),
    ("a manifest with an absolute path", |out, _| list(out, "/etc/passwd"), Refuses("the path is absolute")),
    (
        "a manifest that points into .git",
        |out, _| list(out, ".git/config"),
        Refuses("records that are not generated"),
    ),
    (
        "a manifest that points into itself",
        |out, _| list(out, ".tierform/manifest.json"),
        Refuses("records that are not generated"),
    ),
    (
        "a manifest with two names of one file",
        |out, _| list(out, "MAIN.tf"),
        Refuses("one file on many systems"),
    ),
    (
        "a manifest that claims a stranger's file",
        |out, _| {
            fs::write(out.join("mine.tf"), "mine\n").unwrap();
            list(out, "mine.tf");
        },
        Writes(NEW),
    ),
    (
        "base texts that lie",
        |out, _| {
            edit(out, "a = 1", "a = 7");
            let path = out.join(".tierform/base.txt");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(path, text.replace("b = 1", "b = 2")).unwrap();
        },
        Keeps,
    ),
    (
        "no base texts",
        |out, _| {
            edit(out, "a = 1", "a = 7");
            fs::remove_file(out.join(".tierform/base.txt")).unwrap();
        },
        Keeps,
    ),
];

/// Path → what it is and holds, links not followed.
fn picture(directory: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        let what = if kind.is_file() {
            String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned()
        } else if kind.is_symlink() {
            format!("link to {}", fs::read_link(entry.path()).unwrap().display())
        } else if kind.is_fifo() {
            "pipe".to_owned()
        } else {
            found.extend(picture(&entry.path()));
            "directory".to_owned()
        };
        found.insert(entry.path(), what);
    }
    found
}

#[test]
fn no_trap_costs_anybody_anything() {
    for (name, set, end) in TRAPS {
        let temp = tempfile::tempdir().unwrap();
        let (out, outside) = (temp.path().join("infra"), temp.path().join("outside"));
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("main.tf"), MAIN).unwrap();
        let old = tree(MAIN);
        write(&compare(&old, &out, "spec").unwrap()).unwrap();
        set(&out, &outside);
        let (before, outer) = (picture(&out), picture(&outside));

        let new = tree(NEW);
        let result = compare(&new, &out, "spec").and_then(|changes| {
            let kind = changes.iter().find(|change| change.path == "main.tf").unwrap().kind;
            write(&changes).map(|()| kind)
        });
        let main = || fs::read_to_string(out.join("main.tf")).unwrap();
        match (end, result) {
            (Writes(text), Ok(_)) => assert_eq!(main(), *text, "{name}"),
            (Keeps, Ok(kind)) => {
                assert!(kind.is_unresolved(), "{name}: {kind}");
                assert_eq!(
                    picture(&out).get(&out.join("main.tf")),
                    before.get(&out.join("main.tf")),
                    "{name}"
                );
            }
            (Refuses(sentence), Err(error)) => {
                assert!(error.to_string().contains(sentence), "{name}: {error}");
                assert_eq!(picture(&out), before, "{name}: nothing at all is written");
            }
            (_, Ok(kind)) => panic!("{name}: main.tf is {kind}"),
            (_, Err(error)) => panic!("{name}: {error}"),
        }
        assert_eq!(picture(&outside), outer, "{name}: nothing outside is touched");
        for path in ["Main.tf", "mine.tf"].map(|path| out.join(path)) {
            assert_eq!(fs::read_to_string(&path).ok(), before.get(&path).cloned(), "{name}");
        }
    }
}

#[test]
fn no_two_generated_paths_differ_by_case_alone() {
    for spec in
        [include_str!("../../examples/gcp-1k/coder.toml"), include_str!("../../examples/gcp-2k/coder.toml")]
    {
        let tree = tierform::render::render(&tierform::compile(spec).unwrap().plan).unwrap();
        let mut paths: Vec<String> = tree.iter().map(|(path, _)| path.to_lowercase()).collect();
        paths.sort();
        assert!(paths.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
