//! A spec for a question without a file: `tierform size --tier 1k --cloud gcp`.

use indexmap::IndexMap;

use super::{Access, Cloud, Gcp, Machines, Spanned, Spec, Tier};

impl Spec {
    /// The spec that has only a tier, a cloud and a region; names are placeholders, nothing of it is ever written.
    pub fn of_tier(tier: Tier, revision: Option<u8>, cloud: Cloud, region: &str) -> Spec {
        fn nowhere<T>(value: T) -> Spanned<T> {
            Spanned::new(0..0, value)
        }
        Spec {
            name: nowhere("coder".to_owned()),
            tier: nowhere(tier),
            tier_revision: revision.map(nowhere),
            cloud: nowhere(cloud),
            region: nowhere(region.to_owned()),
            machines: Machines::default(),
            output: None,
            tags: IndexMap::new(),
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
            database: super::Database::default(),
            network: super::Network::default(),
            state: super::State::default(),
            gcp: Some(Gcp { project: nowhere("example-project".to_owned()) }),
        }
    }
}
