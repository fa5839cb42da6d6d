//! A directory whose arguments are symbols, so that each value that is evaluated says which of them it follows from.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::Expression;
use hcl_edit::{Decorated, Ident};

use super::arguments::replace;
use super::configuration::Configuration;
use super::known::Evaluation;
use super::scope::Scope;
use super::value::Value;

/// A directory with a symbol in place of every argument of `terraform.tfvars`: what is evaluated then says by itself what it
/// follows from.
pub struct Symbolic<'t> {
    /// The directory.
    pub configuration: Configuration<'t>,
    /// The arguments' paths in the order of their symbols.
    pub paths: Vec<String>,
    /// The symbols that each resource follows from, by its address without keys.
    pub sources: BTreeMap<String, BTreeSet<usize>>,
}

impl<'t> Symbolic<'t> {
    /// Puts them there.
    pub fn of(configuration: &Configuration<'t>) -> Symbolic<'t> {
        let mut configuration = configuration.clone();
        let mut paths = Vec::new();
        for (name, expression) in &mut configuration.values {
            replace(expression, name, &mut |path| {
                paths.push(path.to_owned());
                let name = Ident::try_new(format!("{SYMBOL}{}", paths.len() - 1)).ok()?;
                Some(Expression::Variable(Decorated::new(name)))
            });
        }
        let mut sources: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let evaluation = Evaluation::new(&configuration);
        for at in evaluation.all_places() {
            let place = evaluation.place(at);
            // How many modules there are decides what is in them.
            let mut counts = BTreeSet::new();
            let mut caller = place.caller;
            while let Some((above, call)) = caller {
                let numbers = COUNTS.iter().filter_map(|name| call.arguments.get(*name));
                for number in numbers.filter_map(|number| evaluation.evaluate(number, &Scope::of(above)).ok())
                {
                    counts.extend(symbols(&number));
                }
                caller = evaluation.place(above).caller;
            }
            for (index, _) in place.resources() {
                let own = sources.entry(place.keyless(index)).or_default();
                own.extend(counts.iter().copied());
                let resource = &place.module.resources[index];
                let numbers = COUNTS.iter().filter_map(|name| resource.meta(name));
                for number in numbers.filter_map(|number| evaluation.evaluate(number, &Scope::of(at)).ok()) {
                    own.extend(symbols(&number));
                }
                for item in evaluation.resource(at, index).iter().flat_map(|several| several.all()) {
                    own.extend(item.arguments.values().flat_map(symbols));
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
