//! `tierform machines`: the machine types that the catalog knows, with their list prices.

use std::process::ExitCode;

use serde::Serialize;
use tierform::catalog::{self, MachineType, Prices, family_zones, is_charted, list_region};
use tierform::sizing::plain;
use tierform::spec::Cloud;

use super::size::{json, table};
use super::{Failure, print};
use crate::cli::{Catalog, Format, ReportFormat};

/// A machine type as `--format json` prints it: stable keys.
#[derive(Serialize)]
struct Row {
    cloud: Cloud,
    name: &'static str,
    family: &'static str,
    vcpus: u32,
    memory_gib: f64,
    arm: bool,
    burstable: bool,
    max_volumes: Option<u32>,
    region: String,
    usd_per_hour: Option<f64>,
    price_date: Option<&'static str>,
    estimate: bool,
}

pub fn run(arguments: &Catalog) -> Result<ExitCode, Failure> {
    arguments.check()?;
    let prices = Prices::read();
    // A family of which no region is listed, as t3, is taken to be sold wherever anything is known.
    let is_sold = |machine: &MachineType, name: &str| {
        catalog::region(machine.cloud, name).is_some_and(|region| {
            is_charted(region) && family_zones(machine.cloud, machine.family, region).is_some()
        })
    };
    let is_meant = |machine: &&MachineType| {
        arguments.is_family(machine.family, machine.series)
            && arguments.region.as_deref().is_none_or(|name| is_sold(machine, name))
    };
    let row = |machine: &MachineType| {
        let region = arguments.region.as_deref().unwrap_or(list_region(machine.cloud));
        let price = prices.machine(machine.cloud, machine.name, region);
        Row {
            cloud: machine.cloud,
            name: machine.name,
            family: machine.family,
            vcpus: machine.vcpus,
            memory_gib: machine.memory_gib,
            arm: machine.arm,
            burstable: machine.shared_core,
            max_volumes: machine.max_volumes,
            region: region.to_owned(),
            usd_per_hour: price.map(|price| price.usd),
            price_date: price.map(|price| price.date),
            estimate: price.is_some_and(|price| price.estimate),
        }
    };
    let rows: Vec<Row> = arguments.clouds().flat_map(catalog::machines).filter(is_meant).map(row).collect();
    if rows.is_empty() {
        return Err(Failure::Spec(
            "error: no list has such a machine type in that region; leave one of the filters out".to_owned(),
        ));
    }
    print(&match arguments.format {
        ReportFormat::Json => json(&rows),
        ReportFormat::Table => {
            let head = ["cloud", "type", "vCPU", "GiB", "what", "region", "USD an hour"];
            table(Format::Table, &head, rows.iter().map(cells).collect())
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn cells(row: &Row) -> Vec<String> {
    let what = [(row.arm, "ARM"), (row.burstable, "burstable")];
    let what: Vec<_> = what.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect();
    let mark = if row.estimate { "~" } else { "" };
    vec![
        row.cloud.as_str().to_owned(),
        row.name.to_owned(),
        row.vcpus.to_string(),
        plain(row.memory_gib),
        what.join(", "),
        row.region.clone(),
        row.usd_per_hour.map_or_else(|| "–".to_owned(), |usd| format!("{mark}{usd:.4}")),
    ]
}
