//! The rows themselves, smallest tier and older edition first: the figures as the pages print them, the sentences in our words.

use super::{
    CoderdRow, DatabaseRow, Density, Each, Footnote, Limits, NodesRow, ProvisionerRow, Published, TierRow,
};
use crate::spec::Tier;

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

const NEW_APART: Footnote = note("provisioners", "Provisioners do not run on coderd.");
const NEW_PROXIES: Footnote = note(
    "proxies",
    "Where workspaces run in several regions, each region gets workspace proxies of coderd's size, without fast disks.",
);
const NEW_OBSERVABILITY: Footnote =
    note("observability", "Prometheus metrics are gathered and shown, with Grafana for one.");

/// What the pages of the two largest tiers of revision 2 say, word for word the same.
const LARGE: &[Footnote] = &[
    NEW_OBSERVABILITY,
    NEW_FAMILIES,
    NEW_SSD,
    NEW_APART,
    NEW_PROVISIONERS,
    NEW_SPLIT,
    NEW_REGION,
    NEW_PROXIES,
    NEW_AGENT,
    NEW_BURST,
];

/// Footnotes that the revision-1 pages share.
const OLD_MEMORY: Footnote = note("workspaces", "A workspace user is assumed to need 2 GB of memory.");
const OLD_PODS: Footnote = note("workspaces", "At most 256 workspace pods run on a node.");
const OLD_POD: Footnote = note("provisioners", "An external provisioner is meant as a Kubernetes pod.");
const OLD_SPLIT: Footnote =
    note("clusters", "Users may be spread over two regions, or attached to several clusters, by team size.");

pub(super) static TIERS: &[TierRow] = &[
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
        proxies: None,
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
        proxies: None,
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
        proxies: None,
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
        proxies: Some(CoderdRow { vcpus: 4, memory_gb: 12, replicas: 3, published: None }),
        footnotes: &[
            NEW_FAMILIES,
            NEW_SSD,
            NEW_APART,
            NEW_PROVISIONERS,
            NEW_SPLIT,
            NEW_REGION,
            NEW_PROXIES,
            NEW_AGENT,
            NEW_BURST,
        ],
    },
    TierRow {
        tier: Tier::K3,
        revision: 1,
        page: "coder/coder 3k-users.md@d7964c7",
        limits: Limits {
            users: 3000,
            running_workspaces: 256 * 12,
            concurrent_builds: 8 * 30,
            api_rps: Some(550),
            builds_per_day: Some(1500),
        },
        // The capacity and the machines of this row differ by half: the capacity is taken, the machines are fixups.
        coderd: CoderdRow {
            vcpus: 8,
            memory_gb: 32,
            replicas: 4,
            published: published("n1-standard-4", "m5.xlarge", "t3.xlarge", "Standard_D4s_v3"),
        },
        provisioners: ProvisionerRow {
            count: 240,
            per_host: 30,
            density: Density::PerHost(Each { vcpus: 8, memory_gb: 32 }),
            // c5.2xlarge has 16 GB and not the row's 32: a fixup.
            published: published("t2d-standard-8", "c5.2xlarge", "t3.2xlarge", "Standard_D8s_v3"),
        },
        nodes: Some(NodesRow {
            vcpus: 8,
            memory_gb: 32,
            nodes: 256,
            per_node: 12,
            published: Published {
                gcp: "t2d-standard-8",
                aws: "m5.2xlarge",
                aws_burstable: "t3.2xlarge",
                azure: "Standard_D8s_v3",
            },
        }),
        database: DatabaseRow {
            vcpus: 8,
            memory_gb: 32,
            // Whether the second is a standby or a reader is not said; Coder has no use for a reader.
            nodes: 2,
            storage_gb: Some(1536),
            published: published("db-custom-8-30720", "db.m5.2xlarge", "db.t3.2xlarge", "Standard_D8s_v3"),
        },
        proxies: None,
        footnotes: &[
            note("database", "A managed, highly available PostgreSQL."),
            note("observability", "The whole of Coder's monitoring is switched on."),
            note("provisioners", "Provisioners on the coderd nodes are strongly discouraged."),
            note(
                "database",
                "Above 550 requests a second or 1500 builds a day, database replicas are advised.",
            ),
        ],
    },
    TierRow {
        tier: Tier::K3,
        revision: 2,
        page: "coder/coder 3k-users.md@0e3e292",
        limits: Limits {
            users: 3000,
            running_workspaces: 1800,
            concurrent_builds: 180,
            api_rps: None,
            builds_per_day: None,
        },
        coderd: CoderdRow { vcpus: 4, memory_gb: 12, replicas: 4, published: None },
        provisioners: ProvisionerRow {
            count: 180,
            per_host: 30,
            density: Density::PerDaemon(Each { vcpus: 1, memory_gb: 1 }),
            published: None,
        },
        nodes: None,
        database: DatabaseRow { vcpus: 32, memory_gb: 120, nodes: 1, storage_gb: None, published: None },
        proxies: Some(CoderdRow { vcpus: 4, memory_gb: 12, replicas: 4, published: None }),
        footnotes: LARGE,
    },
    TierRow {
        tier: Tier::K10,
        revision: 2,
        page: "coder/coder 10k-users.md@0e3e292",
        limits: Limits {
            users: 10_000,
            running_workspaces: 6000,
            concurrent_builds: 600,
            api_rps: None,
            builds_per_day: None,
        },
        coderd: CoderdRow { vcpus: 4, memory_gb: 12, replicas: 10, published: None },
        provisioners: ProvisionerRow {
            count: 600,
            per_host: 30,
            density: Density::PerDaemon(Each { vcpus: 1, memory_gb: 1 }),
            published: None,
        },
        nodes: None,
        database: DatabaseRow { vcpus: 64, memory_gb: 240, nodes: 1, storage_gb: None, published: None },
        proxies: Some(CoderdRow { vcpus: 4, memory_gb: 12, replicas: 10, published: None }),
        footnotes: LARGE,
    },
];
