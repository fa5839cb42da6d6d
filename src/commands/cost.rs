//! `tierform cost`: list prices a month by component, and whether they are above a budget.

use std::process::ExitCode;

use tierform::cost::{self, Cost, Item};

use super::size::{json, table};
use super::{Failure, print, say, warn};
use crate::cli::{self, Format};

/// The status for "above the budget".
const ABOVE: u8 = 2;

pub fn run(arguments: &cli::Cost) -> Result<ExitCode, Failure> {
    let compiled = super::answer(&arguments.question)?;
    let cost = cost::of(&compiled.plan);
    if cost.items.is_empty() {
        return Err(Failure::Spec(format!(
            "error: no price list that tierform has covers the region {}; ask for another one near it",
            compiled.plan.region
        )));
    }
    if arguments.format != Format::Json {
        warn(&compiled.plan.warnings);
    }
    print(&match arguments.format {
        Format::Json => json(&cost),
        format => text(format, &cost),
    })?;
    let Some(budget) = arguments.budget else { return Ok(ExitCode::SUCCESS) };
    if cost.total_max_usd > budget {
        say(&format!(
            "{:.2} USD a month at most is above the budget of {budget:.2}; with the fewest nodes it is {:.2}",
            cost.total_max_usd, cost.total_min_usd
        ));
        return Ok(ExitCode::from(ABOVE));
    }
    if !cost.is_complete {
        return Err(Failure::Spec(
            "error: the budget cannot be judged, because a machine has no known price (see what is not priced); name \
             a machine or a region that has one"
                .to_owned(),
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn text(format: Format, cost: &Cost) -> String {
    let cells = |item: &Item| {
        let mark = if item.estimate { "~" } else { "" };
        let component = match &item.cluster {
            Some(cluster) => format!("{} ({cluster})", item.component),
            None => item.component.to_owned(),
        };
        let count = match item.machine {
            Some(_) => item.count.to_string(),
            None => format!("{} GB", item.count),
        };
        let machine = item.machine.clone().unwrap_or_else(|| "–".to_owned());
        vec![component, count, machine, format!("{mark}{:.2}", item.usd)]
    };
    let mut text = table(
        format,
        &["component", "count", "machine", "USD a month"],
        cost.items.iter().map(cells).collect(),
    );
    let estimate = match cost.items.iter().any(|item| item.estimate) {
        true => "; ~ marks an estimate",
        false => "",
    };
    let bound = if cost.is_complete { "" } else { "At least " };
    text += &format!(
        "\n{bound}{:.2} USD a month with the fewest nodes, {:.2} with the most: list prices of {} and later{estimate}\n\nNot priced:\n",
        cost.total_min_usd, cost.total_max_usd, cost.price_date
    );
    for part in &cost.not_priced {
        text += &format!("- {part}\n");
    }
    text
}
