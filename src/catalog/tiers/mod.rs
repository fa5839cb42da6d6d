//! The published tiers, number for number, with the page each row comes from.
//!
//! Coder published two editions of its reference architectures. We call the older one (pages with machine names, since
//! March 2024) revision 1 and the newer one (pages with vCPU and GB only) revision 2. They are not comparable row by
//! row: coderd, database and the shape of a provisioner host differ. Where an edition contradicts itself, the choice is
//! written at the figure. Of 10k there is no older page: a draft was replaced before it counted.

mod rows;

use serde::Serialize;

use crate::spec::{Cloud, Tier};

/// One tier in one revision.
#[derive(Debug, Clone, Serialize)]
pub struct TierRow {
    /// The tier.
    pub tier: Tier,
    /// 1 or 2.
    pub revision: u8,
    /// The page: file and commit in coder/coder's documentation.
    pub page: &'static str,
    /// What the tier is good for.
    pub limits: Limits,
    /// The control plane.
    pub coderd: CoderdRow,
    /// The provisioner daemons.
    pub provisioners: ProvisionerRow,
    /// The workspace nodes, where the page states them.
    pub nodes: Option<NodesRow>,
    /// The database.
    pub database: DatabaseRow,
    /// The workspace proxies of each further region, where the page states them. They are not built.
    pub proxies: Option<CoderdRow>,
    /// What the page says beside its table.
    pub footnotes: &'static [Footnote],
}

/// What a tier is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Users.
    pub users: u32,
    /// Workspaces that run at once. Revision 1 does not state it: there it is nodes × workspaces a node.
    pub running_workspaces: u32,
    /// Builds that run at once. Revision 1 does not state it: there it is hosts × daemons a host.
    pub concurrent_builds: u32,
    /// API requests a second; `None` where the page gives none.
    pub api_rps: Option<u32>,
    /// Builds a day above which the page advises database replicas; `None` where it gives none.
    pub builds_per_day: Option<u32>,
}

/// coderd's row, or that of the workspace proxies, which are sized alike.
#[derive(Debug, Clone, Serialize)]
pub struct CoderdRow {
    /// vCPUs each.
    pub vcpus: u32,
    /// Memory in GB each.
    pub memory_gb: u32,
    /// How many.
    pub replicas: u32,
    /// The machines that the page prints.
    pub published: Option<Published>,
}

/// The provisioners' row.
#[derive(Debug, Clone, Serialize)]
pub struct ProvisionerRow {
    /// Daemons in all.
    pub count: u32,
    /// Daemons stacked on a host.
    pub per_host: u32,
    /// What the row sizes: every daemon, or the host.
    pub density: Density,
    /// The machines that the page prints for a host.
    pub published: Option<Published>,
}

/// How a provisioner row states its capacity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// So much for each daemon; a host needs the sum and the system's share.
    PerDaemon(Each),
    /// So much for a host, whatever its daemons take.
    PerHost(Each),
}

/// A capacity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Each {
    /// vCPUs.
    pub vcpus: u32,
    /// Memory in GB.
    pub memory_gb: u32,
}

/// The workspace nodes' row.
#[derive(Debug, Clone, Serialize)]
pub struct NodesRow {
    /// vCPUs a node.
    pub vcpus: u32,
    /// Memory in GB a node.
    pub memory_gb: u32,
    /// How many nodes.
    pub nodes: u32,
    /// Workspaces a node.
    pub per_node: u32,
    /// The machines that the page prints.
    pub published: Published,
}

/// The database's row.
#[derive(Debug, Clone, Serialize)]
pub struct DatabaseRow {
    /// vCPUs.
    pub vcpus: u32,
    /// Memory in GB.
    pub memory_gb: u32,
    /// Replicas the page lists. Two are a primary and its standby: Coder writes to one address, and the page says no more.
    pub nodes: u32,
    /// Storage in GB; `None` where the page is silent.
    pub storage_gb: Option<u32>,
    /// The machines that the page prints.
    pub published: Option<Published>,
}

/// The machine types that a revision-1 row prints, by cloud.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Published {
    /// Google Cloud.
    pub gcp: &'static str,
    /// AWS, as the later text of the page has it: not burstable.
    pub aws: &'static str,
    /// AWS, as its first text has it: burstable.
    pub aws_burstable: &'static str,
    /// Azure.
    pub azure: &'static str,
}

/// A sentence of the page, in our words.
#[derive(Debug, Clone, Serialize)]
pub struct Footnote {
    /// What it is about: a component of the deployment.
    pub about: &'static str,
    /// What it says.
    pub says: &'static str,
}

