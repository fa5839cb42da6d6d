//! Choosing machine types and zones: the user's wish if it can carry its role there, else the published name, else the
//! first family of the cloud's chain that the region sells.

use std::ops::{Range, RangeInclusive};

use super::CloudRules;
use crate::catalog::{self, Fixup, MachineType, Region, family_zones};
use crate::diagnostic::Diagnostic;
use crate::sizing::{Figure, plain};
use crate::spec::{Cloud, Spanned, Spec};

/// Zones that a deployment spreads over where the region has them: one may fail without taking the majority.
const ZONES_WANTED: usize = 3;

/// What a role wants of its machine.
pub struct Wish<'a> {
    /// The key that overrides it.
    pub key: &'static str,
    /// The user's own machine type.
    pub asked: Option<&'a Spanned<String>>,
    /// The type that the tier page prints.
    pub published: Option<&'static str>,
    /// Series-classes to try otherwise, best first.
    pub chain: &'static [&'static str],
    /// vCPUs needed.
    pub vcpus: f64,
    /// Memory needed, in GB.
    pub memory_gb: f64,
    /// Why so much, for the reason.
    pub need: String,
    /// Where the user asked for that much, if so.
    pub place: Option<Range<usize>>,
    /// Whether ARM processors will do where a type with some is asked for.
    pub arm: bool,
}

/// What a cloud's zones are to us.
pub struct ZoneRules {
    /// Whether they have the same names for everyone, so that we can choose them.
    pub are_named: bool,
    /// How many there may be.
    pub count: RangeInclusive<usize>,
    /// Why not more or fewer, as the end of a sentence.
    pub count_reason: &'static str,
    /// What is said of our choice: after `of 4 in us-central1` where they are named, else all of it.
    pub reason: &'static str,
}

/// The zones of a deployment.
pub struct Zones {
    /// Their names; none where the account's own list or the region decides.
    pub names: Figure<Vec<String>>,
    /// How many they are; 1 in a region without any.
    pub count: u32,
}

/// Where machines are chosen for.
pub struct Place<'a> {
    pub cloud: Cloud,
    pub region: &'static Region,
    /// Where the spec names that region.
    pub span: Range<usize>,
    /// The zones that the spec names there.
    pub zones: Option<&'a Spanned<Vec<Spanned<String>>>>,
    /// In how many zones the user's own subnets lie, where they do.
    pub own: Option<u32>,
}

