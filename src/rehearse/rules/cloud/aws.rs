//! Rules across resources of AWS: what it refuses because of what is already, or not yet, there.
//! Sources stand with each rule; the wording follows the service's error as the provider passes it on.

use crate::rehearse::cloud::{Cloud, Thing};
use crate::rehearse::rules::Finding;
use crate::rehearse::value::Value;

use super::range::Range;

/// Types whose names are unique, and the attributes that make the name.
const NAMED: &[(&str, &[&str])] = &[
    ("aws_iam_role", &["name"]),
    ("aws_iam_policy", &["name"]),
    ("aws_iam_instance_profile", &["name"]),
    ("aws_lb", &["name"]),
    ("aws_lb_target_group", &["name"]),
    ("aws_launch_template", &["name"]),
    ("aws_autoscaling_group", &["name"]),
    ("aws_security_group", &["vpc_id", "name"]),
    ("aws_db_instance", &["identifier"]),
    ("aws_db_subnet_group", &["name"]),
    ("aws_db_parameter_group", &["name"]),
    ("aws_secretsmanager_secret", &["name"]),
    ("aws_cloudwatch_log_group", &["name"]),
    ("aws_kms_alias", &["name"]),
    ("aws_eks_cluster", &["name"]),
    ("aws_eks_node_group", &["cluster_name", "node_group_name"]),
    ("aws_eks_addon", &["cluster_name", "addon_name"]),
    ("aws_eks_access_entry", &["cluster_name", "principal_arn"]),
    ("aws_eks_pod_identity_association", &["cluster_name", "namespace", "service_account"]),
    ("aws_route53_record", &["zone_id", "name", "type", "set_identifier"]),
    ("aws_lb_listener", &["load_balancer_arn", "port"]),
    ("aws_route", &["route_table_id", "destination_cidr_block", "destination_ipv6_cidr_block"]),
    ("aws_route_table_association", &["subnet_id", "gateway_id"]),
];

/// The error for a name that is in use.
pub fn taken(type_name: &str, state: &Value, cloud: &Cloud) -> Option<Finding> {
    let (_, key) = NAMED.iter().find(|(name, _)| *name == type_name)?;
    // Two regions are two places: an ARN names its own, and has none where a name is the whole account's.
    let region = |arn: Option<&Value>| arn.and_then(Value::as_str)?.split(':').nth(3).map(str::to_owned);
    let same = |thing: &Thing| {
        key.iter().all(|name| thing.state.get(*name) == state.get(name))
            && region(thing.state.get("arn")) == region(state.get("arn"))
    };
    cloud.has_any(type_name, &same).then(|| {
        let values: Vec<String> = key.iter().filter_map(|name| state.text(name)).map(str::to_owned).collect();
        Finding::new(
            key.last().copied().unwrap_or_default(),
            format!("creating {type_name}: AlreadyExists: {} already exists", values.join(" ")),
            "Two resources of the configuration have the same name in the same place.".to_owned(),
        )
    })
}

/// Checks a configuration in which everything is known against what is there; `itself` is the id of what it changes.
pub fn check(type_name: &str, config: &Value, itself: Option<&str>, cloud: &Cloud) -> Option<Finding> {
    match type_name {
        "aws_subnet" => subnet_range(config, itself, cloud),
        "aws_nat_gateway" | "aws_lb" => internet_gateway(type_name, config, cloud),
        // A route that leads elsewhere from now on was there when the machines booted.
        "aws_route" | "aws_route_table_association" if itself.is_none() => {
            routed_too_late(type_name, config, cloud)
        }
        "aws_db_subnet_group" => two_zones(config.get("subnet_ids"), cloud).map(|zones| {
            Finding::new(
                "subnet_ids",
                "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage \
                 requirement"
                    .to_owned(),
                format!("All subnets are in {zones}; a DB subnet group must cover two zones."),
            )
        }),
        "aws_eks_cluster" => cluster_zones(config, cloud),
        "aws_eks_node_group" => network_addon(config, cloud),
        "aws_eks_addon" => addon_without_nodes(config, cloud),
        "aws_eks_access_policy_association" => access_entry(config, cloud),
        "aws_lb_listener" => issued_certificate(config, cloud),
        "aws_db_instance" => parameter_family(config, cloud),
        "aws_eks_pod_identity_association" => pod_trust(config, cloud),
        "aws_vpc_security_group_ingress_rule" => mixed_rules("ingress", config, cloud),
        "aws_vpc_security_group_egress_rule" => mixed_rules("egress", config, cloud),
        _ => None,
    }
}

