//! Rules across resources of Azure: what it refuses because of what is already, or not yet, there.
//! Sources stand with each rule; the wording follows the service's error as the provider passes it on.

use crate::rehearse::cloud::{Cloud, Thing};
use crate::rehearse::rules::Finding;
use crate::rehearse::value::Value;

use super::range::Range;

/// Checks a configuration in which everything is known against what is there.
pub fn check(type_name: &str, config: &Value, cloud: &Cloud) -> Option<Finding> {
    let finding = match type_name {
        "azurerm_subnet" => subnet_range(config, cloud),
        "azurerm_network_security_rule" => same_priority(config, cloud),
        "azurerm_application_gateway" => {
            gateway_delegation(config, cloud).or_else(|| gateway_subnet(config, cloud))
        }
        "azurerm_role_assignment" => {
            fresh_identity(config, cloud).or_else(|| granted_too_late(config, cloud))
        }
        "azurerm_subnet_nat_gateway_association" => egress_too_late(config, cloud),
        "azurerm_postgresql_flexible_server" => server_network(config, cloud),
        "azurerm_kubernetes_cluster" => cluster_egress(config, cloud),
        _ => None,
    };
    finding.or_else(|| read_only(config, cloud))
}

/// Why a thing cannot go: a lock covers it (learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
pub fn still_used(prior: &Value, cloud: &Cloud) -> Option<Finding> {
    let id = prior.text("id")?;
    // What Key Vault holds is no resource of the Resource Manager: its data plane knows no locks.
    if id.starts_with("https://") {
        return None;
    }
    let (lock, scope) = lock_over(id, cloud, &["CanNotDelete", "ReadOnly"])?;
    (lock != id).then(|| {
        Finding::new(
            "",
            format!(
                "deleting {id}: ScopeLocked: The scope '{id}' cannot perform delete operation because following scope(s) \
                 are locked: '{scope}'. Please remove the lock and try again."
            ),
            format!("The lock is {lock}: let it depend on all that it covers, so that it goes first."),
        )
    })
}

/// The id and scope of a lock over `id` of one of the levels.
fn lock_over(id: &str, cloud: &Cloud, levels: &[&str]) -> Option<(String, String)> {
    cloud.find_map("azurerm_management_lock", |lock| {
        let scope = lock.state.get("scope")?.as_str()?;
        let level = lock.state.get("lock_level")?.as_str()?;
        let covers = below(id, scope) && levels.contains(&level);
        covers.then(|| (lock.state.get("id").map(Value::display).unwrap_or_default(), scope.to_owned()))
    })
}

/// Whether an id is the scope or something below it; Azure's ids have no case.
fn below(id: &str, scope: &str) -> bool {
    let (id, scope) = (id.to_lowercase(), scope.trim_end_matches('/').to_lowercase());
    id.strip_prefix(&scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a.and_then(Value::as_str), b.and_then(Value::as_str)) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    }
}

/// The state of the thing of a type with an id.
fn follow(cloud: &Cloud, type_name: &str, id: Option<&Value>) -> Option<Value> {
    let found = cloud.find(type_name, |thing| same(thing.state.get("id"), id))?;
    Some(Value::Map(found.state))
}

/// A read-only lock forbids changes too.
fn read_only(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let parents = [
        "server_id",
        "kubernetes_cluster_id",
        "subnet_id",
        "private_dns_zone_id",
        "user_assigned_identity_id",
    ];
    let parent = parents.iter().find_map(|name| config.text(name))?;
    let (lock, scope) = lock_over(parent, cloud, &["ReadOnly"])?;
    Some(Finding::new(
        "",
        format!(
            "performing CreateOrUpdate: ScopeLocked: The scope '{parent}' cannot perform write operation because following scope(s) are locked: '{scope}'"
        ),
        format!("The lock is {lock}."),
    ))
}

