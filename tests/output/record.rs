//! Nothing moves unasked: what was decided for a directory stays, whatever the catalog of the program is, until somebody asks
//! for this program's. The record in the manifest is what another catalog would have left there.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper is to fail the test")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tierform::record::lasting;
use tierform::spec::{Cloud, Spec, Tier};
use tierform::tree::sha256_hex;
use tierform::{catalog, resolve};

use crate::support::fixtures::{RELEASED, restore};

/// What this catalog decides, all of it, so that a change of a decision is a change of this line too.
const DECIDED: &str = "4c47dbfda8065c1630e1e1224b71cb9e366a3f72bce8d275670636d56a139dd7";

fn tierform(at: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tierform")).args(arguments).current_dir(at).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A spec of a tier in a region.
fn spec(cloud: Cloud, tier: &str, region: &str) -> String {
    let rest = match cloud {
        Cloud::Gcp => "dns_zone = \"acme-dev\"\n[gcp]\nproject = \"acme-prod\"\n",
        Cloud::Aws => "dns_zone = \"Z0123456789ABCDEFGHIJ\"\n",
        Cloud::Azure => {
            "certificate = \"https://acme-certs.vault.azure.net/secrets/coder\"\n[azure]\n\
             subscription_id = \"11111111-2222-3333-4444-555555555555\"\nrunner_cidrs = [\"203.0.113.10/32\"]\n\
             certificate_vault = \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs\"\n"
        }
    };
    format!(
        "name = \"acme\"\ntier = \"{tier}\"\ncloud = \"{}\"\nregion = \"{region}\"\n[access]\n\
         url = \"https://coder.acme.dev\"\n{rest}",
        cloud.as_str()
    )
}

const REGIONS: [(Cloud, [&str; 3]); 3] = [
    (Cloud::Gcp, ["us-central1", "europe-west1", "asia-southeast1"]),
    (Cloud::Aws, ["us-east-1", "eu-west-1", "ap-southeast-2"]),
    (Cloud::Azure, ["eastus", "westeurope", "southeastasia"]),
];

/// Every tier on every cloud in three regions.
fn specs() -> Vec<String> {
    let tiers = ["1k", "2k", "3k", "10k"];
    let in_region = |cloud, region| tiers.map(move |tier| spec(cloud, tier, region));
    REGIONS
        .into_iter()
        .flat_map(|(cloud, regions)| regions.map(|region| in_region(cloud, region)))
        .flatten()
        .collect()
}

fn generated(text: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("coder.toml"), text).unwrap();
    let (status, _, stderr) = tierform(place.path(), &["generate"]);
    assert_eq!(status, 0, "{stderr}\n{text}");
    place
}

fn manifest(at: &Path) -> Value {
    serde_json::from_slice(&fs::read(at.join("infra/.tierform/manifest.json")).unwrap()).unwrap()
}

/// All files of the directory but the records, by path.
fn files(at: &Path) -> Vec<(String, Vec<u8>)> {
    let manifest = manifest(at);
    let paths = manifest["files"].as_object().unwrap().keys();
    paths.map(|path| (path.clone(), fs::read(at.join("infra").join(path)).unwrap())).collect()
}

/// What the spec decides or what names something, so that no catalog can say it otherwise.
const NOT_A_CATALOGS: [&str; 18] = [
    "tier",
    "revision",
    "cloud",
    "layout",
    "directory",
    "name",
    "key",
    "scope",
    "labels",
    "access",
    "existing",
    "state",
    "license",
    "region",
    "share",
    "placements",
    "tags",
    "has_strict_zones",
];

/// What another catalog decides may replace anything.
const ACCEPT_ALL: [&str; 4] = ["generate", "--accept-data-loss", "--accept-refused", "--accept-unknown"];

