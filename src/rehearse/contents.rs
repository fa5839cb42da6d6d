//! What a configuration holds, all its local modules taken together: what it requires, and what in it would reach out of the copy.
//! Nothing is judged here: the rehearsal decides what it may do.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::configuration::{Block, Value, only_speaks};

/// What the files of a configuration hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    /// The source addresses of the providers that it requires, as in `hashicorp/google`.
    pub providers: BTreeSet<String>,
    /// The root's boolean variables that switch deletion protection.
    pub protection: Vec<String>,
    /// Programs that an apply would run, each by its block and file.
    pub programs: Vec<String>,
    /// What an engine would fetch or read from elsewhere, each by its block and file.
    pub elsewhere: Vec<String>,
    /// Blocks that say where the state is kept; the copy does without them.
    pub left_out: Vec<String>,
    /// Directories and files outside the directory that the copy holds too.
    pub outside: BTreeSet<PathBuf>,
    /// Files that do not parse.
    pub unread: Vec<PathBuf>,
    /// Every call of a module: what `init` has to install.
    calls: BTreeSet<(PathBuf, String, String)>,
}

impl Contents {
    /// Whether `init` has to run again for a configuration that takes the place of this one.
    pub fn needs_init(&self, before: &Contents) -> bool {
        self.calls != before.calls
            || !self.providers.is_subset(&before.providers)
            || !self.unread.is_empty()
            || !before.unread.is_empty()
    }

    /// Notes what the blocks of one module hold, each with the file that it stands in; returns the local sources that it calls.
    pub fn read_module(
        &mut self,
        module: &Path,
        files: &[(PathBuf, Vec<Block>)],
        is_root: bool,
    ) -> Vec<String> {
        let mut declared: Vec<(String, String)> = Vec::new();
        let blocks = || files.iter().flat_map(|(file, blocks)| blocks.iter().map(move |block| (file, block)));
        for (_, settings) in blocks().filter(|(_, block)| block.kind == "terraform") {
            for (name, value) in settings.of_kind("required_providers").flat_map(|list| &list.arguments) {
                let source = match value {
                    Value::Object(entries) => entries.get("source").and_then(Value::as_text),
                    _ => None,
                };
                let source = source.map_or_else(|| hashicorp(name), normalised);
                declared.push((name.clone(), source));
            }
        }
        let mut used: BTreeSet<String> = declared.iter().map(|(name, _)| name.clone()).collect();
        let mut local = Vec::new();
        for (file, block) in blocks() {
            let place = || format!("{} in {}", block.title(), file.display());
            match block.kind.as_str() {
                "resource" | "data" | "ephemeral" | "action" => {
                    used.insert(provider_of(block));
                    for provisioner in block.of_kind("provisioner").filter(|block| !only_speaks(block)) {
                        self.programs.push(format!("{} of {}", provisioner.title(), place()));
                    }
                    match (block.kind.as_str(), block.label(0)) {
                        ("data", "external") => self.programs.push(place()),
                        (_, "terraform_remote_state") => self.elsewhere.push(place()),
                        _ => {}
                    }
                }
                "check" => {
                    for data in block.of_kind("data") {
                        used.insert(provider_of(data));
                        match data.label(0) {
                            "external" => self.programs.push(format!("{} of {}", data.title(), place())),
                            "terraform_remote_state" => {
                                self.elsewhere.push(format!("{} of {}", data.title(), place()));
                            }
                            _ => {}
                        }
                    }
                }
                "provider" => {
                    used.insert(block.label(0).to_owned());
                }
                "module" => {
                    let source = block.arguments.get("source");
                    let text = source.and_then(Value::as_text).unwrap_or_default();
                    if text.starts_with("./") || text.starts_with("../") {
                        local.push(text.to_owned());
                    } else if source.is_some() {
                        self.elsewhere.push(place());
                    }
                    let words: Vec<&str> = ["source", "version"]
                        .iter()
                        .map(|name| block.arguments.get(*name).map_or("", Value::words))
                        .collect();
                    self.calls.insert((module.to_owned(), block.label(0).to_owned(), words.join(" ")));
                }
                "variable" if is_root && block.label(0).ends_with("deletion_protection") => {
                    self.protection.push(block.label(0).to_owned());
                }
                _ => {}
            }
        }
        used.remove("terraform");
        let address = |name: &String| {
            declared
                .iter()
                .rfind(|(known, _)| known == name)
                .map_or_else(|| hashicorp(name), |(_, at)| at.clone())
        };
        self.providers.extend(used.iter().map(address).filter(|source| !source.contains("builtin/")));
        local
    }
}

/// The local name of the provider of a resource: named by its `provider` argument, else the first word of its type.
fn provider_of(block: &Block) -> String {
    let named =
        block.arguments.get("provider").map(|value| value.words().split('.').next().unwrap_or_default());
    let first = || block.label(0).split('_').next().unwrap_or_default();
    named.filter(|name| !name.is_empty()).unwrap_or_else(first).to_owned()
}

fn hashicorp(name: &str) -> String {
    format!("hashicorp/{name}")
}

/// The address without the two hosts that need not be written.
fn normalised(source: &str) -> String {
    let hosts = ["registry.terraform.io/", "registry.opentofu.org/"];
    hosts.iter().find_map(|host| source.strip_prefix(host)).unwrap_or(source).to_owned()
}
