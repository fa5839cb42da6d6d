//! What an apply did, step by step, and what that means while it runs: what was absent, for how long, and what is gone when a step
//! fails. Nothing here runs anything.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::events::{Event, EventAction, EventPhase};
use super::state::State;

/// What is only Terraform's own and stands for nothing in a cloud.
const NOTHING: [&str; 2] = ["terraform_data", "null_resource"];

/// One thing that an apply has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its place in the order, from 1.
    pub number: usize,
    /// What was done.
    pub action: EventAction,
    /// The resource's address.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// Whether it failed.
    pub failed: bool,
}

/// Something that was there before and after, and not meanwhile; or that is not there any more though the files have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Absence {
    /// The resource's address; for all of a type in a module, `module.x.aws_lb_listener`.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// The step that destroyed it.
    pub destroyed: usize,
    /// The step that made it again; none where the apply ended before.
    pub made: Option<usize>,
    /// How many other steps were done meanwhile.
    pub steps: usize,
}

/// What was done, in the order in which it was done.
pub fn steps(events: &[Event]) -> Vec<Step> {
    let ended = events.iter().filter(|event| event.phase != EventPhase::Start);
    ended
        .enumerate()
        .map(|(index, event)| Step {
            number: index + 1,
            action: event.action,
            address: event.address.clone(),
            kind: event.kind.clone(),
            failed: event.phase == EventPhase::Failed,
        })
        .collect()
}

/// What was destroyed and is not there when the apply has ended.
pub fn gone(steps: &[Step]) -> Vec<&Step> {
    let done = |step: &&Step| !step.failed;
    let made = |address: &str| {
        steps.iter().filter(done).any(|step| step.action == EventAction::Create && step.address == address)
    };
    let destroyed = steps.iter().filter(done).filter(|step| step.action == EventAction::Delete);
    destroyed.filter(|step| !made(&step.address)).collect()
}

/// What was absent while the apply ran. `wanted` are the addresses that the files have.
pub fn absences(steps: &[Step], before: &State, wanted: &BTreeSet<String>) -> Vec<Absence> {
    let done: Vec<&Step> =
        steps.iter().filter(|step| !step.failed && !NOTHING.contains(&step.kind.as_str())).collect();
    let mut absences = Vec::new();
    for step in done.iter().filter(|step| step.action == EventAction::Delete) {
        let same = |other: &&&Step| other.action == EventAction::Create && other.address == step.address;
        let is_made_first = done.iter().filter(same).any(|other| other.number < step.number);
        let made = done.iter().filter(same).map(|other| other.number).find(|number| *number > step.number);
        if !is_made_first && (made.is_some() || wanted.contains(&step.address)) {
            absences.push(absence(step.address.clone(), &step.kind, step.number, made, &done));
        }
    }
    absences.extend(of_types(&done, before, &absences));
    absences.sort_by(|a, b| (a.destroyed, &a.address).cmp(&(b.destroyed, &b.address)));
    absences
}

fn absence(address: String, kind: &str, destroyed: usize, made: Option<usize>, done: &[&Step]) -> Absence {
    let meanwhile = |step: &&&Step| step.number > destroyed && made.is_none_or(|made| step.number < made);
    let steps = done.iter().filter(meanwhile).count();
    Absence { address, kind: kind.to_owned(), destroyed, made, steps }
}