/// Why a thing cannot go while others use it.
pub fn still_used(type_name: &str, prior: &Value, cloud: &Cloud) -> Option<Finding> {
    let id = prior.text("id")?;
    match type_name {
        // Amazon VPC, "Delete an internet gateway": nothing in the VPC may have a public address.
        "aws_internet_gateway" => {
            let vpc = prior.text("vpc_id")?;
            // Not inside one question to the cloud: what it answers leads to another one.
            let candidates =
                ["aws_nat_gateway", "aws_lb"].iter().flat_map(|user| cloud.find_all(user, &|_| true));
            let uses = |user: &Thing| {
                public_vpcs(&Value::Map(user.state.clone()), cloud).iter().any(|own| own == vpc)
            };
            let user = candidates.into_iter().find(uses)?;
            Some(Finding::new(
                "",
                format!(
                    "deleting EC2 Internet Gateway ({id}): DependencyViolation: Network {vpc} has some mapped public address(es)"
                ),
                format!(
                    "{} still has one: let it depend on the internet gateway.",
                    user.state.get("id")?.display()
                ),
            ))
        }
        "aws_security_group" => {
            let user = ["aws_db_instance", "aws_lb", "aws_launch_template"].iter().find_map(|user| {
                cloud.find(user, |thing| {
                    ["vpc_security_group_ids", "security_groups"]
                        .iter()
                        .filter_map(|name| thing.state.get(*name))
                        .any(|groups| groups.items().contains(&id.into()))
                })
            })?;
            Some(Finding::new(
                "",
                format!(
                    "deleting Security Group ({id}): DependencyViolation: resource {id} has a dependent object"
                ),
                format!("{} uses it.", user.state.get("id")?.display()),
            ))
        }
        _ => None,
    }
}

/// The thing of a type whose id, ARN or name is what `reference` says.
fn follow(cloud: &Cloud, type_name: &str, reference: &Value) -> Option<Thing> {
    let reference = reference.as_str()?;
    let is = |thing: &Thing| {
        ["id", "arn", "name"]
            .iter()
            .any(|key| thing.state.get(*key).and_then(Value::as_str) == Some(reference))
    };
    cloud.find(type_name, is)
}

fn state_of(cloud: &Cloud, type_name: &str, reference: Option<&Value>) -> Option<Value> {
    follow(cloud, type_name, reference?).map(|thing| Value::Map(thing.state))
}

/// EC2 API, CreateSubnet: InvalidSubnet.Range and InvalidSubnet.Conflict.
fn subnet_range(config: &Value, itself: Option<&str>, cloud: &Cloud) -> Option<Finding> {
    let text = config.text("cidr_block")?;
    let own = Range::parse(text)?;
    let vpc = config.get("vpc_id")?;
    if let Some(whole) = state_of(cloud, "aws_vpc", Some(vpc))
        && let Some(range) = whole.text("cidr_block")
        && !Range::parse(range)?.holds(&own)
    {
        return Some(Finding::new(
            "cidr_block",
            format!("creating EC2 Subnet: InvalidSubnet.Range: The CIDR '{text}' is invalid"),
            format!("It is not within the VPC's {range}."),
        ));
    }
    let other = cloud.find_map("aws_subnet", |thing| {
        let other = thing.state.get("cidr_block")?.as_str()?;
        let conflict = thing.state.get("vpc_id") == Some(vpc) && Range::parse(other)?.overlaps(&own);
        let is_itself = itself.is_some() && thing.state.get("id").and_then(Value::as_str) == itself;
        (conflict && !is_itself).then(|| other.to_owned())
    })?;
    Some(Finding::new(
        "cidr_block",
        format!(
            "creating EC2 Subnet: InvalidSubnet.Conflict: The CIDR '{text}' conflicts with another subnet"
        ),
        format!("The other one is {other}."),
    ))
}

/// The managed VPCs in which a NAT gateway or load balancer has a public address.
fn public_vpcs(thing: &Value, cloud: &Cloud) -> Vec<String> {
    if thing.get("internal") == Some(&Value::Bool(true)) || thing.text("connectivity_type") == Some("private")
    {
        return Vec::new();
    }
    let subnets = thing.get("subnets").map(Value::items).unwrap_or_default().iter();
    let mapped = thing.get("subnet_mapping").map(Value::items).unwrap_or_default().iter();
    let references =
        subnets.chain(mapped.filter_map(|mapping| mapping.get("subnet_id"))).chain(thing.get("subnet_id"));
    let found = references.filter_map(|subnet| state_of(cloud, "aws_subnet", Some(subnet)));
    let vpcs = found.filter_map(|subnet| Some(subnet.text("vpc_id")?.to_owned()));
    vpcs.filter(|vpc| follow(cloud, "aws_vpc", &vpc.as_str().into()).is_some()).collect()
}

