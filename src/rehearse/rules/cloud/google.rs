//! Rules across resources of Google Cloud: what it refuses because of what is already, or not yet, there.
//! Sources stand with each rule.

use crate::rehearse::cloud::{Cloud, Thing, same_reference};
use crate::rehearse::rules::Finding;
use crate::rehearse::value::Value;

use super::range::Range;

/// Checks a configuration in which everything is known against what is there.
pub fn check(type_name: &str, config: &Value, cloud: &Cloud) -> Option<Finding> {
    match type_name {
        "google_sql_database_instance" => private_services(config, cloud),
        "google_compute_subnetwork" => overlapping(config, cloud),
        "google_compute_backend_service" | "google_compute_region_backend_service" => {
            named_port(config, cloud)
        }
        "google_compute_global_forwarding_rule" => balancing_scheme(config, cloud),
        "google_compute_forwarding_rule" => {
            balancing_scheme(config, cloud).or_else(|| proxy_subnet(config, cloud))
        }
        "google_compute_region_target_https_proxy" => regional_certificate(config, cloud),
        "google_container_cluster" => secondary_ranges(config, cloud),
        "google_container_node_pool" => auto_upgrade(config, cloud),
        "google_project_service" => used_before(config, cloud),
        _ if type_name.ends_with("_iam_member") => identity_pool(config, cloud),
        _ => None,
    }
}

/// Why a thing cannot go while others use it.
pub fn still_used(type_name: &str, prior: &Value, cloud: &Cloud) -> Option<Finding> {
    match type_name {
        "google_service_networking_connection" => connection_in_use(prior),
        "google_compute_region_instance_group_manager" => group_in_use(prior, cloud),
        _ => None,
    }
}

/// google provider issue 16275: Cloud SQL keeps the connection in use for days after its deletion.
fn connection_in_use(prior: &Value) -> Option<Finding> {
    let abandoned = prior.get("deletion_policy").and_then(Value::as_str) == Some("ABANDON");
    (!abandoned).then(|| {
        Finding::new(
            "deletion_policy",
            "Unable to remove Service Networking Connection".to_owned(),
            "Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using \
             this connection. Set deletion_policy to ABANDON."
                .to_owned(),
        )
    })
}

/// Compute Engine API, regionInstanceGroupManagers.delete: not while a backend service has the group.
fn group_in_use(prior: &Value, cloud: &Cloud) -> Option<Finding> {
    let group = prior.get("instance_group").filter(|group| group.is_set())?;
    let has = |service: &Thing| {
        let backends = service.state.get("backend").map(Value::items).unwrap_or_default();
        backends.iter().any(|backend| backend.get("group").is_some_and(|own| same_reference(own, group)))
    };
    let services = ["google_compute_backend_service", "google_compute_region_backend_service"];
    let service = services.into_iter().find_map(|service| cloud.find(service, has))?;
    let display = |value: Option<&Value>| value.map(Value::display).unwrap_or_default();
    Some(Finding::new(
        "",
        format!(
            "Error 400: The instance_group_manager resource '{}' is already being used by '{}', resourceInUseByAnotherResource",
            display(prior.get("id")),
            display(service.state.get("id"))
        ),
        "The balancer's backend service must let go of the group before it can be deleted.".to_owned(),
    ))
}

/// google_sql_database_instance documentation, "Private IP Instance": the connection must exist first.
fn private_services(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let settings = config.get("settings")?.items().first()?;
    let addresses = settings.get("ip_configuration")?.items().first()?;
    let network = addresses.get("private_network").filter(|network| network.is_set())?;
    // An existing network brings its own connection.
    follow(cloud, "google_compute_network", Some(network))?;
    let connected =
        |thing: &Thing| thing.state.get("network").is_some_and(|other| same_reference(other, network));
    cloud.find("google_service_networking_connection", connected).is_none().then(|| {
        Finding::new(
            "settings",
            "Error, failed to create instance because the network doesn't have at least 1 private services connection"
                .to_owned(),
            format!(
                "Please see https://cloud.google.com/sql/docs/mysql/private-ip#network_requirements for how to \
                 create this connection. The network is {}; let the instance depend on its \
                 google_service_networking_connection.",
                network.display()
            ),
        )
    })
}

fn is(thing: &Thing, reference: &Value) -> bool {
    ["id", "self_link", "name", "instance_group"]
        .iter()
        .any(|key| thing.state.get(*key).is_some_and(|own| same_reference(own, reference)))
}

/// Follows a reference to a thing of the type.
fn follow(cloud: &Cloud, type_name: &str, reference: Option<&Value>) -> Option<Thing> {
    let reference = reference.filter(|reference| reference.is_set())?;
    cloud.find(type_name, |thing| is(thing, reference))
}