/// Network API, subnets: NetcfgInvalidSubnet and NetcfgSubnetRangesOverlap.
fn subnet_range(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let network = config.get("virtual_network_name")?;
    let text = config.get("address_prefixes")?.items().first()?.as_str()?;
    let own = Range::parse(text)?;
    let name = config.text("name")?;
    let group = config.get("resource_group_name");
    let here = |thing: &Thing| same(thing.state.get("resource_group_name"), group);
    let whole = cloud
        .find("azurerm_virtual_network", |thing| same(thing.state.get("name"), Some(network)) && here(thing));
    if let Some(whole) = whole {
        let spaces = whole.state.get("address_space").map(Value::items).unwrap_or_default();
        let mut spaces = spaces.iter().filter_map(|space| Range::parse(space.as_str()?));
        if !spaces.any(|space| space.holds(&own)) {
            return Some(Finding::new(
                "address_prefixes",
                format!(
                    "creating Subnet: NetcfgInvalidSubnet: Subnet '{name}' is not valid because its IP address range is outside the IP address range of virtual network '{}'",
                    network.display()
                ),
                format!("The subnet's range is {text}."),
            ));
        }
    }
    let other = cloud.find_map("azurerm_subnet", |thing| {
        let neighbour = same(thing.state.get("virtual_network_name"), Some(network)) && here(thing);
        if !neighbour || thing.state.get("name").and_then(Value::as_str) == Some(name) {
            return None;
        }
        let other = thing.state.get("address_prefixes")?.items().first()?.as_str()?;
        Range::parse(other)?.overlaps(&own).then(|| other.to_owned())
    })?;
    Some(Finding::new(
        "address_prefixes",
        format!(
            "creating Subnet: NetcfgSubnetRangesOverlap: Subnet '{name}' is not valid because its IP address range overlaps with that of an existing subnet"
        ),
        format!("{text} overlaps {other}."),
    ))
}

/// Network API, securityRules: SecurityRuleConflict.
fn same_priority(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let keys = ["network_security_group_name", "resource_group_name", "direction"];
    let other = cloud.find("azurerm_network_security_rule", |thing| {
        keys.iter().all(|key| thing.state.get(*key) == config.get(key))
            && thing.state.get("priority") == config.get("priority")
            && thing.state.get("name") != config.get("name")
    })?;
    Some(Finding::new(
        "priority",
        format!(
            "creating Network Security Rule: SecurityRuleConflict: Security rule {} conflicts with rule {}. Rules cannot \
             have the same Priority and Direction.",
            config.text("name")?,
            other.state.get("name")?.display()
        ),
        "Every rule of a direction has a priority of its own.".to_owned(),
    ))
}

/// learn.microsoft.com/azure/application-gateway/application-gateway-private-deployment: enforced since 5 May 2025 for a gateway with network
/// isolation, and met by others too (hashicorp/terraform-provider-azurerm#29342, ansible-collections/azure#2217, langchain-ai/terraform#179).
fn gateway_delegation(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let id = config.first("gateway_ip_configuration")?.get("subnet_id");
    let subnet = follow(cloud, "azurerm_subnet", id)?;
    let delegation = subnet.first("delegation.service_delegation").and_then(|to| to.text("name"));
    (delegation != Some("Microsoft.Network/applicationGateways")).then(|| {
        Finding::new(
            "gateway_ip_configuration",
            "creating Application Gateway: ApplicationGatewayNetworkIsolationRequiresSubnetDelegation: Application Gateway with \
             NetworkIsolation requires subnet delegation"
                .to_owned(),
            format!(
                "Please delegate subnet {} to Microsoft.Network/applicationGateways.",
                id.map(Value::display).unwrap_or_default()
            ),
        )
    })
}

