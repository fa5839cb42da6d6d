//! What the tiers become on AWS and on Azure: the machines of the published pages, the families of those that print none,
//! and what each cloud refuses.

use tierform::catalog;
use tierform::plan::{Cidrs, Plan};
use tierform::spec::Cloud;
use tierform::{compile, diagnostic::Diagnostic};

fn spec(tier: &str, cloud: &str, region: &str, more: &str) -> String {
    let (access, own) = match cloud {
        "aws" => ("access.dns_zone = 'Z0123456789'", ""),
        _ => (
            "access.certificate = 'https://acme-certs.vault.azure.net/secrets/coder'",
            "azure.subscription_id = '11111111-2222-3333-4444-555555555555'\nazure.runner_cidrs = ['203.0.113.10/32']\n\
             azure.certificate_vault = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs'",
        ),
    };
    format!(
        "name = 'acme-coder'\ntier = '{tier}'\ncloud = '{cloud}'\nregion = '{region}'\n\
         access.url = 'https://coder.acme.dev'\n{access}\n{own}\n{more}\n"
    )
}

fn plan(tier: &str, cloud: &str, region: &str, more: &str) -> Plan {
    let spec = spec(tier, cloud, region, more);
    compile(&spec).unwrap_or_else(|problems| panic!("{spec}\n{problems:#?}")).plan
}

fn problems(tier: &str, cloud: &str, region: &str, more: &str) -> Vec<Diagnostic> {
    let spec = spec(tier, cloud, region, more);
    compile(&spec).err().unwrap_or_else(|| panic!("accepted:\n{spec}"))
}

/// coderd's count and machine, hosts, daemons and machine, most nodes, density and machine, the database.
type Row = (u32, &'static str, u32, u32, &'static str, u32, u32, &'static str, &'static str, u32);

fn row(plan: &Plan) -> (u32, &str, u32, u32, &str, u32, u32, &str, &str, u32) {
    let cluster = &plan.clusters[0];
    (
        plan.coderd.replicas.value,
        &plan.coderd.machine.machine_type.value,
        cluster.hosts.value,
        cluster.daemons_per_host.value,
        cluster.host.as_ref().map_or("", |host| &host.machine_type.value),
        cluster.nodes_max.value,
        cluster.density.per_node,
        &cluster.node.machine_type.value,
        &plan.database.machine.value,
        plan.database.storage_gb.value,
    )
}

#[test]
fn every_tier_has_the_machines_of_its_page() {
    let d8 = "Standard_D8s_v3";
    let expected: [(&str, &str, &str, Row); 10] = [
        (
            "1k",
            "aws",
            "",
            (3, "m8i.large", 2, 30, "c8i.8xlarge", 43, 14, "m8i.2xlarge", "db.m8g.2xlarge", 512),
        ),
        ("2k", "aws", "", (2, "m5.xlarge", 4, 30, "m5.2xlarge", 128, 16, "m5.2xlarge", "db.m5.xlarge", 1024)),
        (
            "2k",
            "aws",
            "burstable = true",
            (2, "t3.xlarge", 4, 30, "t3.2xlarge", 128, 16, "t3.2xlarge", "db.t3.xlarge", 1024),
        ),
        (
            "1k",
            "aws",
            "tier_revision = 1",
            (2, "m5.large", 2, 30, "m5.2xlarge", 64, 16, "m5.2xlarge", "db.m5.large", 512),
        ),
        (
            "2k",
            "aws",
            "machines = 'current'",
            (2, "m8i.xlarge", 4, 30, "c8i.4xlarge", 128, 16, "m8i.2xlarge", "db.m8g.xlarge", 1024),
        ),
        (
            "2k",
            "aws",
            "tier_revision = 2",
            (3, "m8i.xlarge", 4, 30, "c8i.8xlarge", 86, 14, "m8i.2xlarge", "db.m8g.4xlarge", 512),
        ),
        (
            "1k",
            "azure",
            "",
            (
                3,
                "Standard_D2s_v5",
                2,
                30,
                "Standard_F32s_v2",
                40,
                15,
                "Standard_D8s_v6",
                "GP_Standard_D8ds_v5",
                512,
            ),
        ),
        ("2k", "azure", "", (2, "Standard_D4s_v3", 4, 30, d8, 128, 16, d8, "GP_Standard_D4s_v3", 1024)),
        (
            "1k",
            "azure",
            "tier_revision = 1",
            (2, "Standard_D2s_v3", 2, 30, d8, 64, 16, d8, "GP_Standard_D2s_v3", 512),
        ),
        (
            "2k",
            "azure",
            "tier_revision = 2",
            (
                3,
                "Standard_D4s_v5",
                4,
                30,
                "Standard_F32s_v2",
                80,
                15,
                "Standard_D8s_v6",
                "GP_Standard_D16ds_v5",
                512,
            ),
        ),
    ];
    for (tier, cloud, more, expected) in expected {
        let region = if cloud == "aws" { "us-east-1" } else { "eastus" };
        assert_eq!(row(&plan(tier, cloud, region, more)), expected, "{tier} {cloud} {more}");
    }
}

