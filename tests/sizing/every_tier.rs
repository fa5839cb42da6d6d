//! Every published tier, in every revision, on every cloud: what holds for all of them, and that all of them render.

use proptest::prelude::*;
use tierform::catalog::{self, TierRow};
use tierform::spec::{Cloud, Spec, Tier};
use tierform::tree::Tree;
use tierform::{Compiled, compile, diagnostic, render, resolve};

fn all() -> impl Iterator<Item = (&'static TierRow, Cloud)> {
    catalog::tiers().iter().flat_map(|row| Cloud::ALL.map(|cloud| (row, cloud)))
}

fn compiled(row: &TierRow, cloud: Cloud) -> Compiled {
    let spec = Spec::of_tier(row.tier, Some(row.revision), cloud, catalog::list_region(cloud));
    resolve(spec).unwrap_or_else(|problems| panic!("{} on {cloud:?}: {problems:#?}", row.page))
}

#[test]
fn all_of_them_render() {
    let mut count = 0;
    for (row, cloud) in all() {
        let tree = render::render(&compiled(row, cloud).plan).unwrap();
        render::verify(tree.iter()).unwrap();
        count += 1;
    }
    // Seven pages: of 10k there is no older one.
    assert_eq!(count, 7 * 3);
}

#[test]
fn hosts_carry_the_daemons_and_every_machine_its_row() {
    for (row, cloud) in all() {
        let Compiled { sizing, plan, .. } = compiled(row, cloud);
        let (own, cluster) = (&sizing.provisioners, &plan.clusters[0]);
        let sized = &sizing.clusters[0];
        let need = sized.hosts.need.value;
        let (count, hosts, per_host) = (own.count.value, own.hosts, own.per_host);
        assert_eq!(count, row.provisioners.count);
        assert!(hosts * per_host >= count && count > (hosts - 1) * per_host, "{} on {cloud:?}", row.page);
        let carries = |name: &str, vcpus: f64, memory_gb: f64| {
            assert!(
                catalog::machine(cloud, name).unwrap().carries(vcpus, memory_gb),
                "{name}: {} on {cloud:?}",
                row.page
            );
        };
        let coderd = &plan.coderd.machine.machine_type.value;
        carries(coderd, row.coderd.vcpus.into(), row.coderd.memory_gb.into());
        carries(&cluster.host.as_ref().unwrap().machine_type.value, need.0, need.1);

        carries(&cluster.node.machine_type.value, sized.node_vcpus.into(), sized.node_memory_gb.into());
        assert!(cluster.nodes_max.value * cluster.density.per_node >= row.limits.running_workspaces);
        assert!(plan.database.max_connections.value >= 2 * row.coderd.replicas * 30 + 50);
        let database = &plan.database.machine.value;
        let carries = match catalog::parse_custom(database) {
            // db-custom-4-15360 stands for 16 GB: the pages' own gap.
            Some((vcpus, mb)) => {
                vcpus >= row.database.vcpus
                    && catalog::tolerates(f64::from(mb) / 1024.0, row.database.memory_gb.into())
            }
            None => {
                let own = catalog::database(cloud, database).unwrap();
                own.vcpus >= row.database.vcpus && own.memory_gb >= row.database.memory_gb
            }
        };
        assert!(carries, "{database}: {} on {cloud:?}", row.page);
    }
}

/// Within one revision a larger tier has no fewer of anything, and more of something.
#[test]
fn nothing_shrinks_as_the_tier_grows() {
    for cloud in Cloud::ALL {
        for revision in [1, 2] {
            let rows: Vec<_> = catalog::tiers().iter().filter(|row| row.revision == revision).collect();
            let all = rows.iter().map(|row| {
                let Compiled { sizing, plan, .. } = compiled(row, cloud);
                let (cluster, database) = (&plan.clusters[0], &sizing.database);
                [
                    sizing.limits.users,
                    sizing.limits.running_workspaces,
                    sizing.limits.concurrent_builds,
                    sizing.coderd.replicas.value,
                    plan.coderd.machine.vcpus,
                    cluster.hosts.value,
                    cluster.host.as_ref().unwrap().vcpus,
                    cluster.nodes_max.value,
                    database.vcpus.value,
                    database.memory_gb.value,
                    database.storage_gb.value,
                    database.max_connections.value,
                ]
            });
            let all: Vec<_> = all.collect();
            for pair in all.windows(2) {
                let mut both = pair[0].iter().zip(&pair[1]);
                assert!(
                    both.all(|(small, large)| small <= large),
                    "{cloud:?}, revision {revision}: {pair:?}"
                );
                assert!(pair[0] != pair[1]);
            }
        }
    }
}