/// learn.microsoft.com/azure/application-gateway/configuration-infrastructure, "Network security groups".
fn gateway_subnet(config: &Value, cloud: &Cloud) -> Option<Finding> {
    // An isolated gateway, which has no public frontend, is managed from within.
    let frontends = config.get("frontend_ip_configuration").map(Value::items).unwrap_or_default();
    frontends.iter().find(|frontend| frontend.get("public_ip_address_id").is_some_and(Value::is_set))?;
    let subnet = config.first("gateway_ip_configuration")?.get("subnet_id");
    let association = cloud.find("azurerm_subnet_network_security_group_association", |thing| {
        same(thing.state.get("subnet_id"), subnet)
    })?;
    let group =
        follow(cloud, "azurerm_network_security_group", association.state.get("network_security_group_id"))?;
    let allows = |rule: &Value| {
        rule.text("source_address_prefix") == Some("GatewayManager")
            && rule.text("access") == Some("Allow")
            && rule.text("destination_port_range") == Some("65200-65535")
    };
    let inline = group.get("security_rule").map(Value::items).unwrap_or_default().iter().any(allows);
    let separate = cloud.find("azurerm_network_security_rule", |thing| {
        same(thing.state.get("network_security_group_name"), group.get("name"))
            && allows(&Value::Map(thing.state.clone()))
    });
    (!inline && separate.is_none()).then(|| {
        Finding::new(
            "gateway_ip_configuration",
            "creating Application Gateway: ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup: Network \
             security group blocks incoming internet traffic on ports 65200 - 65535"
                .to_owned(),
            "Allow GatewayManager on 65200-65535 before the gateway is made.".to_owned(),
        )
    })
}

/// azurerm_role_assignment documentation, "principal_type": Entra ID does not know a fresh identity at once.
fn fresh_identity(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let principal = config.get("principal_id");
    cloud.find("azurerm_user_assigned_identity", |thing| same(thing.state.get("principal_id"), principal))?;
    let told = config.text("principal_type").is_some()
        || config.get("skip_service_principal_aad_check") == Some(&Value::Bool(true));
    (!told).then(|| {
        Finding::new(
            "principal_id",
            format!(
                "creating Role Assignment: PrincipalNotFound: Principal {} does not exist in the directory",
                config.text("principal_id").unwrap_or_default()
            ),
            "The identity is new: set principal_type = \"ServicePrincipal\".".to_owned(),
        )
    })
}

/// Who holds an identity, and needs the role that a too late assignment gives: the type, where its identities stand,
/// and the roles.
const HOLDERS: &[(&str, &[&str])] = &[
    ("azurerm_application_gateway", &["Key Vault Secrets User"]),
    ("azurerm_kubernetes_cluster", &["Network Contributor"]),
];

/// learn.microsoft.com/azure/key-vault/general/rbac-guide: whoever comes before its role is refused with 403.
fn granted_too_late(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let role = config.text("role_definition_name")?;
    let scope = config.text("scope")?;
    let late = |early: &str, code: &str| {
        Finding::new(
            "scope",
            format!("{early} was made before this role was assigned: {code}"),
            format!("It needs {role} from the start: let it depend on the role assignment."),
        )
    };
    if role.starts_with("Key Vault") && role.ends_with("Officer") || role == "Key Vault Administrator" {
        let types = match role {
            "Key Vault Secrets Officer" => &["azurerm_key_vault_secret"][..],
            "Key Vault Certificates Officer" => &["azurerm_key_vault_certificate"],
            _ => &["azurerm_key_vault_secret", "azurerm_key_vault_certificate", "azurerm_key_vault_key"],
        };
        let inside = |thing: &Thing| {
            thing.state.get("key_vault_id").and_then(Value::as_str).is_some_and(|vault| below(vault, scope))
        };
        let early = types.iter().find_map(|kind| cloud.find(kind, inside))?;
        return Some(late(
            &early.state.get("id")?.display(),
            "ForbiddenByRbac: Caller is not authorized to perform action on resource",
        ));
    }
    let identity = cloud.find("azurerm_user_assigned_identity", |thing| {
        same(thing.state.get("principal_id"), config.get("principal_id"))
    })?;
    let holds = |thing: &Thing| {
        let identity_block = thing.state.get("identity").and_then(|blocks| blocks.items().first()).cloned();
        let ids = identity_block.as_ref().and_then(|block| block.get("identity_ids")).map(Value::items);
        ids.unwrap_or_default().iter().any(|id| same(Some(id), identity.state.get("id")))
    };
    let (kind, _) =
        HOLDERS.iter().find(|(kind, roles)| roles.contains(&role) && cloud.has_any(kind, &holds))?;
    let early = cloud.find(kind, holds)?;
    Some(late(&early.state.get("id")?.display(), "LinkedAuthorizationFailed"))
}

