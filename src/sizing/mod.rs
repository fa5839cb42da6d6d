//! The arithmetic: a tier's row and the user's own figures become what each component needs, cloud-neutral.
//! Every figure carries its reason, which ends as a comment in `terraform.tfvars`.

mod load;

use serde::Serialize;

use crate::catalog::{self, CoderdRow, Density, Limits, Published, TierRow};
use crate::diagnostic::Diagnostic;
use crate::frozen::Answers;
use crate::spec::{Spanned, Spec};

/// vCPUs that the operating system of a provisioner host keeps for itself. DERIVED: the tier pages ask for "commensurate"
/// machines; one vCPU and one GB let 15 daemons stand on 16/16 and 30 on 32/32.
const SYSTEM_VCPUS: f64 = 1.0;
/// GB of memory that the operating system of a provisioner host keeps for itself.
const SYSTEM_MEMORY_GB: f64 = 1.0;
/// Storage in GB where a page is silent: what revision 1 gives its smallest tier.
const DEFAULT_STORAGE_GB: u32 = 512;
/// vCPUs below which a daemon on a busy host waits: the median that Coder measured for one build
/// (coder/coder `scale-testing.md@0e3e292`).
const MEDIAN_BUILD_VCPUS: f64 = 0.35;
/// What a workspace asks for unless the spec says otherwise: revision 1's own figures (16 on 8 vCPU, 2 GB a user).
const WORKSPACE: Request = Request { vcpus: 0.5, memory_gb: 2.0 };
/// Connections beside coderd's own: migrations, metrics, backups and a person with psql. DERIVED.
const SPARE_CONNECTIONS: u32 = 50;
/// Workspaces a node never exceeds unless asked: revision 1's density.
pub const PER_NODE_CAP: u32 = 16;

/// What the open connections of a replica are frozen as.
pub const OPEN_CONNECTIONS: &str = "open connections of a coderd replica";

/// A figure and why it is so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure<T> {
    /// The figure.
    pub value: T,
    /// Why: a phrase without a full stop, fit for a comment at the end of a line.
    pub reason: String,
}

/// A warning that `size` and `generate` print.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Warning {
    /// A stable name for scripts.
    pub code: &'static str,
    /// A sentence or two for people.
    pub message: String,
}

/// What every component needs.
#[derive(Debug)]
pub struct Sizing {
    /// The tier's row.
    pub row: &'static TierRow,
    /// What the deployment is good for.
    pub limits: Limits,
    /// The control plane.
    pub coderd: Coderd,
    /// The provisioner daemons and their hosts.
    pub provisioners: Provisioners,
    /// The clusters, the one beside coderd first.
    pub clusters: Vec<Cluster>,
    /// The database.
    pub database: Database,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

/// coderd.
#[derive(Debug)]
pub struct Coderd {
    /// How many replicas.
    pub replicas: Figure<u32>,
    /// vCPUs each.
    pub vcpus: Figure<u32>,
    /// Memory in GB each.
    pub memory_gb: Figure<u32>,
    /// The machine that the page prints for such a row; `None` when the row was overridden.
    pub published: Option<Published>,
}

/// The provisioner daemons.
#[derive(Debug)]
pub struct Provisioners {
    /// Daemons that the tier asks for.
    pub count: Figure<u32>,
    /// Daemons on each host: `count` spread evenly, never above the row's stacking.
    pub per_host: Figure<u32>,
    /// Hosts in all.
    pub hosts: Figure<u32>,
    /// What each daemon needs, vCPUs and GB; `None` where the row states the host.
    pub each: Option<(f64, f64)>,
    /// vCPUs of a host without the system's share.
    pub host_vcpus: f64,
    /// Memory in GB of a host without the system's share.
    pub host_memory_gb: f64,
    /// What the host's machine must have, system's share included: vCPUs and GB, and why.
    pub host: Figure<(f64, f64)>,
    /// The machine that the page prints for such a host; `None` when the row was overridden.
    pub published: Option<Published>,
}

/// A Kubernetes cluster and its share of daemons and workspaces.
#[derive(Debug)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Its share of the load, 0 to 1.
    pub share: f64,
    /// Workspaces that run in it at once.
    pub running_workspaces: Figure<u32>,
    /// Daemons beside it.
    pub provisioners: u32,
    /// Hosts that carry them.
    pub provisioner_hosts: u32,
    /// What a workspace asks for.
    pub request: Request,
    /// Whether the user set `request`, so that a published density no longer stands by itself.
    pub request_is_asked: bool,
    /// vCPUs a node.
    pub node_vcpus: u32,
    /// Memory in GB a node.
    pub node_memory_gb: u32,
    /// Nodes and density that the row states: nodes, workspaces a node.
    pub table: Option<(u32, u32)>,
    /// The machine that the page prints for a node.
    pub published: Option<Published>,
}

