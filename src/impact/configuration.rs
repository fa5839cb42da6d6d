//! A directory of Terraform files as data: modules by folder, with their resources, variables and calls.
//! Only what an impact follows from is kept; checks change nothing in a cloud.

use std::collections::BTreeMap;
use std::rc::Rc;

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};

use super::files::{Files, Role, name_of, role, tofu_only};
use super::overrides;
use super::reading::{self, Unread};

/// A whole directory.
#[derive(Debug, Clone, Default)]
pub struct Configuration<'a> {
    /// Modules by folder; the root's is empty.
    pub folders: BTreeMap<String, Rc<Module>>,
    /// What `terraform.tfvars` and its like set.
    pub values: BTreeMap<String, Expression>,
    /// All files, for the functions that read some.
    pub files: Files<'a>,
}

/// One folder.
#[derive(Debug, Default)]
pub struct Module {
    /// Resources, data sources and providers' configurations.
    pub resources: Vec<Resource>,
    /// Where each is, by `type.name` or `data.type.name`.
    pub index: BTreeMap<String, usize>,
    pub variables: BTreeMap<String, Variable>,
    pub locals: BTreeMap<String, Expression>,
    pub outputs: BTreeMap<String, Output>,
    pub calls: BTreeMap<String, Call>,
    /// `moved` blocks: from, to.
    pub moved: Vec<(String, String)>,
    /// `removed` blocks that destroy nothing: from.
    pub forgotten: Vec<String>,
    /// `import` blocks: to.
    pub imported: Vec<String>,
    /// Where the state is kept.
    pub backend: Option<Backend>,
}

/// Where the state is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// The backend's name; `cloud` for HCP Terraform.
    pub kind: String,
    /// The path of a local one.
    pub path: Option<String>,
}

/// An input: its type and its default.
#[derive(Debug)]
pub struct Variable {
    pub kind: Option<Expression>,
    pub default: Option<Expression>,
    /// Whether null stands for itself and not for the default.
    pub is_nullable: bool,
}

/// An output.
#[derive(Debug)]
pub struct Output {
    pub value: Expression,
    pub depends_on: Option<Expression>,
}

/// What a block of resources is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Managed,
    Data,
    /// A provider's configuration, whose type is `provider.<name>` and whose name its alias.
    Provider,
}

/// A resource, a data source or a provider's configuration.
#[derive(Debug)]
pub struct Resource {
    pub mode: Mode,
    pub kind: String,
    pub name: String,
    pub body: Body,
}

/// A call of a module.
#[derive(Debug)]
pub struct Call {
    /// The module's folder, where it is one of this directory.
    pub folder: Option<String>,
    pub arguments: BTreeMap<String, Expression>,
}

/// The engine whose files are read, where both read others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Terraform,
    Tofu,
}

