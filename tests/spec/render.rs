//! How mistakes are printed: places that are hard to point at.

use snapbox::{IntoData, assert_data_eq, str};
use tierform::diagnostic::{Diagnostic, render};

fn shown(source: &str, span: std::ops::Range<usize>) -> String {
    render(&[Diagnostic::at(span, "this is odd")], "coder.toml", source, false)
}

#[test]
fn an_empty_file() {
    assert_data_eq!(
        shown("", 0..0),
        str![[r#"
error: this is odd
 --> coder.toml:1:1
  |
1 |
  | ^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
}

#[test]
fn the_end_of_the_file() {
    assert_data_eq!(
        shown("name = \"acme\"\n", 14..14),
        str![[r#"
error: this is odd
 --> coder.toml:2:1
  |
2 |
  | ^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
    assert_data_eq!(
        shown("name = \"acme", 12..12),
        str![[r#"
error: this is odd
 --> coder.toml:1:13
  |
1 | name = "acme
  |             ^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
}

#[test]
fn a_place_outside_the_text() {
    assert_data_eq!(
        shown("name = \"acme\"", 90..100),
        str![[r#"
error: this is odd
 --> coder.toml:1:14
  |
1 | name = "acme"
  |              ^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
}

#[test]
fn no_width() {
    assert_data_eq!(
        shown("tier =\ncloud = \"gcp\"\n", 6..6),
        str![[r#"
error: this is odd
 --> coder.toml:1:7
  |
1 | tier =
  |       ^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
}

#[test]
fn tabs_and_wide_characters() {
    assert_data_eq!(
        shown("\tname =\t\"日本語\" # ü\n", 9..18),
        str![[r#"
error: this is odd
 --> coder.toml:1:10
  |
1 |     name =    "日本語" # ü
  |                ^^^^^^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
}

#[test]
fn windows_line_ends() {
    assert_data_eq!(
        shown("a = 1\r\nb = 2\r\n", 7..8),
        str![[r#"
error: this is odd
 --> coder.toml:2:1
  |
2 | b = 2
  | ^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
}

#[test]
fn long_lines_are_folded_and_very_long_ones_only_named() {
    let line = format!("[network]\nzones = [{}\"x\"]\n", "\"us-central1-a\", ".repeat(30));
    let at = line.find("\"x\"").unwrap();
    assert_data_eq!(
        shown(&line, at..at + 3),
        str![[r#"
error: this is odd
 --> coder.toml:2:520
  |
2 | ...entral1-a", "us-central1-a", "us-central1-a", "us-central1-a", "x"]
  |                                                                   ^^^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
    let line = format!("name = \"{}\"\n", "é".repeat(500_000));
    let at = line.len() - 2;
    assert_data_eq!(
        shown(&line, at..at + 1),
        str![[r#"
error: this is odd
--> coder.toml:1:500009

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
}

#[test]
fn a_value_over_many_lines() {
    let text = format!("zones = [\n{}]\n", "  \"us-central1-a\",\n".repeat(20));
    assert_data_eq!(
        shown(&text, 8..text.len() - 1),
        str![[r#"
error: this is odd
 --> coder.toml:1:9
  |
1 | zones = [
  |         ^

error: coder.toml has 1 mistake

"#]]
        .raw()
    );
}

#[test]
fn by_place_with_the_placeless_last() {
    let problems = [
        Diagnostic::nowhere("`tier` is required").help("write it"),
        Diagnostic::at(6..7, "the second"),
        Diagnostic::at(0..1, "the first").label("here").note("because").help("do"),
    ];
    assert_data_eq!(
        render(&problems, "infra/coder.toml", "a = 1\nb = 2\n", false),
        str![[r#"
error: the first
 --> infra/coder.toml:1:1
  |
1 | a = 1
  | ^ here
  |
  = note: because
  = help: do

error: the second
 --> infra/coder.toml:2:1
  |
2 | b = 2
  | ^

error: `tier` is required
--> infra/coder.toml
 = help: write it

error: infra/coder.toml has 3 mistakes

"#]]
        .raw()
    );
    assert_eq!(render(&[], "coder.toml", "", false), "");
}

#[test]
fn colour_only_when_asked_for() {
    let problem = [Diagnostic::at(0..1, "odd").label("here")];
    assert!(render(&problem, "coder.toml", "a = 1\n", true).contains("\u{1b}["));
    assert!(!render(&problem, "coder.toml", "a = 1\n", false).contains('\u{1b}'));
}

#[test]
fn control_characters_reach_no_terminal() {
    let problem =
        [Diagnostic::at(0..1, "a\u{1b}[31mb").label("\u{1b}x").note("\u{1b}y\u{7}").help("\u{1b}z")];
    assert!(!render(&problem, "\u{1b}coder.toml", "a = \"\u{1b}\"\n", false).contains('\u{1b}'));
}
