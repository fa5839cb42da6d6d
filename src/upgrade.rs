//! Another release of Coder for a directory that exists: what Coder's own upgrade page asks for, in order
//! (coder/coder upgrade-best-practices.md@0ef0888).

use serde::Serialize;

use crate::plan::Plan;

/// A change of Coder's release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Upgrade {
    /// The release that the directory installs.
    pub from: String,
    /// The release that it will install.
    pub to: String,
    /// Which way, and how far.
    pub step: Step,
    /// The Terraform that provisioner hosts install before and after, and why that one.
    pub terraform: (String, String, String),
    /// Replicas of coderd before and after.
    pub replicas: (u32, u32),
}

/// Which way a change of Coder's release goes, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Within a minor release.
    Patch,
    /// To the next minor release.
    Minor,
    /// By so many minor releases, or to another major one.
    Several,
    /// To an older release.
    Down,
}

impl Upgrade {
    /// The change of Coder's release between two plans, if there is one.
    pub fn between(before: &Plan, after: &Plan) -> Option<Upgrade> {
        let (from, to) = (&before.coder.version.value, &after.coder.version.value);
        let (old, new) = (numbers(from)?, numbers(to)?);
        let step = match (old, new) {
            _ if new < old => Step::Down,
            _ if new == old => return None,
            ([a, b, _], [c, d, _]) if (a, b) == (c, d) => Step::Patch,
            ([a, b, _], [c, d, _]) if a == c && b + 1 == d => Step::Minor,
            _ => Step::Several,
        };
        let replicas = (before.coderd.replicas.value, after.coderd.replicas.value);
        let (had, has) = (&before.terraform.version, &after.terraform.version);
        let terraform = (had.value.clone(), has.value.clone(), has.reason.clone());
        Some(Upgrade { from: from.clone(), to: to.clone(), step, terraform, replicas })
    }

    /// Whether Coder cannot do it.
    pub fn is_refused(&self) -> bool {
        self.step == Step::Down
    }

    /// Why Coder cannot do it, in a sentence without its full stop; `None` where it can.
    pub fn refusal(&self) -> Option<String> {
        let Upgrade { from, to, .. } = self;
        self.is_refused().then(|| {
            format!(
                "Coder has no way back; {to} does not start on a database that {from} has migrated (\"no migration found for version\", \
                 coder/coder #14248)"
            )
        })
    }

    /// What to know and to do, a sentence or two each, in order.
    pub fn steps(&self) -> Vec<String> {
        let Upgrade { from, to, step, terraform, replicas: (before, after) } = self;
        if let Some(refusal) = self.refusal() {
            return vec![
                format!("REFUSED coder.version {from} → {to}: {refusal}."),
                format!(
                    "Restore a backup of the database that was made before the upgrade to {from} (\"Restore\" in the directory's \
                     README.md), then run again with --accept-data-loss."
                ),
            ];
        }
        let mut steps = Vec::new();
        if *step == Step::Several {
            steps.push(format!(
                "coder.version {from} → {to} skips minor releases: Coder asks to take one at a time, and some ways have a stop between."
            ));
        }
        if *step != Step::Patch {
            steps.push(format!(
                "coder.version {from} → {to}: back the database up first; there is no way back without it."
            ));
            if *before > 1 && *after > 1 {
                steps.push(format!(
                    "{after} replicas: replicas of {from} do not work with the database that {to} migrates. In order: replicas = 1 under \
                     [coderd], generate, apply; this change, apply; replicas = {after} again, apply (\"Upgrade Coder\" in the directory's \
                     README.md)."
                ));
            }
        }
        let (had, has, why) = terraform;
        if had != has {
            steps.push(format!("Terraform of the provisioner hosts: {had} → {has}, {why}."));
        }
        steps
    }
}

/// The three numbers of a release.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let numbers: Option<Vec<u32>> = version.split('.').map(|number| number.parse().ok()).collect();
    numbers?.try_into().ok()
}
