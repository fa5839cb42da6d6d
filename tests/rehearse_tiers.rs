//! Every published tier, in every revision, works on every cloud: applied, planned again and destroyed.
//!
//! Each of the 21 meets one engine, the revisions of a tier different ones. With `TIERFORM_EVERY_ENGINE` set each meets both, which
//! takes twice as long.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper is to fail the test")]

mod engines;
mod generated;
mod turns;

use tierform::catalog;
use tierform::rehearse::{Options, run};
use tierform::spec::Cloud;

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
    let engines = engines::all();
    if engines.is_empty() {
        return;
    }
    let is_every = std::env::var_os("TIERFORM_EVERY_ENGINE").is_some();
    let rehearsals: Vec<_> = Cloud::ALL
        .into_iter()
        .enumerate()
        .flat_map(|(index, cloud)| catalog::tiers().iter().map(move |row| (index, cloud, row)))
        .flat_map(|(index, cloud, row)| {
            let turn = index + usize::from(row.revision == 2);
            let own = |of: &usize| is_every || *of == turn % engines.len();
            (0..engines.len()).filter(own).map(move |engine| (cloud, row, engine)).collect::<Vec<_>>()
        })
        .collect();
    // Seven pages: of 10k there is no older one.
    assert_eq!(rehearsals.len(), 3 * 7 * if is_every { engines.len() } else { 1 });
    turns::assert_all(&rehearsals, |_, (cloud, row, engine)| {
        let infra = generated::directory(&format!(
            "name = \"acme\"\ntier = \"{}\"\ntier_revision = {}\ncloud = \"{}\"\nregion = \"{}\"\n\
             [access]\nurl = \"https://coder.acme.dev\"\n{}",
            row.tier.as_str(),
            row.revision,
            cloud.as_str(),
            catalog::list_region(*cloud),
            rest(*cloud)
        ));
        let engine = engines[*engine].display().to_string();
        let options =
            Options { dir: infra.path().to_owned(), engine: Some(engine.clone()), ..Options::default() };
        let what = format!("{} on {} with {engine}", row.page, cloud.as_str());
        let report = run(&options, &|_| {}).map_err(|error| format!("{what}: {error}"))?;
        if report.is_clean() { Ok(()) } else { Err(format!("{what}: {}", report.to_text())) }
    });
}
