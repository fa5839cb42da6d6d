//! Why a figure, an argument or a resource is as it is: the published row, the rule, the user's keys, what limits it, and what
//! another value would do in the cloud. Nothing is said here that sizing, plan, catalog or the directory itself do not know.

mod arguments;
mod name;
mod row;
mod rows;
mod types;

use serde_json::Value;

use crate::figures::figures;
use crate::impact::account::in_words;
use crate::impact::class::Class;
use crate::impact::{Account, Directory, Traced, table};
use crate::render::{RenderError, render};
use crate::spec::{self, Cloud, Layout, Spec};
use crate::tree::Tree;
use crate::{Compiled, resolve};
use name::{Asked, fits, places};
use row::{At, Row};

pub use types::{Argument, Change, Explanation, Figure, From, Key, Published, Resource, Source};

/// Why there is nothing to explain.
#[derive(Debug, thiserror::Error)]
pub enum NotExplained {
    /// There is no such figure, argument or resource.
    #[error("nothing here is called `{what}`; {help}")]
    Unknown {
        /// What was asked for.
        what: String,
        /// What to ask instead.
        help: String,
    },
    /// A bug in the templates.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A rendered file is not HCL, which is a bug in tierform.
    #[error("{0} was rendered to text that is not HCL, which is a bug in tierform")]
    NotHcl(String),
}

/// Explains `what` of the spec whose text is `text` and from which `compiled` was made.
///
/// # Errors
/// [`NotExplained`]: nothing is called that.
pub fn explain(compiled: &Compiled, text: &str, what: &str) -> Result<Explanation, NotExplained> {
    // A child module has the same values, as the defaults of its variables; in a root they stand together.
    let as_root = || resolve(Spec { layout: Layout::Root, ..compiled.spec.clone() }).ok();
    let root = match compiled.spec.layout {
        Layout::Root => None,
        Layout::Module => as_root(),
    };
    let file = root.is_some().then_some("variables.tf");
    let compiled = root.as_ref().unwrap_or(compiled);
    let tree = render(&compiled.plan)?;
    Explainer { file, ..Explainer::of(compiled, text, &tree)? }.explain(what)
}

/// The figures by the key of the spec that sets each first: what stands for the key when it is left out.
pub fn defaults(figures: &Value) -> Vec<(&'static str, Value)> {
    let named = |key: &str| key.rsplit('.').next().map(str::to_owned);
    let of = |key: &str, value: &Value| {
        let places = places(key);
        let row = rows::FIGURES.iter().find(|row| fits(row.size, &places))?;
        let first = *row.keys.iter().find(|key| !key.starts_with("clusters."))?;
        // `database.nodes` follows from `database.high_availability`, but is not its value.
        (named(first) == named(key)).then(|| (first, value.clone()))
    };
    name::keys(figures).iter().filter_map(|(key, value)| of(key, value)).collect()
}

/// A deployment about which several things are asked.
pub struct Explainer<'a> {
    compiled: &'a Compiled,
    text: &'a str,
    figures: Value,
    directory: Directory<'a>,
    /// The file that holds the arguments instead of the one that is rendered.
    file: Option<&'static str>,
}

impl<'a> Explainer<'a> {
    /// Reads the root module that was rendered from `compiled`; `text` is the spec's.
    ///
    /// # Errors
    /// A rendered file is no HCL, which is a bug.
    pub fn of(compiled: &'a Compiled, text: &'a str, tree: &'a Tree) -> Result<Self, NotExplained> {
        let directory = Directory::of(tree).map_err(|unread| NotExplained::NotHcl(unread.path))?;
        // Plain structs of numbers and strings always serialise.
        let figures = serde_json::to_value(figures(&compiled.sizing, &compiled.plan)).unwrap_or_default();
        Ok(Explainer { compiled, text, figures, directory, file: None })
    }

    /// Explains one figure, argument or resource.
    ///
    /// # Errors
    /// Nothing is called that.
    pub fn explain(&self, what: &str) -> Result<Explanation, NotExplained> {
        let clusters: Vec<&str> = self.clusters().collect();
        match name::find(what, &self.figures, &clusters, &self.directory) {
            Ok(Asked::Figure { key, value }) => Ok(Explanation::Figure(self.figure(key, value))),
            Ok(Asked::Argument { path, value }) => Ok(Explanation::Figure(self.argument(path, value))),
            Ok(Asked::Resource { address, key, argument }) => {
                let unknown = |help: String| NotExplained::Unknown { what: what.to_owned(), help };
                self.resource(&address, key.as_deref(), argument.as_deref())
                    .map_err(unknown)
                    .map(Explanation::Resource)
            }
            Err(help) => Err(NotExplained::Unknown { what: what.to_owned(), help }),
        }
    }

