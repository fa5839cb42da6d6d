//! What an engine's plan does with each resource, told without one: what is there against what will be.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use hcl_edit::expr::Expression;

use super::class::{Action, ResourceChange};
use super::configuration::{Configuration, Mode, Resource};
use super::difference::differences;
use super::known::{Evaluation, Items};
use super::moves::Moves;
use super::references::References;
use super::resources::{Arguments, Fresh, Item, State, ignored, restore, segments};
use super::schemas;
use super::scope::{Names, Scope, Several};
use super::table;
use super::value::Value;
use crate::rehearse::recomputed;

/// What is done to a resource.
#[derive(Debug, Clone)]
pub struct Planned {
    pub action: Action,
    /// What it is set to before.
    pub before: Option<Arguments>,
    /// What it is set to after.
    pub after: Arguments,
    /// The arguments that force a replacement.
    pub forced_by: Vec<String>,
    /// Why this is not certain.
    pub unsure: Vec<String>,
}

/// What is done on the way from one configuration to another.
pub fn changes(old: &Configuration<'_>, new: &Configuration<'_>) -> Vec<ResourceChange> {
    let before = Evaluation::new(old).moved(Moves::of(new));
    let state = State::of(&before);
    let after = Evaluation::after(new, &state);
    let mut changes = after.changes();
    changes.extend(strangers(&before, &after));
    changes.sort_by(|a, b| a.address.cmp(&b.address));
    changes
}

impl<'c> Evaluation<'c> {
    /// Every change from what is there.
    pub fn changes(&self) -> Vec<ResourceChange> {
        let Some(before) = self.before else { return Vec::new() };
        let after = State::of(self);
        let mut changes = Vec::new();
        for item in after.items.values() {
            changes.extend(self.change(item));
        }
        let forgotten = self.forgotten();
        let uncountable: BTreeSet<&str> =
            after.items.keys().filter_map(|address| address.strip_suffix("[*]")).collect();
        let gone = before
            .items
            .values()
            .filter(|item| item.mode == Mode::Managed && !after.items.contains_key(&item.address));
        for item in gone {
            let is_uncountable = uncountable.contains(base(&item.address));
            let unsure = match is_uncountable || item.address.ends_with("[*]") {
                true => vec![format!("which {} there are is known only to the cloud", base(&item.address))],
                false => Vec::new(),
            };
            let is_forgotten = forgotten.iter().any(|from| is_within(&item.keyless, from));
            changes.push(ResourceChange {
                previous_address: item.previous.clone(),
                before: settled(&item.arguments),
                unsure,
                because: (!is_forgotten).then(|| "not in the files any more".to_owned()),
                ..ResourceChange::new(
                    &item.address,
                    &item.kind,
                    if is_forgotten { Action::Forget } else { Action::Delete },
                )
            });
        }
        changes
    }

    fn change(&self, item: &Item) -> Option<ResourceChange> {
        let planned = item.planned.as_ref()?;
        let is_made_first = || self.references().is_made_first(&item.keyless);
        let action = match planned.action {
            Action::DeleteThenCreate if is_made_first() => Action::CreateThenDelete,
            Action::Nothing if item.previous.is_none() => return None,
            action => action,
        };
        Some(ResourceChange {
            previous_address: item.previous.clone(),
            before: planned.before.as_ref().map_or(Value::Null, settled),
            after: settled(&planned.after),
            forced_by: planned.forced_by.clone(),
            unsure: planned.unsure.clone(),
            because: None,
            ..ResourceChange::new(&item.address, &item.kind, action)
        })
    }

    /// What refers to what.
    pub fn references(&self) -> &References {
        self.references.get_or_init(|| References::of(self.configuration))
    }

