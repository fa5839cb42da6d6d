//! What a hand or a crash did to the records, and wishes that name nothing: a sentence with a way out, and every byte as it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::checkouts::tierform;

/// A directory with an edit, and a spec that asks for more than it has.
fn edited() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    fs::write(at.join("coder.toml"), include_str!("../../examples/gcp-1k/coder.toml")).unwrap();
    assert_eq!(tierform(at, &["generate"]).0, 0);
    let values = at.join("infra/terraform.tfvars");
    let text = fs::read_to_string(&values).unwrap();
    fs::write(&values, format!("# ours\n\n{text}")).unwrap();
    let spec = include_str!("../../examples/gcp-1k/coder.toml").replace("\"1k\"", "\"2k\"");
    fs::write(at.join("coder.toml"), spec).unwrap();
    place
}

fn bytes(directory: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for path in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            bytes(&path, found);
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

/// What `tierform` says when it refuses, having touched nothing.
fn refused(at: &Path, arguments: &[&str]) -> String {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    bytes(at, &mut before);
    let (status, stdout, stderr) = tierform(at, arguments);
    let is_refused = status == 1 || status == 3 && stderr.contains("nothing was written");
    assert!(is_refused && stderr.starts_with("error: "), "{arguments:?}: {status}\n{stdout}{stderr}");
    bytes(at, &mut after);
    assert!(before == after, "{arguments:?} changed something");
    stderr
}

/// Leaves the first half of a file, as a full disk or a broken copy does.
fn halve(path: &Path) {
    let text = fs::read(path).unwrap();
    fs::write(path, &text[..text.len() / 2]).unwrap();
}

fn change(manifest: &Path, change: impl Fn(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    change(&mut value);
    fs::write(manifest, value.to_string()).unwrap();
}

#[test]
fn damaged_records_are_named_with_what_is_wrong_and_nothing_is_written() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 6] = [
        ("missing field `coderd`", |manifest| {
            change(manifest, |value| drop(value["record"]["plan"].as_object_mut().unwrap().remove("coderd")));
        }),
        ("missing field `spec`", |manifest| {
            change(manifest, |value| drop(value["record"].as_object_mut().unwrap().remove("spec")));
        }),
        ("string \"three\", expected u8", |manifest| {
            change(manifest, |value| value["record"]["plan"]["revision"] = "three".into());
        }),
        ("invalid length 0", |manifest| {
            change(manifest, |value| value["record"]["plan"]["clusters"] = serde_json::json!([[]]));
        }),
        ("EOF while parsing", halve),
        ("format 99, written by tierform 7.0.0", |manifest| {
            change(manifest, |value| {
                value["format"] = 99.into();
                value["tierform"] = "7.0.0".into();
                value["record"] = "in a form of its own".into();
            });
        }),
    ];
    for (what, damage) in damages {
        let place = edited();
        let at = place.path();
        damage(&at.join("infra/.tierform/manifest.json"));
        for arguments in [&["generate"][..], &["generate", "--upgrade-catalog"], &["check"], &["diff"]] {
            let said = refused(at, arguments);
            assert!(said.contains(what) && said.contains(".tierform/manifest.json"), "{said}");
            let way_out = ["from version control", "run that version or a newer one"];
            assert!(way_out.iter().any(|way| said.contains(way)), "{said}");
        }
    }
}

#[test]
fn base_texts_that_are_cut_off_merge_nothing() {
    let place = edited();
    let at = place.path();
    halve(&at.join("infra/.tierform/base.txt"));
    let said = refused(at, &["generate"]);
    assert!(said.contains("base.txt is damaged: the entry at byte "), "{said}");
    assert!(said.contains("restore it from version control"), "{said}");
}

#[test]
fn a_wish_that_names_no_generated_file_is_refused_with_an_example() {
    let place = edited();
    let at = place.path();
    fs::write(at.join("mine.tf"), "# mine\n").unwrap();
    fs::write(at.join("infra/mine.tf"), "# mine\n").unwrap();
    for path in
        ["nope.tf", "mine.tf", "../coder.toml", "/etc/passwd", "infra/main.tf", ".tierform/base.txt", ""]
    {
        let said = refused(at, &["generate", "--keep", path]);
        assert!(said.contains("names no file that tierform writes"), "{said}");
        assert!(said.contains("as in --keep modules/gcp/coderd/main.tf"), "{said}");
    }
}

#[test]
fn a_release_of_coder_that_is_none_says_how_one_is_written() {
    let place = edited();
    let at = place.path();
    for version in ["2.99", "2", "", "v2.36.6", "2.36.6-rc.1", "2.36.06", "99999999999.1.1"] {
        let spec = include_str!("../../examples/gcp-1k/coder.toml");
        fs::write(at.join("coder.toml"), format!("{spec}\n[coder]\nversion = \"{version}\"\n")).unwrap();
        let said = refused(at, &["generate"]);
        assert!(said.contains(&format!("`coder.version` \"{version}\" is not a release of Coder")), "{said}");
        assert!(said.contains("\"2.36.6\"") && said.contains("coder.toml:17:1"), "{said}");
    }
}
