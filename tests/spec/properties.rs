//! Promises about any spec whatsoever: reading never panics, every place lies in the text, and a hostile string either is
//! refused or comes out as it was written.

use proptest::prelude::*;
use tierform::diagnostic::{Diagnostic, render};
use tierform::spec::{Spec, read};

const FULL: &str = include_str!("full.toml");

/// Reads and prints, and checks what holds for every text.
fn survives(text: &str) -> Vec<Diagnostic> {
    let reading = read(text);
    for problem in &reading.problems {
        assert!(!problem.message.is_empty() && !problem.message.contains(char::is_control), "{problem:?}");
        if let Some(span) = &problem.span {
            assert!(text.get(span.clone()).is_some(), "{problem:?} in {text:?}");
        }
    }
    let places: Vec<_> = reading
        .problems
        .iter()
        .map(|problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    for color in [false, true] {
        let shown = render(&reading.problems, "coder.toml", text, color);
        assert_eq!(shown.is_empty(), reading.problems.is_empty());
    }
    reading.problems
}

type Get = fn(&Spec) -> Option<String>;

/// Every key that holds a string, and where the spec keeps it.
const STRINGS: &[(&str, &str, Get)] = &[
    ("", "name", |spec| Some(spec.name.get_ref().clone())),
    ("", "region", |spec| Some(spec.region.get_ref().clone())),
    ("", "output", |spec| spec.output.as_ref().map(|value| value.get_ref().clone())),
    ("tags", "team", |spec| spec.tags.get("team").map(|value| value.get_ref().clone())),
    ("access", "wildcard", |spec| spec.access.wildcard.as_ref().map(|value| value.get_ref().clone())),
    ("access", "dns_zone", |spec| spec.access.dns_zone.as_ref().map(|value| value.get_ref().clone())),
    ("access", "certificate", |spec| spec.access.certificate.as_ref().map(|value| value.get_ref().clone())),
    ("coder", "version", |spec| spec.coder.version.as_ref().map(|value| value.get_ref().clone())),
    ("coder", "sha256", |spec| spec.coder.sha256.as_ref().map(|value| value.get_ref().clone())),
    ("coder", "mirror", |spec| spec.coder.mirror.as_ref().map(|value| value.get_ref().clone())),
    ("coderd", "machine", |spec| spec.coderd.machine.as_ref().map(|value| value.get_ref().clone())),
    ("provisioners", "machine", |spec| {
        spec.provisioners.machine.as_ref().map(|value| value.get_ref().clone())
    }),
    ("workspaces", "machine", |spec| spec.workspaces.machine.as_ref().map(|value| value.get_ref().clone())),
    ("database", "machine", |spec| spec.database.machine.as_ref().map(|value| value.get_ref().clone())),
    ("network", "cidr", |spec| spec.network.cidr.as_ref().map(|value| value.get_ref().to_string())),
    ("state", "bucket", |spec| spec.state.arguments.get("bucket").map(|value| value.get_ref().clone())),
    ("state", "prefix", |spec| spec.state.arguments.get("prefix").map(|value| value.get_ref().clone())),
    ("gcp", "project", |spec| spec.gcp.as_ref().map(|gcp| gcp.project.get_ref().clone())),
    // Of the URL the spec keeps the host name alone.
    ("access", "url", |spec| Some(format!("https://{}", spec.access.hostname.get_ref()))),
];

/// The full spec with one string key set.
fn with(table: &str, key: &str, value: &str) -> String {
    let mut spec: toml::Table = toml::from_str(FULL).expect("full.toml is TOML");
    let place = if table.is_empty() { &mut spec } else { spec[table].as_table_mut().expect("a table") };
    assert!(
        place.insert(key.to_owned(), toml::Value::String(value.to_owned())).is_some(),
        "{table}.{key} is in full.toml"
    );
    toml::to_string(&spec).expect("strings can be written")
}

fn is_refused_or_unchanged(table: &str, key: &str, get: Get, value: &str) -> Result<(), TestCaseError> {
    let text = with(table, key, value);
    survives(&text);
    if let Ok(spec) = read(&text).good() {
        let kept = get(&spec);
        let written = if key == "url" { value.trim_end_matches('/').trim_end_matches(":443") } else { value };
        prop_assert_eq!(kept.as_deref(), Some(written), "{}.{}", table, key);
        let hostile = |c: char| c.is_control() || "\"'`$\\;&|<>(){}%*!#\n".contains(c);
        // Only the HCL printer sees these two; it escapes.
        let free = matches!(key, "prefix" | "wildcard");
        prop_assert!(free || !value.contains(hostile), "{}.{} = {:?}", table, key, value);
    }
    Ok(())
}

#[test]
fn well_known_attacks_are_refused_or_harmless() {
    for (table, key, get) in STRINGS {
        for value in [
            "x\"${file(\"/etc/passwd\")}",
            "a\nb",
            "a\r\nb",
            "%{ if true }x%{ endif }",
            "x\"\n}\nresource \"null\" \"x\" {",
            "$(id)",
            "`id`",
            "../../../etc/passwd",
            "/etc/passwd",
            "a;rm -rf /",
            "a\0b",
            "\u{202e}acme",
            "acme\u{200b}",
            "аcme",
            "",
            " ",
            "-",
            "--help",
            "https://x\"y",
            "https://coder.acme.dev/$(id)",
            "*.$(id)",
            "{{ name }}",
            "{% include x %}",
        ] {
            is_refused_or_unchanged(table, key, *get, value).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(text in "(?s).{0,400}") {
        survives(&text);
    }

    #[test]
    fn any_text_of_toml_signs_is_survived(text in "[a-c\\[\\]{}=.,\"'\\\\#\n\r\t 0-9_é-]{0,200}") {
        survives(&text);
    }

    #[test]
    fn any_cut_of_a_good_spec_is_survived(
        cuts in prop::collection::vec((0..FULL.len(), 0usize..60, "(?s).{0,12}"), 1..6),
    ) {
        let mut text = FULL.to_owned();
        for (at, length, instead) in cuts {
            let start = text.floor_char_boundary(at.min(text.len()));
            let end = text.floor_char_boundary((start + length).min(text.len())).max(start);
            text.replace_range(start..end, &instead);
        }
        survives(&text);
    }

    #[test]
    fn lines_in_any_order_are_survived(order in Just(FULL.lines().collect::<Vec<_>>()).prop_shuffle()) {
        survives(&order.join("\n"));
    }

    #[test]
    fn a_hostile_string_is_refused_or_unchanged(
        which in 0..STRINGS.len(),
        value in prop_oneof!["(?s).{0,40}", "[a-z0-9.:/@*${}\"\\\\-]{0,30}", "https://[a-z.:/@?#-]{0,20}", "\\*\\.[a-z.$-]{0,20}"],
    ) {
        let (table, key, get) = STRINGS[which];
        is_refused_or_unchanged(table, key, get, &value)?;
    }

    #[test]
    fn any_place_can_be_shown(text in "(?s)[a-zé日\t\r\n\u{301}]{0,80}", start in 0usize..120, length in 0usize..120) {
        let problem = Diagnostic::at(start..start.saturating_add(length), "odd").label("here").note("n").help("h");
        let shown = render(&[problem], "coder.toml", &text, false);
        prop_assert!(shown.starts_with("error: odd\n"), "{}", shown);
    }
}
