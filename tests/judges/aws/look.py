"""Prints as JSON what is in the emulated account: secrets, user data, IAM statements, and whatever somebody made.

usage: look.py NAME   with NAME the deployment's; runs in the emulator's Python"""

import base64
import gzip
import json
import re
import sys
import urllib.parse

import boto3

NAME = sys.argv[1]


def every(service, method, key, **arguments):
    client = boto3.client(service)
    if client.can_paginate(method):
        return [item for page in client.get_paginator(method).paginate(**arguments) for item in page[key]]
    return getattr(client, method)(**arguments)[key]


def plain(text):
    """Without what differs from run to run."""
    for pattern, name in (
        (re.escape(NAME), "<name>"),
        (r"\b\d{12}\b", "<account>"),
        (r"us-east-1", "<region>"),
        (r"(:secret:[\w<>/-]+)-\w{6}\b", r"\1-<suffix>"),
    ):
        text = re.sub(pattern, name, text)
    return text


def listed(value):
    return ", ".join(sorted(value if isinstance(value, list) else [value]))


def statements(owner, what, document):
    """A row for each statement: owner, policy, actions, resources (or who, for a trust), conditions."""
    if isinstance(document, str):
        document = json.loads(urllib.parse.unquote(document))
    for statement in document["Statement"]:
        if not {"Effect", "Action"} <= statement.keys() or not {"Resource", "Principal"} & statement.keys():
            sys.exit(f"{owner} {what}: a statement lacks Effect, Action or Resource: {statement}")
        principal = statement.get("Principal")
        target = listed(statement["Resource"]) if "Resource" in statement else ""
        if principal:
            who = "; ".join(f"{kind} {listed(names)}" for kind, names in sorted(principal.items()))
            target = f"{who} on {target}" if target else who
        conditions = "; ".join(
            f"{operator} {key} {listed(value)}"
            for operator, keys in sorted(statement.get("Condition", {}).items())
            for key, value in sorted(keys.items())
        )
        action = listed(statement["Action"])
        if statement["Effect"] != "Allow":
            action = f"{statement['Effect']} {action}"
        yield [plain(field) for field in (owner, what, action, target, conditions or "-")]


def policies():
    iam = boto3.client("iam")
    for role in every("iam", "list_roles", "Roles"):
        name = role["RoleName"]
        yield from statements(name, "trust", role["AssumeRolePolicyDocument"])
        for policy in every("iam", "list_role_policies", "PolicyNames", RoleName=name):
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            yield from statements(name, policy, document)
        for policy in every("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name):
            yield [plain(name), "attached", policy["PolicyArn"], "-", "-"]
    aliases = {alias.get("TargetKeyId"): alias["AliasName"] for alias in every("kms", "list_aliases", "Aliases")}
    for key in every("kms", "list_keys", "Keys"):
        enabled = boto3.client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
        # AWS's own keys are nobody's to make.
        if enabled and not aliases.get(key["KeyId"], "").startswith("alias/aws/"):
            document = boto3.client("kms").get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]
            yield from statements(aliases.get(key["KeyId"], "key"), "key policy", document)


def user_data():
    for template in every("ec2", "describe_launch_templates", "LaunchTemplates"):
        for version in every("ec2", "describe_launch_template_versions", "LaunchTemplateVersions", LaunchTemplateId=template["LaunchTemplateId"]):
            data = base64.b64decode(version["LaunchTemplateData"].get("UserData", ""))
            yield (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode()


def left():
    """Everything that a deployment makes, by service; what every account has from the start does not count."""
    kinds = [
        ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
        ("ec2", "describe_subnets", "Subnets", "SubnetId"),
        ("ec2", "describe_security_groups", "SecurityGroups", "GroupName"),
        ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
        ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        ("ec2", "describe_addresses", "Addresses", "PublicIp"),
        ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
        ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
        ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateName"),
        ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
        ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
        ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
        ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
        ("rds", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
        ("secretsmanager", "list_secrets", "SecretList", "Name"),
        ("iam", "list_roles", "Roles", "RoleName"),
        ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
        ("logs", "describe_log_groups", "logGroups", "logGroupName"),
        ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    ]
    default = {vpc["VpcId"] for vpc in every("ec2", "describe_vpcs", "Vpcs") if vpc["IsDefault"]}
    for service, method, key, name in kinds:
        for item in every(service, method, key):
            # A deleted endpoint is told of for a while.
            if item.get("State") == "deleted":
                continue
            if item.get("VpcId") not in default and not any(one.get("VpcId") in default for one in item.get("Attachments", [])):
                yield f"{service} {item[name]}"
    for item in every("ec2", "describe_nat_gateways", "NatGateways"):
        if item["State"] != "deleted":
            yield f"ec2 {item['NatGatewayId']}"
    for item in every("ec2", "describe_instances", "Reservations"):
        for machine in item["Instances"]:
            if machine["State"]["Name"] != "terminated":
                yield f"ec2 {machine['InstanceId']}"
    for zone in every("route53", "list_hosted_zones", "HostedZones"):
        for record in every("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]):
            if record["Type"] not in ("NS", "SOA"):
                yield f"route53 {record['Name']} {record['Type']}"


secrets = {
    secret["ARN"]: boto3.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])["SecretString"]
    for secret in every("secretsmanager", "list_secrets", "SecretList")
}
print(json.dumps({"secrets": secrets, "user_data": list(user_data()), "policies": list(policies()), "left": list(left())}))
