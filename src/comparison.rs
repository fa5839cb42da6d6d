//! `docs/clouds.md`: what the same tier becomes on each cloud, side by side, out of the plans themselves.

use crate::catalog::{self, TierRow};
use crate::cost::{self, Cost};
use crate::diagnostic::Diagnostic;
use crate::plan::{Density, Machine, Plan};
use crate::sizing::plain;
use crate::spec::{Cloud, Spec, Tier};
use crate::{Compiled, resolve};

/// The tiers on the page.
const TIERS: [Tier; 2] = [Tier::K1, Tier::K2];

/// One column: a tier on a cloud.
struct Column {
    cloud: Cloud,
    plan: Plan,
    cost: Cost,
}

/// What a line of the table says of a column.
type Line = (&'static str, fn(&Column) -> String);

const LINES: [Line; 13] = [
    ("region", |column| column.plan.region.clone()),
    ("coderd", |column| {
        let coderd = &column.plan.coderd;
        format!("{} × {}", coderd.replicas.value, machine(&coderd.machine))
    }),
    ("provisioner hosts", |column| {
        let cluster = &column.plan.clusters[0];
        format!(
            "{} × {}, {} daemons each",
            cluster.hosts.value,
            cluster.host.as_ref().map(machine).unwrap_or_default(),
            cluster.daemons_per_host.value
        )
    }),
    ("their disk", |column| column.plan.clusters[0].host.as_ref().map(disk).unwrap_or_default()),
    ("workspace nodes", |column| {
        let cluster = &column.plan.clusters[0];
        format!("{} to {} × {}", cluster.nodes_min.value, cluster.nodes_max.value, machine(&cluster.node))
    }),
    ("workspaces a node", |column| {
        let Density { per_node, bound_by, .. } = &column.plan.clusters[0].density;
        format!("{per_node}, bound by {bound_by}")
    }),
    ("system nodes", |column| machine(&column.plan.clusters[0].system_node)),
    ("database", |column| {
        let database = &column.plan.database;
        format!(
            "{}, {} GB, {} connections",
            database.machine.value, database.storage_gb.value, database.max_connections.value
        )
    }),
    ("network", |column| column.plan.network.cidr.value.clone()),
    ("largest quota of vCPUs", |column| {
        let of_vcpus = column.plan.quotas.iter().filter(|quota| quota.name.to_lowercase().contains("cpu"));
        let largest = of_vcpus.max_by_key(|quota| quota.max);
        largest.map(|quota| format!("{}: {}", quota.name, quota.max)).unwrap_or_default()
    }),
    ("coderd, hosts and database, USD a month", |column| {
        let parts = ["coderd", "provisioners", "database"];
        let items = || column.cost.items.iter().filter(|item| parts.contains(&item.component));
        let mark = if items().any(|item| item.estimate) { "~" } else { "" };
        format!("{mark}{:.0}", items().map(|item| item.usd).sum::<f64>())
    }),
    ("with storage and the fewest to the most nodes", |column| {
        let mark = if column.cost.items.iter().any(|item| item.estimate) { "~" } else { "" };
        format!("{mark}{:.0} to {:.0}", column.cost.total_min_usd, column.cost.total_max_usd)
    }),
    ("oldest price", |column| column.cost.price_date.to_owned()),
];

/// The page.
///
/// # Errors
/// A tier that a cloud's default region cannot hold: a mistake in the catalog.
pub fn page() -> Result<String, Vec<Diagnostic>> {
    let mut text = "# The same tier on each cloud\n\n\
        Written by `BLESS=1 cargo test --test suite sizing::comparison` from the plans that `tierform generate` works by, each in the region of its \
        cloud's price list.\n\
        Prices are list prices, on demand, without discounts; `~` marks an estimate, and what has no price stands below each table.\n"
        .to_owned();
    for tier in TIERS {
        let revision = catalog::default_revision(tier);
        let columns =
            Cloud::ALL.into_iter().map(|cloud| column(tier, cloud)).collect::<Result<Vec<_>, _>>()?;
        let row = catalog::tier(tier, revision);
        text += &format!("\n## Tier {}, revision {revision}\n\n", tier.as_str());
        text += &row.map(limits).unwrap_or_default();
        text += &table(&columns);
        text += &below(&columns);
    }
    Ok(text)
}

fn column(tier: Tier, cloud: Cloud) -> Result<Column, Vec<Diagnostic>> {
    let spec = Spec::of_tier(tier, None, cloud, catalog::list_region(cloud));
    let Compiled { plan, .. } = resolve(spec)?;
    let cost = cost::of(&plan);
    Ok(Column { cloud, plan, cost })
}

/// What the tier is good for, in a sentence.
fn limits(row: &TierRow) -> String {
    let limits = &row.limits;
    let rps = limits.api_rps.map(|rps| format!(", {rps} API requests a second")).unwrap_or_default();
    format!(
        "Up to {} users, {} running workspaces, {} builds at the same time{rps} ({}).\n\n",
        limits.users, limits.running_workspaces, limits.concurrent_builds, row.page
    )
}

fn table(columns: &[Column]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let row = |head: &str, cell: fn(&Column) -> String| {
        line(std::iter::once(head.to_owned()).chain(columns.iter().map(cell)).collect())
    };
    let mut text = row("", |column| column.cloud.as_str().to_owned());
    text += &line(vec!["---".to_owned(); columns.len() + 1]);
    for (head, cell) in LINES {
        text += &row(head, cell);
    }
    text
}

/// What is said beside the table: warnings by cloud, and what no price covers.
fn below(columns: &[Column]) -> String {
    let mut text = String::new();
    let warnings = columns.iter().flat_map(|column| {
        column
            .plan
            .warnings
            .iter()
            .map(|warning| format!("- {}: {}\n", column.cloud.as_str(), warning.message))
    });
    let warnings: String = warnings.collect();
    if !warnings.is_empty() {
        text += &format!("\nWarnings:\n\n{warnings}");
    }
    if let Some(first) = columns.first() {
        text += &format!("\nNot priced: {}.\n", first.cost.not_priced.join(", "));
    }
    text
}

fn machine(machine: &Machine) -> String {
    let (name, vcpus) = (&machine.machine_type.value, machine.vcpus);
    format!("{name} ({vcpus} vCPU, {} GB)", plain(machine.memory_gib))
}

fn disk(machine: &Machine) -> String {
    format!("{} GB {}", machine.disk_gb.value, machine.disk_type)
}
