# The cluster's add-ons, in two halves: what a node needs in order to become ready, and what needs a node in order to run.
# Written by tierform; edit coder.toml instead.

locals {
  # Addresses come in /28 blocks: 16 times as many pods to a node as single addresses would allow. Values are strings.
  cni = {
    env = {
      ENABLE_PREFIX_DELEGATION = "true"
      WARM_PREFIX_TARGET       = "1"
    }
    enableNetworkPolicy = "true"
  }

  addons_before = {
    vpc-cni                = { configuration = jsonencode(local.cni), pod = "vpc-cni" }
    kube-proxy             = { configuration = null, pod = null }
    eks-pod-identity-agent = { configuration = null, pod = null }
  }

  addons_after = {
    coredns            = { configuration = null, pod = null }
    aws-ebs-csi-driver = { configuration = null, pod = "ebs-csi" }
  }
}

resource "aws_eks_addon" "before" {
  for_each = local.addons_before

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, null) # not most_recent, which moves with every plan
  configuration_values        = each.value.configuration
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  tags                        = local.tags

  dynamic "pod_identity_association" {
    for_each = each.value.pod[*]

    content {
      role_arn        = aws_iam_role.pods[pod_identity_association.value].arn
      service_account = local.pods[pod_identity_association.value].service_account
    }
  }

  depends_on = [aws_iam_role_policy_attachment.pods]
}

# Without nodes these would stay DEGRADED until the apply gives up.
resource "aws_eks_addon" "after" {
  for_each = local.addons_after

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, null)
  configuration_values        = each.value.configuration
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  tags                        = local.tags

  dynamic "pod_identity_association" {
    for_each = each.value.pod[*]

    content {
      role_arn        = aws_iam_role.pods[pod_identity_association.value].arn
      service_account = local.pods[pod_identity_association.value].service_account
    }
  }

  depends_on = [
    aws_eks_node_group.system,
    aws_iam_role_policy_attachment.pods,
  ]
}
