//! Machine types: what a machine carries, and which disks its family takes.

use super::{Cloud, MACHINES};

/// A machine type.
#[derive(Debug, PartialEq)]
pub struct MachineType {
    /// The cloud that sells it.
    pub cloud: Cloud,
    /// Its name, e.g. `n4-standard-8`, `m8i.2xlarge` or `Standard_D8s_v6`.
    pub name: &'static str,
    /// Its family, e.g. `n4`, `m8i` or `Dsv6`: what regions sell and quotas count.
    pub family: &'static str,
    /// What a chain of choices names: the family, on Google Cloud with its class (`n4-highcpu`).
    pub series: &'static str,
    /// vCPUs.
    pub vcpus: u32,
    /// Memory in GiB. A tier page's GB is taken as GiB.
    pub memory_gib: f64,
    /// Whether its processors are ARM (workspace images must then be arm64 too).
    pub arm: bool,
    /// Whether its vCPUs are a burstable share of a core.
    pub shared_core: bool,
    /// Disks it may attach, on Google Cloud and AWS with the boot disk; `None` where that is not published.
    pub max_volumes: Option<u32>,
    /// Pods that it runs at most as a node of EKS with prefix delegation; `None` on the other clouds.
    pub max_pods: Option<u32>,
}

/// Disk types for a machine: the one where speed hardly matters, and the one where it counts, as on provisioner hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disks {
    /// For coderd and nodes.
    pub plain: &'static str,
    /// For provisioner hosts.
    pub fast: &'static str,
}

/// n1-standard has 3.75 GB a vCPU and db-custom-4-15360 15 GB where the pages say 4 and 16: 6.25 % less.
const MEMORY_TOLERANCE: f64 = 0.07;

/// Google Cloud's families that take Hyperdisk only and refuse `pd-*` ("General-purpose machine family", "About Hyperdisk").
/// The others take Persistent Disk, c3 and c3d either.
const HYPERDISK_ONLY: [&str; 6] = ["n4", "n4a", "n4d", "c4", "c4a", "c4d"];

/// The family whose `standard` types have a little less than 4 GB a vCPU although tier pages print them for rows of 4 GB a
/// vCPU: such a machine may fall short of its row by [`MEMORY_TOLERANCE`].
const LEAN: &str = "n1";

/// All machine types of `cloud`.
pub fn machines(cloud: Cloud) -> impl Iterator<Item = &'static MachineType> {
    MACHINES.iter().filter(move |machine| machine.cloud == cloud)
}

/// The machine type of that name, on Google Cloud custom ones among them.
pub fn machine(cloud: Cloud, name: &str) -> Option<&'static MachineType> {
    let custom = || super::custom(name).filter(|_| cloud == Cloud::Gcp)?.ok();
    machines(cloud).find(|machine| machine.name == name).or_else(custom)
}

/// Whether `have` GiB stand for the `need` GB of a published row, within the tolerance the pages themselves show.
pub fn tolerates(have: f64, need: f64) -> bool {
    have >= need * (1.0 - MEMORY_TOLERANCE)
}

impl MachineType {
    /// Whether this machine has at least that many vCPUs and that much memory.
    pub fn carries(&self, vcpus: f64, memory_gb: f64) -> bool {
        let lean = self.cloud == Cloud::Gcp && self.family == LEAN;
        f64::from(self.vcpus) >= vcpus
            && (self.memory_gib >= memory_gb || (lean && tolerates(self.memory_gib, memory_gb)))
    }

    /// The boot disks that it takes.
    pub fn disks(&self) -> Disks {
        match self.cloud {
            Cloud::Gcp if HYPERDISK_ONLY.contains(&self.family) => {
                Disks { plain: "hyperdisk-balanced", fast: "hyperdisk-balanced" }
            }
            Cloud::Gcp => Disks { plain: "pd-balanced", fast: "pd-ssd" },
            Cloud::Aws => Disks { plain: "gp3", fast: "gp3" },
            Cloud::Azure => Disks { plain: "StandardSSD_LRS", fast: "Premium_LRS" },
        }
    }

    /// Whether it is a cut-down type that reaches full speed only part of the time (AWS "Flex instances").
    pub fn flex(&self) -> bool {
        self.family.ends_with("-flex")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_type_is_listed_twice() {
        let mut names: Vec<_> = MACHINES.iter().map(|machine| machine.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_lean_machine_stands_for_a_row_that_prints_it() {
        assert!(machine(Cloud::Gcp, "n1-standard-4").unwrap().carries(4.0, 16.0));
        assert!(!machine(Cloud::Gcp, "n1-highcpu-32").unwrap().carries(30.0, 32.0));
        assert!(!machine(Cloud::Gcp, "n2-highcpu-32").unwrap().carries(30.0, 32.1));
    }
}
