//! Corrections of what the published pages print, each named, with its reason, and gone once it no longer applies: a test
//! fails for one that nothing needs.

use super::Cloud;

/// A machine that a page prints for a row it does not carry, and the one that is taken instead.
#[derive(Debug)]
pub struct Fixup {
    /// Its name in messages.
    pub name: &'static str,
    /// The cloud of both machines.
    pub cloud: Cloud,
    /// The machine that the page prints.
    pub printed: &'static str,
    /// The machine that is taken.
    pub instead: &'static str,
    /// What is wrong with the printed one, as a phrase.
    pub why: &'static str,
}

static FIXUPS: &[Fixup] = &[Fixup {
    name: "c5_2xlarge_has_16_gb",
    cloud: Cloud::Aws,
    // The provisioner rows of revision 1 ask for 8 vCPU and 32 GB.
    printed: "c5.2xlarge",
    // What the same pages print for nodes of 8 vCPU and 32 GB.
    instead: "m5.2xlarge",
    why: "has 16 GB",
}];

/// The fixup for a printed machine.
pub fn fixup(cloud: Cloud, printed: &str) -> Option<&'static Fixup> {
    FIXUPS.iter().find(|fixup| fixup.cloud == cloud && fixup.printed == printed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Density, machine, tiers};

    #[test]
    fn every_fixup_still_applies() {
        for fixup in FIXUPS {
            let (printed, instead) =
                (machine(fixup.cloud, fixup.printed).unwrap(), machine(fixup.cloud, fixup.instead).unwrap());
            let needs = tiers().iter().filter_map(|row| match row.provisioners.density {
                Density::PerHost(each)
                    if row.provisioners.published?.on(fixup.cloud, false) == fixup.printed =>
                {
                    Some(each)
                }
                _ => None,
            });
            let needs: Vec<_> = needs.collect();
            assert!(!needs.is_empty(), "no page prints {}: delete {}", fixup.printed, fixup.name);
            for each in needs {
                let carries = |machine: &crate::catalog::MachineType| {
                    machine.carries(each.vcpus.into(), each.memory_gb.into())
                };
                assert!(!carries(printed), "{} carries its row: delete {}", fixup.printed, fixup.name);
                assert!(carries(instead), "{}", fixup.name);
            }
        }
    }
}
