//! Clusters in other regions and clouds work from every cloud: one apply makes all of them, a second plan finds nothing to do, and
//! the provisioners' key passes through no state. (From Google Cloud to both others is `examples/gcp-global`.)

use crate::support::rehearsals;

/// On AWS: a second region of its own, and Google Cloud; a firewall that must admit them all.
const FROM_AWS: &str = r#"
name = "acme"
tier = "1k"
cloud = "aws"
region = "us-east-1"
[access]
url = "https://coder.acme.dev"
dns_zone = "Z0123456789ABCDEFGHIJ"
[network]
allowed_cidrs = ["203.0.113.0/24"]
[[clusters]]
name = "us"
share = 0.4
[[clusters]]
name = "us-2"
share = 0.2
[[clusters]]
name = "eu"
share = 0.2
region = "eu-west-1"
[[clusters]]
name = "google"
share = 0.2
cloud = "gcp"
region = "europe-west4"
[gcp]
project = "acme-prod"
"#;

/// On Azure: a second cluster in the region, which has a network of its own, and one on AWS.
const FROM_AZURE: &str = r#"
name = "acme"
tier = "1k"
cloud = "azure"
region = "eastus"
[access]
url = "https://coder.acme.dev"
certificate = "https://acme-certs.vault.azure.net/secrets/coder"
[network]
allowed_cidrs = ["203.0.113.0/24"]
[[clusters]]
name = "one"
share = 0.5
[[clusters]]
name = "two"
share = 0.3
[[clusters]]
name = "aws"
share = 0.2
cloud = "aws"
region = "us-east-1"
[azure]
subscription_id = "11111111-2222-3333-4444-555555555555"
runner_cidrs = ["203.0.113.10/32"]
certificate_vault = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs"
"#;

/// No cluster beside coderd at all.
const ELSEWHERE: &str = r#"
name = "acme"
tier = "1k"
cloud = "gcp"
region = "us-central1"
[access]
url = "https://coder.acme.dev"
[[clusters]]
name = "eu"
cloud = "azure"
region = "westeurope"
[gcp]
project = "acme-prod"
[azure]
subscription_id = "11111111-2222-3333-4444-555555555555"
runner_cidrs = ["203.0.113.10/32"]
"#;

#[test]
fn clusters_in_other_clouds_and_regions_pass() {
    rehearsals::assert_all_clean(&[FROM_AWS, FROM_AZURE, ELSEWHERE].map(str::to_owned));
}
