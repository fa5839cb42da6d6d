//! What each resource refers to, by address without keys and through variables, locals and outputs: the order in which an engine
//! replaces things, what a data source waits for, and what a change of one can change besides.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use hcl_edit::structure::Body;
use hcl_edit::visit::{Visit, visit_body, visit_expr, visit_traversal};

use super::configuration::{Call, Configuration, Mode, Module};

/// Addresses without keys.
pub type Addresses = BTreeSet<String>;

/// What refers to what.
#[derive(Debug, Default)]
pub struct References {
    /// Resources and data sources, with those that each refers to itself.
    of: BTreeMap<String, Addresses>,
    /// The resources of each module and those below it.
    in_module: BTreeMap<String, Addresses>,
    /// What `depends_on` names, of a data source and of the modules that it is in: a resource stands for itself alone, anything else
    /// for all that it follows from.
    waits: BTreeMap<String, Vec<Waits>>,
    /// Data sources with conditions, which wait for all that they refer to.
    conditional: Addresses,
    /// Resources that are made anew before the old ones go.
    first: Addresses,
}

/// What a data source waits for.
#[derive(Debug, Clone)]
enum Waits {
    For(String),
    ForAllBehind(Addresses),
}

/// A name of a module: `var.x`, `local.x`, `output.x`, `module.x` for all of its outputs.
type Name = (String, String);

/// The path of the module that calls another, and the call.
type Caller<'c> = (String, &'c Call);

struct Builder<'c> {
    configuration: &'c Configuration<'c>,
    /// Modules by path, such as `module.network.`, with who calls them.
    modules: BTreeMap<String, (&'c Module, Option<Caller<'c>>)>,
    known: BTreeMap<Name, Addresses>,
}

impl References {
    /// Reads all of a configuration's.
    pub fn of(configuration: &Configuration<'_>) -> References {
        let mut builder = Builder { configuration, modules: BTreeMap::new(), known: BTreeMap::new() };
        if let Some(root) = configuration.folders.get("") {
            builder.add(root, String::new(), None, 0);
        }
        let mut references = References::default();
        let modules: Vec<_> =
            builder.modules.iter().map(|(path, (module, _))| (path.clone(), *module)).collect();
        for (path, module) in modules {
            let behind = builder.behind_calls(&path);
            for resource in module.resources.iter().filter(|resource| resource.mode != Mode::Provider) {
                let address = format!("{path}{}", resource.address());
                let mut own = builder.in_body(&path, &resource.body);
                own.extend(behind.iter().cloned());
                own.remove(&address);
                references.of.insert(address.clone(), own);
                let mut at = path.as_str();
                loop {
                    references.in_module.entry(at.to_owned()).or_default().insert(address.clone());
                    let Some(parent) = builder.modules.get(at).and_then(|(_, caller)| caller.as_ref()) else {
                        break;
                    };
                    at = parent.0.as_str();
                }
                if resource.mode == Mode::Data {
                    let waits = builder.waits(&path, resource.meta("depends_on"));
                    references.waits.insert(address.clone(), waits);
                    let has = |kind: &str| {
                        resource.body.get_blocks("lifecycle").any(|block| block.body.has_blocks(kind))
                    };
                    if has("precondition") || has("postcondition") {
                        references.conditional.insert(address);
                    }
                } else if resource.lifecycle("create_before_destroy").and_then(Expression::as_bool)
                    == Some(true)
                {
                    references.first.insert(address);
                }
            }
        }
        // Whatever such a resource refers to is made anew first too (terraform, ForcedCBDTransformer).
        let first: Vec<String> = references.first.iter().cloned().collect();
        for address in first {
            let behind = references.behind(&address);
            references.first.extend(behind);
        }
        references
    }

    /// All that an address refers to, and what those refer to.
    pub fn behind(&self, address: &str) -> Addresses {
        let mut all = Addresses::new();
        let mut todo = vec![address];
        while let Some(at) = todo.pop() {
            for next in self.of.get(at).into_iter().flatten() {
                if all.insert(next.clone()) {
                    todo.push(next);
                }
            }
        }
        all
    }

