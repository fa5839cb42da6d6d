//! A rehearsal bites on AWS: each of these mistakes, put into good output, is found and named.
//! The rows are like those of `gcp.rs`.

use std::path::Path;

use super::{Mutation, assert_all_found};

/// What the mistakes are put into, in the repository.
const BASE: &str = "tests/rehearse/aws";

#[rustfmt::skip]
const MUTATIONS: &[Mutation] = &[
    // What the schema says: majors differ.
    ("argument of provider 6", "network.tf", "  enable_dns_hostnames = true", "  region = var.region", "An argument named \"region\" is not expected here"),
    ("attribute of provider 6", "network.tf", "data \"aws_partition\" \"current\" {}", "data \"aws_partition\" \"current\" {}\ndata \"aws_region\" \"x\" {}\noutput \"x\" {\n  value = data.aws_region.x.region\n}", "attribute named \"region\""),
    ("region of another cloud", "variables.tf", "\"eu-west-1\"", "\"westeurope\"", "Invalid AWS Region"),
    ("secret in state", "data.tf", "secret_string_wo         = eph", "secret_string = eph", "phemeral value"),
    ("never at rest", "network.tf", "{ Name = var.name }", "{ Name = timestamp() }", "The second plan is not empty"),
    // Network.
    ("range of a VPC", "network.tf", "= \"10.0.0.0/16\"", "= \"10.0.0.0/12\"", "from /16 to /28"),
    ("host bits", "network.tf", "= \"10.0.0.0/16\"", "= \"10.0.0.1/16\"", "without host bits"),
    ("subnet outside the VPC", "network.tf", "\"10.0.64.0/18\"", "\"10.1.64.0/18\"", "InvalidSubnet.Range"),
    ("overlapping subnets", "network.tf", "\"10.0.64.0/18\"", "\"10.0.0.0/18\"", "InvalidSubnet.Conflict"),
    ("NAT before the internet gateway", "network.tf", "  subnet_id     = aws_subnet.public[each.key].id\n  depends_on    = [aws_internet_gateway.this]\n", "  subnet_id     = aws_subnet.public[each.key].id\n", "has no Internet gateway attached"),
    ("NAT without an address", "network.tf", "allocation_id = aws_eip.nat[each.key].id", "connectivity_type = \"public\"", "a public NAT gateway needs allocation_id"),
    ("two destinations", "network.tf", "  destination_cidr_block = \"0.0.0.0/0\"\n  gateway_id ", "  destination_cidr_block = \"0.0.0.0/0\"\n  destination_ipv6_cidr_block = \"::/0\"\n  gateway_id ", "must be specified, but 2 were"),
    ("gateway endpoint in subnets", "network.tf", "vpc_endpoint_type = \"Gateway\"", "vpc_endpoint_type = \"Gateway\"\n  subnet_ids = [\"subnet-0a\"]", "cannot be given for an endpoint of type Gateway"),
    ("ports of every protocol", "network.tf", "ip_protocol       = \"-1\"", "ip_protocol = \"-1\"\n  from_port = 0", "give no from_port and no to_port"),
    ("TCP without ports", "network.tf", "  from_port                    = 5432\n", "", "needs from_port and to_port"),
    ("two sources", "network.tf", "ip_protocol                  = \"tcp\"", "ip_protocol = \"tcp\"\n  cidr_ipv4 = \"10.0.0.0/8\"", "referenced_security_group_id` must be specified, but 2 were"),
    ("inline and separate rules", "network.tf", "  vpc_id      = aws_vpc.this.id\n\n  lifecycle", "  vpc_id      = aws_vpc.this.id\n  egress {\n    protocol = \"-1\"\n    from_port = 0\n    to_port = 0\n    cidr_blocks = [\"0.0.0.0/0\"]\n  }\n\n  lifecycle", "must not be mixed"),
    ("group named like an id", "network.tf", "\"${var.name}-${each.key}\"", "\"sg-${each.key}\"", "anything that does not begin with sg-"),
    ("log retention", "network.tf", "retention_in_days = 30", "retention_in_days = 45", "expected retention_in_days to be one of"),
    ("no traffic type", "network.tf", "\"ALL\"", "\"BOTH\"", "expected traffic_type to be one of"),
    // Identity and secrets.
    ("statement without a resource", "machines.tf", "      Resource = aws_secretsmanager_secret.database.arn\n", "", "Policy statement must contain resources"),
    ("trust without a principal", "cluster.tf", "      Principal = { Service = \"eks.amazonaws.com\" }\n", "", "Policy statement must contain principals"),
    ("role name too long", "cluster.tf", "\"${var.name}-cluster\"", "\"${var.name}-cluster-of-the-platform-team-in-the-primary-region-of-our-company\"", "not a valid value for name"),
    ("policy by name", "machines.tf", "\"arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore\"", "\"AmazonSSMManagedInstanceCore\"", "not a valid value for policy_arn"),
    ("role taken", "cluster.tf", "\"${var.name}-nodes\"", "\"${var.name}-coderd\"", "already exists"),
    ("secret's name", "data.tf", "\"${var.name}/database\"", "\"${var.name} database\"", "not a valid value for name"),
    ("recovery window", "data.tf", "recovery_window_in_days = 7", "recovery_window_in_days = 3", "expected recovery_window_in_days to be one of"),
    ("secret without a version", "data.tf", "  secret_string_wo_version = var.secrets_version\n", "", "all of `secret_string_wo,secret_string_wo_version` must be specified"),
    ("secret read from nowhere", "data.tf", "  version_id = aws_secretsmanager_secret_version.database.version_id", "  version_id = coalesce(\"x\", aws_secretsmanager_secret_version.database.version_id)", "was not found"),
    // Database.
    ("identifier with two hyphens", "data.tf", "\"${var.name}-database\"\n  engine ", "\"${var.name}--database\"\n  engine ", "single hyphens"),
    ("iops of a small volume", "data.tf", "allocated_storage                     = 512", "allocated_storage = 200", "You can't specify iops"),
    ("iops of a striped volume", "data.tf", "= 12000", "= 3000", "Invalid iops value"),
    ("throughput of a striped volume", "data.tf", "storage_throughput                    = 500", "storage_throughput = 125", "Invalid storage_throughput value"),
    ("growth below the size", "data.tf", "max_allocated_storage                 = 1024", "max_allocated_storage = 256", "must not be below allocated_storage"),
    ("no final snapshot", "data.tf", "  final_snapshot_identifier             = \"${var.name}-final\"\n", "", "final_snapshot_identifier is required"),
    ("protected for ever", "data.tf", "= var.deletion_protection", "= true", "Cannot delete protected DB Instance"),
    ("password given twice", "data.tf", "  password_wo_version ", "  manage_master_user_password = true\n  password_wo_version ", "conflicts with manage_master_user_password"),
    ("insights for 30 days", "data.tf", "performance_insights_retention_period = 7", "performance_insights_retention_period = 30", "a multiple of 31"),
    ("monitoring without a role", "data.tf", "  performance_insights_enabled ", "  monitoring_interval = 60\n  performance_insights_enabled ", "needs monitoring_role_arn"),
    ("static parameter at once", "data.tf", "    apply_method = \"pending-reboot\"\n", "", "static parameter: max_connections"),
    ("parameters of another major", "data.tf", "\"postgres17\"", "\"postgres16\"", "DBParameterGroupFamily postgres17"),
    ("one zone for the database", "data.tf", "[for subnet in aws_subnet.private : subnet.id]", "[values(aws_subnet.private)[0].id]", "DBSubnetGroupDoesNotCoverEnoughAZs"),
    // Machines.
    ("user data in the clear", "machines.tf", "base64encode(\"#!/bin/sh\\necho ${aws_secretsmanager_secret.database.arn}\\n\")", "\"#!/bin/sh\\n\"", "Invalid BASE64 encoding of user data"),
    ("user data too long", "machines.tf", "base64encode(\"#!/bin/sh\\necho ", "base64encode(\"${join(\"\", [for i in range(1000) : \"xxxxxxxxxxxxxxxxxxxx\"])} ", "User data is limited to 16384 bytes"),
    ("groups beside interfaces", "machines.tf", "  metadata_options {", "  network_interfaces {\n    device_index = 0\n  }\n\n  metadata_options {", "may not be specified on the same request"),
    ("throughput of gp2", "machines.tf", "volume_type = \"gp3\"", "volume_type = \"gp2\"\n      throughput = 250", "cannot be given for a volume of type gp2"),
    ("tokens", "machines.tf", "\"required\"", "\"always\"", "expected http_tokens to be one of"),
    ("fewer than desired", "machines.tf", "desired_capacity          = 2", "desired_capacity = 5", "must be between the specified min size"),
    ("least above most", "machines.tf", "min_size                  = 2", "min_size = 4", "must be greater than or equal to min bound"),
    ("percentages too far apart", "machines.tf", "min_healthy_percentage = 100", "min_healthy_percentage = 40", "must not be more than 100 apart"),
    ("rollback to the latest", "machines.tf", "version = aws_launch_template.coderd.latest_version", "version = \"$Latest\"", "auto_rollback needs a numbered version"),
    ("machines before their route", "machines.tf", "    aws_route.private,\n    aws_route_table_association.private,\n    aws_lb", "    aws_lb", "before its subnets had this route"),
    ("hook for three hours", "machines.tf", "heartbeat_timeout      = 900", "heartbeat_timeout = 10800", "expected heartbeat_timeout to be in the range"),
    // Load balancer and certificate.
    ("balancer's name too long", "machines.tf", "name                       = \"${var.name}-coderd\"", "name = \"${var.name}-coderd-of-the-platform-teams\"", "at most 32 letters"),
    ("targets' prefix too long", "machines.tf", "name                 = \"${var.name}-coderd-8080\"", "name_prefix = \"${var.name}-coderd\"", "expected length of name_prefix"),
    ("matcher of a TCP check", "machines.tf", "    protocol = \"HTTP\"\n", "    protocol = \"TCP\"\n", "is not supported for target_groups with TCP protocol"),
    ("TLS without a certificate", "machines.tf", "  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn\n", "", "A certificate must be specified for TLS listeners"),
    ("certificate not issued yet", "machines.tf", "certificate_arn   = aws_acm_certificate_validation.this.certificate_arn", "certificate_arn = aws_acm_certificate.this.arn", "UnsupportedCertificate"),
    ("policy of another age", "machines.tf", "\"ELBSecurityPolicy-TLS13-1-2-2021-06\"", "\"TLSv1.3\"", "not a valid value for ssl_policy"),
    ("ALPN of browsers", "machines.tf", "\"HTTP1Only\"", "\"http/1.1\"", "expected alpn_policy to be one of"),
    ("policy of TCP", "machines.tf", "protocol          = \"TLS\"", "protocol = \"TCP\"", "cannot be given for a listener with protocol TCP"),
    ("validation keyed by what is not known", "machines.tf", "trimprefix(option.domain_name, \"*.\") => option...", "option.resource_record_name => option...", "Invalid for_each argument"),
    ("one record twice", "machines.tf", "trimprefix(option.domain_name, \"*.\") => option...", "option.domain_name => [option]", "already exists"),
    ("address in a record", "machines.tf", "  type     = \"A\"\n\n  alias {\n    name                   = aws_lb.coderd.dns_name\n    zone_id                = aws_lb.coderd.zone_id\n    evaluate_target_health = false\n  }", "  type     = \"A\"\n  ttl = 60\n  records = [aws_lb.coderd.dns_name]", "in an A record is no address"),
    ("balancer protected for ever", "machines.tf", "= var.deletion_protection", "= true", "Load balancer cannot be deleted"),
    // Kubernetes.
    ("patch version", "cluster.tf", "= \"1.33\"", "= \"1.33.2\"", "a minor version such as 1.33"),
    ("no endpoint", "cluster.tf", "endpoint_private_access = true\n    endpoint_public_access  = true", "endpoint_private_access = false\n    endpoint_public_access  = false", "cannot be false at the same time"),
    ("private ranges for the public", "cluster.tf", "203.0.113.0/24", "10.0.0.0/8", "not allowed in publicAccessCidrs"),
    ("one subnet", "cluster.tf", "subnet_ids              = [for subnet in aws_subnet.private : subnet.id]", "subnet_ids = [values(aws_subnet.private)[0].id]", "at least two different AZs"),
    ("unknown log", "cluster.tf", "[\"api\", \"audit\"]", "[\"api\", \"nodes\"]", "expected enabled_cluster_log_types to be one of"),
    ("nodes before the network", "cluster.tf", "    aws_eks_addon.network,\n", "", "NodeCreationFailure"),
    ("DNS before the nodes", "cluster.tf", "  depends_on   = [aws_eks_node_group.this]\n", "", "unexpected state 'DEGRADED'"),
    ("environment in numbers", "cluster.tf", "WARM_PREFIX_TARGET = \"1\"", "WARM_PREFIX_TARGET = 1", "string expected"),
    ("pods' trust without tags", "cluster.tf", "Action    = [\"sts:AssumeRole\", \"sts:TagSession\"]\n      Principal = { Service = \"pods", "Action    = [\"sts:AssumeRole\"]\n      Principal = { Service = \"pods", "Trust policy of role is invalid"),
    ("group's prefix too long", "cluster.tf", "\"${var.name}-${each.key}-\"", "\"${var.name}-workspaces-of-the-platform-${each.key}-\"", "at most 37 letters"),
    ("disk beside a template", "cluster.tf", "  ami_type               = \"AL2023_x86_64_STANDARD\"\n", "  ami_type               = \"AL2023_x86_64_STANDARD\"\n  disk_size = 100\n", "cannot be specified with a launch template"),
    ("nodes' least above most", "cluster.tf", "min_size     = 1", "min_size     = 100", "can't be greater than maximum size"),
    ("entry of a session", "cluster.tf", ":iam::${data.aws_caller_identity.current.account_id}:role/admin\"", ":sts::${data.aws_caller_identity.current.account_id}:assumed-role/admin/me\"", "is the session of a role"),
    ("masters", "cluster.tf", ":role/admin\"\n", ":role/admin\"\n  kubernetes_groups = [\"system:masters\"]\n", "cannot start with system:"),
    ("policy of IAM", "cluster.tf", ":eks::aws:cluster-access-policy/", ":iam::aws:policy/", "not a valid value for policy_arn"),
    ("scope without namespaces", "cluster.tf", "type = \"cluster\"", "type = \"namespace\"", "needs namespaces"),
    ("policy before the entry", "cluster.tf", "principal_arn = aws_eks_access_entry.admin.principal_arn", "principal_arn = \"arn:aws:iam::123456789012:role/other\"", "principalArn could not be found"),
];

#[test]
fn every_mutation_is_found_for_the_right_reason() {
    assert_all_found(&Path::new(env!("CARGO_MANIFEST_DIR")).join(BASE), MUTATIONS);
}