    /// A resource, planned; `None` while that is under way.
    pub fn resource(&self, at: usize, index: usize) -> Option<Items> {
        if let Some(known) = self.resources.borrow().get(&(at, index)) {
            return known.clone();
        }
        self.resources.borrow_mut().insert((at, index), None);
        let place = self.place(at);
        let resource = &place.module.resources[index];
        let keyless = place.keyless(index);
        let address = format!("{}{}", place.prefix, resource.address());
        let is_affected = self.affected.is_none_or(|affected| affected.contains(&keyless));
        let same = self.before.filter(|_| !is_affected).and_then(|before| before.several.get(&address));
        let several = match same {
            Some(several) => Rc::clone(several),
            None => Rc::new(self.made(at, resource, &address, &keyless)),
        };
        self.resources.borrow_mut().insert((at, index), Some(Rc::clone(&several)));
        Some(several)
    }

    fn made(&self, at: usize, resource: &Resource, address: &str, keyless: &str) -> Several<Rc<Item>> {
        let scope = Scope::of(at);
        let meta = |name: &str| resource.meta(name);
        let (instances, doubts) =
            self.with_doubts(|| self.instances(meta("for_each"), meta("count"), &scope));
        let number = match instances {
            Several::Unknown(_) => meta("for_each").or(meta("count")),
            _ => None,
        };
        let number = number.and_then(|number| self.evaluate(number, &scope).ok());
        instances.map(|key, binding| {
            let names = binding.as_ref().map(|(name, value)| Names { name, value, outer: None });
            let scope = Scope { names: names.as_ref(), ..scope };
            let (mut arguments, mut own_doubts) = self.arguments(resource, &scope);
            if let Some(number) = &number {
                // As many as only the cloud knows: another number is another value.
                arguments.insert("for_each".to_owned(), number.clone());
                let own = own_doubts.entry("for_each".to_owned()).or_default();
                own.extend(doubts.iter().cloned());
                own.push(format!("how many {address} there are is known only to the cloud"));
            }
            Rc::new(self.item(resource, format!("{address}{key}"), keyless, arguments, own_doubts, &scope))
        })
    }

    fn item(
        &self,
        resource: &Resource,
        address: String,
        keyless: &str,
        arguments: Arguments,
        doubts: BTreeMap<String, Vec<String>>,
        scope: &Scope<'_>,
    ) -> Item {
        let (fresh, planned, arguments) = match (self.before, resource.mode) {
            (None, _) => (Fresh::None, None, arguments),
            (Some(before), Mode::Managed) => {
                let planned = self.planned(before, resource, &address, arguments, &doubts, scope);
                let fresh = match planned.action {
                    Action::Nothing => Fresh::None,
                    Action::Update => {
                        let old = planned.before.as_ref();
                        let names = old.map(|old| recomputed_names(&resource.kind, old, &planned.after));
                        names.filter(|names| !names.is_empty()).map_or(Fresh::None, Fresh::Some)
                    }
                    _ => Fresh::All,
                };
                let after = planned.after.clone();
                (fresh, Some(planned), after)
            }
            (Some(before), Mode::Data) => {
                let old = before.items.get(&address);
                let waits = || self.waits(keyless);
                let fresh = if arguments.values().any(Value::is_late) || waits() {
                    Fresh::All
                } else if old.is_some_and(|old| old.arguments != arguments) {
                    Fresh::Again
                } else {
                    Fresh::None
                };
                (fresh, None, arguments)
            }
            (Some(before), Mode::Provider) => {
                // A root that becomes a child module has its provider from the parent; what goes with a cloud is told itself.
                let planned =
                    before.items.get(&address).filter(|old| old.arguments != arguments).map(|old| Planned {
                        action: Action::Update,
                        before: Some(old.arguments.clone()),
                        after: arguments.clone(),
                        forced_by: Vec::new(),
                        unsure: doubts.values().flatten().cloned().collect(),
                    });
                (Fresh::None, planned, arguments)
            }
        };
        let moved = self.moves.to(address.clone());
        let previous = match self.before {
            None => (moved != address).then_some(address),
            Some(before) => before.items.get(&moved).and_then(|old| old.previous.clone()),
        };
        Item {
            previous,
            address: moved,
            keyless: keyless.to_owned(),
            mode: resource.mode,
            kind: resource.kind.clone(),
            arguments,
            doubts,
            fresh,
            planned,
            whole: OnceCell::new(),
        }
    }

