//! `generate` writes nothing that it cannot judge: a file that nobody can read may hide a loss.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs `generate` in `at`: exit status and stderr.
fn generate(at: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierform"));
    let output = command.arg("generate").args(arguments).current_dir(at).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_file_that_is_no_hcl_stops_a_change_on_every_cloud() {
    for (cloud, unreadable) in
        [("gcp", &b"<<<<<<< HEAD\n"[..]), ("aws", b"variable \"x\" {\n"), ("azure", b"# \xff\xfe\n")]
    {
        let place = tempfile::tempdir().unwrap();
        let spec =
            fs::read_to_string(format!("{}/examples/{cloud}-1k/coder.toml", env!("CARGO_MANIFEST_DIR")))
                .unwrap();
        fs::write(place.path().join("coder.toml"), &spec).unwrap();
        assert_eq!(generate(place.path(), &[]).0, 0);
        let broken = place.path().join("infra/outputs.tf");
        let text = [unreadable, &fs::read(&broken).unwrap()].concat();
        fs::write(&broken, &text).unwrap();
        let values = || fs::read(place.path().join("infra/terraform.tfvars")).unwrap();
        let before = values();

        let other = spec
            .replace("us-central1", "europe-west1")
            .replace("us-east-1", "eu-west-1")
            .replace("eastus", "westeurope");
        fs::write(place.path().join("coder.toml"), other).unwrap();
        let (status, said) = generate(place.path(), &[]);
        assert_eq!(status, 3, "{cloud}: {said}");
        assert!(
            said.contains("nothing was written") && said.contains("outputs.tf cannot be read as HCL"),
            "{cloud}: {said}"
        );
        assert_eq!(values(), before, "{cloud}");

        let (_, said) = generate(place.path(), &["--accept-data-loss"]);
        assert_ne!(values(), before, "{cloud}: {said}");
        assert_eq!(fs::read(&broken).unwrap(), text, "the user's text stands");
    }
}
