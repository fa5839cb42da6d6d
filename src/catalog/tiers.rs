//! The published tiers, number for number, with the page each row comes from.
//!
//! Coder published two editions of its reference architectures. We call the older one (pages with machine names, since
//! March 2024) revision 1 and the newer one (pages with vCPU and GB only) revision 2. They are not comparable row by
//! row: coderd, database and the shape of a provisioner host differ. Where an edition contradicts itself, the choice is
//! written at the figure.

use serde::Serialize;

use crate::spec::{Cloud, Tier};

/// One tier in one revision.
#[derive(Debug, Serialize)]
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

/// coderd's row.
#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
pub struct DatabaseRow {
    /// vCPUs.
    pub vcpus: u32,
    /// Memory in GB.
    pub memory_gb: u32,
    /// Replicas the page lists.
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
#[derive(Debug, Serialize)]
pub struct Footnote {
    /// What it is about: a component of the deployment.
    pub about: &'static str,
    /// What it says.
    pub says: &'static str,
}

const fn note(about: &'static str, says: &'static str) -> Footnote {
    Footnote { about, says }
}

const fn published(
    gcp: &'static str,
    aws: &'static str,
    aws_burstable: &'static str,
    azure: &'static str,
) -> Option<Published> {
    Some(Published { gcp, aws, aws_burstable, azure })
}

/// Footnotes that every revision-2 page carries.
const NEW_PROVISIONERS: Footnote = note(
    "provisioners",
    "On virtual machines up to 30 daemons are stacked on one, with memory and CPU to match.",
);
const NEW_SSD: Footnote =
    note("disks", "Provisioners gain from SSDs; coderd hardly does unless provisioners share its machine.");
const NEW_FAMILIES: Footnote =
    note("machines", "General purpose machines: N4 on Google Cloud, M8 on AWS; database: M8 on AWS.");
const NEW_SPLIT: Footnote =
    note("clusters", "With several clouds or clusters the provisioners are divided by expected usage.");
const NEW_REGION: Footnote = note("database", "coderd and its database are in the same region.");
const NEW_AGENT: Footnote = note(
    "workspaces",
    "The workspace row (0.1 vCPU, 128 MB) is the agent alone: size workspaces by use; in doubt, by today's environments.",
);
const NEW_BURST: Footnote = note(
    "machines",
    "On AWS production wants m5 or c5 class, not t3: burstable types degrade once CPU credits are used up.",
);

/// Footnotes that the revision-1 pages share.
const OLD_MEMORY: Footnote = note("workspaces", "A workspace user is assumed to need 2 GB of memory.");
const OLD_PODS: Footnote = note("workspaces", "At most 256 workspace pods run on a node.");
const OLD_POD: Footnote = note("provisioners", "An external provisioner is meant as a Kubernetes pod.");
const OLD_SPLIT: Footnote =
    note("clusters", "Users may be spread over two regions, or attached to several clusters, by team size.");

static TIERS: &[TierRow] = &[
    TierRow {
        tier: Tier::K1,
        revision: 1,
        page: "coder/coder 1k-users.md@4bee9e1",
        limits: Limits {
            users: 1000,
            running_workspaces: 64 * 16,
            concurrent_builds: 2 * 30,
            api_rps: Some(180),
            builds_per_day: None,
        },
        // The page says one to two nodes. Two, because one cannot be replaced without an outage.
        coderd: CoderdRow {
            vcpus: 2,
            memory_gb: 8,
            replicas: 2,
            published: published("n1-standard-2", "m5.large", "t3.large", "Standard_D2s_v3"),
        },
        provisioners: ProvisionerRow {
            count: 60,
            per_host: 30,
            density: Density::PerHost(Each { vcpus: 8, memory_gb: 32 }),
            // c5.2xlarge has 16 GB and not the row's 32: a fixup.
            published: published("t2d-standard-8", "c5.2xlarge", "t3.2xlarge", "Standard_D8s_v3"),
        },
        nodes: Some(NodesRow {
            vcpus: 8,
            memory_gb: 32,
            nodes: 64,
            per_node: 16,
            published: Published {
                gcp: "t2d-standard-8",
                aws: "m5.2xlarge",
                aws_burstable: "t3.2xlarge",
                azure: "Standard_D8s_v3",
            },
        }),
        database: DatabaseRow {
            vcpus: 2,
            memory_gb: 8,
            nodes: 1,
            storage_gb: Some(512),
            published: published("db-custom-2-7680", "db.m5.large", "db.t3.large", "Standard_D2s_v3"),
        },
        footnotes: &[
            note("coderd", "High availability is not essential at this size."),
            note(
                "provisioners",
                "Provisioners may run on the coderd nodes up to about 100 users and 10 concurrent builds.",
            ),
            note(
                "workspaces",
                "2 GB is the minimum for a workspace user; over-provisioned memory ends in OOM kills.",
            ),
            OLD_PODS,
            OLD_POD,
            OLD_SPLIT,
        ],
    },
    TierRow {
        tier: Tier::K1,
        revision: 2,
        page: "coder/coder 1k-users.md@0e3e292",
        limits: Limits {
            users: 1000,
            running_workspaces: 600,
            concurrent_builds: 60,
            api_rps: None,
            builds_per_day: None,
        },
        coderd: CoderdRow { vcpus: 2, memory_gb: 8, replicas: 3, published: None },
        provisioners: ProvisionerRow {
            count: 60,
            per_host: 30,
            density: Density::PerDaemon(Each { vcpus: 1, memory_gb: 1 }),
            published: None,
        },
        nodes: None,
        database: DatabaseRow { vcpus: 8, memory_gb: 30, nodes: 1, storage_gb: None, published: None },
        footnotes: &[
            NEW_FAMILIES,
            NEW_SSD,
            note(
                "provisioners",
                "Up to about 100 users and 10 concurrent builds provisioners may run on coderd.",
            ),
            NEW_PROVISIONERS,
            NEW_SPLIT,
            NEW_REGION,
            NEW_AGENT,
            NEW_BURST,
        ],
    },
    TierRow {
        tier: Tier::K2,
        revision: 1,
        page: "coder/coder 2k-users.md@08b4aa4",
        limits: Limits {
            users: 2000,
            running_workspaces: 128 * 16,
            concurrent_builds: 4 * 30,
            api_rps: Some(300),
            builds_per_day: Some(500),
        },
        coderd: CoderdRow {
            vcpus: 4,
            memory_gb: 16,
            replicas: 2,
            published: published("n1-standard-4", "m5.xlarge", "t3.xlarge", "Standard_D4s_v3"),
        },
        provisioners: ProvisionerRow {
            count: 120,
            per_host: 30,
            density: Density::PerHost(Each { vcpus: 8, memory_gb: 32 }),
            // c5.2xlarge has 16 GB and not the row's 32: a fixup.
            published: published("t2d-standard-8", "c5.2xlarge", "t3.2xlarge", "Standard_D8s_v3"),
        },
        nodes: Some(NodesRow {
            vcpus: 8,
            memory_gb: 32,
            nodes: 128,
            per_node: 16,
            published: Published {
                gcp: "t2d-standard-8",
                aws: "m5.2xlarge",
                aws_burstable: "t3.2xlarge",
                azure: "Standard_D8s_v3",
            },
        }),
        database: DatabaseRow {
            vcpus: 4,
            memory_gb: 16,
            nodes: 1,
            storage_gb: Some(1024),
            published: published("db-custom-4-15360", "db.m5.xlarge", "db.t3.xlarge", "Standard_D4s_v3"),
        },
        footnotes: &[
            note("coderd", "High availability is on: two replicas keep Coder reliable under load."),
            note("provisioners", "Provisioners on the coderd nodes are not recommended."),
            note("provisioners", "Separate namespaces suit provisioners of several clouds or trust zones."),
            note(
                "database",
                "Above 300 requests a second or 500 builds a day, database replicas are advised.",
            ),
            OLD_MEMORY,
            OLD_PODS,
            OLD_POD,
            OLD_SPLIT,
        ],
    },
    TierRow {
        tier: Tier::K2,
        revision: 2,
        page: "coder/coder 2k-users.md@0e3e292",
        limits: Limits {
            users: 2000,
            running_workspaces: 1200,
            concurrent_builds: 120,
            api_rps: None,
            builds_per_day: None,
        },
        coderd: CoderdRow { vcpus: 4, memory_gb: 12, replicas: 3, published: None },
        provisioners: ProvisionerRow {
            count: 120,
            per_host: 30,
            density: Density::PerDaemon(Each { vcpus: 1, memory_gb: 1 }),
            published: None,
        },
        nodes: None,
        database: DatabaseRow { vcpus: 16, memory_gb: 60, nodes: 1, storage_gb: None, published: None },
        footnotes: &[
            NEW_FAMILIES,
            NEW_SSD,
            note("provisioners", "Provisioners do not run on coderd."),
            NEW_PROVISIONERS,
            NEW_SPLIT,
            NEW_REGION,
            NEW_AGENT,
            NEW_BURST,
        ],
    },
];

/// Every published row, smallest tier and older revision first.
pub fn tiers() -> &'static [TierRow] {
    TIERS
}

