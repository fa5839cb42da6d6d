//! Machine types and families: what a machine carries, and which disks its family takes.

use super::{Cloud, MACHINES};

/// A machine type.
#[derive(Debug, PartialEq)]
pub struct MachineType {
    /// The cloud that sells it.
    pub cloud: Cloud,
    /// Its name, e.g. `n4-standard-8`.
    pub name: &'static str,
    /// vCPUs.
    pub vcpus: u32,
    /// Memory in GiB. A tier page's GB is taken as GiB.
    pub memory_gib: f64,
    /// Whether its processors are ARM (workspace images must then be arm64 too).
    pub arm: bool,
    /// Whether its vCPUs are a burstable share of a core.
    pub shared_core: bool,
    /// Disks it may attach, the boot disk included; `None` where that is not published.
    pub max_volumes: Option<u32>,
}

/// A machine family: what is true of all its types.
#[derive(Debug)]
pub struct Family {
    /// The cloud that sells it.
    pub cloud: Cloud,
    /// Its name, e.g. `n4`; a type's name starts with it.
    pub name: &'static str,
    /// The boot disk type for machines whose disk hardly matters.
    pub disk: &'static str,
    /// The boot disk type where disk speed counts, as on provisioner hosts.
    pub fast_disk: &'static str,
    /// Whether its `standard` types have a little less than 4 GB a vCPU although tier pages print them for rows of
    /// 4 GB a vCPU: such a machine may fall short of its row by [`MEMORY_TOLERANCE`].
    pub lean: bool,
}

/// n1-standard has 3.75 GB a vCPU and db-custom-4-15360 15 GB where the pages say 4 and 16: 6.25 % less.
const MEMORY_TOLERANCE: f64 = 0.07;

/// The families of Google Cloud. Disks: "General-purpose machine family" and "About Hyperdisk" (n4, c4* take Hyperdisk
/// only and refuse `pd-*`; n2, n2d, n1, e2, t2d, t2a take Persistent Disk only; c3, c3d take both).
static FAMILIES: &[Family] = &[
    hyperdisk("n4"),
    hyperdisk("n4a"),
    hyperdisk("n4d"),
    hyperdisk("c4"),
    hyperdisk("c4a"),
    hyperdisk("c4d"),
    persistent("c3", false),
    persistent("c3d", false),
    persistent("n2", false),
    persistent("n2d", false),
    persistent("n1", true),
    persistent("e2", false),
    persistent("t2d", false),
    persistent("t2a", false),
];

const fn hyperdisk(name: &'static str) -> Family {
    Family {
        cloud: Cloud::Gcp,
        name,
        disk: "hyperdisk-balanced",
        fast_disk: "hyperdisk-balanced",
        lean: false,
    }
}

const fn persistent(name: &'static str, lean: bool) -> Family {
    Family { cloud: Cloud::Gcp, name, disk: "pd-balanced", fast_disk: "pd-ssd", lean }
}

/// All families of `cloud`.
pub fn families(cloud: Cloud) -> impl Iterator<Item = &'static Family> {
    FAMILIES.iter().filter(move |family| family.cloud == cloud)
}

/// The family of a machine type, by its name.
pub fn family_of(machine: &MachineType) -> Option<&'static Family> {
    let name = machine.name.split('-').next()?;
    families(machine.cloud).find(|family| family.name == name)
}

/// All machine types of `cloud`.
pub fn machines(cloud: Cloud) -> impl Iterator<Item = &'static MachineType> {
    MACHINES.iter().filter(move |machine| machine.cloud == cloud)
}

/// The machine type of that name.
pub fn machine(cloud: Cloud, name: &str) -> Option<&'static MachineType> {
    machines(cloud).find(|machine| machine.name == name)
}

/// Whether `have` GiB stand for the `need` GB of a published row, within the tolerance the pages themselves show.
pub fn tolerates(have: f64, need: f64) -> bool {
    have >= need * (1.0 - MEMORY_TOLERANCE)
}

impl MachineType {
    /// Whether this machine has at least that many vCPUs and that much memory.
    pub fn carries(&self, vcpus: f64, memory_gb: f64) -> bool {
        let lean = family_of(self).is_some_and(|family| family.lean);
        f64::from(self.vcpus) >= vcpus
            && (self.memory_gib >= memory_gb || (lean && tolerates(self.memory_gib, memory_gb)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_machine_type_belongs_to_a_family() {
        let orphans: Vec<_> = MACHINES.iter().filter(|machine| family_of(machine).is_none()).collect();
        assert!(orphans.is_empty(), "{orphans:?}");
    }

    #[test]
    fn a_lean_machine_stands_for_a_row_that_prints_it() {
        assert!(machine(Cloud::Gcp, "n1-standard-4").unwrap().carries(4.0, 16.0));
        assert!(!machine(Cloud::Gcp, "n1-highcpu-32").unwrap().carries(30.0, 32.0));
        assert!(!machine(Cloud::Gcp, "n2-highcpu-32").unwrap().carries(30.0, 32.1));
    }
}
