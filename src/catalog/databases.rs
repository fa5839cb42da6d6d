//! Sizes of the managed PostgreSQL services that sell a list of them. Cloud SQL's are composed of any vCPUs and memory and
//! stand in the plan.

use super::{Cloud, DATABASES};

/// A size of a managed database.
#[derive(Debug, PartialEq)]
pub struct DatabaseType {
    /// The cloud that sells it.
    pub cloud: Cloud,
    /// Its name, e.g. `db.m8g.large` or `GP_Standard_D8ds_v5`.
    pub name: &'static str,
    /// What a chain of choices names, e.g. `db.m8g` or `GP_Dds_v5`.
    pub series: &'static str,
    /// vCPUs.
    pub vcpus: u32,
    /// Memory in GB.
    pub memory_gb: u32,
    /// Whether its vCPUs are a burstable share of a core.
    pub burstable: bool,
}

/// All sizes of `cloud`.
pub fn databases(cloud: Cloud) -> impl Iterator<Item = &'static DatabaseType> {
    DATABASES.iter().filter(move |database| database.cloud == cloud)
}

/// The size of that name.
pub fn database(cloud: Cloud, name: &str) -> Option<&'static DatabaseType> {
    databases(cloud).find(|database| database.name == name)
}

/// vCPUs and MB of a Cloud SQL tier such as `db-custom-8-30720`; `None` for any other name.
pub fn parse_custom(name: &str) -> Option<(u32, u32)> {
    let (vcpus, mb) = name.strip_prefix("db-custom-")?.split_once('-')?;
    let digits =
        |text: &str| !text.is_empty() && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(vcpus) || !digits(mb) {
        return None;
    }
    Some((vcpus.parse().ok()?, mb.parse().ok()?))
}
