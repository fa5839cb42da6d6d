# The EKS cluster that runs workspaces. Written by tierform; edit coder.toml instead.

locals {
  cluster = "${var.name}-${var.cluster.key}"
  tags    = merge(var.tags, { cluster = var.cluster.key })
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

# Made before EKS makes it, which would keep everything for ever and outlive a destroy.
resource "aws_cloudwatch_log_group" "control_plane" {
  name              = "/aws/eks/${local.cluster}/cluster"
  retention_in_days = var.log_days
  tags              = local.tags
}

# A second lock on Kubernetes secrets, with a key that the account's owners rule.
resource "aws_kms_key" "secrets" {
  description             = "Kubernetes secrets of ${local.cluster}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = merge(local.tags, { Name = local.cluster })

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "IAM of this account decides"
      Effect    = "Allow"
      Action    = "kms:*"
      Principal = { AWS = "arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root" }
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "secrets" {
  name          = "alias/${local.cluster}"
  target_key_id = aws_kms_key.secrets.key_id
}

# Another name, services_cidr or bootstrap_self_managed_addons replaces the cluster, and every workspace in it; so does taking the
# encryption away. The version goes up in place, one minor at a time, and never down. The provider has no deletion protection in
# all versions that this module takes: read the plan.
resource "aws_eks_cluster" "this" {
  name                          = local.cluster
  version                       = var.cluster.version
  role_arn                      = aws_iam_role.cluster.arn
  bootstrap_self_managed_addons = false # addons.tf has them, with our settings from the start
  enabled_cluster_log_types     = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  tags                          = local.tags

  # People and hosts come by access entries. Not whoever makes the cluster: that changes with the pipeline.
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = [for subnet in var.network.nodes : subnet.id]
    endpoint_private_access = true
    endpoint_public_access  = length(var.cluster.public_cidrs) > 0
    public_access_cidrs     = length(var.cluster.public_cidrs) > 0 ? var.cluster.public_cidrs : null
  }

  kubernetes_network_config {
    service_ipv4_cidr = var.cluster.services_cidr
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }

  # EXTENDED, the default, keeps an old version for another year at a surcharge. STANDARD upgrades it when its time is over.
  upgrade_policy {
    support_type = "STANDARD"
  }

  timeouts {
    create = "45m"
    update = "120m"
    delete = "45m"
  }

  depends_on = [
    aws_cloudwatch_log_group.control_plane,
    aws_iam_role_policy_attachment.cluster,
  ]
}

resource "aws_eks_access_entry" "admin" {
  for_each = var.admins

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.key
  tags          = local.tags
}

resource "aws_eks_access_policy_association" "admin" {
  for_each = aws_eks_access_entry.admin

  cluster_name  = each.value.cluster_name
  principal_arn = each.value.principal_arn
  policy_arn    = "arn:${data.aws_partition.this.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}
