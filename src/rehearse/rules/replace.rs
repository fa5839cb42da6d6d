//! What a change of a thing is to its provider: which changed arguments replace it, and which changes the provider leaves out of its
//! plan. The facts are the tables of `templates/catalog`, which everything that speaks of a change reads; here they are applied.

use crate::impact::When;
use crate::impact::class::Value as Known;
use crate::impact::table::{self, How, Only, Refusal};
use crate::rehearse::protocol::{AttributePath, Step};
use crate::rehearse::schema::{Block, Nesting};
use crate::rehearse::value::Value;

use super::{Finding, index_step, name_step};

/// The changed arguments that cannot change in place, each by its path, as far as the protocol can point: not into a set.
pub fn paths(type_name: &str, block: &Block, prior: &Value, planned: &Value) -> Vec<AttributePath> {
    let mut paths = Vec::new();
    for rule in table::rules().filter(|rule| rule.of == type_name) {
        let changes = changes(block, rule.argument, prior, planned).into_iter();
        let met = changes.filter(|change| rule.when.is_met(&change.prior, &change.planned));
        paths.extend(met.map(|change| AttributePath { steps: change.steps }));
    }
    paths
}

/// Takes back what the provider leaves out of its plan.
pub fn ignore(type_name: &str, prior: &Value, planned: &mut Value) {
    if prior.is_null() {
        return;
    }
    for refusal in refusals(type_name, planned, How::Ignored) {
        let path: Vec<&str> = refusal.argument.split('.').collect();
        keep(&path, prior, planned, refusal.when);
    }
}

/// What the cloud answers to a change in place that it will not make.
pub fn refused(type_name: &str, block: &Block, prior: &Value, planned: &Value) -> Vec<Finding> {
    let answers = refusals(type_name, planned, How::Apply).into_iter().filter(|refusal| {
        let changes = changes(block, refusal.argument, prior, planned);
        changes.iter().any(|change| refusal.when.is_met(&change.prior, &change.planned))
    });
    answers.map(|refusal| answer(refusal, "updating", planned)).collect()
}

/// What the cloud answers to a destroy that it will not do, by what there is.
pub fn destroy_refused(type_name: &str, prior: &Value) -> Option<Finding> {
    let refusals = refusals(type_name, prior, How::Apply).into_iter();
    let met = |refusal: &&Refusal| refusal.when.is_met_by_destruction(&at(prior, refusal.argument));
    refusals.into_iter().find(met).map(|refusal| answer(refusal, "deleting", prior))
}

fn refusals(type_name: &str, resource: &Value, how: How) -> Vec<&'static Refusal> {
    let lookup = |argument: &str| at(resource, argument);
    let about = table::refusals_of(type_name).filter(|refusal| refusal.how == how);
    about.filter(|refusal| Only::admits(refusal.only.as_ref(), &lookup)).collect()
}

fn answer(refusal: &Refusal, doing: &str, resource: &Value) -> Finding {
    let id = resource.get("id").map(Value::display).unwrap_or_default();
    let headline = format!("{doing} {} ({id}): {}", refusal.of, refusal.says);
    Finding::new(refusal.argument, headline, format!("Source: {}.", refusal.source))
}

/// A changed argument.
struct Change {
    /// Where it is.
    steps: Vec<Step>,
    prior: Known,
    planned: Known,
}

/// The changes of the argument at a dotted path, block by block. Of nothing nothing changes.
fn changes(block: &Block, path: &str, prior: &Value, planned: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    if !prior.is_null() && !planned.is_null() {
        let path: Vec<&str> = path.split('.').collect();
        walk(Some(block), &path, prior, planned, &mut Vec::new(), &mut found);
    }
    found
}

fn walk(
    block: Option<&Block>,
    path: &[&str],
    prior: &Value,
    planned: &Value,
    steps: &mut Vec<Step>,
    found: &mut Vec<Change>,
) {
    let [name, rest @ ..] = path else { return };
    let null = Value::Null;
    let (prior, planned) = (prior.get(name).unwrap_or(&null), planned.get(name).unwrap_or(&null));
    steps.push(name_step(name));
    let nested = block.and_then(|block| block.block_types.get(*name));
    if rest.is_empty() {
        let (prior, planned) = (Known::from(prior), Known::from(planned));
        if prior != planned && !(is_absent(&prior) && is_absent(&planned)) {
            found.push(Change { steps: steps.clone(), prior, planned });
        }
    } else if matches!(nested, Some(nested) if matches!(nested.nesting_mode, Nesting::List | Nesting::Set)) {
        let inner = nested.map(|nested| &nested.block);
        let is_list = nested.is_some_and(|nested| nested.nesting_mode == Nesting::List);
        for index in 0..prior.items().len().max(planned.items().len()) {
            let (prior, planned) =
                (prior.items().get(index).unwrap_or(&null), planned.items().get(index).unwrap_or(&null));
            let (length, before) = (steps.len(), found.len());
            steps.push(index_step(index));
            walk(inner, rest, prior, planned, steps, found);
            steps.truncate(length);
            if !is_list {
                found[before..].iter_mut().for_each(|change| change.steps.truncate(length));
            }
        }
    } else {
        walk(nested.map(|nested| &nested.block), rest, prior, planned, steps, found);
    }
    steps.pop();
}

/// What the providers' SDK takes for one and the same: not set, false, empty.
fn is_absent(value: &Known) -> bool {
    match value {
        Known::Null | Known::Bool(false) => true,
        Known::Text(text) => text.is_empty(),
        Known::List(list) => list.is_empty(),
        Known::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// Puts the prior value back at each place where the change meets the condition.
fn keep(path: &[&str], prior: &Value, planned: &mut Value, when: When) {
    let [name, rest @ ..] = path else { return };
    let (Some(prior), Value::Map(entries)) = (prior.get(name), planned) else { return };
    let Some(planned) = entries.get_mut(*name) else { return };
    match planned {
        _ if rest.is_empty() => {
            if *prior != *planned && when.is_met(&Known::from(prior), &Known::from(&*planned)) {
                *planned = prior.clone();
            }
        }
        Value::List(blocks) => {
            for (prior, planned) in prior.items().iter().zip(blocks) {
                keep(rest, prior, planned, when);
            }
        }
        planned => keep(rest, prior, planned, when),
    }
}

/// The value at a dotted path, through the first of each list of blocks.
pub fn at(resource: &Value, path: &str) -> Known {
    let value = match path.rsplit_once('.') {
        Some((blocks, name)) => resource.first(blocks).and_then(|block| block.get(name)),
        None => resource.get(path),
    };
    value.map_or(Known::Null, Known::from)
}

impl From<&Value> for Known {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null | Value::Bytes(_) => Self::Null,
            Value::Unknown => Self::Unknown("known after the apply".to_owned()),
            Value::Bool(truth) => Self::Bool(*truth),
            #[allow(clippy::cast_precision_loss, reason = "no argument is that large")]
            Value::Int(number) => Self::Number(*number as f64),
            Value::Float(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(text.clone()),
            Value::List(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Map(entries) => {
                Self::Map(entries.iter().map(|(name, value)| (name.clone(), Self::from(value))).collect())
            }
        }
    }
}
