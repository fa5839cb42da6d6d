//! What a month costs: the sums that hold, what is marked as an estimate, and what is never silently zero.

use tierform::cost::{self, Cost};
use tierform::spec::{Cloud, Spec, Tier};
use tierform::{compile, resolve};

fn of(tier: Tier, cloud: Cloud, region: &str) -> Cost {
    cost::of(&resolve(Spec::of_tier(tier, None, cloud, region)).unwrap().plan)
}

fn usd(cost: &Cost, component: &str) -> f64 {
    cost.items.iter().find(|item| item.component == component).unwrap().usd
}

/// Three coderd, two hosts and the database of tier 1k, at list price.
#[test]
fn tier_1k_costs_what_the_lists_say() {
    for (cloud, region, parts, sum) in [
        (Cloud::Gcp, "us-central1", [198.6, 1787.7, 394.5], 2381.0),
        (Cloud::Aws, "us-east-1", [231.8, 2189.1, 490.6], 2911.0),
        (Cloud::Azure, "eastus", [210.2, 1975.4, 519.8], 2705.0),
    ] {
        let cost = of(Tier::K1, cloud, region);
        let own = ["coderd", "provisioners", "database"].map(|component| usd(&cost, component));
        for (own, expected) in own.iter().zip(parts) {
            assert!((own - expected).abs() < 0.1, "{region}: {own}, not {expected}");
        }
        let all: f64 = own.iter().sum();
        assert!((all - sum).abs() < sum / 100.0, "{region}: {all}, not {sum}");
        assert!(cost.items.iter().all(|item| !item.estimate), "{region}: list prices alone");
        assert!(cost.is_complete);
    }
}

#[test]
fn totals_are_the_sums_of_the_items() {
    for tier in Tier::ALL {
        for cloud in Cloud::ALL {
            let cost = of(tier, cloud, tierform::catalog::list_region(cloud));
            assert!(cost.is_complete, "{cloud:?} {tier:?}: {:?}", cost.not_priced);
            assert!(cost.items.iter().all(|item| item.usd > 0.0), "{:?}", cost.items);
            let sum = |without: &str| -> f64 {
                let items = cost.items.iter().filter(|item| item.component != without);
                items.map(|item| item.usd).sum()
            };
            assert!((cost.total_min_usd - sum("nodes_max")).abs() < 0.01);
            assert!((cost.total_max_usd - sum("nodes_min")).abs() < 0.01);
            assert!(cost.total_min_usd < cost.total_max_usd);
        }
    }
}

#[test]
fn a_standby_costs_as_much_as_the_database() {
    let spec = |more: &str| {
        format!(
            "name = 'acme'\ntier = '1k'\ncloud = 'gcp'\nregion = 'us-central1'\naccess.url = 'https://coder.acme.dev'\n\
             gcp.project = 'acme-prod'\n{more}"
        )
    };
    let of = |more: &str| cost::of(&compile(&spec(more)).unwrap().plan);
    let (one, two) = (of(""), of("database.high_availability = true"));
    assert_eq!(usd(&two, "database"), 2.0 * usd(&one, "database"));
    assert!((usd(&one, "storage") - 512.0 * 0.17).abs() < 0.01);
    assert!((usd(&two, "storage") - 512.0 * 0.34).abs() < 0.01);
}

#[test]
fn aws_outside_its_list_is_an_estimate() {
    let cost = of(Tier::K1, Cloud::Aws, "eu-west-1");
    assert!(cost.items.iter().all(|item| item.estimate), "{:?}", cost.items);
    let here = of(Tier::K1, Cloud::Gcp, "europe-west1");
    let estimates: Vec<_> =
        here.items.iter().filter(|item| item.estimate).map(|item| item.component).collect();
    assert_eq!(estimates, ["database", "storage"], "Google's machines are listed for every region");
}

#[test]
fn what_has_no_price_is_named() {
    let text = "name = 'acme'\ntier = '2k'\ncloud = 'aws'\nregion = 'eu-west-1'\nburstable = true\n\
                access.url = 'https://coder.acme.dev'\naccess.dns_zone = 'Z0123456789'\n";
    let cost = cost::of(&compile(text).unwrap().plan);
    assert!(!cost.is_complete);
    assert_eq!(cost.not_priced[0], "coderd: no list has t3.xlarge in eu-west-1");
    assert!(cost.items.iter().all(|item| item.component != "coderd"));
    for part in ["load balancer", "workspace volumes", "boot disks", "Kubernetes control plane"] {
        assert!(cost.not_priced.iter().any(|own| own == part), "{part}");
    }
}
