//! `tierform releases`: the releases of Coder that the catalog knows, and the Terraform that goes with each.

use std::process::ExitCode;

use serde::Serialize;
use tierform::catalog::releases::{self, Channel, Release};

use super::size::{json, table};
use super::{Failure, print};
use crate::cli::{Format, ReportFormat};

/// A release as `--format json` prints it: stable keys.
#[derive(Serialize)]
struct Row {
    coder: String,
    released: Option<&'static str>,
    latest: Option<&'static str>,
    channel: Channel,
    terraform: &'static str,
    bundles: bool,
    default: bool,
    source: &'static str,
}

impl Row {
    fn of(release: &'static Release) -> Row {
        let named = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        Row {
            coder: format!("{}.{}", release.minor.0, release.minor.1),
            released: named(release.date),
            latest: named(release.latest),
            channel: release.channel,
            terraform: release.terraform,
            bundles: release.bundles,
            default: releases::minor(releases::CODER_VERSION) == Some(release.minor),
            source: release.source,
        }
    }
}

pub fn run(format: ReportFormat) -> Result<ExitCode, Failure> {
    let rows: Vec<Row> = releases::releases().iter().rev().map(Row::of).collect();
    print(&match format {
        ReportFormat::Json => json(&rows),
        ReportFormat::Table => {
            let cells = |row: &Row| {
                vec![
                    row.coder.clone(),
                    row.released.unwrap_or("-").to_owned(),
                    row.latest.unwrap_or("-").to_owned(),
                    row.channel.as_str().to_owned(),
                    format!("{} {}", row.terraform, if row.bundles { "(bundled)" } else { "(accepted)" }),
                    if row.default { "default" } else { "" }.to_owned(),
                ]
            };
            let head = ["coder", "released", "latest", "channel", "terraform", ""];
            table(Format::Table, &head, rows.iter().map(cells).collect())
                + &format!("channels as of {}\n", releases::CODER_AS_OF)
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
