//! The regions of Azure and their zones, however a configuration writes a region's name.

use crate::catalog::{self, Region};
use crate::spec::Cloud;

/// The region; the provider compares names without case and blanks: `East US` is `eastus`.
fn region(location: &str) -> Option<&'static Region> {
    catalog::region(Cloud::Azure, &location.to_lowercase().replace(' ', ""))
}

/// The logical zones of a region.
pub fn zones(location: &str) -> &'static [&'static str] {
    region(location).map_or(&["1", "2", "3"], |region| region.zones)
}

/// Whether there is such a region.
pub fn exists(location: &str) -> bool {
    region(location).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_known_however_they_are_written() {
        assert!(exists("East US") && exists("westeurope") && !exists("us-east-1"));
        assert!(zones("West US").is_empty());
        assert_eq!(zones("eastus").len(), 3);
    }
}
