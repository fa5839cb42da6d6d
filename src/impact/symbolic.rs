//! A directory whose arguments are symbols, so that each value that is evaluated says which of them it follows from.

use std::collections::{BTreeMap, BTreeSet};

use hcl::Expression;
use hcl::expr::Variable;

use super::arguments::replace;
use super::configuration::Configuration;
use super::evaluate::{Evaluation, Scope};
use super::resources;
use super::value::Value;

/// A directory with a symbol in place of every argument of `terraform.tfvars`: what is evaluated then says by itself what it
/// follows from.
pub struct Symbolic {
    /// The directory.
    pub configuration: Configuration,
    /// The arguments' paths in the order of their symbols.
    pub paths: Vec<String>,
    /// The symbols that each resource follows from, by its module's place and its own.
    pub sources: BTreeMap<(usize, usize), BTreeSet<usize>>,
}

impl Symbolic {
    /// Puts them there.
    pub fn of(configuration: &Configuration) -> Symbolic {
        let mut configuration = configuration.clone();
        let mut paths = Vec::new();
        for (name, expression) in &mut configuration.values {
            replace(expression, name, &mut |path| {
                paths.push(path.to_owned());
                let name = Variable::new(format!("{SYMBOL}{}", paths.len() - 1)).ok()?;
                Some(Expression::Variable(name))
            });
        }
        let evaluation = Evaluation::new(&configuration);
        let mut sources = BTreeMap::new();
        for (index, instance) in evaluation.instances.iter().enumerate() {
            let scope = Scope { instance: index, bound: Vec::new() };
            for (at, resource) in instance.module.resources.iter().enumerate() {
                let own: &mut BTreeSet<usize> = sources.entry((index, at)).or_default();
                for attribute in resource.body.attributes().filter(|one| COUNTS.contains(&one.key())) {
                    own.extend(symbols(&evaluation.evaluate(attribute.expr(), &scope)));
                }
                for (_, scope) in resources::instances(&evaluation, resource, &scope) {
                    let mut arguments = BTreeMap::new();
                    resources::flatten(&evaluation, &resource.body, "", &scope, &mut arguments);
                    own.extend(arguments.values().flat_map(symbols));
                }
            }
        }
        drop(evaluation);
        Symbolic { configuration, paths, sources }
    }
}

/// What says how many instances there are.
pub const COUNTS: [&str; 2] = ["count", "for_each"];

/// The numbers of the symbols in a value.
pub fn symbols(value: &Value) -> BTreeSet<usize> {
    let text = value.to_string();
    let number =
        |at: usize| text[at + SYMBOL.len()..].split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    text.match_indices(SYMBOL).filter_map(|(at, _)| number(at)).collect()
}

/// What an argument of `terraform.tfvars` is called while it is traced.
const SYMBOL: &str = "tierform_argument_";

/// Symbols in a text as `var.<path>`, the way a reader of the directory knows them.
pub fn unsymbolic(text: &str, paths: &[String]) -> String {
    let mut parts = text.split(SYMBOL);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let path = part[..digits].parse().ok().and_then(|index: usize| paths.get(index));
        out += &path.map_or_else(String::new, |path| format!("var.{path}"));
        out += &part[digits..];
    }
    out
}