/// aws_nat_gateway and aws_lb documentation: an explicit dependency on the VPC's internet gateway.
fn internet_gateway(type_name: &str, config: &Value, cloud: &Cloud) -> Option<Finding> {
    let vpc = public_vpcs(config, cloud).into_iter().next()?;
    let attached = |thing: &Thing| thing.state.get("vpc_id").and_then(Value::as_str) == Some(&vpc);
    (!cloud.has_any("aws_internet_gateway", &attached)).then(|| {
        let (path, summary) = match type_name {
            "aws_lb" => ("subnets", format!("creating ELBv2 Load Balancer: InvalidSubnet: VPC {vpc} has no internet gateway")),
            _ => ("subnet_id", format!("creating EC2 NAT Gateway: Gateway.NotAttached: Network {vpc} has no Internet gateway attached")),
        };
        Finding::new(path, summary, "Let it depend on the aws_internet_gateway.".to_owned())
    })
}

/// The route tables of a subnet, as far as they are managed here.
fn is_in(thing: &Thing, subnets: &[String]) -> bool {
    let listed = ["vpc_zone_identifier", "subnet_ids"].iter().filter_map(|name| thing.state.get(*name));
    let mut listed = listed.flat_map(Value::items).filter_map(Value::as_str);
    listed.any(|subnet| subnets.iter().any(|wanted| wanted == subnet))
}

/// Machines that boot before their subnet has its route out have no network on first boot; the apply itself succeeds.
fn routed_too_late(type_name: &str, config: &Value, cloud: &Cloud) -> Option<Finding> {
    let mut subnets = Vec::new();
    if type_name == "aws_route" {
        config.text("nat_gateway_id")?;
        let table = config.get("route_table_id")?;
        let associated = |thing: &Thing| thing.state.get("route_table_id") == Some(table);
        subnets.extend(
            cloud
                .find_all("aws_route_table_association", &associated)
                .iter()
                .filter_map(|thing| thing.state.get("subnet_id").and_then(Value::as_str).map(str::to_owned)),
        );
    } else {
        subnets.push(config.text("subnet_id")?.to_owned());
    }
    let early = ["aws_autoscaling_group", "aws_eks_node_group"]
        .iter()
        .find_map(|machines| cloud.find(machines, |thing| is_in(thing, &subnets)))?;
    let early = early.state.get("id")?.display();
    Some(Finding::new(
        "route_table_id",
        format!("{early} was made before its subnets had this route"),
        "Its first machines would boot without a network: let it depend on the routes and their associations.".to_owned(),
    ))
}

/// The one zone of subnets that should be in two; none when they are, or when they are not managed here.
fn two_zones(subnets: Option<&Value>, cloud: &Cloud) -> Option<String> {
    let items = subnets?.items();
    let zones: Option<Vec<String>> = items
        .iter()
        .map(|subnet| {
            Some(state_of(cloud, "aws_subnet", Some(subnet))?.text("availability_zone")?.to_owned())
        })
        .collect();
    let mut zones = zones?;
    zones.sort();
    zones.dedup();
    if zones.len() == 1 { zones.pop() } else { None }
}

/// Amazon EKS user guide, "Subnet requirements and considerations".
fn cluster_zones(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let zone = two_zones(config.first("vpc_config")?.get("subnet_ids"), cloud)?;
    Some(Finding::new(
        "vpc_config",
        "creating EKS Cluster: InvalidParameterException: Subnets specified must be in at least two different AZs".to_owned(),
        format!("All are in {zone}."),
    ))
}

/// Amazon EKS user guide, "Amazon VPC CNI": nodes join only with a network add-on.
fn network_addon(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let name = config.get("cluster_name")?;
    let cluster = state_of(cloud, "aws_eks_cluster", Some(name))?;
    if cluster.get("bootstrap_self_managed_addons") != Some(&Value::Bool(false)) {
        return None;
    }
    let network = |thing: &Thing| {
        thing.state.get("cluster_name") == Some(name)
            && thing.state.get("addon_name").and_then(Value::as_str) == Some("vpc-cni")
    };
    (!cloud.has_any("aws_eks_addon", &network)).then(|| {
        Finding::new(
            "cluster_name",
            "creating EKS Node Group: NodeCreationFailure: Unhealthy nodes in the kubernetes cluster".to_owned(),
            "The cluster has no vpc-cni add-on yet, so that no node becomes ready: let the node group depend on it."
                .to_owned(),
        )
    })
}

