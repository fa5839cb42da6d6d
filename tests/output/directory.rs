//! What the user is promised of the output directory: their work is kept, ours is whole, strangers' files are safe.
//! Each test is one promise, told on a directory of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::infra::{first, generate, generated, second, tree};
use tierform::output::{Kind, Manifest, OutputError, Request, What, compare, compare_for, write};
use tierform::tree::{Tree, sha256_hex};
use tierform::{output, render};

fn is_current(tree: &Tree, out: &Path) -> bool {
    compare(tree, out, "spec").unwrap().is_current()
}

fn refused(tree: &Tree, out: &Path) -> String {
    compare(tree, out, "spec").and_then(|changes| write(&changes)).expect_err("it is refused").to_string()
}

fn read(out: &Path, path: &str) -> String {
    fs::read_to_string(out.join(path)).unwrap()
}

/// Everything below `directory`, with the modification time of each.
fn walk(directory: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let metadata = fs::symlink_metadata(entry.path()).unwrap();
        found.insert(entry.path(), metadata.modified().unwrap());
        if metadata.is_dir() {
            found.extend(walk(&entry.path()));
        }
    }
    found
}

/// Makes everything look a day old, so that any later write shows.
fn age(directory: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    for path in walk(directory).keys() {
        fs::File::open(path).unwrap().set_modified(yesterday).unwrap();
    }
    walk(directory)
}

#[test]
fn a_first_run_makes_the_directory_and_a_manifest_that_sha256sum_agrees_with() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("platform/infra");
    let changes = generate(&first(), &out);
    assert!(changes.len() == 3 && changes.values().all(|&kind| kind == Kind::Create));
    assert_eq!(read(&out, "modules/gcp/network/main.tf"), "network\n");

    let manifest = Manifest::load(&out).unwrap().unwrap();
    assert_eq!(
        (manifest.tierform.as_str(), manifest.spec_sha256.as_str()),
        (env!("CARGO_PKG_VERSION"), "spec")
    );
    for (path, file) in first().iter() {
        assert_eq!(manifest.files[path], sha256_hex(file.text.as_bytes()));
    }
    let names: BTreeSet<_> = walk(&out).into_keys().filter(|path| path.is_file()).collect();
    assert_eq!(names.len(), 5, "three files, manifest, base texts: {names:?}");

    let elsewhere = temp.path().join("elsewhere");
    generate(&first(), &elsewhere);
    for record in [".tierform/manifest.json", ".tierform/base.txt"] {
        assert_eq!(read(&out, record), read(&elsewhere, record), "the same bytes everywhere");
    }
}

#[test]
fn a_second_run_touches_nothing() {
    let (_temp, out) = generated();
    let before = age(&out);
    generate(&first(), &out);
    assert_eq!(walk(&out), before);
    // Another spec that renders the same is no reason to touch the manifest either.
    let tree = first();
    let changes = compare(&tree, &out, "a comment was added to the spec").unwrap();
    assert!(changes.is_current());
    write(&changes).unwrap();
    assert_eq!(walk(&out), before);
}

#[test]
fn only_what_differs_is_written() {
    let (_temp, out) = generated();
    let before = age(&out);
    let tree = second();
    let changes = compare(&tree, &out, "other").unwrap();
    assert!(!changes.is_current());
    assert_eq!(changes.written(), 3);
    assert_eq!(walk(&out), before, "comparing writes nothing");
    write(&changes).unwrap();
    let after = walk(&out);
    assert_eq!(after[&out.join("variables.tf")], before[&out.join("variables.tf")]);
    assert_ne!(after[&out.join("main.tf")], before[&out.join("main.tf")]);
    assert_eq!(Manifest::load(&out).unwrap().unwrap().spec_sha256, "other");
    assert!(is_current(&second(), &out));
}

