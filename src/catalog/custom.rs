//! Google Cloud's custom machine types: any vCPUs and memory that a family's rule allows, by a name that says both.
//! Rules: GoogleCloudPlatform's documentation samples for custom machine types (N1, N2, N2D, E2), and for N4 "General-purpose
//! machine family". How much extended memory N4 takes is not published there, so it takes none here.

use std::sync::{Mutex, PoisonError};

use super::{Cloud, MachineType, machines};
use crate::sizing::plain;

/// What a family allows.
struct Rule {
    /// What its names begin with.
    prefix: &'static str,
    family: &'static str,
    /// Its predefined types of about the same shape.
    series: &'static str,
    /// Whether it has so many vCPUs, and which it has.
    vcpus: fn(u32) -> bool,
    counts: &'static str,
    /// MB a vCPU, least and most.
    each_mb: (u32, u32),
    /// GB in all; with extended memory, if it has that.
    most_gb: u32,
    extended_gb: Option<u32>,
}

const RULES: [Rule; 5] = [
    Rule {
        prefix: "custom-",
        family: "n1",
        series: "n1-standard",
        vcpus: |count| count == 1 || count.is_multiple_of(2) && (2..=96).contains(&count),
        counts: "1 or an even number up to 96",
        each_mb: (922, 6656),
        most_gb: 624,
        extended_gb: Some(624),
    },
    Rule {
        prefix: "n2-custom-",
        family: "n2",
        series: "n2-standard",
        vcpus: |count| {
            count.is_multiple_of(2) && (2..=32).contains(&count)
                || count.is_multiple_of(4) && (36..=128).contains(&count)
        },
        counts: "an even number up to 32, or a multiple of 4 up to 128",
        each_mb: (512, 8192),
        most_gb: 1024,
        extended_gb: Some(624),
    },
    Rule {
        prefix: "n2d-custom-",
        family: "n2d",
        series: "n2d-standard",
        vcpus: |count| [2, 4, 8, 16, 32, 48, 64, 80, 96].contains(&count),
        counts: "2, 4, 8, 16 or a multiple of 16 up to 96",
        each_mb: (512, 8192),
        most_gb: 768,
        extended_gb: Some(768),
    },
    Rule {
        prefix: "e2-custom-",
        family: "e2",
        series: "e2-standard",
        vcpus: |count| count.is_multiple_of(2) && (2..=32).contains(&count),
        counts: "an even number up to 32",
        each_mb: (512, 8192),
        most_gb: 128,
        extended_gb: None,
    },
    Rule {
        prefix: "n4-custom-",
        family: "n4",
        series: "n4-standard",
        vcpus: |count| count.is_multiple_of(2) && (2..=80).contains(&count),
        counts: "an even number up to 80",
        each_mb: (2048, 8192),
        most_gb: 640,
        extended_gb: None,
    },
];

/// The types that were asked for. A machine type is known for as long as the program runs, and these are few.
static ASKED: Mutex<Vec<&'static MachineType>> = Mutex::new(Vec::new());

/// The custom type of that name, or why it is not sold; `None` for a name that is of no custom type.
pub fn custom(name: &str) -> Option<Result<&'static MachineType, String>> {
    let rule = RULES.iter().find(|rule| name.starts_with(rule.prefix))?;
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = asked.iter().find(|known| known.name == name) {
        return Some(Ok(known));
    }
    Some(parse(rule, name).map(|machine| {
        let machine: &'static MachineType = Box::leak(Box::new(machine));
        asked.push(machine);
        machine
    }))
}

