//! A site that is taken out of the spec can be destroyed: its provider stays until nothing of it is left.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{engines, simulation};

const SPEC: &str = include_str!("../../examples/gcp-global/coder.toml");

/// The example without what stands on AWS and Azure.
fn without_sites() -> String {
    let (head, _) = SPEC.split_once("[[clusters]]").unwrap();
    let home = "[[clusters]]\nname = \"us\"\nshare = 0.6\n\n[[clusters]]\nname = \"eu\"\nregion = \"europe-west4\"\nshare = 0.4\n";
    format!("{head}{home}\n[gcp]\nproject = \"acme-prod\"\n")
}

/// Generates `infra` beside a spec, whatever is lost by it: what is said.
fn generate(place: &Path, spec: &str) -> String {
    fs::write(place.join("coder.toml"), spec).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tierform"))
        .args(["generate", "--accept-data-loss"])
        .current_dir(place)
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn the_provider_of_a_site_stays_until_the_file_that_keeps_it_is_deleted() {
    let place = tempfile::tempdir().unwrap();
    let infra = place.path().join("infra");
    let read = |file: &str| fs::read_to_string(infra.join(file)).unwrap();
    let providers = ["alias               = \"aws_us_east_1\"", "alias           = \"azure_office\""];
    let versions = ["hashicorp/aws", "hashicorp/azurerm", "hashicorp/google"];
    generate(place.path(), SPEC);
    assert!(!infra.join("departed.tf").exists());

    // However often it is generated, and whatever else changes.
    for spec in
        [without_sites(), without_sites(), without_sites().replace("0.6", "0.5").replace("0.4", "0.5")]
    {
        let said = generate(place.path(), &spec);
        assert!(said.contains("aws_us_east_1 and azure_office are gone from coder.toml"), "{said}");
        let kept = read("departed.tf");
        assert!(providers.iter().all(|provider| kept.contains(provider)), "{kept}");
        assert!(versions.iter().all(|provider| read("versions.tf").contains(provider)));
    }

    // One comes back.
    generate(place.path(), SPEC);
    assert!(!infra.join("departed.tf").exists());
    generate(place.path(), &without_sites());

    fs::remove_file(infra.join("departed.tf")).unwrap();
    let said = generate(place.path(), &without_sites());
    assert!(!said.contains("are gone from"), "{said}");
    assert!(!infra.join("departed.tf").exists());
    assert!(
        !read("versions.tf").contains("hashicorp/aws") && read("versions.tf").contains("hashicorp/google")
    );
}

#[test]
fn a_site_that_is_gone_is_destroyed_by_one_apply() {
    let Some(engine) = engines::all().into_iter().next() else { return };
    let simulation = simulation::Simulation::of(&["google", "aws", "azurerm", "random"]);
    let place = tempfile::tempdir().unwrap();
    let infra = place.path().join("infra");
    let off = "-var=deletion_protection=false";
    let apply = ["apply", "-input=false", "-auto-approve", off];
    generate(place.path(), SPEC);
    simulation.plan(&engine, &infra);
    simulation.run(&engine, &infra, &["apply", "-input=false", "plan.bin"]);

    // The files that go take no guard of theirs along.
    generate(place.path(), &without_sites());
    simulation.run(&engine, &infra, &["init", "-input=false"]);
    let said = simulation.refused(&engine, &infra, &apply);
    assert!(said.contains("deletion_protection is on") && !said.contains("Destruction complete"), "{said}");
    for guard in ["cluster_us", "cluster_office", "vault_azure_office"] {
        assert!(
            said.contains(&format!("terraform_data.deletion_protection[\"{guard}\"]")),
            "{guard}: {said}"
        );
    }

    generate(place.path(), SPEC);
    simulation.run(&engine, &infra, &["init", "-input=false"]);
    simulation.run(&engine, &infra, &apply);
    generate(place.path(), &without_sites());
    simulation.run(&engine, &infra, &["init", "-input=false"]);
    simulation.run(&engine, &infra, &apply);
    let left = String::from_utf8(simulation.run(&engine, &infra, &["state", "list"])).unwrap();
    assert!(!left.contains("aws_") && !left.contains("azure") && left.contains("google_"), "{left}");

    fs::remove_file(infra.join("departed.tf")).unwrap();
    generate(place.path(), &without_sites());
    simulation.run(&engine, &infra, &["init", "-input=false"]);
    // Status 2 would say that something is left to do.
    simulation.run(&engine, &infra, &["plan", "-input=false", "-detailed-exitcode", off]);
}
