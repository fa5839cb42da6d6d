//! A spec for a question without a file: `tierform size --tier 1k --cloud gcp`.

use indexmap::IndexMap;

use super::{Access, Aws, Azure, Cloud, Cluster, Gcp, Machines, Spanned, Spec, Tier};

impl Spec {
    /// The spec that has only a tier, a cloud and a region; names are placeholders, nothing of it is ever written.
    pub fn of_tier(tier: Tier, revision: Option<u8>, cloud: Cloud, region: &str) -> Spec {
        fn nowhere<T>(value: T) -> Spanned<T> {
            Spanned::new(0..0, value)
        }
        Spec {
            name: nowhere("coder".to_owned()),
            tier: Some(nowhere(tier)),
            tier_revision: revision.map(nowhere),
            cloud: nowhere(cloud),
            region: nowhere(region.to_owned()),
            license: None,
            machines: Machines::default(),
            burstable: false,
            layout: super::Layout::default(),
            output: None,
            tags: IndexMap::new(),
            load: super::Load::default(),
            access: Access {
                hostname: nowhere("coder.example.com".to_owned()),
                wildcard: None,
                dns_zone: None,
                certificate: None,
            },
            coder: super::Coder::default(),
            coderd: super::Coderd::default(),
            provisioners: super::Provisioners::default(),
            workspaces: super::Workspaces::default(),
            clusters: vec![Cluster::only(
                &nowhere(cloud),
                &nowhere(region.to_owned()),
                &super::Workspaces::default(),
            )],
            database: super::Database::default(),
            network: super::Network::default(),
            state: super::State::default(),
            gcp: (cloud == Cloud::Gcp).then(|| Gcp { project: nowhere("example-project".to_owned()) }),
            aws: (cloud == Cloud::Aws).then(Aws::default),
            azure: (cloud == Cloud::Azure).then(Azure::placeholder),
        }
    }
}

impl Azure {
    /// An `[azure]` whose required keys have stand-ins.
    pub(super) fn placeholder() -> Azure {
        let nowhere = |text: &str| Spanned::new(0..0, text.to_owned());
        Azure {
            subscription_id: nowhere("00000000-0000-0000-0000-000000000000"),
            resource_group: None,
            dns_resource_group: None,
            certificate_vault: nowhere(
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.KeyVault/vaults/example",
            ),
            runner_cidrs: vec![nowhere("192.0.2.1/32")],
            deployers: Vec::new(),
            admin_groups: Vec::new(),
            encryption_at_host: false,
            waf: false,
            geo_redundant_backup: false,
        }
    }
}
