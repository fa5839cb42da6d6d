//! What `tierform rehearse` promises: good output passes on both engines, the user's directory is only read, nothing
//! is left behind, and whatever cannot be rehearsed is refused in a sentence.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tierform::rehearse::report::Report;
use tierform::rehearse::{Error, Options, run};

use crate::support::engines;

const FIXTURE: &str = "tests/rehearse/gcp";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FIXTURE)
}

fn options(dir: &Path, engine: &Path) -> Options {
    Options { dir: dir.to_owned(), engine: Some(engine.display().to_string()), ..Options::default() }
}

fn rehearse(options: &Options) -> Report {
    run(options, &|_| {}).unwrap()
}

fn write(directory: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Every file below a directory with its content.
fn snapshot(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

/// One secret, written and read back: all that a rehearsal needs of google.
const SMALL: &str = r#"
variable "secret_id" {
  type    = string
  default = "acme"
}
resource "google_secret_manager_secret" "this" {
  project   = "acme-prod"
  secret_id = var.secret_id
  replication {
    auto {}
  }
}
"#;

#[test]
fn good_output_applies_rests_and_goes_on_every_engine() {
    for engine in engines::all() {
        let before = snapshot(&fixture());
        let report = rehearse(&options(&fixture(), &engine));
        assert!(report.is_clean(), "{}", report.to_text());
        assert_eq!(report.resources["google_project_service"], 3);
        assert_eq!(report.resources.values().sum::<u64>(), 34, "{:?}", report.resources);
        assert!(report.notes[0].contains("deletion_protection"), "{:?}", report.notes);
        assert!(report.startup < Duration::from_secs(2), "{:?}", report.startup);
        assert_eq!(snapshot(&fixture()), before, "the directory was touched");

        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(json["clean"], true);
        assert_eq!(json["second_plan_empty"], true);
        assert_eq!(json["phases"][0]["name"], "init");
        let text = report.to_text();
        assert!(text.contains("second plan: empty") && text.contains("left nothing"), "{text}");
    }
}

/// The other clouds' fixtures and how many resources they have.
const FIXTURES: [(&str, u64); 3] =
    [("tests/rehearse/aws", 64), ("tests/rehearse/azure", 42), ("tests/rehearse/kubernetes", 8)];

/// Values that must be in a state, as the providers make them.
const SHAPES: [(&str, &str, &str); 11] = [
    ("kubernetes_role_v1", "/id", "coder-workspaces/workspaces"),
    ("aws_vpc", "/id", "vpc-"),
    ("aws_vpc", "/tags_all/team", "platform"),
    (
        "aws_secretsmanager_secret",
        "/arn",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme/database-",
    ),
    ("aws_db_instance", "/endpoint", "acme-database."),
    ("aws_eks_cluster", "/identity/0/oidc/0/issuer", "https://oidc.eks.eu-west-1.amazonaws.com/id/"),
    ("aws_route53_record", "/fqdn", "*.coder.acme.dev"),
    (
        "azurerm_subnet",
        "/id",
        "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/acme/providers/Microsoft.Network/virtualNetworks/acme/subnets/",
    ),
    ("azurerm_key_vault_secret", "/versionless_id", "https://acme-1a2b3c.vault.azure.net/secrets/database"),
    ("azurerm_kubernetes_cluster", "/oidc_issuer_url", "https://westeurope.oic.prod-aks.azure.com/"),
    ("azurerm_application_gateway", "/backend_address_pool/0/id", "/subscriptions/"),
];

#[test]
fn other_clouds_and_clusters_apply_rest_go_and_keep_secrets_on_every_engine() {
    for engine in engines::all() {
        let mut seen: BTreeMap<String, bool> = BTreeMap::new();
        for (directory, count) in FIXTURES {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
            let report = rehearse(&Options { keep: true, ..options(&directory, &engine) });
            let copy = report.kept.clone().unwrap();
            let state = fs::read_to_string(copy.join("terraform.tfstate.backup")).unwrap_or_default();
            fs::remove_dir_all(copy.parent().unwrap()).unwrap();
            assert!(report.is_clean(), "{}", report.to_text());
            assert_eq!(report.resources.values().sum::<u64>(), count, "{:?}", report.resources);
            assert!(report.startup < Duration::from_secs(2), "{:?}", report.startup);
            let state: serde_json::Value = serde_json::from_str(&state).unwrap();
            for resource in state["resources"].as_array().unwrap() {
                let type_name = resource["type"].as_str().unwrap();
                let attributes = &resource["instances"][0]["attributes"];
                for secret in ["secret_string_wo", "password_wo", "value_wo", "administrator_password_wo"] {
                    assert!(attributes[secret].is_null(), "{type_name}: {secret} is in the state");
                }
                for (_, pointer, begin) in SHAPES.iter().filter(|(name, ..)| *name == type_name) {
                    // Of several resources of a type, one must be like that.
                    let found = resource["instances"].as_array().unwrap().iter().any(|instance| {
                        let value =
                            instance["attributes"].pointer(pointer).and_then(serde_json::Value::as_str);
                        value.is_some_and(|value| value.starts_with(begin))
                    });
                    *seen.entry(format!("{type_name}{pointer}")).or_insert(false) |= found;
                }
            }
        }
        assert_eq!(seen.len(), SHAPES.len(), "{seen:?}");
        assert!(seen.values().all(|found| *found), "{seen:?}");
    }
}

#[test]
fn no_secret_is_in_the_state_and_the_labels_are_merged() {
    for engine in engines::all() {
        let report = rehearse(&Options { keep: true, ..options(&fixture(), &engine) });
        let copy = report.kept.clone().unwrap();
        // The state before the last resource went is the backup that the local backend keeps.
        let state = fs::read_to_string(copy.join("terraform.tfstate.backup")).unwrap();
        fs::remove_dir_all(copy.parent().unwrap()).unwrap();
        let state: serde_json::Value = serde_json::from_str(&state).unwrap();
        let find = |type_name: &str| {
            let resources = state["resources"].as_array().unwrap();
            let found = resources.iter().find(|resource| resource["type"] == type_name);
            found.map(|resource| resource["instances"][0]["attributes"].clone()).unwrap()
        };
        assert!(find("google_secret_manager_secret_version")["secret_data_wo"].is_null());
        assert!(find("google_sql_user")["password_wo"].is_null());
        let labels = find("google_compute_region_instance_template")["effective_labels"].clone();
        assert_eq!(
            labels,
            serde_json::json!({"goog-terraform-provisioned": "true", "role": "coderd", "team": "platform"})
        );
        assert_eq!(
            find("google_compute_network")["self_link"],
            "https://www.googleapis.com/compute/v1/projects/acme-prod/global/networks/acme-network"
        );
        assert_eq!(
            find("google_service_account")["email"],
            "acme-machines@acme-prod.iam.gserviceaccount.com"
        );
    }
}

#[test]
fn a_path_with_spaces_read_only_files_and_modules_outside_are_fine() {
    for engine in engines::all() {
        let place = tempfile::tempdir().unwrap();
        let base = place.path().join("my infra, v2");
        let root = "module \"secret\" {\n  source = \"../../shared modules/secret\"\n}\n";
        write(&base, &[("live/prod/main.tf", root), ("shared modules/secret/main.tf", SMALL)]);
        let prod = base.join("live/prod");
        for path in [prod.join("main.tf"), base.join("shared modules/secret/main.tf")] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o444)).unwrap();
        }
        fs::set_permissions(&prod, fs::Permissions::from_mode(0o555)).unwrap();
        let report = rehearse(&options(&prod, &engine));
        fs::set_permissions(&prod, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(report.is_clean(), "{}", report.to_text());
        assert_eq!(report.resources["google_secret_manager_secret"], 1);
    }
}

