//! What Google Cloud cannot do in one apply is refused in the plan, and the steps that the refusal gives end well.

use std::fs;

use super::applied::{APPLY, Deployment, actions};

const SPEC: &str = include_str!("../../examples/gcp-1k/coder.toml");

#[test]
fn other_zones_are_refused_in_the_plan_and_come_by_the_steps_that_it_gives() {
    for zones in [
        "[\"us-central1-a\", \"us-central1-b\"]",
        "[\"us-central1-f\", \"us-central1-b\", \"us-central1-a\"]",
    ] {
        let Some(mut deployment) = Deployment::of("google", SPEC) else { return };
        let other = format!("{SPEC}\n[network]\nzones = {zones}\n");
        deployment.becomes(&other);
        let said = deployment.refused_plan();
        assert!(said.contains("The group of the replicas was made in us-central1-"), "{said}");
        let step = "-target=module.coderd.terraform_data.zones";
        assert!(said.contains(step), "{said}");

        let off = "-var=deletion_protection=false";
        deployment.becomes(SPEC);
        deployment.run(&["init", "-input=false"]);
        deployment.run(&["apply", "-input=false", "-auto-approve", off]);
        deployment.run(&["destroy", "-input=false", "-auto-approve", off, step]);
        let state = fs::read_to_string(deployment.path().join("terraform.tfstate")).unwrap();
        assert!(!state.contains("\"google_compute_backend_service\""));
        for kept in [
            "sql_database_instance",
            "container_cluster",
            "compute_global_address",
            "certificate_manager_certificate",
        ] {
            assert!(state.contains(&format!("\"type\": \"google_{kept}\"")), "{kept}");
        }
        deployment.becomes(&other);
        deployment.plan();
        deployment.run(&APPLY);
        assert_eq!(actions(&deployment.plan()), [], "after the apply");
        // Those are the zones that count now.
        deployment.becomes(SPEC);
        assert!(deployment.refused_plan().contains("The group of the replicas was made in"));
    }
}
