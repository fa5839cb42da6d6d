//! Machines of the user's own choice: custom types of Google Cloud, and ARM where it is accepted.

use tierform::plan::Plan;
use tierform::{compile, cost, render};

const GCP: &str = include_str!("../../examples/gcp-1k/coder.toml");
const AWS: &str = include_str!("../../examples/aws-1k/coder.toml");
const AZURE: &str = include_str!("../../examples/azure-1k/coder.toml");

fn plan(text: &str) -> Plan {
    let compiled = compile(text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
    let tree = render::render(&compiled.plan).unwrap();
    render::verify(tree.iter()).unwrap();
    compiled.plan
}

#[test]
fn a_custom_type_has_the_disks_zones_and_quota_of_its_family() {
    let own = "coderd.machine = 'n2-custom-6-20480'\nprovisioners.machine = 'n4-custom-32-65536'\n\
               workspaces.machine = 'n2-custom-12-49152'\n";
    let plan = plan(&format!("{own}{GCP}"));
    let coderd = &plan.coderd.machine;
    assert_eq!(
        (coderd.machine_type.value.as_str(), coderd.vcpus, coderd.memory_gib),
        ("n2-custom-6-20480", 6, 20.0)
    );
    assert_eq!(coderd.disk_type, "pd-balanced");
    assert_eq!(plan.clusters[0].host.as_ref().unwrap().disk_type, "hyperdisk-balanced");
    let quota = |name: &str| plan.quotas.iter().find(|quota| quota.name == name).unwrap();
    assert!(quota("N2 CPUs").of.contains("coderd, nodes"), "{:?}", plan.quotas);
    assert!(quota("N4 CPUs").of.contains("provisioner hosts"), "{:?}", plan.quotas);
    let cluster = &plan.clusters[0];
    assert_eq!(cluster.system_node.machine_type.value, "n2-standard-2", "predefined, in the nodes' family");
    // 12 vCPU and 48 GB hold more than 8 and 32, of which memory allows 14.
    assert_eq!((cluster.density.per_node, cluster.density.bound_by.as_str()), (16, "table"));
}

#[test]
fn what_no_list_prices_is_said_to_be_unpriced() {
    let text = format!("coderd.machine = 'n2-custom-6-20480'\n{GCP}");
    let compiled = compile(&text).unwrap();
    let cost = serde_json::to_string(&cost::of(&compiled.plan)).unwrap();
    assert!(cost.contains("n2-custom-6-20480"), "{cost}");
}

#[test]
fn coder_is_installed_on_arm_processors_where_such_a_machine_is_asked_for() {
    for (text, coderd, host) in [
        (GCP, "c4a-standard-2", "c4a-highcpu-32"),
        (AWS, "m8g.large", "c8g.8xlarge"),
        (AZURE, "Standard_D2ps_v5", "Standard_D32ps_v5"),
    ] {
        let coderd_only = format!("coderd.machine = '{coderd}'\n{text}");
        let compiled = plan(&coderd_only);
        assert_eq!(compiled.coderd.machine.machine_type.value, coderd);
        assert!(compiled.warnings.iter().all(|warning| warning.code != "builds_on_arm"));

        // Builds feel it: a provider without a build for it fails there.
        let both = plan(&format!("provisioners.machine = '{host}'\n{coderd_only}"));
        let told: Vec<_> = both.warnings.iter().filter(|warning| warning.code == "builds_on_arm").collect();
        assert_eq!(told.len(), 1, "{:?}", both.warnings);
        assert!(told[0].message.contains(host), "{told:?}");

        let sha256 = format!("coder = {{ version = '2.36.5', sha256 = '{:064}' }}\n", 7);
        plan(&format!("provisioners.machine = '{host}'\n{sha256}{coderd_only}"));
        let refused = compile(&format!("{sha256}{coderd_only}")).unwrap_err();
        assert!(refused[0].message.starts_with("`coder.sha256` is that of one package, but"), "{refused:#?}");
        assert!(refused[0].message.contains(coderd), "{refused:#?}");
    }
}

#[test]
fn nodes_have_arm_processors_only_where_that_is_accepted() {
    for (text, machine, system) in [
        (GCP, "c4a-standard-8", "n4-standard-2"),
        (AWS, "m8g.2xlarge", "m8i.large"),
        (AZURE, "Standard_D8ps_v6", "Standard_D2s_v6"),
    ] {
        let asked = format!("workspaces.machine = '{machine}'\n{text}");
        let refused = compile(&asked).unwrap_err();
        assert!(refused[0].message.contains("has ARM processors"), "{refused:#?}");
        assert!(refused[0].help.as_deref().unwrap().contains("workspaces.arm = true"), "{refused:#?}");
        let plan = plan(&format!("workspaces.arm = true\n{asked}"));
        assert_eq!(plan.clusters[0].node.machine_type.value, machine);
        assert_eq!(
            plan.clusters[0].system_node.machine_type.value, system,
            "Kubernetes' own pods stay on x86"
        );
        assert!(plan.warnings.iter().any(|warning| warning.code == "workspaces_on_arm"));
    }
}

/// Everything that is wrong, in full.
fn refused(text: &str) -> String {
    let problems = compile(text).expect_err(text);
    tierform::diagnostic::render(&problems, "coder.toml", text, false)
}

#[test]
fn what_a_region_or_a_zone_does_not_sell_is_refused_where_it_is_asked_for() {
    let text = GCP.replace("us-central1", "europe-west10");
    snapbox::assert_data_eq!(
        refused(&format!("coderd.machine = \"c4-standard-4\"\n{text}")),
        snapbox::str![[r#"
error: `coderd.machine` "c4-standard-4" is not sold in europe-west10
 --> coder.toml:1:18
  |
1 | coderd.machine = "c4-standard-4"
  |                  ^^^^^^^^^^^^^^^
  |
  = help: choose a family of that region, or another region

error: coder.toml has 1 mistake

"#]]
    );
    snapbox::assert_data_eq!(
        refused(&format!(
            "coderd.machine = \"c4-standard-4\"\nnetwork.zones = [\"us-central1-a\", \"us-central1-f\"]\n{GCP}"
        )),
        snapbox::str![[r#"
error: `network.zones` names "us-central1-f", which does not sell c4 machines
 --> coder.toml:2:35
  |
2 | network.zones = ["us-central1-a", "us-central1-f"]
  |                                   ^^^^^^^^^^^^^^^
  |
  = help: zones that do: us-central1-a, us-central1-b, us-central1-c

error: coder.toml has 1 mistake

"#]]
    );
}

#[test]
fn a_custom_type_that_is_not_sold_and_arm_that_is_not_accepted_say_what_to_write() {
    snapbox::assert_data_eq!(
        refused(&format!(
            "provisioners.machine = \"n2-custom-31-32768\"\nworkspaces.machine = \"c4a-standard-8\"\n{GCP}"
        )),
        snapbox::str![[r#"
error: `provisioners.machine` "n2-custom-31-32768" is not sold: n2 have an even number up to 32, or a multiple of 4 up to 128 vCPUs
 --> coder.toml:1:24
  |
1 | provisioners.machine = "n2-custom-31-32768"
  |                        ^^^^^^^^^^^^^^^^^^^^
  |
  = help: write one such as n2-custom-6-20480, or a predefined type

error: `workspaces.machine` "c4a-standard-8" has ARM processors, on which only workspaces built for them run
 --> coder.toml:2:22
  |
2 | workspaces.machine = "c4a-standard-8"
  |                      ^^^^^^^^^^^^^^^^
  |
  = note: an image that is built for amd64 alone does not start there
  = help: choose an x86 type, or set workspaces.arm = true if every workspace image is built for arm64

error: coder.toml has 2 mistakes

"#]]
    );
    // Thirty daemons of 1 vCPU and 1 GB and the system need 31 and 31.
    snapbox::assert_data_eq!(
        refused(&format!("provisioners.machine = \"n2-custom-32-31488\"\n{GCP}")),
        snapbox::str![[r#"
error: `provisioners.machine` "n2-custom-32-31488" is too small: it has 32 vCPU and 30.75 GB, its role needs 31 and 31
 --> coder.toml:1:24
  |
1 | provisioners.machine = "n2-custom-32-31488"
  |                        ^^^^^^^^^^^^^^^^^^^^
  |
  = note: needed: 30 daemons × 1 vCPU / 1 GB + 1 / 1 for the system
  = help: choose a larger type, or override the role's figures beside it

error: coder.toml has 1 mistake

"#]]
    );
}
