//! Corrections of what the published pages print, each named, with its reason, and gone once it no longer applies: a test
//! fails for one that nothing needs.

use super::Cloud;

/// A machine that a page prints for a row it does not carry, and the one that is taken instead: the row's capacity wins over
/// the machine's name.
#[derive(Debug)]
pub struct Fixup {
    /// Its name in messages.
    pub name: &'static str,
    /// The cloud of both machines.
    pub cloud: Cloud,
    /// The key that overrides the machine, so whose row it is.
    pub key: &'static str,
    /// The machine that the page prints.
    pub printed: &'static str,
    /// The machine that is taken.
    pub instead: &'static str,
    /// What is wrong with the printed one, as a phrase.
    pub why: &'static str,
}

static FIXUPS: &[Fixup] = &[
    Fixup {
        name: "c5_2xlarge_has_16_gb",
        cloud: Cloud::Aws,
        key: "provisioners.machine",
        // The provisioner rows of revision 1 ask for 8 vCPU and 32 GB.
        printed: "c5.2xlarge",
        // What the same pages print for nodes of 8 vCPU and 32 GB.
        instead: "m5.2xlarge",
        why: "has 16 GB",
    },
    // coder/coder 3k-users.md@d7964c7 asks for coderd on 8 vCPU and 32 GB and prints machines of half that size on every cloud, the
    // ones of the 2k page. The next size of the same family stands for the capacity.
    half_of_3k_coderd(
        "gcp_3k_coderd_is_half",
        Cloud::Gcp,
        "n1-standard-4",
        "n1-standard-8",
        "has 4 vCPU and 15 GB",
    ),
    half_of_3k_coderd("aws_3k_coderd_is_half", Cloud::Aws, "m5.xlarge", "m5.2xlarge", "has 4 vCPU and 16 GB"),
    half_of_3k_coderd(
        "aws_t3_3k_coderd_is_half",
        Cloud::Aws,
        "t3.xlarge",
        "t3.2xlarge",
        "has 4 vCPU and 16 GB",
    ),
    half_of_3k_coderd(
        "azure_3k_coderd_is_half",
        Cloud::Azure,
        "Standard_D4s_v3",
        "Standard_D8s_v3",
        "has 4 vCPU and 16 GB",
    ),
];

const fn half_of_3k_coderd(
    name: &'static str,
    cloud: Cloud,
    printed: &'static str,
    instead: &'static str,
    why: &'static str,
) -> Fixup {
    Fixup { name, cloud, key: "coderd.machine", printed, instead, why }
}

/// The fixup for a machine printed where `key` overrides it.
pub fn fixup(cloud: Cloud, key: &str, printed: &str) -> Option<&'static Fixup> {
    FIXUPS.iter().find(|fixup| fixup.cloud == cloud && fixup.key == key && fixup.printed == printed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{MachineType, TierRow, machine, tiers};

    #[test]
    fn every_fixup_still_applies() {
        for fixup in FIXUPS {
            let (printed, instead) =
                (machine(fixup.cloud, fixup.printed).unwrap(), machine(fixup.cloud, fixup.instead).unwrap());
            let carries =
                |machine: &MachineType, need: &(u32, u32)| machine.carries(need.0.into(), need.1.into());
            let rows = tiers().iter().flat_map(TierRow::printed);
            let needs: Vec<_> = rows
                .filter(|(key, row, ..)| {
                    let names = [false, true].map(|burstable| row.on(fixup.cloud, burstable));
                    *key == fixup.key && names.contains(&fixup.printed)
                })
                .map(|(_, _, vcpus, memory_gb)| (vcpus, memory_gb))
                .collect();
            let short: Vec<_> = needs.iter().filter(|need| !carries(printed, need)).collect();
            assert!(
                !short.is_empty(),
                "every row carries the {} printed for it: delete {}",
                fixup.printed,
                fixup.name
            );
            assert!(short.iter().all(|need| carries(instead, need)), "{}", fixup.name);
        }
    }
}
