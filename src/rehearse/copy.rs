//! The working copy: the user's directory without its state, with a local backend, in a temporary place.
//! Local modules outside the directory are copied too, so that their relative paths still hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};

use super::Error;

/// What is never copied: state, installed providers and modules, version control, our own notes.
const LEFT_OUT: [&str; 5] = [".terraform", "terraform.tfstate.d", ".git", ".tierform", ".terraform.lock.hcl"];

/// How deep a directory may be: symbolic links can make it endless.
const DEEPEST: usize = 24;

/// The override that replaces any backend by a local one; JSON because nothing here writes HCL.
const BACKEND_OVERRIDE: (&str, &str) =
    ("zz_rehearsal_override.tf.json", "{\"terraform\":{\"backend\":{\"local\":{}}}}\n");

/// What was found in the user's directory.
#[derive(Debug, Default)]
pub struct Contents {
    /// The source addresses of the providers that it requires, as in `hashicorp/google`.
    pub providers: BTreeSet<String>,
    /// The root's boolean variables that switch deletion protection.
    pub protection: Vec<String>,
    /// The directory and every local module outside it, absolute.
    directories: BTreeSet<PathBuf>,
}

/// Reads the directory and the local modules that it calls.
///
/// # Errors
/// When it is no directory, cannot be read, or holds no configuration.
pub fn survey(directory: &Path) -> Result<Contents, Error> {
    let unreadable = |reason: io::Error| Error::Unreadable { path: directory.to_owned(), reason };
    let root = fs::canonicalize(directory).map_err(|reason| match reason.kind() {
        io::ErrorKind::NotFound => Error::NoDirectory { path: directory.to_owned() },
        _ => unreadable(reason),
    })?;
    if !root.is_dir() {
        return Err(Error::NotADirectory { path: directory.to_owned() });
    }
    if !configuration_files(&root).map_err(unreadable)?.iter().any(|_| true) {
        return Err(Error::NoConfiguration { path: directory.to_owned() });
    }
    let mut contents = Contents { directories: BTreeSet::from([root.clone()]), ..Contents::default() };
    let mut seen = BTreeSet::new();
    let mut waiting = vec![root.clone()];
    while let Some(module) = waiting.pop() {
        if !seen.insert(module.clone()) {
            continue;
        }
        // A module that is not there is the engine's to report, with the place of the call.
        let bodies = parsed(&module);
        let called = contents.read_module(&bodies, module == root);
        waiting.extend(called.iter().filter_map(|source| fs::canonicalize(module.join(source)).ok()));
        if !module.starts_with(&root) {
            contents.directories.insert(module);
        }
    }
    Ok(contents)
}

/// Copies what was found below `target` and returns where the root of the copy is.
///
/// # Errors
/// When something cannot be read or written.
pub fn copy(contents: &Contents, directory: &Path, target: &Path, keep_lock: bool) -> Result<PathBuf, Error> {
    let root = fs::canonicalize(directory)
        .map_err(|reason| Error::Unreadable { path: directory.to_owned(), reason })?;
    let ancestor = common_ancestor(&contents.directories);
    let place = |path: &Path| target.join(path.strip_prefix(&ancestor).unwrap_or(Path::new("")));
    for source in &contents.directories {
        copy_directory(source, &place(source), 0, keep_lock)?;
    }
    let copied = place(&root);
    let (name, text) = BACKEND_OVERRIDE;
    let path = copied.join(name);
    fs::write(&path, text).map_err(|reason| Error::Unwritable { path, reason })?;
    Ok(copied)
}

fn common_ancestor(paths: &BTreeSet<PathBuf>) -> PathBuf {
    let mut paths = paths.iter();
    let mut common: Vec<Component> = paths.next().map(|path| path.components().collect()).unwrap_or_default();
    for path in paths {
        let shared = common.iter().zip(path.components()).take_while(|(a, b)| *a == b).count();
        common.truncate(shared);
    }
    common.iter().collect()
}

