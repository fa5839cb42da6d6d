//! Texts with values in them, and the files that functions read.

use hcl_edit::parser::parse_template;
use hcl_edit::template::{Directive, Element, Strip, Template};

use super::configuration::path;
use super::evaluate::{Outcome, opaque, pairs, truth};
use super::functions::glob;
use super::known::Evaluation;
use super::scope::{Names, Scope};
use super::value::{Fault, Value};

/// A text under way.
struct Written {
    text: String,
    is_known: bool,
}

impl Evaluation<'_> {
    /// The value of a template's elements: of one interpolation alone that value itself, else a text.
    pub fn template<'t>(
        &self,
        elements: impl Iterator<Item = &'t Element>,
        count: usize,
        scope: &Scope<'_>,
    ) -> Outcome {
        let elements: Vec<&Element> = elements.collect();
        if let ([Element::Interpolation(inner)], 1) = (elements.as_slice(), count) {
            return self.evaluate(&inner.expr, scope);
        }
        let mut written = Written { text: String::new(), is_known: true };
        self.write(&elements, (Strip::None, Strip::None), scope, &mut written)?;
        Ok(match written.is_known {
            true => Value::Text(written.text),
            false => Value::Unknown(format!("\"{}\"", written.text)),
        })
    }

    fn write(
        &self,
        elements: &[&Element],
        around: (Strip, Strip),
        scope: &Scope<'_>,
        written: &mut Written,
    ) -> Result<(), Fault> {
        for (index, element) in elements.iter().enumerate() {
            match element {
                Element::Literal(literal) => {
                    let before = index.checked_sub(1).map_or(around.0, |before| ends(elements[before]).1);
                    let after = elements.get(index + 1).map_or(around.1, |after| ends(after).0);
                    written.text += stripped(literal, before, after);
                }
                Element::Interpolation(inner) => match self.evaluate(&inner.expr, scope)? {
                    Value::Null => return Err(Fault("null in a text".to_owned())),
                    value => match value.as_key() {
                        Some(text) => written.text += &text,
                        None => {
                            written.is_known = false;
                            written.text += &format!("${{{value}}}");
                        }
                    },
                },
                Element::Directive(directive) => self.directive(directive, scope, written)?,
            }
        }
        Ok(())
    }

    fn directive(
        &self,
        directive: &Directive,
        scope: &Scope<'_>,
        written: &mut Written,
    ) -> Result<(), Fault> {
        let part = |template: &Template, around, scope: &Scope<'_>, written: &mut Written| {
            self.write(&template.iter().collect::<Vec<_>>(), around, scope, written)
        };
        match directive {
            Directive::If(directive) => {
                let (yes, no, end) =
                    (&directive.if_expr, directive.else_expr.as_ref(), directive.endif_expr.strip);
                let yes_around = (yes.strip, no.map_or(end, |no| no.strip));
                let condition = self.evaluate(&yes.cond_expr, scope)?;
                match (truth(&condition), no) {
                    (Some(true), _) => part(&yes.template, yes_around, scope, written)?,
                    (Some(false), Some(no)) => part(&no.template, (no.strip, end), scope, written)?,
                    (Some(false), None) => {}
                    (None, no) => {
                        written.is_known = false;
                        written.text += &format!("%{{if {condition}}}");
                        part(&yes.template, yes_around, scope, written)?;
                        if let Some(no) = no {
                            written.text += "%{else}";
                            part(&no.template, (no.strip, end), scope, written)?;
                        }
                        written.text += "%{endif}";
                    }
                }
            }
            Directive::For(directive) => {
                let (each, around) =
                    (&directive.for_expr, (directive.for_expr.strip, directive.endfor_expr.strip));
                let collection = self.evaluate(&each.collection_expr, scope)?;
                let key_name = each.key_var.as_ref().map_or("", |name| name.as_str());
                let value_name = each.value_var.as_str();
                let loops = pairs(&collection).unwrap_or_else(|| {
                    written.is_known = false;
                    written.text += &format!("%{{for {key_name}, {value_name} in {collection}}}");
                    vec![(Value::Unknown(key_name.to_owned()), Value::Unknown(value_name.to_owned()))]
                });
                for (key, value) in loops {
                    let outer = Names { name: key_name, value: &key, outer: scope.names };
                    let names = Names { name: value_name, value: &value, outer: Some(&outer) };
                    part(&each.template, around, &Scope { names: Some(&names), ..*scope }, written)?;
                }
            }
        }
        Ok(())
    }

    /// A function that reads files; `None` for any other.
    ///
    /// # Errors
    /// There is no such file, or a template in it would be refused.
    pub fn file_function(
        &self,
        name: &str,
        arguments: &[Value],
        scope: &Scope<'_>,
    ) -> Result<Option<Value>, Fault> {
        let is_one = matches!(
            name,
            "file"
                | "templatefile"
                | "fileset"
                | "fileexists"
                | "filebase64"
                | "filemd5"
                | "filesha1"
                | "filesha256"
                | "filesha512"
                | "filebase64sha256"
                | "filebase64sha512"
        );
        let Some(Value::Text(text)) = arguments.first().filter(|_| is_one) else {
            return Ok(is_one.then(|| opaque(name, arguments)));
        };
        let files = &self.configuration.files;
        let unread = |error: super::reading::Unread| {
            self.doubt(error.to_string());
            Fault(error.to_string())
        };
        if name == "fileset" {
            let (folder, Some(Value::Text(pattern))) = (path(text), arguments.get(1)) else {
                return Ok(Some(opaque(name, arguments)));
            };
            let Some(pattern) = glob(pattern).filter(|_| !pattern.contains('/')) else {
                self.doubt(format!("tierform does not know the pattern {pattern} of fileset"));
                return Ok(Some(opaque(name, arguments)));
            };
            let names = files.names(&folder).map_err(unread)?;
            let names =
                names.iter().filter_map(|path| path.rsplit('/').next()).filter(|name| pattern.is_match(name));
            return Ok(Some(Value::set(names.map(|name| Value::Text(name.to_owned())).collect())));
        }
        let bytes = files.get(&path(text)).map_err(unread)?;
        if name == "fileexists" {
            return Ok(Some(Value::Bool(bytes.is_some())));
        }
        let Some(bytes) = bytes else {
            // It may lie where tierform does not look, such as above the directory.
            self.doubt(format!("tierform does not find the file {text}"));
            return Ok(Some(opaque(name, arguments)));
        };
        let text = String::from_utf8_lossy(&bytes);
        Ok(Some(match (name, arguments.get(1)) {
            ("file", _) => Value::Text(text.into_owned()),
            ("templatefile", Some(variables)) => {
                let template = parse_template(&text).map_err(|error| Fault(error.message().to_owned()))?;
                let Some(variables) = variables.entries() else {
                    return Ok(Some(opaque(name, &[Value::Text(text.into_owned()), variables.clone()])));
                };
                self.with_names(variables.iter().collect(), scope, &|scope| {
                    self.template(template.iter(), template.len(), scope)
                })?
            }
            _ => opaque(name, &[Value::Text(text.into_owned())]),
        }))
    }

    /// Evaluates in a scope with more names.
    fn with_names(
        &self,
        mut names: Vec<(&String, &Value)>,
        scope: &Scope<'_>,
        evaluate: &dyn Fn(&Scope<'_>) -> Outcome,
    ) -> Outcome {
        match names.pop() {
            None => evaluate(scope),
            Some((name, value)) => {
                let inner = Names { name, value, outer: scope.names };
                self.with_names(names, &Scope { names: Some(&inner), ..*scope }, evaluate)
            }
        }
    }
}

/// What an element strips of the literals before and behind it.
fn ends(element: &Element) -> (Strip, Strip) {
    match element {
        Element::Literal(_) => (Strip::None, Strip::None),
        Element::Interpolation(inner) => (inner.strip, inner.strip),
        Element::Directive(directive) => match &**directive {
            Directive::If(directive) => (directive.if_expr.strip, directive.endif_expr.strip),
            Directive::For(directive) => (directive.for_expr.strip, directive.endfor_expr.strip),
        },
    }
}

/// A literal without the blanks, and the line break behind or before them, that its neighbours strip.
fn stripped(mut literal: &str, before: Strip, after: Strip) -> &str {
    let is_blank = |c: char| c.is_whitespace() && c != '\n' && c != '\r';
    if before.strip_end() {
        literal = literal.trim_start_matches(is_blank);
        literal = literal.strip_prefix("\r\n").or_else(|| literal.strip_prefix('\n')).unwrap_or(literal);
    }
    if after.strip_start() {
        literal = literal.trim_end_matches(is_blank);
        literal = literal.strip_suffix("\r\n").or_else(|| literal.strip_suffix('\n')).unwrap_or(literal);
    }
    literal
}
