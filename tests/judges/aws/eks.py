"""EKS as far as the provider asks for it: moto knows neither access entries nor add-ons nor pod identities.

A store of what was asked, with EKS's own refusals where the provider lets a mistake through. What EKS makes by itself in other
services is made there: the cluster's security group, and each node group's Auto Scaling group."""

import base64
import ipaddress
import itertools
import json
import re
import time
import urllib.parse

ACCOUNT = "123456789012"


class Refused(Exception):
    """EKS's answer to a bad request."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


def invalid(message):
    return Refused(400, "InvalidParameterException", message)


class Eks:
    """One region's clusters. `aws(service)` is a boto3 client of the emulator itself."""

    def __init__(self, aws, region):
        self.aws, self.region = aws, region
        self.clusters, self.things, self.tags, self.updates = {}, {}, {}, {}
        self.numbers = itertools.count(1)

    def arn(self, path):
        return f"arn:aws:eks:{self.region}:{ACCOUNT}:{path}"

    def handle(self, method, path, body):
        """Answers a request: (status, JSON)."""
        parts = [urllib.parse.unquote(part) for part in path.strip("/").split("/")]
        body = json.loads(body or b"{}")
        try:
            if parts[0] == "tags":
                return 200, self.tag(method, "/".join(parts[1:]), body)
            if parts == ["clusters"] and method == "POST":
                return 200, {"cluster": self.create_cluster(body)}
            cluster = self.clusters.get(parts[1])
            if parts[0] != "clusters" or cluster is None:
                raise Refused(404, "ResourceNotFoundException", f"No cluster found for name: {parts[1]}.")
            return 200, self.in_cluster(method, cluster, parts[2:], body)
        except Refused as refusal:
            return refusal.status, {"__type": refusal.code, "code": refusal.code, "message": str(refusal)}

    def in_cluster(self, method, cluster, parts, body):
        name = cluster["name"]
        if not parts:
            return {"cluster": self.delete_cluster(name) if method == "DELETE" else cluster}
        kind, rest = parts[0], parts[1:]
        if kind in ("updates", "update-config") and method == "POST":
            return {"update": self.update_cluster(cluster, body)}
        if kind == "updates":
            return {"update": self.updates[rest[0]]}
        handler = {
            "node-groups": self.node_group,
            "addons": self.addon,
            "access-entries": self.access_entry,
            "pod-identity-associations": self.pod_identity,
        }.get(kind)
        if handler is None:
            raise Refused(501, "NotImplemented", f"{method} {kind} is not emulated")
        return handler(method, name, rest, body)

    # Clusters

    def create_cluster(self, body):
        name, vpc = body["name"], body["resourcesVpcConfig"]
        if name in self.clusters:
            raise Refused(409, "ResourceInUseException", f"Cluster already exists with name: {name}")
        subnets = self.aws("ec2").describe_subnets(SubnetIds=vpc["subnetIds"])["Subnets"]
        if len({subnet["AvailabilityZone"] for subnet in subnets}) < 2:
            raise invalid("Subnets specified must be in at least two different AZs")
        if not vpc.get("endpointPublicAccess", True) and not vpc.get("endpointPrivateAccess"):
            raise invalid("Private and public endpoint access cannot be false")
        for cidr in vpc.get("publicAccessCidrs", []):
            if ipaddress.ip_network(cidr).is_private:
                raise invalid(f"The following CIDRs are not allowed in publicAccessCidrs: {cidr}")
        self.role_exists(body["roleArn"])
        for encryption in body.get("encryptionConfig", []):
            self.aws("kms").describe_key(KeyId=encryption["provider"]["keyArn"])
        group = self.aws("ec2").create_security_group(
            GroupName=f"eks-cluster-sg-{name}-{next(self.numbers)}",
            Description="EKS created security group",
            VpcId=subnets[0]["VpcId"],
        )["GroupId"]
        network = body.get("kubernetesNetworkConfig", {})
        access = body.get("accessConfig", {})
        cluster = {
            "name": name,
            "arn": self.arn(f"cluster/{name}"),
            "createdAt": time.time(),
            "version": body.get("version", "1.35"),
            "endpoint": f"https://0123456789ABCDEF.gr7.{self.region}.eks.amazonaws.com",
            "roleArn": body["roleArn"],
            "resourcesVpcConfig": {
                "subnetIds": vpc["subnetIds"],
                "securityGroupIds": vpc.get("securityGroupIds", []),
                "clusterSecurityGroupId": group,
                "vpcId": subnets[0]["VpcId"],
                "endpointPublicAccess": vpc.get("endpointPublicAccess", True),
                "endpointPrivateAccess": vpc.get("endpointPrivateAccess", False),
                "publicAccessCidrs": vpc.get("publicAccessCidrs") or (["0.0.0.0/0"] if vpc.get("endpointPublicAccess", True) else []),
            },
            "kubernetesNetworkConfig": {
                "serviceIpv4Cidr": network.get("serviceIpv4Cidr", "172.20.0.0/16"),
                "ipFamily": network.get("ipFamily", "ipv4"),
                "elasticLoadBalancing": {"enabled": False},
            },
            "logging": body.get("logging", {"clusterLogging": []}),
            "identity": {"oidc": {"issuer": f"https://oidc.eks.{self.region}.amazonaws.com/id/0123456789ABCDEF"}},
            "status": "ACTIVE",
            "certificateAuthority": {"data": base64.b64encode(b"-----BEGIN CERTIFICATE-----\n").decode()},
            "platformVersion": "eks.1",
            "tags": body.get("tags", {}),
            "encryptionConfig": body.get("encryptionConfig", []),
            "health": {"issues": []},
            # EKS does not tell the bootstrap switch again.
            "accessConfig": {"authenticationMode": access.get("authenticationMode", "CONFIG_MAP")},
            "upgradePolicy": body.get("upgradePolicy", {"supportType": "EXTENDED"}),
        }
        self.clusters[name] = cluster
        self.tags[cluster["arn"]] = cluster["tags"]
        return cluster

    def update_cluster(self, cluster, body):
        for key in ("version", "logging", "upgradePolicy", "accessConfig"):
            if key in body:
                cluster[key] = body[key]
        cluster["resourcesVpcConfig"].update(body.get("resourcesVpcConfig", {}))
        update = {"id": f"u-{next(self.numbers)}", "status": "Successful", "type": "ConfigUpdate", "params": [], "errors": []}
        self.updates[update["id"]] = update
        return update

    def delete_cluster(self, name):
        if any(key[0] == name and key[1] == "node-groups" for key in self.things):
            raise Refused(409, "ResourceInUseException", "Cluster has nodegroups attached")
        for key in [key for key in self.things if key[0] == name]:
            del self.things[key]
        cluster = self.clusters.pop(name)
        self.aws("ec2").delete_security_group(GroupId=cluster["resourcesVpcConfig"]["clusterSecurityGroupId"])
        return cluster | {"status": "DELETING"}

    # What is in a cluster

    def keep(self, cluster, kind, key, thing, arn):
        if (cluster, kind, key) in self.things:
            raise Refused(409, "ResourceInUseException", f"{key} exists already in {cluster}")
        self.things[cluster, kind, key] = thing
        self.tags[arn] = thing.setdefault("tags", {})
        return thing

    def get(self, cluster, kind, key):
        if (cluster, kind, key) not in self.things:
            raise Refused(404, "ResourceNotFoundException", f"No {kind} {key} in {cluster}")
        return self.things[cluster, kind, key]

    def take(self, cluster, kind, key):
        thing = self.get(cluster, kind, key)
        del self.things[cluster, kind, key]
        return thing

    def node_group(self, method, cluster, rest, body):
        kind = "node-groups"
        if method == "DELETE":
            group = self.take(cluster, kind, rest[0])
            self.aws("autoscaling").delete_auto_scaling_group(
                AutoScalingGroupName=group["resources"]["autoScalingGroups"][0]["name"], ForceDelete=True
            )
            return {"nodegroup": group | {"status": "DELETING"}}
        if method == "GET":
            return {"nodegroup": self.get(cluster, kind, rest[0])}
        if rest:
            raise Refused(501, "NotImplemented", "a node group's update is not emulated")
        name, scaling = body["nodegroupName"], body["scalingConfig"]
        if not scaling["minSize"] <= scaling["desiredSize"] <= scaling["maxSize"] or scaling["maxSize"] < 1:
            raise invalid(f"Invalid scaling config {scaling}")
        self.role_exists(body["nodeRole"])
        self.aws("ec2").describe_subnets(SubnetIds=body["subnets"])
        template = self.launch_template(body)
        auto_scaling = f"eks-{name}-{next(self.numbers):08d}"
        self.aws("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName=auto_scaling,
            MinSize=0, # nodes are none of this judge's business
            MaxSize=scaling["maxSize"],
            DesiredCapacity=0,
            VPCZoneIdentifier=",".join(body["subnets"]),
            LaunchTemplate={"LaunchTemplateId": template["id"], "Version": template["version"]},
            Tags=[
                {"Key": key, "Value": value, "PropagateAtLaunch": True}
                for key, value in {
                    "eks:cluster-name": cluster,
                    "eks:nodegroup-name": name,
                    "k8s.io/cluster-autoscaler/enabled": "true",
                    f"k8s.io/cluster-autoscaler/{cluster}": "owned",
                }.items()
            ],
        )
        arn = self.arn(f"nodegroup/{cluster}/{name}/{next(self.numbers):08d}")
        group = {
            key: body[key]
            for key in ("nodegroupName", "scalingConfig", "subnets", "amiType", "nodeRole", "labels", "taints", "tags", "updateConfig")
            if key in body
        } | {
            "nodegroupArn": arn,
            "clusterName": cluster,
            "version": body.get("version") or self.clusters[cluster]["version"],
            "releaseVersion": "1.35.0-20260601",
            "createdAt": time.time(),
            "status": "ACTIVE",
            "capacityType": body.get("capacityType", "ON_DEMAND"),
            "launchTemplate": template,
            "resources": {"autoScalingGroups": [{"name": auto_scaling}]},
            "health": {"issues": []},
        }
        return {"nodegroup": self.keep(cluster, kind, name, group, arn)}

    def launch_template(self, body):
        """What EKS refuses in a node group's template (EKS user guide, "Customize managed nodes with launch templates")."""
        if "diskSize" in body or "remoteAccess" in body:
            raise invalid("Disk size and remote access cannot be specified with a launch template")
        wanted = body["launchTemplate"]
        version = self.aws("ec2").describe_launch_template_versions(
            LaunchTemplateId=wanted["id"], Versions=[str(wanted["version"])]
        )["LaunchTemplateVersions"][0]
        data = version["LaunchTemplateData"]
        if data.get("IamInstanceProfile"):
            raise invalid("Launch template should not specify an instance profile. The noderole in your request will be used.")
        if any(interface.get("SubnetId") for interface in data.get("NetworkInterfaces", [])):
            raise invalid("Launch template should not specify a subnet. The subnets in your request will be used.")
        if data.get("InstanceType") and body.get("instanceTypes"):
            raise invalid("Instance types must be either in the launch template or in the request")
        if data.get("UserData") and not data.get("ImageId"):
            text = base64.b64decode(data["UserData"]).decode()
            if not re.match(r"MIME-Version: 1\.0\r?\nContent-Type: multipart/mixed; boundary=", text):
                raise invalid("Ec2SubnetInvalidConfiguration: User data was not in the MIME multipart format.")
        return {"id": wanted["id"], "name": version["LaunchTemplateName"], "version": str(wanted["version"])}

    def addon(self, method, cluster, rest, body):
        kind = "addons"
        if method == "DELETE":
            addon = self.take(cluster, kind, rest[0])
            for association in addon["podIdentityAssociations"]:
                self.things.pop((cluster, "pod-identity-associations", association.rsplit("/", 1)[1]), None)
            return {"addon": addon | {"status": "DELETING"}}
        if method == "GET":
            return {"addon": self.get(cluster, kind, rest[0])}
        if rest:
            raise Refused(501, "NotImplemented", "an add-on's update is not emulated")
        name = body["addonName"]
        if body.get("configurationValues"):
            json.loads(body["configurationValues"])
        nodes = any(key[0] == cluster and key[1] == "node-groups" for key in self.things)
        arn = self.arn(f"addon/{cluster}/{name}/{next(self.numbers):08d}")
        associations = [
            self.associate(cluster, {"namespace": "kube-system", **wanted}, owner=arn)["associationArn"]
            for wanted in body.get("podIdentityAssociations", [])
        ]
        addon = {
            "addonName": name,
            "clusterName": cluster,
            # These are deployments: without a node they come to nothing.
            "status": "DEGRADED" if name in ("coredns", "aws-ebs-csi-driver") and not nodes else "ACTIVE",
            "addonVersion": body.get("addonVersion") or "v1.0.0-eksbuild.1",
            "addonArn": arn,
            "createdAt": time.time(),
            "modifiedAt": time.time(),
            "tags": body.get("tags", {}),
            "configurationValues": body.get("configurationValues", ""),
            "podIdentityAssociations": associations,
            "health": {"issues": []},
        }
        return {"addon": self.keep(cluster, kind, name, addon, arn)}

    def access_entry(self, method, cluster, rest, body):
        kind = "access-entries"
        if len(rest) >= 2 and rest[1] == "access-policies":
            return self.access_policy(method, self.get(cluster, kind, rest[0]), rest, body)
        if method == "DELETE":
            self.take(cluster, kind, rest[0])
            return {}
        if method == "GET":
            return {"accessEntry": self.get(cluster, kind, rest[0])}
        principal = body["principalArn"]
        if not re.fullmatch(r"arn:aws:iam::\d{12}:(role|user)/.+", principal):
            raise invalid(f"The principalArn {principal} is not a role or user")
        if "system:masters" in body.get("kubernetesGroups", []):
            raise invalid("The kubernetes group name system:masters is invalid, it cannot start with system:")
        arn = self.arn(f"access-entry/{cluster}/role/{ACCOUNT}/{next(self.numbers)}")
        entry = {
            "clusterName": cluster,
            "principalArn": principal,
            "kubernetesGroups": body.get("kubernetesGroups", []),
            "accessEntryArn": arn,
            "createdAt": time.time(),
            "modifiedAt": time.time(),
            "tags": body.get("tags", {}),
            "username": body.get("username") or principal,
            "type": body.get("type", "STANDARD"),
            "policies": {},
        }
        return {"accessEntry": self.keep(cluster, kind, principal, entry, arn)}

    def access_policy(self, method, entry, rest, body):
        about = {"clusterName": entry["clusterName"], "principalArn": entry["principalArn"]}
        if method == "GET":
            return about | {"associatedAccessPolicies": list(entry["policies"].values())}
        if method == "DELETE":
            entry["policies"].pop("/".join(rest[2:]), None)
            return {}
        policy, scope = body["policyArn"], body["accessScope"]
        if not re.fullmatch(r"arn:aws:eks::aws:cluster-access-policy/AmazonEKS\w+Policy", policy):
            raise invalid(f"The policyArn parameter format is not valid: {policy}")
        if scope["type"] == "namespace" and not scope.get("namespaces"):
            raise invalid("Namespaces must be specified with the scope namespace")
        entry["policies"][policy] = {
            "policyArn": policy,
            "accessScope": {"type": scope["type"], "namespaces": scope.get("namespaces") or []},
            "associatedAt": time.time(),
            "modifiedAt": time.time(),
        }
        return about | {"associatedAccessPolicy": entry["policies"][policy]}

    def pod_identity(self, method, cluster, rest, body):
        kind = "pod-identity-associations"
        if method == "DELETE":
            return {"association": self.take(cluster, kind, rest[0])}
        if method == "GET" and rest:
            return {"association": self.get(cluster, kind, rest[0])}
        if method == "GET":
            return {"associations": [thing for key, thing in self.things.items() if key[:2] == (cluster, kind)]}
        return {"association": self.associate(cluster, body)}

    def associate(self, cluster, body, owner=None):
        self.role_exists(body["roleArn"])
        number = f"a-{next(self.numbers):017d}"
        arn = self.arn(f"podidentityassociation/{cluster}/{number}")
        association = {key: body[key] for key in ("namespace", "serviceAccount", "roleArn", "tags") if key in body} | {
            "clusterName": cluster,
            "associationArn": arn,
            "associationId": number,
            "createdAt": time.time(),
            "modifiedAt": time.time(),
        }
        if owner:
            association["ownerArn"] = owner
        return self.keep(cluster, "pod-identity-associations", number, association, arn)

    # The rest

    def role_exists(self, arn):
        names = {role["Arn"] for page in self.aws("iam").get_paginator("list_roles").paginate() for role in page["Roles"]}
        if arn not in names:
            raise invalid(f"Role with arn: {arn} could not be found")

    def tag(self, method, arn, body):
        if arn not in self.tags:
            raise Refused(404, "NotFoundException", f"No resource {arn}")
        if method == "POST":
            self.tags[arn].update(body["tags"])
        return {"tags": self.tags[arn]} if method == "GET" else {}

    def left(self):
        """What still exists."""
        return [f"eks cluster {name}" for name in self.clusters] + [f"eks {kind} {key}" for _, kind, key in self.things]
