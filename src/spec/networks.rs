//! How the user's own network is named in `[network.existing]`, on each cloud in its own way.
//! Each check says what is wrong, what the rule is and what to write instead.

use super::clouds::resource_id;
use super::names::{self, LETTER_OR_DIGIT, Pattern, Set};
use super::wording::{bare, quoted};
use crate::diagnostic::Diagnostic;

/// `network.existing.id` on Google Cloud: `projects/<project>/global/networks/<name>`.
pub(super) fn network(text: &str) -> Result<(), Diagnostic> {
    const NAME: Pattern = Pattern::new("a VPC's name", 1..64, "acme");
    let parts: Vec<&str> = text.split('/').collect();
    if let ["projects", project, "global", "networks", name] = parts[..] {
        return names::project(project)
            .map_err(|fault| fault.shifted("projects/".len()))
            .and_then(|()| NAME.check(name).map_err(|fault| fault.shifted(text.len() - name.len())));
    }
    // What stands before it may be the beginning of a URL.
    let id =
        text.find("projects/").filter(|&at| at > 0).map(|at| &text[at..]).filter(|id| network(id).is_ok());
    let fault = Diagnostic::at(0..text.len(), format!("{} is not the id of a VPC", quoted(text)))
        .note("it names the VPC and its project, which for a shared VPC is the host project");
    Err(match id {
        Some(id) => fault.help(format!("write \"{}\"", bare(id))),
        None => fault.help(
            "write projects/<project>/global/networks/<name>; `gcloud compute networks list --uri` prints it at the end",
        ),
    })
}

/// A subnet's name on Google Cloud.
pub(super) fn google_subnet(text: &str) -> Result<(), Diagnostic> {
    const NAME: Pattern = Pattern::new("a subnet's name", 1..64, "coderd");
    NAME.check(text).map_err(|fault| match text.contains('/') {
        true => fault.help("write its name alone: the region is the spec's, the project the VPC's"),
        false => fault,
    })
}

/// The name of a subnet's secondary range.
pub(super) fn secondary_range(text: &str) -> Result<(), Diagnostic> {
    const NAME: Pattern = Pattern::new("a secondary range's name", 1..64, "pods");
    NAME.check(text).map_err(|fault| match text.contains(['/', '.']) {
        true => fault.help("write the range's name in its subnet, not its addresses"),
        false => fault,
    })
}

/// `network.existing.id` on Azure.
pub(super) fn vnet(text: &str) -> Result<(), Diagnostic> {
    resource_id(text, "Microsoft.Network/virtualNetworks").map_err(|fault| {
        fault.help("write the VNet's id; `az network vnet show --resource-group acme --name acme --query id` prints it")
    })
}

/// A subnet's name on Azure, and whatever follows the same rule (Azure, "Naming rules and restrictions").
pub(super) fn subnet_name(text: &str) -> Result<(), Diagnostic> {
    const REST: Set = Set {
        words: "letters, digits, `-`, `_` and `.`",
        has: |c| c.is_ascii_alphanumeric() || "-_.".contains(c),
    };
    const LAST: Set =
        Set { words: "a letter, a digit or `_`", has: |c| c.is_ascii_alphanumeric() || c == '_' };
    const PATTERN: Pattern = Pattern {
        first: LETTER_OR_DIGIT,
        rest: REST,
        last: LAST,
        ..Pattern::new("a subnet's name", 1..81, "coderd")
    };
    PATTERN.check(text)
}

/// `network.existing.id` on AWS.
pub(super) fn vpc(text: &str) -> Result<(), Diagnostic> {
    aws_id(text, "vpc-", "a VPC's id")
}

/// A subnet's id on AWS.
pub(super) fn subnet(text: &str) -> Result<(), Diagnostic> {
    aws_id(text, "subnet-", "a subnet's id")
}

fn aws_id(text: &str, prefix: &str, noun: &str) -> Result<(), Diagnostic> {
    let is_hex =
        |id: &str| matches!(id.len(), 8 | 17) && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match text.strip_prefix(prefix).is_some_and(is_hex) {
        true => Ok(()),
        false => Err(Diagnostic::at(0..text.len(), format!("{} is not {noun}", quoted(text)))
            .note(format!("it is `{prefix}` and 17 lower-case hexadecimal digits, or 8 where it is old"))
            .help(format!("write one such as \"{prefix}0a1b2c3d4e5f60718\""))),
    }
}
