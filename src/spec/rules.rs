//! What no key can say alone: keys that need, exclude or bound each other.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;

use super::access::{host_fault, hostname, shares_domain};
use super::problems::Problems;
use super::walk::Section;
use super::wording::quoted;
use super::{Cloud, address};
use crate::diagnostic::Diagnostic;

/// Checks good values against each other. A value that is there but was refused counts as there, so that one mistake is
/// not reported twice.
pub(super) fn check(root: &Section<'_>, problems: &mut Problems<'_>) {
    wildcard(&root.section("access"), problems);
    certificate(&root.section("access"), root, problems);
    certificate_region(&root.section("access"), root, problems);
    internal(root, problems);
    burstable(root, problems);
    on_coderd(root, problems);
    other_clouds(root, problems);
    existing(&root.section("network"), problems);
    sha256(&root.section("coder"), problems);
    nodes(&root.section("workspaces"), problems);
    ranges(&root.section("network"), problems);
    child_module(root, problems);
}

/// A child module has neither a backend nor providers of its own.
fn child_module(root: &Section<'_>, problems: &mut Problems<'_>) {
    if root.text("layout").is_none_or(|layout| layout.get_ref() != "module") {
        return;
    }
    if let Some(span) = root.section("state").span {
        problems.push(
            Diagnostic::at(span, "`[state]` has no meaning with `layout = \"module\"`")
                .note("the state of a child module is its parent's, and so is the backend that keeps it")
                .help("leave the table out, and write the backend in the parent"),
        );
    }
    for key in ["account_id", "profile"] {
        if let Some(place) = root.section("aws").place(key) {
            problems.push(
                Diagnostic::at(place, format!("`aws.{key}` has no meaning with `layout = \"module\"`"))
                    .note("it is an argument of the provider, which a child module takes from its parent")
                    .help("leave the key out, and write it in the parent's `provider \"aws\"`"),
            );
        }
    }
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

/// Only Google proves a name through the balancer itself: elsewhere a certificate needs a zone, or is there already.
fn certificate(access: &Section<'_>, root: &Section<'_>, problems: &mut Problems<'_>) {
    let has_certificate = access.has("certificate");
    let at = |key: &str| access.place(key).or_else(|| access.place("url")).or_else(|| access.span.clone());
    let problem = match problems.cloud() {
        Cloud::Aws if !has_certificate && !access.has("dns_zone") => {
            Diagnostic::nowhere("`access` needs `access.dns_zone` or `access.certificate` on AWS")
                .note("AWS Certificate Manager proves names through DNS records only")
                .help("name the Route 53 zone of the domain by its id, or the ARN of a certificate")
        }
        Cloud::Azure if !has_certificate && !problems.may_hide("certificate") => {
            Diagnostic::nowhere("`access.certificate` is required on Azure")
                .note("the Application Gateway takes its certificate from a Key Vault, and Azure issues none for a DNS zone")
                .help("import or create one in a vault of yours and write https://<vault>.vault.azure.net/secrets/<name>")
        }
        _ => {
            if problems.cloud() == Cloud::Azure && access.has("dns_zone") && !root.section("azure").has("dns_resource_group")
            {
                let problem = Diagnostic::nowhere("`access.dns_zone` needs `azure.dns_resource_group`")
                    .note("Azure finds a zone by its name and its resource group")
                    .help("write the group's name under [azure]");
                problems.push(Diagnostic { span: at("dns_zone"), ..problem });
            }
            return;
        }
    };
    if !problems.may_hide("access") && !problems.may_hide("dns_zone") {
        problems.push(Diagnostic { span: at("url"), ..problem });
    }
}

/// Only a balancer that the world reaches can prove a name itself, and what is internal is so as a whole.
fn internal(root: &Section<'_>, problems: &mut Problems<'_>) {
    let (access, network, aws) = (root.section("access"), root.section("network"), root.section("aws"));
    let Some(asked) = network.flag("internal").filter(|asked| *asked.get_ref()) else { return };
    if problems.cloud() == Cloud::Gcp
        && !access.has("dns_zone")
        && !access.has("certificate")
        && !problems.may_hide("access")
    {
        problems.push(
            Diagnostic::at(asked.span(), "`network.internal` needs `access.dns_zone` or `access.certificate`")
                .note("a certificate authority cannot reach an internal load balancer, so the name is proved by a public DNS record or not at all")
                .help("name the public Cloud DNS zone of the domain, or a certificate in the region"),
        );
    }
    if let Some(place) = aws.place("api_cidrs") {
        problems.push(
            Diagnostic::at(place, "`aws.api_cidrs` contradicts `network.internal`")
                .note("it opens the clusters' API to public addresses, and `internal` means that nothing is reached from outside")
                .help("leave one of the two out"),
        );
    }
    if let Some(place) = network.section("network.existing").place("public") {
        problems.push(
            Diagnostic::at(place, "`network.existing.public` has no meaning with `network.internal`")
                .note("an internal load balancer stands in the subnets of `machines`")
                .help("leave it out"),
        );
    }
}

/// A balancer of one region takes certificates of that region only, Google's global one those at location global.
fn certificate_region(access: &Section<'_>, root: &Section<'_>, problems: &mut Problems<'_>) {
    let (Some(certificate), Some(region)) = (access.text("certificate"), root.text("region")) else { return };
    if problems.cloud() == Cloud::Gcp {
        let is_internal = root.section("network").flag("internal").is_some_and(|asked| *asked.get_ref());
        let own = certificate.get_ref().split('/').nth(3).unwrap_or_default();
        let (wanted, which) = match is_internal {
            true => {
                (region.get_ref().as_str(), "an internal load balancer takes certificates of its own region")
            }
            false => ("global", "the global load balancer takes certificates at location global"),
        };
        if own != wanted {
            problems.push(
                Diagnostic::at(
                    certificate.span(),
                    format!("`access.certificate` is one at location {}", quoted(own)),
                )
                .note(which)
                .help(format!("name one at location {wanted}, or a DNS zone in which one is proved")),
            );
        }
        return;
    }
    let own = certificate.get_ref().split(':').nth(3);
    if problems.cloud() == Cloud::Aws && own.is_some_and(|own| own != region.get_ref()) {
        problems.push(
            Diagnostic::at(
                certificate.span(),
                format!(
                    "`access.certificate` is one of {}, but `region` is {}",
                    quoted(own.unwrap_or_default()),
                    quoted(region.get_ref())
                ),
            )
            .note("the load balancer takes certificates of AWS Certificate Manager in its own region")
            .help("name a certificate of that region, or a DNS zone in which one is made"),
        );
    }
}

/// Burstable machines are printed for AWS alone.
fn burstable(root: &Section<'_>, problems: &mut Problems<'_>) {
    let asked = root.flag("burstable").filter(|asked| *asked.get_ref());
    let cloud = problems.cloud();
    if let Some(asked) = asked.filter(|_| !problems.clouds().contains(&Cloud::Aws)) {
        problems.push(
            Diagnostic::at(asked.span(), format!("`burstable` has no meaning on {}", cloud.as_str()))
                .note("the tier pages print burstable machines (t3) for AWS only")
                .help("leave it out"),
        );
    }
}

/// Where coderd runs the builds itself there are no hosts to size, and without Coder Premium there is one coderd.
fn on_coderd(root: &Section<'_>, problems: &mut Problems<'_>) {
    let (coderd, provisioners) = (root.section("coderd"), root.section("provisioners"));
    let license = root.text("license");
    let community = license.is_some_and(|license| license.get_ref() == "community");
    let asked = provisioners.flag("on_coderd");
    if community && let Some(asked) = asked.as_ref().filter(|asked| !*asked.get_ref()) {
        problems.push(
            Diagnostic::at(asked.span(), "`provisioners.on_coderd` is false, but `license` is \"community\"")
                .note("provisioners outside of coderd need Coder Premium; without it coderd refuses them")
                .help("leave it out, or write `license = \"premium\"`"),
        );
    }
    if community && let Some(replicas) = coderd.whole("replicas").filter(|replicas| *replicas.get_ref() > 1) {
        let message = format!("`coderd.replicas` is {}, but `license` is \"community\"", replicas.get_ref());
        problems.push(
            Diagnostic::at(replicas.span(), message)
                .note("more than one coderd needs Coder Premium; without it each replica knows its own connections alone, and workspaces fail at random")
                .help("leave it out, or write `license = \"premium\"`"),
        );
    }
    let why = match (community, asked.is_some_and(|asked| *asked.get_ref())) {
        (true, _) => "`license` is \"community\"",
        (false, true) => "`provisioners.on_coderd` is true",
        (false, false) => return,
    };
    for key in ["per_host", "vcpus_each", "memory_gb_each", "machine"] {
        if let Some(place) = provisioners.place(key) {
            problems.push(
                Diagnostic::at(place, format!("`provisioners.{key}` has no meaning: {why}"))
                    .note("it sizes provisioner hosts, and coderd runs the builds itself")
                    .help("leave it out; the keys of `[coderd]` size the machine that builds run on"),
            );
        }
    }
}

/// Keys of the clouds' tables that are about coderd and its database.
const OF_CODERD: [&str; 4] = ["certificate_vault", "dns_resource_group", "waf", "geo_redundant_backup"];

/// `[gcp]`, `[aws]` and `[azure]` are for one cloud each, and some of their keys for the control plane's alone.
fn other_clouds(root: &Section<'_>, problems: &mut Problems<'_>) {
    let cloud = problems.cloud();
    if !root.has("cloud") {
        return;
    }
    for other in Cloud::ALL.into_iter().filter(|other| *other != cloud) {
        let table = root.section(other.as_str());
        if problems.clouds().contains(&other) {
            for key in OF_CODERD {
                if let Some(place) = table.place(key) {
                    let problem = format!(
                        "`{}.{key}` has no meaning: coderd runs on {}",
                        other.as_str(),
                        cloud.as_str()
                    );
                    problems.push(Diagnostic::at(place, problem).help("leave it out"));
                }
            }
        } else if let Some(span) = table.span {
            problems.push(
                Diagnostic::at(
                    span,
                    format!("`[{}]` has no meaning: `cloud` is \"{}\"", other.as_str(), cloud.as_str()),
                )
                .help("leave the table out, change `cloud`, or give one of `[[clusters]]` that cloud"),
            );
        }
    }
}

/// The user's own network excludes what only a new one has.
fn existing(network: &Section<'_>, problems: &mut Problems<'_>) {
    let existing = network.section("network.existing");
    let Some(span) = existing.span.clone() else { return };
    let is_internal = network.flag("internal").is_some_and(|asked| *asked.get_ref());
    if problems.cloud() == Cloud::Gcp {
        proxies(&existing, is_internal, span.clone(), problems);
    }
    // On Azure the range is still cut for what lies outside the VNet, pods and services, and zones are the machines' own.
    if problems.cloud() == Cloud::Azure
        && let Some(place) = network.place("allowed_cidrs")
    {
        problems.push(
            Diagnostic::at(
                place,
                "`network.allowed_cidrs` has no meaning beside `[network.existing]` on Azure",
            )
            .note("it becomes a rule of the security group of the gateway's subnet, which is yours then")
            .help("write the rule there, and leave the key out"),
        );
    } else if !is_internal {
        admits_itself(network, &existing, problems);
    }
    if problems.cloud() != Cloud::Aws {
        return;
    }
    for key in ["cidr", "zones"] {
        if let Some(place) = network.place(key) {
            problems.push(
                Diagnostic::at(place, format!("`network.{key}` has no meaning beside `[network.existing]`"))
                    .note("your own subnets have ranges and zones already")
                    .help("leave one of the two out"),
            );
        }
    }
    if !is_internal && !existing.has("public") && !problems.may_hide("public") {
        problems.push(
            Diagnostic::at(span.clone(), "`network.existing.public` is required")
                .note("the load balancer has public addresses unless `network.internal` is true, and so stands in public subnets")
                .help("name one such subnet a zone, or set `internal = true` under `[network]`"),
        );
    }
    let counts: Vec<_> = ["machines", "nodes", "database"]
        .iter()
        .filter_map(|key| existing.list(key).map(|list| list.get_ref().len()))
        .chain(existing.list("public").map(|list| list.get_ref().len()))
        .collect();
    if counts.iter().any(|count| !(2..=3).contains(count)) || counts.windows(2).any(|pair| pair[0] != pair[1])
    {
        problems.push(
            Diagnostic::at(span, "`[network.existing]` names different numbers of subnets")
                .note("of each kind there is one a zone, in the same order, in two or three zones")
                .help("name as many of each kind"),
        );
    }
}

/// A balancer with public addresses sees daemons and workspaces come from those of the NAT. Where that is the user's own, nothing else says
/// which these are.
fn admits_itself(network: &Section<'_>, existing: &Section<'_>, problems: &mut Problems<'_>) {
    let Some(place) = network.place("allowed_cidrs") else { return };
    let is_named = match existing.list("nat_addresses") {
        Some(addresses) => !addresses.get_ref().is_empty(),
        None => existing.has("nat_addresses"),
    };
    if !is_named && !problems.may_hide("nat_addresses") {
        problems.push(
            Diagnostic::at(place, "`network.allowed_cidrs` needs `network.existing.nat_addresses`")
                .note("provisioner daemons and workspaces call the access URL too, by the way out of your network, and would be turned away")
                .help("write the public addresses that the subnets go out by"),
        );
    }
}

/// An internal load balancer of Google Cloud calls coderd through proxies in a subnet of their own, of which a VPC has one in a region.
fn proxies(
    existing: &Section<'_>,
    is_internal: bool,
    span: std::ops::Range<usize>,
    problems: &mut Problems<'_>,
) {
    match existing.place("proxies") {
        None if is_internal && !problems.may_hide("proxies") => problems.push(
            Diagnostic::at(span, "`network.existing.proxies` is required with `network.internal`")
                .note("an internal load balancer calls coderd through the region's proxy-only subnet (purpose REGIONAL_MANAGED_PROXY)")
                .help("make one in the VPC, a /26 at least, and write its name"),
        ),
        Some(place) if !is_internal => problems.push(
            Diagnostic::at(place, "`network.existing.proxies` has no meaning without `network.internal`")
                .note("only an internal load balancer has its proxies in the VPC")
                .help("leave it out, or set `internal = true` under `[network]`"),
        ),
        _ => {}
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