    /// These and all that refer to them, directly or by others.
    pub fn with_followers(&self, changed: Addresses) -> Addresses {
        let mut all = changed;
        loop {
            let more: Vec<&String> = self
                .of
                .iter()
                .filter(|(address, own)| !all.contains(*address) && !own.is_disjoint(&all))
                .map(|(address, _)| address)
                .collect();
            if more.is_empty() {
                return all;
            }
            let more: Vec<String> = more.into_iter().cloned().collect();
            all.extend(more);
        }
    }

    /// Whether a resource is made anew before the old one goes.
    pub fn is_made_first(&self, address: &str) -> bool {
        self.first.contains(address)
    }

    /// The resources whose changes make a data source wait for the apply.
    pub fn waited_for(&self, data: &str) -> Addresses {
        let mut all = Addresses::new();
        for waits in self.waits.get(data).into_iter().flatten() {
            match waits {
                Waits::For(address) => drop(all.insert(address.clone())),
                Waits::ForAllBehind(addresses) => {
                    all.extend(addresses.iter().cloned());
                    all.extend(addresses.iter().flat_map(|address| self.behind(address)));
                }
            }
        }
        if self.conditional.contains(data) {
            all.extend(self.behind(data));
        }
        all
    }
}

impl<'c> Builder<'c> {
    fn add(&mut self, module: &'c Module, path: String, caller: Option<Caller<'c>>, depth: usize) {
        for (name, call) in module.calls.iter().filter(|_| depth < 32) {
            let callee = call.folder.as_ref().and_then(|folder| self.configuration.folders.get(folder));
            if let Some(callee) = callee {
                self.add(callee, format!("{path}module.{name}."), Some((path.clone(), call)), depth + 1);
            }
        }
        self.modules.insert(path, (module, caller));
    }

    /// What the calls that lead to a module refer to by `count`, `for_each` and `depends_on`.
    fn behind_calls(&mut self, path: &str) -> Addresses {
        let mut all = Addresses::new();
        let mut at = path.to_owned();
        while let Some((parent, call)) = self.modules.get(&at).and_then(|(_, caller)| caller.clone()) {
            for name in ["count", "for_each", "depends_on"] {
                if let Some(expression) = call.arguments.get(name) {
                    all.extend(self.in_expression(&parent, expression));
                }
            }
            at = parent;
        }
        all
    }

    /// What `depends_on` names, of a data source itself and of the calls around it.
    fn waits(&mut self, path: &str, own: Option<&Expression>) -> Vec<Waits> {
        let mut waits: Vec<Waits> = own.map(|own| self.waits_in(path, own)).unwrap_or_default();
        let mut at = path.to_owned();
        while let Some((parent, call)) = self.modules.get(&at).and_then(|(_, caller)| caller.clone()) {
            if let Some(named) = call.arguments.get("depends_on") {
                waits.extend(self.waits_in(&parent, named));
            }
            at = parent;
        }
        waits
    }

    fn waits_in(&mut self, path: &str, named: &Expression) -> Vec<Waits> {
        let Expression::Array(list) = named else { return Vec::new() };
        let one = |expression: &Expression| {
            let found = self.in_expression(path, expression);
            let is_resource = match expression {
                Expression::Traversal(traversal) => {
                    let root = traversal.expr.as_variable().map(|name| name.as_str().to_owned());
                    root.is_some_and(|root| !matches!(root.as_str(), "module" | "var" | "local"))
                }
                _ => false,
            };
            match (is_resource, found.iter().next()) {
                (true, Some(address)) => Waits::For(address.clone()),
                _ => Waits::ForAllBehind(found),
            }
        };
        list.iter().map(one).collect()
    }

    fn in_body(&mut self, path: &str, body: &Body) -> Addresses {
        let mut found = Found::default();
        found.visit_body(body);
        self.resolved(path, found)
    }

    fn in_expression(&mut self, path: &str, expression: &Expression) -> Addresses {
        let mut found = Found::default();
        found.visit_expr(expression);
        self.resolved(path, found)
    }

