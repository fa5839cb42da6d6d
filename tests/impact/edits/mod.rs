//! Sixty everyday edits on three clouds: what tierform says of each, held against an engine's plan on the simulated clouds, and
//! played: what is not refused beforehand applies, the next plan is empty, and what holds data is what it was.
//!
//! Every edit is planned on every cloud. Applied is, of each, one cloud after another's turn, which takes minutes enough;
//! `TIERFORM_EDITS=all` applies all of them.
//!
//! `tests/impact/edits/classes.txt` has the class of each; `BLESS=1` writes it anew, to be read as whoever makes such an edit.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper is to fail the test")]

mod rows;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{env, fs};

use tierform::deployment::{Catalog, Deployment};
use tierform::impact::class::Class;
use tierform::impact::{self, evaluated, judge, plan_json};
use tierform::output::{self, Request};
use tierform::rehearse::Options;
use tierform::rehearse::play::{Base, Fate, New, Reach};
use tierform::spec::{Cloud, Layout};
use tierform::{render, spec};

use crate::support::engines;
use rows::EDITS;

/// What an edit starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The 1k example.
    Small,
    /// 2,000 users, two regions, a list of who may come in, a standby.
    Large,
}

/// An edit of a spec.
pub struct Edit {
    what: &'static str,
    start: Start,
    /// A key, and its value on each cloud as TOML; none where the cloud has no such key, empty to take it away.
    set: &'static [(&'static str, [Option<&'static str>; 3])],
    /// Why the clouds differ in its class, where they do.
    differs: &'static str,
}

pub const GCP_EXISTING: &str = "{id = \"projects/acme-prod/global/networks/acme\", coderd = \"coderd\", nodes = \"workspaces\", pods = \"pods\", services = \"services\"}";
pub const AWS_EXISTING: &str = "{id = \"vpc-0a1b2c3d4e5f60718\", public = [\"subnet-0a1b2c3d4e5f60701\", \"subnet-0a1b2c3d4e5f60702\", \"subnet-0a1b2c3d4e5f60703\"], machines = [\"subnet-0a1b2c3d4e5f60711\", \"subnet-0a1b2c3d4e5f60712\", \"subnet-0a1b2c3d4e5f60713\"], nodes = [\"subnet-0a1b2c3d4e5f60721\", \"subnet-0a1b2c3d4e5f60722\", \"subnet-0a1b2c3d4e5f60723\"], database = [\"subnet-0a1b2c3d4e5f60731\", \"subnet-0a1b2c3d4e5f60732\", \"subnet-0a1b2c3d4e5f60733\"]}";
pub const AZURE_EXISTING: &str = "{id = \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/acme\", gateway = \"gateway\", coderd = \"coderd\", database = \"postgres\", nodes = \"nodes\", provisioners = \"hosts\"}";

/// The cloud's place in a row.
fn column(cloud: Cloud) -> usize {
    Cloud::ALL.iter().position(|other| *other == cloud).unwrap()
}

/// The spec that an edit starts from.
fn start(cloud: Cloud, start: Start) -> toml::Table {
    let path = format!("{}/examples/{}-1k/coder.toml", env!("CARGO_MANIFEST_DIR"), cloud.as_str());
    let mut spec: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    if start == Start::Large {
        let other = ["europe-west1", "eu-west-1", "westeurope"][column(cloud)];
        let clusters = format!(
            "[{{name = \"main\", share = 0.5}}, {{name = \"eu\", region = \"{other}\", share = 0.5}}]"
        );
        for (key, value) in [
            ("tier", "\"2k\""),
            ("tier_revision", "2"),
            ("tags.team", "\"platform\""),
            ("network.allowed_cidrs", "[\"203.0.113.0/24\"]"),
            ("database.high_availability", "true"),
            ("database.vcpus", "8"),
            ("database.memory_gb", "30"),
            ("database.storage_gb", "1024"),
            ("clusters", clusters.as_str()),
        ] {
            set(&mut spec, key, value);
        }
    }
    spec
}

/// Puts a value under a dotted key, or takes the key away.
fn set(spec: &mut toml::Table, key: &str, value: &str) {
    let (tables, last) = key.rsplit_once('.').map_or((None, key), |(tables, last)| (Some(tables), last));
    let mut table = spec;
    for name in tables.into_iter().flat_map(|tables| tables.split('.')) {
        let entry = table.entry(name).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        table = entry.as_table_mut().unwrap();
    }
    if value.is_empty() {
        table.remove(last).unwrap();
        return;
    }
    let parsed: toml::Table = format!("v = {value}").parse().unwrap();
    table.insert(last.to_owned(), parsed["v"].clone());
}

/// What an edit came to on one cloud.
#[derive(Debug, Clone, PartialEq, Default)]
struct Told {
    /// The worst class of the engine's plan, or what was refused before it.
    class: String,
    /// The worst class of our own evaluation.
    evaluated: String,
}

/// What the judge of one cloud counts.
#[derive(Default)]
struct Sum {
    told: BTreeMap<&'static str, Told>,
    /// Resources that change, and of how many our evaluation is not sure.
    changed: usize,
    unsure: usize,
    wrong: Vec<String>,
}

/// The text of a spec whose keys stand in another order is still the same spec: tables come last, as TOML wants them.
fn text(spec: &toml::Table) -> String {
    toml::to_string(spec).unwrap()
}

/// Everything of one cloud from one start.
fn hold(cloud: Cloud, from: Start, engine: &Path, sum: &mut Sum) {
    let edits: Vec<&Edit> = EDITS
        .iter()
        .filter(|edit| edit.start == from)
        .filter(|edit| {
            edit.set.is_empty() || edit.set.iter().any(|(_, values)| values[column(cloud)].is_some())
        })
        .filter(|edit| env::var("TIERFORM_EDIT").map_or(true, |only| edit.what.contains(&only)))
        .collect();
    if edits.is_empty() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("infra");
    let old = start(cloud, from);
    let generate = |spec: &toml::Table| -> Result<(), String> {
        let text = text(spec);
        let opened = Deployment::open(&text, spec::read(&text), &out, Catalog::Kept)
            .map_err(|error| format!("{error:?}"))?;
        let tree = render::render(&opened.plan).unwrap();
        let request = Request { record: Some(opened.record), ..Request::default() };
        output::write(&output::compare_for(&tree, opened.opened, request).unwrap()).unwrap();
        Ok(())
    };
    generate(&old).unwrap();
    let options =
        Options { dir: out.clone(), engine: Some(engine.display().to_string()), ..Options::default() };
    let mut base =
        Base::apply(&options, &|_| {}).unwrap_or_else(|error| panic!("{}: {error}", cloud.as_str()));
    for edit in edits {
        let name = format!("{}, {}", cloud.as_str(), edit.what);
        let mut new = old.clone();
        for (key, values) in edit.set {
            if let Some(value) = values[column(cloud)] {
                set(&mut new, key, value);
            }
        }
        let text = text(&new);
        let opened = match Deployment::open(&text, spec::read(&text), &out, Catalog::Kept) {
            Ok(opened) => opened,
            Err(error) => {
                sum.wrong.push(format!("{name}: the spec is refused: {error:?}"));
                continue;
            }
        };
        let tree = render::render(&opened.plan).unwrap();
        let request = Request { record: Some(opened.record), ..Request::default() };
        let changes = output::compare_for(&tree, opened.opened, request).unwrap();
        let account = impact::classify(&evaluated::of(&changes).unwrap());
        let overlay = judge::overlay(&changes);
        let ours = account.worst();
        if opened.plan.layout != Layout::Root {
            // Its parent applies it, so there is nothing to play.
            sum.told.insert(edit.what, Told { class: word(ours), evaluated: word(ours) });
            continue;
        }
        let is_stopped = account.has(&[Class::DataLoss, Class::Refused]);
        let is_applied = !is_stopped && is_turn(edit, cloud);
        let reach = if is_applied { Reach::Apply } else { Reach::Plan };
        let played = match base.play(&New::Over(overlay), reach, &|_| {}) {
            Ok(played) => played,
            Err(error) => {
                sum.wrong.push(format!("{name}: could not be played: {error}"));
                continue;
            }
        };
        let Some(plan) = &played.plan else {
            // A plan that the modules' own checks stop touches nothing.
            let said: Vec<String> = played.problems().map(|problem| problem.summary.clone()).collect();
            if !is_stopped {
                sum.wrong.push(format!("{name}: no plan, though nothing refused it before: {said:?}"));
            }
            let told = Told { class: "stopped by the plan".to_owned(), evaluated: word(ours) };
            sum.told.insert(edit.what, told);
            continue;
        };
        let theirs = impact::classify(&plan_json::read(plan).unwrap().changes);
        sum.told.insert(edit.what, Told { class: word(theirs.worst()), evaluated: word(ours) });
        for row in theirs.rows.iter() {
            let known = account.rows.iter().filter(|own| own.address == row.address);
            let worst = known.map(|own| own.class).max_by_key(|class| class.weight());
            if worst.is_none_or(|worst| worst.weight() < row.class.weight()) {
                sum.wrong.push(format!(
                    "{name}: {} is {}, and tierform says {} ({:?})",
                    row.address,
                    row.class.as_str(),
                    worst.map_or("nothing", Class::as_str),
                    row.argument
                ));
            }
        }
        let addresses = |rows: &[impact::class::Row], only: Option<Class>| {
            let of = rows.iter().filter(|row| only.is_none_or(|only| row.class == only));
            of.map(|row| row.address.clone()).collect::<std::collections::BTreeSet<_>>().len()
        };
        sum.changed += addresses(&account.rows, None);
        sum.unsure += addresses(&account.rows, Some(Class::MayBe));
        if is_applied {
            let problems: Vec<String> = played.problems().map(|problem| problem.text()).collect();
            if !problems.is_empty() {
                sum.wrong.push(format!("{name}: the apply fails:\n{}", problems.join("\n")));
            } else if played.is_empty != Some(true) && played.second_plan_empty != Some(true) {
                sum.wrong.push(format!("{name}: the plan after the apply is not empty"));
            }
            for kept in played.data.iter().filter(|kept| kept.fate != Fate::Same) {
                sum.wrong.push(format!("{name}: {} was lost", kept.address));
            }
        }
    }
}

/// Whether an edit is applied on a cloud.
fn is_turn(edit: &Edit, cloud: Cloud) -> bool {
    let place = EDITS.iter().position(|other| other.what == edit.what).unwrap();
    env::var("TIERFORM_EDITS").is_ok_and(|which| which == "all") || place % Cloud::ALL.len() == column(cloud)
}

fn word(class: Option<Class>) -> String {
    class.map_or("nothing", Class::as_str).to_owned()
}

fn classes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/impact/edits/classes.txt")
}