/// What one workspace requests from its node.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Request {
    /// vCPUs.
    pub vcpus: f64,
    /// Memory in GB.
    pub memory_gb: f64,
}

/// The database.
#[derive(Debug)]
pub struct Database {
    /// vCPUs.
    pub vcpus: Figure<u32>,
    /// Memory in GB.
    pub memory_gb: Figure<u32>,
    /// Instances that the page lists: two are a primary and its standby.
    pub nodes: u32,
    /// Storage in GB.
    pub storage_gb: Figure<u32>,
    /// Connections it must admit.
    pub max_connections: Figure<u32>,
    /// The instance that the page prints; `None` when the row was overridden.
    pub published: Option<Published>,
}

/// Sizes a spec.
///
/// # Errors
/// Figures that cannot be: a revision that was never published, a load that the tier and the next one do not hold.
pub fn size(spec: &Spec, answers: &Answers) -> Result<Sizing, Vec<Diagnostic>> {
    let (row, chosen) = load::choose(spec, answers).map_err(|problem| vec![problem])?;
    let row = answers.row(row);
    let defaults = Defaults {
        storage_gb: answers.keep("storage where a page names none, in GB", DEFAULT_STORAGE_GB),
        open: answers.keep(OPEN_CONNECTIONS, catalog::releases::MAX_OPEN_CONNECTIONS),
    };
    let from_row = format!("tier {}, revision {}", row.tier.as_str(), row.revision);

    let mut warnings: Vec<_> = chosen.into_iter().collect();
    let coderd = size_coderd(spec, row, &from_row, &mut warnings);
    let provisioners = size_provisioners(spec, row, &from_row, &mut warnings);
    let database = size_database(spec, row, &from_row, &defaults, &coderd, &mut warnings);
    let clusters = vec![size_cluster(spec, row, &from_row, &provisioners)];
    warnings.extend(load::check(spec, row, provisioners.count.value)?);
    warnings.extend(row.proxies.as_ref().map(|proxies| without_proxies(row, proxies)));
    let limits = Limits {
        concurrent_builds: provisioners.count.value,
        running_workspaces: clusters.iter().map(|cluster| cluster.running_workspaces.value).sum(),
        ..row.limits
    };
    Ok(Sizing { row, limits, coderd, provisioners, clusters, database, warnings })
}

/// What holds where page and spec are silent.
struct Defaults {
    storage_gb: u32,
    /// Open database connections a replica.
    open: u32,
}

/// What a page asks for in further regions, and why it is not built.
fn without_proxies(row: &TierRow, proxies: &CoderdRow) -> Warning {
    Warning {
        code: "workspace_proxies_not_built",
        message: format!(
            "For each further region with workspaces the page ({}) adds {} workspace proxies of {} vCPU / {} GB. They are not \
             built: each one's token comes from a running, licensed Coder, after the first apply. One region needs none; \
             users of another reach its workspaces by way of this one.",
            row.page, proxies.replicas, proxies.vcpus, proxies.memory_gb
        ),
    }
}

/// A capacity and where its two figures come from: `2 vCPU / 8 GB: tier 1k, revision 2`.
pub fn capacity(vcpus: &Figure<u32>, memory_gb: &Figure<u32>) -> String {
    let both = format!("{} vCPU / {} GB", vcpus.value, memory_gb.value);
    match vcpus.reason == memory_gb.reason {
        true => format!("{both}: {}", vcpus.reason),
        false => format!("{both}: {}; {}", vcpus.reason, memory_gb.reason),
    }
}

/// The user's figure and its key as the reason, else the row's.
fn figure(asked: Option<&Spanned<u32>>, key: &str, value: u32, reason: &str) -> Figure<u32> {
    match asked {
        Some(asked) => Figure { value: *asked.get_ref(), reason: format!("{key} in coder.toml") },
        None => Figure { value, reason: reason.to_owned() },
    }
}

