//! What the table and the evaluation make of small changes, each told by one resource.

use std::collections::BTreeSet;

use super::class::Class;
use super::*;

type Files = [(&'static str, &'static str)];

fn told(old: &Files, new: &Files) -> Vec<String> {
    let bytes = |files: &Files| files.iter().map(|(path, text)| (*path, text.as_bytes())).collect::<Vec<_>>();
    let account = between(bytes(old).into_iter(), bytes(new).into_iter()).unwrap();
    let rows = account.rows.iter().filter(|row| row.class != Class::Created);
    let mut told: Vec<(&str, String)> = Vec::new();
    for row in rows {
        let words = account::in_words(row).or_else(|| row.says.clone()).unwrap_or_default();
        let head = format!("{} {}: ", row.class.as_str(), row.address);
        match told.iter_mut().find(|(address, line)| *address == row.address && line.starts_with(&head)) {
            Some((_, line)) => *line += &format!("; {words}"),
            None => told.push((&row.address, head + &words)),
        }
    }
    told.sort_by_key(|(address, _)| *address);
    told.into_iter().map(|(_, line)| line).collect()
}

const DATABASE: &str = r#"
variable "database" { type = object({ tier = string, region = optional(string) }) }
resource "google_sql_database_instance" "this" {
  name   = "acme"
  region = coalesce(var.database.region, "us-central1")
  settings {
    tier = var.database.tier
  }
}
resource "google_sql_database" "coder" {
  name     = "coder"
  instance = google_sql_database_instance.this.name
}
"#;
const CALL: &str = "variable \"database\" {}\nmodule \"database\" {\n  source = \"./modules/db\"\n  database = var.database\n}\n";

#[test]
fn a_value_is_followed_from_the_tfvars_to_the_resource() {
    let files = |values: &'static str| {
        [("main.tf", CALL), ("modules/db/main.tf", DATABASE), ("terraform.tfvars", values)]
    };
    let small = files("database = { tier = \"small\" }\n");
    assert_eq!(
        told(&small, &files("database = { tier = \"large\" }\n")),
        ["restarted module.database.google_sql_database_instance.this: settings.tier: \"small\" → \"large\""]
    );
    assert_eq!(
        told(&small, &files("database = { tier = \"small\", region = \"europe-west4\" }\n")),
        [
            "DATA LOSS module.database.google_sql_database_instance.this: region: \"us-central1\" → \"europe-west4\""
        ]
    );
    assert!(told(&small, &files("database = {\n  tier = \"small\" # a comment\n}\n")).is_empty());
}

#[test]
fn a_default_within_a_type_is_followed_too() {
    let files = |tier: &str| {
        let call = format!(
            "variable \"database\" {{\n  type = object({{ tier = optional(string, {tier:?}) }})\n  default = {{}}\n}}\n\
             module \"database\" {{\n  source = \"./modules/db\"\n  database = var.database\n}}\n"
        );
        [("main.tf", &*Box::leak(call.into_boxed_str())), ("modules/db/main.tf", DATABASE)]
    };
    assert_eq!(
        told(&files("small"), &files("large")),
        ["restarted module.database.google_sql_database_instance.this: settings.tier: \"small\" → \"large\""]
    );
}

#[test]
fn what_goes_and_what_is_renamed_without_a_moved_block_is_lost_and_with_one_is_not() {
    let old: &Files =
        &[("main.tf", "resource \"google_sql_database_instance\" \"this\" {\n  name = \"a\"\n}\n")];
    let bare: &Files =
        &[("main.tf", "resource \"google_sql_database_instance\" \"main\" {\n  name = \"a\"\n}\n")];
    assert_eq!(
        told(old, bare),
        [
            "DATA LOSS google_sql_database_instance.this: not in the files any more; loses Coder's database: users, \
             templates, workspaces"
        ]
    );
    let moved = "moved {\n  from = google_sql_database_instance.this\n  to   = google_sql_database_instance.main\n}\n";
    assert_eq!(
        told(old, &[bare[0], ("moved.tf", moved)]),
        [
            "in place google_sql_database_instance.main: was google_sql_database_instance.this; nothing changes in the cloud"
        ]
    );
    assert_eq!(told(&[("main.tf", CALL), ("modules/db/main.tf", DATABASE)], &[("main.tf", "")]).len(), 2);
}

#[test]
fn whatever_knows_a_replaced_resource_by_its_id_changes_with_it() {
    let old = "resource \"google_compute_network\" \"n\" {\n  name = \"a\"\n}\n\
               resource \"google_container_cluster\" \"c\" {\n  name    = \"c\"\n  network = google_compute_network.n.id\n}\n\
               resource \"google_compute_address\" \"x\" {\n  name = google_compute_network.n.id\n}\n";
    let new: &'static str = Box::leak(old.replace("\"a\"", "\"b\"").into_boxed_str());
    let found = told(&[("main.tf", Box::leak(old.to_owned().into_boxed_str()))], &[("main.tf", new)]);
    assert_eq!(
        found,
        [
            "replaced google_compute_address.x: name: google_compute_network.n.id → known after apply",
            "replaced google_compute_network.n: name: \"a\" → \"b\"",
            "DATA LOSS google_container_cluster.c: network: google_compute_network.n.id → known after apply",
        ]
    );
}

