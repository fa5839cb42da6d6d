//! Random HCL: every construct, at random places, with random line breaks and comments where HCL allows them.
//! It is valid but senseless, and holds nothing that `fmt` rewrites beyond white space.

use proptest::prelude::*;
use proptest::sample::select;

/// A whole file; its attributes and keys have one blank around `=`, the rest is spaced any way.
pub fn file() -> impl Strategy<Value = String> {
    body(expression()).prop_map(|body| number_attributes(&body))
}

/// Stands for a number that makes an attribute's name unique: the engines refuse to format a name given twice.
const UNIQUE: char = '№';

fn number_attributes(body: &str) -> String {
    let parts = body.split(UNIQUE).enumerate();
    parts.map(|(index, part)| if index == 0 { part.to_owned() } else { format!("{index}{part}") }).collect()
}

fn word() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "bc", "long_name", "x-y", "_z", "in", "if", "for", "é", "名前", "var", "A1"])
}

/// A string without templates, or the text around one; quotes, if any, are the caller's. A template behind it needs a
/// blank between, because a `$` would escape it.
fn text() -> impl Strategy<Value = &'static str> {
    select(vec![
        "", "a", "b  c", " = ", "{ [ (", "} ) ]", "# d", "//", "/*", "$${ e", "%%{f", "$", "%", "日本", "é",
        "\t", "in",
    ])
}

fn comment() -> impl Strategy<Value = String> {
    let text = select(vec!["", " a", "b  c", " x = 1", " {", " \"", " ${", " é", "\tq"]);
    (select(vec!["#", "//"]), text).prop_map(|(sign, text)| format!("{sign}{text}"))
}

/// A blank, or a comment in its place.
fn blank() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just(" "), 1 => Just(" /* c */ "), 1 => Just(" /* {\n  c */ ")]
}

/// White space where a newline means nothing: inside brackets.
fn gap() -> BoxedStrategy<String> {
    let broken = prop_oneof![
        3 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => comment().prop_map(|comment| format!(" {comment}\n")),
        1 => comment().prop_map(|comment| format!("\n{comment}\n")),
    ];
    prop_oneof![6 => blank().prop_map(str::to_owned), 2 => broken].boxed()
}

/// The end of a line in a body or an object.
fn line_end() -> BoxedStrategy<String> {
    prop_oneof![
        6 => Just("\n".to_owned()),
        2 => comment().prop_map(|comment| format!("  {comment}\n")),
        1 => comment().prop_map(|comment| format!(" /* {{ */ {comment}\n{comment}\n")),
        1 => Just("\n\n".to_owned()),
    ]
    .boxed()
}

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "a", "in", "var.x", "a.b.0.c", "a[0].b", "a.*.b", "c[*].d", "true", "null", "x-y.z-1", "é.é",
            "a . b"
        ])
        .prop_map(str::to_owned),
        select(vec![
            "0",
            "12",
            "1.5",
            "2e3",
            "1.5E-3",
            "{}",
            "[]",
            "f()",
            "{ }",
            "[ ]",
            "f( )",
            "p::f(1)",
            "p :: q::r ()"
        ])
        .prop_map(str::to_owned),
        text().prop_map(|text| format!("\"{text}\"")),
    ]
}

fn expression() -> BoxedStrategy<String> {
    leaf().prop_recursive(4, 24, 4, |inner| composed(inner.boxed()).boxed()).boxed()
}

fn composed(inner: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let e = || inner.clone();
    let list = || (gap(), prop::collection::vec((e(), gap(), gap()), 1..4));
    let binary = select(vec!["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"]);
    prop_oneof![
        (select(vec!["-", "!", "- ", "! ", "!!", "- -"]), e()).prop_map(|(sign, e)| format!("{sign}{e}")),
        (e(), blank(), binary.clone(), blank(), e())
            .prop_map(|(a, g, sign, h, b)| format!("{a}{g}{sign}{h}{b}")),
        (gap(), e(), gap(), binary, gap(), e(), gap())
            .prop_map(|(g, a, h, sign, i, b, j)| format!("({g}{a}{h}{sign}{i}{b}{j})")),
        (e(), blank(), e(), blank(), e()).prop_map(|(a, g, b, h, c)| format!("({a}{g}? {b}{h}:{c})")),
        (e(), e(), e()).prop_map(|(a, b, c)| format!("{a} ? {b} : {c}")),
        (word(), list(), select(vec!["", ",", "..."])).prop_map(|(name, items, tail)| {
            let name = if matches!(name, "if" | "for" | "in") { "f" } else { name };
            format!("{name}({})", commas(items, tail))
        }),
        (list(), select(vec!["", ",", ", "])).prop_map(|(items, tail)| format!("[{}]", commas(items, tail))),
        (gap(), e(), gap()).prop_map(|(g, e, h)| format!("f(1)[{g}{e}{h}]")),
        object(e()),
        (gap(), word(), e(), gap(), e(), gap(), prop::option::of(e())).prop_map(
            |(g, name, from, h, to, i, only)| {
                let only = only.map(|only| format!("if {only}{i}")).unwrap_or_default();
                format!("[{g}for {name} in {from}{h}: {to}{i}{only}]")
            }
        ),
        (e(), gap(), e(), e(), select(vec!["", "...", " ..."]))
            .prop_map(|(from, g, key, to, group)| format!("{{for k,v in {from} :{g}{key} => {to}{group}}}")),
        (text(), template(e()), text(), template(e()), text())
            .prop_map(|(a, t, b, u, c)| format!("\"t{a} {t}{b} {u}{c}\"")),
        (heredoc(e()), gap()).prop_map(|(heredoc, gap)| format!("f({heredoc}\n,{gap}1)")),
    ]
}