#[test]
fn every_edit_is_told_as_an_engine_plans_it_and_does_what_is_told() {
    let engines = engines::all();
    if engines.is_empty() {
        return;
    }
    let sums: Vec<Mutex<Sum>> = Cloud::ALL.iter().map(|_| Mutex::new(Sum::default())).collect();
    let only = env::var("TIERFORM_CLOUD").ok();
    std::thread::scope(|scope| {
        for (at, cloud) in Cloud::ALL.into_iter().enumerate() {
            if only.as_ref().is_some_and(|only| only != cloud.as_str()) {
                continue;
            }
            let (sums, engines) = (&sums, &engines);
            scope.spawn(move || {
                for (turn, from) in [Start::Small, Start::Large].into_iter().enumerate() {
                    // Both engines have their turn on each cloud.
                    let engine = &engines[(at + turn) % engines.len()];
                    hold(cloud, from, engine, &mut sums[at].lock().unwrap());
                }
            });
        }
    });
    let sums: Vec<Sum> = sums.into_iter().map(|sum| sum.into_inner().unwrap()).collect();
    let mut table = String::from(
        "# The class of each edit by an engine's plan: gcp, aws, azure. `BLESS=1` writes it anew.\n",
    );
    let mut wrong: Vec<String> = sums.iter().flat_map(|sum| sum.wrong.clone()).collect();
    for edit in EDITS {
        let told: Vec<Option<&Told>> = sums.iter().map(|sum| sum.told.get(edit.what)).collect();
        let words: Vec<&str> = told.iter().map(|told| told.map_or("-", |told| told.class.as_str())).collect();
        let _ = writeln!(table, "{}: {}", edit.what, words.join(", "));
        if !edit.differs.is_empty() {
            let _ = writeln!(table, "    {}", edit.differs);
        }
        let known: std::collections::BTreeSet<&str> =
            words.iter().copied().filter(|word| *word != "-").collect();
        if known.len() > 1 && edit.differs.is_empty() {
            wrong.push(format!("{}: {words:?}, and no reason why the clouds differ", edit.what));
        }
    }
    let (changed, unsure): (usize, usize) =
        sums.iter().fold((0, 0), |(changed, unsure), sum| (changed + sum.changed, unsure + sum.unsure));
    eprintln!("of {changed} changed resources {unsure} are MAY BE");
    if only.is_none() && env::var_os("TIERFORM_EDIT").is_none() {
        if unsure * 20 > changed {
            wrong.push(format!("of {changed} changed resources {unsure} are MAY BE, more than 5 %"));
        }
        if env::var_os("BLESS").is_some() {
            fs::write(classes(), &table).unwrap();
        }
        let blessed = fs::read_to_string(classes()).unwrap_or_default();
        if blessed != table {
            wrong.push(format!("tests/impact/edits/classes.txt is not what was found:\n{table}"));
        }
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}
