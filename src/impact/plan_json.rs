//! An engine's plan, as `tofu show -json` and `terraform show -json` print it, as resource changes.
//! What is sensitive is taken out while it is read, so that nothing further on can print it. What is not understood is an error:
//! a plan of which a part is passed over would be told as harmless.
//! Format: OpenTofu, "JSON Output Format"; Terraform, "JSON output format"; both engines' `internal/command/jsonplan`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::class::{Action, KNOWN_LATER, ResourceChange};
use super::value::Value;

/// A plan that was read.
#[derive(Debug, Default)]
pub struct Plan {
    /// The engine's version, as it says.
    pub version: String,
    /// What it would do.
    pub changes: Vec<ResourceChange>,
    /// What is otherwise in the cloud than the state has it: what was is `before`, what is there is `after`.
    pub drift: Vec<ResourceChange>,
    /// Outputs that change.
    pub outputs: Vec<String>,
}

/// Why a text is no plan that can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlan {
    /// It is not JSON, or JSON of another shape.
    #[error(
        "it is no plan in JSON ({0}); print one with `tofu show -json PLANFILE` or `terraform show -json PLANFILE`"
    )]
    Shape(String),
    /// The plan file itself.
    #[error(
        "it is a plan file itself; print it with `tofu show -json PLANFILE` or `terraform show -json PLANFILE`"
    )]
    PlanFile,
    /// What `plan -json` prints while it runs.
    #[error(
        "it is the log of `plan -json`, which has no values; plan with `-out=PLANFILE`, then print it with `tofu show -json PLANFILE`"
    )]
    Log,
    /// A state.
    #[error(
        "it is a state, not a plan; plan with `-out=PLANFILE`, then print it with `tofu show -json PLANFILE`"
    )]
    State,
    /// Another format.
    #[error("its format is {0}, and this tierform knows 1.x; a newer tierform may know it")]
    Format(String),
    /// The engine stopped half-way.
    #[error("the plan failed half-way, so it does not say all that would change; plan again")]
    Errored,
    /// Not everything is in it.
    #[error(
        "the plan is not complete ({0}), so it does not say all that would change; plan again without -target, or apply this one first"
    )]
    Incomplete(String),
    /// An action that no engine had when this was written.
    #[error("it does `{action}` to {address}, which this tierform does not know")]
    Action {
        /// The resource.
        address: String,
        /// What is done to it.
        action: String,
    },
}

#[derive(Deserialize)]
struct Document<'a> {
    format_version: Option<String>,
    terraform_version: Option<String>,
    #[serde(borrow)]
    resource_changes: Option<Vec<Entry<'a>>>,
    #[serde(borrow)]
    resource_drift: Option<Vec<Entry<'a>>>,
    deferred_changes: Option<Vec<IgnoredAny>>,
    output_changes: Option<BTreeMap<String, Output>>,
    errored: Option<bool>,
    complete: Option<bool>,
    // What tells other documents apart.
    planned_values: Option<IgnoredAny>,
    values: Option<IgnoredAny>,
    lineage: Option<IgnoredAny>,
    #[serde(rename = "@level")]
    level: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Output {
    actions: Vec<String>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    address: String,
    previous_address: Option<String>,
    mode: Option<String>,
    r#type: String,
    deposed: Option<String>,
    #[serde(borrow)]
    change: Change<'a>,
    action_reason: Option<String>,
}

/// What is done. The values are read only where something is.
#[derive(Deserialize)]
struct Change<'a> {
    actions: Vec<String>,
    #[serde(borrow)]
    before: Option<&'a RawValue>,
    #[serde(borrow)]
    after: Option<&'a RawValue>,
    #[serde(borrow)]
    after_unknown: Option<&'a RawValue>,
    #[serde(borrow)]
    before_sensitive: Option<&'a RawValue>,
    #[serde(borrow)]
    after_sensitive: Option<&'a RawValue>,
    replace_paths: Option<Vec<Vec<Step>>>,
    importing: Option<IgnoredAny>,
}