#[test]
#[cfg(unix)]
fn permissions_are_kept_and_new_files_get_the_usual_ones() {
    use std::os::unix::fs::PermissionsExt;
    let (_temp, out) = generated();
    let mode = |path: &str| fs::metadata(out.join(path)).unwrap().permissions().mode() & 0o777;
    fs::write(out.join("usual"), "").unwrap();
    assert_eq!(mode("main.tf"), mode("usual"));
    assert_eq!(mode(".tierform/manifest.json"), mode("usual"));
    fs::set_permissions(out.join("main.tf"), fs::Permissions::from_mode(0o640)).unwrap();
    generate(&second(), &out);
    assert_eq!((read(&out, "main.tf").as_str(), mode("main.tf")), ("main 2\n", 0o640));
}

#[test]
fn line_ends_and_byte_order_marks_are_no_edits() {
    let (_temp, out) = generated();
    fs::write(out.join("main.tf"), "\u{feff}main\r\n").unwrap();
    // Nobody's edit, but not what a machine is to read either.
    assert_eq!(generate(&first(), &out)["main.tf"], Kind::Update);
    assert_eq!(read(&out, "main.tf"), "main\n");
    fs::write(out.join("main.tf"), "\u{feff}main\r\n").unwrap();
    assert_eq!(generate(&second(), &out)["main.tf"], Kind::Update);
    assert_eq!(read(&out, "main.tf"), "main 2\n");
}

#[test]
fn a_deleted_file_stays_deleted() {
    let (_temp, out) = generated();
    fs::remove_file(out.join("main.tf")).unwrap();
    fs::remove_dir_all(out.join("modules")).unwrap();
    for tree in [first(), second(), first()] {
        assert_eq!(generate(&tree, &out)["main.tf"], Kind::Deleted);
        assert!(!out.join("main.tf").exists());
        assert!(is_current(&tree, &out));
    }
    fs::write(out.join("main.tf"), "main\n").unwrap();
    assert_eq!(generate(&second(), &out)["main.tf"], Kind::Update, "put back by hand, it is ours again");
}

#[test]
fn what_is_no_longer_generated_goes_with_its_directories_unless_it_was_edited() {
    let (_temp, out) = generated();
    assert_eq!(generate(&second(), &out)["modules/gcp/network/main.tf"], Kind::Remove);
    assert!(!out.join("modules").exists() && out.exists());

    generate(&first(), &out);
    fs::write(out.join("modules/gcp/mine.tf"), "mine\n").unwrap();
    generate(&second(), &out);
    assert!(!out.join("modules/gcp/network").exists());
    assert_eq!(read(&out, "modules/gcp/mine.tf"), "mine\n");

    generate(&first(), &out);
    fs::write(out.join("modules/gcp/network/main.tf"), "my network\n").unwrap();
    for _ in 0..2 {
        assert_eq!(generate(&second(), &out)["modules/gcp/network/main.tf"], Kind::KeepOrphan);
        assert_eq!(read(&out, "modules/gcp/network/main.tf"), "my network\n");
    }
    fs::remove_file(out.join("modules/gcp/network/main.tf")).unwrap();
    assert!(!generate(&second(), &out).contains_key("modules/gcp/network/main.tf"));

    generate(&first(), &out);
    generate(&tree(&[]), &out);
    assert!(out.join(".tierform").exists(), "the output directory itself stays");
}

#[test]
fn the_users_own_files_are_never_touched() {
    let (_temp, out) = generated();
    let names = ["mine.tf", "main_override.tf", "outputs.tf", ".terraform.lock.hcl"];
    names.iter().for_each(|name| fs::write(out.join(name), "mine\n").unwrap());
    for _ in 0..2 {
        // One of them stands where a file is generated from now on.
        assert_eq!(generate(&second(), &out)["outputs.tf"], Kind::Occupied(What::File));
        names.iter().for_each(|name| assert_eq!(read(&out, name), "mine\n"));
    }
    fs::remove_file(out.join("outputs.tf")).unwrap();
    assert_eq!(generate(&second(), &out)["outputs.tf"], Kind::Create);
}