/// Types of which a module had some and then, under other addresses, some again, but none in between.
fn of_types(done: &[&Step], before: &State, told: &[Absence]) -> Vec<Absence> {
    let mut standing: BTreeMap<(String, String), usize> = BTreeMap::new();
    for thing in &before.things {
        *standing.entry((module(&thing.address).to_owned(), thing.kind.clone())).or_default() += 1;
    }
    let mut since: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut found = Vec::new();
    for step in done {
        let key = (module(&step.address).to_owned(), step.kind.clone());
        let count = standing.entry(key.clone()).or_default();
        match step.action {
            EventAction::Create => *count += 1,
            EventAction::Delete => *count = count.saturating_sub(1),
            EventAction::Update => {}
        }
        match (*count, step.action) {
            (0, EventAction::Delete) => {
                since.insert(key, step.number);
            }
            (1, EventAction::Create) => {
                if let Some(destroyed) = since.remove(&key) {
                    let (module, kind) = key;
                    let is_told = told.iter().any(|absence| {
                        absence.kind == kind
                            && absence.destroyed == destroyed
                            && absence.made == Some(step.number)
                    });
                    if !is_told {
                        let address =
                            if module.is_empty() { kind.clone() } else { format!("{module}.{kind}") };
                        found.push(absence(address, &kind, destroyed, Some(step.number), done));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The module of an address: `module.a["b"].module.c` of `module.a["b"].module.c.aws_lb.this`.
fn module(address: &str) -> &str {
    let mut end = 0;
    let mut rest = address;
    while rest.starts_with("module.") {
        // A key may hold dots, so the end of the module's name is the first dot outside of brackets and quotes.
        let (mut in_quotes, mut escaped, mut dots) = (false, false, 0);
        let found = rest.char_indices().find(|(_, c)| {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_quotes = !in_quotes,
                '.' if !in_quotes => dots += 1,
                _ => {}
            }
            dots == 2
        });
        let Some((at, _)) = found else { break };
        end += at + usize::from(end > 0);
        rest = &rest[at + 1..];
    }
    &address[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(number: usize, action: EventAction, address: &str) -> Step {
        let kind =
            address[module(address).len()..].trim_start_matches('.').split('.').next().unwrap_or_default();
        Step { number, action, address: address.to_owned(), kind: kind.to_owned(), failed: false }
    }

    fn state(addresses: &[&str]) -> State {
        let thing = |address: &&str| super::super::state::Held {
            address: (*address).to_owned(),
            kind: step(0, EventAction::Create, address).kind,
            attributes: serde_json::Value::Null,
        };
        State { json: serde_json::Value::Null, things: addresses.iter().map(thing).collect() }
    }

    #[test]
    fn modules_are_told_from_addresses_whatever_their_keys() {
        assert_eq!(module("aws_lb.this"), "");
        assert_eq!(module("module.a.aws_lb.this"), "module.a");
        assert_eq!(
            module("module.a[\"x.y]\\\"z\"].module.b[0].aws_lb.this[\"a.b\"]"),
            "module.a[\"x.y]\\\"z\"].module.b[0]"
        );
    }

    #[test]
    fn what_is_destroyed_first_is_absent_and_what_is_made_first_is_not() {
        use EventAction::{Create, Delete, Update};
        let steps = [
            step(1, Delete, "aws_lb_listener.this"),
            step(2, Create, "aws_launch_template.this"),
            step(3, Update, "aws_vpc.this"),
            step(4, Create, "aws_lb_listener.this"),
            step(5, Delete, "aws_launch_template.this"),
            step(6, Delete, "aws_nat_gateway.this[\"a\"]"),
            step(7, Create, "aws_nat_gateway.this[\"b\"]"),
            step(8, Delete, "aws_subnet.this"),
            step(9, Delete, "terraform_data.guard"),
            step(10, Create, "terraform_data.guard"),
            step(11, Delete, "aws_eip.unused"),
        ];
        let before = state(&["aws_lb_listener.this", "aws_nat_gateway.this[\"a\"]", "aws_subnet.this"]);
        let wanted = BTreeSet::from(["aws_subnet.this".to_owned(), "aws_lb_listener.this".to_owned()]);
        let told: Vec<_> = absences(&steps, &before, &wanted)
            .into_iter()
            .map(|absence| (absence.address, absence.destroyed, absence.made, absence.steps))
            .collect();
        assert_eq!(
            told,
            [
                ("aws_lb_listener.this".to_owned(), 1, Some(4), 2),
                ("aws_nat_gateway".to_owned(), 6, Some(7), 0),
                ("aws_subnet.this".to_owned(), 8, None, 1),
            ]
        );
        let gone: Vec<&str> = gone(&steps).iter().map(|step| step.address.as_str()).collect();
        assert_eq!(gone, ["aws_nat_gateway.this[\"a\"]", "aws_subnet.this", "aws_eip.unused"]);
    }
}