/// cloud.google.com/load-balancing/docs/backend-service, "Named ports": Google accepts it, and sends no request.
fn named_port(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let port = config.get("port_name")?.as_str()?;
    let groups = config.get("backend")?.items().iter();
    groups.into_iter().find_map(|backend| {
        let group = follow(cloud, "google_compute_region_instance_group_manager", backend.get("group"))?;
        let ports =
            group.state.get("named_port")?.items().iter().filter_map(|port| port.get("name")?.as_str());
        let ports: Vec<&str> = ports.collect();
        (!ports.contains(&port)).then(|| {
            Finding::new(
                "port_name",
                format!("port_name {port:?} is not a named_port of the backend's instance group"),
                format!("No request would reach the group, whose named ports are: {}.", ports.join(", ")),
            )
        })
    })
}

/// google_compute_global_forwarding_rule documentation, "load_balancing_scheme": it must equal the backend's.
fn balancing_scheme(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let any = |types: [&str; 2], reference| types.iter().find_map(|of| follow(cloud, of, reference));
    let target = config.get("target");
    let proxy = any(["google_compute_target_https_proxy", "google_compute_target_http_proxy"], target)
        .or_else(|| {
            any(
                ["google_compute_region_target_https_proxy", "google_compute_region_target_http_proxy"],
                target,
            )
        })?;
    let map = any(["google_compute_url_map", "google_compute_region_url_map"], proxy.state.get("url_map"))?;
    let backends = ["google_compute_backend_service", "google_compute_region_backend_service"];
    let backend = any(backends, map.state.get("default_service"))?;
    let theirs = backend.state.get("load_balancing_scheme")?.as_str()?;
    // The provider's default since major version 8.
    let own = config.get("load_balancing_scheme").and_then(Value::as_str).unwrap_or("EXTERNAL_MANAGED");
    (own != theirs).then(|| {
        Finding::new(
            "load_balancing_scheme",
            "Error creating GlobalForwardingRule: Error 400: Invalid value for field 'resource.target'"
                .to_owned(),
            format!(
                "The forwarding rule's load_balancing_scheme is {own}, its backend service's is {theirs}."
            ),
        )
    })
}

/// cloud.google.com/load-balancing/docs/proxy-only-subnets: the proxies of an internal Application Load Balancer need one.
fn proxy_subnet(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let internal = config.get("load_balancing_scheme").and_then(Value::as_str) == Some("INTERNAL_MANAGED");
    let network = config.get("network").filter(|network| internal && network.is_set())?;
    // An existing network brings its own.
    follow(cloud, "google_compute_network", Some(network))?;
    let serves = |thing: &Thing| {
        let purpose = thing.state.get("purpose").and_then(Value::as_str);
        purpose == Some("REGIONAL_MANAGED_PROXY")
            && thing.state.get("region") == config.get("region")
            && thing.state.get("network").is_some_and(|other| same_reference(other, network))
    };
    cloud.find("google_compute_subnetwork", serves).is_none().then(|| {
        Finding::new(
            "network",
            "Error creating ForwardingRule: Error 400: Invalid value for field 'resource.target'".to_owned(),
            "An active proxy-only subnetwork is required in the same region and VPC as the forwarding rule: one whose \
             purpose is REGIONAL_MANAGED_PROXY."
                .to_owned(),
        )
    })
}

/// cloud.google.com/certificate-manager/docs/overview: a regional proxy takes certificates of its own region.
fn regional_certificate(config: &Value, _: &Cloud) -> Option<Finding> {
    let region = config.get("region")?.as_str()?;
    let certificates = config.get("certificate_manager_certificates")?.items().iter();
    let elsewhere = certificates.filter_map(Value::as_str).find(|id| {
        id.split("/locations/").nth(1).is_some_and(|rest| rest.split('/').next() != Some(region))
    })?;
    Some(Finding::new(
        "certificate_manager_certificates",
        "Error creating RegionTargetHttpsProxy: Error 400: Invalid value for field 'resource.sslCertificates'"
            .to_owned(),
        format!("{elsewhere} does not lie in {region}, the proxy's region."),
    ))
}

/// cloud.google.com/kubernetes-engine/docs/how-to/alias-ips: the ranges must be in the subnetwork.
fn secondary_ranges(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let subnetwork = follow(cloud, "google_compute_subnetwork", config.get("subnetwork"))?;
    let ranges = subnetwork.state.get("secondary_ip_range").map(Value::items).unwrap_or_default();
    let names: Vec<&str> = ranges.iter().filter_map(|range| range.get("range_name")?.as_str()).collect();
    let policy = config.get("ip_allocation_policy")?.items().first()?;
    ["cluster_secondary_range_name", "services_secondary_range_name"].iter().find_map(|argument| {
        let wanted = policy.get(argument)?.as_str()?;
        (!names.contains(&wanted)).then(|| {
            Finding::new(
                "ip_allocation_policy",
                format!("Error 400: {argument}: secondary range {wanted:?} does not exist in the subnetwork"),
                format!("The subnetwork's secondary ranges are: {}.", names.join(", ")),
            )
        })
    })
}

