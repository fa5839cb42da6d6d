//! What providers and clouds refuse beyond the schema: a table of rules and the one function that checks them.
//! A rule judges known values only: in validate literals, in the validation within plan and apply the rest.

mod aws_compute;
mod aws_data;
mod aws_eks;
mod aws_network;
mod azure_aks;
mod azure_compute;
mod azure_data;
mod azure_network;
pub mod cloud;
mod google_compute;
mod google_data;
mod google_gke;
mod google_network;
mod machines;
pub mod replace;
#[cfg(test)]
mod rows;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::Regex;

use super::protocol::{AttributePath, Diagnostic, SEVERITY_ERROR, Selector, Step};
use super::schema::{Block, Nesting};
use super::value::{Object, Value};

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// The types that it holds for.
    pub types: &'static [&'static str],
    /// Blocks and at last an argument, dotted; every block on the way is visited. Empty is the resource itself.
    pub path: &'static str,
    /// What must hold.
    pub check: Check,
    /// Who says so.
    pub source: &'static str,
}

/// What a rule asks of the argument at its path.
#[derive(Debug)]
pub enum Check {
    /// It is one of these.
    OneOf(&'static [&'static str]),
    /// Every element of it is one of these.
    EachOneOf(&'static [&'static str]),
    /// It matches the regular expression, which the words explain.
    Pattern(&'static str, &'static str),
    /// Its least and greatest number of characters, elements or entries.
    Length(usize, usize),
    /// It is a map of Google labels: lower-case keys and values of at most 63 characters, at most 64 of them.
    Labels,
    /// Its least and greatest value.
    Range(f64, f64),
    /// None of these arguments beside it is set when it is.
    Conflicts(&'static [&'static str]),
    /// All of these arguments beside it are set when it is.
    RequiredWith(&'static [&'static str]),
    /// Of these arguments and blocks in the block at the path, exactly one is set.
    ExactlyOneOf(&'static [&'static str]),
    /// Anything else: looks at the block at the path and at the whole resource, and says what is wrong.
    Judge(fn(&Value, &Value) -> Option<String>),
}

const TABLES: &[&[Rule]] = &[
    aws_compute::RULES,
    aws_data::RULES,
    aws_eks::RULES,
    aws_network::RULES,
    azure_aks::RULES,
    azure_compute::RULES,
    azure_data::RULES,
    azure_network::RULES,
    google_compute::RULES,
    google_data::RULES,
    google_gke::RULES,
    google_network::RULES,
];

static PATTERNS: LazyLock<BTreeMap<&'static str, Regex>> = LazyLock::new(|| {
    let patterns = TABLES.iter().copied().flatten().filter_map(|rule| match rule.check {
        // A test compiles every pattern.
        Check::Pattern(pattern, _) => Some((pattern, Regex::new(pattern).ok()?)),
        _ => None,
    });
    patterns.collect()
});

/// What is wrong with a resource, and where.
#[derive(Debug, Clone)]
pub struct Finding {
    path: Vec<Step>,
    /// The headline.
    pub summary: String,
    /// The explanation.
    pub detail: String,
}

impl Finding {
    /// A finding at a dotted path without indices, up to its first block (more would need an index).
    pub fn new(path: &str, summary: String, detail: String) -> Finding {
        let first = path.split('.').next().filter(|name| !name.is_empty());
        Finding { path: first.map(name_step).into_iter().collect(), summary, detail }
    }

    /// The finding as the engine takes it.
    pub fn into_message(self) -> Diagnostic {
        let attribute = (!self.path.is_empty()).then_some(AttributePath { steps: self.path });
        Diagnostic { severity: SEVERITY_ERROR, summary: self.summary, detail: self.detail, attribute }
    }
}

fn name_step(name: &str) -> Step {
    Step { selector: Some(Selector::AttributeName(name.to_owned())) }
}

/// Checks a configuration of `type_name` against the table, and that nothing sets what only the provider sets.
pub fn check(type_name: &str, block: &Block, config: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    unconfigurable(block, config, &mut Vec::new(), &mut findings);
    for rule in TABLES.iter().copied().flatten().filter(|rule| rule.types.contains(&type_name)) {
        let segments: Vec<&str> = rule.path.split('.').filter(|s| !s.is_empty()).collect();
        visit(rule, &segments, Some(block), config, config, &mut Vec::new(), &mut findings);
    }
    findings
}

