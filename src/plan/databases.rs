//! The managed database. Where a cloud sells a list of sizes, one is chosen as machines are: the user's wish if it carries the
//! row, else the printed one, else the first series of the chain that the region sells.

use super::{CloudRules, Database};
use crate::catalog::{self, DatabaseType, Region, releases};
use crate::diagnostic::Diagnostic;
use crate::sizing::{Figure, Sizing, capacity};
use crate::spec::{Cloud, Machines, Spec};

/// What a cloud sells.
pub struct Shelf {
    /// The cloud.
    pub cloud: Cloud,
    /// Series to try, best first.
    pub chain: &'static [&'static str],
    /// The name of the service, for messages.
    pub service: &'static str,
    /// What the name of a size starts with, which a page may leave out.
    pub prefix: &'static str,
    /// A size, for messages.
    pub example: &'static str,
    /// Whether a region sells a series.
    pub is_sold: fn(series: &str, region: &'static Region) -> bool,
}

/// The database's size and its reason.
///
/// # Errors
/// A size that is not sold, shares its cores or is too small; a row that no size carries.
pub fn choose(
    shelf: &Shelf,
    spec: &Spec,
    sizing: &Sizing,
    region: &'static Region,
) -> Result<Figure<String>, Diagnostic> {
    let row = &sizing.database;
    let (vcpus, memory_gb) = (row.vcpus.value, row.memory_gb.value);
    let carries = |database: &DatabaseType| database.vcpus >= vcpus && database.memory_gb >= memory_gb;
    if let Some(asked) = &spec.database.machine {
        let name = asked.get_ref();
        let problem = |message: String| Diagnostic::at(asked.span(), message);
        let Some(database) = catalog::database(shelf.cloud, name) else {
            let names = catalog::databases(shelf.cloud).map(|database| database.name);
            let problem = problem(format!("`database.machine` \"{name}\" is no size of {}", shelf.service));
            return Err(match catalog::nearest(name, names) {
                Some(near) => problem.help(format!("did you mean \"{near}\"?")),
                None => problem.help(format!("write one such as {}, or leave the key out", shelf.example)),
            });
        };
        if database.burstable && !(spec.burstable && shelf.cloud == Cloud::Aws) {
            let problem = problem(format!(
                "`database.machine` \"{name}\" shares its cores, so it stalls under steady load"
            ));
            return Err(match shelf.cloud {
                Cloud::Aws => {
                    problem.help("choose another class, or set burstable = true if you accept that")
                }
                Cloud::Gcp | Cloud::Azure => {
                    problem.help("choose a size of another tier, or leave the key out")
                }
            });
        }
        if !carries(database) {
            return Err(problem(format!(
                "`database.machine` \"{name}\" is too small: it has {} vCPU and {} GB, the database needs {vcpus} and {memory_gb}",
                database.vcpus, database.memory_gb
            ))
            .note(format!("needed: {}", capacity(&row.vcpus, &row.memory_gb)))
            .help("choose a larger size, or override database.vcpus and database.memory_gb beside it"));
        }
        return Ok(Figure { value: name.clone(), reason: "database.machine in coder.toml".to_owned() });
    }
    let reason = capacity(&row.vcpus, &row.memory_gb);
    if let Some(printed) = row.published.filter(|_| spec.machines == Machines::Published) {
        let printed = printed.on(shelf.cloud, spec.burstable);
        let value = match printed.starts_with(shelf.prefix) {
            true => printed.to_owned(),
            false => format!("{}{printed}", shelf.prefix),
        };
        return Ok(Figure { value, reason: format!("{reason}, as the page prints it") });
    }
    if !catalog::is_charted(region) {
        return Err(Diagnostic::at(
            spec.region.span(),
            format!("`region` \"{}\" is not one whose databases tierform knows, and database.machine has to be chosen", region.name),
        )
        .note(format!("needed: {reason}"))
        .help(format!("set database.machine = \"…\" to one that is sold there, such as {}", shelf.example)));
    }
    let sold = shelf.chain.iter().filter(|series| (shelf.is_sold)(series, region));
    let smallest = sold
        .filter_map(|series| {
            catalog::databases(shelf.cloud)
                .filter(|database| database.series == *series && carries(database))
                .min_by_key(|database| (database.vcpus, database.memory_gb))
        })
        .next();
    match smallest {
        Some(database) => Ok(Figure { value: database.name.to_owned(), reason }),
        None => {
            let keys = &spec.database;
            let span = keys.vcpus.as_ref().or(keys.memory_gb.as_ref());
            let span = span.map_or_else(|| spec.region.span(), crate::spec::Spanned::span);
            Err(Diagnostic::at(
                span,
                format!(
                    "{} sells none of {} with {vcpus} vCPU and {memory_gb} GB in {}",
                    shelf.service,
                    shelf.chain.join(", "),
                    region.name
                ),
            )
            .help(format!(
                "change database.vcpus or database.memory_gb, or set database.machine = \"{}\"",
                shelf.example
            )))
        }
    }
}