/// The row of a tier in a revision; `None` where the catalog has none.
pub fn tier(tier: Tier, revision: u8) -> Option<&'static TierRow> {
    TIERS.iter().find(|row| row.tier == tier && row.revision == revision)
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
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn a_published_machine_carries_its_row() {
        for row in TIERS {
            let mut pairs = Vec::new();
            if let Some(printed) = row.coderd.published {
                pairs.push((printed, row.coderd.vcpus, row.coderd.memory_gb));
            }
            if let (Some(printed), Density::PerHost(each)) =
                (row.provisioners.published, row.provisioners.density)
            {
                pairs.push((printed, each.vcpus, each.memory_gb));
            }
            if let Some(nodes) = &row.nodes {
                pairs.push((nodes.published, nodes.vcpus, nodes.memory_gb));
            }
            for (printed, vcpus, memory_gb) in pairs {
                for (cloud, burstable) in
                    [(Cloud::Gcp, false), (Cloud::Aws, false), (Cloud::Aws, true), (Cloud::Azure, false)]
                {
                    let name = printed.on(cloud, burstable);
                    let name = catalog::fixup(cloud, name).map_or(name, |fixup| fixup.instead);
                    let machine = catalog::machine(cloud, name).unwrap();
                    assert!(machine.carries(vcpus.into(), memory_gb.into()), "{name} in {}", row.page);
                    assert_eq!(machine.shared_core, burstable, "{name} in {}", row.page);
                }
            }
        }
    }

    #[test]
    fn tiers_grow() {
        for revision in [1, 2] {
            let (small, large) = (tier(Tier::K1, revision).unwrap(), tier(Tier::K2, revision).unwrap());
            assert!(small.limits.users < large.limits.users);
            assert!(small.provisioners.count < large.provisioners.count);
            assert!(small.coderd.vcpus * small.coderd.replicas < large.coderd.vcpus * large.coderd.replicas);
            assert!(small.database.vcpus < large.database.vcpus);
        }
    }
}
