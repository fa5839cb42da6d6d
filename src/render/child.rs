//! The variables of a directory that a parent calls as a child module: no `terraform.tfvars` is read there, so each of its values, with
//! its reason, becomes the default of its variable, attribute by attribute. A parent may then give any one of them another value.

use std::fmt::Write as _;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::parser::{Error, parse_body};

/// Puts the values of `terraform.tfvars` into the declarations of `variables.tf`.
///
/// # Errors
/// The parser's, when one of the two is not HCL.
pub fn variables(declarations: &str, values: &str) -> Result<String, Error> {
    let (declared, given) = (parse_body(declarations)?, parse_body(values)?);
    let declarations = Text(declarations);
    let woven = Woven { declarations, values: Text(values) };
    // The first line says what the figures are, which in the other layout stands above them.
    let mut out = values.lines().next().unwrap_or_default().to_owned();
    let mut done = declarations.0.find('\n').unwrap_or_default();
    for block in declared.blocks().filter(|block| block.ident.as_str() == "variable") {
        let name = block.labels.first().map_or("", |label| label.as_str());
        let (Some(kind), Some(value)) = (block.body.get_attribute("type"), given.get_attribute(name)) else {
            continue;
        };
        let line = declarations.line_of(&span(kind));
        out += &declarations.0[done..line.start];
        out += woven.values.comment_above(&span(value));
        out += &woven.declaration(&kind.value, &value.value);
        if !block.body.has_attribute("nullable") {
            out += "\nnullable = false"; // a parent's null means the default
        }
        done = declarations.line_of(&span(kind)).end;
        if let Some(default) = block.body.get_attribute("default") {
            let line = declarations.line_of(&span(default));
            out += &declarations.0[done..line.start.saturating_sub(1)];
            done = line.end;
        }
    }
    out += &declarations.0[done..];
    Ok(out)
}

/// The two texts that become one.
struct Woven<'t> {
    declarations: Text<'t>,
    values: Text<'t>,
}

impl Woven<'_> {
    /// The arguments `type` and `default` of a variable.
    fn declaration(&self, kind: &Expression, value: &Expression) -> String {
        let reason = self.values.comment_after(&span(value));
        match self.attributes(kind, value) {
            Some(kind) => format!("type = {kind}{reason}\ndefault = {{}}"),
            None => {
                format!("type = {}\ndefault = {}{reason}", self.declarations.of(kind), self.values.of(value))
            }
        }
    }

    /// The type of an object whose attributes have defaults; `None` for any other value. A map of objects becomes an object with its keys,
    /// for a map's elements have no defaults.
    fn attributes(&self, kind: &Expression, value: &Expression) -> Option<String> {
        let Expression::Object(values) = value else { return None };
        let (constructor, of) = constructor(kind)?;
        let mut out = "object({\n".to_owned();
        let mut is_first = true;
        let mut attribute = |leading: &str, key: &str, kind: &str, reason: &str| {
            let leading = if is_first { leading.trim_start() } else { leading };
            is_first = false;
            let _ = writeln!(out, "{leading}{key} = {kind}{reason}");
        };
        match (constructor, of) {
            ("object", Expression::Object(fields)) => {
                for (key, field) in fields.iter() {
                    let name = self.declarations.of(key);
                    match get(values, key) {
                        None => attribute("", name, self.declarations.of(field.expr()), ""),
                        Some((key, value)) => attribute(
                            self.values.above(&span(key)),
                            name,
                            &self.optional(field.expr(), value),
                            self.values.comment_after(&span(value)),
                        ),
                    }
                }
            }
            ("map", of) if constructor_is_object(of) => {
                for (key, value) in values.iter() {
                    attribute(
                        self.values.above(&span(key)),
                        self.values.of(key),
                        &self.optional(of, value.expr()),
                        self.values.comment_after(&span(value.expr())),
                    );
                }
            }
            _ => return None,
        }
        Some(out + "})")
    }

    /// The type of an attribute with its default.
    fn optional(&self, kind: &Expression, value: &Expression) -> String {
        let kind = match constructor(kind) {
            Some(("optional", inner)) => inner,
            _ => kind,
        };
        match self.attributes(kind, value) {
            Some(kind) => format!("optional({kind}, {{}})"),
            None => format!("optional({}, {})", self.declarations.of(kind), self.values.of(value)),
        }
    }
}

/// The name and the first argument of a type such as `object({…})`.
fn constructor(kind: &Expression) -> Option<(&str, &Expression)> {
    let Expression::FuncCall(call) = kind else { return None };
    Some((call.name.name.as_str(), call.args.get(0)?))
}

