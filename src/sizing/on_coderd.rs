//! Deployments in which coderd runs the builds itself: without Coder Premium there is no other way, and a small one may.
//! The 1k pages allow it up to about 100 users and 10 builds at the same time, those of larger tiers do not; none gives
//! other sizes, so coderd's machine is the row's.

use super::{Figure, Warning};
use crate::catalog::{Limits, TierRow};
use crate::diagnostic::Diagnostic;
use crate::spec::{License, Spanned, Spec, Tier};

/// Users up to which coderd may run the builds (coder/coder `1k-users.md@0e3e292`, "ca. 100 users").
const USERS: u32 = 100;
/// Builds at the same time up to which it may (the same page).
const BUILDS: u32 = 10;

/// Whether the load is one for which coderd may run the builds.
///
/// # Errors
/// A tier whose page does not allow it; a load, or without one a tier, that is larger than the page allows.
pub fn check(spec: &Spec, row: &TierRow) -> Result<(), Vec<Diagnostic>> {
    let load = &spec.load;
    let why = match spec.license() {
        License::Community => "without Coder Premium coderd runs the builds itself",
        License::Premium => "`provisioners.on_coderd` lets coderd run the builds itself",
    };
    let mend = match spec.license() {
        License::Community => "write `license = \"premium\"`",
        License::Premium => "leave `on_coderd` out",
    };
    let allowed = |page: &str| {
        format!(
            "{why}, and the page allows that up to about {USERS} users and {BUILDS} builds at the same time ({page})"
        )
    };
    if row.tier > Tier::K1 {
        let problem = Diagnostic::at(
            spec.tier_place(),
            format!("tier {} is too large for builds on coderd", row.tier.as_str()),
        );
        return Err(vec![
            problem
                .note(format!("{why}, and the tier's page advises against it ({})", row.page))
                .help(format!("write `tier = \"1k\"` with at most {USERS} `users` under [load], or {mend}")),
        ]);
    }
    let too_many = |key: &str, value: &Spanned<u32>, most: u32| {
        let message = format!("`{key}` is {}, too many for builds on coderd", value.get_ref());
        (*value.get_ref() > most).then(|| {
            Diagnostic::at(value.span(), message)
                .note(allowed(row.page))
                .help(format!("write at most {most}, or {mend}"))
        })
    };
    let mut problems = Vec::new();
    match &load.users {
        Some(users) => problems.extend(too_many("load.users", users, USERS)),
        None => problems.push(
            Diagnostic::at(
                spec.tier_place(),
                format!(
                    "tier {} is for {} users, too many for builds on coderd",
                    row.tier.as_str(),
                    row.limits.users
                ),
            )
            .note(allowed(row.page))
            .help(format!("say how many there are: at most `users = {USERS}` under [load]; or {mend}")),
        ),
    }
    let builds = [
        ("provisioners.count", &spec.provisioners.count),
        ("load.concurrent_builds", &load.concurrent_builds),
    ];
    for (key, asked) in builds {
        problems.extend(asked.as_ref().and_then(|asked| too_many(key, asked, BUILDS)));
    }
    for cluster in &spec.clusters {
        if cluster.cloud.get_ref() != spec.cloud.get_ref()
            || cluster.region.get_ref() != spec.region.get_ref()
        {
            problems.push(
                Diagnostic::at(
                    cluster.region.span(),
                    format!("cluster \"{}\" is out of reach for builds on coderd", cluster.name.get_ref()),
                )
                .note(format!("{why}, and signs in to clusters of its own cloud and region alone"))
                .help(format!("leave the cluster out, or {mend}")),
            );
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// What such a deployment is good for, and why so many workspaces.
pub fn limits(spec: &Spec, row: &TierRow) -> (Limits, Figure<u32>) {
    let share = row.limits.running_workspaces * USERS / row.limits.users;
    let running = match &spec.load.running_workspaces {
        Some(asked) => {
            Figure { value: *asked.get_ref(), reason: "load.running_workspaces in coder.toml".to_owned() }
        }
        None => Figure {
            value: share,
            reason: format!(
                "{USERS} users' share of the {} of tier {}, revision {}",
                row.limits.running_workspaces,
                row.tier.as_str(),
                row.revision
            ),
        },
    };
    (Limits { users: USERS, ..row.limits }, running)
}

/// Builds at the same time: as many daemons.
pub fn builds(spec: &Spec) -> Figure<u32> {
    let asked = [
        (&spec.provisioners.count, "provisioners.count in coder.toml"),
        (&spec.load.concurrent_builds, "load.concurrent_builds in coder.toml"),
    ];
    let asked = asked.into_iter().find_map(|(asked, key)| Some((*asked.as_ref()?.get_ref(), key)));
    let (value, reason) = asked.unwrap_or((BUILDS, "what the page allows on coderd"));
    Figure { value, reason: reason.to_owned() }
}

/// One coderd, the most that there may be without Coder Premium.
pub fn one_replica() -> Figure<u32> {
    Figure { value: 1, reason: "more than one needs Coder Premium".to_owned() }
}

/// The daemons of each replica: all of them, shared out evenly.
pub fn daemons(spec: &Spec, replicas: &Figure<u32>) -> Figure<u32> {
    let count = builds(spec);
    Figure {
        value: count.value.div_ceil(replicas.value),
        reason: format!(
            "{} builds at the same time ({}) on {} coderd",
            count.value, count.reason, replicas.value
        ),
    }
}

/// What the user should know.
pub fn warnings(spec: &Spec, row: &TierRow, daemons: u32) -> Vec<Warning> {
    let mut warnings = vec![Warning {
        code: "builds_on_coderd".into(),
        message: format!(
            "coderd runs the builds itself, up to {} at a time on each machine: each takes processors and memory from it, and a \
             machine that is replaced ends them. The page allows that up to about {USERS} users and {BUILDS} builds ({}).",
            daemons, row.page
        ),
    }];
    if spec.license() == License::Community {
        warnings.push(Warning {
            code: "community_license".into(),
            message: "Without Coder Premium there is one coderd: when its machine or zone fails, and while it is replaced, Coder is \
                      away for some minutes. There are no provisioners outside of it, no workspace proxies, and one external \
                      authentication provider at most."
                .to_owned(),
        });
    }
    warnings
}