fn size_coderd(spec: &Spec, row: &'static TierRow, from_row: &str, warnings: &mut Vec<Warning>) -> Coderd {
    let keys = &spec.coderd;
    let coderd = Coderd {
        replicas: figure(keys.replicas.as_ref(), "coderd.replicas", row.coderd.replicas, from_row),
        vcpus: figure(keys.vcpus.as_ref(), "coderd.vcpus", row.coderd.vcpus, from_row),
        memory_gb: figure(keys.memory_gb.as_ref(), "coderd.memory_gb", row.coderd.memory_gb, from_row),
        published: row.coderd.published.filter(|_| keys.vcpus.is_none() && keys.memory_gb.is_none()),
    };
    if coderd.replicas.value * coderd.vcpus.value < row.coderd.replicas * row.coderd.vcpus
        || coderd.replicas.value * coderd.memory_gb.value < row.coderd.replicas * row.coderd.memory_gb
    {
        warnings.push(below_row("coderd", from_row, row));
    }
    coderd
}

/// An override that is smaller than the page's figure is the user's right, and worth a word.
fn below_row(component: &str, from_row: &str, row: &TierRow) -> Warning {
    Warning {
        code: "below_row",
        message: format!(
            "{component} is smaller than {from_row} has it: do not count on it for {} users.",
            row.limits.users
        ),
    }
}

fn size_provisioners(
    spec: &Spec,
    row: &'static TierRow,
    from_row: &str,
    warnings: &mut Vec<Warning>,
) -> Provisioners {
    let keys = &spec.provisioners;
    let count = figure(keys.count.as_ref(), "provisioners.count", row.provisioners.count, from_row);
    let stacking =
        figure(keys.per_host.as_ref(), "provisioners.per_host", row.provisioners.per_host, from_row);
    let hosts = count.value.div_ceil(stacking.value);
    let per_host = count.value.div_ceil(hosts);

    let asked_each = keys.vcpus_each.is_some() || keys.memory_gb_each.is_some();
    let (each, host_vcpus, host_memory_gb, host) = match row.provisioners.density {
        Density::PerHost(host) if !asked_each => {
            let (vcpus, memory_gb) = (f64::from(host.vcpus), f64::from(host.memory_gb));
            let reason = format!("{} vCPU / {} GB a host: {from_row}", host.vcpus, host.memory_gb);
            (None, vcpus, memory_gb, Figure { value: (vcpus, memory_gb), reason })
        }
        density => {
            // A row that states the host says nothing of a daemon, so its share of that host stands in for it.
            let (vcpus, memory_gb) = match density {
                Density::PerDaemon(each) => (f64::from(each.vcpus), f64::from(each.memory_gb)),
                Density::PerHost(host) => {
                    let daemons = f64::from(row.provisioners.per_host);
                    (f64::from(host.vcpus) / daemons, f64::from(host.memory_gb) / daemons)
                }
            };
            let vcpus = keys.vcpus_each.as_ref().map_or(vcpus, |each| *each.get_ref());
            let memory_gb = keys.memory_gb_each.as_ref().map_or(memory_gb, |each| *each.get_ref());
            let daemons = f64::from(per_host);
            let reason = format!(
                "{per_host} daemons × {} vCPU / {} GB + {SYSTEM_VCPUS} / {SYSTEM_MEMORY_GB} for the system",
                plain(vcpus),
                plain(memory_gb)
            );
            let need = (daemons * vcpus + SYSTEM_VCPUS, daemons * memory_gb + SYSTEM_MEMORY_GB);
            (Some((vcpus, memory_gb)), daemons * vcpus, daemons * memory_gb, Figure { value: need, reason })
        }
    };
    if host_vcpus / f64::from(per_host) < MEDIAN_BUILD_VCPUS {
        warnings.push(Warning {
            code: "provisioner_host_below_median",
            message: format!(
                "{per_host} daemons share {} vCPUs, {:.2} each, when all build at once; Coder measured a median of \
                 {MEDIAN_BUILD_VCPUS} vCPU a build. Builds take longer under full load; lower provisioners.per_host or \
                 set provisioners.vcpus_each to change it.",
                plain(host_vcpus),
                host_vcpus / f64::from(per_host)
            ),
        });
    }
    if count.value < row.provisioners.count {
        warnings.push(Warning {
            code: "below_row",
            message: format!(
                "{} provisioner daemons build as many workspaces at once; {from_row} has {}.",
                count.value, row.provisioners.count
            ),
        });
    }
    let hosts = Figure {
        value: hosts,
        reason: if count.reason == stacking.reason {
            format!("{} daemons, at most {} a host: {}", count.value, stacking.value, count.reason)
        } else {
            format!(
                "{} daemons ({}), at most {} a host ({})",
                count.value, count.reason, stacking.value, stacking.reason
            )
        },
    };
    let per_host = Figure {
        value: per_host,
        reason: format!("{} daemons spread evenly over {}", count.value, hosts.value),
    };
    let published = row.provisioners.published.filter(|_| !asked_each);
    Provisioners { count, per_host, hosts, each, host_vcpus, host_memory_gb, host, published }
}

