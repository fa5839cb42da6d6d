//! Plan → tree: the cloud's modules as they are, the root rendered from templates and laid out.
//! What of it is going to be written is parsed first, so that text which is not HCL never reaches the disk.

mod child;
mod engine;

use crate::layout::{self, is_hcl};
use crate::plan::Plan;
use crate::spec::{Cloud, Layout};
use crate::tree::{File, Tree};

/// Every file of `templates/modules`, sorted: path in the output, text, sha256.
static MODULES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/modules.rs"));
/// Every file of `templates/root`, sorted: path below it, text, sha256.
static ROOT: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/root.rs"));

/// The file that keeps the providers of sites which are gone; whoever deletes it says that nothing of them is left.
pub const DEPARTED: &str = "departed.tf";

/// What only a root module has: its parent reaches the cloud and keeps the state for a child module.
const OF_A_ROOT: [&str; 2] = ["providers.tf", "backend.tf"];

/// A template and the plan do not fit each other: a bug of tierform, not of the spec.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Tera refused a template or a value in it.
    #[error("the template of {path} could not be rendered, which is a bug in tierform: {reason}")]
    Template {
        /// The file that was to be rendered.
        path: &'static str,
        /// Tera's message.
        reason: String,
    },
    /// A rendered file is not HCL.
    #[error("{path} was rendered to text that is not HCL, which is a bug in tierform: {reason}")]
    NotHcl {
        /// The file.
        path: String,
        /// The parser's message, with line and column.
        reason: String,
    },
}

/// The text of a file with that hash, where no plan has a part in it: then it need not be hashed to be known.
pub fn embedded(path: &str, sha256: &str) -> Option<&'static str> {
    let of_modules = MODULES.binary_search_by_key(&path, |(own, ..)| own).ok().map(|at| &MODULES[at]);
    let of_root = || ROOT.iter().find(|(own, _, hash)| *hash == sha256 && output(own) == path);
    let (_, text, hash) = of_modules.or_else(of_root)?;
    (*hash == sha256).then_some(*text)
}

/// Renders the plan.
///
/// # Errors
/// A bug of tierform, see [`RenderError`]; no spec can cause it.
pub fn render(plan: &Plan) -> Result<Tree, RenderError> {
    let mut tree = Tree::default();
    for (path, text, sha256) in MODULES {
        if is_called(plan, path) {
            tree.insert_embedded(path, text, sha256);
        }
    }

    let context = engine::context(plan)?;
    let engine =
        engine::engine(ROOT.iter().filter_map(|(path, text, _)| Some((*path, template(plan, path, text)?))))?;
    let is_child = plan.layout == Layout::Module;
    // Of a child module, what is declared and its values.
    let (mut declarations, mut values) = ("", String::new());
    let mut attributes = "";
    for (path, text, sha256) in ROOT.iter().filter(|(path, ..)| is_file(plan, path)) {
        let output = output(path);
        if is_child && output == "variables.tf" {
            declarations = text;
            continue;
        }
        if output == ATTRIBUTES {
            attributes = text;
            continue;
        }
        if !path.ends_with(TEMPLATE) {
            tree.insert_embedded(output, text, sha256);
            continue;
        }
        let rendered = engine::render(&engine, path, &context)?;
        let text = if is_hcl(output) { layout::format(&rendered) } else { rendered };
        match is_child && output == "terraform.tfvars" {
            true => values = text,
            false => tree.insert(output.to_owned(), text),
        }
    }
    if is_child {
        let woven = child::variables(declarations, &values).map_err(|reason| RenderError::NotHcl {
            path: "variables.tf".to_owned(),
            reason: reason.to_string(),
        })?;
        tree.insert("variables.tf", layout::format(&woven));
    }
    let attributes = with_line_ends(attributes, &tree);
    tree.insert(ATTRIBUTES, attributes);
    Ok(tree)
}

/// What git is to know of the directory.
const ATTRIBUTES: &str = ".gitattributes";

/// The attributes with a line for each file of the root and each folder: LF everywhere, so that no checkout changes what machines run.
///
/// A folder's files only where git finds them to be text: one of the user's may be none.
fn with_line_ends(attributes: &str, tree: &Tree) -> String {
    let mut text = attributes.to_owned();
    let mut last = "";
    for (path, _) in tree.iter() {
        match path.split_once('/') {
            Some((folder, _)) if folder == last => {}
            Some((folder, _)) => {
                last = folder;
                text.extend(["/", folder, "/** text=auto eol=lf\n"]);
            }
            None => text.extend(["/", path, " text eol=lf\n"]),
        }
    }
    text
}