#[test]
fn variables_and_state_of_the_user_are_his_own() {
    for engine in engines::all() {
        let place = tempfile::tempdir().unwrap();
        let cloud = "terraform {\n  cloud {\n    organization = \"acme\"\n    workspaces {\n      name = \"x\"\n    }\n  }\n}\n";
        let state = "{\"version\":4,\"serial\":1,\"lineage\":\"x\",\"outputs\":{},\"resources\":[]}";
        write(
            place.path(),
            &[
                ("main.tf", SMALL),
                ("cloud.tf", cloud),
                ("terraform.tfstate", state),
                (".terraform.lock.hcl", "not even a lock file"),
            ],
        );
        let report = rehearse(&Options {
            vars: vec!["secret_id=not a name".to_owned()],
            ..options(place.path(), &engine)
        });
        assert!(!report.is_clean());
        assert!(
            report.to_text().contains("\"not a name\" is not a valid value for secret_id"),
            "{}",
            report.to_text()
        );
        let report = rehearse(&options(place.path(), &engine));
        assert!(report.is_clean(), "{}", report.to_text());
    }
}

#[test]
fn a_syntax_error_is_reported_in_the_engines_own_words() {
    for engine in engines::all() {
        let place = tempfile::tempdir().unwrap();
        write(place.path(), &[("main.tf", "resource \"google_compute_network\" \"x\" {\n")]);
        let report = rehearse(&options(place.path(), &engine));
        assert!(!report.is_clean());
        let text = report.to_text();
        assert!(text.contains("Unclosed configuration block") && text.contains("main.tf line 1"), "{text}");
    }
}

