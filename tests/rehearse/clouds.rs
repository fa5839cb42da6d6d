//! What we write for AWS and Azure works with every option that only they have: applied, planned again and destroyed.

use crate::support::rehearsals;

/// The tier and region, further top-level keys, keys of `[access]` after the URL, and further tables.
type Variant<'a> = (&'a str, &'a str, &'a str, &'a str);

const ZONE: &str = "dns_zone = \"Z0123456789ABCDEFGHIJ\"";
const ACM: &str =
    "certificate = \"arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555\"";

#[rustfmt::skip]
const AWS: &[Variant] = &[
    ("1k\"\nregion = \"us-east-1", "tier_revision = 1", ZONE, "[aws]\nnat_per_zone = true\n[database]\nhigh_availability = true"),
    // No zone of ours: a certificate that is there already. ARM processors where tierform installs Coder.
    ("1k\"\nregion = \"us-east-1", "machines = \"current\"", ACM, "[database]\nstorage_gb = 100\n[coderd]\nmachine = \"m8g.large\"\n[provisioners]\nmachine = \"c8g.8xlarge\""),
    ("2k\"\nregion = \"us-east-1", "burstable = true", ACM, "[network]\nallowed_cidrs = [\"203.0.113.0/24\"]\nzones = [\"us-east-1b\", \"us-east-1d\"]"),
    ("2k\"\nregion = \"us-west-2", "tier_revision = 2", "wildcard = \"*.apps.acme.dev\"\ndns_zone = \"Z0123456789ABCDEFGHIJ\"", "[aws]\nadmins = [\"arn:aws:iam::123456789012:role/platform\"]\napi_cidrs = [\"203.0.113.0/24\"]\n[database]\nversion = 16\nbackup_days = 35"),
    // Two zones only.
    ("1k\"\nregion = \"us-west-1", "", ZONE, "[network]\ncidr = \"10.20.0.0/16\"\n[tags]\nteam = \"platform\""),
    ("1k\"\nregion = \"us-east-1", "", ACM, EXISTING_VPC),
    // No public address: in a new network, and in the user's own without a zone.
    ("1k\"\nregion = \"us-east-1", "", ZONE, "[network]\ninternal = true\nallowed_cidrs = [\"10.0.0.0/12\"]"),
    ("1k\"\nregion = \"us-east-1", "", "wildcard = \"*.coder.acme.dev\"\ncertificate = \"arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555\"", INTERNAL_VPC),
    ("3k\"\nregion = \"eu-west-1", "", ZONE, ""),
    // coderd runs the builds itself.
    ("1k\"\nregion = \"us-east-1", "license = \"community\"", ZONE, "[load]\nusers = 100"),
    ("1k\"\nregion = \"us-east-1", "", ZONE, "[provisioners]\non_coderd = true\n[load]\nusers = 60\nconcurrent_builds = 6"),
];

const EXISTING_VPC: &str = r#"
[network.existing]
id            = "vpc-0a1b2c3d4e5f60718"
public        = ["subnet-0a1b2c3d4e5f60701", "subnet-0a1b2c3d4e5f60702", "subnet-0a1b2c3d4e5f60703"]
machines      = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712", "subnet-0a1b2c3d4e5f60713"]
nodes         = ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722", "subnet-0a1b2c3d4e5f60723"]
database      = ["subnet-0a1b2c3d4e5f60731", "subnet-0a1b2c3d4e5f60732", "subnet-0a1b2c3d4e5f60733"]
nat_addresses = ["203.0.113.7", "203.0.113.8"]
"#;

const INTERNAL_VPC: &str = r#"
[network]
internal = true
[network.existing]
id            = "vpc-0a1b2c3d4e5f60718"
machines      = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
nodes         = ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"]
database      = ["subnet-0a1b2c3d4e5f60731", "subnet-0a1b2c3d4e5f60732"]
"#;

#[rustfmt::skip]
const AZURE: &[Variant] = &[
    ("1k\"\nregion = \"eastus", "tier_revision = 1", "", "[database]\nhigh_availability = true"),
    ("1k\"\nregion = \"eastus", "machines = \"current\"", "wildcard = \"*.apps.acme.dev\"\ndns_zone = \"acme.dev\"", "azure.dns_resource_group = \"dns\"\n[network]\nzones = [\"3\", \"1\"]"),
    // A region without zones, and ARM processors where tierform installs Coder.
    ("1k\"\nregion = \"westus", "", "", "[network]\ncidr = \"10.16.0.0/14\"\n[coderd]\nmachine = \"Standard_D2ps_v5\"\n[provisioners]\nmachine = \"Standard_D32ps_v5\""),
    ("2k\"\nregion = \"westeurope", "tier_revision = 2", "", "azure.resource_group = \"coder-prod\"\nazure.waf = true\nazure.encryption_at_host = true\nazure.geo_redundant_backup = true\n[network]\nallowed_cidrs = [\"203.0.113.0/24\"]\n[tags]\nteam = \"platform\""),
    ("2k\"\nregion = \"eastus", "", "", EXISTING_VNET),
    // No public address: with a public zone, and in the user's own network without one.
    ("1k\"\nregion = \"eastus", "", "dns_zone = \"acme.dev\"", "azure.dns_resource_group = \"dns\"\n[network]\ninternal = true\nallowed_cidrs = [\"10.0.0.0/12\"]"),
    ("1k\"\nregion = \"westus", "", "wildcard = \"*.coder.acme.dev\"", "network.internal = true\n[network.existing]\nid = \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/acme\"\ngateway = \"gateway\"\ncoderd = \"coderd\"\ndatabase = \"postgres\"\nnodes = \"nodes\"\nprovisioners = \"hosts\""),
    // The page's standby in a region without zones.
    ("3k\"\nregion = \"westus", "tier_revision = 1", "", ""),
    // coderd runs the builds itself.
    ("1k\"\nregion = \"eastus", "license = \"community\"\ntier_revision = 1", "", "[load]\nusers = 100"),
    ("1k\"\nregion = \"eastus", "", "", "[provisioners]\non_coderd = true\n[load]\nusers = 60\nconcurrent_builds = 6"),
];

const EXISTING_VNET: &str = r#"
[network.existing]
id            = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/acme"
gateway       = "gateway"
coderd        = "coderd"
database      = "postgres"
nodes         = "nodes"
provisioners  = "hosts"
nat_addresses = ["203.0.113.7"]
"#;

fn aws((place, keys, access, tables): &Variant) -> String {
    format!(
        "name = \"acme\"\ncloud = \"aws\"\ntier = \"{place}\"\n{keys}\n[access]\nurl = \"https://coder.acme.dev\"\n{access}\n{tables}\n"
    )
}

fn azure((place, keys, access, tables): &Variant) -> String {
    format!(
        "name = \"acme\"\ncloud = \"azure\"\ntier = \"{place}\"\n{keys}\n\
         azure.subscription_id = \"11111111-2222-3333-4444-555555555555\"\nazure.runner_cidrs = [\"203.0.113.10/32\"]\n\
         azure.certificate_vault = \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs\"\n\
         access.url = \"https://coder.acme.dev\"\naccess.certificate = \"https://acme-certs.vault.azure.net/secrets/coder\"\n{}\n{tables}\n",
        access.lines().map(|line| format!("access.{line}\n")).collect::<String>()
    )
}

#[test]
fn every_option_of_aws_passes() {
    rehearsals::assert_all_clean(&AWS.iter().map(aws).collect::<Vec<_>>());
}

#[test]
fn every_option_of_azure_passes() {
    rehearsals::assert_all_clean(&AZURE.iter().map(azure).collect::<Vec<_>>());
}
