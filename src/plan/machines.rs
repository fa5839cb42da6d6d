//! Machine types with their boot disks, as the templates read them.

use super::{CloudRules, Machine};
use crate::catalog::{self, MachineType, Region, family_zones};
use crate::sizing::Figure;

/// A group of equal machines with a boot disk.
pub fn machine(
    (machine, reason): &(&'static MachineType, String),
    fast: bool,
    disk_gb: u32,
    disk_reason: &str,
) -> Machine {
    let disks = machine.disks();
    Machine {
        machine_type: Figure { value: machine.name.to_owned(), reason: reason.clone() },
        vcpus: machine.vcpus,
        memory_gib: machine.memory_gib,
        family: machine.family.to_owned(),
        disk_type: if fast { disks.fast } else { disks.plain }.to_owned(),
        disk_gb: Figure { value: disk_gb, reason: disk_reason.to_owned() },
    }
}

/// A boot disk of Azure's that is there already: Azure makes none smaller (MicrosoftDocs/azure-docs#57951).
pub fn keep_disk(machine: &mut Machine, had: Option<&u32>) {
    let disk = &mut machine.disk_gb;
    if let Some(had) = had.filter(|had| **had > disk.value) {
        disk.reason = format!(
            "as it has been, for Azure makes no disk smaller; new: {} GB, {}",
            disk.value, disk.reason
        );
        disk.value = *had;
    }
}

/// A node: its disk is wherever the cloud's Kubernetes has it.
pub fn node(
    rules: &CloudRules,
    of: &(&'static MachineType, String),
    disk_gb: u32,
    disk_reason: &str,
) -> Machine {
    Machine {
        disk_type: (rules.node.disk)(of.0, disk_gb).to_owned(),
        ..machine(of, false, disk_gb, disk_reason)
    }
}

/// The machine of the static pool: the nodes' own family, so that one quota covers both. Large clusters run more of
/// Kubernetes' own pods (DNS, metrics, konnectivity grow with nodes). DERIVED.
pub fn system_machine(
    node: &'static MachineType,
    nodes_max: u32,
    rules: &CloudRules,
    region: &'static Region,
) -> (&'static MachineType, String) {
    let vcpus = if nodes_max > 64 { 4 } else { 2 };
    let smallest = |series: &&str| {
        catalog::machines(node.cloud)
            .filter(|machine| machine.series == *series && machine.vcpus >= vcpus && !machine.shared_core)
            .min_by_key(|machine| machine.vcpus)
            .filter(|machine| family_zones(node.cloud, machine.family, region).is_some())
    };
    // Not everything that a cloud runs there by itself is built for ARM.
    let series = if node.arm { rules.nodes } else { std::slice::from_ref(&node.series) };
    let same = series.iter().find_map(smallest).unwrap_or(node);
    let of = if node.arm { "x86" } else { "in the nodes' family" };
    (same, format!("Kubernetes' own pods; {vcpus} vCPU at up to {nodes_max} nodes, {of}"))
}
