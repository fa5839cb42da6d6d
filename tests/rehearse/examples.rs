//! What we write works: every example and every option of the spec is applied, planned again and destroyed, and the engines
//! take the backends as we write them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::{engines, generated, rehearsals, turns};

fn tierform() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tierform"))
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// Everything that was said, for the message of a failure.
fn said(output: &Output) -> String {
    format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A command that runs another one where there is no network at all; none, and a line that says so, where the system does
/// not permit that.
fn without_network() -> Option<Command> {
    // As root, or as anyone where users may have namespaces of their own.
    let unshare = |namespaces: &str| {
        let mut command = Command::new("unshare");
        command.arg(namespaces).arg("--");
        command
    };
    let permitted = |namespaces: &&str| {
        unshare(namespaces).args(["cat", "/proc/net/dev"]).output().is_ok_and(|output| {
            let interfaces = String::from_utf8_lossy(&output.stdout);
            let interfaces: Vec<_> =
                interfaces.lines().filter_map(|line| Some(line.split_once(':')?.0.trim())).collect();
            output.status.success() && interfaces == ["lo"]
        })
    };
    let command = ["-n", "-rn"].into_iter().find(permitted).map(unshare);
    if command.is_none() {
        engines::skip("the system does not permit `unshare -n`, a process without a network");
    }
    command
}

/// What is wrong with the output of `rehearse --format json`, if anything is.
fn verdict(output: &Output) -> Result<(), String> {
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let made: u64 =
        report["resources"].as_object().into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum();
    let good = output.status.code() == Some(0)
        && report["clean"] == true
        && report["second_plan_empty"] == true
        && report["destroy_clean"] == true
        && made > 50;
    if good { Ok(()) } else { Err(said(output)) }
}

#[test]
fn every_example_passes_on_every_engine() {
    let mut pairs = Vec::new();
    for entry in fs::read_dir(example("")).unwrap() {
        let example = entry.unwrap().path();
        pairs.extend(engines::all().into_iter().map(|engine| (example.clone(), engine)));
    }
    turns::assert_all(&pairs, |_, (example, engine)| {
        let infra = tempfile::tempdir().unwrap();
        let mut generate = tierform();
        match example.join("main.tf").is_file() {
            // A child module is rehearsed with the parent that calls it.
            true => {
                for file in ["coder.toml", "main.tf"] {
                    fs::copy(example.join(file), infra.path().join(file)).unwrap();
                }
                generate.arg("generate").arg(infra.path().join("coder.toml"));
            }
            false => {
                generate.arg("generate").arg(example.join("coder.toml")).arg("--out").arg(infra.path());
            }
        }
        let generated = generate.output().unwrap();
        assert!(generated.status.success(), "{}", said(&generated));
        let mut rehearse = tierform();
        rehearse.arg("rehearse").arg(infra.path()).arg("--engine").arg(engine).args(["--format", "json"]);
        verdict(&rehearse.output().unwrap())
            .map_err(|wrong| format!("{} with {}: {wrong}", example.display(), engine.display()))
    });
}

/// The tier, further top-level keys, keys of `[access]` after the URL, and further tables.
type Variant<'a> = (&'a str, &'a str, &'a str, &'a str);

// The rehearsal replaces the backend; `every_backend_takes_its_arguments` looks at it.
#[rustfmt::skip]
const VARIANTS: &[Variant] = &[
    // One host name: neither a zone nor a certificate nor a wildcard.
    ("1k", "tier_revision = 1", "", "[state]\nbackend = \"local\"\npath = \"../acme.tfstate\""),
    // With ARM processors where tierform installs Coder.
    ("1k", "tier_revision = 2\nmachines = \"current\"", "", "[coderd]\nmachine = \"c4a-standard-2\"\n[provisioners]\nmachine = \"c4a-highcpu-32\"\n[tags]\nteam = \"platform\"\ncost-center = \"42\""),
    ("2k", "tier_revision = 1\nmachines = \"current\"", "dns_zone = \"acme-dev\"", "[network]\nallowed_cidrs = [\"203.0.113.0/24\", \"198.51.100.7/32\"]"),
    ("2k", "tier_revision = 2", "", "[database]\nhigh_availability = true\n[state]\nbackend = \"gcs\"\nbucket = \"acme-terraform\""),
    ("1k", "", "certificate = \"projects/acme-prod/locations/global/certificates/acme-dev\"", "[workspaces]\nvolume_gb = 0"),
    ("1k", "", "wildcard = \"*.apps.acme.dev\"\ndns_zone = \"acme-dev\"", "[workspaces]\nper_node = 8\n[state]\nbackend = \"s3\"\nbucket = \"acme-terraform\"\nkey = \"coder.tfstate\"\nregion = \"us-east-1\""),
    ("1k", "", "", "[network]\ncidr = \"172.20.0.0/14\"\nzones = [\"us-central1-f\", \"us-central1-b\"]\n[state]\nbackend = \"azurerm\"\nstorage_account_name = \"acmetf\"\ncontainer_name = \"tfstate\"\nkey = \"coder.tfstate\""),
    ("1k", "", "", OVERRIDES),
    // No public address: a certificate proved by DNS, and one that is there; without a zone the VPC has one of its own.
    ("1k", "", "wildcard = \"*.coder.acme.dev\"\ndns_zone = \"acme-dev\"", "[network]\ninternal = true\nallowed_cidrs = [\"10.0.0.0/12\", \"203.0.113.0/24\"]"),
    ("2k", "", "wildcard = \"*.coder.acme.dev\"\ncertificate = \"projects/acme-prod/locations/us-central1/certificates/acme-dev\"", "[network]\ninternal = true"),
    // The user's own network: with private service access and a list of who may come in; and a shared one, internal.
    ("1k", "", "dns_zone = \"acme-dev\"", "[network]\nallowed_cidrs = [\"203.0.113.0/24\"]\n[network.existing]\nid = \"projects/acme-prod/global/networks/acme\"\ncoderd = \"control\"\nnodes = \"workspaces\"\npods = \"pods\"\nservices = \"services\"\nprivate_services = true\nnat_addresses = [\"203.0.113.7\"]"),
    ("2k", "", "dns_zone = \"acme-dev\"", "[network]\ninternal = true\ncidr = \"10.9.0.0/20\"\nallowed_cidrs = [\"10.0.0.0/12\"]\n[network.existing]\nid = \"projects/acme-net/global/networks/acme\"\ncoderd = \"control\"\nnodes = \"workspaces\"\npods = \"pods\"\nservices = \"services\"\nproxies = \"proxies\""),
    // coderd runs the builds itself.
    ("1k", "license = \"community\"", "", "[load]\nusers = 100"),
    ("1k", "", "", "[provisioners]\non_coderd = true\n[load]\nusers = 60\nconcurrent_builds = 6"),
    ("3k", "", "", "[load]\nusers = 2500\nbuilds_per_day = 2000"),
];

/// Most of what a spec may override.
const OVERRIDES: &str = r#"
[coder]
version = "2.36.5"
sha256  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
mirror  = "https://mirror.acme.dev/coder"

[coderd]
replicas = 2
machine  = "n2-standard-4"

[provisioners]
count          = 40
per_host       = 10
vcpus_each     = 0.5
memory_gb_each = 1

[workspaces]
vcpus     = 2
memory_gb = 4
nodes_min = 6
nodes_max = 90
machine   = "t2d-standard-16"

[database]
vcpus           = 4
memory_gb       = 16
storage_gb      = 100
machine         = "db-custom-4-16384"
version         = 16
backup_days     = 30
max_connections = 400
"#;

fn spec((tier, keys, access, tables): &Variant) -> String {
    format!(
        "name = \"acme\"\ntier = \"{tier}\"\ncloud = \"gcp\"\nregion = \"us-central1\"\n{keys}\n\
         [access]\nurl = \"https://coder.acme.dev\"\n{access}\n[gcp]\nproject = \"acme-prod\"\n{tables}\n"
    )
}

#[test]
fn every_option_of_the_spec_passes() {
    rehearsals::assert_all_clean(&VARIANTS.iter().map(spec).collect::<Vec<_>>());
}

/// Backends with every argument that the spec takes for them, and how far an engine gets without a network.
const BACKENDS: &[(&str, &str)] = &[
    ("backend = \"local\"\npath = \"acme.tfstate\"", "Successfully configured the backend \"local\"!"),
    (
        "backend = \"gcs\"\nbucket = \"acme-terraform\"\nprefix = \"coder\"\nimpersonate_service_account = \"a@b.iam.gserviceaccount.com\"\n\
         kms_encryption_key = \"projects/a/locations/b/keyRings/c/cryptoKeys/d\"\nstorage_custom_endpoint = \"https://storage.acme.dev\"",
        "network is unreachable",
    ),
    (
        "backend = \"s3\"\nbucket = \"acme-terraform\"\nkey = \"coder.tfstate\"\nregion = \"us-east-1\"\nuse_lockfile = true\nencrypt = true\n\
         kms_key_id = \"alias/terraform\"\ndynamodb_table = \"locks\"\nworkspace_key_prefix = \"coder\"",
        "network is unreachable",
    ),
    // A profile is looked up before anything else.
    (
        "backend = \"s3\"\nbucket = \"acme-terraform\"\nkey = \"coder.tfstate\"\nregion = \"us-east-1\"\nprofile = \"platform\"",
        "failed to get shared config profile, platform",
    ),
    (
        "backend = \"azurerm\"\nresource_group_name = \"acme\"\nstorage_account_name = \"acmetf\"\ncontainer_name = \"tfstate\"\n\
         key = \"coder.tfstate\"\nsubscription_id = \"00000000-0000-0000-0000-000000000000\"\ntenant_id = \"00000000-0000-0000-0000-000000000000\"\n\
         client_id = \"00000000-0000-0000-0000-000000000000\"\nenvironment = \"public\"\nuse_azuread_auth = false\nuse_cli = false\nuse_msi = false\n\
         use_oidc = false\nsnapshot = true",
        "network is unreachable",
    ),
];

#[test]
fn every_backend_takes_its_arguments() {
    let pairs: Vec<_> = engines::all()
        .into_iter()
        .flat_map(|engine| BACKENDS.iter().map(move |backend| (engine.clone(), backend)))
        .collect();
    turns::assert_all(&pairs, |_, (engine, (state, reached))| {
        let state = format!("[state]\n{state}");
        let infra = generated::directory(&spec(&("1k", "", "", &state)));
        // Where there is no network the first request fails at once; anywhere else the backends would try for minutes.
        let Some(mut init) = without_network() else { return Ok(()) };
        init.args(["timeout", "60"])
            .arg(engine)
            .args(["init", "-input=false", "-no-color"])
            .current_dir(&infra);
        if state.contains("s3") {
            init.arg("-backend-config=max_retries=1");
        }
        let output = init
            .env_clear()
            .envs([("CHECKPOINT_DISABLE", "1"), ("TF_CLI_CONFIG_FILE", "/dev/null")])
            // An address instead of a host name, which would be looked up for long.
            .envs([("HTTPS_PROXY", "http://127.0.0.1:9"), ("HTTP_PROXY", "http://127.0.0.1:9")])
            .envs([("GOOGLE_OAUTH_ACCESS_TOKEN", "x"), ("ARM_ACCESS_KEY", "eA==")])
            .envs([("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "x")])
            .env("HOME", infra.path())
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .output()
            .unwrap();
        let text = said(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        let reached = text.contains(reached) && !text.contains("argument");
        if reached { Ok(()) } else { Err(format!("{state}\nwith {}: {text}", engine.display())) }
    });
}

#[test]
fn no_network_is_needed() {
    let infra = generated::directory(&fs::read_to_string(example("gcp-1k/coder.toml")).unwrap());
    turns::assert_all(&engines::all(), |_, engine| {
        let Some(mut command) = without_network() else { return Ok(()) };
        command.arg(env!("CARGO_BIN_EXE_tierform")).arg("rehearse").arg(infra.path());
        command.arg("--engine").arg(engine).args(["--format", "json"]);
        verdict(&command.output().unwrap())
    });
}

#[test]
fn a_provider_can_be_left_to_the_engine() {
    let Some(mirror) = std::env::var_os("TIERFORM_MIRROR") else {
        // Whoever builds tierform, in CI too, has the engines but no provider: those come from a registry only.
        engines::skip(
            "TIERFORM_MIRROR names no filesystem mirror with hashicorp/random, and nothing that builds or judges \
             tierform installs a real provider",
        );
        return;
    };
    let infra = generated::directory(&fs::read_to_string(example("gcp-1k/coder.toml")).unwrap());
    let place = tempfile::tempdir().unwrap();
    let configuration = place.path().join("cli.tfrc");
    let mirror = serde_json::to_string(&mirror.to_string_lossy()).unwrap();
    let method = format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror}\n  }}\n}}\n");
    fs::write(&configuration, method).unwrap();
    turns::assert_all(&engines::all(), |_, engine| {
        let mut rehearse = tierform();
        rehearse.arg("rehearse").arg(infra.path()).arg("--engine").arg(engine);
        rehearse.args(["--real", "random", "--format", "json"]);
        let output = rehearse.env("TF_CLI_CONFIG_FILE", &configuration).output().unwrap();
        verdict(&output)?;
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let simulated = report["providers"].to_string();
        if simulated.contains("google") && !simulated.contains("random") { Ok(()) } else { Err(simulated) }
    });
}
