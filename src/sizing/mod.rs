//! The arithmetic: a tier's row and the user's own figures become what each component needs, cloud-neutral.
//! Every figure carries its reason, which ends as a comment in `terraform.tfvars`.

mod clusters;
mod load;
mod on_coderd;
mod provisioners;

use std::borrow::Cow;

use ipnet::Ipv4Net;
pub use provisioners::{Hosts, Provisioners};
use serde::{Deserialize, Serialize};

use crate::catalog::{self, CoderdRow, Limits, Published, TierRow};
use crate::diagnostic::Diagnostic;
use crate::record::Decided;
use crate::spec::{Cloud, License, Spanned, Spec, Workspaces};

/// Storage in GB where a page is silent: what revision 1 gives its smallest tier.
const DEFAULT_STORAGE_GB: u32 = 512;
/// Connections beside coderd's own: migrations, metrics, backups and a person with psql. DERIVED.
const SPARE_CONNECTIONS: u32 = 50;
/// Workspaces a node never exceeds unless asked: revision 1's density.
pub const PER_NODE_CAP: u32 = 16;

/// A figure and why it is so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure<T> {
    /// The figure.
    pub value: T,
    /// Why: a phrase without a full stop, fit for a comment at the end of a line.
    pub reason: String,
}

/// A warning that `size` and `generate` print.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// A stable name for scripts.
    pub code: Cow<'static, str>,
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
    /// Provisioner daemons that each runs itself; `None` where hosts run them.
    pub daemons: Option<Figure<u32>>,
}

/// A Kubernetes cluster and its share of daemons and workspaces.
#[derive(Debug)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Its cloud.
    pub cloud: Cloud,
    /// Its region.
    pub region: Spanned<String>,
    /// The range that the user gives it.
    pub cidr: Option<Spanned<Ipv4Net>>,
    /// What the user says of its workspaces and nodes.
    pub keys: Workspaces,
    /// Its share of the load, 0 to 1.
    pub share: f64,
    /// Whether it carries the whole load.
    pub is_all: bool,
    /// Workspaces that run in it at once.
    pub running_workspaces: Figure<u32>,
    /// Daemons beside it.
    pub provisioners: Figure<u32>,
    /// The hosts that carry them.
    pub hosts: Hosts,
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
pub fn size(spec: &Spec, decided: &Decided) -> Result<Sizing, Vec<Diagnostic>> {
    let (row, chosen) = load::choose(spec, decided).map_err(|problem| vec![problem])?;
    let from_row = format!("tier {}, revision {}", row.tier.as_str(), row.revision);

    let mut warnings: Vec<_> = chosen.into_iter().chain(kept_revision(spec, row)).collect();
    if spec.builds_on_coderd() {
        on_coderd::check(spec, row)?;
    }
    let coderd = size_coderd(spec, row, &from_row, &mut warnings);
    let daemons = match coderd.daemons {
        Some(_) => provisioners::Daemons::without_hosts(on_coderd::builds(spec)),
        None => provisioners::Daemons::size(spec, row, &from_row, &mut warnings),
    };
    let database = size_database(spec, row, &from_row, &coderd, &mut warnings);
    let (most, running) = match coderd.daemons {
        Some(_) => on_coderd::limits(spec, row),
        None => (row.limits, Figure { value: row.limits.running_workspaces, reason: from_row.clone() }),
    };
    let clusters = clusters::divide(spec, row, &running, &daemons)?;
    let mut provisioners = daemons.over(&clusters, &mut warnings);
    if let Some(daemons) = &coderd.daemons {
        provisioners.per_host = daemons.value;
        warnings.extend(on_coderd::warnings(spec, row, daemons.value));
    }
    warnings.extend(load::check(spec, row, provisioners.count.value)?);
    warnings.extend(row.proxies.as_ref().map(|proxies| without_proxies(row, proxies)));
    let limits = Limits {
        concurrent_builds: provisioners.count.value,
        running_workspaces: clusters.iter().map(|cluster| cluster.running_workspaces.value).sum(),
        ..most
    };
    Ok(Sizing { row, limits, coderd, provisioners, clusters, database, warnings })
}

