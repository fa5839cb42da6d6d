//! `tierform size`: the figures of a spec or of a tier, as a table, as JSON with stable keys, or as Markdown.

use std::process::ExitCode;

use comfy_table::Table;
use serde::Serialize;
use tierform::figures::{clusters, figures};
use tierform::plan::Plan;
use tierform::sizing::{Sizing, plain};

use super::{Failure, Project, print, say, warn};
use crate::cli::{Format, Place, Size};

pub fn run(arguments: &Size) -> Result<ExitCode, Failure> {
    let compiled = super::answer(&arguments.question)?;
    let (sizing, plan) = (&compiled.sizing, &compiled.plan);
    of_the_directory(arguments);
    print(&match arguments.format {
        Format::Json => json(&figures(sizing, plan)),
        format => {
            warn(&plan.warnings);
            table(format, &["component", "count", "each", "machine", "why"], rows(sizing, plan))
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What a spec's directory has otherwise, where there is one: these figures are what a fresh one would get.
fn of_the_directory(arguments: &Size) {
    // A tier without a spec has no directory.
    let Some(spec) = super::spec_of(&arguments.question) else { return };
    let place = Place { spec: spec.to_owned(), out: None };
    match Project::load(&place, false) {
        Ok(Project { deployment, .. }) => {
            for part in &deployment.smaller {
                say(&part.to_string());
            }
            let out = deployment.opened.out().display();
            for difference in &deployment.offered {
                let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
                say(&format!(
                    "{out} keeps {} = {}, decided earlier; a fresh directory has {}",
                    difference.path,
                    text(&difference.old),
                    text(&difference.new)
                ));
            }
        }
        // The figures are right all the same; what the directory has is not known.
        Err(error) => say(&format!("what the directory of this spec has could not be looked at: {error}")),
    }
}

fn rows(sizing: &Sizing, plan: &Plan) -> Vec<Vec<String>> {
    let each = |vcpus: f64, memory_gb: f64| format!("{} vCPU / {} GB", plain(vcpus), plain(memory_gb));
    let (coderd, provisioners, database) = (&sizing.coderd, &sizing.provisioners, &sizing.database);
    let mut rows = vec![vec![
        "coderd".to_owned(),
        coderd.replicas.value.to_string(),
        each(coderd.vcpus.value.into(), coderd.memory_gb.value.into()),
        plan.coderd.machine.machine_type.value.clone(),
        match &plan.coderd.daemons {
            Some(daemons) => {
                format!("{}; {} daemons each: {}", coderd.replicas.reason, daemons.value, daemons.reason)
            }
            None => coderd.replicas.reason.clone(),
        },
    ]];
    for (sized, planned) in clusters(sizing, plan) {
        rows.extend(planned.host.as_ref().map(|host| {
            vec![
                format!("provisioner hosts ({})", planned.name),
                planned.hosts.value.to_string(),
                each(provisioners.host_vcpus, provisioners.host_memory_gb),
                host.machine_type.value.clone(),
                format!("{}: {} daemons each", planned.hosts.reason, planned.daemons_per_host.value),
            ]
        }));
        rows.push(vec![
            format!("workspace nodes ({})", planned.name),
            format!("{}–{}", planned.nodes_min.value, planned.nodes_max.value),
            each(sized.node_vcpus.into(), sized.node_memory_gb.into()),
            planned.node.machine_type.value.clone(),
            planned.nodes_max.reason.clone(),
        ]);
    }
    rows.push(vec![
        "database".to_owned(),
        database.nodes.to_string(),
        each(database.vcpus.value.into(), database.memory_gb.value.into()),
        plan.database.machine.value.clone(),
        format!(
            "{} GB storage; {} connections: {}",
            database.storage_gb.value, database.max_connections.value, database.max_connections.reason
        ),
    ]);
    rows
}

/// A table for people or for a document.
pub fn table(format: Format, head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    let style = if format == Format::Markdown {
        comfy_table::presets::ASCII_MARKDOWN
    } else {
        comfy_table::presets::NOTHING
    };
    table.load_style(style).set_header(head.to_vec()).add_rows(rows);
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Pretty JSON with a final newline.
pub fn json<T: Serialize>(value: &T) -> String {
    // Plain structs of numbers and strings always serialise.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