#[test]
fn a_directory_of_somebody_else_is_refused_and_left_as_it_is() {
    let temp = tempfile::tempdir().unwrap();
    let names = ["LICENSE", "main.tf", "notes.txt", "vars.tf"];
    names.iter().for_each(|name| fs::write(temp.path().join(name), "theirs\n").unwrap());
    fs::create_dir(temp.path().join(".git")).unwrap();
    fs::write(temp.path().join(".gitignore"), "").unwrap();
    let before = age(temp.path());
    let error = refused(&first(), temp.path());
    assert!(
        error.contains("holds LICENSE, main.tf and 2 more; choose an empty directory with --out"),
        "{error}"
    );
    assert_eq!(walk(temp.path()), before);

    names.iter().for_each(|name| fs::remove_file(temp.path().join(name)).unwrap());
    generate(&first(), temp.path());
    assert_eq!(read(temp.path(), "main.tf"), "main\n", "what git keeps makes no directory foreign");
}

#[test]
#[cfg(unix)]
fn what_is_no_file_but_in_the_place_of_one_is_kept_and_never_followed() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    for what in [What::Link, What::Special, What::Directory] {
        let (temp, out) = generated();
        let secret = temp.path().join("secret");
        fs::write(&secret, "main\n").unwrap();
        let path = out.join("main.tf");
        fs::remove_file(&path).unwrap();
        match what {
            What::Link => symlink(&secret, &path).unwrap(),
            What::Special => drop(UnixListener::bind(&path).unwrap()),
            _ => fs::create_dir(&path).unwrap(),
        }
        // The link leads to our very text, and is the user's all the same.
        for tree in [first(), second(), first()] {
            assert_eq!(generate(&tree, &out)["main.tf"], Kind::Occupied(what));
        }
        assert_eq!(generate(&tree(&[]), &out)["main.tf"], Kind::KeepOrphan);
        assert!(fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()));
        assert_eq!(fs::read_to_string(&secret).unwrap(), "main\n");
    }
}

#[test]
#[cfg(unix)]
fn a_link_in_the_place_of_a_directory_is_refused_for_writing_for_removing_and_for_our_records() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    fs::create_dir_all(outside.path().join("network")).unwrap();
    fs::write(outside.path().join("network/main.tf"), "network\n").unwrap();
    let before = age(outside.path());
    for link in ["modules/gcp", "modules", ".tierform"] {
        let (_temp, out) = generated();
        fs::remove_dir_all(out.join(link)).unwrap();
        symlink(outside.path(), out.join(link)).unwrap();
        for tree in [first(), second()] {
            let error = refused(&tree, &out);
            assert!(error.contains(link) && error.contains("is a symbolic link"), "{error}");
        }
        assert_eq!(read(&out, "main.tf"), "main\n", "nothing at all is written");
    }
    for record in [".tierform/manifest.json", ".tierform/base.txt"] {
        let (_temp, out) = generated();
        fs::rename(out.join(record), out.join("record")).unwrap();
        symlink(out.join("record"), out.join(record)).unwrap();
        assert!(refused(&second(), &out).contains("it is a symbolic link"));
    }
    assert_eq!(walk(outside.path()), before);
}

#[test]
#[cfg(unix)]
fn the_output_directory_itself_may_be_a_link() {
    let temp = tempfile::tempdir().unwrap();
    let (real, link) = (temp.path().join("real"), temp.path().join("link"));
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(refused(&first(), &link).contains("is a symbolic link"), "it leads nowhere");
    fs::create_dir(&real).unwrap();
    generate(&first(), &link);
    assert_eq!(read(&real, "main.tf"), "main\n");
}