    fn planned(
        &self,
        before: &State,
        resource: &Resource,
        address: &str,
        configured: Arguments,
        doubts: &BTreeMap<String, Vec<String>>,
        scope: &Scope<'_>,
    ) -> Planned {
        let kind = resource.kind.as_str();
        let mut unsure = Vec::new();
        let Some(old) = before.items.get(address) else {
            if before.items.contains_key(&format!("{}[*]", base(address))) {
                unsure.push(format!("which {} there were is known only to the cloud", base(address)));
            }
            if self
                .configuration
                .folders
                .get("")
                .is_some_and(|root| root.imported.iter().any(|to| to == address))
            {
                unsure.push("it is imported, and what differs is known only to the cloud".to_owned());
            }
            return Planned {
                action: Action::Create,
                before: None,
                after: configured,
                forced_by: Vec::new(),
                unsure,
            };
        };
        let mut after = configured.clone();
        for path in ignored(resource) {
            restore(&mut after, &old.arguments, &path);
        }
        let mut was = old.arguments.clone();
        schemas::align(kind, &mut was, &mut after);
        let (before, will_be) = (settled(&was), settled(&after));
        let found = differences(&before, &will_be);
        let mut forced_by = self.triggered(resource, scope);
        for difference in &found {
            let top = difference.path.split('.').next().unwrap_or_default();
            unsure.extend(doubts.get(top).into_iter().flatten().cloned());
            unsure.extend(old.doubts.get(top).into_iter().flatten().cloned());
            let rule = table::rule(kind, &difference.path, &difference.before, &difference.after);
            let undecided = || {
                let known = difference.before.is_known() && difference.after.is_known();
                !known && table::rules_of(kind, &difference.path).next().is_some()
            };
            if rule.is_some() {
                forced_by.push(difference.path.clone());
            } else if undecided() {
                forced_by.push(difference.path.clone());
                unsure.push(format!("what {} will be is known only to the cloud", difference.path));
            }
        }
        if !found.is_empty() && !table::is_known(kind) {
            unsure.push(format!("tierform does not know which changes replace {}", with_article(kind)));
        }
        forced_by.sort();
        forced_by.dedup();
        unsure.sort();
        unsure.dedup();
        let action = match (found.is_empty(), forced_by.is_empty()) {
            (_, false) => Action::DeleteThenCreate,
            (false, true) => Action::Update,
            (true, true) => Action::Nothing,
        };
        // What is made anew is made of what is written, whatever is ignored.
        if action == Action::DeleteThenCreate {
            after = configured;
            schemas::align(kind, &mut Arguments::new(), &mut after);
        }
        Planned { action, before: Some(was), after, forced_by, unsure }
    }

    /// The references of `replace_triggered_by` whose resources or arguments change.
    fn triggered(&self, resource: &Resource, scope: &Scope<'_>) -> Vec<String> {
        let Some(Expression::Array(references)) = resource.lifecycle("replace_triggered_by") else {
            return Vec::new();
        };
        let changes = |reference: &&Expression| {
            let parts = segments(reference);
            let (kind, rest) =
                (parts.first().cloned().unwrap_or_default(), parts.get(1..).unwrap_or_default());
            let place = self.place(scope.module);
            let index = rest.first().and_then(|name| place.module.index.get(&format!("{kind}.{name}")));
            let several = index.and_then(|index| self.resource(scope.module, *index));
            // One that is not found is none that an engine would take.
            several.is_none_or(|several| {
                several.all().iter().any(|item| match (&item.planned, rest.get(1)) {
                    (None, _) => false,
                    (Some(planned), None) => planned.action != Action::Nothing,
                    (Some(planned), Some(argument)) => {
                        let old = planned.before.as_ref().and_then(|before| before.get(argument));
                        item.fresh != Fresh::None || old != planned.after.get(argument)
                    }
                })
            })
        };
        let changed = references.iter().filter(changes);
        changed.map(|reference| format!("replace_triggered_by.{}", segments(reference).join("."))).collect()
    }