/// cloud.google.com/kubernetes-engine/docs/concepts/release-channels: a channel upgrades its nodes.
fn auto_upgrade(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let management = config.get("management")?.items().first()?;
    let cluster = follow(cloud, "google_container_cluster", config.get("cluster"))?;
    let channel = cluster.state.get("release_channel")?.items().first()?.get("channel")?.as_str()?.to_owned();
    let off = management.get("auto_upgrade") == Some(&Value::Bool(false));
    (off && channel != "UNSPECIFIED").then(|| {
        Finding::new(
            "management",
            format!("Error 400: Auto_upgrade must be true when release_channel {channel} is set"),
            "Node pools of a cluster in a release channel are upgraded by it.".to_owned(),
        )
    })
}

/// Services and the types that need them (prefixes).
const SERVICES: &[(&str, &[&str])] = &[
    ("compute.googleapis.com", &["google_compute_"]),
    ("container.googleapis.com", &["google_container_"]),
    ("secretmanager.googleapis.com", &["google_secret_manager_"]),
    ("sqladmin.googleapis.com", &["google_sql_"]),
    ("dns.googleapis.com", &["google_dns_"]),
    ("certificatemanager.googleapis.com", &["google_certificate_manager_"]),
    ("servicenetworking.googleapis.com", &["google_service_networking_"]),
    ("iam.googleapis.com", &["google_service_account"]),
];

/// serviceusage documentation: a call to a service that is not enabled answers 403. What was made before its service
/// was enabled in the same apply would have failed in a fresh project.
fn used_before(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let service = config.get("service")?.as_str()?;
    if cloud.has_any("google_project_service", &|thing| thing.state.get("service") == config.get("service")) {
        return None;
    }
    let (_, prefixes) = SERVICES.iter().find(|(name, _)| *name == service)?;
    let early = prefixes.iter().find_map(|prefix| cloud.first_with_prefix(prefix))?;
    Some(Finding::new(
        "service",
        format!("Error 403: {service} has not been used in the project before or it is disabled"),
        format!(
            "{early} was made before this service was enabled, which fails in a fresh project: let it depend on the \
             google_project_service."
        ),
    ))
}

/// cloud.google.com/kubernetes-engine/docs/concepts/workload-identity: the first cluster makes the pool.
fn identity_pool(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let member = config.get("member")?.as_str()?;
    let (pool, _) = member.strip_prefix("serviceAccount:")?.split_once(".svc.id.goog[")?;
    let pool = Value::Text(format!("{pool}.svc.id.goog"));
    let has = |thing: &Thing| {
        let identity = thing.state.get("workload_identity_config").map(Value::items).unwrap_or_default();
        identity.iter().any(|identity| identity.get("workload_pool") == Some(&pool))
    };
    (!cloud.has_any("google_container_cluster", &has)).then(|| {
        Finding::new(
            "member",
            format!("Error 400: Identity Pool does not exist ({}). Please check that you specified a valid resource", pool.display()),
            "The pool comes with the first cluster that has workload_identity_config: depend on that cluster.".to_owned(),
        )
    })
}

/// Compute Engine API, subnetworks.insert: ranges of one network must not overlap.
fn overlapping(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let network = config.get("network")?;
    let name = config.get("name").cloned().unwrap_or(Value::Null);
    let own: Vec<(String, Range)> = ranges(config);
    for (position, (text, range)) in own.iter().enumerate() {
        if let Some((other, _)) = own[..position].iter().find(|(_, other)| other.overlaps(range)) {
            return Some(overlap(text, other));
        }
    }
    cloud.find_map("google_compute_subnetwork", |thing| {
        let state = Value::Map(thing.state.clone());
        let same_network = state.get("network").is_some_and(|other| same_reference(other, network));
        if !same_network || state.get("name") == Some(&name) {
            return None;
        }
        let theirs = ranges(&state);
        own.iter().find_map(|(text, range)| {
            let (other, _) = theirs.iter().find(|(_, other)| other.overlaps(range))?;
            Some(overlap(text, other))
        })
    })
}

fn overlap(text: &str, other: &str) -> Finding {
    Finding::new(
        "ip_cidr_range",
        format!(
            "Error creating Subnetwork: Error 400: Invalid IPCidrRange: {text} conflicts with existing range {other}"
        ),
        "The address ranges of one network must not overlap.".to_owned(),
    )
}

/// The primary and secondary ranges of a subnetwork.
fn ranges(subnetwork: &Value) -> Vec<(String, Range)> {
    let secondary = subnetwork.get("secondary_ip_range").map(Value::items).unwrap_or_default();
    let all = std::iter::once(subnetwork).chain(secondary);
    let texts = all.filter_map(|range| range.get("ip_cidr_range")?.as_str());
    texts.filter_map(|text| Some((text.to_owned(), Range::parse(text)?))).collect()
}