/// The end of a template's name.
const TEMPLATE: &str = ".tera";
/// The end of the name of a template that others include.
const PART: &str = ".part";

/// The file of the output that a file of `templates/root` is rendered to.
fn output(path: &'static str) -> &'static str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.strip_suffix(TEMPLATE).unwrap_or(name)
}

/// Whether a file of `templates/root` becomes one of the output.
fn is_file(plan: &Plan, path: &'static str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let output = output(path);
    let is_there = match folder {
        "" => true,
        // Several clouds have more providers than the control plane's own file names.
        "sites" => match output {
            "versions.tf" => spans_clouds(plan),
            DEPARTED => !plan.departed.is_empty(),
            _ => !plan.sites.is_empty(),
        },
        folder => folder == plan.cloud.as_str() && (output != "versions.tf" || !spans_clouds(plan)),
    };
    is_there
        && !path.ends_with(PART)
        && (plan.layout == Layout::Root || !OF_A_ROOT.contains(&output))
        // Most directories have nothing to tell there.
        && (output != "moved.tf" || !plan.moves.is_empty())
}

/// The text of a template of this plan. A part that it never comes to is empty: Tera wants every include to be there, and
/// takes longer to read one than to render it.
fn template(plan: &Plan, path: &'static str, text: &'static str) -> Option<&'static str> {
    let Some(part) = path.strip_suffix(PART) else {
        return (path.ends_with(TEMPLATE) && is_file(plan, path)).then_some(text);
    };
    let (folder, part) = part.split_once('/')?;
    let is_wanted = match part.split('.').next() {
        Some("existing") => plan.existing.is_some(),
        Some("module") => plan.layout == Layout::Module,
        Some("cluster") => plan.all_clusters().any(|cluster| cluster.cloud.as_str() == folder),
        Some("azurerm") => plan
            .departed
            .iter()
            .map(|site| site.cloud)
            .chain(plan.sites.iter().map(|site| site.cloud))
            .any(|cloud| cloud == Cloud::Azure),
        _ => folder != "sites" || !plan.sites.is_empty(),
    };
    Some(if is_wanted { text } else { "" })
}

/// Whether the deployment has parts in several clouds.
fn spans_clouds(plan: &Plan) -> bool {
    let sites = plan.sites.iter().map(|site| site.cloud);
    sites.chain(plan.departed.iter().map(|site| site.cloud)).any(|cloud| cloud != plan.cloud)
}

/// Whether anything of the deployment calls the module that a file belongs to.
fn is_called(plan: &Plan, path: &str) -> bool {
    let mut folders = path.split('/').skip(1);
    let (Some(cloud), Some(module)) = (folders.next(), folders.next()) else { return false };
    let has_site = plan.sites.iter().any(|site| site.cloud.as_str() == cloud);
    match (cloud, module) {
        ("boot", _) => true,
        (_, "site") => has_site,
        (_, "coderd" | "database") => cloud == plan.cloud.as_str(),
        _ => cloud == plan.cloud.as_str() || has_site,
    }
}