/// The same plan had everything that a catalog decides been decided otherwise. Reasons are told apart, so that a comment that
/// is not kept is seen too.
fn otherwise(value: &Value) -> Value {
    match value {
        Value::Object(parts) => {
            let part = |(name, value): (&String, &Value)| match name.as_str() {
                "quotas" => (name.clone(), other_quotas(value)),
                same if NOT_A_CATALOGS.contains(&same) => (name.clone(), value.clone()),
                // A larger one would stay, whatever is asked for.
                "disk_gb" => (name.clone(), smaller(value)),
                _ => (name.clone(), otherwise(value)),
            };
            Value::Object(parts.iter().map(part).collect())
        }
        Value::Array(list) => list.iter().map(otherwise).collect(),
        Value::Bool(is) => (!is).into(),
        Value::Number(number) if number.is_f64() => (number.as_f64().unwrap() + 1.0).into(),
        Value::Number(number) => (number.as_u64().unwrap() + 1).into(),
        Value::String(text) => format!("{text}x").into(),
        Value::Null => Value::Null,
    }
}

/// A figure one below its own.
fn smaller(figure: &Value) -> Value {
    let mut other = otherwise(figure);
    other["value"] = (figure["value"].as_u64().unwrap() - 1).into();
    other
}

/// Another machine counts against a quota of another name, and one more is needed.
fn other_quotas(quotas: &Value) -> Value {
    let mut all = otherwise(quotas);
    for quota in all.as_array_mut().unwrap() {
        quota["name"] = otherwise(&quota["name"]);
    }
    all.as_array_mut()
        .unwrap()
        .push(serde_json::json!({"name": "Disks", "scope": "global", "min": 1, "max": 2, "of": "nodes"}));
    all
}

/// Leaves the directory as a program with another catalog would have.
fn decide_otherwise(at: &Path) -> Value {
    let mut record = manifest(at);
    let other = otherwise(&record["record"]["plan"]);
    record["record"]["plan"] = other.clone();
    // Made by another program.
    record["program"] = "another".into();
    fs::write(at.join("infra/.tierform/manifest.json"), record.to_string()).unwrap();
    let (status, _, stderr) = tierform(at, &ACCEPT_ALL);
    assert_eq!(status, 0, "{stderr}");
    other
}

#[test]
fn whatever_another_catalog_decided_stays_until_this_one_is_asked_for() {
    for text in specs() {
        let place = generated(&text);
        let at = place.path();
        let fresh = files(at);
        let other = decide_otherwise(at);
        assert_eq!(manifest(at)["record"]["plan"], other, "{text}");
        let before = files(at);
        assert_ne!(before, fresh);
        let (status, stdout, stderr) = tierform(at, &["generate"]);
        assert_eq!(status, 0, "{stderr}");
        assert!(stdout.contains("nothing to write"), "{stdout}");
        assert!(stderr.contains("what was decided for this directory stays"), "{stderr}");
        assert_eq!(files(at), before, "{text}");
        assert_eq!(tierform(at, &["check"]).0, 0);
        // The spec's own change moves what it is about and nothing else.
        fs::write(at.join("coder.toml"), format!("{text}[tags]\nteam = \"platform\"\n")).unwrap();
        assert_eq!(tierform(at, &ACCEPT_ALL).0, 0);
        let mut plan = manifest(at)["record"]["plan"].clone();
        assert_eq!(plan["labels"]["team"], "platform");
        plan["labels"] = serde_json::json!({});
        assert_eq!(plan, other, "{text}");
        fs::write(at.join("coder.toml"), &text).unwrap();
        assert_eq!(tierform(at, &ACCEPT_ALL).0, 0);
        assert_eq!(files(at), before);

        assert_eq!(tierform(at, &["diff", "--upgrade-catalog"]).0, 2);
        let (status, _, stderr) = tierform(at, &[&ACCEPT_ALL[..], &["--upgrade-catalog"]].concat());
        assert_eq!(status, 0, "{stderr}");
        assert!(stderr.contains("coderd.machine.disk_gb: "), "{stderr}");
        assert_eq!(files(at), fresh, "{text}");
    }
}

/// Puts what `change` makes of it in the place of the spec that the manifest says the directory was generated for.
fn generated_for(at: &Path, change: impl Fn(&str) -> String) {
    let mut manifest = manifest(at);
    for line in manifest["record"]["spec"].as_array_mut().unwrap() {
        *line = change(line.as_str().unwrap()).into();
    }
    fs::write(at.join("infra/.tierform/manifest.json"), manifest.to_string()).unwrap();
}

