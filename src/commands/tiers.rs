//! `tierform tiers`: the published tiers, number for number, with their pages.

use std::process::ExitCode;

use tierform::catalog::{self, Density, TierRow};

use super::size::{json, table};
use super::{Failure, print};
use crate::cli::{Format, Tiers};

pub fn run(arguments: &Tiers) -> Result<ExitCode, Failure> {
    let rows: Vec<&TierRow> = catalog::tiers()
        .iter()
        .filter(|row| arguments.tier.is_none_or(|tier| row.tier == tier))
        .filter(|row| arguments.revision.is_none_or(|revision| row.revision == revision))
        .collect();
    if rows.is_empty() {
        return Err(Failure::Spec(
            "error: that tier was never published in that revision; leave --revision out".to_owned(),
        ));
    }
    print(&match arguments.format {
        Format::Json => json(&rows),
        Format::Table | Format::Markdown => {
            let mut text = table(
                arguments.format,
                &[
                    "tier",
                    "revision",
                    "users",
                    "workspaces",
                    "builds",
                    "requests/s",
                    "coderd",
                    "provisioners",
                    "nodes",
                    "database",
                    "proxies, each further region",
                ],
                rows.iter().map(|row| cells(row)).collect(),
            );
            for row in &rows {
                text += &format!("\n{}, revision {} ({}):\n", row.tier.as_str(), row.revision, row.page);
                for note in row.footnotes {
                    text += &format!("- {}: {}\n", note.about, note.says);
                }
            }
            text
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn cells(row: &TierRow) -> Vec<String> {
    let default = if catalog::default_revision(row.tier) == row.revision { " (default)" } else { "" };
    let shape = |vcpus: u32, memory_gb: u32| format!("{vcpus} vCPU / {memory_gb} GB");
    let provisioners = &row.provisioners;
    let density = match provisioners.density {
        Density::PerDaemon(each) => format!("{} each", shape(each.vcpus, each.memory_gb)),
        Density::PerHost(host) => format!("{} a host", shape(host.vcpus, host.memory_gb)),
    };
    let storage = row.database.storage_gb.map(|gb| format!(", {gb} GB storage")).unwrap_or_default();
    vec![
        row.tier.as_str().to_owned(),
        format!("{}{default}", row.revision),
        row.limits.users.to_string(),
        row.limits.running_workspaces.to_string(),
        row.limits.concurrent_builds.to_string(),
        row.limits.api_rps.map_or_else(|| "–".to_owned(), |rps| rps.to_string()),
        format!("{} × {}", row.coderd.replicas, shape(row.coderd.vcpus, row.coderd.memory_gb)),
        format!("{}, {} a host, {density}", provisioners.count, provisioners.per_host),
        row.nodes.as_ref().map_or_else(
            || "–".to_owned(),
            |nodes| {
                format!(
                    "{} × {}, {} workspaces each",
                    nodes.nodes,
                    shape(nodes.vcpus, nodes.memory_gb),
                    nodes.per_node
                )
            },
        ),
        format!("{} × {}{storage}", row.database.nodes, shape(row.database.vcpus, row.database.memory_gb)),
        row.proxies.as_ref().map_or_else(
            || "–".to_owned(),
            |proxies| format!("{} × {}", proxies.replicas, shape(proxies.vcpus, proxies.memory_gb)),
        ),
    ]
}
