//! Questions about one generated directory: what another value of an argument in `terraform.tfvars` does in the cloud, and
//! which of those arguments a resource follows from. Both are answered by evaluating the directory itself.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::Expression;

use super::arguments::{leaves, literal, others, replace};
use super::configuration::{Configuration, Engine, Mode};
use super::files::Files;
use super::known::Evaluation;
use super::plan::base;
use super::reading::Unread;
use super::references::References;
use super::resources::{State, flat, ignored};
use super::scope::Scope;
use super::symbolic::{COUNTS, Symbolic, symbols, unsymbolic};
use super::table;
use super::when::When;
use super::{Account, classify};
use crate::tree::Tree;

/// A generated directory, evaluated.
pub struct Directory<'t> {
    tree: &'t Tree,
    configuration: Configuration<'t>,
    state: State,
    references: References,
    /// The same with a symbol in place of every argument.
    symbolic: Symbolic<'t>,
}

/// An argument of `terraform.tfvars` that holds no others.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Its path: `clusters.main.nodes.max`.
    pub path: String,
    /// Its value, as HCL has it.
    pub value: String,
}

/// Another value of an argument, and what it does.
#[derive(Debug)]
pub struct Change {
    /// The value, in words where it is any other.
    pub to: String,
    /// What it does.
    pub account: Account,
}

/// A resource of the directory.
#[derive(Debug)]
pub struct Resource {
    /// Its address, without the key of an instance.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// The file that has it.
    pub file: String,
    /// The comment above it.
    pub comment: Option<String>,
    /// The addresses under which it is made; none where it is not.
    pub instances: Vec<String>,
    /// What would be lost with it.
    pub holds: Option<&'static str>,
    /// Its arguments that follow from `terraform.tfvars`, `count` and `for_each` among them.
    pub arguments: Vec<Traced>,
}

/// An argument of a resource that follows from `terraform.tfvars`.
#[derive(Debug)]
pub struct Traced {
    /// Its path in the resource.
    pub argument: String,
    /// Its value, of several instances each; the text of what only an apply can know.
    pub value: String,
    /// The arguments of `terraform.tfvars`, by path.
    pub from: Vec<String>,
    /// What a change does to the resource.
    pub effects: Effects,
}

/// What changes of one argument do to its resource.
#[derive(Debug, PartialEq, Eq)]
pub enum Effects {
    /// Nothing: Terraform leaves it to whoever changes it in the cloud.
    Ignored,
    /// It is changed where it stands.
    InPlace,
    /// It is destroyed and made anew.
    Replaced,
    /// That, when something is taken away; else changed where it stands.
    ReplacedWhenSmaller,
    /// That, when the argument is removed; else changed where it stands.
    ReplacedWhenRemoved,
    /// Instances are made and destroyed.
    Instances,
}

impl Effects {
    /// As explanations call it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::InPlace => "in place",
            Self::Replaced => "replaced",
            Self::ReplacedWhenSmaller => "replaced when smaller",
            Self::ReplacedWhenRemoved => "replaced when removed",
            Self::Instances => "makes or destroys instances",
        }
    }
}

impl<'t> Directory<'t> {
    /// Reads and evaluates the directory.
    ///
    /// # Errors
    /// A file cannot be read as HCL.
    pub fn of(tree: &'t Tree) -> Result<Self, Unread> {
        let files = tree.iter().map(|(path, file)| (path, file.text.as_bytes()));
        let configuration = Configuration::read(Files::new(files, None), Engine::Terraform, None)?;
        let state = State::of(&Evaluation::new(&configuration));
        let references = References::of(&configuration);
        let symbolic = Symbolic::of(&configuration);
        Ok(Directory { tree, configuration, state, references, symbolic })
    }

    /// Every argument of `terraform.tfvars`, by path.
    pub fn arguments(&self) -> Vec<Argument> {
        let mut all = Vec::new();
        for (name, expression) in &self.configuration.values {
            leaves(expression, name.clone(), &mut |path, leaf| {
                all.push(Argument { path, value: literal(leaf).to_string() });
            });
        }
        all
    }

