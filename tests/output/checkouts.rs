//! Git between two runs: a checkout that changes line ends loses nothing and changes no machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::engines;
use crate::support::fixtures::{RELEASED, restore};

/// Runs a program in `at`: exit status, stdout, stderr.
pub fn run(program: &str, at: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(at);
    // Whatever git is set up to do where the tests run.
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for (variable, value) in [("NAME", "Acme"), ("EMAIL", "platform@acme.dev")] {
        command.env(format!("GIT_AUTHOR_{variable}"), value).env(format!("GIT_COMMITTER_{variable}"), value);
    }
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// Runs git in `at`, which succeeds; its stdout.
pub fn git(at: &Path, arguments: &[&str]) -> String {
    let (status, stdout, stderr) = run("git", at, arguments);
    assert_eq!(status, 0, "git {arguments:?}: {stderr}");
    stdout
}

pub fn tierform(at: &Path, arguments: &[&str]) -> (i32, String, String) {
    run(env!("CARGO_BIN_EXE_tierform"), at, arguments)
}

/// Makes a repository of `at`, with all that is there in a first commit.
pub fn commit(at: &Path) {
    git(at, &["init", "--quiet", "."]);
    git(at, &["add", "--all"]);
    git(at, &["commit", "--quiet", "--message", "All of it"]);
}

/// A clone of `from` beside it, as git makes it on Windows.
fn windows_clone(from: &Path) -> PathBuf {
    let to = from.with_extension("clone");
    git(from, &["clone", "--quiet", "--config", "core.autocrlf=true", ".", to.to_str().unwrap()]);
    to
}

/// Path → text of all files but git's own.
fn texts(directory: &Path) -> BTreeMap<String, String> {
    let listed = git(directory, &["ls-files", "--cached", "--others", "-z"]);
    let paths = listed.split_terminator('\0').filter(|path| directory.join(path).exists());
    paths.map(|path| (path.to_owned(), fs::read_to_string(directory.join(path)).unwrap())).collect()
}

const SPECS: [&str; 4] = [
    include_str!("../../examples/gcp-1k/coder.toml"),
    include_str!("../../examples/aws-1k/coder.toml"),
    include_str!("../../examples/azure-1k/coder.toml"),
    include_str!("../../examples/gcp-global/coder.toml"),
];

#[test]
fn a_checkout_with_windows_line_ends_has_every_generated_file_as_it_was_and_the_users_as_git_is_told() {
    for spec in SPECS {
        let temp = tempfile::tempdir().unwrap();
        let place = temp.path().join("repository");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("coder.toml"), spec).unwrap();
        assert_eq!(tierform(&place, &["generate"]).0, 0);
        fs::write(place.join("infra/mine.txt"), "mine\n").unwrap();
        // An edit and a conflict's other side are pinned as well.
        let main = fs::read_to_string(place.join("infra/main.tf")).unwrap();
        fs::write(place.join("infra/main.tf"), format!("# ours\n\n{main}")).unwrap();
        commit(&place);
        let clone = windows_clone(&place);
        let (here, there) = (texts(&place), texts(&clone));
        for (path, text) in &here {
            let is_ours = path.starts_with("infra/") && path != "infra/mine.txt";
            let expected = if is_ours { text.clone() } else { text.replace('\n', "\r\n") };
            assert!(there[path] == expected, "{path} came with other line ends");
        }
        assert_eq!(tierform(&clone, &["check"]).0, 0);
    }
}

