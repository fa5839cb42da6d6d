//! A first spec out of the little that is known at the beginning. What it leaves open is said in it, and it compiles as soon as
//! that is filled in.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::explain::defaults;
use crate::figures::figures;
use crate::sizing::plain;
use crate::spec::{self, Cloud, Values};
use crate::{Compiled, compile, resolve};

/// A new spec.
#[derive(Debug)]
pub struct Begun {
    /// The text of the file.
    pub text: String,
    /// What is still to be filled in, as sentences.
    pub left: Vec<String>,
}

/// Begins a spec with the values that are known; cloud, region and a tier or a load must be among them.
///
/// # Errors
/// Values that cannot be together: a region that the cloud does not have, machines that it does not sell.
pub fn begin(cloud: Cloud, values: &Values) -> Result<Begun, Vec<Diagnostic>> {
    let bare = spec::draft(cloud, values, &Values::new(), &[]);
    let reading = spec::read(&bare);
    let Some(spec) = reading.spec else { return Err(reading.problems) };
    let compiled = resolve(spec)?;
    let left: Vec<String> = reading.problems.iter().map(sentence).collect();
    let text = spec::draft(cloud, values, &known(&compiled), &left);
    // Comments decide nothing, so what was wrong is what is wrong.
    debug_assert_eq!(compile(&text).is_ok(), left.is_empty());
    Ok(Begun { text, left })
}

fn sentence(problem: &Diagnostic) -> String {
    match &problem.help {
        Some(help) => format!("{}: {help}", problem.message),
        None => problem.message.clone(),
    }
}

/// What stands for keys whose default only sizing and plan know, as TOML.
fn known(compiled: &Compiled) -> Values {
    // Plain structs of numbers and strings always serialise.
    let figures = serde_json::to_value(figures(&compiled.sizing, &compiled.plan)).unwrap_or_default();
    let mut known: Values = defaults(&figures)
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), toml_of(&value)?)))
        .collect();
    let plan = &compiled.plan;
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut add = |key: &str, value: String| drop(known.insert(key.to_owned(), value));
    add("tier_revision", plan.revision.to_string());
    add("network.cidr", quoted(&plan.network.cidr.value));
    add("coder.version", quoted(&plan.coder.version.value));
    add("database.version", plan.database.version.value.to_string());
    add("database.high_availability", plan.database.high_availability.value.to_string());
    add("database.backup_days", plan.database.backup_days.value.to_string());
    // Where a page states the density, a request of one's own would take its place.
    if let Some(cluster) = compiled.sizing.clusters.first().filter(|cluster| cluster.table.is_none()) {
        add("workspaces.vcpus", plain(cluster.request.vcpus));
        add("workspaces.memory_gb", plain(cluster.request.memory_gb));
    }
    if !plan.zones.value.is_empty() {
        let zones: Vec<String> = plan.zones.value.iter().map(|zone| quoted(zone)).collect();
        add("network.zones", format!("[{}]", zones.join(", ")));
    }
    known
}

/// A figure as TOML; `None` for one that the page does not state.
fn toml_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(toml::Value::String(text.clone()).to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