    /// The file that has an argument.
    pub fn file_of(&self, path: &str) -> &str {
        let name = path.split('.').next().unwrap_or(path);
        let has = |text: &str| {
            text.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '='])))
        };
        let mut files = self.tree.iter().filter(|(path, _)| path.ends_with(".tfvars"));
        files.find(|(_, file)| has(&file.text)).map_or("terraform.tfvars", |(path, _)| path)
    }

    /// What other values of an argument do: of a figure a larger and a smaller one, of a flag the other one.
    pub fn changes(&self, path: &str) -> Vec<Change> {
        let symbol = self.symbolic.paths.iter().position(|symbol| symbol == path);
        let sources = self.symbolic.sources.iter();
        let own = sources.filter(|(_, all)| symbol.is_some_and(|own| all.contains(&own)));
        // What follows from the argument, and what refers to that, is all that can differ.
        let affected = self.references.with_followers(own.map(|(address, _)| address.clone()).collect());
        let change = |(to, value): (String, Expression)| {
            let with = self.with(path, &value);
            let after = Evaluation::after(&with, &self.state).within(&affected);
            Change { to, account: classify(&after.changes()) }
        };
        self.values(path).into_iter().map(change).collect()
    }

    /// Other values of an argument.
    fn values(&self, path: &str) -> Vec<(String, Expression)> {
        let mut values = Vec::new();
        for (name, expression) in &self.configuration.values {
            leaves(expression, name.clone(), &mut |leaf_path, leaf| {
                if leaf_path == path {
                    values = others(leaf);
                }
            });
        }
        values
    }

    /// The same directory with another value of an argument.
    fn with(&self, path: &str, value: &Expression) -> Configuration<'t> {
        let mut other = self.configuration.clone();
        for (name, expression) in &mut other.values {
            replace(expression, name, &mut |leaf| (leaf == path).then(|| value.clone()));
        }
        other
    }

    /// The addresses of every resource, without the keys of their instances.
    pub fn addresses(&self) -> Vec<String> {
        let evaluation = Evaluation::new(&self.configuration);
        let mut all = Vec::new();
        for at in evaluation.all_places() {
            let place = evaluation.place(at);
            let managed = place.module.resources.iter().filter(|resource| resource.mode == Mode::Managed);
            all.extend(managed.map(|one| format!("{}{}", place.prefix, one.address())));
        }
        all.sort();
        all
    }

    /// The resource at one of [`Directory::addresses`]; of all its instances, or of the one with a key such as `["main"]`.
    pub fn resource(&self, address: &str, key_asked: Option<&str>) -> Option<Resource> {
        let evaluation = Evaluation::new(&self.configuration);
        let (place, resource) = evaluation.all_places().into_iter().find_map(|at| {
            let place = evaluation.place(at);
            let name = address.strip_prefix(place.prefix.as_str())?;
            let resource = &place.module.resources[*place.module.index.get(name)?];
            (resource.mode == Mode::Managed).then_some((place, resource))
        })?;
        let keyless = format!("{}{}", place.path, resource.address());
        let made = self.state.items.keys().filter(|made| base(made) == address);
        let instances: Vec<String> = made.cloned().collect();
        let (file, comment) = self.place(place.folder, &resource.kind, &resource.name).unwrap_or_default();

        let paths = &self.symbolic.paths;
        let named = |from: BTreeSet<usize>| -> Vec<String> {
            from.into_iter().filter_map(|index| paths.get(index).cloned()).collect()
        };
        let symbolic = Evaluation::new(&self.symbolic.configuration);
        let (at, index) = symbolic.all_places().into_iter().find_map(|at| {
            let place = symbolic.place(at);
            let index = place.resources().find(|(index, _)| place.keyless(*index) == keyless);
            index.map(|(index, _)| (at, index))
        })?;
        let ignored = ignored(resource);
        let mut traced = Vec::new();
        for name in COUNTS {
            let Some(number) = resource.meta(name) else { continue };
            let from =
                symbolic.evaluate(number, &Scope::of(at)).map(|number| symbols(&number)).unwrap_or_default();
            if !from.is_empty() {
                let own = evaluation
                    .all_places()
                    .into_iter()
                    .find(|at| evaluation.place(*at).prefix == place.prefix);
                let value = own.and_then(|at| evaluation.evaluate(number, &Scope::of(at)).ok());
                let (argument, value, from) = (name.to_owned(), value?.to_string(), named(from));
                traced.push(Traced { argument, value, from, effects: Effects::Instances });
            }
        }
        let mut by_argument: BTreeMap<String, (BTreeSet<String>, BTreeSet<usize>)> = BTreeMap::new();
        for item in symbolic.resource(at, index).iter().flat_map(|several| several.all()) {
            let key = &item.address[base(&item.address).len()..];
            // An instance that symbols know by a star stands for whatever is made of it.
            let made = self.state.items.get(&format!("{address}{key}"));
            let made = made.or_else(|| self.state.items.get(instances.first()?));
            let (Some(made), true) = (made, key_asked.is_none_or(|asked| asked == key || key == "[*]"))
            else {
                continue;
            };
            let made = flat(&made.arguments);
            for (argument, value) in item.flat() {
                let from = symbols(&value);
                if !from.is_empty() && argument != "for_each" {
                    let value = made.get(&argument).unwrap_or(&value).to_string();
                    let (values, all) = by_argument.entry(argument).or_default();
                    values.insert(unsymbolic(&value, paths));
                    all.extend(from);
                }
            }
        }
        traced.extend(by_argument.into_iter().map(|(argument, (values, from))| {
            let effects = effects(&resource.kind, &argument, &ignored);
            let value = values.into_iter().collect::<Vec<_>>().join(" | ");
            Traced { argument, value, from: named(from), effects }
        }));
        Some(Resource {
            address: address.to_owned(),
            kind: resource.kind.clone(),
            file,
            comment,
            instances,
            holds: table::holds(&resource.kind),
            arguments: traced,
        })
    }

    /// The file of the folder that has the resource, and the comment right above it.
    fn place(&self, folder: &str, kind: &str, name: &str) -> Option<(String, Option<String>)> {
        let header = format!("resource \"{kind}\" \"{name}\" {{");
        let own = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder) == folder;
        self.tree.iter().filter(|(path, _)| own(path)).find_map(|(path, file)| {
            let at = file.text.find(&header).filter(|at| *at == 0 || file.text[..*at].ends_with('\n'))?;
            let mut above: Vec<&str> = file.text[..at]
                .lines()
                .rev()
                .map_while(|line| line.strip_prefix('#').map(str::trim))
                .collect();
            above.reverse();
            Some((path.to_owned(), (!above.is_empty()).then(|| above.join(" "))))
        })
    }
}