/// Add-ons that run as deployments.
const DEPLOYED: [&str; 3] = ["coredns", "aws-ebs-csi-driver", "metrics-server"];

/// Amazon EKS user guide, "Amazon EKS add-ons": a deployment without nodes stays DEGRADED, and the create times out.
fn addon_without_nodes(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let (name, addon) = (config.get("cluster_name")?, config.text("addon_name")?);
    follow(cloud, "aws_eks_cluster", name)?;
    let nodes = |thing: &Thing| thing.state.get("cluster_name") == Some(name);
    let without = DEPLOYED.contains(&addon) && !cloud.has_any("aws_eks_node_group", &nodes);
    without.then(|| {
        Finding::new(
            "addon_name",
            format!("waiting for EKS Add-On ({addon}) create: unexpected state 'DEGRADED', wanted target 'ACTIVE'"),
            "InsufficientNumberOfReplicas: the cluster has no nodes yet: let the add-on depend on the node groups.".to_owned(),
        )
    })
}

/// EKS API, AssociateAccessPolicy: ResourceNotFoundException.
fn access_entry(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let (name, principal) = (config.get("cluster_name")?, config.get("principal_arn")?);
    follow(cloud, "aws_eks_cluster", name)?;
    let entry = |thing: &Thing| {
        thing.state.get("cluster_name") == Some(name) && thing.state.get("principal_arn") == Some(principal)
    };
    (!cloud.has_any("aws_eks_access_entry", &entry)).then(|| {
        Finding::new(
            "principal_arn",
            "creating EKS Access Policy Association: ResourceNotFoundException: The specified principalArn could not be \
             found"
                .to_owned(),
            format!("{} has no access entry in the cluster yet.", principal.display()),
        )
    })
}

/// Elastic Load Balancing API, CreateListener: a certificate must have been issued.
fn issued_certificate(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let arn = config.get("certificate_arn")?;
    let certificate = state_of(cloud, "aws_acm_certificate", Some(arn))?;
    let validated = |thing: &Thing| thing.state.get("certificate_arn") == Some(arn);
    let pending = certificate.text("validation_method").is_some()
        && !cloud.has_any("aws_acm_certificate_validation", &validated);
    pending.then(|| {
        Finding::new(
            "certificate_arn",
            format!("creating ELBv2 Listener: UnsupportedCertificate: The certificate '{}' must have a fully-qualified domain name, a supported signature, and a supported key size", arn.display()),
            "It is not issued yet: take the certificate_arn of its aws_acm_certificate_validation.".to_owned(),
        )
    })
}

/// RDS API, CreateDBInstance: the parameter group's family must be the engine's.
fn parameter_family(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let group = state_of(cloud, "aws_db_parameter_group", config.get("parameter_group_name"))?;
    let family = group.text("family")?;
    let major = config.text("engine_version")?.split('.').next()?;
    let wanted = format!("{}{major}", config.text("engine")?);
    (family != wanted).then(|| {
        Finding::new(
            "parameter_group_name",
            format!(
                "creating RDS DB Instance: InvalidParameterCombination: The parameter group with DBParameterGroupFamily \
                 {family} can't be used for this instance. Please use a parameter group with DBParameterGroupFamily {wanted}"
            ),
            "The group's family and the instance's engine_version go together.".to_owned(),
        )
    })
}

/// Amazon EKS user guide, "IAM role with trust policy required by EKS Pod Identity".
fn pod_trust(config: &Value, cloud: &Cloud) -> Option<Finding> {
    let role = state_of(cloud, "aws_iam_role", config.get("role_arn"))?;
    let trust = role.text("assume_role_policy")?;
    let needed = ["pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession"];
    let missing = needed.iter().find(|part| !trust.contains(*part))?;
    Some(Finding::new(
        "role_arn",
        "creating EKS Pod Identity Association: InvalidParameterException: Trust policy of role is invalid"
            .to_owned(),
        format!(
            "The trust policy lacks {missing}: it must allow pods.eks.amazonaws.com sts:AssumeRole and sts:TagSession."
        ),
    ))
}

/// aws_security_group documentation: inline rules and rule resources undo each other for ever.
fn mixed_rules(direction: &str, config: &Value, cloud: &Cloud) -> Option<Finding> {
    let group = follow(cloud, "aws_security_group", config.get("security_group_id")?)?;
    let inline = group.config.get(direction).is_some_and(|rules| !rules.items().is_empty());
    inline.then(|| {
        Finding::new(
            "security_group_id",
            format!("the security group has {direction} rules of its own"),
            "Rules inside aws_security_group and rule resources must not be mixed: each apply removes the other's.".to_owned(),
        )
    })
}
