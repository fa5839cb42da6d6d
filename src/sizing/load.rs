//! `[load]`: which tier holds what the deployment has to hold, and what is said when the tier that was given does not.
//!
//! The rule comes from the pages: each applies "up to" its figures, and beyond any of them sends the reader to more resources or
//! to the next larger tier (coder/coder 3k-users.md@0e3e292). So a figure that the next tier still holds is a warning, and one that
//! not even the next tier holds is an error. The largest page sends to more resources alone: there it stays a warning.
//!
//! A figure on which an edition is silent (requests a second) is taken from the other edition's page of that tier; where both are
//! silent, as for 10k, the tier is taken to hold it.
//! Builds a day choose no tier: the pages make them a matter of the database, not of the tier.

use crate::catalog::{self, Limits, TierRow};
use crate::diagnostic::Diagnostic;
use crate::record::Decided;
use crate::sizing::Warning;
use crate::spec::{Spanned, Spec, Tier};

/// What a tier holds of a figure, and the page that says so.
struct Held {
    most: u32,
    page: &'static str,
}

/// A figure of `[load]` that a tier holds or does not.
struct Wish {
    key: &'static str,
    asked: Spanned<u32>,
    /// What the figure counts.
    of: &'static str,
    /// What a row holds of it; `None` where no page of that tier says.
    held: fn(&TierRow) -> Option<Held>,
}

impl Wish {
    fn value(&self) -> u32 {
        *self.asked.get_ref()
    }

    fn fits(&self, row: &TierRow) -> bool {
        (self.held)(row).is_none_or(|held| self.value() <= held.most)
    }
}