/// Chooses machines in one region and remembers which families must be sold in the zones.
pub struct Chooser<'a> {
    spec: &'a Spec,
    /// Where.
    pub place: Place<'a>,
    families: Vec<(&'static str, &'static [&'static str])>,
    /// What could not be chosen.
    pub problems: Vec<Diagnostic>,
}

/// So many zones: a region has a handful.
pub fn counted(zones: usize) -> u32 {
    u32::try_from(zones).unwrap_or(u32::MAX)
}

impl<'a> Chooser<'a> {
    pub fn new(spec: &'a Spec, place: Place<'a>) -> Self {
        Chooser { spec, place, families: Vec::new(), problems: Vec::new() }
    }

    /// A machine for `wish`, with its reason; `None` after recording why there is none.
    pub fn choose(&mut self, wish: &Wish<'_>) -> Option<(&'static MachineType, String)> {
        let chosen = match (wish.asked, wish.published) {
            (Some(asked), _) => self.asked(wish, asked),
            (None, Some(name)) => self.published(wish, name),
            (None, None) => self.chained(wish),
        };
        match chosen {
            Ok((machine, reason)) => {
                let zones = family_zones(self.place.cloud, machine.family, self.place.region)?;
                self.families.push((machine.family, zones));
                Some((machine, reason))
            }
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn asked(
        &self,
        wish: &Wish<'_>,
        asked: &Spanned<String>,
    ) -> Result<(&'static MachineType, String), Diagnostic> {
        let (key, name) = (wish.key, asked.get_ref());
        let problem = |message: String| Diagnostic::at(asked.span(), message);
        let Some(machine) = catalog::machine(self.place.cloud, name) else {
            if let Some(Err(why)) = catalog::custom(name).filter(|_| self.place.cloud == Cloud::Gcp) {
                return Err(problem(format!("`{key}` \"{name}\" is not sold: {why}"))
                    .help("write one such as n2-custom-6-20480, or a predefined type"));
            }
            let names = catalog::machines(self.place.cloud).map(|machine| machine.name);
            let problem = problem(format!(
                "`{key}` \"{name}\" is no machine type that tierform knows on {}",
                self.place.cloud.as_str()
            ));
            return Err(match catalog::nearest(name, names) {
                Some(near) => problem.help(format!("did you mean \"{near}\"?")),
                None => problem.help("leave the key out, and a machine that carries the role is chosen"),
            });
        };
        if machine.shared_core && !(self.spec.burstable && self.place.cloud == Cloud::Aws) {
            let problem =
                problem(format!("`{key}` \"{name}\" shares its cores, so it stalls under steady load"));
            return Err(match self.place.cloud {
                Cloud::Aws => problem
                    .help("choose a type with cores of its own, or set burstable = true if you accept that"),
                Cloud::Gcp | Cloud::Azure => problem.help("choose a type with cores of its own"),
            });
        }
        if machine.flex() {
            return Err(problem(format!(
                "`{key}` \"{name}\" reaches full speed only part of the time, so it stalls under steady load"
            ))
            .help("choose the type of that name without -flex"));
        }
        if machine.arm && !wish.arm {
            return Err(problem(format!(
                "`{key}` \"{name}\" has ARM processors, on which only workspaces built for them run"
            ))
            .note("an image that is built for amd64 alone does not start there")
            .help("choose an x86 type, or set workspaces.arm = true if every workspace image is built for arm64"));
        }
        if !machine.carries(wish.vcpus, wish.memory_gb) {
            let problem = problem(format!(
                "`{key}` \"{name}\" is too small: it has {} vCPU and {} GB, its role needs {} and {}",
                machine.vcpus,
                plain(machine.memory_gib),
                plain(wish.vcpus),
                plain(wish.memory_gb)
            ))
            .note(format!("needed: {}", wish.need));
            return Err(match catalog::fixup(self.place.cloud, key, name) {
                Some(Fixup { name: fixup, instead, .. }) => problem
                    .note(format!(
                        "needed: {}; a tier page prints {name} all the same, which tierform corrects (fixup {fixup})",
                        wish.need
                    ))
                    .help(format!("write \"{instead}\", or leave the key out")),
                None => problem.help("choose a larger type, or override the role's figures beside it"),
            });
        }
        self.sold_here(machine).ok_or_else(|| {
            problem(format!("`{key}` \"{name}\" is not sold in {}", self.place.region.name))
                .help("choose a family of that region, or another region")
        })?;
        Ok((machine, format!("{key} in coder.toml")))
    }

    fn published(
        &self,
        wish: &Wish<'_>,
        printed: &'static str,
    ) -> Result<(&'static MachineType, String), Diagnostic> {
        let fixup = catalog::fixup(self.place.cloud, wish.key, printed).filter(|_| {
            !catalog::machine(self.place.cloud, printed)
                .is_some_and(|own| own.carries(wish.vcpus, wish.memory_gb))
        });
        let name = fixup.map_or(printed, |fixup| fixup.instead);
        let found =
            catalog::machine(self.place.cloud, name).filter(|machine| self.sold_here(machine).is_some());
        let Some(machine) = found else {
            return Err(Diagnostic::at(
                self.place.span.clone(),
                format!(
                    "`region` \"{}\" does not sell {name}, which the tier page prints for {}",
                    self.place.region.name, wish.key
                ),
            )
            .help(format!("set machines = \"current\" for today's families, or {} = \"…\"", wish.key)));
        };
        let how = match fixup {
            Some(fixup) => format!("the page prints {printed}, which {} (fixup {})", fixup.why, fixup.name),
            None if machine.memory_gib < wish.memory_gb => {
                format!("as the page prints it, which has {} GB", plain(machine.memory_gib))
            }
            None => "as the page prints it".to_owned(),
        };
        Ok((machine, format!("{}, {how}", wish.need)))
    }

    fn chained(&self, wish: &Wish<'_>) -> Result<(&'static MachineType, String), Diagnostic> {
        if !catalog::is_charted(self.place.region) {
            return Err(Diagnostic::at(
                self.place.span.clone(),
                format!(
                    "`region` \"{}\" is not one whose machines tierform knows, and {} has to be chosen",
                    self.place.region.name, wish.key
                ),
            )
            .note(format!("needed: {}", wish.need))
            .help(format!("set {} = \"…\" to a type that is sold there", wish.key)));
        }
        let wanted = ZONES_WANTED.min(self.place.region.zones.len());
        for series in wish.chain {
            let smallest = catalog::machines(self.place.cloud)
                .filter(|machine| machine.series == *series && !machine.shared_core)
                .filter(|machine| machine.carries(wish.vcpus, wish.memory_gb))
                .min_by(|a, b| a.vcpus.cmp(&b.vcpus).then(a.memory_gib.total_cmp(&b.memory_gib)));
            if let Some(machine) = smallest
                && self.sold_here(machine).is_some_and(|zones| zones.len() >= wanted)
            {
                return Ok((machine, wish.need.clone()));
            }
        }
        Err(Diagnostic::at(
            wish.place.clone().unwrap_or_else(|| self.place.span.clone()),
            format!(
                "`region` \"{}\" sells none of {} with {} vCPU and {} GB, which {} needs",
                self.place.region.name,
                wish.chain.join(", "),
                plain(wish.vcpus),
                plain(wish.memory_gb),
                wish.key
            ),
        )
        .help(match wish.place {
            Some(_) => "ask for less a machine, and more machines".to_owned(),
            None => format!("choose another region, or set {} = \"…\"", wish.key),
        }))
    }

    /// Demands that a family is sold in the zones too.
    pub fn demand(&mut self, machine: &MachineType) {
        let zones = family_zones(self.place.cloud, machine.family, self.place.region);
        self.families.extend(zones.map(|zones| (machine.family, zones)));
    }

    fn sold_here(&self, machine: &'static MachineType) -> Option<&'static [&'static str]> {
        family_zones(self.place.cloud, machine.family, self.place.region)
    }

    /// The zones: the user's if every chosen family is sold there, else the first three that sell them all.
    pub fn zones(&mut self) -> Option<Zones> {
        let zones = self.named_zones(&CloudRules::of(self.place.cloud).zones)?;
        Some(Zones { count: self.place.own.unwrap_or(zones.count), ..zones })
    }

    fn named_zones(&mut self, rules: &ZoneRules) -> Option<Zones> {
        let region = self.place.region;
        if let Some(asked) = self.place.zones {
            let before = self.problems.len();
            for zone in asked.get_ref() {
                if let Some(problem) = self.refuse_zone(zone) {
                    self.problems.push(problem);
                }
            }
            let count = asked.get_ref().len();
            if !rules.count.contains(&count) {
                self.problems.push(
                    Diagnostic::at(
                        asked.span(),
                        format!("`network.zones` has {count} of them, but {}", rules.count_reason),
                    )
                    .help(format!(
                        "name {} to {}",
                        rules.count.start(),
                        rules.count.end()
                    )),
                );
            }
            let value = asked.get_ref().iter().map(|zone| zone.get_ref().clone()).collect();
            let names = Figure { value, reason: "network.zones in coder.toml".to_owned() };
            return (self.problems.len() == before).then_some(Zones { names, count: counted(count) });
        }
        if !rules.are_named || region.zones.is_empty() {
            // A region without zones has one place for everything.
            let count = ZONES_WANTED.min(region.zones.len()).max(1);
            let reason = match region.zones.is_empty() {
                true => format!("{} has no zones", region.name),
                false => rules.reason.to_owned(),
            };
            return Some(Zones { names: Figure { value: Vec::new(), reason }, count: counted(count) });
        }
        let everywhere = |zone: &&&str| self.families.iter().all(|(_, zones)| zones.contains(*zone));
        let zones: Vec<String> = region
            .zones
            .iter()
            .filter(everywhere)
            .take(ZONES_WANTED)
            .map(|zone| (*zone).to_owned())
            .collect();
        if zones.is_empty() {
            let families: Vec<_> = self.families.iter().map(|(family, _)| *family).collect();
            self.problems.push(
                Diagnostic::at(
                    self.place.span.clone(),
                    format!(
                        "`region` \"{}\" has no zone that sells all of {}",
                        region.name,
                        families.join(", ")
                    ),
                )
                .help("choose machines of one family, or another region"),
            );
            return None;
        }
        let reason = format!("of {} in {}{}", region.zones.len(), region.name, rules.reason);
        let count = counted(zones.len());
        Some(Zones { names: Figure { value: zones, reason }, count })
    }

    fn refuse_zone(&self, zone: &Spanned<String>) -> Option<Diagnostic> {
        let (name, region) = (zone.get_ref().as_str(), self.place.region);
        if region.zones.is_empty() {
            return Some(
                Diagnostic::at(
                    zone.span(),
                    format!("`network.zones` names \"{name}\", but {} has no zones", region.name),
                )
                .help("leave network.zones out, or choose another region"),
            );
        }
        // Which letters an account sees is its own affair; that a zone is one of the region's is not.
        let letter = name.strip_prefix(region.name).map(str::as_bytes);
        if self.place.cloud == Cloud::Aws && matches!(letter, Some([b'a'..=b'z'])) {
            return None;
        }
        if !region.zones.contains(&name) {
            return Some(
                Diagnostic::at(
                    zone.span(),
                    format!("`network.zones` names \"{name}\", which is no zone of {}", region.name),
                )
                .help(format!("zones of {}: {}", region.name, region.zones.join(", "))),
            );
        }
        let (family, zones) = self.families.iter().find(|(_, zones)| !zones.contains(&name))?;
        Some(
            Diagnostic::at(
                zone.span(),
                format!("`network.zones` names \"{name}\", which does not sell {family} machines"),
            )
            .help(format!("zones that do: {}", zones.join(", "))),
        )
    }
}