type Items = (String, Vec<(String, String, String)>);

fn commas((first, items): Items, tail: &str) -> String {
    let items: Vec<String> =
        items.into_iter().map(|(item, before, after)| format!("{item}{before},{after}")).collect();
    let items = items.join("");
    // The last item has its comma from `tail`.
    let (items, after) = items.rsplit_once(',').expect("at least one item");
    format!("{first}{items}{tail}{after}")
}

fn object(e: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let key = prop_oneof![
        4 => word().prop_map(str::to_owned),
        2 => text().prop_map(|text| format!("\"{text}\"")),
        1 => e.clone().prop_map(|e| format!("({e})")),
        1 => e.clone().prop_map(|e| format!("\"t${{{e}}}\"")),
    ]
    // These words begin or continue an expression of their own where a key is wanted.
    .prop_map(|key| if key == "for" { "fore".to_owned() } else { key });
    let pair =
        (key, select(vec![" = ", "=", " : ", ":"]), e).prop_map(|(key, sign, e)| format!("{key}{sign}{e}"));
    prop_oneof![
        prop::collection::vec(pair.clone(), 1..3).prop_map(|pairs| format!("{{{}}}", pairs.join(","))),
        (line_end(), prop::collection::vec((pair, select(vec!["", ",", " ,"]), line_end()), 0..4)).prop_map(
            |(open, pairs)| {
                let pairs: String = pairs.into_iter().map(|(pair, comma, end)| pair + comma + &end).collect();
                format!("{{{open}{pairs}}}")
            }
        ),
    ]
}

fn template(e: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let trim = || select(vec!["", "", "", "~"]);
    prop_oneof![
        4 => (trim(), gap(), e.clone(), gap(), trim()).prop_map(|(t, g, e, h, u)| format!("${{{t}{g}{e}{h}{u}}}")),
        1 => (trim(), e.clone(), blank(), text(), trim())
            .prop_map(|(t, e, g, text, u)| format!("%{{{t}if {e}{g}}}{text} %{{ else {u}}} %{{endif}}")),
        1 => (trim(), e, text()).prop_map(|(t, e, text)| format!("%{{ for x in {e} {t}}}{text} %{{  endfor{t}}}")),
    ]
}

/// A heredoc up to the last letter of its marker.
fn heredoc(e: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let line = prop_oneof![
        2 => text().prop_map(str::to_owned),
        1 => (text(), template(e)).prop_map(|(text, template)| format!("  {text} {template}")),
        1 => select(vec!["", "   ", "  a  b", "EOT a", "\\", "\"", "\t"]).prop_map(str::to_owned),
    ];
    let opener = select(vec!["<<EOT", "<<-EOT"]);
    (opener, prop::collection::vec(line, 0..4), select(vec!["", "  ", "\t"])).prop_map(
        |(opener, lines, indent)| {
            let lines: String = lines.into_iter().map(|line| line + "\n").collect();
            format!("{opener}\n{lines}{indent}EOT")
        },
    )
}

fn body(e: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let attribute = || {
        let value = prop_oneof![
            6 => (e.clone(), line_end()).prop_map(|(e, end)| e + &end),
            1 => heredoc(e.clone()).prop_map(|heredoc| heredoc + "\n"),
        ];
        (word(), value).prop_map(|(name, value)| format!("{name}{UNIQUE} = {value}"))
    };
    let item = prop_oneof![
        8 => attribute(),
        1 => comment().prop_map(|comment| comment + "\n"),
        1 => Just("/* { */\n".to_owned()),
    ]
    .boxed();
    let one_line = (word(), e.clone()).prop_map(|(name, e)| format!("b {{ {name}{UNIQUE}={e} }}\n")).boxed();
    let labels = select(vec!["", " \"l\"", "  \"l\" \"m  n\""]);
    let item = item.prop_recursive(3, 16, 4, move |inner| {
        let block =
            (word(), labels.clone(), line_end(), prop::collection::vec(inner.clone(), 0..4), line_end());
        prop_oneof![
            3 => inner,
            2 => block.prop_map(|(name, labels, open, items, close)| {
                format!("{name}{labels}{{{open}{}}}{close}", items.concat())
            }),
            1 => one_line.clone(),
            1 => Just("b  {  }\n".to_owned()),
        ]
    });
    prop::collection::vec(item, 0..8).prop_map(|items| items.concat())
}
