//! What a spec may say on AWS and on Azure: every key of its own, and each mistake that only that cloud can see, with the
//! sentence that tells it.

use tierform::spec::{Layout, Spec, read};

const AWS: &str = r#"
name = "acme-coder"
tier = "2k"
cloud = "aws"
region = "us-east-1"
burstable = true
[tags]
"Cost Center" = "Platform / EU"
[access]
url = "https://coder.acme.dev"
wildcard = "*.coder.acme.dev"
dns_zone = "Z0123456789ABCDEFGHIJ"
certificate = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
[aws]
account_id = "123456789012"
profile = "acme-prod"
admins = ["arn:aws:iam::123456789012:role/platform"]
api_cidrs = ["203.0.113.0/24"]
nat_per_zone = true
[network.existing]
id = "vpc-0a1b2c3d4e5f60718"
public = ["subnet-0a1b2c3d4e5f60701", "subnet-0a1b2c3d4e5f60702"]
machines = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
nodes = ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"]
database = ["subnet-0a1b2c3d4e5f60731", "subnet-0a1b2c3d4e5f60732"]
nat_addresses = ["203.0.113.7"]
"#;

const AZURE: &str = r#"
name = "acme-coder"
tier = "1k"
cloud = "azure"
region = "eastus"
[access]
url = "https://coder.acme.dev"
wildcard = "*.coder.acme.dev"
dns_zone = "acme.dev"
certificate = "https://acme-certs.vault.azure.net/secrets/coder"
[azure]
subscription_id = "11111111-2222-3333-4444-555555555555"
runner_cidrs = ["203.0.113.10/32"]
certificate_vault = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs"
resource_group = "coder"
dns_resource_group = "dns"
deployers = ["11111111-2222-3333-4444-666666666666"]
admin_groups = ["11111111-2222-3333-4444-777777777777"]
encryption_at_host = true
waf = true
geo_redundant_backup = true
[network]
zones = ["3", "1"]
[network.existing]
id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/acme"
gateway = "gateway"
coderd = "coderd"
database = "postgres"
nodes = "nodes"
provisioners = "hosts"
nat_addresses = ["203.0.113.7"]
"#;

/// The user's own network on Google Cloud; its other keys are in `spec/full.toml`.
const GCP: &str = r#"
name = "acme-coder"
tier = "1k"
cloud = "gcp"
region = "us-central1"
layout = "module"
[access]
url = "https://coder.acme.dev"
certificate = "projects/acme-prod/locations/us-central1/certificates/coder"
[gcp]
project = "acme-prod"
[network]
internal = true
cidr = "10.9.0.0/20"
[network.existing]
id = "projects/acme-net/global/networks/acme"
coderd = "control"
nodes = "workspaces"
pods = "pods"
services = "services"
proxies = "proxies"
private_services = true
nat_addresses = ["203.0.113.7"]
"#;

