//! A directory of Terraform files as data: modules by folder, with their resources, variables and calls.
//! Only what an impact follows from is kept; data sources and checks change nothing in a cloud.

use std::collections::BTreeMap;
use std::rc::Rc;

use hcl::Expression;
use hcl::structure::{Attribute, Block, Body, Structure};

/// A whole directory.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// Modules by folder; the root's is empty.
    pub folders: BTreeMap<String, Rc<Module>>,
    /// What `terraform.tfvars` sets.
    pub values: BTreeMap<String, Expression>,
}

/// One folder.
#[derive(Debug, Default)]
pub struct Module {
    pub resources: Vec<Resource>,
    pub variables: BTreeMap<String, Variable>,
    pub locals: BTreeMap<String, Expression>,
    pub outputs: BTreeMap<String, Expression>,
    pub calls: BTreeMap<String, Call>,
    /// `moved` blocks: from, to.
    pub moved: Vec<(String, String)>,
}

/// An input: its type and its default.
#[derive(Debug)]
pub struct Variable {
    pub kind: Option<Expression>,
    pub default: Option<Expression>,
}

/// A resource, or a provider's configuration, whose type is then `provider.<name>`.
#[derive(Debug)]
pub struct Resource {
    pub kind: String,
    pub name: String,
    pub body: Body,
}

/// A call of a module of this directory.
#[derive(Debug)]
pub struct Call {
    pub folder: String,
    pub arguments: BTreeMap<String, Expression>,
}

/// Files with their bytes, by folder.
type Folders<'a> = BTreeMap<&'a str, Vec<(&'a str, &'a [u8])>>;

/// Reads two states of a directory, each file given by path and bytes; a folder that is the same in both is parsed once.
/// The path of a file that is no HCL is the error.
pub fn read_both<'a>(
    old: impl Iterator<Item = (&'a str, &'a [u8])>,
    new: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<(Configuration, Configuration), String> {
    let (old_folders, new_folders) = (by_folder(old), by_folder(new));
    let mut old = Configuration::default();
    for (folder, files) in &old_folders {
        old.add(folder, files)?;
    }
    let mut new = Configuration::default();
    for (folder, files) in &new_folders {
        match old
            .folders
            .get(*folder)
            .filter(|_| old_folders.get(folder) == Some(files) && !folder.is_empty())
        {
            Some(module) => drop(new.folders.insert((*folder).to_owned(), Rc::clone(module))),
            None => new.add(folder, files)?,
        }
    }
    Ok((old, new))
}

fn by_folder<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Folders<'a> {
    let mut folders = Folders::new();
    for (path, bytes) in files {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder).or_default().push((path, bytes));
    }
    folders
}

impl Configuration {
    fn add(&mut self, folder: &str, files: &[(&str, &[u8])]) -> Result<(), String> {
        let mut module = Module::default();
        for (path, bytes) in files {
            let text = std::str::from_utf8(bytes).map_err(|_| (*path).to_owned())?;
            let body = hcl::parse(text.trim_start_matches('\u{feff}')).map_err(|_| (*path).to_owned())?;
            if path.ends_with(".tfvars") {
                self.values.extend(attributes(body));
                continue;
            }
            for structure in body {
                if let Structure::Block(block) = structure {
                    module.add(folder, block);
                }
            }
        }
        self.folders.insert(folder.to_owned(), Rc::new(module));
        Ok(())
    }
}

/// The attributes of a body, by name.
pub fn attributes(body: Body) -> BTreeMap<String, Expression> {
    let attribute = |structure| match structure {
        Structure::Attribute(Attribute { key, expr }) => Some((key.to_string(), expr)),
        Structure::Block(_) => None,
    };
    body.into_iter().filter_map(attribute).collect()
}

impl Module {
    fn add(&mut self, folder: &str, block: Block) {
        let mut labels = block.labels.iter().map(|label| label.as_str().to_owned());
        let (first, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
        match block.identifier.as_str() {
            "resource" => self.resources.push(Resource { kind: first, name: second, body: block.body }),
            "provider" => self.resources.push(Resource {
                kind: format!("provider.{first}"),
                name: String::new(),
                body: block.body,
            }),
            "variable" => {
                let mut arguments = attributes(block.body);
                let (kind, default) = (arguments.remove("type"), arguments.remove("default"));
                self.variables.insert(first, Variable { kind, default });
            }
            "locals" => self.locals.extend(attributes(block.body)),
            "output" => {
                self.outputs.extend(attributes(block.body).remove("value").map(|value| (first, value)));
            }
            "module" => {
                let arguments = attributes(block.body);
                if let Some(Expression::String(source)) = arguments.get("source") {
                    let folder = join(folder, source);
                    self.calls.insert(first, Call { folder, arguments });
                }
            }
            "moved" => {
                let mut ends = attributes(block.body);
                let mut end = |key| ends.remove(key).map(|address| address.to_string());
                self.moved.extend(end("from").zip(end("to")));
            }
            _ => {}
        }
    }
}

/// The folder of a module that is called from `folder` by its relative path.
fn join(folder: &str, source: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