#[test]
fn a_manifest_that_was_tampered_with_is_refused_and_nothing_is_touched() {
    let (temp, out) = generated();
    let victim = temp.path().join("victim");
    fs::write(&victim, "theirs\n").unwrap();
    let good = read(&out, ".tierform/manifest.json");
    let listing = |path: &str| {
        good.replace("\"files\": {", &format!("\"files\": {{{path:?}: {:?},", sha256_hex(b"theirs\n")))
    };
    for (named, text) in [
        ("../victim", listing("../victim")),
        ("victim", listing(victim.to_str().unwrap())),
        ("manifest.json", good.replace('}', "")),
        ("manifest.json", format!("<<<<<<< HEAD\n{good}")),
        (
            "9.0.0",
            good.replacen("\"format\": ", "\"format\": 9", 1).replace(env!("CARGO_PKG_VERSION"), "9.0.0"),
        ),
    ] {
        fs::write(Manifest::path(&out), &text).unwrap();
        let error = refused(&second(), &out);
        assert!(error.contains(named) && error.contains(".tierform"), "{error}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "theirs\n");
        assert_eq!(read(&out, "main.tf"), "main\n");
    }
}

#[test]
fn damaged_base_texts_are_refused_and_lost_ones_are_written_anew() {
    let (_temp, out) = generated();
    fs::write(out.join(".tierform/base.txt"), "{").unwrap();
    assert!(refused(&second(), &out).contains("base.txt is damaged"));
    assert_eq!(read(&out, "main.tf"), "main\n");
    fs::remove_file(out.join(".tierform/base.txt")).unwrap();
    generate(&second(), &out);
    assert!(is_current(&second(), &out));
    assert!(read(&out, ".tierform/base.txt").contains("main 2"));
}

#[test]
fn a_path_that_leads_out_of_the_directory_is_never_written() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("infra");
    for path in ["../x.tf", "/tmp/x.tf", "modules/../../x.tf", ".tierform/manifest.json"] {
        assert!(refused(&tree(&[(path, "")]), &out).contains(path));
    }
    assert!(!out.exists());
}

#[test]
fn a_place_that_cannot_be_written_is_named_and_nothing_is_written() {
    let (temp, out) = generated();
    fs::write(temp.path().join("file"), "theirs\n").unwrap();
    assert!(
        refused(&first(), &temp.path().join("file"))
            .contains("file is a file, where tierform needs a directory")
    );
    let error = refused(&first(), &temp.path().join("file/infra"));
    assert!(error.contains("file/infra") && error.contains("Not a directory"), "{error}");

    fs::remove_dir_all(out.join("modules")).unwrap();
    fs::write(out.join("modules"), "mine\n").unwrap();
    let before = age(&out);
    assert!(refused(&second(), &out).contains("modules is a file, where tierform needs a directory"));
    assert_eq!(walk(&out), before);
}