    fn resolved(&mut self, path: &str, found: Found) -> Addresses {
        found.0.into_iter().flat_map(|parts| self.reference(path, &parts)).collect()
    }

    /// The resources that a reference leads to.
    fn reference(&mut self, path: &str, parts: &[String]) -> Addresses {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["var", name, ..] => self.named(path, &format!("var.{name}")),
            ["local", name, ..] => self.named(path, &format!("local.{name}")),
            ["module", call, output, ..] => {
                self.named(&format!("{path}module.{call}."), &format!("output.{output}"))
            }
            ["module", call] => self.named(&format!("{path}module.{call}."), "module"),
            ["data", kind, name, ..] => [format!("{path}data.{kind}.{name}")].into(),
            ["each" | "count" | "self" | "path" | "terraform" | "ephemeral", ..] => Addresses::new(),
            [kind, name, ..] => {
                let known = |module: &Module| module.index.contains_key(&format!("{kind}.{name}"));
                let is_one = self.modules.get(path).is_some_and(|(module, _)| known(module));
                if is_one { [format!("{path}{kind}.{name}")].into() } else { Addresses::new() }
            }
            _ => Addresses::new(),
        }
    }

    fn named(&mut self, path: &str, name: &str) -> Addresses {
        let key = (path.to_owned(), name.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        self.known.insert(key.clone(), Addresses::new());
        let found = self.follow(path, name);
        self.known.insert(key, found.clone());
        found
    }

    fn follow(&mut self, path: &str, name: &str) -> Addresses {
        let Some((module, caller)) = self.modules.get(path).map(|(module, caller)| (*module, caller.clone()))
        else {
            return Addresses::new();
        };
        match name.split_once('.') {
            Some(("var", name)) => match caller {
                Some((parent, call)) => call
                    .arguments
                    .get(name)
                    .map(|given| self.in_expression(&parent, given))
                    .unwrap_or_default(),
                None => Addresses::new(),
            },
            Some(("local", name)) => {
                module.locals.get(name).map(|local| self.in_expression(path, local)).unwrap_or_default()
            }
            Some(("output", name)) => {
                let Some(output) = module.outputs.get(name) else { return Addresses::new() };
                let mut found = self.in_expression(path, &output.value);
                if let Some(depends_on) = &output.depends_on {
                    found.extend(self.in_expression(path, depends_on));
                }
                found
            }
            // All of a module: its resources too, which is what `depends_on` means by it.
            _ => {
                let outputs: Vec<&String> = module.outputs.keys().collect();
                let mut found: Addresses = outputs
                    .into_iter()
                    .flat_map(|output| self.named(path, &format!("output.{output}")))
                    .collect();
                let below: Vec<(String, &Module)> = self
                    .modules
                    .iter()
                    .filter(|(at, _)| at.starts_with(path))
                    .map(|(at, (module, _))| (at.clone(), *module))
                    .collect();
                for (at, module) in below {
                    let resources =
                        module.resources.iter().filter(|resource| resource.mode != Mode::Provider);
                    found.extend(resources.map(|resource| format!("{at}{}", resource.address())));
                }
                found
            }
        }
    }
}

/// The references of an expression, each as its first names.
#[derive(Default)]
struct Found(Vec<Vec<String>>);

impl Visit for Found {
    fn visit_traversal(&mut self, traversal: &Traversal) {
        if let Some(root) = traversal.expr.as_variable() {
            let mut parts = vec![root.as_str().to_owned()];
            for operator in &traversal.operators {
                match operator.value() {
                    TraversalOperator::GetAttr(name) => parts.push(name.as_str().to_owned()),
                    // Which instance it is does not matter.
                    TraversalOperator::Index(_)
                        if parts.first().is_some_and(|root| root == "module") && parts.len() == 2 => {}
                    _ => break,
                }
            }
            self.0.push(parts);
        }
        visit_traversal(self, traversal);
    }

    fn visit_expr(&mut self, expression: &Expression) {
        visit_expr(self, expression);
    }

    fn visit_body(&mut self, body: &Body) {
        visit_body(self, body);
    }
}
