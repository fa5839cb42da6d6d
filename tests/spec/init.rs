//! What `tierform init` writes: every key, with the default that it really has, and compiling as soon as nothing is left to fill in.

use std::collections::BTreeSet;

use serde_json::Value;
use tierform::init::begin;
use tierform::spec::{self, Cloud, Values};
use tierform::{Compiled, catalog, compile, figures, render};

/// What a person has to say on each cloud.
fn answers(cloud: Cloud, tier: &str) -> Values {
    let own: &[(&str, &str)] = match cloud {
        Cloud::Gcp => &[("gcp.project", "acme-prod")],
        Cloud::Aws => &[("access.dns_zone", "Z0123456789ABCDEFGHIJ")],
        Cloud::Azure => &[
            ("access.certificate", "https://acme-certs.vault.azure.net/secrets/coder"),
            ("azure.subscription_id", "11111111-2222-3333-4444-555555555555"),
            ("azure.runner_cidrs", "203.0.113.10/32, 203.0.113.20/32"),
            (
                "azure.certificate_vault",
                "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs",
            ),
        ],
    };
    let common = [
        ("name", "acme-coder"),
        ("tier", tier),
        ("cloud", cloud.as_str()),
        ("region", catalog::list_region(cloud)),
        ("access.url", "https://coder.acme.dev"),
    ];
    let typed = common.iter().chain(own);
    typed.map(|(key, value)| ((*key).to_owned(), spec::literal(cloud, key, value).unwrap())).collect()
}

fn compiled(text: &str) -> Compiled {
    compile(text).unwrap_or_else(|problems| panic!("{problems:#?}\nin\n{text}"))
}

/// The text with the comment signs before the defaults taken away.
fn with_defaults(text: &str) -> (String, usize) {
    let (mut out, mut count, mut is_default) = (String::new(), 0, false);
    for line in text.lines() {
        let line = match line.strip_prefix("# ") {
            Some(bare) if is_default => {
                count += 1;
                bare
            }
            _ => line,
        };
        is_default = line.ends_with("Default:") || line.ends_with("Default here:");
        out += &format!("{line}\n");
    }
    (out, count)
}