#[test]
#[cfg(unix)]
fn a_read_only_directory_is_found_before_anything_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let (_temp, out) = generated();
    let network = out.join("modules/gcp/network");
    fs::set_permissions(&network, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(network.join("probe"), "").is_ok() {
        eprintln!("skipped: permissions do not bind this user (root?), so no directory is read-only");
        return;
    }
    let next = tree(&[("main.tf", "main 2\n"), ("modules/gcp/network/main.tf", "network 2\n")]);
    let error = refused(&next, &out);
    assert!(error.contains("cannot write") && error.contains("modules/gcp/network/main.tf"), "{error}");
    assert_eq!(read(&out, "main.tf"), "main\n");
    assert!(is_current(&first(), &out));
    fs::set_permissions(&network, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_write_that_stops_half_way_is_finished_by_the_next_run() {
    let (_temp, out) = generated();
    let tree = second();
    let changes = compare(&tree, &out, "spec").unwrap();
    fs::create_dir(out.join("outputs.tf")).unwrap();
    let error = write(&changes).unwrap_err();
    assert!(matches!(&error, OutputError::Changed { path } if path.ends_with("outputs.tf")), "{error}");
    assert_eq!(read(&out, "main.tf"), "main 2\n", "this one was done already");
    assert!(!is_current(&second(), &out));

    fs::remove_dir(out.join("outputs.tf")).unwrap();
    let changes = generate(&second(), &out);
    assert_eq!((changes["main.tf"], changes["outputs.tf"]), (Kind::Unchanged, Kind::Create));
    assert!(is_current(&second(), &out));
    assert!(walk(&out).keys().all(|path| path.extension().is_none_or(|extension| extension != "tmp")));
}

#[test]
fn a_file_deleted_after_a_write_that_stopped_stays_deleted_too() {
    let (_temp, out) = generated();
    let tree = second();
    let changes = compare(&tree, &out, "spec").unwrap();
    fs::create_dir(out.join("outputs.tf")).unwrap();
    write(&changes).unwrap_err();
    fs::remove_dir(out.join("outputs.tf")).unwrap();
    fs::remove_file(out.join("main.tf")).unwrap();
    let changes = generate(&tree, &out);
    assert_eq!((changes["main.tf"], changes["outputs.tf"]), (Kind::Deleted, Kind::Create));
}

#[test]
fn what_the_user_saves_while_a_run_is_under_way_is_not_lost() {
    for path in ["main.tf", "modules/gcp/network/main.tf", "outputs.tf"] {
        let (_temp, out) = generated();
        let tree = second();
        let changes = compare(&tree, &out, "spec").unwrap();
        fs::write(out.join(path), "saved just now\n").unwrap();
        let error = write(&changes).unwrap_err().to_string();
        assert!(error.contains(path) && error.contains("was changed while tierform was at work"), "{error}");
        generate(&second(), &out);
        assert_eq!(read(&out, path), "saved just now\n");
    }
}

#[test]
fn a_current_directory_is_known_without_a_tree_and_any_other_is_not() {
    let parent = tempfile::tempdir().unwrap();
    let out = parent.path().join("infra");
    let plan = tierform::compile(include_str!("../../examples/gcp-1k/coder.toml")).unwrap().plan;
    let (tree, program) = (render::render(&plan).unwrap(), tierform::PROGRAM);
    let files = |program: &str| {
        let request = Request { program, ..Request::default() };
        output::current(&output::open(&out).unwrap(), &request, render::embedded).unwrap()
    };
    assert_eq!(files(program), None, "nothing is there");
    let written = compare_for(&tree, output::open(&out).unwrap(), Request { program, ..Request::default() });
    let written = written.unwrap();
    output::write(&written).unwrap();
    assert_eq!(files(program), Some(tree.len()));
    assert_eq!(files(""), None, "a run that does not say who made its tree");
    assert_eq!(files("0123"), None, "another program");
    let opened = || output::open(&out).unwrap();
    let other = Request { program, spec_sha256: "another", ..Request::default() };
    assert_eq!(output::current(&opened(), &other, render::embedded).unwrap(), None, "another spec");

    for path in ["terraform.tfvars", "modules/gcp/network/main.tf", ".gitignore"] {
        let before = fs::read(out.join(path)).unwrap();
        fs::write(out.join(path), [&before[..], b"# mine\n"].concat()).unwrap();
        assert_eq!(files(program), None, "{path} is edited");
        fs::remove_file(out.join(path)).unwrap();
        assert_eq!(files(program), None, "{path} is gone");
        fs::write(out.join(path), before).unwrap();
        assert_eq!(files(program), Some(tree.len()), "{path} is as it was");
    }
    let forced = ["main.tf".to_owned()];
    let wish = Request { program, force: &forced, ..Request::default() };
    assert_eq!(
        output::current(&output::open(&out).unwrap(), &wish, render::embedded).unwrap(),
        None,
        "a wish"
    );
    fs::write(out.join(".tierform/.tierform-1.tmp"), "").unwrap();
    assert_eq!(files(program), None, "what a killed run left");
}