#[test]
fn what_a_later_catalog_no_longer_sells_stays_in_every_byte_and_is_said() {
    for (cloud, [region, ..]) in REGIONS {
        let place = generated(&spec(cloud, "2k", region));
        let at = place.path();
        let before = files(at);
        // The region is in no catalog any more.
        let change = |line: &str| line.replace(region, "gone-west1");
        generated_for(at, change);
        let text = fs::read_to_string(at.join("coder.toml")).unwrap();
        fs::write(at.join("coder.toml"), change(&text)).unwrap();
        let (status, stdout, stderr) = tierform(at, &["generate"]);
        assert_eq!(status, 0, "{stderr}");
        assert!(
            stdout.contains("nothing to write") && stderr.contains("[refused_today]"),
            "{stdout}{stderr}"
        );
        assert_eq!(files(at), before);
        // Whoever changes the spec then has to choose.
        fs::write(at.join("coder.toml"), change(&text) + "[tags]\nteam = \"platform\"\n").unwrap();
        let (status, _, stderr) = tierform(at, &["generate"]);
        assert!(status == 1 && stderr.contains("gone-west1"), "{stderr}");
        assert_eq!(files(at), before);
    }
}

#[test]
fn a_spec_of_which_no_earlier_one_can_be_read_gets_todays_sizes_and_is_said() {
    let place = generated(&spec(Cloud::Gcp, "1k", "us-central1"));
    let at = place.path();
    decide_otherwise(at);
    generated_for(at, |line| line.replace("1k", "5k"));
    let (status, _, stderr) = tierform(at, &ACCEPT_ALL);
    assert!(status == 0 && stderr.contains("[sizes_not_kept]"), "{stderr}");
    let readme = fs::read_to_string(at.join("infra/README.md")).unwrap();
    assert!(!readme.contains("tierform refuses"), "what is said of a run stands in no file");
}

#[test]
fn every_single_decision_is_kept_by_itself() {
    for (cloud, [region, ..]) in REGIONS {
        let text = spec(cloud, "1k", region);
        let place = generated(&text);
        let at = place.path();
        let path = at.join("infra/.tierform/manifest.json");
        let record = manifest(at);
        let plan = &record["record"]["plan"];
        let other = otherwise(plan);
        let mut pointers = Vec::new();
        leaves(plan, &other, String::new(), &mut pointers);
        assert!(pointers.len() > 100, "{}", pointers.len());
        for pointer in pointers {
            let mut changed = record.clone();
            let leaf = changed["record"]["plan"].pointer_mut(&pointer).unwrap();
            *leaf = other.pointer(&pointer).unwrap().clone();
            let expected = changed["record"]["plan"].clone();
            fs::write(&path, changed.to_string()).unwrap();
            let opened = tierform::deployment::Deployment::open(
                &text,
                tierform::spec::read(&text),
                &at.join("infra"),
                tierform::deployment::Catalog::Kept,
            );
            let kept = opened.unwrap().record.plan.clone();
            assert_eq!(kept, expected, "{pointer} on {}", cloud.as_str());
        }
    }
}

/// The places of all values that differ.
fn leaves(one: &Value, other: &Value, at: String, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.iter().for_each(|(name, value)| leaves(value, &other[name], format!("{at}/{name}"), found));
        }
        (Value::Array(one), Value::Array(other)) => {
            let pairs = one.iter().zip(other).enumerate();
            pairs.for_each(|(index, (one, other))| leaves(one, other, format!("{at}/{index}"), found));
        }
        (one, other) if one != other => found.push(at),
        _ => {}
    }
}