fn size_cluster(spec: &Spec, row: &'static TierRow, from_row: &str, provisioners: &Provisioners) -> Cluster {
    let keys = &spec.workspaces;
    let request = Request {
        vcpus: keys.vcpus.as_ref().map_or(WORKSPACE.vcpus, |v| *v.get_ref()),
        memory_gb: keys.memory_gb.as_ref().map_or(WORKSPACE.memory_gb, |v| *v.get_ref()),
    };
    let node = row.nodes.as_ref();
    Cluster {
        name: "main".to_owned(),
        share: 1.0,
        running_workspaces: Figure { value: row.limits.running_workspaces, reason: from_row.to_owned() },
        provisioners: provisioners.count.value,
        provisioner_hosts: provisioners.hosts.value,
        request,
        request_is_asked: keys.vcpus.is_some() || keys.memory_gb.is_some(),
        // Revision 2 has no node row: nodes keep revision 1's size.
        node_vcpus: node.map_or(8, |node| node.vcpus),
        node_memory_gb: node.map_or(32, |node| node.memory_gb),
        table: node.map(|node| (node.nodes, node.per_node)),
        published: node.map(|node| node.published),
    }
}

fn size_database(
    spec: &Spec,
    row: &'static TierRow,
    from_row: &str,
    defaults: &Defaults,
    coderd: &Coderd,
    warnings: &mut Vec<Warning>,
) -> Database {
    let keys = &spec.database;
    let storage = match row.database.storage_gb {
        Some(gb) => (gb, from_row.to_owned()),
        None => {
            (defaults.storage_gb, "the page names none; what revision 1 gives its smallest tier".to_owned())
        }
    };
    // While a new generation of coderd starts, the old one still holds its connections.
    let open = defaults.open;
    // Never for fewer replicas than the row has: the upgrade goes through one replica, and a change of this figure restarts the
    // database.
    let replicas = coderd.replicas.value.max(row.coderd.replicas);
    let needed = 2 * replicas * open + SPARE_CONNECTIONS;
    let reason = format!("two generations of {replicas} coderd × {open} + {SPARE_CONNECTIONS}");
    let max_connections = figure(keys.max_connections.as_ref(), "database.max_connections", needed, &reason);
    if max_connections.value < needed {
        warnings.push(Warning {
            code: "too_few_connections",
            message: format!(
                "database.max_connections is {}, but coderd may open {needed} ({reason}): a roll-over could find none left.",
                max_connections.value
            ),
        });
    }
    let below = |asked: Option<&Spanned<u32>>, row: u32| asked.is_some_and(|asked| *asked.get_ref() < row);
    if below(keys.vcpus.as_ref(), row.database.vcpus)
        || below(keys.memory_gb.as_ref(), row.database.memory_gb)
    {
        warnings.push(below_row("The database", from_row, row));
    }
    Database {
        vcpus: figure(keys.vcpus.as_ref(), "database.vcpus", row.database.vcpus, from_row),
        memory_gb: figure(keys.memory_gb.as_ref(), "database.memory_gb", row.database.memory_gb, from_row),
        nodes: row.database.nodes,
        storage_gb: figure(keys.storage_gb.as_ref(), "database.storage_gb", storage.0, &storage.1),
        max_connections,
        published: row.database.published.filter(|_| keys.vcpus.is_none() && keys.memory_gb.is_none()),
    }
}

/// A figure without a needless fraction: `8`, `0.27`.
pub fn plain(figure: f64) -> String {
    let text = format!("{figure:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
