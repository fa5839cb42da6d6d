//! What a resource is in the deployment's own words: `cluster main's node pool a` for a long address. A name follows from the module
//! that a resource is in and from its type; what is in none of our modules has none.

/// What the modules call what they hold.
enum Of<'a> {
    Coderd,
    Database,
    Secrets,
    Network,
    Hosts(&'a str),
    Cluster(&'a str),
}

/// How a thing is called. Types that are not here have no name.
const NOUNS: &[(&str, &str)] = &[
    // What a module is there for has no noun of its own.
    ("google_sql_database_instance", ""),
    ("aws_db_instance", ""),
    ("azurerm_postgresql_flexible_server", ""),
    ("google_container_cluster", ""),
    ("aws_eks_cluster", ""),
    ("azurerm_kubernetes_cluster", ""),
    ("google_compute_network", ""),
    ("aws_vpc", ""),
    ("azurerm_virtual_network", ""),
    ("google_compute_region_instance_group_manager", "machines"),
    ("aws_autoscaling_group", "machines"),
    ("azurerm_linux_virtual_machine_scale_set", "machines"),
    ("google_compute_region_instance_template", "machine template"),
    ("aws_launch_template", "machine template"),
    ("google_container_node_pool", "node pool"),
    ("aws_eks_node_group", "node pool"),
    ("azurerm_kubernetes_cluster_node_pool", "node pool"),
    ("aws_eks_addon", "add-on"),
    ("aws_lb", "balancer"),
    ("azurerm_application_gateway", "balancer"),
    ("google_compute_backend_service", "balancer"),
    ("google_compute_region_backend_service", "balancer"),
    ("aws_lb_listener", "balancer's listener"),
    ("google_compute_global_forwarding_rule", "balancer's listener"),
    ("google_compute_forwarding_rule", "balancer's listener"),
    ("google_compute_url_map", "balancer's routes"),
    ("google_compute_region_url_map", "balancer's routes"),
    ("google_compute_target_https_proxy", "balancer's proxy"),
    ("google_compute_target_http_proxy", "balancer's proxy"),
    ("google_compute_region_target_https_proxy", "balancer's proxy"),
    ("google_compute_region_target_http_proxy", "balancer's proxy"),
    ("aws_lb_target_group", "balancer's targets"),
    ("google_compute_security_policy", "list of who is let in"),
    ("google_compute_region_security_policy", "list of who is let in"),
    ("azurerm_web_application_firewall_policy", "web firewall"),
    ("google_certificate_manager_certificate", "certificate"),
    ("google_certificate_manager_certificate_map", "certificate"),
    ("google_certificate_manager_certificate_map_entry", "certificate"),
    ("aws_acm_certificate", "certificate"),
    ("aws_acm_certificate_validation", "certificate"),
    ("google_dns_record_set", "DNS record"),
    ("aws_route53_record", "DNS record"),
    ("azurerm_dns_a_record", "DNS record"),
    ("azurerm_private_dns_a_record", "DNS record"),
    ("google_dns_managed_zone", "DNS zone"),
    ("aws_route53_zone", "DNS zone"),
    ("azurerm_private_dns_zone", "DNS zone"),
    ("google_compute_firewall", "firewall"),
    ("aws_security_group", "firewall"),
    ("aws_default_security_group", "firewall"),
    ("aws_vpc_security_group_ingress_rule", "firewall rule"),
    ("aws_vpc_security_group_egress_rule", "firewall rule"),
    ("azurerm_network_security_group", "firewall"),
    ("google_compute_global_address", "address"),
    ("google_compute_address", "address"),
    ("aws_eip", "address"),
    ("azurerm_public_ip", "address"),
    ("google_compute_subnetwork", "subnet"),
    ("aws_subnet", "subnet"),
    ("azurerm_subnet", "subnet"),
    ("google_compute_router", "way out"),
    ("google_compute_router_nat", "way out"),
    ("aws_nat_gateway", "way out"),
    ("azurerm_nat_gateway", "way out"),
    ("aws_internet_gateway", "internet gateway"),
    ("aws_route_table", "routes"),
    ("aws_route", "routes"),
    ("google_service_account", "identity"),
    ("aws_iam_role", "identity"),
    ("aws_iam_instance_profile", "identity"),
    ("azurerm_user_assigned_identity", "identity"),
    ("google_project_iam_member", "rights"),
    ("google_secret_manager_secret_iam_member", "rights"),
    ("aws_iam_role_policy", "rights"),
    ("aws_iam_role_policy_attachment", "rights"),
    ("aws_eks_access_entry", "rights"),
    ("aws_eks_access_policy_association", "rights"),
    ("azurerm_role_assignment", "rights"),
    ("google_sql_database", "database named coder"),
    ("azurerm_postgresql_flexible_server_database", "database named coder"),
    ("google_sql_user", "user"),
    ("aws_db_parameter_group", "settings"),
    ("azurerm_postgresql_flexible_server_configuration", "settings"),
    ("aws_db_subnet_group", "subnets"),
    ("google_secret_manager_secret", "secret"),
    ("google_secret_manager_secret_version", "secret"),
    ("aws_secretsmanager_secret", "secret"),
    ("aws_secretsmanager_secret_version", "secret"),
    ("azurerm_key_vault_secret", "secret"),
    ("azurerm_key_vault", "vault"),
    ("aws_kms_key", "key"),
    ("aws_kms_alias", "key"),
    ("azurerm_management_lock", "lock"),
    ("terraform_data", "guard"),
];

/// The name of the resource of that address and type, where it has one.
pub fn name(address: &str, kind: &str) -> Option<String> {
    let (_, noun) = NOUNS.iter().find(|(of, _)| *of == kind)?;
    let parts = parts(address);
    let modules: Vec<&str> =
        parts.chunks_exact(2).map_while(|pair| (pair[0].0 == "module").then_some(pair[1].0)).collect();
    let (label, key) = parts.last()?;
    let key = match key.as_deref() {
        // A count says nothing of the thing.
        Some(key) if key.parse::<u32>().is_err() => format!(" {key}"),
        // A pool of its own beside those of a map.
        None if *noun == "node pool" && *label != "this" => format!(" {label}"),
        _ => String::new(),
    };
    let last = *modules.last()?;
    let of = match last {
        "coderd" => Of::Coderd,
        "database" => Of::Database,
        "secrets" => Of::Secrets,
        "network" => Of::Network,
        other => match (other.strip_prefix("provisioners_"), other.strip_prefix("workspaces_")) {
            (Some(cluster), _) => Of::Hosts(cluster),
            (_, Some(cluster)) => Of::Cluster(cluster),
            _ => return None,
        },
    };
    Some(match (of, *noun) {
        (Of::Coderd, "machines") => format!("coderd's machines{key}"),
        (Of::Coderd, noun) => format!("coderd's {noun}{key}"),
        (Of::Database, "") => "the database".to_owned(),
        (Of::Database, noun) => format!("the database's {noun}{key}"),
        (Of::Secrets, noun) => format!("the {noun}{key}"),
        (Of::Network, noun) => {
            let site = modules.iter().rev().nth(1).filter(|site| is_site(site));
            let place = site.map(|site| format!(" in {site}")).unwrap_or_default();
            if noun.is_empty() {
                format!("the network{place}")
            } else {
                format!("the network's {noun}{key}{place}")
            }
        }
        (Of::Hosts(cluster), "machines") => format!("cluster {cluster}'s provisioner hosts{key}"),
        (Of::Hosts(cluster), noun) => format!("cluster {cluster}'s provisioner hosts' {noun}{key}"),
        (Of::Cluster(cluster), "") => format!("cluster {cluster}"),
        (Of::Cluster(cluster), noun) => format!("cluster {cluster}'s {noun}{key}"),
    })
}

/// Whether a module is a network outside coderd's own, which `plan::sites` names by its cloud.
fn is_site(module: &str) -> bool {
    ["gcp", "aws", "azure"]
        .iter()
        .any(|cloud| module.strip_prefix(cloud).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')))
}

/// The parts between an address' dots, each with its key.
fn parts(address: &str) -> Vec<(&str, Option<String>)> {
    let mut parts = Vec::new();
    let mut rest = address;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let name = &rest[..end];
        rest = &rest[end..];
        let mut key = None;
        if let Some(inside) = rest.strip_prefix('[') {
            // A key in quotes may have brackets and dots.
            let end = match inside.starts_with('"') {
                true => inside.find("\"]").map(|at| at + 1),
                false => inside.find(']'),
            };
            let end = end.unwrap_or(inside.len());
            key = Some(inside[..end].trim_matches('"').to_owned());
            rest = inside.get(end + 1..).unwrap_or_default();
        }
        parts.push((name, key));
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whose_a_thing_is_and_which() {
        for (address, kind, named) in [
            ("module.database.aws_db_instance.this", "aws_db_instance", Some("the database")),
            (
                "module.workspaces_main.aws_eks_node_group.workspaces[\"a\"]",
                "aws_eks_node_group",
                Some("cluster main's node pool a"),
            ),
            (
                "module.coder.module.provisioners_eu-1.aws_autoscaling_group.provisioner",
                "aws_autoscaling_group",
                Some("cluster eu-1's provisioner hosts"),
            ),
            (
                "module.coderd.aws_route53_record.coderd[\"*.coder.acme.dev\"]",
                "aws_route53_record",
                Some("coderd's DNS record *.coder.acme.dev"),
            ),
            (
                "module.aws_us_east_1.module.network.aws_subnet.this[\"a[0]\"]",
                "aws_subnet",
                Some("the network's subnet a[0] in aws_us_east_1"),
            ),
            (
                "module.secrets.google_secret_manager_secret.this[\"psk\"]",
                "google_secret_manager_secret",
                Some("the secret psk"),
            ),
            (
                "module.workspaces_main.aws_eks_node_group.system",
                "aws_eks_node_group",
                Some("cluster main's node pool system"),
            ),
            (
                "module.coderd.google_compute_backend_service.coderd[0]",
                "google_compute_backend_service",
                Some("coderd's balancer"),
            ),
            (
                "module.workspaces_main.aws_eks_node_group.system",
                "aws_eks_node_group",
                Some("cluster main's node pool system"),
            ),
            (
                "module.coderd.google_compute_backend_service.coderd[0]",
                "google_compute_backend_service",
                Some("coderd's balancer"),
            ),
            ("aws_s3_bucket.mine", "aws_s3_bucket", None),
            ("module.mine.aws_db_instance.this", "aws_db_instance", None),
            ("aws_db_instance.mine", "aws_db_instance", None),
            ("[[[\"", "aws_db_instance", None),
        ] {
            assert_eq!(name(address, kind).as_deref(), named, "{address}");
        }
    }
}