#[test]
fn a_released_directory_that_came_with_windows_line_ends_is_generated_with_nothing_lost() {
    for (release, case) in RELEASED {
        let temp = tempfile::tempdir().unwrap();
        let place = temp.path().join("repository");
        fs::create_dir(&place).unwrap();
        restore(release, case, &place);
        let edited = "infra/modules/boot/files/tierform-boot.service";
        let unit = fs::read_to_string(place.join(edited)).unwrap();
        fs::write(place.join(edited), format!("{unit}# ours\n")).unwrap();
        let values = fs::read_to_string(place.join("infra/terraform.tfvars")).unwrap();
        fs::write(place.join("infra/terraform.tfvars"), format!("# ours\n\n{values}")).unwrap();
        commit(&place);
        let clone = windows_clone(&place);
        let read = |path: &str| fs::read_to_string(clone.join(path)).unwrap();
        assert!(read(edited).contains('\r') && read("infra/.tierform/base.txt").contains('\r'), "{case}");

        assert_eq!(tierform(&place, &["generate"]).0, 0);
        let (status, _, stderr) = tierform(&clone, &["generate"]);
        assert_eq!(status, 0, "{case}: {stderr}");
        assert_eq!(stderr.matches("came with Windows line ends").count(), 1, "{case}: {stderr}");
        assert_eq!(tierform(&clone, &["check"]).0, 0, "{case}");
        assert!(!tierform(&clone, &["generate"]).2.contains("Windows"), "{case}: that is over");
        let (here, there) = (texts(&place), texts(&clone));
        for (path, text) in here.iter().filter(|(path, _)| path.starts_with("infra/")) {
            // Of the manifest only the hash of the spec differs, whose line ends are the user's own.
            let is_manifest = path.ends_with("manifest.json");
            let is_same = |text: &str, other: &str| match is_manifest {
                true => text
                    .lines()
                    .filter(|line| !line.contains("spec_sha256"))
                    .eq(other.lines().filter(|line| !line.contains("spec_sha256"))),
                // A file of ours that the user edited and that no run had to write is as git gave it.
                false => text == other.replace("\r\n", "\n") && (path == edited || !other.contains('\r')),
            };
            assert!(is_same(text, &there[path]), "{case}: {path} is another one");
        }
        assert!(there[edited].ends_with("# ours\r\n") || there[edited].ends_with("# ours\n"), "{case}");
    }
}

/// Gives every file below `directory` Windows line ends.
fn crlf(directory: &Path) {
    for path in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            crlf(&path);
        } else {
            fs::write(&path, fs::read_to_string(&path).unwrap().replace('\n', "\r\n")).unwrap();
        }
    }
}

#[test]
fn user_data_is_the_same_whatever_line_ends_a_checkout_gave_the_module() {
    let Some(engine) = engines::all().into_iter().next() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let user_data = |is_windows: bool| {
        let temp = tempfile::tempdir().unwrap();
        for folder in ["templates/modules/boot", "tests/boot/cases"] {
            let to = temp.path().join(folder);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            let (from, to) = (root.join(folder), to.to_str().unwrap().to_owned());
            assert_eq!(run("cp", root, &["-R", from.to_str().unwrap(), &to]).0, 0);
        }
        if is_windows {
            crlf(&temp.path().join("templates"));
        }
        let cases = temp.path().join("tests/boot/cases");
        let _ = fs::remove_dir_all(cases.join(".terraform"));
        let engine = |arguments: &[&str]| {
            let output = Command::new(&engine)
                .args(arguments)
                .current_dir(&cases)
                .env("CHECKPOINT_DISABLE", "1")
                .env("TF_CLI_CONFIG_FILE", "/dev/null")
                .env("TF_VAR_coder_sha256", "0".repeat(64))
                .env(
                    "TF_VAR_terraform_sha256",
                    serde_json::json!({ "amd64": "0".repeat(64), "arm64": "1".repeat(64) }).to_string(),
                )
                .env("TF_VAR_database_ca", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        engine(&["init", "-backend=false", "-input=false"]);
        engine(&["apply", "-auto-approve", "-input=false"]);
        engine(&["output", "-json", "user_data"])
    };
    let plain = user_data(false);
    assert!(
        plain.contains("tierform-boot.service") && !plain.contains("\\r"),
        "no machine gets a carriage return"
    );
    assert!(user_data(true) == plain);
}