impl<'a> Configuration<'a> {
    /// Reads what one engine would; a folder that is the same in `other` is taken from there.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read(files: Files<'a>, engine: Engine, other: Option<&Configuration<'_>>) -> Result<Self, Unread> {
        let mut read = Self { files, ..Self::default() };
        let mut todo = vec![String::new()];
        while let Some(folder) = todo.pop() {
            if read.folders.contains_key(&folder) {
                continue;
            }
            let same = other.filter(|other| {
                !folder.is_empty() && other.files.ours_in(&folder).eq(read.files.ours_in(&folder))
            });
            let module = match same.and_then(|other| other.folders.get(&folder)) {
                Some(module) => Rc::clone(module),
                None => Rc::new(read.module(&folder, engine)?),
            };
            todo.extend(module.calls.values().filter_map(|call| call.folder.clone()));
            read.folders.insert(folder, module);
        }
        Ok(read)
    }

    fn module(&mut self, folder: &str, engine: Engine) -> Result<Module, Unread> {
        let own = self.files.own_in(folder)?;
        let ours = self.files.ours_in(folder);
        let mut files: Vec<(&str, &[u8])> =
            ours.chain(own.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))).collect();
        let replaced: Vec<String> = match engine {
            Engine::Tofu => files.iter().filter_map(|(path, _)| tofu_only(path)).collect(),
            Engine::Terraform => Vec::new(),
        };
        files.retain(|(path, _)| match engine {
            Engine::Tofu => !replaced.iter().any(|replaced| replaced == path),
            Engine::Terraform => tofu_only(path).is_none(),
        });
        files.sort_by_key(|(path, _)| (role(name_of(path)), *path));
        if !folder.is_empty()
            && !files.iter().any(|(path, _)| role(name_of(path)) == Some(Role::Configuration))
        {
            let reason =
                "a module is called from this folder, and no file of Terraform's is in it".to_owned();
            return Err(Unread { path: folder.to_owned(), line: None, reason });
        }
        let mut blocks = Vec::new();
        for (path, bytes) in files {
            match role(name_of(path)) {
                Some(Role::Configuration) => blocks.extend(reading::body(path, bytes)?.into_blocks()),
                Some(Role::Override) => {
                    for block in reading::body(path, bytes)?.into_blocks() {
                        overrides::merge(&mut blocks, block);
                    }
                }
                Some(Role::Values(_)) if folder.is_empty() => {
                    self.values.extend(attributes(reading::body(path, bytes)?));
                }
                _ => {}
            }
        }
        let mut module = Module::default();
        for block in blocks {
            module.add(folder, block);
        }
        Ok(module)
    }

    /// Whether one engine reads files that the other does not.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn has_tofu_only(&self) -> Result<bool, Unread> {
        for folder in self.folders.keys() {
            let names = self.files.names(folder)?;
            if names.iter().any(|path| role(name_of(path)).is_some() && tofu_only(path).is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The attributes of a body, by name.
pub fn attributes(body: Body) -> BTreeMap<String, Expression> {
    body.into_attributes().map(|attribute| (attribute.key.as_str().to_owned(), attribute.value)).collect()
}

/// An address as `moved` and its like have it, in one spelling.
fn address(expression: &Expression) -> String {
    match expression.as_str() {
        Some(text) => text.to_owned(),
        None => expression.to_string().chars().filter(|c| !c.is_whitespace()).collect(),
    }
}

impl Module {
    fn add(&mut self, folder: &str, block: Block) {
        let mut labels = block.labels.iter().map(|label| label.as_str().to_owned());
        let (first, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
        match block.ident.as_str() {
            "resource" => self.push(Mode::Managed, first, second, block.body),
            "data" => self.push(Mode::Data, first, second, block.body),
            "provider" => {
                let alias = block.body.get_attribute("alias").and_then(|alias| alias.value.as_str());
                let alias = alias.unwrap_or_default().to_owned();
                self.push(Mode::Provider, format!("provider.{first}"), alias, block.body);
            }
            "variable" => {
                let mut arguments = attributes(block.body);
                let is_nullable = arguments.get("nullable").and_then(Expression::as_bool).unwrap_or(true);
                let (kind, default) = (arguments.remove("type"), arguments.remove("default"));
                self.variables.insert(first, Variable { kind, default, is_nullable });
            }
            "locals" => self.locals.extend(attributes(block.body)),
            "output" => {
                let mut arguments = attributes(block.body);
                let depends_on = arguments.remove("depends_on");
                let value = arguments.remove("value");
                self.outputs.extend(value.map(|value| (first, Output { value, depends_on })));
            }
            "module" => {
                let arguments = attributes(block.body);
                let source = arguments.get("source").and_then(Expression::as_str);
                let local = source.filter(|source| source.starts_with("./") || source.starts_with("../"));
                let folder = local.map(|source| join(folder, source));
                self.calls.insert(first, Call { folder, arguments });
            }
            "moved" => {
                let ends = attributes(block.body);
                let end = |key| ends.get(key).map(address);
                self.moved.extend(end("from").zip(end("to")));
            }
            "removed" => {
                let lifecycle = block.body.get_blocks("lifecycle").next();
                let destroys = lifecycle.and_then(|block| block.body.get_attribute("destroy"));
                if destroys.and_then(|destroys| destroys.value.as_bool()) == Some(false) {
                    self.forgotten.extend(block.body.get_attribute("from").map(|from| address(&from.value)));
                }
            }
            "terraform" => {
                for inner in
                    block.body.blocks().filter(|inner| matches!(inner.ident.as_str(), "backend" | "cloud"))
                {
                    let kind =
                        inner.labels.first().map_or(inner.ident.as_str(), |label| label.as_str()).to_owned();
                    let path = inner.body.get_attribute("path").and_then(|path| path.value.as_str());
                    self.backend = Some(Backend { kind, path: path.map(str::to_owned) });
                }
            }
            "import" => self.imported.extend(block.body.get_attribute("to").map(|to| address(&to.value))),
            _ => {}
        }
    }

    fn push(&mut self, mode: Mode, kind: String, name: String, body: Body) {
        let key = match mode {
            Mode::Data => format!("data.{kind}.{name}"),
            _ => format!("{kind}.{name}"),
        };
        self.index.insert(key, self.resources.len());
        self.resources.push(Resource { mode, kind, name, body });
    }
}

impl Resource {
    /// Its address in its module.
    pub fn address(&self) -> String {
        match (self.mode, self.name.is_empty()) {
            (Mode::Data, _) => format!("data.{}.{}", self.kind, self.name),
            (Mode::Provider, true) => self.kind.clone(),
            _ => format!("{}.{}", self.kind, self.name),
        }
    }

    /// A meta-argument.
    pub fn meta(&self, name: &str) -> Option<&Expression> {
        self.body.get_attribute(name).map(|attribute| &attribute.value)
    }

    /// An argument of `lifecycle`.
    pub fn lifecycle(&self, name: &str) -> Option<&Expression> {
        let mut found = self.body.get_blocks("lifecycle").filter_map(|block| block.body.get_attribute(name));
        found.next().map(|attribute| &attribute.value)
    }
}

/// The folder that a relative path leads to from `folder`.
pub fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The path of a file as the functions that read files name it: relative to the root.
pub fn path(text: &str) -> String {
    join("", text)
}