impl TierRow {
    /// Every figure that a size follows from, in one fixed order.
    pub fn figures(&mut self) -> Vec<&mut u32> {
        let (Density::PerDaemon(each) | Density::PerHost(each)) = &mut self.provisioners.density;
        let mut figures = vec![
            &mut self.limits.running_workspaces,
            &mut self.coderd.replicas,
            &mut self.coderd.vcpus,
            &mut self.coderd.memory_gb,
            &mut self.provisioners.count,
            &mut self.provisioners.per_host,
            &mut each.vcpus,
            &mut each.memory_gb,
            &mut self.database.nodes,
            &mut self.database.vcpus,
            &mut self.database.memory_gb,
        ];
        figures.extend(self.database.storage_gb.as_mut());
        if let Some(node) = &mut self.nodes {
            figures.extend([&mut node.vcpus, &mut node.memory_gb, &mut node.nodes, &mut node.per_node]);
        }
        figures
    }
}

/// Every published row, smallest tier and older revision first.
pub fn tiers() -> &'static [TierRow] {
    rows::TIERS
}

/// The row of a tier in a revision; `None` where the catalog has none.
pub fn tier(tier: Tier, revision: u8) -> Option<&'static TierRow> {
    rows::TIERS.iter().find(|row| row.tier == tier && row.revision == revision)
}

/// The revision taken when the spec names none: the project's pages, old for 2k and new for the others.
pub const fn default_revision(tier: Tier) -> u8 {
    match tier {
        Tier::K2 => 1,
        Tier::K1 | Tier::K3 | Tier::K10 => 2,
    }
}

impl Published {
    /// The machine printed for `cloud`; on AWS the burstable one where that is wished.
    pub const fn on(&self, cloud: Cloud, burstable: bool) -> &'static str {
        match cloud {
            Cloud::Gcp => self.gcp,
            Cloud::Aws if burstable => self.aws_burstable,
            Cloud::Aws => self.aws,
            Cloud::Azure => self.azure,
        }
    }
}

#[cfg(test)]
impl TierRow {
    /// The machines that the page prints, each with the key that overrides it and the vCPUs and GB that they stand for.
    pub(super) fn printed(&self) -> Vec<(&'static str, Published, u32, u32)> {
        let coderd = self.coderd.published.map(|printed| {
            let row = &self.coderd;
            ("coderd.machine", printed, row.vcpus, row.memory_gb)
        });
        let provisioners = match (self.provisioners.published, self.provisioners.density) {
            (Some(printed), Density::PerHost(host)) => {
                Some(("provisioners.machine", printed, host.vcpus, host.memory_gb))
            }
            _ => None,
        };
        let nodes =
            self.nodes.as_ref().map(|row| ("workspaces.machine", row.published, row.vcpus, row.memory_gb));
        [coderd, provisioners, nodes].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn a_published_machine_carries_its_row() {
        for row in tiers() {
            for (key, printed, vcpus, memory_gb) in row.printed() {
                for (cloud, burstable) in
                    [(Cloud::Gcp, false), (Cloud::Aws, false), (Cloud::Aws, true), (Cloud::Azure, false)]
                {
                    let name = printed.on(cloud, burstable);
                    let own = catalog::machine(cloud, name).unwrap();
                    let machine = match own.carries(vcpus.into(), memory_gb.into()) {
                        true => own,
                        false => {
                            let fixup = catalog::fixup(cloud, key, name);
                            let fixup = fixup.unwrap_or_else(|| panic!("{name} for {key} in {}", row.page));
                            catalog::machine(cloud, fixup.instead).unwrap()
                        }
                    };
                    assert!(machine.carries(vcpus.into(), memory_gb.into()), "{name} in {}", row.page);
                    assert_eq!(machine.shared_core, burstable, "{name} in {}", row.page);
                }
            }
        }
    }

    /// Tiers as what two neighbours of one revision are compared by: nothing shrinks, and something grows.
    #[test]
    fn tiers_grow() {
        let dimensions = |row: &TierRow| {
            let (coderd, database, limits) = (&row.coderd, &row.database, &row.limits);
            [
                limits.users,
                limits.running_workspaces,
                limits.concurrent_builds,
                limits.api_rps.unwrap_or(0),
                limits.builds_per_day.unwrap_or(0),
                coderd.vcpus,
                coderd.memory_gb,
                coderd.replicas,
                row.provisioners.count,
                row.nodes.as_ref().map_or(0, |nodes| nodes.nodes),
                database.vcpus,
                database.memory_gb,
                database.nodes,
                database.storage_gb.unwrap_or(0),
            ]
        };
        for revision in [1, 2] {
            let rows: Vec<_> = tiers().iter().filter(|row| row.revision == revision).collect();
            assert_eq!(rows.len(), [3, 4][usize::from(revision) - 1]);
            for pair in rows.windows(2) {
                let (small, large) = (dimensions(pair[0]), dimensions(pair[1]));
                assert!(pair[0].tier < pair[1].tier);
                let pairs = || small.iter().zip(&large);
                assert!(
                    pairs().all(|(small, large)| small <= large),
                    "{}: {small:?}, {large:?}",
                    pair[1].page
                );
                assert!(pairs().any(|(small, large)| small < large), "{}", pair[1].page);
            }
        }
    }
}
