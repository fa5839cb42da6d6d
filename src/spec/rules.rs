//! What no key can say alone: keys that need, exclude or bound each other.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;

use super::access::{host_fault, hostname, shares_domain};
use super::address;
use super::problems::Problems;
use super::walk::Section;
use super::wording::quoted;
use crate::diagnostic::Diagnostic;

/// Checks good values against each other. A value that is there but was refused counts as there, so that one mistake is
/// not reported twice.
pub(super) fn check(root: &Section<'_>, problems: &mut Problems<'_>) {
    wildcard(&root.section("access"), problems);
    sha256(&root.section("coder"), problems);
    nodes(&root.section("workspaces"), problems);
    ranges(&root.section("network"), problems);
}

/// The wildcard lies in the access URL's domain and can be certified.
fn wildcard(access: &Section<'_>, problems: &mut Problems<'_>) {
    let Some(wildcard) = access.text("wildcard") else { return };
    let base = wildcard.get_ref().trim_start_matches("*.");
    // A URL with a wrong scheme or port still says which host is meant.
    let host = access.as_written("url").map(hostname).filter(|host| host_fault(host).is_none());
    if let Some(host) = host.filter(|host| !shares_domain(base, host)) {
        let asked = quoted(wildcard.get_ref());
        problems.push(
            Diagnostic::at(wildcard.span(), format!("`access.wildcard` {asked} lies outside the domain of `access.url`, {host}"))
                .note("one DNS zone and one certificate serve both, and browsers let only hosts of one domain share cookies")
                .help(format!("write \"*.{host}\"")),
        );
    }
    if !access.has("dns_zone") && !access.has("certificate") {
        problems.push(
            Diagnostic::at(wildcard.span(), "`access.wildcard` needs `access.dns_zone` or `access.certificate`")
                .note("a wildcard's certificate is proved by a DNS record; the balancer alone proves single host names")
                .help("name the Cloud DNS zone of the domain, or a certificate that covers the wildcard"),
        );
    }
}

/// A sha256 names its release.
fn sha256(coder: &Section<'_>, problems: &mut Problems<'_>) {
    if let (Some(sha256), false) = (coder.text("sha256"), coder.has("version")) {
        problems.push(
            Diagnostic::at(sha256.span(), "`coder.sha256` needs `coder.version`")
                .note("a sha256 belongs to one release, and the default release changes with tierform's version")
                .help("write the release that it belongs to, such as `version = \"2.36.6\"`"),
        );
    }
}

/// The node pool's bounds are in order.
fn nodes(workspaces: &Section<'_>, problems: &mut Problems<'_>) {
    let (Some(min), Some(max)) = (workspaces.whole("nodes_min"), workspaces.whole("nodes_max")) else {
        return;
    };
    if min.get_ref() > max.get_ref() {
        let message = format!(
            "`workspaces.nodes_min` is {}, but `workspaces.nodes_max` is only {}",
            min.get_ref(),
            max.get_ref()
        );
        problems.push(Diagnostic::at(min.span(), message).help("lower `nodes_min` or raise `nodes_max`"));
    }
}

/// No allowed range lies in another: one of the two would mean nothing, or more than was meant.
fn ranges(network: &Section<'_>, problems: &mut Problems<'_>) {
    let mut before: BTreeMap<Ipv4Net, &str> = BTreeMap::new();
    for entry in network.entries_as_written("allowed_cidrs") {
        let written = *entry.get_ref();
        let Ok(range) = address::allowed(written).and_then(|()| address::range(written)) else { continue };
        let outer =
            std::iter::successors(Some(range), Ipv4Net::supernet).find_map(|net| before.get_key_value(&net));
        // Ranges nest or are apart, and sort by their first address, so the next one tells for all.
        let inner = before.range(range..).next().filter(|(net, _)| range.contains(*net));
        let clash = match (outer, inner) {
            (Some((net, other)), _) if *net == range => Some(("is the same as", other)),
            (Some((_, other)), _) => Some(("lies inside", other)),
            (None, Some((_, other))) => Some(("contains", other)),
            (None, None) => None,
        };
        if let Some((how, other)) = clash {
            let message =
                format!("`network.allowed_cidrs` names {}, which {how} {}", quoted(written), quoted(other));
            problems.push(
                Diagnostic::at(entry.span(), message)
                    .note("an address may come in if one range has it, so one of these two changes nothing")
                    .help("keep the one that you mean"),
            );
        }
        before.entry(range).or_insert(written);
        if problems.is_full() {
            break;
        }
    }
}