#[test]
fn what_a_page_says_of_proxies_is_told() {
    for (row, cloud) in all() {
        let plan = compiled(row, cloud).plan;
        let told = plan.warnings.iter().find(|warning| warning.code == "workspace_proxies_not_built");
        assert_eq!(told.is_some(), row.proxies.is_some(), "{}", row.page);
        let Some(told) = told else { continue };
        let tree = render::render(&plan).unwrap();
        if let Some(readme) = tree.get("README.md") {
            assert!(readme.text.contains(&told.message), "{} on {cloud:?}", row.page);
        }
    }
}

#[test]
fn a_second_database_node_is_a_standby() {
    let row = catalog::tier(Tier::K3, 1).unwrap();
    for cloud in Cloud::ALL {
        assert!(compiled(row, cloud).plan.database.high_availability.value);
    }
}

/// Keys of a deployment with something of most tables, each by its whole path.
fn keys(row: &TierRow, cloud: Cloud) -> Vec<String> {
    let mut keys = vec![
        "name = 'acme'".to_owned(),
        format!("tier = '{}'", row.tier.as_str()),
        format!("tier_revision = {}", row.revision),
        format!("cloud = '{}'", cloud.as_str()),
        format!("region = '{}'", catalog::list_region(cloud)),
        "access.url = 'https://coder.acme.dev'".to_owned(),
        "access.wildcard = '*.coder.acme.dev'".to_owned(),
        "coderd.replicas = 4".to_owned(),
        "database.backup_days = 21".to_owned(),
        "load.users = 800".to_owned(),
        "load.builds_per_day = 600".to_owned(),
        "network.allowed_cidrs = ['203.0.113.0/24', '198.51.100.7/32']".to_owned(),
        "state.backend = 's3'".to_owned(),
        "state.bucket = 'acme-terraform'".to_owned(),
        "state.key = 'coder.tfstate'".to_owned(),
        "state.region = 'us-east-1'".to_owned(),
        "tags.team = 'platform'".to_owned(),
        "tags.cost-center = '42'".to_owned(),
        "workspaces.volume_gb = 20".to_owned(),
    ];
    let own: &[&str] = match cloud {
        Cloud::Gcp => &["access.dns_zone = 'acme-dev'", "gcp.project = 'acme-prod'"],
        Cloud::Aws => &["access.dns_zone = 'Z0123456789ABCDEFGHIJ'", "aws.nat_per_zone = true"],
        Cloud::Azure => &[
            "access.certificate = 'https://acme-certs.vault.azure.net/secrets/coder'",
            "azure.certificate_vault = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs'",
            "azure.runner_cidrs = ['203.0.113.10/32']",
            "azure.subscription_id = '11111111-2222-3333-4444-555555555555'",
        ],
    };
    keys.extend(own.iter().map(|key| (*key).to_owned()));
    keys
}

fn rendered(keys: &[String]) -> Tree {
    let text = keys.join("\n");
    let compiled = compile(&text)
        .unwrap_or_else(|problems| panic!("{}", diagnostic::render(&problems, "coder.toml", &text, false)));
    render::render(&compiled.plan).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn keys_in_any_order_give_the_same_bytes(
        (keys, shuffled) in prop::sample::select(all().collect::<Vec<_>>()).prop_flat_map(|(row, cloud)| {
            let keys = keys(row, cloud);
            (Just(keys.clone()), Just(keys).prop_shuffle())
        }),
    ) {
        prop_assert!(rendered(&keys) == rendered(&shuffled), "{}", shuffled.join("\n"));
    }

    /// Any tier in any region either compiles or says why: no panic, and no network too small.
    #[test]
    fn every_region_holds_every_tier_with_todays_machines(
        row in prop::sample::select(catalog::tiers().iter().collect::<Vec<_>>()),
        region in prop::sample::select(
            Cloud::ALL.into_iter().flat_map(|cloud| catalog::regions(cloud).map(move |region| (cloud, region.name))).collect::<Vec<_>>()
        ),
    ) {
        let (cloud, region) = region;
        let mut spec = Spec::of_tier(row.tier, Some(row.revision), cloud, region);
        spec.machines = tierform::spec::Machines::Current;
        match resolve(spec) {
            Ok(Compiled { plan, .. }) => prop_assert!(!plan.network.ranges.is_empty()),
            Err(problems) => {
                // Two zones hold no more than two thirds of a VPC's node addresses, and a VPC is a /16 at most.
                let is_narrow = |text: &str| (region, row.tier) == ("us-west-1", Tier::K10) && text.contains("need more addresses");
                for problem in problems {
                    let text = &problem.message;
                    prop_assert!(text.contains("`region`") || text.contains(region) || is_narrow(text), "{problem:?}");
                }
            }
        }
    }
}
