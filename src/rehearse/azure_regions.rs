//! The regions of public Azure, and whether they have availability zones.
//! Source: learn.microsoft.com/azure/reliability/regions-list.

/// Regions with three zones.
const ZONED: &[&str] = &[
    "australiaeast",
    "austriaeast",
    "belgiumcentral",
    "brazilsouth",
    "canadacentral",
    "centralindia",
    "centralus",
    "chilecentral",
    "eastasia",
    "eastus",
    "eastus2",
    "francecentral",
    "germanywestcentral",
    "indonesiacentral",
    "israelcentral",
    "italynorth",
    "japaneast",
    "japanwest",
    "koreacentral",
    "malaysiawest",
    "mexicocentral",
    "newzealandnorth",
    "northeurope",
    "norwayeast",
    "polandcentral",
    "qatarcentral",
    "southafricanorth",
    "southcentralus",
    "southeastasia",
    "spaincentral",
    "swedencentral",
    "switzerlandnorth",
    "uaenorth",
    "uksouth",
    "westeurope",
    "westus2",
    "westus3",
];

/// Regions without zones.
const UNZONED: &[&str] = &[
    "australiacentral",
    "australiacentral2",
    "australiasoutheast",
    "brazilsoutheast",
    "canadaeast",
    "francesouth",
    "germanynorth",
    "jioindiacentral",
    "jioindiawest",
    "koreasouth",
    "northcentralus",
    "norwaywest",
    "southafricawest",
    "southindia",
    "switzerlandwest",
    "uaecentral",
    "ukwest",
    "westcentralus",
    "westindia",
    "westus",
];

/// A region's name as the provider compares it: `East US` is `eastus`.
fn normalised(location: &str) -> String {
    location.to_lowercase().replace(' ', "")
}

/// The logical zones of a region.
pub fn zones(location: &str) -> &'static [&'static str] {
    if UNZONED.contains(&normalised(location).as_str()) { &[] } else { &["1", "2", "3"] }
}

/// Whether there is such a region.
pub fn exists(location: &str) -> bool {
    let location = normalised(location);
    [ZONED, UNZONED].iter().any(|regions| regions.contains(&location.as_str()))
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