/// The figures that the spec gives, but for builds a day.
fn wishes(spec: &Spec) -> Vec<Wish> {
    let load = &spec.load;
    let wish = |key, of, asked: &Option<Spanned<u32>>, held: fn(&TierRow) -> Option<Held>| {
        asked.clone().map(|asked| Wish { key, asked, of, held })
    };
    [
        wish("load.users", "users", &load.users, |row| held(row, |limits| Some(limits.users))),
        wish("load.concurrent_builds", "builds at the same time", &load.concurrent_builds, |row| {
            held(row, |limits| Some(limits.concurrent_builds))
        }),
        wish("load.running_workspaces", "running workspaces", &load.running_workspaces, |row| {
            held(row, |limits| Some(limits.running_workspaces))
        }),
        wish("load.api_rps", "API requests a second", &load.api_rps, |row| {
            held(row, |limits| limits.api_rps)
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a row says of a figure, or where its edition is silent, the other one of that tier.
fn held(row: &TierRow, figure: fn(&Limits) -> Option<u32>) -> Option<Held> {
    let of = |row: &TierRow| figure(&row.limits).map(|most| Held { most, page: row.page });
    of(row).or_else(|| [1, 2].into_iter().find_map(|revision| of(catalog::tier(row.tier, revision)?)))
}

/// The row of the tier that is given, else of the smallest that holds the load; the latter with a word about it.
///
/// # Errors
/// A revision that was never published; a load that no tier holds.
pub fn choose(spec: &Spec, decided: &Decided) -> Result<(&'static TierRow, Option<Warning>), Diagnostic> {
    let asked = spec.tier_revision.as_ref();
    let row = |tier: Tier| {
        let revision = match asked {
            Some(asked) => *asked.get_ref(),
            None => decided.revision(tier),
        };
        catalog::tier(tier, revision)
    };
    if let Some(tier) = &spec.tier {
        let found = row(*tier.get_ref()).map(|row| (row, None));
        return found.ok_or_else(|| unpublished(spec, *tier.get_ref()));
    }
    // As many daemons as the user sets build at once, whatever the tier.
    let counts = |wish: &Wish| spec.provisioners.count.is_none() || wish.key != "load.concurrent_builds";
    let wishes: Vec<_> = wishes(spec).into_iter().filter(counts).collect();
    let mut smaller = None;
    for row in Tier::ALL.into_iter().filter_map(row) {
        if wishes.iter().all(|wish| wish.fits(row)) {
            return Ok((row, Some(chosen(row, smaller, &wishes))));
        }
        smaller = Some(row);
    }
    let largest = smaller.unwrap_or(&catalog::tiers()[0]);
    let first = wishes.iter().find_map(|wish| {
        let held = (wish.held)(largest).filter(|held| wish.value() > held.most)?;
        Some((wish, held))
    });
    let Some((wish, held)) = first else {
        return Err(
            Diagnostic::nowhere("the catalog has no tiers").help("report this as a mistake of tierform")
        );
    };
    let problem = Diagnostic::at(
        wish.asked.span(),
        format!("`{}` is {}, more than any tier holds", wish.key, wish.value()),
    )
    .note(format!("{}; it is the largest", up_to(largest, wish, &held)));
    Err(match asked {
        Some(_) => problem.help("leave `tier_revision` out, so that the tiers of both count"),
        None => problem.help(format!(
            "write `tier = \"{}\"` and raise its parts by their own keys, or make several deployments",
            largest.tier.as_str()
        )),
    })
}

fn unpublished(spec: &Spec, tier: Tier) -> Diagnostic {
    let known: Vec<_> =
        catalog::tiers().iter().filter(|row| row.tier == tier).map(|row| row.revision.to_string()).collect();
    let asked = spec.tier_revision.as_ref();
    let revision = asked.map_or(catalog::default_revision(tier), |asked| *asked.get_ref());
    let span = asked.map_or_else(|| spec.tier_place(), Spanned::span);
    Diagnostic::at(span, format!("`tier_revision` {revision} of tier {} was never published", tier.as_str()))
        .help(format!("use {}", known.join(" or ")))
}

fn chosen(row: &TierRow, smaller: Option<&TierRow>, wishes: &[Wish]) -> Warning {
    let deciding: Vec<_> = wishes
        .iter()
        .filter(|wish| smaller.is_some_and(|smaller| !wish.fits(smaller)))
        .map(|wish| format!("{} = {}", wish.key, wish.value()))
        .collect();
    let what = if deciding.is_empty() { "[load]".to_owned() } else { deciding.join(" and ") };
    Warning {
        code: "tier_chosen".into(),
        message: format!(
            "No tier is given: {} is the smallest that holds {what}. Write tier = \"{}\" to keep it whatever the load becomes.",
            named(row),
            row.tier.as_str()
        ),
    }
}

/// Compares the load with the tier's row. `builds` are those that the deployment runs at once, overrides included.
///
/// # Errors
/// Figures that not even the next larger tier holds.
pub fn check(spec: &Spec, row: &TierRow, builds: u32) -> Result<Vec<Warning>, Vec<Diagnostic>> {
    let mut warnings = Vec::new();
    let mut problems = Vec::new();
    let next = Tier::ALL.into_iter().find(|tier| *tier > row.tier).and_then(|tier| {
        catalog::tier(tier, row.revision).or_else(|| catalog::tier(tier, catalog::default_revision(tier)))
    });
    for wish in wishes(spec) {
        let value = wish.value();
        if let (Some(count), "load.concurrent_builds") = (&spec.provisioners.count, wish.key) {
            if value > builds {
                warnings.push(Warning {
                    code: "load_exceeds_daemons".into(),
                    message: format!(
                        "{} is {value}, but provisioners.count is {}: the last builds will wait.",
                        wish.key,
                        count.get_ref()
                    ),
                });
            }
            continue;
        }
        let Some(held) = (wish.held)(row).filter(|held| value > held.most) else { continue };
        let beyond_next =
            next.and_then(|next| Some((next, (wish.held)(next).filter(|held| value > held.most)?)));
        match beyond_next {
            Some((next, most)) => problems.push(beyond(&wish, row, &held, next, &most)),
            None => warnings.push(exceeded(&wish, row, &held, next)),
        }
    }
    warnings.extend(database_advice(spec, row));
    if problems.is_empty() { Ok(warnings) } else { Err(problems) }
}

/// `tier 1k is for up to 1000 users (page)`.
fn up_to(row: &TierRow, wish: &Wish, held: &Held) -> String {
    format!("tier {} is for up to {} {} ({})", row.tier.as_str(), held.most, wish.of, held.page)
}

fn exceeded(wish: &Wish, row: &TierRow, held: &Held, next: Option<&TierRow>) -> Warning {
    let mend = match next {
        Some(next) => {
            format!(
                "write tier = \"{}\", or raise the parts that carry it by their own keys",
                next.tier.as_str()
            )
        }
        None => "no larger tier is published, so raise the parts that carry it by their own keys".to_owned(),
    };
    Warning {
        code: "load_exceeds_tier".into(),
        message: format!("{} is {}, but {}: {mend}.", wish.key, wish.value(), up_to(row, wish, held)),
    }
}

fn beyond(wish: &Wish, row: &TierRow, held: &Held, next: &TierRow, most: &Held) -> Diagnostic {
    let (value, tier, next_tier) = (wish.value(), row.tier.as_str(), next.tier.as_str());
    let problem = Diagnostic::at(
        wish.asked.span(),
        format!(
            "`{}` is {value}, more than tier {tier} and the next larger one, {next_tier}, hold",
            wish.key
        ),
    )
    .note(format!(
        "{}, tier {next_tier} for up to {} ({})",
        up_to(row, wish, held),
        most.most,
        most.page
    ));
    let holding = Tier::ALL
        .into_iter()
        .filter_map(|tier| catalog::tier(tier, catalog::default_revision(tier)))
        .find(|row| row.tier > next.tier && wish.fits(row));
    problem.help(match holding {
        Some(row) => format!("write `tier = \"{}\"`, or leave `tier` out", row.tier.as_str()),
        None => "no published tier holds it: write `tier = \"10k\"` and raise its parts by their own keys"
            .to_owned(),
    })
}

/// What the pages say of the database above so many builds a day. The 1k pages are silent, so the next page's word counts; above
/// 3k there is none.
fn database_advice(spec: &Spec, row: &TierRow) -> Option<Warning> {
    let builds = *spec.load.builds_per_day.as_ref()?.get_ref();
    let (page, most) = Tier::ALL.into_iter().filter(|tier| *tier >= row.tier).find_map(|tier| {
        let row = [2, 1].into_iter().filter_map(|revision| catalog::tier(tier, revision));
        row.filter_map(|row| Some((row, row.limits.builds_per_day?))).next()
    })?;
    (builds > most).then(|| Warning {
        code: "database_replicas_advised".into(),
        message: format!(
            "load.builds_per_day is {builds}: above {most} builds a day the page of tier {} advises database replicas ({}). Coder \
             writes to one address, so a replica would only read: give the database more by database.vcpus and \
             database.memory_gb, and watch its load.",
            page.tier.as_str(),
            page.page
        ),
    })
}

fn named(row: &TierRow) -> String {
    format!("tier {}, revision {}", row.tier.as_str(), row.revision)
}