/// Daily backups kept unless the spec says otherwise: two weeks, so that a fault found after a holiday can be undone. DERIVED.
const BACKUP_DAYS: u32 = 14;

/// What the cloud refuses of `[database]` beside its size.
pub fn limits(spec: &Spec, rules: &CloudRules) -> Vec<Diagnostic> {
    let keys = &spec.database;
    let cloud = spec.cloud.get_ref().as_str();
    let limits = [
        ("storage_gb", "GB", keys.storage_gb.as_ref(), &rules.storage_gb),
        ("backup_days", "days", keys.backup_days.as_ref(), &rules.backup_days),
        ("max_connections", "connections", keys.max_connections.as_ref(), &rules.max_connections),
    ];
    let beyond = limits.into_iter().filter_map(|(key, unit, asked, range)| {
        asked.filter(|asked| !range.contains(asked.get_ref())).map(|asked| (key, unit, asked, range))
    });
    beyond
        .map(|(key, unit, asked, range)| {
            Diagnostic::at(
                asked.span(),
                format!(
                    "`database.{key}` is {}, but {cloud} takes {} to {} {unit}",
                    asked.get_ref(),
                    range.start(),
                    range.end()
                ),
            )
            .help(format!("write a figure between {} and {}", range.start(), range.end()))
        })
        .collect()
}

/// The database of the plan: the user's keys, else the page's figures and ours.
pub fn plan(spec: &Spec, sizing: &Sizing, rules: &CloudRules, machine: Figure<String>) -> Database {
    let keys = &spec.database;
    let asked = |key: &str| format!("database.{key} in coder.toml");
    let high_availability = match &keys.high_availability {
        Some(asked_for) => Figure { value: *asked_for.get_ref(), reason: asked("high_availability") },
        None => Figure {
            value: sizing.database.nodes > 1,
            reason: match sizing.database.nodes {
                1 => "the page lists 1 database node; true adds a standby in another zone".to_owned(),
                nodes => format!(
                    "the page lists {nodes} database nodes: a primary and its standby, since Coder writes to one address"
                ),
            },
        },
    };
    let backup_days = match &keys.backup_days {
        Some(days) => Figure { value: *days.get_ref(), reason: asked("backup_days") },
        None => Figure { value: BACKUP_DAYS, reason: "one a day".to_owned() },
    };
    Database {
        machine,
        version: match &keys.version {
            Some(version) => Figure { value: *version.get_ref(), reason: asked("version") },
            None => Figure {
                value: releases::POSTGRES_VERSION,
                reason: "Coder needs 13 or newer; database.version upgrades it, with downtime".to_owned(),
            },
        },
        storage_gb: sizing.database.storage_gb.clone(),
        high_availability,
        max_connections: sizing.database.max_connections.clone(),
        log_days: backup_days.value.min(rules.log_days),
        backup_days,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{region, tiers};

    #[test]
    fn what_a_page_prints_is_sold_and_carries_its_row() {
        for row in tiers() {
            let Some(printed) = row.database.published else { continue };
            for (cloud, burstable, prefix) in
                [(Cloud::Aws, false, ""), (Cloud::Aws, true, ""), (Cloud::Azure, false, "GP_")]
            {
                let name = format!("{prefix}{}", printed.on(cloud, burstable));
                let database = catalog::database(cloud, &name).unwrap_or_else(|| panic!("{name}"));
                assert!(database.vcpus >= row.database.vcpus && database.memory_gb >= row.database.memory_gb);
                assert_eq!(database.burstable, burstable, "{name}");
            }
        }
    }

    #[test]
    fn every_series_of_a_chain_is_in_the_catalog() {
        for shelf in [&super::super::aws::DATABASES, &super::super::azure::DATABASES] {
            for series in shelf.chain {
                assert!(
                    catalog::databases(shelf.cloud).any(|database| database.series == *series),
                    "{series}"
                );
                assert!(
                    (shelf.is_sold)(
                        series,
                        region(
                            shelf.cloud,
                            match shelf.cloud {
                                Cloud::Aws => "us-east-1",
                                _ => "eastus",
                            }
                        )
                        .unwrap()
                    ),
                    "{series}"
                );
            }
        }
    }
}
