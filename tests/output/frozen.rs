//! A newer tierform never changes a size by itself: the directory keeps what the catalog said when it was generated, until
//! somebody asks for the newer one.
use std::fs;
use std::path::Path;
use std::process::Command;

use tierform::catalog::{self, releases};
use tierform::frozen::CATALOG;
use tierform::tree::sha256_hex;

/// What the catalog of this version is, so that nobody changes an answer without raising the version.
const PINNED: (u32, &str) = (1, "87f08b901c0c3bed1ecabb81c224163fb20a8ebbc4cc4e57031a37b057fd9b30");

#[test]
fn another_catalog_has_another_version() {
    let tables = [
        include_str!("../../templates/catalog/databases.csv"),
        include_str!("../../templates/catalog/family_regions.csv"),
        include_str!("../../templates/catalog/machines.csv"),
        include_str!("../../templates/catalog/regions.csv"),
    ];
    let rows = tables.iter().flat_map(|table| table.lines()).filter(|line| !line.starts_with('#'));
    let mut all: String = rows.map(|line| format!("{line}\n")).collect();
    for row in catalog::tiers() {
        all += &format!("{:?}\n", row.clone().figures());
    }
    all += &format!(
        "{} {} {} {} {}",
        releases::CODER_VERSION,
        releases::TERRAFORM_VERSION,
        releases::POSTGRES_VERSION,
        releases::KUBERNETES_VERSION,
        releases::MAX_OPEN_CONNECTIONS
    );
    assert_eq!(
        (CATALOG, sha256_hex(all.as_bytes()).as_str()),
        PINNED,
        "the catalog is another one: raise CATALOG in src/frozen.rs and pin both here, so that directories keep their sizes"
    );
}

fn tierform(at: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tierform")).args(arguments).current_dir(at).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A directory as another tierform left it, whose catalog had other answers: that its number is another one is what counts.
fn other() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("coder.toml"), include_str!("../../examples/gcp-1k/coder.toml")).unwrap();
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    change(place.path(), |text| {
        text.replace("\"catalog\": 1", "\"catalog\": 2")
            .replace("\"n4-highcpu-32\"", "\"n4-highcpu-48\"")
            .replace("\"boot disk of coderd, in GB\": \"30\"", "\"boot disk of coderd, in GB\": \"25\"")
            .replace("\"600 3 2 8 60", "\"600 4 2 8 60")
    });
    // As it would be had that one generated it.
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    place
}

fn change(at: &Path, change: impl FnOnce(String) -> String) {
    let path = at.join("infra/.tierform/manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    let changed = change(text.clone());
    assert_ne!(changed, text);
    fs::write(path, changed).unwrap();
}

#[test]
fn a_release_with_one_checksum_is_kept_with_both_from_now_on() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("coder.toml"), include_str!("../../examples/gcp-1k/coder.toml")).unwrap();
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    let manifest = || fs::read_to_string(place.path().join("infra/.tierform/manifest.json")).unwrap();
    let whole = manifest();
    change(place.path(), |text| text.replace(&format!(" {}", releases::TERRAFORM_SHA256.arm64), ""));
    assert_eq!(tierform(place.path(), &["generate"]).0, 0);
    assert_eq!(manifest(), whole);
}

fn sizes(at: &Path) -> [bool; 3] {
    let text = fs::read_to_string(at.join("infra/terraform.tfvars")).unwrap();
    let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
    ["n4-highcpu-48", "disk_gb = 25", "replicas = 4"].map(|part| squeezed.contains(part))
}

#[test]
fn the_sizes_of_another_catalog_stay_until_the_one_aboard_is_asked_for() {
    let place = other();
    let at = place.path();
    assert_eq!(sizes(at), [true; 3]);
    assert_eq!(tierform(at, &["check"]).0, 0);
    let (status, _, stderr) = tierform(at, &["generate"]);
    assert!(status == 0 && stderr.contains("the sizes stay those of catalog 2"), "{stderr}");

    // Another question has a new answer; the others keep theirs.
    let spec = fs::read_to_string(at.join("coder.toml")).unwrap();
    fs::write(at.join("coder.toml"), format!("{spec}\n[provisioners]\nvcpus_each = 0.5\n")).unwrap();
    assert_eq!(tierform(at, &["generate"]).0, 0);
    assert_eq!(sizes(at), [false, true, true]);
    fs::write(at.join("coder.toml"), spec).unwrap();

    let (status, stdout, _) = tierform(at, &["diff", "--upgrade-catalog"]);
    assert!(status == 2 && stdout.contains("-  replicas             = 4"), "{stdout}");
    let (status, _, stderr) = tierform(at, &["generate", "--upgrade-catalog"]);
    assert_eq!(status, 0);
    assert!(stderr.contains("boot disk of coderd, in GB: 25 → 30"), "{stderr}");
    assert!(stderr.contains("catalog 2 → 1: 2 sizes differ"), "{stderr}");
    assert_eq!(sizes(at), [false; 3]);
    assert_eq!(tierform(at, &["check"]).0, 0);
}

#[test]
fn a_manifest_of_format_1_is_read_and_upgraded() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    fs::write(at.join("coder.toml"), include_str!("../../examples/gcp-1k/coder.toml")).unwrap();
    assert_eq!(tierform(at, &["generate"]).0, 0);
    let path = at.join("infra/.tierform/manifest.json");
    let new = fs::read_to_string(&path).unwrap();
    change(at, |text| {
        let (start, end) = (text.find("  \"frozen\"").unwrap(), text.find("  \"files\"").unwrap());
        format!("{}{}", &text[..start], &text[end..]).replace("\"format\": 3", "\"format\": 1")
    });
    let (status, stdout, _) = tierform(at, &["check"]);
    assert!(status == 2 && stdout.contains("stale: only its records"), "{stdout}");
    assert_eq!(tierform(at, &["generate"]).0, 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), new);
}