#[test]
fn the_host_that_a_page_prints_with_too_little_memory_is_corrected_by_name() {
    let plan = plan("2k", "aws", "us-east-1", "");
    assert_eq!(
        plan.clusters[0].host.as_ref().unwrap().machine_type.reason,
        "8 vCPU / 32 GB a host: tier 2k, revision 1, the page prints c5.2xlarge, which has 16 GB (fixup c5_2xlarge_has_16_gb)"
    );
    let told = problems("2k", "aws", "us-east-1", "provisioners.machine = 'c5.2xlarge'");
    assert_eq!(
        told[0].message,
        "`provisioners.machine` \"c5.2xlarge\" is too small: it has 8 vCPU and 16 GB, its role needs 8 and 32"
    );
    assert!(told[0].note.as_deref().unwrap().ends_with("(fixup c5_2xlarge_has_16_gb)"), "{told:?}");
    assert_eq!(told[0].help.as_deref(), Some("write \"m5.2xlarge\", or leave the key out"));
}

#[test]
fn a_region_without_the_newest_family_gets_the_next() {
    let plan = plan("1k", "aws", "eu-north-1", "");
    assert_eq!(plan.coderd.machine.machine_type.value, "m7i.large");
    let plan = self::plan("1k", "azure", "chilecentral", "");
    assert_eq!(plan.clusters[0].node.machine_type.value, "Standard_D8s_v5");
}

#[test]
fn what_a_cloud_does_not_sell_or_take_is_told() {
    for (cloud, region, more, message) in [
        (
            "aws",
            "cn-north-1",
            "",
            "`region` \"cn-north-1\" (China (Beijing)) lies in a partition of its own, which tierform does not know",
        ),
        (
            "aws",
            "us-east-1",
            "coderd.machine = 't3.large'",
            "`coderd.machine` \"t3.large\" shares its cores, so it stalls under steady load",
        ),
        (
            "aws",
            "us-east-1",
            "coderd.machine = 'm7i-flex.large'",
            "`coderd.machine` \"m7i-flex.large\" reaches full speed only part of the time, so it stalls under steady load",
        ),
        (
            "aws",
            "us-east-1",
            "database.machine = 'db.m8i.2xlarge'",
            "`database.machine` \"db.m8i.2xlarge\" is no size of RDS for PostgreSQL",
        ),
        (
            "aws",
            "us-east-1",
            "database.machine = 'db.m8g.xlarge'",
            "`database.machine` \"db.m8g.xlarge\" is too small: it has 4 vCPU and 16 GB, the database needs 8 and 30",
        ),
        (
            "aws",
            "us-east-1",
            "database.machine = 'db.t3.2xlarge'",
            "`database.machine` \"db.t3.2xlarge\" shares its cores, so it stalls under steady load",
        ),
        (
            "aws",
            "us-east-1",
            "database.backup_days = 90",
            "`database.backup_days` is 90, but aws takes 1 to 35 days",
        ),
        (
            "aws",
            "us-east-1",
            "network.cidr = '10.0.0.0/15'",
            "`network.cidr` 10.0.0.0/15 is larger than the /16 that the cloud takes",
        ),
        (
            "aws",
            "us-east-1",
            "network.cidr = '10.0.0.0/20'",
            "`network.cidr` 10.0.0.0/20 is too small for 52 nodes, 2 hosts and 3 coderd",
        ),
        (
            "aws",
            "us-east-1",
            "network.zones = ['us-east-1a']",
            "`network.zones` has 1 of them, but EKS and RDS want two zones, and the network has room for three",
        ),
        (
            "aws",
            "us-east-1",
            "network.zones = ['us-east-1a', 'us-west-2b']",
            "`network.zones` names \"us-west-2b\", which is no zone of us-east-1",
        ),
        (
            "azure",
            "westus",
            "database.high_availability = true",
            "`database.high_availability` needs zones, and westus has none",
        ),
        ("azure", "westus", "network.zones = ['1']", "`network.zones` names \"1\", but westus has no zones"),
        (
            "azure",
            "eastus",
            "database.backup_days = 5",
            "`database.backup_days` is 5, but azure takes 7 to 35 days",
        ),
        (
            "azure",
            "eastus",
            "database.storage_gb = 20",
            "`database.storage_gb` is 20, but azure takes 32 to 32767 GB",
        ),
        (
            "azure",
            "eastus",
            "database.machine = 'GP_Standard_D8ads_v6'",
            "`database.machine` \"GP_Standard_D8ads_v6\" is no size of Azure Database for PostgreSQL",
        ),
        (
            "azure",
            "eastus",
            "network.cidr = '10.0.0.0/18'",
            "`network.cidr` 10.0.0.0/18 is too small for 49 nodes, 2 hosts and 3 coderd",
        ),
        ("azure", "eastus", "workspaces.nodes_max = 2", "`workspaces.nodes_max` 2 is below the 3 zones"),
        (
            "azure",
            "eastus",
            "database.max_connections = 6000",
            "`database.max_connections` is 6000, but azure takes 25 to 5000 connections",
        ),
    ] {
        let told = problems("1k", cloud, region, more);
        assert_eq!(
            told.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>(),
            [message],
            "{more}"
        );
        assert!(told[0].help.is_some(), "{message}");
    }
}

