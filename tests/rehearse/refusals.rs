//! What `tierform rehearse` says, and with which status, of a directory that it cannot rehearse or that is wrong.
//! 1 says that it could not run, 2 that the rehearsal found something, as its help promises.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use tempfile::TempDir;

use crate::support::engines;

/// The status, stdout and stderr of a rehearsal of `dir`, as seen from `place`.
fn rehearse(place: &Path, dir: &str, engine: &Path) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierform"));
    command.current_dir(place).args(["rehearse", dir, "--engine"]).arg(engine);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn directory(files: &[(&str, &str)]) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = place.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    place
}

#[test]
fn what_cannot_run_is_refused_with_status_1() {
    let dns =
        "terraform {\n  required_providers {\n    dns = {\n      source = \"acme/dns\"\n    }\n  }\n}\n";
    let place = directory(&[
        ("notes/notes.txt", "nothing of Terraform's"),
        ("dns/main.tf", dns),
        ("dns/x.tf", "resource \"datadog_monitor\" \"x\" {}\n"),
    ]);
    let cases = [
        ("infra", "There is no infra: name the directory that `tierform generate` wrote."),
        ("notes", "notes holds no .tf files: name the directory that `tierform generate` wrote."),
        (
            "notes/notes.txt",
            "notes/notes.txt is not a directory: name the directory that holds the .tf files.",
        ),
        (
            "dns",
            "The configuration requires acme/dns and hashicorp/datadog, which tierform does not simulate (it simulates \
             hashicorp/aws, hashicorp/azurerm, hashicorp/google, hashicorp/helm, hashicorp/kubernetes, hashicorp/random): \
             pass --real NAME to leave a provider to the engine's own installation.",
        ),
    ];
    for engine in engines::all() {
        for (dir, message) in cases {
            let (status, stdout, stderr) = rehearse(place.path(), dir, &engine);
            assert_eq!((stderr, stdout, status), (format!("error: {message}\n"), String::new(), Some(1)));
        }
    }
}

#[test]
fn without_an_engine_it_tells_where_to_get_one() {
    let place = directory(&[("infra/main.tf", "")]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierform"));
    let output = command.current_dir(&place).arg("rehearse").env("PATH", place.path()).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: Neither tofu nor terraform is on PATH, and a rehearsal needs one: install OpenTofu \
         (https://opentofu.org/docs/intro/install) or Terraform (https://developer.hashicorp.com/terraform/install), \
         version 1.11 or newer, or name one with --engine.\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_syntax_error_is_a_finding_with_its_place() {
    let place = directory(&[("infra/main.tf", "resource \"google_compute_network\" \"x\" {\n")]);
    for engine in engines::all() {
        let (status, stdout, stderr) = rehearse(place.path(), "infra", &engine);
        let expected = "Error: Unclosed configuration block\n\n  \
             on main.tf line 1, in resource \"google_compute_network\" \"x\":\n     \
             1: resource \"google_compute_network\" \"x\" {\n\n\
             There is no closing brace for this block before the end of the file.";
        assert!(stdout.contains(expected), "{stdout}");
        assert!(stdout.ends_with("second plan: not reached\ndestroy:     not reached\n"), "{stdout}");
        assert_eq!((stderr.as_str(), status), ("", Some(2)));
    }
}

/// Every file and directory below `path` with the time of its last change, which for a directory is that of an entry made or gone.
fn times(path: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut all = BTreeMap::from([(path.to_owned(), fs::metadata(path).unwrap().modified().unwrap())]);
    if path.is_dir() {
        all.extend(fs::read_dir(path).unwrap().flat_map(|entry| times(&entry.unwrap().path())));
    }
    all
}

#[test]
fn nothing_is_written_to_a_read_only_directory() {
    let network = "resource \"google_project_service\" \"x\" {\n  project = \"acme\"\n  service = \"compute.googleapis.com\"\n}\n";
    let root = "module \"x\" {\n  source = \"./modules/x\"\n}\n";
    let place = directory(&[("infra/main.tf", root), ("infra/modules/x/main.tf", network)]);
    let chmod = |mode| {
        for name in ["infra", "infra/modules", "infra/modules/x"] {
            fs::set_permissions(place.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    chmod(0o555);
    let before = times(place.path());
    // Root may write anywhere, so the times tell what the mode cannot.
    let said: Vec<_> = engines::all().iter().map(|engine| rehearse(place.path(), "infra", engine)).collect();
    let after = times(place.path());
    chmod(0o755);
    for (status, stdout, stderr) in said {
        assert!(stdout.ends_with("second plan: empty\ndestroy:     left nothing\n"), "{stdout}{stderr}");
        assert_eq!((stderr.as_str(), status), ("init\nvalidate\napply\nsecond plan\ndestroy\n", Some(0)));
    }
    assert_eq!(before, after);
}