fn parse(rule: &Rule, name: &str) -> Result<MachineType, String> {
    let figures = name.trim_start_matches(rule.prefix);
    let (figures, is_extended) = match figures.strip_suffix("-ext") {
        Some(figures) => (figures, true),
        None => (figures, false),
    };
    let number = |text: &str| -> Option<u32> {
        let is_plain = !text.starts_with('0') && text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| is_plain)
    };
    let both = figures.split_once('-').and_then(|(vcpus, mb)| Some((number(vcpus)?, number(mb)?)));
    let Some((vcpus, mb)) = both else {
        return Err(format!("it is no {}<vCPUs>-<MB>", rule.prefix));
    };
    if !(rule.vcpus)(vcpus) {
        return Err(format!("{} have {} vCPUs", rule.family, rule.counts));
    }
    if !mb.is_multiple_of(256) {
        return Err("memory comes in steps of 256 MB".to_owned());
    }
    let gb = |mb: u32| plain(f64::from(mb) / 1024.0);
    let (least, most) = (vcpus * rule.each_mb.0, (vcpus * rule.each_mb.1).min(rule.most_gb * 1024));
    if mb < least {
        return Err(format!("{vcpus} vCPU go with {} GB or more", gb(least)));
    }
    match (is_extended, rule.extended_gb) {
        (false, None) if mb > most => Err(format!("{vcpus} vCPU go with {} GB at most", gb(most))),
        (false, Some(_)) if mb > most => Err(format!(
            "{vcpus} vCPU go with {} GB at most; more is extended memory, whose names end with -ext",
            gb(most)
        )),
        (true, None) => Err(format!("{} have no extended memory that tierform knows", rule.family)),
        (true, Some(gb)) if mb > gb * 1024 => Err(format!("extended memory ends at {gb} GB")),
        _ => Ok(MachineType {
            cloud: Cloud::Gcp,
            // One for each name that is asked for.
            name: Box::leak(name.to_owned().into_boxed_str()),
            family: rule.family,
            series: rule.series,
            vcpus,
            memory_gib: f64::from(mb) / 1024.0,
            arm: false,
            shared_core: false,
            max_volumes: volumes(rule, vcpus),
            max_pods: None,
        }),
    }
}

/// Disks, as the next smaller predefined type takes them.
fn volumes(rule: &Rule, vcpus: u32) -> Option<u32> {
    let like = || machines(Cloud::Gcp).filter(|machine| machine.series == rule.series);
    let smaller = like().filter(|machine| machine.vcpus <= vcpus).max_by_key(|machine| machine.vcpus);
    smaller.or_else(|| like().min_by_key(|machine| machine.vcpus)).and_then(|machine| machine.max_volumes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_its_rule() {
        for (name, vcpus, memory_gib) in [
            ("custom-1-3840", 1, 3.75),
            ("custom-96-638976", 96, 624.0),
            ("custom-2-15360-ext", 2, 15.0),
            ("n2-custom-6-20480", 6, 20.0),
            ("n2-custom-36-36864", 36, 36.0),
            ("n2-custom-8-638720-ext", 8, 623.75),
            ("n2d-custom-48-49152", 48, 48.0),
            ("e2-custom-10-20480", 10, 20.0),
            ("n4-custom-10-20480", 10, 20.0),
        ] {
            let machine = custom(name).unwrap().unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!((machine.name, machine.vcpus, machine.memory_gib), (name, vcpus, memory_gib));
            assert!(std::ptr::eq(machine, custom(name).unwrap().unwrap()), "made once");
            assert!(
                machines(Cloud::Gcp)
                    .any(|like| like.series == machine.series && like.family == machine.family)
            );
        }
        for (name, why) in [
            ("n2-custom-5-20480", "n2 have an even number up to 32, or a multiple of 4 up to 128 vCPUs"),
            ("n2-custom-34-36864", "n2 have"),
            ("n2d-custom-6-20480", "n2d have 2, 4, 8, 16 or a multiple of 16 up to 96 vCPUs"),
            ("n2-custom-6-20481", "memory comes in steps of 256 MB"),
            ("n2-custom-6-2048", "6 vCPU go with 3 GB or more"),
            (
                "n2-custom-6-65536",
                "6 vCPU go with 48 GB at most; more is extended memory, whose names end with -ext",
            ),
            ("e2-custom-32-262144", "32 vCPU go with 128 GB at most"),
            ("e2-custom-4-65536-ext", "e2 have no extended memory that tierform knows"),
            ("n2-custom-8-650240-ext", "extended memory ends at 624 GB"),
            ("n4-custom-2-2048", "2 vCPU go with 4 GB or more"),
            ("n2-custom-08-20480", "it is no n2-custom-<vCPUs>-<MB>"),
            ("custom-4294967295-99999999999", "it is no custom-<vCPUs>-<MB>"),
            ("e2-custom-micro-2048", "it is no e2-custom-<vCPUs>-<MB>"),
        ] {
            let refused = custom(name).unwrap().unwrap_err();
            assert!(refused.starts_with(why), "{name}: {refused}");
        }
        assert!(custom("n4-standard-8").is_none() && custom("c3-custom-4-8192").is_none());
    }
}