#[test]
fn keys_counts_and_ignored_arguments_are_understood() {
    let subnets = |values: &'static str| {
        let main = "variable \"s\" {}\nresource \"google_compute_subnetwork\" \"s\" {\n  for_each = { for k, v in var.s : k => v if v != null }\n  \
                    name = \"x-${each.key}\"\n  ip_cidr_range = each.value\n}\n";
        [("main.tf", main), ("terraform.tfvars", values)]
    };
    let old = subnets("s = { a = \"10.0.0.0/20\", b = \"10.1.0.0/20\", c = null }\n");
    assert_eq!(
        told(&old, &subnets("s = { a = \"10.0.0.0/16\", b = \"10.1.0.0/24\", c = null }\n")),
        [
            "in place google_compute_subnetwork.s[\"a\"]: ip_cidr_range: \"10.0.0.0/20\" → \"10.0.0.0/16\"",
            "replaced google_compute_subnetwork.s[\"b\"]: ip_cidr_range: \"10.1.0.0/20\" → \"10.1.0.0/24\""
        ]
    );
    assert_eq!(
        told(&old, &subnets("s = { b = \"10.1.0.0/20\" }\n")),
        ["destroyed google_compute_subnetwork.s[\"a\"]: not in the files any more"]
    );
    let cluster = |machine: &str, ignore: &str| {
        let text = format!(
            "resource \"google_container_cluster\" \"c\" {{\n  count = 1 == 1 ? 1 : 0\n  name = \"c\"\n  node_config {{\n    machine_type = \
             \"{machine}\"\n  }}\n  lifecycle {{\n    ignore_changes = [{ignore}]\n  }}\n}}\n"
        );
        let text: &'static str = Box::leak(text.into_boxed_str());
        [("main.tf", text)]
    };
    assert!(told(&cluster("a", "node_config"), &cluster("b", "node_config")).is_empty());
    assert_eq!(
        told(&cluster("a", ""), &cluster("b", "")),
        ["in place google_container_cluster.c[0]: node_config.machine_type: \"a\" → \"b\""]
    );
}

#[test]
fn what_refers_to_itself_ends_and_what_is_no_hcl_is_named() {
    let knot: &Files = &[(
        "main.tf",
        "locals {\n  a = local.b\n  b = local.a\n}\nresource \"x\" \"y\" {\n  z = local.a\n}\n",
    )];
    assert!(told(knot, knot).is_empty());
    let broken = [("main.tf", b"a = {".as_slice())];
    assert_eq!(between(broken.into_iter(), broken.into_iter()).unwrap_err().path, "main.tf");
}

#[test]
fn the_tables_speak_of_types_that_are_emitted() {
    let mut emitted = BTreeSet::new();
    let templates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut folders = vec![templates.join("modules"), templates.join("root")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = std::fs::read_to_string(entry).unwrap();
            for line in text.lines() {
                let mut words = line.split('"');
                match words.next() {
                    Some("resource ") => drop(emitted.insert(words.next().unwrap().to_owned())),
                    Some("provider ") => drop(emitted.insert(format!("provider.{}", words.next().unwrap()))),
                    _ => {}
                }
            }
        }
    }
    let types = table::rules().map(|rule| rule.of).chain(table::stateful().map(|stateful| stateful.of));
    let types = types.chain(table::notes().map(|note| note.of));
    let strangers: BTreeSet<_> = types.filter(|of| !emitted.contains(*of)).collect();
    assert!(strangers.is_empty(), "no template has {strangers:?}");
    // What holds data can be replaced, so the table must say by what.
    for stateful in table::stateful() {
        let is_ruled = table::rules().any(|rule| rule.of == stateful.of);
        assert!(is_ruled || stateful.of == "aws_kms_key", "{} has no argument that replaces it", stateful.of);
    }
}

#[test]
fn one_figure_of_each_cloud_is_followed_through_its_own_modules() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for example in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        let spec = std::fs::read_to_string(example.join("coder.toml")).unwrap();
        let plan = crate::compile(&spec).unwrap().plan;
        let tree = crate::render::render(&plan).unwrap();
        let files = || tree.iter().map(|(path, file)| (path, file.text.as_bytes()));
        assert!(between(files(), files()).unwrap().is_empty(), "{}", example.display());
        let name = format!("\"{}\"", plan.name);
        let renamed = |text: &[u8]| String::from_utf8_lossy(text).replace(&name, "\"other\"");
        let new: Vec<_> = files().map(|(path, text)| (path.to_owned(), renamed(text))).collect();
        let lost = between(files(), new.iter().map(|(path, text)| (path.as_str(), text.as_bytes()))).unwrap();
        let lost = lost.rows.iter().filter(|row| row.class == Class::DataLoss);
        let lost: BTreeSet<_> = lost.filter_map(|row| row.says.clone()).collect();
        // RDS renames an instance in place.
        let is_aws = example.display().to_string().contains("aws");
        assert!(
            is_aws || lost.iter().any(|lost| lost.contains("database")),
            "{}: {lost:?}",
            example.display()
        );
        assert!(lost.iter().any(|lost| lost.contains("cluster")), "{}: {lost:?}", example.display());
    }
}

#[test]
fn what_a_function_makes_the_same_of_two_values_is_no_change() {
    let group = |machine: &str| {
        let text = format!(
            "locals {{\n  machine = \"{machine}\"\n}}\nresource \"aws_eks_node_group\" \"n\" {{\n  ami_type = \
             can(regex(\"^[a-z]+[0-9]+g[.]\", local.machine)) ? \"ARM\" : \"X86\"\n  disk_size = min(2 * 20, 30)\n}}\n"
        );
        let text: &'static str = Box::leak(text.into_boxed_str());
        [("main.tf", text)]
    };
    assert!(told(&group("m8i.large"), &group("m5.large")).is_empty());
    assert_eq!(
        told(&group("m8i.large"), &group("m8g.large")),
        ["replaced aws_eks_node_group.n: ami_type: \"X86\" → \"ARM\""]
    );
}