fn effects(kind: &str, argument: &str, ignored: &[Vec<String>]) -> Effects {
    let parts: Vec<&str> = argument.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect();
    if ignored.iter().any(|path| path.iter().eq(parts.iter().take(path.len()))) {
        return Effects::Ignored;
    }
    let name = parts.join(".");
    let any = |when: When| table::rules_of(kind, &name).any(|rule| rule.when == when);
    let effects = [
        (When::Any, Effects::Replaced),
        (When::Smaller, Effects::ReplacedWhenSmaller),
        (When::Removed, Effects::ReplacedWhenRemoved),
    ];
    effects.into_iter().find(|(when, _)| any(*when)).map_or(Effects::InPlace, |(_, effects)| effects)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What follows from an argument is all that has to be evaluated again.
    #[test]
    fn a_change_is_the_difference_of_two_whole_directories() {
        for spec in [
            include_str!("../../examples/gcp-1k/coder.toml"),
            include_str!("../../examples/aws-1k/coder.toml"),
            include_str!("../../examples/azure-1k/coder.toml"),
        ] {
            let tree = crate::render::render(&crate::compile(spec).unwrap().plan).unwrap();
            let directory = Directory::of(&tree).unwrap();
            let mut differing = 0;
            for argument in directory.arguments().iter().step_by(4) {
                for (change, (_, value)) in
                    directory.changes(&argument.path).iter().zip(directory.values(&argument.path))
                {
                    let with = directory.with(&argument.path, &value);
                    let whole = classify(&Evaluation::after(&with, &directory.state).changes());
                    assert_eq!(format!("{:?}", change.account), format!("{whole:?}"), "{}", argument.path);
                    differing += usize::from(!whole.is_empty());
                }
            }
            assert!(differing > 8, "{differing}");
        }
    }
}