#[test]
fn what_cannot_be_rehearsed_is_refused_in_a_sentence() {
    let place = tempfile::tempdir().unwrap();
    let engines = engines::all();
    let Some(engine) = engines.first() else { return };
    let refused = |path: &Path| run(&options(path, engine), &|_| {}).unwrap_err();
    assert!(matches!(refused(&place.path().join("none")), Error::NoDirectory { .. }));
    assert!(matches!(refused(place.path()), Error::NoConfiguration { .. }));
    write(
        place.path(),
        &[(
            "main.tf",
            "terraform {\n  required_providers {\n    dns = {\n      source = \"acme/dns\"\n    }\n  }\n}\nresource \"datadog_monitor\" \"x\" {}\n",
        )],
    );
    assert!(matches!(refused(&place.path().join("main.tf")), Error::NotADirectory { .. }));
    let message = refused(place.path()).to_string();
    assert!(message.contains("requires acme/dns and hashicorp/datadog,"), "{message}");
    assert!(message.contains("--real NAME"), "{message}");
}

#[test]
fn a_missing_or_old_engine_is_named() {
    let place = tempfile::tempdir().unwrap();
    let old = place.path().join("terraform");
    write(place.path(), &[("terraform", "#!/bin/sh\necho 'Terraform v1.5.7'\n"), ("true", "#!/bin/sh\n")]);
    for name in ["terraform", "true"] {
        fs::set_permissions(place.path().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let message = run(&options(&fixture(), &old), &|_| {}).unwrap_err().to_string();
    assert!(message.contains("version 1.5.7") && message.contains("1.11 or newer"), "{message}");
    let message = run(&options(&fixture(), &place.path().join("true")), &|_| {}).unwrap_err().to_string();
    assert!(message.contains("names neither OpenTofu nor Terraform"), "{message}");
    let message = run(&options(&fixture(), Path::new("no-such-engine")), &|_| {}).unwrap_err().to_string();
    assert!(message.contains("no-such-engine"), "{message}");
}

/// Not a test of its own: the process that `ctrl_c_leaves_nothing_behind` interrupts.
#[test]
#[ignore = "run by ctrl_c_leaves_nothing_behind"]
fn rehearse_until_interrupted() {
    let engine = std::env::var_os("REHEARSE_ENGINE").expect("set by the test that runs this one");
    let error =
        run(&options(&fixture(), Path::new(&engine)), &|progress| eprintln!("{progress:?}")).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    use std::io::{BufRead, BufReader};
    for engine in engines::all() {
        let temporary = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "rehearse::promises::rehearse_until_interrupted", "--ignored", "--nocapture"])
            .env("TMPDIR", temporary.path())
            .env("REHEARSE_ENGINE", engine)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "Phase(\"apply\")"), "the apply did not begin");
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        let asked = Instant::now();
        kill_process(pid, Signal::INT).unwrap();
        lines.for_each(drop);
        assert!(child.wait().unwrap().success());
        assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
        let left: Vec<_> = fs::read_dir(temporary.path()).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
        let lives_there = |process: &fs::DirEntry| {
            fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(temporary.path()))
        };
        if let Ok(processes) = fs::read_dir("/proc") {
            assert!(!processes.flatten().any(|process| lives_there(&process)), "an engine is still running");
        }
    }
}

#[test]
fn a_secret_that_is_also_elsewhere_in_the_state_is_found() {
    let leaky = format!(
        "{SMALL}{}",
        r#"
variable "password" {
  type    = string
  default = "correct-horse-battery"
}
resource "google_secret_manager_secret_version" "this" {
  secret                 = google_secret_manager_secret.this.id
  secret_data_wo         = var.password
  secret_data_wo_version = 1
}
output "script" {
  value = base64encode("export PGPASSWORD=${var.password}")
}
"#
    );
    for engine in engines::all() {
        let place = tempfile::tempdir().unwrap();
        write(place.path(), &[("main.tf", &leaky)]);
        let report = rehearse(&options(place.path(), &engine));
        assert!(!report.is_clean());
        let text = report.to_text();
        assert!(text.contains("A secret is in the state."), "{text}");
        let place = "What google_secret_manager_secret_version.secret_data_wo holds also stands in outputs.script.value.";
        assert!(text.contains(place), "{text}");
    }
}