/// A step of a path: a name, or an index, which no table has.
#[derive(Deserialize)]
#[serde(untagged)]
enum Step {
    Name(String),
    Index(IgnoredAny),
}

/// Reads a plan.
///
/// # Errors
/// [`NoPlan`]: it is none, or not all of it is understood.
pub fn read(bytes: &[u8]) -> Result<Plan, NoPlan> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(NoPlan::PlanFile);
    }
    let document: Document<'_> = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(_) if is_log(bytes) => return Err(NoPlan::Log),
        Err(error) => return Err(shape(&error)),
    };
    let is_plan = document.resource_changes.is_some() || document.planned_values.is_some();
    match &document.format_version {
        _ if document.level.is_some() => return Err(NoPlan::Log),
        _ if !is_plan && (document.values.is_some() || document.lineage.is_some()) => {
            return Err(NoPlan::State);
        }
        _ if !is_plan => {
            return Err(NoPlan::Shape("it has neither resource_changes nor planned_values".to_owned()));
        }
        None => return Err(NoPlan::Shape("it has no format_version".to_owned())),
        Some(version) if !version.starts_with("1.") => return Err(NoPlan::Format(version.clone())),
        Some(_) => {}
    }
    if document.errored == Some(true) {
        return Err(NoPlan::Errored);
    }
    match document.deferred_changes.map_or(0, |all| all.len()) {
        0 if document.complete == Some(false) => {
            return Err(NoPlan::Incomplete("it says so itself, as with -target".to_owned()));
        }
        0 => {}
        deferred => return Err(NoPlan::Incomplete(format!("{deferred} changes are deferred"))),
    }
    let list = |entries: Option<Vec<Entry<'_>>>| {
        let mut changes = Vec::new();
        for entry in entries.into_iter().flatten() {
            add(entry, &mut changes)?;
        }
        Ok(changes)
    };
    let outputs = document.output_changes.into_iter().flatten();
    let is_changed = |output: &Output| output.actions.iter().any(|action| action != "no-op");
    Ok(Plan {
        version: document.terraform_version.unwrap_or_default(),
        changes: list(document.resource_changes)?,
        drift: list(document.resource_drift)?,
        outputs: outputs.filter(|(_, output)| is_changed(output)).map(|(name, _)| name).collect(),
    })
}

fn shape(error: &serde_json::Error) -> NoPlan {
    // The message may quote a name of the text, and that is somebody else's.
    let text: String = error.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    NoPlan::Shape(text)
}