/// A directory keeps its revision when the tier changes, so that a larger tier is not a smaller deployment.
fn kept_revision(spec: &Spec, row: &TierRow) -> Option<Warning> {
    let default = catalog::default_revision(row.tier);
    let tier = row.tier.as_str();
    let message = || {
        format!(
            "The directory keeps revision {} of the tier pages, which it was generated with; the default of tier {tier} is revision \
             {default}. Write tier_revision = {} or {default} into coder.toml to settle it.",
            row.revision, row.revision
        )
    };
    (spec.tier_revision.is_none() && row.revision != default)
        .then(|| Warning { code: "revision_kept".into(), message: message() })
}

/// What a page asks for in further regions, and why it is not built.
fn without_proxies(row: &TierRow, proxies: &CoderdRow) -> Warning {
    Warning {
        code: "workspace_proxies_not_built".into(),
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
    let replicas = match spec.license() {
        License::Premium => figure(keys.replicas.as_ref(), "coderd.replicas", row.coderd.replicas, from_row),
        License::Community => on_coderd::one_replica(),
    };
    let coderd = Coderd {
        daemons: spec.builds_on_coderd().then(|| on_coderd::daemons(spec, &replicas)),
        replicas,
        vcpus: figure(keys.vcpus.as_ref(), "coderd.vcpus", row.coderd.vcpus, from_row),
        memory_gb: figure(keys.memory_gb.as_ref(), "coderd.memory_gb", row.coderd.memory_gb, from_row),
        published: row.coderd.published.filter(|_| keys.vcpus.is_none() && keys.memory_gb.is_none()),
    };
    // With so few users fewer replicas do; a smaller machine is another matter.
    let enough = if coderd.daemons.is_some() { row.coderd.replicas } else { coderd.replicas.value };
    if enough * coderd.vcpus.value < row.coderd.replicas * row.coderd.vcpus
        || enough * coderd.memory_gb.value < row.coderd.replicas * row.coderd.memory_gb
    {
        warnings.push(below_row("coderd", from_row, row));
    }
    coderd
}

/// An override that is smaller than the page's figure is the user's right, and worth a word.
fn below_row(component: &str, from_row: &str, row: &TierRow) -> Warning {
    Warning {
        code: "below_row".into(),
        message: format!(
            "{component} is smaller than {from_row} has it: do not count on it for {} users.",
            row.limits.users
        ),
    }
}

fn size_database(
    spec: &Spec,
    row: &'static TierRow,
    from_row: &str,
    coderd: &Coderd,
    warnings: &mut Vec<Warning>,
) -> Database {
    let keys = &spec.database;
    let storage = match row.database.storage_gb {
        Some(gb) => (gb, from_row.to_owned()),
        None => {
            (DEFAULT_STORAGE_GB, "the page names none; what revision 1 gives its smallest tier".to_owned())
        }
    };
    // While a new generation of coderd starts, the old one still holds its connections.
    let open = catalog::releases::MAX_OPEN_CONNECTIONS;
    // Never for fewer replicas than the row has: the upgrade goes through one replica, and a change of this figure restarts the
    // database.
    let replicas = match spec.license() {
        License::Premium => coderd.replicas.value.max(row.coderd.replicas),
        License::Community => coderd.replicas.value,
    };
    let needed = 2 * replicas * open + SPARE_CONNECTIONS;
    let reason = format!("two generations of {replicas} coderd × {open} + {SPARE_CONNECTIONS}");
    let max_connections = figure(keys.max_connections.as_ref(), "database.max_connections", needed, &reason);
    if max_connections.value < needed {
        warnings.push(Warning {
            code: "too_few_connections".into(),
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
