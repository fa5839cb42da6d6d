//! Regions, their zones, and which machine family is sold in which of them.

use super::{Cloud, FAMILY_REGIONS, REGIONS};

/// A cloud's region.
#[derive(Debug)]
pub struct Region {
    /// The cloud it belongs to.
    pub cloud: Cloud,
    /// Its name, e.g. `us-central1`.
    pub name: &'static str,
    /// Its zones, in the cloud's own order. On AWS the letters are those of one account: only their number counts. Empty
    /// where Azure has none.
    pub zones: &'static [&'static str],
    /// Where it is, e.g. `Iowa`.
    pub place: &'static str,
}

/// A machine family in a region.
#[derive(Debug)]
pub struct FamilyRegion {
    /// The cloud.
    pub cloud: Cloud,
    /// The family, e.g. `n4`.
    pub family: &'static str,
    /// The region.
    pub region: &'static str,
    /// The zones that have it; empty where they are not known.
    pub zones: &'static [&'static str],
}

/// All regions of `cloud`, by name.
pub fn regions(cloud: Cloud) -> impl Iterator<Item = &'static Region> {
    REGIONS.iter().filter(move |region| region.cloud == cloud)
}

/// The region of that name.
pub fn region(cloud: Cloud, name: &str) -> Option<&'static Region> {
    regions(cloud).find(|region| region.name == name)
}

/// Whether it is published which families `region` sells.
pub fn is_charted(region: &Region) -> bool {
    FAMILY_REGIONS.iter().any(|row| row.cloud == region.cloud && row.region == region.name)
}

/// The zones of `region` that sell `family`: `None` when none does. Where a list of zones is not published, the
/// region's own is taken (the published lists are a lower bound); so it is for a family of which no region is known, and
/// for a region of which no family is known.
pub fn family_zones(cloud: Cloud, family: &str, region: &'static Region) -> Option<&'static [&'static str]> {
    let mut rows = FAMILY_REGIONS.iter().filter(|row| row.cloud == cloud && row.family == family).peekable();
    if rows.peek().is_none() || !is_charted(region) {
        return Some(region.zones);
    }
    let row = rows.find(|row| row.region == region.name)?;
    Some(if row.zones.is_empty() { region.zones } else { row.zones })
}

/// The zones where `family` is published to be sold in `region`, with nothing taken for granted: `None` where no list has the two
/// together.
pub fn listed_zones(cloud: Cloud, family: &str, region: &'static Region) -> Option<&'static [&'static str]> {
    let row = FAMILY_REGIONS
        .iter()
        .find(|row| row.cloud == cloud && row.family == family && row.region == region.name)?;
    Some(if row.zones.is_empty() { region.zones } else { row.zones })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_row_names_a_region_and_zones_of_it() {
        // `us-central1-d` is listed for older families and not among the region's zones: a retired zone.
        for row in FAMILY_REGIONS {
            let region = region(row.cloud, row.region).unwrap_or_else(|| panic!("{row:?}"));
            assert!(row.zones.iter().all(|zone| zone.starts_with(region.name)), "{row:?}");
        }
    }

    #[test]
    fn a_family_without_published_zones_has_those_of_its_region() {
        let africa = region(Cloud::Gcp, "africa-south1").unwrap();
        assert_eq!(family_zones(Cloud::Gcp, "n4", africa), Some(africa.zones));
        assert_eq!(family_zones(Cloud::Gcp, "t2a", africa), None);
    }

    #[test]
    fn nothing_is_listed_that_no_list_has() {
        let listed = |family, place| listed_zones(Cloud::Aws, family, region(Cloud::Aws, place).unwrap());
        assert_eq!(listed("m8i", "us-east-1").map(<[_]>::is_empty), Some(false));
        // No region is known for m5a, and no family for this region.
        assert_eq!((listed("m5a", "us-east-1"), listed("m5", "us-gov-west-1")), (None, None));
    }
}