    /// Everything that can be asked for: figures, arguments, resources.
    pub fn askable(&self) -> Vec<String> {
        let figures = name::keys(&self.figures).into_iter().map(|(key, _)| key);
        let arguments = self.directory.arguments().into_iter().map(|argument| argument.path);
        figures.chain(arguments).chain(self.directory.addresses()).collect()
    }

    fn figure(&self, key: String, value: Value) -> Figure {
        let places = places(&key);
        let row = rows::FIGURES.iter().find(|row| fits(row.size, &places));
        let arguments = row.map(|row| self.following(&key, row)).unwrap_or_default();
        self.told(key, value, row, arguments)
    }

    fn argument(&self, path: String, value: String) -> Figure {
        let row = self.row_of(&path);
        let own = self.changes(path.clone(), value.clone());
        // HCL's literals are JSON's, but for objects, which are no arguments by themselves.
        let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
        self.told(path, value, row, vec![own])
    }

    /// The row of an argument.
    fn row_of(&self, path: &str) -> Option<&'static Row> {
        let rows = || arguments::ARGUMENTS.iter().chain(rows::FIGURES);
        let fitting = |parts: &[&str]| rows().find(|row| row.is.iter().any(|pattern| fits(pattern, parts)));
        let parts = places(path);
        match self.in_site(&parts) {
            // What a site has of its own is told before what it has as every other network.
            Some(rest) => fitting(&[&["site"], rest].concat()).or_else(|| fitting(rest)),
            None => fitting(&parts),
        }
    }

    /// The parts of a path below a site; `None` for what is the control plane's.
    fn in_site<'p>(&self, parts: &'p [&'p str]) -> Option<&'p [&'p str]> {
        let (first, rest) = parts.split_first()?;
        self.compiled.plan.sites.iter().any(|site| site.key == *first).then_some(rest)
    }

    /// The cluster that a path speaks of; the first where it names none.
    fn at(&self, path: &str) -> At<'_> {
        let parts = places(path);
        let named = self.clusters().position(|name| parts.contains(&name));
        let counted = || match parts.as_slice() {
            ["clusters", index, ..] => index.parse().ok(),
            _ => None,
        };
        At { compiled: self.compiled, cluster: named.or_else(counted).unwrap_or(0) }
    }

    /// The clusters' names in the order of the spec.
    fn clusters(&self) -> impl Iterator<Item = &'a str> {
        self.compiled.sizing.clusters.iter().map(|cluster| cluster.name.as_str())
    }

    fn told(&self, what: String, value: Value, row: Option<&Row>, arguments: Vec<Argument>) -> Figure {
        let at = self.at(&what);
        // A test demands a row for everything that can be asked for.
        let row = row.unwrap_or(const { &Row::new("", "the same in every deployment") });
        let keys = self.keys(row, &at);
        let because = self.because(row, &at, &keys);
        let notes = self.compiled.sizing.row.footnotes.iter().filter(|note| note.about == row.component);
        let notes = notes.map(|note| note.says).collect();
        let page = self.compiled.sizing.row.page;
        let published = (row.published)(&at).map(|text| Published { row: text, page, notes });
        let limits = (row.limits)(&at);
        Figure { what, value, because, rule: row.rule, published, keys, limits, arguments }
    }

    fn because(&self, row: &Row, at: &At<'_>, keys: &[Key]) -> Option<String> {
        let reason = (row.reason)(at);
        let written = || keys.iter().find(|key| key.line.is_some());
        match reason.is_empty() {
            false => Some(reason),
            true => written().map(|key| format!("{} in coder.toml", key.key)),
        }
    }

    fn keys(&self, row: &Row, at: &At<'_>) -> Vec<Key> {
        let cloud = *self.compiled.spec.cloud.get_ref();
        let cluster = self.clusters().nth(at.cluster).unwrap_or_default();
        // Where no cluster is named, there is none whose own keys could be set.
        let is_named = spec::written(self.text, "clusters.name", cluster).is_some();
        let own = row.keys.iter().filter(|key| is_named || !key.starts_with("clusters."));
        own.filter_map(|key| self.key(cloud, key, cluster)).collect()
    }

    fn key(&self, cloud: Cloud, key: &'static str, cluster: &str) -> Option<Key> {
        let described = spec::describe(cloud, key)?;
        let written = spec::written(self.text, key, cluster);
        Some(Key {
            key,
            means: described.means,
            takes: described.takes,
            line: written.as_ref().map(|written| written.line),
            value: written.map(|written| written.value),
        })
    }

    /// The arguments that are the figure or follow from it: those of its cluster where it is a cluster's.
    fn following(&self, key: &str, row: &Row) -> Vec<Argument> {
        let cluster = self.clusters().nth(self.at(key).cluster);
        let is_one = row.size.starts_with("clusters.");
        let patterns: Vec<&str> = row.is.iter().chain(row.decides).copied().collect();
        let arguments = self.directory.arguments().into_iter().filter(|argument| {
            let parts = places(&argument.path);
            let inside = self.in_site(&parts).filter(|_| is_one).unwrap_or(&parts);
            patterns.iter().any(|pattern| fits(pattern, inside))
                && (!is_one || cluster.is_some_and(|cluster| parts.contains(&cluster)))
        });
        arguments.map(|argument| self.changes(argument.path, argument.value)).collect()
    }

    fn changes(&self, path: String, value: String) -> Argument {
        let mut changes: Vec<Change> = Vec::new();
        let tried = self.directory.changes(&path);
        let count = tried.len();
        for change in tried {
            changes.extend(told(&change.to, &change.account));
        }
        let file = self.file.unwrap_or_else(|| self.directory.file_of(&path)).to_owned();
        Argument { path, file, value, changes: merged(changes, count) }
    }

    fn resource(&self, address: &str, key: Option<&str>, argument: Option<&str>) -> Result<Resource, String> {
        let found = self.directory.resource(address, key);
        let found = found.ok_or_else(|| "name a resource alone".to_owned())?;
        if let Some(key) = key.filter(|key| !found.instances.contains(&format!("{address}{key}"))) {
            let made = match found.instances.as_slice() {
                [] => "no instance of it is made".to_owned(),
                made => format!("what is made of it is {}", made.join(", ")),
            };
            return Err(format!("{address} has no instance {key}: {made}"));
        }
        let is_asked = |traced: &Traced| {
            argument.is_none_or(|asked| {
                traced
                    .argument
                    .strip_prefix(asked)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            })
        };
        let arguments: Vec<Source> = found
            .arguments
            .into_iter()
            .filter(|traced| is_asked(traced))
            .map(|traced| self.source(traced))
            .collect();
        if let (Some(asked), true) = (argument, arguments.is_empty()) {
            return Err(format!(
                "no argument `{asked}` of {address} follows from terraform.tfvars: it is the same in every deployment, or not there"
            ));
        }
        Ok(Resource {
            what: found.address,
            file: found.file,
            comment: found.comment,
            instances: found.instances,
            holds: found.holds,
            arguments,
        })
    }

    fn source(&self, traced: Traced) -> Source {
        let from = traced.from.into_iter().map(|path| {
            let row = self.row_of(&path);
            let at = self.at(&path);
            let keys = row.map(|row| self.keys(row, &at)).unwrap_or_default();
            let because = row.and_then(|row| self.because(row, &at, &keys));
            From { path, because, keys: keys.into_iter().map(|key| key.key).collect() }
        });
        Source {
            argument: traced.argument,
            value: traced.value,
            effect: traced.effects.as_str(),
            from: from.collect(),
        }
    }
}