fn constructor_is_object(kind: &Expression) -> bool {
    constructor(kind).is_some_and(|(name, _)| name == "object")
}

fn get<'o>(object: &'o Object, key: &ObjectKey) -> Option<(&'o ObjectKey, &'o Expression)> {
    let wanted = key.as_ident()?;
    let (key, value) = object.iter().find(|(key, _)| key.as_ident() == Some(wanted))?;
    Some((key, value.expr()))
}

fn span(of: &impl Span) -> Range<usize> {
    // Whatever was parsed has one.
    of.span().unwrap_or_default()
}

/// A text by places.
#[derive(Clone, Copy)]
struct Text<'t>(&'t str);

impl<'t> Text<'t> {
    fn of(self, of: &impl Span) -> &'t str {
        self.0[span(of)].trim()
    }

    /// The lines that hold a place, without the last one's end.
    fn line_of(self, place: &Range<usize>) -> Range<usize> {
        let start = self.0[..place.start].rfind('\n').map_or(0, |end| end + 1);
        let end = place.end.saturating_sub(1).max(place.start);
        start..self.0[end..].find('\n').map_or(self.0.len(), |more| end + more)
    }

    /// The comment behind a place, on its line.
    fn comment_after(self, place: &Range<usize>) -> &'t str {
        let rest = &self.0[place.end..self.line_of(place).end.max(place.end)];
        if rest.trim_start().starts_with('#') { rest } else { "" }
    }

    /// The comments and blank lines above the line of a place.
    fn above(self, place: &Range<usize>) -> &'t str {
        self.lines_above(place, |line| line.is_empty() || line.starts_with('#'))
    }

    /// The comment right above the line of a place.
    fn comment_above(self, place: &Range<usize>) -> &'t str {
        self.lines_above(place, |line| line.starts_with('#'))
    }

    fn lines_above(self, place: &Range<usize>, belongs: fn(&str) -> bool) -> &'t str {
        let end = self.line_of(place).start;
        let mut start = end;
        while start > 0 {
            let line = self.0[..start - 1].rfind('\n').map_or(0, |end| end + 1);
            if !belongs(self.0[line..start].trim()) {
                break;
            }
            start = line;
        }
        &self.0[start..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;

    const DECLARED: &str = r#"# The inputs.

# Names

variable "name" {
  description = "A name."
  type        = string
}

variable "labels" {
  type    = map(string)
  default = {}
}

variable "clusters" {
  description = "By name."
  type = map(object({
    region = string
    zones  = optional(list(string), [])
    nodes  = object({ min = number, image = optional(string) })
  }))

  validation {
    condition     = length(var.clusters) > 0
    error_message = "None."
  }
}

variable "safe" {
  type    = bool
  default = true
}
"#;

    #[test]
    fn every_value_becomes_a_default_with_its_reason() {
        let values = "# Tier 1k.\n\nname = \"acme\" # yours\n\nlabels = {\n  a = \"b\"\n}\n\n# Two of them.\nclusters = {\n  main = {\n    \
                      region = \"r\" # near\n\n    # At least.\n    nodes = {\n      min = 3 # one a zone\n    }\n  }\n}\n";
        let expected = r#"# Tier 1k.

# Names

variable "name" {
  description = "A name."
  type        = string
  default     = "acme" # yours
  nullable    = false
}

variable "labels" {
  type = map(string)
  default = {
    a = "b"
  }
  nullable = false
}

variable "clusters" {
  description = "By name."
  # Two of them.
  type = object({
    main = optional(object({
      region = optional(string, "r") # near
      zones  = optional(list(string), [])

      # At least.
      nodes = optional(object({
        min   = optional(number, 3) # one a zone
        image = optional(string)
      }), {})
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(var.clusters) > 0
    error_message = "None."
  }
}

variable "safe" {
  type    = bool
  default = true
}
"#;
        assert_eq!(layout::format(&variables(DECLARED, values).unwrap()), expected);
    }

    #[test]
    fn a_value_that_looks_like_code_stays_text() {
        for hostile in ["\"}) # x\"", "\"a\\\"b # {\"", "\"$${x} %%{y}\"", "\"))\\n}\""] {
            let woven = variables(DECLARED, &format!("# x\n\nname = {hostile} # why\n")).unwrap();
            let body: hcl::Body = hcl::parse(&woven).unwrap_or_else(|error| panic!("{woven}: {error}"));
            assert_eq!(body.blocks().count(), 4, "{woven}");
            assert!(woven.contains(&format!("default = {hostile} # why\n")), "{woven}");
        }
    }
}
