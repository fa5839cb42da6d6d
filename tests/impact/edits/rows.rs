//! The edits: every key that a person would change, both ways where there are two.

use super::{Edit, Start};

/// Nothing of that kind on a cloud.
const NO: Option<&str> = None;

const fn same(value: &'static str) -> [Option<&'static str>; 3] {
    [Some(value), Some(value), Some(value)]
}

const fn on(gcp: &'static str, aws: &'static str, azure: &'static str) -> [Option<&'static str>; 3] {
    [Some(gcp), Some(aws), Some(azure)]
}

const fn edit(
    what: &'static str,
    start: Start,
    set: &'static [(&'static str, [Option<&'static str>; 3])],
    differs: &'static str,
) -> Edit {
    Edit { what, start, set, differs }
}

use Start::{Large, Small};

/// Values are TOML; an empty one takes the key away.
#[rustfmt::skip]
pub const EDITS: &[Edit] = &[
    // What costs nothing.
    edit("keys in another order", Small, &[], ""),
    edit("a tag added", Small, &[("tags.team", same("\"platform\""))], "Google Cloud labels the instance template, which is made anew; AWS makes another version of its template; Azure tags in place"),
    edit("a tag taken away", Large, &[("tags.team", same(""))], "as when it is added; on AWS the tags of the node groups are resources of their own, which go"),
    // Releases.
    edit("coder.version up", Small, &[("coder.version", same("\"2.37.2\""))], "Google Cloud makes another instance template, AWS another version of one and Azure another model of the scale set: coderd rolls on all three"),
    edit("coder.version down", Small, &[("coder.version", same("\"2.34.5\""))], "Google Cloud makes another instance template, AWS another version of one and Azure another model of the scale set: coderd rolls on all three"),
    edit("coder.mirror", Small, &[("coder.mirror", same("\"https://mirror.acme.dev/coder\""))], "Google Cloud makes another instance template, AWS another version of one and Azure another model of the scale set: coderd rolls on all three"),
    edit("database.version up", Small, &[("database.version", same("18"))], "on AWS the parameter group is of one major version and is made anew beside the restart"),
    edit("database.version down", Small, &[("database.version", same("16"))], "Cloud SQL and RDS refuse it; azurerm would make the server anew"),
    // coderd.
    edit("coderd.replicas up", Small, &[("coderd.replicas", same("5"))], "max_connections follows the replicas: Cloud SQL and Azure restart for it, RDS waits for a restart"),
    edit("coderd.replicas down", Small, &[("coderd.replicas", same("2"))], ""),
    edit("coderd.machine larger", Small, &[("coderd.machine", on("\"n4-standard-8\"", "\"m8i.2xlarge\"", "\"Standard_D8s_v6\""))], "Google Cloud makes another instance template, AWS another version of one and Azure another model of the scale set: coderd rolls on all three"),
    edit("coderd.machine on ARM", Small, &[("coderd.machine", on("\"c4a-standard-4\"", "\"m8g.xlarge\"", "\"Standard_D4ps_v6\""))], "Google Cloud makes another instance template, AWS another version of one and Azure another model of the scale set: coderd rolls on all three, and AWS's image stands in a resource of its own, which is made anew"),
    // Provisioner hosts.
    edit("provisioners.count up", Small, &[("provisioners.count", same("120"))], ""),
    edit("provisioners.count down", Small, &[("provisioners.count", same("30"))], "hosts of AWS are protected and none goes; the other two take some with their builds"),
    edit("provisioners.per_host down", Small, &[("provisioners.per_host", same("15"))], "Google Cloud makes another instance template; everywhere the hosts become smaller or more"),
    edit("provisioners.machine", Small, &[("provisioners.machine", on("\"n2-highcpu-32\"", "\"c7i.8xlarge\"", "\"Standard_F48s_v2\""))], "Google Cloud makes another instance template; hosts that run stay on all three"),
    // Nodes.
    edit("workspaces.machine larger", Small, &[("workspaces.machine", on("\"n4-standard-16\"", "\"m8i.4xlarge\"", "\"Standard_D16s_v6\""))], ""),
    edit("workspaces.per_node down", Small, &[("workspaces.per_node", same("10"))], ""),
    edit("workspaces.nodes_max up", Small, &[("workspaces.nodes_max", same("60"))], ""),
    edit("workspaces.nodes_max down", Small, &[("workspaces.nodes_max", same("20"))], ""),
    edit("workspaces.nodes_min up", Small, &[("workspaces.nodes_min", same("9"))], "EKS takes no least number above the present one, which the autoscaler moves and Terraform leaves alone"),
    edit("workspaces.memory_gb up", Small, &[("workspaces.memory_gb", same("4"))], ""),
    edit("workspaces.volume_gb", Small, &[("workspaces.volume_gb", same("50"))], ""),
    // The database.
    edit("database larger", Small, &[("database.vcpus", same("16")), ("database.memory_gb", same("60"))], ""),
    edit("database smaller", Large, &[("database.vcpus", same("4")), ("database.memory_gb", same("16"))], ""),
    edit("database.storage_gb up", Small, &[("database.storage_gb", same("2048"))], ""),
    edit("database.storage_gb down", Large, &[("database.storage_gb", same("256"))], "Cloud SQL grows by itself and leaves the change out of the plan; AWS only lowers the most that it may grow to; azurerm would make the server anew"),
    edit("database.high_availability on", Small, &[("database.high_availability", same("true"))], ""),
    edit("database.high_availability off", Large, &[("database.high_availability", same("false"))], ""),
    edit("database.backup_days down", Small, &[("database.backup_days", same("7"))], ""),
    edit("database.max_connections up", Small, &[("database.max_connections", same("500"))], "RDS waits for a restart, which Terraform does not do"),
    // The network and who comes in.
    edit("network.allowed_cidrs added", Small, &[("network.allowed_cidrs", same("[\"203.0.113.0/24\"]"))], "on AWS each range is a rule of its own, and the one for everybody goes"),
    edit("network.allowed_cidrs taken away", Large, &[("network.allowed_cidrs", same(""))], "Google Cloud's list is a policy of its own and goes; on AWS each range is a rule of its own; Azure's ranges stand in the security group"),
    edit("network.allowed_cidrs wider", Large, &[("network.allowed_cidrs", same("[\"203.0.113.0/24\", \"198.51.100.0/24\"]"))], ""),
    edit("network.internal on", Small, &[("network.internal", same("true"))], "Google Cloud's public balancer goes beside its group; AWS's is protected, and its guard stops the plan; Azure makes no private cluster of a public one"),
    edit("network.cidr", Small, &[("network.cidr", on("\"10.16.0.0/14\"", "\"10.16.0.0/16\"", "\"10.16.0.0/14\""))], "AWS refuses it for what stands in the VPC; the other two would make what stands in the network anew"),
    edit("a zone taken away", Small, &[("network.zones", on("[\"us-central1-a\", \"us-central1-b\"]", "[\"us-east-1a\", \"us-east-1b\"]", "[\"1\", \"2\"]"))], "Google Cloud's group refuses it in the plan, with the steps; AWS refuses to take the subnets away under the database; Azure's gateway and pool go"),
    edit("the same zones named", Small, &[("network.zones", on("[\"us-central1-a\", \"us-central1-b\", \"us-central1-c\"]", "[\"us-east-1a\", \"us-east-1b\", \"us-east-1c\"]", "[\"1\", \"2\", \"3\"]"))], ""),
    edit("network.existing instead of a made one", Small, &[("network.existing", on(super::GCP_EXISTING, super::AWS_EXISTING, super::AZURE_EXISTING))], "Azure's plan looks the network up, and the simulated one has no such network"),
    edit("access.url", Small, &[("access.url", same("\"https://dev.acme.dev\"")), ("access.wildcard", same("\"*.dev.acme.dev\""))], ""),
    edit("access.wildcard taken away", Small, &[("access.wildcard", same(""))], ""),
    // The account and the place.
    edit("region", Small, &[("region", on("\"europe-west1\"", "\"eu-west-1\"", "\"westeurope\""))], "AWS's provider finds nothing in the other region and the plan makes everything anew; the evaluation says that all is left behind"),
    edit("the project, account or subscription", Small, &[("gcp.project", [Some("\"acme-dev\""), NO, NO]), ("aws.account_id", [NO, Some("\"210987654321\""), NO]), ("azure.subscription_id", [NO, NO, Some("\"99999999-2222-3333-4444-555555555555\"")])], "AWS's account is no argument of a resource: an engine's plan has nothing of it, and the evaluation says that all is left behind"),
    edit("aws.profile", Small, &[("aws.profile", [NO, Some("\"acme-prod\""), NO])], ""),
    edit("who administers the clusters", Small, &[("aws.admins", [NO, Some("[\"arn:aws:iam::123456789012:role/sre\"]"), NO]), ("azure.admin_groups", [NO, NO, Some("[\"22222222-2222-3333-4444-666666666666\"]")])], "on AWS each one is an access entry of its own"),
    edit("who reaches the clusters' API, or applies", Small, &[("aws.api_cidrs", [NO, Some("[\"198.51.100.0/24\"]"), NO]), ("azure.runner_cidrs", [NO, NO, Some("[\"203.0.113.10/32\", \"198.51.100.7/32\"]")])], ""),
    edit("a switch of one cloud", Small, &[("aws.nat_per_zone", [NO, Some("true"), NO]), ("azure.encryption_at_host", [NO, NO, Some("true")])], "NAT for each zone on AWS leads routes elsewhere; encryption at host on Azure needs other machines"),
    edit("azure.waf", Small, &[("azure.waf", [NO, NO, Some("true")])], ""),
    edit("azure.geo_redundant_backup", Small, &[("azure.geo_redundant_backup", [NO, NO, Some("true")])], ""),
    edit("name", Small, &[("name", same("\"beta\""))], ""),
    edit("state.backend", Small, &[("state", on("{backend = \"gcs\", bucket = \"acme-state\", prefix = \"coder\"}", "{backend = \"s3\", bucket = \"acme-state\", key = \"coder\", region = \"us-east-1\"}", "{backend = \"azurerm\", resource_group_name = \"state\", storage_account_name = \"acmestate\", container_name = \"state\", key = \"coder\"}"))], ""),
    // The tier.
    edit("tier up", Small, &[("tier", same("\"2k\""))], "Google Cloud makes another instance template, AWS another version of one and Azure another model of the scale set: coderd rolls on all three"),
    edit("tier down", Large, &[("tier", same("\"1k\""))], "Google Cloud makes another instance template, AWS another version of one and Azure another model of the scale set: coderd rolls on all three"),
    edit("tier_revision", Small, &[("tier_revision", same("1"))], "Google Cloud makes another instance template, AWS another version of one and Azure another model of the scale set: coderd rolls on all three"),
    edit("license and users", Small, &[("license", same("\"community\"")), ("load.users", same("80"))], "without provisioner hosts their secret goes; Azure's vault keeps it for its retention, and it counts as destroyed"),
    edit("layout", Small, &[("layout", same("\"module\"")), ("aws.account_id", [NO, Some(""), NO])], ""),
    // Clusters.
    edit("a second cluster in the region", Small, &[("clusters", same("[{name = \"main\", share = 0.5}, {name = \"two\", share = 0.5}]"))], "Google Cloud labels the hosts' template with the cluster's name; AWS opens the nodes to the balancer in rules of their own; Azure's fewer hosts go"),
    edit("a second cluster in another region", Small, &[("clusters", on(
        "[{name = \"main\", share = 0.5}, {name = \"eu\", region = \"europe-west1\", share = 0.5}]",
        "[{name = \"main\", share = 0.5}, {name = \"eu\", region = \"eu-west-1\", share = 0.5}]",
        "[{name = \"main\", share = 0.5}, {name = \"eu\", region = \"westeurope\", share = 0.5}]"))], "as in the same region"),
    edit("a cluster taken away", Large, &[("clusters", same(""))], ""),
    edit("a cluster renamed", Large, &[("clusters", on(
        "[{name = \"main\", share = 0.5}, {name = \"west\", region = \"europe-west1\", share = 0.5}]",
        "[{name = \"main\", share = 0.5}, {name = \"west\", region = \"eu-west-1\", share = 0.5}]",
        "[{name = \"main\", share = 0.5}, {name = \"west\", region = \"westeurope\", share = 0.5}]"))], ""),
    edit("a cluster's share", Large, &[("clusters", on(
        "[{name = \"main\", share = 0.8}, {name = \"eu\", region = \"europe-west1\", share = 0.2}]",
        "[{name = \"main\", share = 0.8}, {name = \"eu\", region = \"eu-west-1\", share = 0.2}]",
        "[{name = \"main\", share = 0.8}, {name = \"eu\", region = \"westeurope\", share = 0.2}]"))], "Google Cloud makes another template for the hosts; the number of hosts changes everywhere"),
];
