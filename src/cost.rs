//! What a plan costs a month at list price, component by component; what is not priced is named.

use serde::Serialize;

use crate::catalog::{HOURS, Price, Prices};
use crate::plan::{ClusterPlan, Plan};
use crate::spec::{Cloud, License};

/// What a plan costs.
#[derive(Debug, Serialize)]
pub struct Cost {
    /// `USD`.
    pub currency: &'static str,
    /// `month`, of 730 hours.
    pub period: &'static str,
    /// The oldest list that a price comes from: a month or a day.
    pub price_date: &'static str,
    /// The components.
    pub items: Vec<Item>,
    /// All of it with the fewest nodes.
    pub total_min_usd: f64,
    /// All of it with the most nodes.
    pub total_max_usd: f64,
    /// What is not in the totals.
    pub not_priced: Vec<String>,
    /// Whether every machine of the plan is in the totals.
    #[serde(skip)]
    pub is_complete: bool,
}

/// A component's price.
#[derive(Debug, Serialize)]
pub struct Item {
    /// coderd, provisioners, database, storage, system_nodes, nodes_min or nodes_max; the last two exclude each other.
    pub component: &'static str,
    /// The cloud.
    pub cloud: &'static str,
    /// The cluster that it belongs to.
    pub cluster: Option<String>,
    /// The machine type; none for storage.
    pub machine: Option<String>,
    /// How many; GB of storage.
    pub count: u32,
    /// USD a month for all of them.
    pub usd: f64,
    /// Whether the price was computed instead of read from a list.
    pub estimate: bool,
}

/// What no list of ours has, on any cloud.
const NOT_PRICED: [&str; 8] = [
    "load balancer",
    "NAT gateway and its addresses",
    "network traffic",
    "boot disks",
    "workspace volumes",
    "Kubernetes control plane",
    "database backups beyond what is free",
    "secrets, DNS, logs and metrics",
];

/// Prices a plan.
pub fn of(plan: &Plan) -> Cost {
    let mut bill = Bill { prices: Prices::read(), items: Vec::new(), unknown: Vec::new() };
    let place = Place { cloud: plan.cloud, region: &plan.region, cluster: None };
    bill.machines("coderd", place, &plan.coderd.machine.machine_type.value, plan.coderd.replicas.value);
    for cluster in plan.all_clusters() {
        bill.cluster(cluster);
    }
    bill.database(plan, place);
    let Bill { items, unknown, prices: _ } = bill;
    let sum = |without: &str| {
        cents(items.iter().filter(|(item, _)| item.component != without).map(|(item, _)| item.usd).sum())
    };
    Cost {
        currency: "USD",
        period: "month",
        price_date: items.iter().map(|(_, date)| *date).min().unwrap_or_default(),
        total_min_usd: sum("nodes_max"),
        total_max_usd: sum("nodes_min"),
        is_complete: unknown.is_empty(),
        not_priced: unknown
            .into_iter()
            .chain(NOT_PRICED.map(str::to_owned))
            .chain((plan.coderd.license == License::Premium).then(|| "Coder Premium licence".to_owned()))
            .collect(),
        items: items.into_iter().map(|(item, _)| item).collect(),
    }
}

/// Where something stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    cloud: Cloud,
    region: &'a str,
    cluster: Option<&'a str>,
}

/// Items with the date of their list, and what is in none.
struct Bill {
    prices: Prices,
    items: Vec<(Item, &'static str)>,
    unknown: Vec<String>,
}

impl Bill {
    fn cluster(&mut self, cluster: &ClusterPlan) {
        let place = Place { cloud: cluster.cloud, region: &cluster.region, cluster: Some(&cluster.name) };
        let node = &cluster.node.machine_type.value;
        if let Some(host) = &cluster.host {
            self.machines("provisioners", place, &host.machine_type.value, cluster.hosts.value);
        }
        for (component, machine, count) in [
            ("system_nodes", &cluster.system_node.machine_type.value, cluster.system_nodes.value),
            ("nodes_min", node, cluster.nodes_min.value),
            ("nodes_max", node, cluster.nodes_max.value),
        ] {
            self.machines(component, place, machine, count);
        }
    }

    fn machines(&mut self, component: &'static str, place: Place<'_>, machine: &str, count: u32) {
        let price = self.prices.machine(place.cloud, machine, place.region);
        self.hourly(component, place, machine, count, price);
    }

    /// A standby costs what the primary does, its storage too.
    fn database(&mut self, plan: &Plan, place: Place<'_>) {
        let (database, machine) = (&plan.database, &plan.database.machine.value);
        let instances = if database.high_availability.value { 2 } else { 1 };
        let price = self.prices.database(place.cloud, machine, place.region);
        self.hourly("database", place, machine, instances, price);
        // Azure sells storage in steps.
        let storage_gb =
            plan.azure.as_ref().map_or(database.storage_gb.value, |azure| azure.storage_mb.value / 1024);
        let storage_gb = storage_gb.saturating_mul(instances);
        match self.prices.storage(place.cloud, place.region) {
            Some(price) => self.add("storage", place, None, storage_gb, price, 1.0),
            None => self.unknown.push(format!("database storage in {}: no list has it", place.region)),
        }
    }

    fn hourly(
        &mut self,
        component: &'static str,
        place: Place<'_>,
        machine: &str,
        count: u32,
        price: Option<Price>,
    ) {
        match price {
            Some(price) => self.add(component, place, Some(machine), count, price, HOURS),
            None => {
                self.unknown.push(format!("{component}: no list has {machine} in {}", place.region));
            }
        }
    }

    fn add(
        &mut self,
        component: &'static str,
        place: Place<'_>,
        machine: Option<&str>,
        count: u32,
        price: Price,
        units: f64,
    ) {
        let item = Item {
            component,
            cloud: place.cloud.as_str(),
            cluster: place.cluster.map(str::to_owned),
            machine: machine.map(str::to_owned),
            count,
            usd: cents(price.usd * units * f64::from(count)),
            estimate: price.estimate,
        };
        self.items.push((item, price.date));
    }
}

fn cents(usd: f64) -> f64 {
    (usd * 100.0).round() / 100.0
}