/// Machines that boot before their subnet has its way out have no network on first boot; the apply itself succeeds.
fn egress_too_late(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let subnet = config.get("subnet_id");
    let uses = |thing: &Thing| {
        let cards = thing.state.get("network_interface").map(Value::items).unwrap_or_default();
        let addresses = cards.iter().filter_map(|card| card.get("ip_configuration")).flat_map(Value::items);
        addresses.into_iter().any(|address| same(address.get("subnet_id"), subnet))
    };
    let early = cloud.find("azurerm_linux_virtual_machine_scale_set", uses)?;
    Some(Finding::new(
        "subnet_id",
        format!("{} was made before its subnet had a NAT gateway", early.state.get("id")?.display()),
        "Its first machines would boot without a network: let it depend on this association.".to_owned(),
    ))
}

/// learn.microsoft.com/azure/aks/nat-gateway, "userAssignedNATGateway": the subnet must have the gateway already.
fn cluster_egress(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let subnet = config.first("default_node_pool")?.get("vnet_subnet_id");
    follow(cloud, "azurerm_subnet", subnet)?;
    let wanted = config.first("network_profile")?.text("outbound_type") == Some("userAssignedNATGateway");
    let associated = |thing: &Thing| same(thing.state.get("subnet_id"), subnet);
    (wanted && !cloud.has_any("azurerm_subnet_nat_gateway_association", &associated)).then(|| {
        Finding::new(
            "network_profile",
            "creating Kubernetes Cluster: InvalidUserAssignedNATGateway: the subnet of the agent pool has no NAT gateway".to_owned(),
            "outbound_type is userAssignedNATGateway: let the cluster depend on the subnet's association.".to_owned(),
        )
    })
}

/// learn.microsoft.com/azure/postgresql/flexible-server/concepts-networking-private: a delegated subnet, a linked zone.
fn server_network(config: &Value, cloud: &Cloud) -> Option<Finding> {
    if let Some(subnet) = follow(cloud, "azurerm_subnet", config.get("delegated_subnet_id")) {
        let delegation = subnet.first("delegation.service_delegation").and_then(|to| to.text("name"));
        if delegation != Some("Microsoft.DBforPostgreSQL/flexibleServers") {
            return Some(Finding::new(
                "delegated_subnet_id",
                "creating Flexible Server: SubnetMissingRequiredDelegation: subnet is missing required delegation(s) \
                 Microsoft.DBforPostgreSQL/flexibleServers"
                    .to_owned(),
                format!("The subnet is {}.", subnet.text("id")?),
            ));
        }
    }
    let zone = follow(cloud, "azurerm_private_dns_zone", config.get("private_dns_zone_id"))?;
    let linked = |thing: &Thing| same(thing.state.get("private_dns_zone_id"), zone.get("id"));
    (!cloud.has_any("azurerm_private_dns_zone_virtual_network_link", &linked)).then(|| {
        Finding::new(
            "private_dns_zone_id",
            "creating Flexible Server: PrivateDnsZoneNotLinked: the private DNS zone is not linked to the server's virtual \
             network"
                .to_owned(),
            "Let the server depend on the azurerm_private_dns_zone_virtual_network_link.".to_owned(),
        )
    })
}
