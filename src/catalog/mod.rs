//! The catalog: published tiers, machine types, families and regions, embedded and typed, each with its source.
//! It only answers questions; choosing among the answers is the business of sizing and plan.

mod custom;
mod databases;
mod fixups;
mod machines;
mod moves;
mod prices;
mod regions;
pub mod releases;
mod tiers;

pub use custom::custom;
pub use databases::{DatabaseType, database, databases, parse_custom};
pub use fixups::{Fixup, fixup};
pub use machines::{Disks, MachineType, machine, machines, tolerates};
pub use moves::{Move, moves};
pub use prices::{HOURS, Price, Prices, list_region};
pub use regions::{FamilyRegion, Region, family_zones, is_charted, listed_zones, region, regions};
pub use tiers::{
    CoderdRow, DatabaseRow, Density, Each, Footnote, Limits, NodesRow, ProvisionerRow, Published, TierRow,
    default_revision, tier, tiers,
};

use crate::spec::Cloud;

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// The name in `candidates` that `name` was probably meant to be.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
