//! A file as HCL: native syntax, also where Terraform takes a line break that our parser does not, and JSON syntax.

use std::fmt;

use hcl_edit::expr::{Array, Expression, Object, ObjectKey, ObjectValue};
use hcl_edit::parser::{parse_body, parse_expr, parse_template};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::template::{Element, StringTemplate};
use hcl_edit::{Ident, Number};
use serde_json::Value as Json;

use crate::layout;

/// A file that cannot be read, or not as HCL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Unread {
    /// Its path in the directory.
    pub path: String,
    /// The line, where it is one's.
    pub line: Option<usize>,
    /// What is wrong, as the end of a sentence.
    pub reason: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.reason),
            None => write!(f, "{}: {}", self.path, self.reason),
        }
    }
}

/// Reads a file.
///
/// # Errors
/// It is not what its name says.
pub fn body(path: &str, bytes: &[u8]) -> Result<Body, Unread> {
    let unread = |line, reason: String| Unread { path: path.to_owned(), line, reason };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        unread(Some(line), "this is not UTF-8 text".to_owned())
    })?;
    let text = text.trim_start_matches('\u{feff}');
    if path.ends_with(".json") {
        let json = serde_json::from_str(text)
            .map_err(|error| unread(Some(error.line()), format!("this is not JSON: {error}")))?;
        return from_json(&json, path.ends_with(".tfvars.json")).map_err(|reason| unread(None, reason));
    }
    parse_body(text).or_else(|error| {
        let joined = layout::joined(text).and_then(|joined| parse_body(&joined).ok());
        joined.ok_or_else(|| {
            let reason =
                format!("this is not HCL that tierform can read: {}", error.message().replace('\n', "; "));
            unread(Some(error.location().line()), reason)
        })
    })
}

/// What JSON syntax stands for: objects of `resource`, `module` and the like are blocks, all else are arguments.
fn from_json(json: &Json, is_values: bool) -> Result<Body, String> {
    let Json::Object(tops) = json else { return Err("this is not a JSON object".to_owned()) };
    let mut body = Body::new();
    for (top, content) in tops.iter().filter(|(top, _)| *top != "//") {
        if is_values {
            push(&mut body, top, expression(content, true)?)?;
            continue;
        }
        let labels = match top.as_str() {
            "resource" | "data" | "ephemeral" => 2,
            "provider" | "variable" | "output" | "module" | "check" => 1,
            _ => 0,
        };
        blocks(top, labels, &[], content, &mut body)?;
    }
    Ok(body)
}

/// The blocks of one kind, below as many objects as they have labels.
fn blocks(top: &str, labels: usize, given: &[&str], content: &Json, body: &mut Body) -> Result<(), String> {
    match content {
        Json::Array(several) => several.iter().try_for_each(|one| blocks(top, labels, given, one, body)),
        Json::Object(named) if labels > given.len() => {
            named.iter().filter(|(name, _)| *name != "//").try_for_each(|(name, content)| {
                blocks(top, labels, &[given, &[name.as_str()]].concat(), content, body)
            })
        }
        Json::Object(arguments) => {
            let ident = Ident::try_new(top).map_err(|_| format!("{top:?} is no kind of block"))?;
            let mut block =
                Block::builder(ident).labels(given.iter().map(|label| (*label).to_owned())).build();
            for (name, value) in arguments.iter().filter(|(name, _)| *name != "//") {
                match (name.as_str(), value) {
                    ("lifecycle", value) => blocks("lifecycle", 0, &[], value, &mut block.body)?,
                    ("dynamic", Json::Object(named)) => {
                        for (of, content) in named {
                            dynamic(of, content, &mut block.body)?;
                        }
                    }
                    _ => push(&mut block.body, name, expression(value, is_literal(top, name))?)?,
                }
            }
            body.push(block);
            Ok(())
        }
        Json::Null => Ok(()),
        _ => Err(format!("{top:?} holds something that is no object")),
    }
}

fn dynamic(of: &str, content: &Json, body: &mut Body) -> Result<(), String> {
    if let Json::Array(several) = content {
        return several.iter().try_for_each(|one| dynamic(of, one, body));
    }
    let Json::Object(arguments) = content else { return Err(format!("dynamic {of:?} is no object")) };
    let mut block = Block::builder(Ident::new("dynamic")).label(of.to_owned()).build();
    for (name, value) in arguments {
        match name.as_str() {
            "content" => blocks("content", 0, &[], value, &mut block.body)?,
            _ => push(&mut block.body, name, expression(value, name == "iterator")?)?,
        }
    }
    body.push(block);
    Ok(())
}

/// Whether JSON syntax takes the text of an argument as it stands, or as a reference, and not as a template.
fn is_literal(top: &str, name: &str) -> bool {
    matches!(
        name,
        "depends_on"
            | "ignore_changes"
            | "replace_triggered_by"
            | "providers"
            | "type"
            | "source"
            | "from"
            | "to"
    ) || top != "provider" && name == "provider"
}

fn push(body: &mut Body, name: &str, value: Expression) -> Result<(), String> {
    let ident = Ident::try_new(name).map_err(|_| format!("{name:?} is no name of an argument"))?;
    body.try_push(Attribute::new(ident, value)).map_err(|_| format!("{name:?} is set twice"))
}

fn expression(json: &Json, is_literal: bool) -> Result<Expression, String> {
    Ok(match json {
        Json::Null => Expression::null(),
        Json::Bool(value) => Expression::from(*value),
        Json::Number(number) => {
            let number = number.as_f64().and_then(Number::from_f64);
            Expression::from(number.ok_or_else(|| format!("{json} is no number"))?)
        }
        // A reference such as `aws_vpc.this`, where it is one.
        Json::String(text) if is_literal => match parse_expr(text) {
            Ok(reference @ (Expression::Traversal(_) | Expression::FuncCall(_))) => reference,
            _ => Expression::from(text.as_str()),
        },
        Json::String(text) if text.contains("${") || text.contains("%{") => {
            let template = parse_template(text).map_err(|error| format!("{text:?}: {}", error.message()))?;
            let elements: Vec<Element> = template.into_iter().collect();
            Expression::StringTemplate(StringTemplate::from_iter(elements))
        }
        Json::String(text) => Expression::from(text.as_str()),
        Json::Array(list) => {
            let elements = list.iter().map(|element| expression(element, is_literal));
            Expression::from(elements.collect::<Result<Array, String>>()?)
        }
        Json::Object(map) => {
            let mut object = Object::new();
            for (key, value) in map {
                let key = ObjectKey::Expression(expression(&Json::String(key.clone()), is_literal)?);
                object.insert(key, ObjectValue::new(expression(value, is_literal)?));
            }
            Expression::from(object)
        }
    })
}