/// Checks a provider's own configuration.
pub fn check_provider(name: &str, config: &Value) -> Option<Finding> {
    match name {
        // azurerm documentation, "features": the block is required, which its schema does not say.
        "azurerm" if config.get("features").is_none_or(|features| features.items().is_empty()) => {
            Some(Finding::new(
                "",
                "Insufficient features blocks".to_owned(),
                "At least 1 \"features\" blocks are required: write features {} in the provider block."
                    .to_owned(),
            ))
        }
        // aws documentation, "region"; the provider knows the list, of which this is the form.
        "aws" => {
            let region = config.text("region")?;
            let form = Regex::new("^[a-z]{2,4}(-[a-z]+)+-[0-9]$").ok()?;
            (!form.is_match(region)).then(|| {
                Finding::new(
                    "region",
                    "Invalid region value".to_owned(),
                    format!("Invalid AWS Region: {region}"),
                )
            })
        }
        _ => None,
    }
}

/// The wording is the providers' SDK's for an argument that is computed only.
fn unconfigurable(block: &Block, value: &Value, path: &mut Vec<Step>, findings: &mut Vec<Finding>) {
    for (name, attribute) in &block.attributes {
        let only_computed = attribute.computed && !attribute.optional && !attribute.required;
        if only_computed && value.get(name).is_some_and(|value| !value.is_null()) {
            let mut path = path.clone();
            path.push(name_step(name));
            findings.push(Finding {
                path,
                summary: "Value for unconfigurable attribute".to_owned(),
                detail: format!(
                    "Can't configure a value for \"{name}\": its value will be decided automatically based on the \
                     result of applying this configuration."
                ),
            });
        }
    }
    for (name, nested) in &block.block_types {
        path.push(name_step(name));
        let items = value.get(name).map(Value::items).unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            let indexed = nested.nesting_mode == Nesting::List;
            if indexed {
                path.push(index_step(index));
            }
            unconfigurable(&nested.block, item, path, findings);
            if indexed {
                path.pop();
            }
        }
        path.pop();
    }
}

fn index_step(index: usize) -> Step {
    Step { selector: Some(Selector::ElementKeyInt(i64::try_from(index).unwrap_or(i64::MAX))) }
}

/// Goes down to the block that holds the rule's argument, through every element of lists and sets.
fn visit(
    rule: &Rule,
    segments: &[&str],
    block: Option<&Block>,
    here: &Value,
    root: &Value,
    path: &mut Vec<Step>,
    findings: &mut Vec<Finding>,
) {
    let on_block = matches!(rule.check, Check::ExactlyOneOf(_) | Check::Judge(_));
    if segments.is_empty() || segments.len() == 1 && !on_block {
        let argument = segments.first().copied().unwrap_or_default();
        if let Some((summary, detail)) = rule.violation(argument, here, root) {
            let mut path = path.clone();
            if !argument.is_empty() {
                path.push(name_step(argument));
            }
            findings.push(Finding { path, summary, detail });
        }
        return;
    }
    let nested = block.and_then(|block| block.block_types.get(segments[0]));
    let inner_block = nested.map(|nested| &nested.block);
    path.push(name_step(segments[0]));
    match here.get(segments[0]) {
        Some(Value::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                // The protocol cannot point into a set, so such a path ends at the set.
                let indexed = nested.is_none_or(|nested| nested.nesting_mode == Nesting::List);
                let length = path.len();
                if indexed {
                    path.push(index_step(index));
                }
                let mut inside = Vec::new();
                visit(rule, &segments[1..], inner_block, item, root, path, &mut inside);
                path.truncate(length);
                if !indexed {
                    inside.iter_mut().for_each(|finding| finding.path.truncate(length));
                }
                findings.extend(inside);
            }
        }
        Some(item @ Value::Map(_)) => visit(rule, &segments[1..], inner_block, item, root, path, findings),
        _ => {}
    }
    path.pop();
}