#[test]
fn a_decision_of_this_catalog_is_not_changed_by_accident() {
    let mut all = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples =
        ["aws-1k", "aws-2k", "azure-1k", "azure-2k", "gcp-1k", "gcp-2k", "gcp-global", "gcp-module"];
    let examples = examples
        .map(|example| fs::read_to_string(root.join("examples").join(example).join("coder.toml")).unwrap());
    for text in specs().into_iter().chain(examples) {
        let spec: Spec = tierform::spec::read(&text).spec.unwrap();
        all += &lasting(&resolve(spec).unwrap().plan).unwrap().to_string();
    }
    for row in catalog::tiers() {
        for cloud in Cloud::ALL {
            let spec = Spec::of_tier(row.tier, Some(row.revision), cloud, catalog::list_region(cloud));
            all += &lasting(&resolve(spec).unwrap().plan).unwrap().to_string();
        }
    }
    // What no plan above takes is a row that some other spec does.
    for table in ["machines", "databases", "regions", "family_regions", "releases", "terraforms"] {
        let text =
            fs::read_to_string(root.join("templates/catalog").join(table).with_extension("csv")).unwrap();
        all.extend(text.lines().filter(|line| !line.starts_with('#')));
    }
    assert_eq!(
        sha256_hex(all.as_bytes()),
        DECIDED,
        "the catalog or the arithmetic decides something otherwise: directories that exist keep what they have; say in the changelog \
         what a fresh directory gets now, and pin the new digest here"
    );
}

#[test]
fn directories_of_earlier_releases_keep_every_value() {
    for (release, case) in RELEASED {
        let place = tempfile::tempdir().unwrap();
        restore(release, case, place.path());
        let values = || fs::read_to_string(place.path().join("infra/terraform.tfvars")).unwrap();
        let before = values();
        let (status, _, stderr) = tierform(place.path(), &["generate", "--accept-data-loss"]);
        assert_eq!(status, 0, "{release} {case}: {stderr}");
        let numbers = |text: &str| -> Vec<String> {
            // Azure's scale set was made with it, and the module said so then.
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("zone_balance"));
            lines.map(|line| line.split('#').next().unwrap().split_whitespace().collect()).collect()
        };
        assert_eq!(numbers(&values()), numbers(&before), "{release} {case}");
        assert_eq!(tierform(place.path(), &["check"]).0, 0);
    }
}

/// Answers of another catalog in a manifest of the format that kept them by question.
#[test]
fn what_an_earlier_release_kept_by_question_is_kept() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    restore("0.1.0", "gcp-1k", at);
    let path = at.join("infra/.tierform/manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    let changed = text
        .replace("\"n4-highcpu-32\"", "\"n4-highcpu-48\"")
        .replace("\"boot disk of coderd, in GB\": \"30\"", "\"boot disk of coderd, in GB\": \"25\"")
        .replace("\"release of Coder\": \"2.36.6\"", "\"release of Coder\": \"2.36.1\"");
    assert_ne!(changed, text);
    fs::write(&path, changed).unwrap();
    assert_eq!(tierform(at, &["generate", "--accept-data-loss"]).0, 0);
    let values = fs::read_to_string(at.join("infra/terraform.tfvars")).unwrap();
    let squeezed = values.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["n4-highcpu-48", "disk_gb = 25", "2.36.1"] {
        assert!(squeezed.contains(part), "{part}: {values}");
    }
    assert_eq!(tierform(at, &["check"]).0, 0);
}

/// The same spec with its load in the place of a tier.
fn of_load(spec: &str, users: u32) -> String {
    let lines = spec.lines().filter(|line| !line.starts_with("tier"));
    lines.map(|line| format!("{line}\n")).collect::<String>() + &format!("[load]\nusers = {users}\n")
}

/// From every tier to every larger one, by its name or by the load alone: whatever falls in `terraform.tfvars` is said, by
/// `generate` and before it by `diff` and `size`.
#[test]
fn growth_never_shrinks_unsaid() {
    let tiers = Tier::ALL;
    for (cloud, [region, ..]) in REGIONS {
        for (at, small) in tiers.iter().enumerate() {
            for revision in [None, Some(1), Some(2)] {
                if revision.is_some_and(|revision| catalog::tier(*small, revision).is_none()) {
                    continue;
                }
                let revision =
                    revision.map_or_else(String::new, |revision| format!("tier_revision = {revision}\n"));
                let place = generated(&format!("{revision}{}", spec(cloud, small.as_str(), region)));
                for large in &tiers[at + 1..] {
                    grows(cloud, place.path(), &spec(cloud, large.as_str(), region));
                }
            }
        }
        let text = spec(cloud, "1k", region);
        let users = [800, 1_500, 2_500, 8_000];
        for (at, small) in users.into_iter().enumerate() {
            let place = generated(&of_load(&text, small));
            let revision = manifest(place.path())["record"]["plan"]["revision"].clone();
            for large in &users[at + 1..] {
                let grown = grows(cloud, place.path(), &of_load(&text, *large));
                let tier = &grown["tier"];
                // The largest tier has one revision alone.
                assert!(grown["revision"] == revision || tier == "10k", "{small} → {large}: {tier}");
            }
        }
    }
}

