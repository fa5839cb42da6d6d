//! List prices by region. The table is text until somebody asks: every other command would pay for reading it.

use std::collections::HashMap;

use super::{Cloud, parse_custom};

/// One line a type, one column a region; `build.rs` has read it once, so its shape is right.
static TABLE: &str = include_str!("../../templates/catalog/prices.csv");

/// Hours of a month, as the clouds' own calculators count them.
pub const HOURS: f64 = 730.0;

/// Cloud SQL, edition ENTERPRISE, one zone in us-central1: USD an hour for a vCPU and for a GB (infracost's golden file of
/// sql_database_instance; the same in public notes of 2026-05).
const CLOUD_SQL: (f64, f64) = (0.0413, 0.0070);
const CLOUD_SQL_DATE: &str = "2026-05";

/// A price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// USD: an hour of a machine, a month of a GB.
    pub usd: f64,
    /// The month or day of the list.
    pub date: &'static str,
    /// Whether it was computed instead of read from a list.
    pub estimate: bool,
}

/// The price list of all clouds.
#[derive(Debug)]
pub struct Prices {
    regions: HashMap<&'static str, Vec<&'static str>>,
    lines: HashMap<(&'static str, &'static str), (&'static str, &'static str)>,
}

/// The region of each cloud whose list prices are read, not computed.
pub const fn list_region(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Gcp => "us-central1",
        Cloud::Aws => "us-east-1",
        Cloud::Azure => "eastus",
    }
}

/// General purpose machines whose price stands for a region's level, best first.
const fn gauges(cloud: Cloud) -> &'static [&'static str] {
    match cloud {
        Cloud::Gcp => &["n2-standard-8", "e2-standard-8"],
        Cloud::Aws => &["m5.2xlarge", "m6i.2xlarge", "m7i.2xlarge"],
        Cloud::Azure => &["Standard_D8s_v5"],
    }
}

/// USD for a month of a GB of database storage in one zone of the region of the list (infracost's golden files of the three
/// database resources).
const fn storage(cloud: Cloud) -> f64 {
    match cloud {
        Cloud::Gcp => 0.17,
        Cloud::Aws | Cloud::Azure => 0.115,
    }
}

impl Prices {
    /// Reads the table.
    pub fn read() -> Prices {
        let mut prices = Prices { regions: HashMap::new(), lines: HashMap::new() };
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.splitn(4, ',');
            let (Some(cloud), Some(name), Some(date), Some(rest)) =
                (cells.next(), cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            match name {
                "regions" => drop(prices.regions.insert(cloud, rest.split(',').collect())),
                name => drop(prices.lines.insert((cloud, name), (date, rest))),
            }
        }
        prices
    }

    /// An hour of a machine in a region; `None` where no list has it.
    pub fn machine(&self, cloud: Cloud, name: &str, region: &str) -> Option<Price> {
        let column = self.regions.get(cloud.as_str())?.iter().position(|one| *one == region)?;
        self.cell(cloud, name, column)
    }

    /// An hour of a managed database in one zone of a region. Outside the region of the list it is an estimate: that price times
    /// the ratio of general purpose machines in both.
    pub fn database(&self, cloud: Cloud, name: &str, region: &str) -> Option<Price> {
        let listed = match cloud {
            Cloud::Gcp => parse_custom(name).map(|(vcpus, mb)| Price {
                usd: CLOUD_SQL.0 * f64::from(vcpus) + CLOUD_SQL.1 * f64::from(mb) / 1024.0,
                date: CLOUD_SQL_DATE,
                estimate: false,
            }),
            Cloud::Aws | Cloud::Azure => self.cell(cloud, name, 0),
        };
        self.there(cloud, region, listed?)
    }

    /// A month of a GB of database storage in one zone of a region, an estimate as the database's own is.
    pub fn storage(&self, cloud: Cloud, region: &str) -> Option<Price> {
        let listed = Price { usd: storage(cloud), date: CLOUD_SQL_DATE, estimate: false };
        self.there(cloud, region, listed)
    }

    /// A price of the region of the list as it would be in `region`.
    fn there(&self, cloud: Cloud, region: &str, listed: Price) -> Option<Price> {
        if region == list_region(cloud) {
            return Some(listed);
        }
        let ratio = gauges(cloud).iter().find_map(|gauge| {
            let here = self.machine(cloud, gauge, list_region(cloud))?;
            Some(self.machine(cloud, gauge, region)?.usd / here.usd)
        })?;
        Some(Price { usd: listed.usd * ratio, estimate: true, ..listed })
    }

    fn cell(&self, cloud: Cloud, name: &str, column: usize) -> Option<Price> {
        let (date, cells) = self.lines.get(&(cloud.as_str(), name))?;
        let cell = cells.split(',').nth(column)?;
        let estimate = cell.starts_with('~');
        Some(Price { usd: cell.trim_start_matches('~').parse().ok()?, date, estimate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{database, machine, region};

    #[test]
    fn every_line_prices_something_of_the_catalog() {
        let prices = Prices::read();
        assert!(prices.lines.len() > 900);
        for (cloud, name) in prices.lines.keys() {
            let cloud = Cloud::ALL.into_iter().find(|one| one.as_str() == *cloud).unwrap();
            assert!(machine(cloud, name).is_some() || database(cloud, name).is_some(), "{name}");
        }
        for (cloud, regions) in &prices.regions {
            let cloud = Cloud::ALL.into_iter().find(|one| one.as_str() == *cloud).unwrap();
            assert_eq!(regions[0], list_region(cloud));
            assert!(regions.iter().all(|name| region(cloud, name).is_some()), "{regions:?}");
        }
    }

    #[test]
    fn prices_are_those_of_the_lists() {
        let prices = Prices::read();
        for (cloud, name, region, usd, estimate) in [
            (Cloud::Gcp, "n4-standard-8", "us-central1", 0.3628, false),
            (Cloud::Gcp, "n4-standard-8", "europe-west1", 0.3995, false),
            (Cloud::Aws, "m8i.2xlarge", "us-east-1", 0.4234, false),
            (Cloud::Aws, "m8i.2xlarge", "eu-west-1", 0.4719, true),
            (Cloud::Azure, "Standard_D8s_v6", "westeurope", 0.483, false),
        ] {
            let price = prices.machine(cloud, name, region).unwrap();
            assert!((price.usd - usd).abs() < 0.0001, "{name} in {region}: {price:?}");
            assert_eq!(price.estimate, estimate, "{name} in {region}");
        }
        assert_eq!(prices.machine(Cloud::Aws, "t3.xlarge", "eu-west-1"), None);
        assert_eq!(prices.machine(Cloud::Gcp, "n4a-standard-2", "us-central1"), None);
    }

    #[test]
    fn databases_elsewhere_are_estimates() {
        let prices = Prices::read();
        let here = prices.database(Cloud::Gcp, "db-custom-8-30720", "us-central1").unwrap();
        assert!((here.usd - 0.5404).abs() < 0.0001 && !here.estimate);
        let there = prices.database(Cloud::Gcp, "db-custom-8-30720", "europe-west1").unwrap();
        assert!(there.usd > here.usd && there.estimate);
        assert!(prices.database(Cloud::Azure, "GP_Standard_D4s_v3", "eastus").unwrap().estimate);
        assert_eq!(prices.database(Cloud::Aws, "db.m7i.large", "us-east-1"), None);
    }
}
