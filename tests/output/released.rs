//! Directories that an earlier release made are generated again without a lost edit.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::fixtures::{RELEASED, restore};

/// Runs tierform in `at`: exit status, stdout and stderr.
fn tierform(at: &Path, arguments: &[&str]) -> (i32, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tierform")).args(arguments).current_dir(at).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn no_edit_in_a_released_directory_is_lost() {
    for (release, case) in RELEASED {
        let place = tempfile::tempdir().unwrap();
        restore(release, case, place.path());
        let infra = place.path().join("infra");
        let edited = ["main.tf", "variables.tf", "terraform.tfvars", "modules/boot/main.tf"];
        for path in edited {
            let text = fs::read_to_string(infra.join(path)).unwrap();
            fs::write(infra.join(path), format!("# ours in {path}\n\n{text}")).unwrap();
        }
        // Another text where the values stand, so that an edit is merged with something.
        let spec = fs::read_to_string(place.path().join("coder.toml")).unwrap();
        let spec = spec.replace("acme.dev", "acme.example");
        fs::write(place.path().join("coder.toml"), spec).unwrap();
        let (status, said) = tierform(place.path(), &["generate"]);
        assert_eq!(status, 0, "{release} {case}: {said}");
        for path in edited {
            let text = fs::read_to_string(infra.join(path)).unwrap();
            assert!(text.contains(&format!("# ours in {path}\n")), "{release} {case}: {path} lost our line");
        }
        let values = fs::read_to_string(infra.join("terraform.tfvars")).unwrap();
        assert!(values.contains("acme.example\""), "{release} {case}: {values}");
        assert_eq!(tierform(place.path(), &["check"]).0, 0, "{release} {case}");
    }
}

/// Another value would make coderd's scale set anew.
#[test]
fn what_was_decided_at_birth_stays() {
    for (release, case) in RELEASED.iter().filter(|(_, case)| case.starts_with("azure")) {
        let place = tempfile::tempdir().unwrap();
        restore(release, case, place.path());
        let values = || fs::read_to_string(place.path().join("infra/terraform.tfvars")).unwrap();
        for _ in 0..2 {
            assert_eq!(tierform(place.path(), &["generate"]).0, 0);
            assert!(values().contains("  zone_balance         = true #"), "{case}: {}", values());
        }
        fs::remove_dir_all(place.path().join("infra")).unwrap();
        assert_eq!(tierform(place.path(), &["generate"]).0, 0);
        assert!(!values().contains("zone_balance"), "{case}: {}", values());
    }
}
