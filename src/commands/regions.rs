//! `tierform regions`: the regions that the catalog knows, and which of them sell a family.

use std::process::ExitCode;

use serde::Serialize;
use tierform::catalog::{self, listed_zones};
use tierform::spec::Cloud;

use super::size::{json, table};
use super::{Failure, print};
use crate::cli::{Catalog, Format, ReportFormat};

/// A region as `--format json` prints it: stable keys.
#[derive(Serialize)]
struct Row {
    cloud: Cloud,
    name: &'static str,
    place: &'static str,
    zones: &'static [&'static str],
}

pub fn run(arguments: &Catalog) -> Result<ExitCode, Failure> {
    arguments.check()?;
    let mut rows = Vec::new();
    for cloud in arguments.clouds() {
        let regions = catalog::regions(cloud);
        for region in
            regions.filter(|region| arguments.region.as_deref().is_none_or(|name| name == region.name))
        {
            // Without a family all zones count, with one those that sell it.
            let zones = match &arguments.family {
                None => Some(region.zones),
                Some(family) => {
                    family_of(cloud, family).and_then(|family| listed_zones(cloud, family, region))
                }
            };
            rows.extend(zones.map(|zones| Row { cloud, name: region.name, place: region.place, zones }));
        }
    }
    if rows.is_empty() {
        return Err(Failure::Spec(
            "error: no list has that family in such a region; leave one of the filters out".to_owned(),
        ));
    }
    print(&match arguments.format {
        ReportFormat::Json => json(&rows),
        ReportFormat::Table => {
            let cells = |row: &Row| {
                vec![
                    row.cloud.as_str().to_owned(),
                    row.name.to_owned(),
                    row.place.to_owned(),
                    row.zones.join(" "),
                ]
            };
            table(Format::Table, &["cloud", "region", "place", "zones"], rows.iter().map(cells).collect())
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The family that a family's or a series' name means on a cloud.
fn family_of(cloud: Cloud, name: &str) -> Option<&'static str> {
    catalog::machines(cloud)
        .find(|machine| machine.family == name || machine.series == name)
        .map(|machine| machine.family)
}
