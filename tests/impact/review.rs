//! `tierform review`: what it takes for a plan, what it never prints, and how it ends.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Value, json};
use tierform::impact::class::Class;
use tierform::review::{Fate, Review, review};

fn plan_of(changes: Value) -> Value {
    json!({ "format_version": "1.2", "terraform_version": "1.12.6", "resource_changes": changes })
}

fn change(address: &str, kind: &str, actions: &[&str], before: Value, after: Value) -> Value {
    json!({
        "address": address, "mode": "managed", "type": kind, "name": "this",
        "change": { "actions": actions, "before": before, "after": after, "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {} },
    })
}

fn told(plan: &Value) -> Review {
    review(plan.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(plan: &str) -> String {
    review(plan.as_bytes()).expect_err(plan).to_string()
}

fn classes(review: &Review) -> Vec<(Class, &str)> {
    review.account.rows.iter().map(|row| (row.class, row.address.as_str())).collect()
}

#[test]
fn what_is_no_whole_plan_is_an_error_that_says_what_it_is() {
    for (text, says) in [
        ("", "no plan in JSON"),
        ("{", "no plan in JSON"),
        ("[]", "no plan in JSON"),
        ("{}", "neither resource_changes nor planned_values"),
        ("PK\u{3}\u{4}", "a plan file itself"),
        ("{\"@level\":\"info\",\"@message\":\"x\"}\n{\"@level\":\"info\"}\n", "the log of `plan -json`"),
        ("{\"format_version\":\"1.0\",\"values\":{}}", "a state, not a plan"),
        ("{\"version\":4,\"lineage\":\"x\",\"resources\":[]}", "a state, not a plan"),
        ("{\"resource_changes\":[]}", "no format_version"),
        ("{\"format_version\":\"2.0\",\"resource_changes\":[]}", "its format is 2.0"),
        ("{\"format_version\":\"1.2\",\"resource_changes\":{}}", "no plan in JSON"),
        ("{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":1}]}", "no plan in JSON"),
        ("{\"format_version\":\"1.2\",\"resource_changes\":[],\"errored\":true}", "failed half-way"),
        ("{\"format_version\":\"1.2\",\"resource_changes\":[],\"complete\":false}", "not complete"),
        (
            "{\"format_version\":\"1.2\",\"resource_changes\":[],\"deferred_changes\":[{\"reason\":\"x\"}]}",
            "1 changes are deferred",
        ),
    ] {
        let error = refused(text);
        assert!(error.contains(says), "{text}: {error}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut plan =
        plan_of(json!([change("a.b", "a", &["update"], json!({ "x": 1 }), json!({ "x": 2 }))])).to_string();
    plan = plan.replace("{\"x\":2}", &format!("{{\"x\":{deep}}}"));
    assert!(refused(&plan).contains("recursion limit"));
    let strange = plan_of(json!([change("a.b", "a", &["explode"], json!({}), json!({}))]));
    assert!(refused(&strange.to_string()).contains("it does `explode` to a.b"));
}

#[test]
fn every_action_of_an_engine_has_its_class() {
    let bare = |name: &str, kind: &str, actions: &[&str]| {
        change(name, kind, actions, json!({ "name": "a" }), json!({ "name": "b" }))
    };
    let mut replaced = bare("aws_lb.replaced", "aws_lb", &["delete", "create"]);
    replaced["change"]["replace_paths"] = json!([["name"], ["access_logs", 0, "bucket"]]);
    let mut moved = bare("aws_lb.moved", "aws_lb", &["no-op"]);
    moved["previous_address"] = json!("aws_lb.old");
    let mut deposed = bare("aws_db_instance.this", "aws_db_instance", &["delete"]);
    deposed["deposed"] = json!("1a2b3c4d");
    let mut imported = bare("aws_lb.imported", "aws_lb", &["no-op"]);
    imported["change"]["importing"] = json!({ "id": "x" });
    let mut data = bare("data.aws_ami.this", "aws_ami", &["read"]);
    data["mode"] = json!("data");
    let review = told(&plan_of(json!([
        bare("aws_lb.same", "aws_lb", &["no-op"]),
        bare("aws_lb.made", "aws_lb", &["create"]),
        bare("aws_lb.changed", "aws_lb", &["update"]),
        bare("aws_lb.destroyed", "aws_lb", &["delete"]),
        replaced,
        bare("aws_db_instance.anew", "aws_db_instance", &["create", "delete"]),
        bare("aws_lb.forgotten", "aws_lb", &["forget"]),
        bare("aws_lb.left", "aws_lb", &["forget", "create"]),
        moved,
        deposed,
        imported,
        data,
    ])));
    let expected = [
        (Class::DataLoss, "aws_db_instance.anew"),
        (Class::DataLoss, "aws_db_instance.this (deposed 1a2b3c4d)"),
        (Class::Destroyed, "aws_lb.destroyed"),
        (Class::Replaced, "aws_lb.replaced"),
        (Class::InPlace, "aws_lb.changed"),
        (Class::InPlace, "aws_lb.forgotten"),
        (Class::InPlace, "aws_lb.imported"),
        (Class::InPlace, "aws_lb.left"),
        (Class::InPlace, "aws_lb.moved"),
        (Class::Created, "aws_lb.left"),
        (Class::Created, "aws_lb.made"),
    ];
    let mut found = classes(&review);
    // What the tables say of a balancer besides is no matter here.
    found.dedup();
    for one in expected {
        assert!(found.contains(&one), "{one:?} in {found:#?}");
    }
    assert!(
        !found.iter().any(|(_, address)| address.contains("same") || address.contains("data.")),
        "{found:?}"
    );
    let forced = review.account.rows.iter().filter(|row| row.class == Class::Replaced);
    let arguments: Vec<_> = forced.filter_map(|row| row.argument.as_deref()).collect();
    assert_eq!(arguments, ["access_logs.bucket", "name"]);
}

#[test]
fn a_type_that_tierform_does_not_know_is_listed_and_may_hold_data() {
    let review = told(&plan_of(json!([
        change("aws_s3_bucket.mine", "aws_s3_bucket", &["delete"], json!({}), Value::Null),
        change("custom_thing.x", "custom_thing", &["update"], json!({ "a": 1 }), json!({ "a": 2 })),
    ])));
    assert_eq!(
        classes(&review),
        [
            (Class::Destroyed, "aws_s3_bucket.mine"),
            (Class::InPlace, "custom_thing.x"),
            (Class::MayBe, "aws_s3_bucket.mine")
        ]
    );
    assert!(review.to_text().contains("aws_s3_bucket (1), custom_thing (1)"), "{}", review.to_text());
    assert_eq!(review.to_json()["unknown_types"], json!({ "aws_s3_bucket": 1, "custom_thing": 1 }));
}

#[test]
fn an_output_that_changes_is_a_change_too() {
    let mut plan = plan_of(json!([]));
    plan["output_changes"] = json!({ "url": { "actions": ["update"] }, "same": { "actions": ["no-op"] } });
    let review = told(&plan);
    assert!(!review.account.is_empty());
    assert!(review.to_text().contains("outputs that change: url"), "{}", review.to_text());
    assert!(told(&plan_of(json!([]))).account.is_empty());
}

#[test]
fn what_is_changed_outside_the_files_is_sorted_by_who_did_it() {
    let state = |nodes: u32, storage: u32, class: &str| {
        (
            json!({ "scaling_config": [{ "desired_size": nodes }] }),
            json!({ "allocated_storage": storage, "instance_class": class, "status": "available", "latest_restorable_time": nodes }),
        )
    };
    let (pool, database) = (
        "module.workspaces_main.aws_eks_node_group.workspaces[\"a\"]",
        "module.database.aws_db_instance.this",
    );
    let (was, is) = (state(3, 512, "db.m8g.xlarge"), state(7, 640, "db.m8g.large"));
    let mut plan = plan_of(json!([change(
        database,
        "aws_db_instance",
        &["update"],
        is.1.clone(),
        json!({
            "allocated_storage": 640, "instance_class": "db.m8g.xlarge", "status": "available", "latest_restorable_time": 7
        })
    )]));
    plan["resource_drift"] = json!([
        change(pool, "aws_eks_node_group", &["update"], was.0, is.0),
        change(database, "aws_db_instance", &["update"], was.1, is.1),
        change("module.coderd.aws_lb.coderd", "aws_lb", &["delete"], json!({}), Value::Null),
    ]);
    let review = told(&plan);
    let found: Vec<_> = review
        .drift
        .iter()
        .map(|one| (format!("{:?}", one.whose), one.argument.as_deref().unwrap_or("gone"), one.fate))
        .collect();
    let expected = [
        ("Person", "instance_class", Fate::PutBack),
        ("Person", "gone", Fate::Left),
        ("Cloud", "allocated_storage", Fate::Left),
        ("Cloud", "latest_restorable_time", Fate::Left),
        ("Autoscaler", "scaling_config.desired_size", Fate::Left),
    ];
    for (whose, argument, fate) in expected {
        assert!(found.contains(&(whose.to_owned(), argument, fate)), "{whose} {argument} in {found:#?}");
    }
    assert_eq!(found.len(), expected.len());
    let text = review.to_text();
    assert!(text.contains("cluster main's node pool a"), "{text}");
    assert!(text.contains("the apply puts it back"), "{text}");
}

#[test]
fn what_is_sensitive_is_printed_in_no_format() {
    const SECRETS: [&str; 6] = ["hunter1", "hunter2", "hunter3", "hunter4", "hunter5", "hunter6"];
    let mut one = change(
        "azurerm_key_vault_secret.this[\"psk\"]",
        "azurerm_key_vault_secret",
        &["update"],
        json!({ "value": "hunter1", "tags": { "a": "hunter2" }, "list": [{ "x": "hunter3", "y": 1 }], "same": "hunter6" }),
        json!({ "value": "hunter4", "tags": { "a": "hunter5" }, "list": [{ "x": "new", "y": 2 }], "same": "hunter6" }),
    );
    one["change"]["before_sensitive"] =
        json!({ "value": true, "tags": { "a": true }, "list": [{ "x": true }], "same": true });
    one["change"]["after_sensitive"] = json!({ "value": true, "tags": true, "same": true });
    let mut whole = change("x.y", "x", &["update"], json!({ "v": "hunter1" }), json!({ "v": "hunter2" }));
    whole["change"]["before_sensitive"] = json!(true);
    let mut plan = plan_of(json!([one.clone(), whole]));
    plan["resource_drift"] = json!([one]);
    let review = told(&plan);
    for text in [review.to_text(), review.to_json().to_string(), review.to_markdown()] {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let text = review.to_text();
    assert!(text.contains("value: (sensitive) → (sensitive, another value)"), "{text}");
    assert!(text.contains("list.y: 1 → 2"), "{text}");
    assert!(!text.contains("same"), "{text}");
}

#[test]
fn names_in_a_plan_move_no_cursor_and_are_no_markup() {
    let review = told(&plan_of(json!([change(
        "x.y[\"\u{1b}[2J|<script>\u{202e}\"]",
        "x",
        &["update"],
        json!({ "a\u{7}": "`1`" }),
        json!({ "a\u{7}": "|2|" })
    )])));
    for text in [review.to_text(), review.to_markdown()] {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    }
    let markdown = review.to_markdown();
    assert!(!markdown.contains("<script>") && markdown.contains("\\|"), "{markdown}");
}

#[test]
fn no_resource_of_a_large_plan_is_passed_over() {
    let mut plan =
        String::from("{\"format_version\":\"1.2\",\"terraform_version\":\"1.12.6\",\"resource_changes\":[");
    // Without optimisation a tenth is enough to see that none is passed over.
    let many = if cfg!(debug_assertions) { 10_000 } else { 100_000 };
    for at in 0..many {
        let kind = ["aws_launch_template", "aws_eks_node_group", "aws_subnet", "null_resource"][at % 4];
        let actions = ["[\"update\"]", "[\"no-op\"]", "[\"delete\",\"create\"]", "[\"create\"]"][at / 4 % 4];
        let _ = write!(
            plan,
            "{}{{\"address\":\"module.m{at}.{kind}.this[\\\"k{at}\\\"]\",\"mode\":\"managed\",\"type\":\"{kind}\",\"name\":\"this\",\"change\":{{\
             \"actions\":{actions},\"before\":{{\"name\":\"a{at}\",\"instance_type\":\"m5.xlarge\",\"tags\":{{\"a\":\"b\",\"c\":\"d\"}},\"user_data\":\"{}\"}},\
             \"after\":{{\"name\":\"b{at}\",\"instance_type\":\"m5.large\",\"tags\":{{\"a\":\"c\",\"c\":\"d\"}},\"user_data\":\"{}\"}},\
             \"after_unknown\":{{\"id\":true}},\"before_sensitive\":{{}},\"after_sensitive\":{{\"tags\":{{}}}}}}}}",
            if at == 0 { "" } else { "," },
            "x".repeat(500),
            "y".repeat(500)
        );
    }
    plan += "]}";
    let started = Instant::now();
    let review = review(plan.as_bytes()).unwrap();
    let text = review.to_text();
    let took = started.elapsed();
    assert!(text.lines().count() > many / 2, "{}", text.lines().count());
    let told: std::collections::BTreeSet<_> = review.account.rows.iter().map(|row| &row.address).collect();
    assert_eq!(told.len(), many / 4 * 3);
    if !cfg!(debug_assertions) {
        assert!(took.as_secs_f64() < 2.0, "{took:?}");
    }
}

#[test]
fn the_status_says_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, plan: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, plan.to_string()).unwrap();
        path
    };
    let lost =
        plan_of(json!([change("aws_db_instance.x", "aws_db_instance", &["delete"], json!({}), Value::Null)]));
    let (nothing, lost) = (file("nothing", &plan_of(json!([]))), file("lost", &lost));
    let run = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_tierform")).arg("review").args(arguments).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (nothing, lost) = (nothing.to_str().unwrap(), lost.to_str().unwrap());
    assert_eq!(run(&[nothing]).0, Some(0));
    assert_eq!(run(&[lost]).0, Some(2));
    assert_eq!(run(&[lost, "--fail-on", "refused,data-loss"]).0, Some(3));
    assert_eq!(run(&[lost, "--fail-on", "opened"]).0, Some(2));
    assert_eq!(run(&[nothing, "--fail-on", "data-loss"]).0, Some(0));
    let (status, _, said) = run(&[lost, "--fail-on", "dataloss"]);
    assert_eq!(status, Some(1));
    assert!(said.contains("classes are data-loss, refused"), "{said}");
    let (status, _, said) = run(&["/nowhere/plan.json"]);
    assert_eq!((status, said.lines().count()), (Some(1), 1), "{said}");
    let (_, json, _) = run(&[lost, "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["counts"]["data-loss"], 1);
    assert_eq!(json["rows"][0]["class"], "data-loss");
}

/// JSON that is near enough to a plan to be read as one here and there.
fn near_plan() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z.\\[\\]\"\u{1b}é]{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "update", "delete", "create", "no-op", "1.2", "managed", "aws_lb", "forget"
        ])
        .prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "address",
        "type",
        "mode",
        "change",
        "actions",
        "before",
        "after",
        "after_unknown",
        "before_sensitive",
        "after_sensitive",
        "replace_paths",
        "resource_changes",
        "resource_drift",
        "format_version",
        "security_rule",
        "cidr_ipv4",
        "name",
        "deposed",
        "x",
    ]);
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6)
                .prop_map(|all| all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = review(&bytes);
    }

    #[test]
    fn no_json_makes_it_panic(
        before in near_plan(), after in near_plan(), unknown in near_plan(), masks in (near_plan(), near_plan()),
        kind in prop::sample::select(vec!["aws_lb", "azurerm_network_security_group", "google_compute_security_policy", "x"]),
        actions in prop::sample::select(vec!["update", "delete", "create", "forget"]),
        other in near_plan(),
    ) {
        let mut one = change("module.coderd.x.y", kind, &[actions], before, after);
        one["change"]["after_unknown"] = unknown;
        one["change"]["before_sensitive"] = masks.0;
        one["change"]["after_sensitive"] = masks.1;
        let mut plan = plan_of(json!([one.clone(), other.clone()]));
        let _ = review(plan.to_string().as_bytes());
        plan["resource_changes"] = json!([one.clone()]);
        plan["resource_drift"] = json!([one]);
        let review = review(plan.to_string().as_bytes()).unwrap();
        let _ = (review.to_text(), review.to_json(), review.to_markdown());
        let _ = tierform::review::review(other.to_string().as_bytes());
    }
}