fn good(text: &str) -> Spec {
    read(text).good().unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn every_key_of_aws_reaches_the_spec() {
    let spec = good(AWS);
    let aws = spec.aws.unwrap();
    assert!(spec.burstable && aws.nat_per_zone && spec.gcp.is_none() && spec.azure.is_none());
    assert_eq!(aws.account_id.unwrap().get_ref(), "123456789012");
    assert_eq!(aws.profile.unwrap().get_ref(), "acme-prod");
    assert_eq!(aws.admins[0].get_ref(), "arn:aws:iam::123456789012:role/platform");
    assert_eq!(aws.api_cidrs[0].get_ref(), "203.0.113.0/24");
    assert_eq!(spec.tags["Cost Center"].get_ref(), "Platform / EU");
    assert_eq!(spec.access.dns_zone.unwrap().get_ref(), "Z0123456789ABCDEFGHIJ");
    let existing = spec.network.existing.unwrap();
    assert_eq!(existing.id.get_ref(), "vpc-0a1b2c3d4e5f60718");
    assert_eq!(existing.nat_addresses[0].get_ref(), "203.0.113.7");
    let kinds: Vec<_> = existing.subnets.iter().map(|(kind, ids)| (*kind, ids.len())).collect();
    assert_eq!(kinds, [("public", 2), ("machines", 2), ("nodes", 2), ("database", 2)]);
}

#[test]
fn every_key_of_azure_reaches_the_spec() {
    let spec = good(AZURE);
    let azure = spec.azure.unwrap();
    assert!(azure.encryption_at_host && azure.waf && azure.geo_redundant_backup && spec.gcp.is_none());
    assert_eq!(azure.subscription_id.get_ref(), "11111111-2222-3333-4444-555555555555");
    assert_eq!(azure.runner_cidrs[0].get_ref(), "203.0.113.10/32");
    assert!(azure.certificate_vault.get_ref().ends_with("/acme-certs"));
    assert_eq!(azure.resource_group.unwrap().get_ref(), "coder");
    assert_eq!(azure.dns_resource_group.unwrap().get_ref(), "dns");
    assert_eq!((azure.deployers.len(), azure.admin_groups.len()), (1, 1));
    let existing = spec.network.existing.unwrap();
    assert!(existing.id.get_ref().ends_with("/virtualNetworks/acme"));
    let kinds: Vec<_> =
        existing.subnets.iter().map(|(kind, names)| (*kind, names[0].get_ref().as_str())).collect();
    let expected = [
        ("gateway", "gateway"),
        ("coderd", "coderd"),
        ("nodes", "nodes"),
        ("provisioners", "hosts"),
        ("database", "postgres"),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn every_key_of_a_network_of_google_cloud_reaches_the_spec() {
    let spec = good(GCP);
    assert_eq!(spec.layout, Layout::Module);
    assert!(spec.network.internal);
    let existing = spec.network.existing.unwrap();
    assert!(existing.private_services);
    assert_eq!(existing.id.get_ref(), "projects/acme-net/global/networks/acme");
    assert_eq!(existing.nat_addresses[0].get_ref(), "203.0.113.7");
    let names: Vec<_> =
        existing.subnets.iter().map(|(kind, names)| (*kind, names[0].get_ref().as_str())).collect();
    let expected = [
        ("coderd", "control"),
        ("nodes", "workspaces"),
        ("pods", "pods"),
        ("services", "services"),
        ("proxies", "proxies"),
    ];
    assert_eq!(names, expected);
}

/// Replaces one line of a good spec and tells what is said of it.
fn messages(spec: &str, line: &str, other: &str) -> Vec<String> {
    assert!(spec.contains(line), "{line}");
    let text = spec.replacen(line, other, 1);
    read(&text).problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn a_mistake_that_only_aws_sees_is_told() {
    let zone = "dns_zone = \"Z0123456789ABCDEFGHIJ\"";
    let certificate = "certificate = \"arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555\"";
    for (line, other, message) in [
        (
            zone,
            "dns_zone = \"acme.dev\"",
            "`access.dns_zone` \"acme.dev\" is not the id of a Route 53 hosted zone: it holds `a`",
        ),
        (
            "acm:us-east-1",
            "acm:eu-west-1",
            "`access.certificate` is one of \"eu-west-1\", but `region` is \"us-east-1\"",
        ),
        (
            certificate,
            "certificate = \"coder\"",
            "`access.certificate` \"coder\" is not the ARN of an ACM certificate",
        ),
        ("\"Cost Center\" =", "\"aws:x\" =", "`tags` \"aws:x\" is reserved"),
        ("\"Cost Center\" =", "Name =", "`tags` \"Name\" is reserved"),
        (
            "\"123456789012\"\nprofile",
            "\"1234\"\nprofile",
            "`aws.account_id` \"1234\" is not an AWS account id",
        ),
        (
            "arn:aws:iam::123456789012:role/platform",
            "arn:aws:sts::123456789012:assumed-role/platform/me",
            "`aws.admins` names \"arn:aws:sts::123456789012:assumed-role/platform/me\", which is not the ARN of an IAM role or user",
        ),
        ("[\"203.0.113.0/24\"]", "[\"0.0.0.0/0\"]", "`aws.api_cidrs` \"0.0.0.0/0\" allows every address"),
        ("\"vpc-0a1b2c3d4e5f60718\"", "\"vpc-1\"", "`network.existing.id` \"vpc-1\" is not a VPC's id"),
        (
            "[\"subnet-0a1b2c3d4e5f60731\", \"subnet-0a1b2c3d4e5f60732\"]",
            "[\"subnet-0a1b2c3d4e5f60731\"]",
            "`[network.existing]` names different numbers of subnets",
        ),
        (
            "[\"203.0.113.7\"]",
            "[\"10.0.0.1\"]",
            "`network.existing.nat_addresses` names \"10.0.0.1\", which is not a public address",
        ),
        (
            "[network.existing]",
            "[network]\ncidr = \"10.0.0.0/16\"\n[network.existing]",
            "`network.cidr` has no meaning beside `[network.existing]`",
        ),
        ("[aws]", "[azure]\n[aws]", "`[azure]` has no meaning: `cloud` is \"aws\""),
    ] {
        assert_eq!(messages(AWS, line, other), [message], "{other}");
    }
    let none = AWS.replacen(zone, "", 1).replacen(certificate, "", 1).replacen(
        "wildcard = \"*.coder.acme.dev\"",
        "",
        1,
    );
    let problems = read(&none).problems;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0].message, "`access` needs `access.dns_zone` or `access.certificate` on AWS");
}

#[test]
fn a_mistake_that_only_azure_sees_is_told() {
    let certificate = "certificate = \"https://acme-certs.vault.azure.net/secrets/coder\"";
    for (line, other, message) in [
        (
            "dns_zone = \"acme.dev\"",
            "dns_zone = \"acme\"",
            "`access.dns_zone` \"acme\" is not the name of an Azure DNS zone",
        ),
        (certificate, "", "`access.certificate` is required on Azure"),
        (
            "secrets/coder",
            "secrets/coder/0123456789abcdef",
            "`access.certificate` \"https://acme-certs.vault.azure.net/secrets/coder/0123456789a…\" names a version",
        ),
        (
            certificate,
            "certificate = \"coder\"",
            "`access.certificate` \"coder\" is not the secret id of a certificate in a Key Vault",
        ),
        ("[\"3\", \"1\"]", "[\"eastus-1\"]", "`network.zones` \"eastus-1\" is not an availability zone"),
        ("dns_resource_group = \"dns\"\n", "", "`access.dns_zone` needs `azure.dns_resource_group`"),
        (
            "[\"203.0.113.10/32\"]",
            "[\"10.0.0.0/8\"]",
            "`azure.runner_cidrs` names \"10.0.0.0/8\", which is not a public range",
        ),
        (
            "resource_group = \"coder\"",
            "resource_group = \"coder.\"",
            "`azure.resource_group` \"coder.\" is not a resource group's name: it ends with `.`",
        ),
        (
            "[\"11111111-2222-3333-4444-666666666666\"]",
            "[\"me@acme.dev\"]",
            "`azure.deployers` \"me@acme.dev\" is not an id of Azure",
        ),
        ("gateway = \"gateway\"\n", "", "`network.existing.gateway` is required"),
        ("[access]", "burstable = true\n[access]", "`burstable` has no meaning on azure"),
    ] {
        assert_eq!(messages(AZURE, line, other), [message], "{other}");
    }
}

#[test]
fn a_cloud_has_no_more_tags_than_fit() {
    for (spec, most) in [
        (AWS.replace("\"Cost Center\" = \"Platform / EU\"", "§"), 40),
        (AZURE.replace("[access]", "[tags]\n§\n[access]"), 13),
    ] {
        let tags = |count: usize| (0..count).map(|at| format!("t{at} = \"x\"\n")).collect::<String>();
        assert!(read(&spec.replace('§', &tags(most))).problems.is_empty());
        let problems = read(&spec.replace('§', &tags(most + 1))).problems;
        assert_eq!(problems[0].message, format!("`tags` has {} entries, but at most {most} fit", most + 1));
    }
}
