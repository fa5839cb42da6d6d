//! Questions about one generated directory: what another value of an argument in `terraform.tfvars` does in the cloud, and
//! which of those arguments a resource follows from. Both are answered by evaluating the directory itself.

use std::collections::{BTreeMap, BTreeSet};

use hcl::Expression;

use super::arguments::{leaves, literal, others, replace};
use super::configuration::{self, Configuration};
use super::evaluate::{Evaluation, Scope};
use super::resources::{self, Items};
use super::symbolic::{COUNTS, Symbolic, symbols, unsymbolic};
use super::table;
use super::when::When;
use super::{Impact, differences, without_key};
use crate::layout::is_hcl;
use crate::tree::Tree;

/// A generated directory, evaluated.
pub struct Directory<'t> {
    tree: &'t Tree,
    configuration: Configuration,
    items: Items,
    /// The same with a symbol in place of every argument.
    symbolic: Symbolic,
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
    /// What happens to each resource that changes.
    pub impacts: Vec<Impact>,
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
    /// The path of a file that is no HCL.
    pub fn of(tree: &'t Tree) -> Result<Self, String> {
        let files = tree.iter().filter(|(path, _)| is_hcl(path));
        let files = files.map(|(path, file)| (path, file.text.as_bytes()));
        let (configuration, _) = configuration::read_both(files, std::iter::empty())?;
        let items = resources::list(&configuration);
        let symbolic = Symbolic::of(&configuration);
        Ok(Directory { tree, configuration, items, symbolic })
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
        let sources = &self.symbolic.sources;
        let follows = |at| symbol.is_some_and(|own| sources.get(&at).is_some_and(|all| all.contains(&own)));
        let before = resources::list_some(&Evaluation::new(&self.configuration), follows);
        let change = |(to, value): (String, Expression)| {
            let mut after = self.items.clone();
            after.retain(|address, _| !before.contains_key(address));
            after.extend(resources::list_some(&Evaluation::new(&self.with(path, &value)), follows));
            Change { to, impacts: differences(&self.items, &after) }
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
    fn with(&self, path: &str, value: &Expression) -> Configuration {
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
        for instance in &evaluation.instances {
            let managed = instance.module.resources.iter().filter(|resource| !resource.name.is_empty());
            all.extend(managed.map(|one| format!("{}{}.{}", instance.prefix, one.kind, one.name)));
        }
        all
    }

    /// The resource at one of [`Directory::addresses`]; of all its instances, or of the one with a key such as `["main"]`.
    pub fn resource(&self, address: &str, key_asked: Option<&str>) -> Option<Resource> {
        let evaluation = Evaluation::new(&self.configuration);
        let find = |evaluation: &Evaluation<'_>| {
            evaluation.instances.iter().enumerate().find_map(|(index, instance)| {
                let name = address.strip_prefix(instance.prefix.as_str())?;
                let mut own = instance.module.resources.iter();
                let at = own.position(|one| format!("{}.{}", one.kind, one.name) == name)?;
                Some((index, at))
            })
        };
        let (index, at) = find(&evaluation)?;
        let instance = &evaluation.instances[index];
        let resource = &instance.module.resources[at];
        let instances: Vec<String> =
            self.items.keys().filter(|made| without_key(made) == address).cloned().collect();
        let folder = instance.caller.map_or("", |(_, call)| call.folder.as_str());
        let (file, comment) = self.place(folder, &resource.kind, &resource.name).unwrap_or_default();

        let paths = &self.symbolic.paths;
        let evaluation = Evaluation::new(&self.symbolic.configuration);
        let named = |from: BTreeSet<usize>| -> Vec<String> {
            from.into_iter().filter_map(|index| paths.get(index).cloned()).collect()
        };
        let scope = Scope { instance: index, bound: Vec::new() };
        let ignored = resources::ignored(&resource.body);
        let mut traced = Vec::new();
        for name in COUNTS {
            let attribute = resource.body.attributes().find(|attribute| attribute.key() == name);
            let Some(attribute) = attribute else { continue };
            let from = symbols(&evaluation.evaluate(attribute.expr(), &scope));
            if !from.is_empty() {
                let value = Evaluation::new(&self.configuration).evaluate(attribute.expr(), &scope);
                let (argument, value, from) = (name.to_owned(), value.to_string(), named(from));
                traced.push(Traced { argument, value, from, effects: Effects::Instances });
            }
        }
        let mut by_argument: BTreeMap<String, (BTreeSet<String>, BTreeSet<usize>)> = BTreeMap::new();
        for (key, scope) in resources::instances(&evaluation, resource, &scope) {
            let made = self.items.get(&format!("{address}{key}"));
            // An instance that symbols know by a star stands for whatever is made of it.
            let made = made.or_else(|| self.items.get(instances.first()?));
            let (Some(made), true) = (made, key_asked.is_none_or(|asked| asked == key || key == "[*]"))
            else {
                continue;
            };
            let mut arguments = BTreeMap::new();
            resources::flatten(&evaluation, &resource.body, "", &scope, &mut arguments);
            for (argument, value) in arguments {
                let from = symbols(&value);
                if !from.is_empty() {
                    let value = made.arguments.get(&argument).unwrap_or(&value).to_string();
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

fn effects(kind: &str, argument: &str, ignored: &[String]) -> Effects {
    if ignored.iter().any(|ignored| argument.starts_with(ignored.as_str())) {
        return Effects::Ignored;
    }
    let parts: Vec<&str> = argument.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect();
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
                    let whole = differences(
                        &directory.items,
                        &resources::list(&directory.with(&argument.path, &value)),
                    );
                    assert_eq!(format!("{:?}", change.impacts), format!("{whole:?}"), "{}", argument.path);
                    differing += usize::from(!whole.is_empty());
                }
            }
            assert!(differing > 8, "{differing}");
        }
    }
}