/// What the directory is made from, without the reasons.
fn values(compiled: &Compiled) -> (Value, String) {
    let mut figures = serde_json::to_value(figures::figures(&compiled.sizing, &compiled.plan)).unwrap();
    // A density that is written is the user's.
    figures["clusters"][0]["bound_by"] = Value::Null;
    let tree = render::render(&compiled.plan).unwrap();
    let tfvars = &tree.get("terraform.tfvars").unwrap().text;
    let bare = tfvars.lines().map(|line| line.split(" # ").next().unwrap_or_default().trim_end());
    let kept = bare.filter(|line| !line.trim_start().starts_with('#'));
    (figures, kept.collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_spec_with_nothing_left_compiles_and_its_defaults_are_those_that_it_has() {
    for cloud in Cloud::ALL {
        for tier in ["1k", "2k", "3k", "10k"] {
            let begun = begin(cloud, &answers(cloud, tier)).unwrap();
            assert_eq!(begun.left, Vec::<String>::new(), "{}", begun.text);
            let (defaults, count) = with_defaults(&begun.text);
            assert!(count >= 28, "{count} in\n{}", begun.text);
            assert_eq!(values(&compiled(&defaults)), values(&compiled(&begun.text)), "{cloud:?} {tier}");
        }
    }
}

#[test]
fn every_key_is_in_it_and_every_example_passes() {
    let mut known = BTreeSet::new();
    for cloud in Cloud::ALL {
        let text = begin(cloud, &answers(cloud, "1k")).unwrap().text;
        let lines: Vec<&str> = text.lines().collect();
        let mut table = "";
        for (at, line) in lines.iter().enumerate() {
            if let Some(name) =
                line.trim_start_matches("# ").strip_prefix('[').and_then(|line| line.strip_suffix(']'))
            {
                table = name.trim_matches(['[', ']']);
            }
            let bare = line.trim_start_matches("# ");
            let Some((key, _)) = bare.split_once(" = ").filter(|(key, _)| {
                key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            }) else {
                continue;
            };
            let path = if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") };
            // Each alone, so that one that is wrong is told from one that another key demands.
            if !["state", "network.existing", "clusters"].contains(&table) && line.starts_with("# ") {
                let mut alone = lines.clone();
                alone[at] = bare;
                let alone = alone.join("\n") + "\n";
                let place = alone.find(&format!("\n{bare}\n")).unwrap() + 1;
                let own = spec::read(&alone).problems.into_iter().find(|problem| {
                    let is_there = problem
                        .span
                        .as_ref()
                        .is_some_and(|span| (place..place + bare.len()).contains(&span.start));
                    let is_of_two = [" needs ", "lies outside the domain"]
                        .iter()
                        .any(|two| problem.message.contains(two));
                    is_there && !is_of_two
                });
                assert!(own.is_none(), "{path}: {own:?}");
            }
            known.insert(path);
        }
        // Its meaning stands above each.
        assert!(text.contains("\n# The number of coderd machines. Default here:\n# replicas = "), "{text}");
    }
    let schema = spec::schema();
    for (table, own) in schema["properties"].as_object().unwrap() {
        let keys = own["properties"].as_object().or_else(|| own["items"]["properties"].as_object());
        for key in
            keys.into_iter().flatten().filter(|(_, key)| key.get("const").is_none()).map(|(key, _)| key)
        {
            let path = format!("{table}.{key}");
            assert!(known.contains(&path) || path == "network.existing", "{path}");
        }
        assert!(
            keys.is_some() || known.contains(table) || ["tags", "state"].contains(&table.as_str()),
            "{table}"
        );
    }
}

#[test]
fn what_is_left_to_fill_in_is_said_and_is_all_that_is_wrong() {
    let mut values = answers(Cloud::Gcp, "1k");
    for key in ["gcp.project", "access.url"] {
        values.remove(key);
    }
    let begun = begin(Cloud::Gcp, &values).unwrap();
    assert_eq!(begun.left.len(), 2, "{:?}", begun.left);
    for what in &begun.left {
        assert!(begun.text.contains(&format!("# - {what}\n")), "{}", begun.text);
    }
    let filled = begun.text.replace("# project = ", "project = ").replace("# url = ", "url = ");
    compiled(&filled);
}

#[test]
fn a_load_instead_of_a_tier_chooses_it() {
    let mut values = answers(Cloud::Gcp, "1k");
    values.remove("tier");
    values.insert("load.users".to_owned(), "1500".to_owned());
    let begun = begin(Cloud::Gcp, &values).unwrap();
    assert_eq!(begun.left, Vec::<String>::new());
    assert_eq!(compiled(&begun.text).plan.tier, "2k");
}

#[test]
fn what_cannot_be_is_refused_with_its_reason() {
    for (key, typed, why) in [
        ("coderd.replica", "3", "is not a key of the spec; did you mean `coderd.replicas`?"),
        ("coderd.replicas", "0", "`coderd.replicas` takes a whole number from 1 to 100, not \"0\""),
        ("machines", "newest", "`machines` takes \"published\" or \"current\", not \"newest\""),
        ("burstable", "yes", "`burstable` takes true or false, not \"yes\""),
        ("network.allowed_cidrs", "10.0.0.0/8,x", "`network.allowed_cidrs`"),
        ("name", "a\"\nb", "`name`"),
        ("coderd", "3", "`coderd` takes a table"),
        ("state.access_key", "x", "is not a key of the spec"),
    ] {
        let error = spec::literal(Cloud::Gcp, key, typed).unwrap_err();
        assert!(error.contains(why), "{key}: {error}");
    }
    let mut values = answers(Cloud::Gcp, "1k");
    values.insert("region".to_owned(), "\"us-centrall1\"".to_owned());
    let problems = begin(Cloud::Gcp, &values).unwrap_err();
    assert!(problems[0].help.as_deref().unwrap().contains("us-central1"), "{problems:?}");
}

#[test]
fn nothing_typed_leaves_its_string() {
    let mut values = answers(Cloud::Gcp, "1k");
    for hostile in ["x\"]\n[gcp]\nproject = \"y", "''' \\", "\u{7f}"] {
        values.insert("tags.team".to_owned(), spec::literal(Cloud::Gcp, "tags.team", hostile).unwrap());
        let begun = begin(Cloud::Gcp, &values).unwrap();
        let value: toml::Table = begun.text.parse().unwrap();
        assert_eq!(value["tags"]["team"].as_str(), Some(hostile));
        assert_eq!(value["gcp"]["project"].as_str(), Some("acme-prod"));
    }
}