/// What happens to each resource, the worst first. What is only made is left out: it is no change of what is there.
fn told(to: &str, account: &Account) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for row in account.rows.iter().filter(|row| row.class != Class::Created) {
        let at = changes.iter().position(|change| change.address == row.address);
        let at = at.unwrap_or_else(|| {
            changes.push(Change {
                to: Some(to.to_owned()),
                effect: row.class.as_str(),
                address: row.address.clone(),
                arguments: Vec::new(),
                loses: table::holds(&row.kind).filter(|_| row.class == Class::DataLoss),
                notes: Vec::new(),
                source: row.source,
            });
            changes.len() - 1
        });
        let change = &mut changes[at];
        if let Some(words) = in_words(row).filter(|words| !change.arguments.contains(words)) {
            change.arguments.push(words);
        }
        // How a replacement goes is the same for all of them.
        let is_told = matches!(row.class, Class::DataLoss | Class::Replaced);
        if let Some(says) = row.says.as_ref().filter(|says| !is_told && !change.notes.contains(says)) {
            change.notes.push(says.clone());
        }
    }
    changes
}

/// Changes that are the same at every value that was tried are told once.
fn merged(changes: Vec<Change>, tried: usize) -> Vec<Change> {
    let mut out: Vec<Change> = Vec::new();
    for change in &changes {
        let same =
            changes.iter().filter(|other| other.address == change.address && other.effect == change.effect);
        let any = tried > 1 && same.count() == tried;
        if out.iter().any(|other| other.to.is_none() && other.address == change.address) {
            continue;
        }
        let name = |argument: &String| argument.split(": ").next().unwrap_or_default().to_owned();
        out.push(Change {
            to: change.to.clone().filter(|_| !any),
            effect: change.effect,
            address: change.address.clone(),
            arguments: change.arguments.iter().map(|one| if any { name(one) } else { one.clone() }).collect(),
            loses: change.loses,
            notes: change.notes.clone(),
            source: change.source,
        });
    }
    out
}
