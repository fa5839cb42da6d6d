//! Directories as earlier releases left them, the spec, every file, the records.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

/// Release and case of every directory that is kept.
pub const RELEASED: [(&str, &str); 6] = [
    ("0.1.0", "aws-1k"),
    ("0.1.0", "aws-2k"),
    ("0.1.0", "azure-1k"),
    ("0.1.0", "azure-2k"),
    ("0.1.0", "gcp-1k"),
    ("0.1.0", "gcp-2k"),
];

/// Puts `coder.toml` and `infra/` in `place`, as `release` left them.
pub fn restore(release: &str, case: &str, place: &Path) {
    let from = folder().join(release).join(case);
    let out = place.join("infra");
    fs::create_dir_all(out.join(".tierform")).unwrap();
    fs::copy(from.join("coder.toml"), place.join("coder.toml")).unwrap();
    let manifest = fs::read(from.join("manifest.json")).unwrap();
    fs::write(out.join(".tierform/manifest.json"), &manifest).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let all = texts(release);
    let mut base = BTreeMap::new();
    for (path, sha256) in manifest["files"].as_object().unwrap() {
        let sha256 = sha256.as_str().unwrap();
        let text = &all[sha256];
        fs::create_dir_all(out.join(path).parent().unwrap()).unwrap();
        fs::write(out.join(path), text).unwrap();
        base.insert(sha256, text);
    }
    let base: String = base.iter().map(|(hash, text)| format!("{hash} {}\n{text}\n", text.len())).collect();
    fs::write(out.join(".tierform/base.txt"), base).unwrap();
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The texts of a release by their hash.
fn texts(release: &str) -> BTreeMap<String, String> {
    let file = fs::File::open(folder().join(release).join("base.txt.gz")).unwrap();
    let mut all = String::new();
    GzDecoder::new(file).read_to_string(&mut all).unwrap();
    let (mut texts, mut rest) = (BTreeMap::new(), all.as_str());
    while let Some((head, body)) = rest.split_once('\n') {
        let (hash, length) = head.split_once(' ').unwrap();
        let (text, tail) = body.split_at(length.parse().unwrap());
        texts.insert(hash.to_owned(), text.to_owned());
        rest = &tail[1..];
    }
    texts
}
