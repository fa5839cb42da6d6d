//! Which disks boot which Google machine series.
//! Source: cloud.google.com/compute/docs/disks/hyperdisks ("Machine series support") and .../general-purpose-machines.

/// Series that boot from Hyperdisk alone.
const HYPERDISK_ONLY: [&str; 11] = ["n4", "n4a", "n4d", "c4", "c4a", "c4d", "h4d", "m4", "x4", "a4", "a4x"];

/// Series that take no Hyperdisk Balanced.
const PERSISTENT_ONLY: [&str; 11] = ["n1", "n2", "n2d", "e2", "t2d", "t2a", "c2", "c2d", "m1", "f1", "g1"];

/// Why a machine type cannot have a disk type; nothing when it can, or when either is not known here.
pub fn disk_mismatch(machine: &str, disk: &str) -> Option<String> {
    let series = machine.split('-').next().unwrap_or_default();
    let hyperdisk = disk.starts_with("hyperdisk-");
    let supported = match hyperdisk {
        false if disk.starts_with("pd-") && HYPERDISK_ONLY.contains(&series) => "Hyperdisk only",
        true if disk == "hyperdisk-balanced" && PERSISTENT_ONLY.contains(&series) => "pd-* disks only",
        _ => return None,
    };
    Some(format!(
        "[{machine}] features and disk type [{disk}] are not compatible for creating instance: series {series} takes \
         {supported}."
    ))
}

#[cfg(test)]
mod tests {
    use super::disk_mismatch;

    #[test]
    fn disks_must_suit_the_series() {
        assert!(disk_mismatch("n4-standard-2", "pd-balanced").is_some());
        assert!(disk_mismatch("n4-standard-2", "hyperdisk-balanced").is_none());
        assert!(disk_mismatch("n1-standard-2", "hyperdisk-balanced").is_some());
        assert!(disk_mismatch("t2d-standard-8", "pd-ssd").is_none());
        assert!(disk_mismatch("c3-standard-4", "pd-balanced").is_none());
    }
}
