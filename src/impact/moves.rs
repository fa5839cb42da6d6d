//! Addresses that resources take on: by `moved` blocks, and without one where `count` comes or goes
//! (developer.hashicorp.com/terraform/language/modules/develop/refactoring).

use std::collections::BTreeSet;

use super::configuration::{Configuration, Mode};

/// What becomes of addresses.
#[derive(Debug, Default)]
pub struct Moves {
    /// In the order of the files.
    moved: Vec<Move>,
    /// Resources and modules that have `count` by now, and those that have neither `count` nor `for_each`, without keys.
    counted: BTreeSet<String>,
    single: BTreeSet<String>,
}

/// One `moved` block.
#[derive(Debug)]
struct Move {
    /// The module that it stands in, by the steps of its address without keys.
    within: Vec<String>,
    from: String,
    to: String,
}

impl Moves {
    /// Those of a configuration.
    pub fn of(configuration: &Configuration<'_>) -> Moves {
        let mut moves = Moves::default();
        moves.add(configuration, "", "");
        moves
    }

    fn add(&mut self, configuration: &Configuration<'_>, folder: &str, prefix: &str) {
        let within: Vec<String> =
            steps(prefix).into_iter().filter(|step| !step.is_empty()).map(str::to_owned).collect();
        let Some(module) = configuration.folders.get(folder).filter(|_| within.len() < 64) else { return };
        let moved = module.moved.iter().map(|(from, to)| (from.clone(), to.clone()));
        self.moved.extend(moved.map(|(from, to)| Move { within: within.clone(), from, to }));
        for resource in module.resources.iter().filter(|resource| resource.mode == Mode::Managed) {
            let address = format!("{prefix}{}", resource.address());
            match (resource.meta("count"), resource.meta("for_each")) {
                (Some(_), _) => drop(self.counted.insert(address)),
                (None, None) => drop(self.single.insert(address)),
                _ => {}
            }
        }
        for (name, call) in &module.calls {
            let address = format!("{prefix}module.{name}");
            match (call.arguments.contains_key("count"), call.arguments.contains_key("for_each")) {
                (true, _) => drop(self.counted.insert(address.clone())),
                (false, false) => drop(self.single.insert(address.clone())),
                _ => {}
            }
            if let Some(folder) = &call.folder {
                self.add(configuration, folder, &format!("{address}."));
            }
        }
    }

    /// The address after all that is about it.
    pub fn to(&self, address: String) -> String {
        let mut address = address;
        for one in &self.moved {
            let all = steps(&address);
            let (around, inside) = all.split_at(one.within.len().min(all.len()));
            if !around.iter().map(|step| keyless(step)).eq(one.within.iter().map(String::as_str)) {
                continue;
            }
            let (around, inside) = (around.join("."), inside.join("."));
            if let Some(rest) = inside.strip_prefix(one.from.as_str())
                && (rest.is_empty() || rest.starts_with(['.', '[']))
            {
                let dot = if around.is_empty() { "" } else { "." };
                address = format!("{around}{dot}{}{rest}", one.to);
            }
        }
        self.counted_or_not(&address)
    }

    /// `x` as `x[0]` where that has `count` by now, and the other way round, in each step of the address.
    fn counted_or_not(&self, address: &str) -> String {
        let (mut out, mut plain) = (String::new(), String::new());
        for step in steps(address) {
            let (name, key) = step.split_at(keyless(step).len());
            let dot = if out.is_empty() { "" } else { "." };
            out += &format!("{dot}{name}");
            plain += &format!("{dot}{name}");
            out += match key {
                "" if self.counted.contains(&plain) => "[0]",
                "[0]" if self.single.contains(&plain) => "",
                key => key,
            };
        }
        out
    }
}

fn keyless(step: &str) -> &str {
    step.find('[').map_or(step, |at| &step[..at])
}

/// The parts of an address between its dots; those within keys are no ends.
fn steps(address: &str) -> Vec<&str> {
    let (mut steps, mut from, mut is_quoted, mut depth) = (Vec::new(), 0, false, 0_usize);
    for (at, c) in address.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            '.' if !is_quoted && depth == 0 => {
                steps.push(&address[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    steps.push(&address[from..]);
    steps
}
