//! A child module works where a parent calls it: no provider, backend or value of its own, on each cloud and in both engines.

use std::fs;

use tierform::rehearse::{Options, run};

use crate::support::{engines, generated, turns};

/// A cloud's spec, the parent's provider, and arguments of the call: single values instead of the spec's.
const CLOUDS: [(&str, &str, &str); 3] = [
    (
        "cloud = \"gcp\"\nregion = \"us-central1\"\ngcp.project = \"acme-prod\"\n",
        // Of another project: the module says its own everywhere.
        "provider \"google\" {\n  project = \"acme-dns\"\n}\n",
        "clusters = { main = { nodes = { min = 6 } } }\n  coderd = { machine_type = \"n4-standard-4\" }\n  labels = null",
    ),
    (
        "cloud = \"aws\"\nregion = \"us-east-1\"\naccess.dns_zone = \"Z0123456789ABCDEFGHIJ\"\n",
        "provider \"aws\" {\n  region = \"us-east-1\"\n}\n",
        "database = { high_availability = true }\n  network = { nat_per_zone = true }",
    ),
    (
        "cloud = \"azure\"\nregion = \"eastus\"\nazure.subscription_id = \"11111111-2222-3333-4444-555555555555\"\n\
         azure.runner_cidrs = [\"203.0.113.10/32\"]\n\
         azure.certificate_vault = \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs\"\n\
         access.certificate = \"https://acme-certs.vault.azure.net/secrets/coder\"\n",
        "provider \"azurerm\" {\n  subscription_id = \"11111111-2222-3333-4444-555555555555\"\n  features {}\n}\n",
        "clusters = { main = { provisioners = { tags = { team = \"a\" } } } }",
    ),
];

#[test]
fn a_child_module_is_applied_and_destroyed_by_its_parent() {
    let pairs: Vec<_> = engines::all()
        .into_iter()
        .flat_map(|engine| CLOUDS.iter().map(move |cloud| (engine.clone(), cloud)))
        .collect();
    turns::assert_all(&pairs, |_, (engine, (keys, provider, arguments))| {
        let child = generated::directory(&format!(
            "name = \"acme\"\ntier = \"1k\"\nlayout = \"module\"\naccess.url = \"https://coder.acme.dev\"\n{keys}"
        ));
        for root in ["providers.tf", "backend.tf", "terraform.tfvars"] {
            assert!(!child.path().join(root).exists(), "{root} is the parent's");
        }
        let parent = tempfile::tempdir_in(child.path()).unwrap();
        let main = format!(
            "{provider}\nvariable \"deletion_protection\" {{\n  type    = bool\n  default = true\n}}\n\n\
             module \"coder\" {{\n  source = \"../\"\n\n  deletion_protection = var.deletion_protection\n  {arguments}\n}}\n\n\
             output \"coder\" {{\n  value = module.coder\n}}\n"
        );
        fs::write(parent.path().join("main.tf"), &main).unwrap();
        let options = Options {
            dir: parent.path().to_owned(),
            engine: Some(engine.display().to_string()),
            ..Options::default()
        };
        let report = run(&options, &|_| {}).map_err(|error| format!("{main}: {error}"))?;
        if report.is_clean() { Ok(()) } else { Err(format!("{main}: {}", report.to_text())) }
    });
}