#[test]
fn a_region_of_which_nothing_is_known_asks_for_every_machine() {
    let told = problems("1k", "aws", "us-gov-west-1", "");
    assert_eq!(told.len(), 4, "{told:#?}");
    let machines = "coderd.machine = 'm5.large'\nprovisioners.machine = 'c5.9xlarge'\nworkspaces.machine = 'm5.2xlarge'\n\
                    database.machine = 'db.m5.2xlarge'";
    let plan = plan("1k", "aws", "us-gov-west-1", machines);
    assert_eq!(plan.clusters[0].host.as_ref().unwrap().machine_type.value, "c5.9xlarge");
}

#[test]
fn zones_are_the_accounts_own_on_aws_and_the_regions_on_azure() {
    let aws = plan("1k", "aws", "us-east-1", "");
    assert!(aws.zones.value.is_empty(), "no letter of a zone is ours to choose");
    assert_eq!(aws.zone_count, 3);
    let two = plan("1k", "aws", "us-west-1", "");
    assert_eq!((two.zone_count, two.clusters[0].nodes_min.value), (2, 2));
    let Cidrs::Zonal(nodes) = &two.network.ranges["nodes"].value else { panic!("one range for all zones") };
    assert_eq!(nodes.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(plan("1k", "azure", "eastus", "").zones.value, ["1", "2", "3"]);
    let none = plan("1k", "azure", "westus", "");
    assert!(none.zones.value.is_empty());
    assert_eq!(none.zone_count, 1);
}

#[test]
fn azure_storage_is_a_size_that_is_sold() {
    let storage = |more: &str| plan("1k", "azure", "eastus", more).azure.unwrap().storage_mb;
    assert_eq!(storage("").value, 524_288);
    let more = storage("database.storage_gb = 600");
    assert_eq!(more.value, 1_048_576);
    assert!(more.reason.starts_with("the next size that is sold above 600 GB"), "{}", more.reason);
}

#[test]
fn every_machine_of_every_region_that_is_known_is_planned() {
    for (name, cloud) in [("aws", Cloud::Aws), ("azure", Cloud::Azure)] {
        for region in catalog::regions(cloud).filter(|region| catalog::is_charted(region)) {
            for tier in ["1k", "2k"] {
                let more = if tier == "2k" { "machines = 'current'" } else { "" };
                plan(tier, name, region.name, more);
            }
        }
    }
}