/// Whether a text is a log of one JSON object a line.
fn is_log(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    matches!(serde_json::from_slice::<Document<'_>>(line), Ok(Document { level: Some(_), .. }))
}

/// Adds what is done to one resource; reading a data source is nothing.
fn add(entry: Entry<'_>, changes: &mut Vec<ResourceChange>) -> Result<(), NoPlan> {
    match entry.mode.as_deref() {
        None | Some("managed") => {}
        // Ephemeral resources are there only while the engine runs.
        Some("data" | "ephemeral") => return Ok(()),
        Some(other) => {
            return Err(NoPlan::Action {
                address: clean(entry.address),
                action: clean(format!("mode {other}")),
            });
        }
    }
    let names: Vec<&str> = entry.change.actions.iter().map(String::as_str).collect();
    let actions: &[Action] = match names.as_slice() {
        ["no-op"] => &[Action::Nothing],
        ["read"] => return Ok(()),
        ["create"] => &[Action::Create],
        ["update"] => &[Action::Update],
        ["delete"] => &[Action::Delete],
        ["delete", "create"] => &[Action::DeleteThenCreate],
        ["create", "delete"] => &[Action::CreateThenDelete],
        ["forget"] => &[Action::Forget],
        ["forget", "create"] | ["create", "forget"] => &[Action::Forget, Action::Create],
        _ => return Err(NoPlan::Action { address: clean(entry.address), action: clean(names.join("+")) }),
    };
    let imported = entry.change.importing.is_some().then(|| "it is taken over into the state".to_owned());
    let is_nothing = actions == [Action::Nothing];
    if is_nothing && entry.previous_address.is_none() && imported.is_none() {
        return Ok(());
    }
    let (before, after) = if is_nothing { (Value::Null, Value::Null) } else { values(&entry.change)? };
    let address = match &entry.deposed {
        Some(deposed) => format!("{} (deposed {deposed})", entry.address),
        None => entry.address,
    };
    let reason = entry.action_reason.as_deref().and_then(reason);
    let left_over = entry.deposed.map(|_| "what an earlier apply made anew and did not take away".to_owned());
    let paths = entry.change.replace_paths.unwrap_or_default();
    for action in actions {
        changes.push(ResourceChange {
            previous_address: entry.previous_address.clone(),
            before: if *action == Action::Create { Value::Null } else { before.clone() },
            after: if matches!(action, Action::Forget | Action::Delete) {
                Value::Null
            } else {
                after.clone()
            },
            forced_by: forced(&paths),
            because: imported.clone().or_else(|| left_over.clone()).or_else(|| reason.clone()),
            ..ResourceChange::new(address.clone(), entry.r#type.clone(), *action)
        });
    }
    Ok(())
}

fn clean(text: String) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn forced(paths: &[Vec<Step>]) -> Vec<String> {
    let name = |step: &Step| match step {
        Step::Name(name) => Some(name.clone()),
        Step::Index(_) => None,
    };
    let mut all: Vec<String> =
        paths.iter().map(|path| path.iter().filter_map(name).collect::<Vec<_>>().join(".")).collect();
    all.retain(|path| !path.is_empty());
    all.sort();
    all.dedup();
    all
}

/// Why an engine does what it does, in words; `None` where the arguments say it.
fn reason(name: &str) -> Option<String> {
    Some(match name {
        "replace_because_cannot_update" => return None,
        "replace_because_tainted" => "it is tainted: an earlier apply left it half made".to_owned(),
        "replace_by_request" => "asked for with -replace".to_owned(),
        "replace_by_triggers" => "something that it is to be replaced with changes".to_owned(),
        "delete_because_no_resource_config" => "not in the files any more".to_owned(),
        "delete_because_no_module" => "its module is not in the files any more".to_owned(),
        "delete_because_wrong_repetition" => "count or for_each was added or taken away".to_owned(),
        "delete_because_count_index" => "its count is smaller now".to_owned(),
        "delete_because_each_key" => "its key is not in for_each any more".to_owned(),
        "delete_because_no_move_target" => "it was moved to where nothing is".to_owned(),
        "delete_because_enabled_false" => "it is not enabled any more".to_owned(),
        "forgot_because_lifecycle_destroy_in_state" | "forgot_because_lifecycle_destroy_in_config" => {
            "its lifecycle says not to destroy it".to_owned()
        }
        other => clean(other.replace('_', " ")),
    })
}

/// The values before and after: what only the apply will tell unknown, and what is sensitive taken out.
fn values(change: &Change<'_>) -> Result<(Value, Value), NoPlan> {
    let value = |raw: Option<&RawValue>| match raw {
        None => Ok(Value::Null),
        Some(raw) => {
            serde_json::from_str::<Json>(raw.get()).map(|json| json.0).map_err(|error| shape(&error))
        }
    };
    let (mut before, mut after) = (value(change.before)?, value(change.after)?);
    mark_unknown(&mut after, &value(change.after_unknown)?);
    let secret = (value(change.before_sensitive)?, value(change.after_sensitive)?);
    hide(&mut before, &mut after, &secret.0, &secret.1);
    Ok((before, after))
}

fn mark_unknown(value: &mut Value, mask: &Value) {
    match mask {
        Value::Bool(true) => *value = Value::Unknown(KNOWN_LATER.to_owned()),
        Value::Map(masks) => {
            if !matches!(value, Value::Map(_)) {
                if !has_mark(mask) {
                    return;
                }
                *value = Value::Map(BTreeMap::new());
            }
            if let Value::Map(map) = value {
                for (name, mask) in masks.iter().filter(|(_, mask)| has_mark(mask)) {
                    mark_unknown(map.entry(name.clone()).or_insert(Value::Null), mask);
                }
            }
        }
        Value::List(masks) => {
            if !matches!(value, Value::List(_)) {
                if !has_mark(mask) {
                    return;
                }
                *value = Value::List(Vec::new());
            }
            if let Value::List(list) = value {
                for (at, mask) in masks.iter().enumerate().filter(|(_, mask)| has_mark(mask)) {
                    if list.len() <= at {
                        list.resize(at + 1, Value::Null);
                    }
                    mark_unknown(&mut list[at], mask);
                }
            }
        }
        _ => {}
    }
}

/// Whether a mask marks anything.
fn has_mark(mask: &Value) -> bool {
    match mask {
        Value::Bool(mark) => *mark,
        Value::Map(map) => map.values().any(has_mark),
        Value::List(list) => list.iter().any(has_mark),
        _ => false,
    }
}

/// Takes out what either side calls sensitive, from both: whether it is another value is all that is left of it.
fn hide(before: &mut Value, after: &mut Value, was: &Value, is: &Value) {
    const SECRET: &str = "(sensitive)";
    if !has_mark(was) && !has_mark(is) {
        return;
    }
    if matches!(was, Value::Bool(true)) || matches!(is, Value::Bool(true)) {
        let is_same = before == after;
        let hidden = |text: &str| Value::Unknown(text.to_owned());
        if *before != Value::Null {
            *before = hidden(SECRET);
        }
        if *after != Value::Null {
            *after = hidden(if is_same { SECRET } else { "(sensitive, another value)" });
        }
        return;
    }
    let part = |mask: &Value, name: &str| match mask {
        Value::Map(map) => map.get(name).cloned().unwrap_or(Value::Null),
        _ => Value::Null,
    };
    let at = |mask: &Value, index: usize| match mask {
        Value::List(list) => list.get(index).cloned().unwrap_or(Value::Null),
        _ => Value::Null,
    };
    let mut nothing = Value::Null;
    match (was, is) {
        (Value::Map(_), _) | (_, Value::Map(_)) => {
            let names: Vec<String> = [was, is]
                .iter()
                .filter_map(|mask| if let Value::Map(map) = mask { Some(map.keys()) } else { None })
                .flatten()
                .cloned()
                .collect();
            for name in names {
                let old = if let Value::Map(map) = &mut *before { map.get_mut(&name) } else { None };
                let mut nothing_else = Value::Null;
                let new = if let Value::Map(map) = &mut *after { map.get_mut(&name) } else { None };
                hide(
                    old.unwrap_or(&mut nothing),
                    new.unwrap_or(&mut nothing_else),
                    &part(was, &name),
                    &part(is, &name),
                );
            }
        }
        _ => {
            let length =
                [was, is].iter().map(|mask| if let Value::List(list) = mask { list.len() } else { 0 }).max();
            for index in 0..length.unwrap_or_default() {
                let old = if let Value::List(list) = &mut *before { list.get_mut(index) } else { None };
                let mut nothing_else = Value::Null;
                let new = if let Value::List(list) = &mut *after { list.get_mut(index) } else { None };
                hide(
                    old.unwrap_or(&mut nothing),
                    new.unwrap_or(&mut nothing_else),
                    &at(was, index),
                    &at(is, index),
                );
            }
        }
    }
}

/// A value as JSON has it.
struct Json(Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(Any).map(Json)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    #[allow(clippy::cast_precision_loss, reason = "as JSON's own numbers are")]
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    #[allow(clippy::cast_precision_loss, reason = "as JSON's own numbers are")]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Json(value)) = all.next_element()? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((name, Json(value))) = all.next_entry::<String, Json>()? {
            map.insert(name, value);
        }
        Ok(Value::Map(map))
    }
}
