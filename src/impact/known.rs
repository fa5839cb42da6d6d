//! A configuration under evaluation: its modules where they are called, and what its names stand for. Each is evaluated once, and
//! only when something comes to it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, TraversalOperator};

use super::configuration::{Call, Configuration, Mode, Module};
use super::evaluate::{Outcome, opaque};
use super::moves::Moves;
use super::references::References;
use super::resources::{Item, State};
use super::scope::{Binding, Names, Scope, Several, count, for_each};
use super::types;
use super::value::{Fault, Value};

/// A module where it is called.
pub struct Place<'c> {
    /// What its addresses start with: `module.site.module.workspaces["a"].`, empty for the root.
    pub prefix: String,
    /// The same without keys.
    pub path: String,
    pub folder: &'c str,
    pub module: &'c Module,
    /// Who calls it and how; `None` for the root.
    pub caller: Option<(usize, &'c Call)>,
    /// What is bound in the call.
    binding: Binding,
    children: RefCell<BTreeMap<&'c str, Rc<Several<usize>>>>,
}

/// All that one `resource` block stands for.
pub type Items = Rc<Several<Rc<Item>>>;

/// A configuration under evaluation.
pub struct Evaluation<'c> {
    pub configuration: &'c Configuration<'c>,
    /// What is there before; without it, this is what is there.
    pub(super) before: Option<&'c State>,
    /// The addresses that resources have after `moved` blocks.
    pub(super) moves: Moves,
    /// The resources that can differ from what is there, by address without keys; all where there is none.
    pub(super) affected: Option<&'c BTreeSet<String>>,
    pub(super) references: OnceCell<References>,
    places: RefCell<Vec<Rc<Place<'c>>>>,
    known: RefCell<HashMap<(usize, String), Rc<Known>>>,
    /// By module and place in it; nothing while it is being evaluated.
    pub(super) resources: RefCell<HashMap<(usize, usize), Option<Items>>>,
    doubts: RefCell<Vec<String>>,
}

/// What a name stands for, and what of it is not certain.
struct Known {
    outcome: Outcome,
    doubts: Vec<String>,
}

type Operators = [Decorated<TraversalOperator>];

impl<'c> Evaluation<'c> {
    /// Of what is there.
    pub fn new(configuration: &'c Configuration<'c>) -> Self {
        let evaluation = Self {
            configuration,
            before: None,
            moves: Moves::default(),
            affected: None,
            references: OnceCell::new(),
            places: RefCell::default(),
            known: RefCell::default(),
            resources: RefCell::default(),
            doubts: RefCell::default(),
        };
        if let Some(root) = configuration.folders.get("") {
            let place = Place::new(String::new(), String::new(), "", root, None, None);
            evaluation.places.borrow_mut().push(Rc::new(place));
        }
        evaluation
    }

    /// Of what will be there, where `before` is.
    pub fn after(configuration: &'c Configuration<'c>, before: &'c State) -> Self {
        Self { before: Some(before), ..Self::new(configuration) }
    }

    /// With resources that have other addresses by now.
    pub fn moved(self, moves: Moves) -> Self {
        Self { moves, ..self }
    }

    /// Where only these resources, by address without keys, can differ from what is there.
    pub fn within(self, affected: &'c BTreeSet<String>) -> Self {
        Self { affected: Some(affected), ..self }
    }

    /// Says why what is being evaluated is not certain.
    pub fn doubt(&self, why: String) {
        let mut doubts = self.doubts.borrow_mut();
        if !doubts.contains(&why) {
            doubts.push(why);
        }
    }

    /// Evaluates, and gives what of it is not certain.
    pub fn with_doubts<T>(&self, evaluate: impl FnOnce() -> T) -> (T, Vec<String>) {
        let outer = self.doubts.take();
        let value = evaluate();
        (value, self.doubts.replace(outer))
    }