fn copy_directory(source: &Path, target: &Path, depth: usize, keep_lock: bool) -> Result<(), Error> {
    let unreadable = |reason: io::Error| Error::Unreadable { path: source.to_owned(), reason };
    if depth > DEEPEST {
        return Err(unreadable(io::Error::other("directories are nested too deeply")));
    }
    fs::create_dir_all(target).map_err(|reason| Error::Unwritable { path: target.to_owned(), reason })?;
    for entry in fs::read_dir(source).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        let lock = keep_lock && text == ".terraform.lock.hcl";
        if !lock && (LEFT_OUT.contains(&text.as_ref()) || text.contains(".tfstate")) {
            continue;
        }
        let (from, to) = (entry.path(), target.join(&name));
        // A dangling link is nothing that an engine could read either.
        let Ok(kind) = fs::metadata(&from) else { continue };
        if kind.is_dir() {
            copy_directory(&from, &to, depth + 1, keep_lock)?;
        } else if kind.is_file() {
            let bytes = fs::read(&from).map_err(|reason| Error::Unreadable { path: from.clone(), reason })?;
            fs::write(&to, bytes).map_err(|reason| Error::Unwritable { path: to.clone(), reason })?;
            fs::set_permissions(&to, owner_writable(kind.permissions()))
                .map_err(|reason| Error::Unwritable { path: to, reason })?;
        }
    }
    Ok(())
}

/// The same mode (a script stays executable), but the copy can always be removed and changed.
fn owner_writable(permissions: fs::Permissions) -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(permissions.mode() | 0o600)
}

fn configuration_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|end| name.ends_with(end)) && path.is_file()
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The files of a module that parse; the engine reports the others.
fn parsed(directory: &Path) -> Vec<Body> {
    let files = configuration_files(directory).unwrap_or_default();
    files.iter().filter_map(|path| fs::read_to_string(path).ok()?.parse().ok()).collect()
}

impl Contents {
    /// Notes the providers of one module and returns the local sources that it calls.
    fn read_module(&mut self, bodies: &[Body], is_root: bool) -> Vec<String> {
        let blocks = || bodies.iter().flat_map(Body::blocks);
        let mut declared: BTreeMap<String, String> = BTreeMap::new();
        for block in blocks().filter(|block| block.ident.as_str() == "terraform") {
            for list in block.body.get_blocks("required_providers") {
                for attribute in list.body.attributes() {
                    let name = attribute.key.as_str().to_owned();
                    let source = object_text(&attribute.value, "source").unwrap_or_else(|| hashicorp(&name));
                    declared.insert(name, normalised(&source));
                }
            }
        }
        let mut local_sources = Vec::new();
        let mut used: BTreeSet<String> = declared.keys().cloned().collect();
        for block in blocks() {
            let label = block.labels.first().map(|label| label.as_str().to_owned()).unwrap_or_default();
            match block.ident.as_str() {
                "resource" | "data" | "ephemeral" => {
                    used.insert(label.split('_').next().unwrap_or_default().to_owned());
                }
                "provider" => {
                    used.insert(label);
                }
                "module" => local_sources.extend(
                    text_of(block, "source").filter(|text| text.starts_with("./") || text.starts_with("../")),
                ),
                "variable" if is_root && label.ends_with("deletion_protection") => {
                    self.protection.push(label)
                }
                _ => {}
            }
        }
        used.remove("terraform");
        let address = |name: &String| declared.get(name).cloned().unwrap_or_else(|| hashicorp(name));
        self.providers.extend(used.iter().map(address).filter(|source| !source.contains("builtin/")));
        local_sources
    }
}

fn hashicorp(name: &str) -> String {
    format!("hashicorp/{name}")
}

/// The address without the two hosts that need not be written.
fn normalised(source: &str) -> String {
    let hosts = ["registry.terraform.io/", "registry.opentofu.org/"];
    hosts.iter().find_map(|host| source.strip_prefix(host)).unwrap_or(source).to_owned()
}

fn text_of(block: &Block, name: &str) -> Option<String> {
    Some(block.body.get_attribute(name)?.value.as_str()?.to_owned())
}

fn object_text(value: &Expression, name: &str) -> Option<String> {
    let entries = value.as_object()?;
    let found = entries.iter().find(|(key, _)| match key {
        hcl_edit::expr::ObjectKey::Ident(ident) => ident.as_str() == name,
        hcl_edit::expr::ObjectKey::Expression(key) => key.as_str() == Some(name),
    });
    Some(found?.1.expr().as_str()?.to_owned())
}
