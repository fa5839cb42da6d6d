//! Every published tier, in every revision, works on every cloud.

use tierform::catalog;
use tierform::spec::Cloud;

use crate::support::rehearsals;

/// What a cloud needs beside the tier.
fn rest(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Gcp => "dns_zone = \"acme-dev\"\n[gcp]\nproject = \"acme-prod\"\n",
        Cloud::Aws => "dns_zone = \"Z0123456789ABCDEFGHIJ\"\n",
        Cloud::Azure => {
            "certificate = \"https://acme-certs.vault.azure.net/secrets/coder\"\n[azure]\n\
             subscription_id = \"11111111-2222-3333-4444-555555555555\"\nrunner_cidrs = [\"203.0.113.10/32\"]\n\
             certificate_vault = \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs\"\n"
        }
    }
}

#[test]
fn every_tier_passes_in_every_revision_on_every_cloud() {
    // A tier's revisions follow each other, so they meet different engines.
    let specs: Vec<_> = Cloud::ALL
        .into_iter()
        .flat_map(|cloud| catalog::tiers().iter().map(move |row| (cloud, row)))
        .map(|(cloud, row)| {
            format!(
                "name = \"acme\"\ntier = \"{}\"\ntier_revision = {}\ncloud = \"{}\"\nregion = \"{}\"\n\
                 [access]\nurl = \"https://coder.acme.dev\"\n{}",
                row.tier.as_str(),
                row.revision,
                cloud.as_str(),
                catalog::list_region(cloud),
                rest(cloud)
            )
        })
        .collect();
    // Seven pages: of 10k there is no older one.
    assert_eq!(specs.len(), 3 * 7);
    rehearsals::assert_all_clean(&specs);
}