    /// A module by its place.
    pub fn place(&self, at: usize) -> Rc<Place<'c>> {
        Rc::clone(&self.places.borrow()[at])
    }

    /// Every module, where it is called.
    pub fn all_places(&self) -> Vec<usize> {
        let mut all = Vec::new();
        let mut todo: Vec<usize> = if self.places.borrow().is_empty() { Vec::new() } else { vec![0] };
        while let Some(at) = todo.pop() {
            all.push(at);
            let place = self.place(at);
            // A module that calls itself is nothing that an engine takes.
            if place.path.matches("module.").count() < 32 {
                let children = place.module.calls.keys().filter_map(|name| self.child(at, name));
                todo.extend(
                    children.flat_map(|several| several.all().into_iter().copied().collect::<Vec<_>>()),
                );
            }
        }
        all
    }

    /// The instances of a call; `None` for a module that is not of this directory.
    fn child(&self, at: usize, name: &str) -> Option<Rc<Several<usize>>> {
        let place = self.place(at);
        let (name, call) = place.module.calls.get_key_value(name)?;
        if let Some(several) = place.children.borrow().get(name.as_str()) {
            return Some(Rc::clone(several));
        }
        let (folder, module) = self.configuration.folders.get_key_value(call.folder.as_ref()?)?;
        let meta = |key: &str| call.arguments.get(key);
        let bindings = self.instances(meta("for_each"), meta("count"), &Scope::of(at));
        let several = bindings.map(|key, binding| {
            let prefix = format!("{}module.{name}{key}.", place.prefix);
            let path = format!("{}module.{name}.", place.path);
            let made = Place::new(prefix, path, folder, module, Some((at, call)), binding);
            let mut places = self.places.borrow_mut();
            places.push(Rc::new(made));
            places.len() - 1
        });
        let several = Rc::new(several);
        place.children.borrow_mut().insert(name, Rc::clone(&several));
        Some(several)
    }

    /// The instances that `for_each` or `count` make.
    pub fn instances(
        &self,
        each: Option<&Expression>,
        number: Option<&Expression>,
        scope: &Scope<'_>,
    ) -> Several<Binding> {
        let value = |expression| match self.evaluate(expression, scope) {
            Ok(value) => value,
            Err(fault) => {
                self.doubt(format!("tierform cannot tell how many there are: {}", fault.0));
                Value::late(format!("({})", fault.0))
            }
        };
        match (each, number) {
            (Some(each), _) => for_each(&value(each)),
            (None, Some(number)) => count(&value(number)),
            (None, None) => Several::Once(None),
        }
    }

    /// What a reference stands for: variables, locals, modules and resources, or a part of any value.
    pub(super) fn traversal(&self, root: &Expression, operators: &Operators, scope: &Scope<'_>) -> Outcome {
        let Expression::Variable(name) = root else {
            return self.walk(&self.evaluate(root, scope)?, operators, scope);
        };
        let root = name.as_str();
        if let Some(value) = scope.get(root) {
            return self.walk(value, operators, scope);
        }
        let name = |at: usize| match operators.get(at).map(Decorated::value) {
            Some(TraversalOperator::GetAttr(name)) => Some(name.as_str()),
            _ => None,
        };
        let place = self.place(scope.module);
        match (root, name(0), name(1)) {
            ("var", Some(variable), _) => {
                self.of_known(&self.variable(scope.module, variable), &operators[1..], scope)
            }
            ("local", Some(local), _) => {
                self.of_known(&self.local(scope.module, local), &operators[1..], scope)
            }
            ("module", Some(call), _) => self.of_module(scope.module, call, &operators[1..], scope),
            ("path", Some("module"), _) => {
                let folder = if place.folder.is_empty() { "." } else { place.folder };
                self.walk(&Value::Text(folder.to_owned()), &operators[1..], scope)
            }
            ("path", Some("root"), _) => Ok(Value::Text(".".to_owned())),
            ("data", Some(kind), Some(name)) => {
                self.of_resource(&format!("data.{kind}.{name}"), &operators[2..], scope)
            }
            ("ephemeral" | "path" | "terraform" | "each" | "count" | "self", _, _) => {
                self.walk(&Value::Unknown(format!("{}{root}", place.prefix)), operators, scope)
            }
            (kind, Some(name), _) => self.of_resource(&format!("{kind}.{name}"), &operators[1..], scope),
            _ => self.walk(&Value::Unknown(format!("{}{root}", place.prefix)), operators, scope),
        }
    }

    fn of_known(&self, known: &Known, operators: &Operators, scope: &Scope<'_>) -> Outcome {
        for doubt in &known.doubts {
            self.doubt(doubt.clone());
        }
        match &known.outcome {
            Ok(value) => self.walk(value, operators, scope),
            Err(fault) => Err(fault.clone()),
        }
    }

    /// A module's outputs: one of them of one instance, or all.
    fn of_module(&self, at: usize, call: &str, operators: &Operators, scope: &Scope<'_>) -> Outcome {
        let place = self.place(at);
        let Some(several) = self.child(at, call) else {
            let Some(call_of) = place.module.calls.get(call) else {
                return Err(Fault(format!("there is no module {call}")));
            };
            let arguments =
                call_of.arguments.values().map(|argument| self.evaluate(argument, &Scope::of(at)));
            // What is bound in the call is not known here, and stays a name.
            let arguments = arguments.map(|value| value.unwrap_or_else(|fault| Value::Unknown(fault.0)));
            self.doubt(format!("what the module {}{call} makes is not in this directory", place.prefix));
            let made = opaque(&format!("{}module.{call}", place.prefix), &arguments.collect::<Vec<_>>());
            return self.walk(&made, operators, scope);
        };
        let outputs = |child: usize| -> Outcome {
            let names: Vec<String> = self.place(child).module.outputs.keys().cloned().collect();
            let values = names.into_iter().map(|name| {
                let value = self.of_known(&self.output(child, &name), &[], scope)?;
                Ok((name, value))
            });
            values.collect::<Result<_, Fault>>().map(Value::Map)
        };
        let one = |child: usize, operators: &Operators| match operators.first().map(Decorated::value) {
            Some(TraversalOperator::GetAttr(name)) => {
                self.of_known(&self.output(child, name.as_str()), &operators[1..], scope)
            }
            _ => self.walk(&outputs(child)?, operators, scope),
        };
        let key = match operators.first().map(Decorated::value) {
            Some(TraversalOperator::Index(index)) => Some(self.evaluate(index, scope)?),
            _ => None,
        };
        match (&*several, key) {
            (Several::Once(child), _) => one(*child, operators),
            (Several::Unknown(child), Some(_)) => one(*child, &operators[1..]),
            (Several::Unknown(child), None) => {
                let all =
                    Value::Unknown(format!("{}module.{call}[*] with {}", place.prefix, outputs(*child)?));
                self.walk(&all, operators, scope)
            }
            (Several::Keyed(children), Some(key)) if key.as_key().is_some() => {
                let key = key.as_key().unwrap_or_default();
                match children.get(&key) {
                    Some(child) => one(*child, &operators[1..]),
                    None => Err(Fault(format!("there is no module.{call}[{key:?}]"))),
                }
            }
            (Several::Keyed(children), _) => {
                let all: Result<_, Fault> =
                    children.iter().map(|(key, child)| Ok((key.clone(), outputs(*child)?))).collect();
                self.walk(&Value::Map(all?), operators, scope)
            }
            (Several::Counted(children), _) => {
                let all: Result<_, Fault> = children.iter().map(|child| outputs(*child)).collect();
                self.walk(&Value::List(all?), operators, scope)
            }
        }
    }

    /// A resource, or all that there are of one.
    fn of_resource(&self, address: &str, operators: &Operators, scope: &Scope<'_>) -> Outcome {
        let place = self.place(scope.module);
        let Some(index) = place.module.index.get(address) else {
            return Err(Fault(format!("there is no resource {}{address}", place.prefix)));
        };
        let Some(several) = self.resource(scope.module, *index) else {
            // What refers to itself, which an engine refuses.
            return self.walk(&Value::Unknown(format!("{}{address}", place.prefix)), operators, scope);
        };
        let key = match operators.first().map(Decorated::value) {
            Some(TraversalOperator::Index(index)) => self.evaluate(index, scope)?.as_key(),
            _ => None,
        };
        match (&*several, key) {
            (Several::Once(item), _) => self.walk(self.whole(item), operators, scope),
            (Several::Unknown(item), key) => {
                // One stands for all: what it is set to may follow from which it is.
                let value = self.whole(item);
                match (operators.first().map(Decorated::value), key) {
                    (Some(TraversalOperator::Index(_)), Some(key)) => {
                        let known = Value::Unknown(format!("{}{address}[{key:?}] of {value}", place.prefix));
                        self.walk(&known, &operators[1..], scope)
                    }
                    _ => self.walk(
                        &Value::Unknown(format!("{}{address}[*] of {value}", place.prefix)),
                        operators,
                        scope,
                    ),
                }
            }
            (Several::Keyed(items), Some(key)) => match items.get(&key) {
                Some(item) => self.walk(self.whole(item), &operators[1..], scope),
                None => Err(Fault(format!("there is no {}{address}[{key:?}]", place.prefix))),
            },
            (Several::Keyed(items), None) => {
                let all = items.iter().map(|(key, item)| (key.clone(), self.whole(item).clone())).collect();
                self.walk(&Value::Map(all), operators, scope)
            }
            (Several::Counted(items), _) => {
                let all = items.iter().map(|item| self.whole(item).clone()).collect();
                self.walk(&Value::List(all), operators, scope)
            }
        }
    }

    /// A resource as a reference has it.
    fn whole<'i>(&self, item: &'i Item) -> &'i Value {
        for doubt in item.doubts() {
            self.doubt(doubt);
        }
        item.whole()
    }

    fn variable(&self, at: usize, name: &str) -> Rc<Known> {
        self.once(at, format!("var.{name}"), || {
            let place = self.place(at);
            let declared = place.module.variables.get(name);
            let given = match &place.caller {
                Some((caller, call)) => call.arguments.get(name).map(|given| {
                    let binding = place.binding.as_ref();
                    let names = binding.map(|(name, value)| Names { name, value, outer: None });
                    self.evaluate(given, &Scope { module: *caller, names: names.as_ref() })
                }),
                None => self.configuration.values.get(name).map(|given| self.evaluate(given, &Scope::of(at))),
            };
            let default = || {
                declared
                    .and_then(|variable| variable.default.as_ref())
                    .map(|default| self.evaluate(default, &Scope::of(at)))
            };
            let is_default = declared.is_some_and(|variable| !variable.is_nullable);
            let given = given.filter(|given| !(is_default && *given == Ok(Value::Null)));
            let unset = || Ok(Value::Unknown(format!("{}var.{name}", place.prefix)));
            let value = given.or_else(default).unwrap_or_else(unset)?;
            // A default that an engine would refuse is no null.
            let constant = |expression: &Expression| {
                self.evaluate(expression, &Scope::of(at)).unwrap_or_else(|fault| Value::Unknown(fault.0))
            };
            Ok(match declared.and_then(|variable| variable.kind.as_ref()) {
                Some(kind) => types::convert(value, kind, &constant),
                None => value,
            })
        })
    }

    fn local(&self, at: usize, name: &str) -> Rc<Known> {
        self.once(at, format!("local.{name}"), || match self.place(at).module.locals.get(name) {
            Some(expression) => self.evaluate(expression, &Scope::of(at)),
            None => Err(Fault(format!("there is no local.{name}"))),
        })
    }

    fn output(&self, at: usize, name: &str) -> Rc<Known> {
        self.once(at, format!("output.{name}"), || match self.place(at).module.outputs.get(name) {
            Some(output) => self.evaluate(&output.value, &Scope::of(at)),
            None => Err(Fault(format!("there is no output {name}"))),
        })
    }

    /// Evaluates once; what refers to itself, which an engine refuses, is unknown.
    fn once(&self, at: usize, name: String, evaluate: impl FnOnce() -> Outcome) -> Rc<Known> {
        let key = (at, name);
        if let Some(known) = self.known.borrow().get(&key) {
            return Rc::clone(known);
        }
        let knot = Known { outcome: Ok(Value::Unknown(key.1.clone())), doubts: Vec::new() };
        self.known.borrow_mut().insert(key.clone(), Rc::new(knot));
        let (outcome, doubts) = self.with_doubts(evaluate);
        let known = Rc::new(Known { outcome, doubts });
        self.known.borrow_mut().insert(key, Rc::clone(&known));
        known
    }
}

impl<'c> Place<'c> {
    fn new(
        prefix: String,
        path: String,
        folder: &'c str,
        module: &'c Module,
        caller: Option<(usize, &'c Call)>,
        binding: Binding,
    ) -> Self {
        Self { prefix, path, folder, module, caller, binding, children: RefCell::default() }
    }

    /// The address of one of its resources without keys.
    pub fn keyless(&self, index: usize) -> String {
        format!("{}{}", self.path, self.module.resources[index].address())
    }

    /// How many resources it has, and which of them are data sources.
    pub fn resources(&self) -> impl Iterator<Item = (usize, Mode)> + 'c {
        let module = self.module;
        module.resources.iter().enumerate().map(|(index, resource)| (index, resource.mode))
    }
}