/// Parses files of a tree that were rendered from templates; modules are the same in every tree and judged by the tests.
///
/// Only for what is about to be written: a file that is on disk as rendered was parsed when it came there.
///
/// # Errors
/// The first file that is not HCL, which is a bug of tierform.
pub fn verify<'a>(files: impl Iterator<Item = (&'a str, &'a File)>) -> Result<(), RenderError> {
    for (path, file) in files.filter(|(path, file)| is_hcl(path) && !file.is_embedded()) {
        hcl_edit::parser::parse_body(&file.text)
            .map_err(|reason| RenderError::NotHcl { path: path.to_owned(), reason: reason.to_string() })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::catalog::Move;
    use crate::plan::Moved;
    use crate::spec::Cloud;

    static RENAMED: [Move; 2] = [
        Move {
            cloud: Cloud::Gcp,
            since: "9.1.0",
            from: "module.database.google_sql_database_instance.old",
            to: "module.database.google_sql_database_instance.this",
        },
        Move {
            cloud: Cloud::Gcp,
            since: "9.2.0",
            from: "module.cluster_{cluster}.google_container_cluster.this",
            to: "module.workspaces_{cluster}.google_container_cluster.this",
        },
    ];

    /// The directory of an earlier version that called two things otherwise.
    fn earlier(tree: &Tree) -> Vec<(String, String)> {
        let rename = |text: &str| {
            text.replace(
                "\"google_sql_database_instance\" \"this\"",
                "\"google_sql_database_instance\" \"old\"",
            )
            .replace("google_sql_database_instance.this", "google_sql_database_instance.old")
            .replace("\"workspaces_main\"", "\"cluster_main\"")
            .replace("module.workspaces_main", "module.cluster_main")
        };
        tree.iter().map(|(path, file)| (path.to_owned(), rename(&file.text))).collect()
    }

    /// A variable's type: each attribute of the objects in a map, or all of it.
    fn type_of(file: &str, variable: &str) -> BTreeMap<String, String> {
        let body: hcl::Body = hcl::parse(file).unwrap();
        let mut blocks = body.blocks();
        let block = blocks.find(|block| block.labels().first().is_some_and(|own| own.as_str() == variable));
        let mut attributes = block.unwrap().body().attributes();
        let expression = attributes.find(|attribute| attribute.key() == "type").unwrap().expr();
        let text = |expression: &hcl::Expression| hcl::format::to_string(expression).unwrap();
        let of_a_call = |expression: &hcl::Expression| match expression {
            hcl::Expression::FuncCall(call) => call.args.first().cloned(),
            _ => None,
        };
        match of_a_call(expression).as_ref().and_then(of_a_call) {
            Some(hcl::Expression::Object(object)) => {
                object.iter().map(|(key, value)| (key.to_string(), text(value))).collect()
            }
            _ => BTreeMap::from([(String::new(), text(expression))]),
        }
    }

    #[test]
    fn a_site_takes_what_its_root_has() {
        for cloud in ["aws", "azure", "gcp"] {
            let path = format!("{cloud}/variables.tf");
            let (_, root, _) = ROOT.iter().find(|(own, ..)| *own == path).unwrap();
            let path = format!("modules/{cloud}/site/variables.tf");
            let (_, site, _) = MODULES.iter().find(|(own, ..)| *own == path).unwrap();
            for variable in ["clusters", "coder", "terraform", "secret_versions"] {
                let (mut root, site) = (type_of(root, variable), type_of(site, variable));
                // Only in a root may a cluster go without hosts; a site may have the region for all of them.
                if let Some(hosts) = root.get_mut("provisioners") {
                    *hosts = hosts.strip_prefix("optional(").unwrap().strip_suffix(")").unwrap().to_owned();
                }
                root.retain(|key, _| key != "region" || site.contains_key(key));
                assert_eq!(root, site, "{variable} on {cloud}");
            }
        }
    }

    #[test]
    fn a_renamed_address_becomes_a_moved_block_and_so_destroys_nothing() {
        let mut plan = crate::compile(include_str!("../../examples/gcp-1k/coder.toml")).unwrap().plan;
        let bare = render(&plan).unwrap();
        assert!(bare.get("moved.tf").is_none(), "nothing was renamed yet");
        plan.moves = Moved::all(plan.cloud, RENAMED.iter(), &plan.clusters, &plan.sites);
        let tree = render(&plan).unwrap();
        let text = &tree.get("moved.tf").unwrap().text;
        assert!(
            text.contains("\n\nmoved {\n  from = module.database.google_sql_database_instance.old\n"),
            "{text}"
        );
        assert!(
            text.contains(
                "  to   = module.workspaces_main.google_container_cluster.this # since tierform 9.2.0\n}\n"
            ),
            "{text}"
        );
        verify(tree.iter()).unwrap();

        let old = earlier(&tree);
        let lost = |new: &Tree| {
            let old = old.iter().map(|(path, text)| (path.as_str(), text.as_bytes()));
            let new = new.iter().map(|(path, file)| (path, file.text.as_bytes()));
            let account = crate::impact::between(old, new).unwrap();
            let lost =
                account.rows.into_iter().filter(|row| row.class == crate::impact::class::Class::DataLoss);
            lost.map(|row| row.address).collect::<Vec<_>>()
        };
        assert_eq!(
            lost(&bare),
            [
                "module.cluster_main.google_container_cluster.this",
                "module.database.google_sql_database_instance.old"
            ]
        );
        assert_eq!(lost(&tree), Vec::<String>::new());
    }
}