impl Rule {
    /// The headline and the explanation when `here` breaks the rule.
    fn violation(&self, argument: &str, here: &Value, root: &Value) -> Option<(String, String)> {
        let value = here.get(argument).unwrap_or(&Value::Null);
        let text = value.display();
        let known = value.is_set();
        let because = |detail: String| format!("{detail} ({})", self.source);
        match &self.check {
            Check::OneOf(allowed) => (known && !allowed.contains(&text.as_str())).then(|| {
                let allowed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
                let summary = format!("expected {argument} to be one of [{}], got {text}", allowed.join(" "));
                (summary, because(format!("\"{text}\" is not a value of {argument}.")))
            }),
            Check::EachOneOf(allowed) => {
                let texts = value.items().iter().filter(|item| item.is_set()).map(Value::display);
                let wrong = texts.into_iter().find(|text| !allowed.contains(&text.as_str()))?;
                let summary =
                    format!("expected {argument} to be one of [{}], got {wrong}", allowed.join(" "));
                Some((summary, because(format!("\"{wrong}\" is not a value of {argument}."))))
            }
            Check::Labels => {
                let Value::Map(labels) = value else { return None };
                let wrong = wrong_label(labels)?;
                Some((format!("Error 400: Invalid value for field '{argument}'"), because(wrong)))
            }
            Check::Pattern(pattern, words) => {
                let matches = PATTERNS.get(pattern).is_none_or(|regex| regex.is_match(&text));
                (known && !matches).then(|| {
                    (
                        format!("{text:?} is not a valid value for {argument}"),
                        because(format!("It must be {words}.")),
                    )
                })
            }
            Check::Length(least, most) => {
                let length = match value {
                    Value::Text(text) => text.chars().count(),
                    Value::List(items) => items.len(),
                    Value::Map(entries) => entries.len(),
                    _ => return None,
                };
                (!(*least..=*most).contains(&length)).then(|| {
                    let summary = format!(
                        "expected length of {argument} to be in the range ({least} - {most}), got {text}"
                    );
                    (summary, because(format!("Its length is {length}.")))
                })
            }
            Check::Range(least, most) => {
                let number = if known { value.as_f64() } else { None }?;
                (!(*least..=*most).contains(&number)).then(|| {
                    let summary =
                        format!("expected {argument} to be in the range ({least} - {most}), got {number}");
                    (summary, because(format!("{argument} is out of range.")))
                })
            }
            Check::Conflicts(others) => {
                let other = others.iter().find(|other| here.get(other).is_some_and(is_given))?;
                is_given(value).then(|| {
                    let detail = format!("\"{argument}\": conflicts with {other}");
                    ("Conflicting configuration arguments".to_owned(), because(detail))
                })
            }
            Check::RequiredWith(others) => {
                let missing = others.iter().find(|other| !here.get(other).is_some_and(is_written))?;
                is_given(value).then(|| {
                    let detail = format!("\"{argument}\": all of `{argument},{missing}` must be specified");
                    ("Missing required argument".to_owned(), because(detail))
                })
            }
            Check::ExactlyOneOf(names) => {
                let count = |test: fn(&Value) -> bool| {
                    names.iter().filter(|name| here.get(name).is_some_and(test)).count()
                };
                let (given, written) = (count(is_given), count(is_written));
                let names = names.join(",");
                (given > 1 || written == 0).then(|| {
                    let detail = format!("one of `{names}` must be specified, but {given} were");
                    ("Invalid combination of arguments".to_owned(), because(detail))
                })
            }
            Check::Judge(judge) => {
                judge(here, root).map(|detail| ("Invalid configuration".to_owned(), because(detail)))
            }
        }
    }
}

/// cloud.google.com/resource-manager/docs/labels-overview, "Requirements for labels" (letters of other scripts aside).
fn wrong_label(labels: &Object) -> Option<String> {
    if labels.len() > 64 {
        return Some(format!("A resource takes at most 64 labels, but has {}.", labels.len()));
    }
    let fits = |text: &str| {
        text.chars().count() <= 63
            && text.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
    };
    labels.iter().find_map(|(key, value)| {
        let starts = key.chars().next().is_some_and(char::is_lowercase);
        let value = value.as_str().unwrap_or_default();
        (!starts || !fits(key) || !fits(value)).then(|| {
            format!(
                "The label {key} = {value:?} may have only lower-case letters, digits, underscores and hyphens, at \
                 most 63 of them, and its key must begin with a letter."
            )
        })
    })
}

/// Whether somebody wrote the argument or block: known or not, but not absent.
fn is_written(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::List(items) => !items.is_empty(),
        _ => true,
    }
}

/// Whether it is written and known: an unknown may turn out to be null, so it proves no conflict.
fn is_given(value: &Value) -> bool {
    value.is_set() && is_written(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearse::schema::BUNDLE;

    #[test]
    fn every_rule_names_a_source_a_type_and_a_path_of_the_schema() {
        let schemas: Vec<_> = BUNDLE.iter().map(|bundled| bundled.load().unwrap()).collect();
        for rule in TABLES.iter().copied().flatten() {
            assert!(!rule.source.is_empty(), "{rule:?}");
            for type_name in rule.types {
                let schema = schemas.iter().find_map(|schema| schema.resource_schemas.get(*type_name));
                let mut block = &schema.unwrap_or_else(|| panic!("no type {type_name}: {rule:?}")).block;
                for segment in rule.path.split('.').filter(|s| !s.is_empty()) {
                    match block.block_types.get(segment) {
                        Some(nested) => block = &nested.block,
                        None => assert!(block.attributes.contains_key(segment), "{type_name}: {rule:?}"),
                    }
                }
            }
            if let Check::Pattern(pattern, _) = rule.check {
                assert!(Regex::new(pattern).is_ok(), "{pattern}");
            }
        }
    }
}
