//! Tera, set up for HCL: the `hcl` filter is the one printer of values, `comment` keeps a reason on its line, `figure` prints a
//! sized value with its reason, and whatever a template prints without any of them is escaped as inside a quoted string.

use std::io::Write;

use hcl::format::{Format, Formatter};
use tera::value::Key;
use tera::{Context, Kwargs, State, Tera, Value};

use super::RenderError;
use crate::plan::Plan;

fn bare() -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on([".tf.tera", ".tfvars.tera"]);
    tera.set_escape_fn(escape);
    tera.register_filter("hcl", hcl);
    tera.register_filter("key", key);
    tera.register_filter("comment", comment);
    tera.register_filter("figure", figure);
    tera
}

/// The plan as the templates see it.
pub fn context(plan: &Plan) -> Result<Context, RenderError> {
    Context::from_serialize(plan)
        .map_err(|error| RenderError::Template { path: "the plan", reason: error.to_string() })
}

/// A Tera with our filters and these templates, which may include one another.
pub fn engine<'t>(templates: impl Iterator<Item = (&'t str, &'t str)>) -> Result<Tera, RenderError> {
    let mut tera = bare();
    tera.add_raw_templates(templates)
        .map_err(|error| RenderError::Template { path: "the root", reason: error.to_string() })?;
    Ok(tera)
}

/// Renders one of the templates.
pub fn render(tera: &Tera, path: &'static str, context: &Context) -> Result<String, RenderError> {
    tera.render(path, context).map_err(|error| RenderError::Template { path, reason: error.to_string() })
}

/// Prints any value as an HCL expression. Strings are escaped, so `"`, `${` and newlines stay text.
fn hcl(value: &Value, _: Kwargs, _: &State) -> tera::TeraResult<Value> {
    print_value(value).map(|text| Value::safe_string(&text))
}

/// Prints a figure of the plan to the end of its line: the value, and why it is that as a comment.
fn figure(figure: &Value, _: Kwargs, _: &State) -> tera::TeraResult<Value> {
    let part = |name: &'static str| {
        let part = figure.as_map().and_then(|parts| parts.get(&Key::Str(name)));
        part.ok_or_else(|| tera::Error::message(format!("{figure} is no figure: it has no {name}")))
    };
    let reason = part("reason")?;
    let reason = reason.as_str().ok_or_else(|| tera::Error::message("a reason is a text"))?;
    Ok(Value::safe_string(&format!("{} # {}", print_value(part("value")?)?, within_line(reason))))
}

fn print_value(value: &Value) -> tera::TeraResult<String> {
    print_hcl(&hcl::expr::to_expression(value).map_err(|error| tera::Error::message(error.to_string()))?)
}

fn print_hcl(expression: &hcl::Expression) -> tera::TeraResult<String> {
    let refused = |reason: String| tera::Error::message(reason);
    let mut text = Vec::new();
    let mut formatter = Formatter::builder().compact_arrays(true).prefer_ident_keys(true).build(&mut text);
    expression.format(&mut formatter).map_err(|error| refused(error.to_string()))?;
    String::from_utf8(text).map_err(|error| refused(error.to_string()))
}

/// Prints the key of an object or the name of an argument: bare where it is an identifier, quoted and escaped otherwise.
fn key(text: &str, _: Kwargs, _: &State) -> tera::TeraResult<Value> {
    match hcl::Identifier::new(text) {
        Ok(identifier) => Ok(Value::safe_string(identifier.as_str())),
        Err(_) => Ok(Value::safe_string(&print_hcl(&hcl::Expression::from(text))?)),
    }
}

/// A text that stays within its line, whatever it holds.
fn comment(text: &str, _: Kwargs, _: &State) -> Value {
    Value::safe_string(&within_line(text))
}

fn within_line(text: &str) -> String {
    text.replace(|character: char| character.is_control(), " ")
}

/// Escapes what stands inside a quoted HCL string.
fn escape(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.write_all(b"\\\"")?,
            '\\' => out.write_all(b"\\\\")?,
            '\n' => out.write_all(b"\\n")?,
            '\r' => out.write_all(b"\\r")?,
            '\t' => out.write_all(b"\\t")?,
            '$' | '%' if characters.peek() == Some(&'{') => write!(out, "{character}{character}")?,
            other => write!(out, "{other}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str, value: &str) -> String {
        let mut tera = bare();
        let mut context = Context::new();
        context.insert("value", value);
        tera.add_raw_template("x.tf.tera", template).unwrap();
        tera.render("x.tf.tera", &context).unwrap()
    }

    #[test]
    fn no_value_leaves_its_quotes() {
        for hostile in
            ["x\"${file(\"/etc/passwd\")}", "a\nb", "%{ if true }", "\\", "$${x}", "\u{2028}", "EOT\n"]
        {
            for template in ["a = {{ value | hcl }}\n", "a = \"{{ value }}\"\n"] {
                let text = rendered(template, hostile);
                let body: hcl::Body = hcl::parse(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
                let attributes: Vec<_> = body.attributes().collect();
                assert_eq!(attributes.len(), 1, "{text:?}");
                let expected = hostile;
                match &attributes[0].expr {
                    hcl::Expression::String(text) => assert_eq!(text, expected),
                    hcl::Expression::TemplateExpr(template) => {
                        let parsed = hcl::Template::from_expr(template).unwrap();
                        let only_text =
                            parsed.elements().iter().all(|e| matches!(e, hcl::template::Element::Literal(_)));
                        assert!(only_text, "{text:?} has become code");
                    }
                    other => panic!("{text:?} is {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a_key_is_bare_only_where_it_is_an_identifier() {
        assert_eq!(rendered("{{ value | key }} = 1\n", "cost-center"), "cost-center = 1\n");
        assert_eq!(rendered("{{ value | key }} = 1\n", "a b\" = x\n${y}"), "\"a b\\\" = x\\n$${y}\" = 1\n");
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(
            rendered("a = 1 # {{ value | comment }}\n", "why\nb = 2\r\u{85}c"),
            "a = 1 # why b = 2  c\n"
        );
    }

    #[test]
    fn a_figure_brings_its_reason() {
        let mut tera = bare();
        let mut context = Context::new();
        context.insert("replicas", &crate::sizing::Figure { value: 3, reason: "as\nthe page has it".into() });
        tera.add_raw_template("x.tf.tera", "a = {{ replicas | figure }}\n").unwrap();
        assert_eq!(tera.render("x.tf.tera", &context).unwrap(), "a = 3 # as the page has it\n");
        context.insert("replicas", &3);
        assert!(tera.render("x.tf.tera", &context).is_err());
    }

    #[test]
    fn lists_stay_on_one_line() {
        let mut tera = bare();
        let mut context = Context::new();
        context.insert("value", &["a", "b"]);
        tera.add_raw_template("x.tf.tera", "a = {{ value | hcl }}").unwrap();
        assert_eq!(tera.render("x.tf.tera", &context).unwrap(), "a = [\"a\", \"b\"]");
    }
}