/// Grows a copy of the directory in `small` to what the spec `large` says; the plan that it has then.
fn grows(cloud: Cloud, small: &Path, large: &str) -> Value {
    let before = figures(cloud, small);
    let copy = tempfile::tempdir().unwrap();
    let at = copy.path();
    fs::write(at.join("coder.toml"), large).unwrap();
    let copied = Command::new("cp").arg("-r").arg(small.join("infra")).arg(at.join("infra")).status();
    assert!(copied.unwrap().success());
    let smaller = |said: &str| -> Vec<String> {
        said.lines().filter(|line| line.starts_with("smaller: ")).map(str::to_owned).collect()
    };
    let foretold = [tierform(at, &["diff"]).2, tierform(at, &["size"]).2].map(|said| smaller(&said));
    let (status, _, stderr) = tierform(at, &["generate", "--accept-data-loss"]);
    assert_eq!(status, 0, "{stderr}");
    let said = smaller(&stderr);
    assert_eq!(foretold, [said.clone(), said.clone()], "{large}");
    assert!(said.iter().all(|line| line.ends_with("in coder.toml keeps it")), "{said:?}");
    let after = figures(cloud, at);
    for (path, old, shown) in &before {
        let Some((_, new, to)) = after.iter().find(|(other, ..)| other == path) else { continue };
        // Azure sells storage in steps of its own, in MB.
        let names = |line: &String| match path.ends_with("storage_mb") {
            true => line.contains("the database's storage"),
            false => line.contains(shown) && line.contains(to),
        };
        assert!(new >= old || said.iter().any(names), "{path} falls from {shown} to {to}\n{large}\n{stderr}");
    }
    manifest(at)["record"]["plan"].clone()
}

/// Every figure of `terraform.tfvars` by its path, and as it is shown; of a machine or database what its name stands for.
fn figures(cloud: Cloud, at: &Path) -> Vec<(String, f64, String)> {
    let text = fs::read_to_string(at.join("infra/terraform.tfvars")).unwrap();
    let body: hcl::Body = hcl::parse(&text).unwrap();
    let mut found = Vec::new();
    for attribute in body.attributes() {
        numbers(cloud, attribute.expr(), attribute.key().to_owned(), &mut found);
    }
    assert!(
        found.iter().filter(|(path, ..)| path.ends_with("memory")).count() > 2,
        "machines are known: {text}"
    );
    found
}

fn numbers(cloud: Cloud, expression: &hcl::Expression, path: String, found: &mut Vec<(String, f64, String)>) {
    match expression {
        hcl::Expression::Number(number) => {
            found.push((path, number.as_f64().unwrap(), number.to_string()));
        }
        hcl::Expression::String(name) => {
            let machine = || catalog::machine(cloud, name).map(|it| (it.vcpus, it.memory_gib));
            let database = || catalog::database(cloud, name).map(|it| (it.vcpus, it.memory_gb.into()));
            let custom = || catalog::parse_custom(name).map(|(vcpus, mb)| (vcpus, f64::from(mb) / 1024.0));
            if let Some((vcpus, memory)) = machine().or_else(database).or_else(custom) {
                found.push((format!("{path}.vcpus"), vcpus.into(), name.clone()));
                found.push((format!("{path}.memory"), memory, name.clone()));
            }
        }
        hcl::Expression::Object(object) => {
            object.iter().for_each(|(key, value)| numbers(cloud, value, format!("{path}.{key}"), found));
        }
        _ => {}
    }
}