    /// Whether a data source is read only in the apply, because something changes that it waits for.
    fn waits(&self, data: &str) -> bool {
        let waited = self.references().waited_for(data);
        waited.iter().any(|address| self.pending(address))
    }

    /// Whether something is done to any instance of a resource, by its address without keys.
    fn pending(&self, keyless: &str) -> bool {
        let Some(before) = self.before else { return false };
        let mut here = BTreeSet::new();
        for at in self.all_places() {
            let place = self.place(at);
            let own = place.resources().filter(|(_, mode)| *mode == Mode::Managed);
            for (index, _) in own.filter(|(index, _)| place.keyless(*index) == keyless) {
                for item in self.resource(at, index).iter().flat_map(|several| several.all()) {
                    here.insert(item.address.clone());
                    if item.planned.as_ref().is_some_and(|planned| planned.action != Action::Nothing) {
                        return true;
                    }
                }
            }
        }
        let was = before.items.values().filter(|item| item.keyless == keyless && item.mode == Mode::Managed);
        was.into_iter().any(|item| !here.contains(&item.address))
    }

    /// What `removed` blocks take from the files without destroying it.
    fn forgotten(&self) -> Vec<String> {
        let mut all = Vec::new();
        for at in self.all_places() {
            let place = self.place(at);
            all.extend(place.module.forgotten.iter().map(|from| format!("{}{from}", place.path)));
        }
        all
    }
}

/// Modules that are not of this directory: what becomes of them follows from their arguments, and from nothing that can be read here.
fn strangers(before: &Evaluation<'_>, after: &Evaluation<'_>) -> Vec<ResourceChange> {
    let all = |evaluation: &Evaluation<'_>| -> BTreeMap<String, Arguments> {
        let mut all = BTreeMap::new();
        for at in evaluation.all_places() {
            let place = evaluation.place(at);
            for (name, call) in place.module.calls.iter().filter(|(_, call)| call.folder.is_none()) {
                let value = |expression| {
                    evaluation
                        .evaluate(expression, &Scope::of(at))
                        .unwrap_or_else(|fault| Value::Unknown(fault.0))
                };
                let arguments = call.arguments.iter().map(|(name, argument)| (name.clone(), value(argument)));
                all.insert(format!("{}module.{name}", place.prefix), arguments.collect());
            }
        }
        all
    };
    let (before, after) = (all(before), all(after));
    let change = |(address, new): (&String, &Arguments)| {
        let old = before.get(address)?;
        let (before, after) = (settled(old), settled(new));
        let is_changed = !differences(&before, &after).is_empty();
        is_changed.then(|| ResourceChange {
            before,
            after,
            unsure: vec!["what this module makes of it is not in this directory".to_owned()],
            because: None,
            ..ResourceChange::new(address, "module", Action::Update)
        })
    };
    after.iter().filter_map(change).collect()
}

/// The computed attributes that a change in place gives another value.
fn recomputed_names(kind: &str, before: &Arguments, after: &Arguments) -> Vec<&'static str> {
    let changed =
        |name: &str| before.get(name).unwrap_or(&Value::Null) != after.get(name).unwrap_or(&Value::Null);
    recomputed::names(kind, before != after, changed)
}

fn settled(arguments: &Arguments) -> Value {
    Value::Map(arguments.clone()).settled()
}

/// An address without the key of its instance.
pub fn base(address: &str) -> &str {
    match address.ends_with(']') {
        true => address.rfind("[\"").or_else(|| address.rfind('[')).map_or(address, |at| &address[..at]),
        false => address,
    }
}

/// Whether an address without keys is another one or below it.
fn is_within(address: &str, above: &str) -> bool {
    address.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn with_article(kind: &str) -> String {
    let is_vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if is_vowel { "an" } else { "a" })
}
