# The cluster's nodes: a group of its own in each zone for workspaces, and a small one for everything else. Written by tierform; edit coder.toml instead.

locals {
  # Templates select workspace nodes by this label and tolerate the taint of the same key and value, so that workspaces and
  # the cluster's own services keep apart.
  workspace = { workload = "coder-workspace" }
  system    = { workload = "system" }

  # The bounds of all zones, shared out so that they add up again.
  zone_keys = keys(var.network.nodes)
  zones = {
    for position, key in local.zone_keys : key => {
      subnet = var.network.nodes[key].id
      zone   = var.network.nodes[key].zone
      min    = floor((var.nodes.min + length(local.zone_keys) - 1 - position) / length(local.zone_keys))
      max    = floor((var.nodes.max + length(local.zone_keys) - 1 - position) / length(local.zone_keys))
    }
  }

  system_count = var.system_nodes.per_zone * length(local.zone_keys)

  templates = {
    workspaces = merge(var.nodes, { max_pods = var.nodes.max_pods, labels = local.workspace })
    system     = merge(var.system_nodes, { max_pods = null, labels = local.system })
  }

  # Graviton's families have a g behind their generation (m8g, c7gn), GPU families before it (g6).
  ami_types = {
    for key, template in local.templates :
    key => can(regex("^[a-z]+[0-9]+[a-z]*g[a-z]*[.]", template.machine_type)) ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD"
  }
}

# What EKS does not do by itself. No image, subnet, profile or security group in here: EKS adds them, and a group named here would
# take the cluster's own away.
resource "aws_launch_template" "nodes" {
  for_each = local.templates

  name                   = "${local.cluster}-${each.key}"
  description            = "Nodes of ${local.cluster}: ${each.key}"
  update_default_version = true
  instance_type          = each.value.machine_type
  tags                   = local.tags

  # How many pods the kubelet takes; by itself EKS would take as many as addresses allow. In the form that AL2023 nodes read.
  user_data = each.value.max_pods == null ? null : base64encode(<<-EOT
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="node"

    --node
    Content-Type: application/node.eks.aws

    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
        config:
          maxPods: ${each.value.max_pods}

    --node--
  EOT
  )

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1 # not for pods: workspaces run what developers like
    instance_metadata_tags      = "disabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda" # AL2023's root; another name would add an empty second disk

    ebs {
      volume_type           = "gp3"
      volume_size           = each.value.disk_gb
      encrypted             = true
      delete_on_termination = true
    }
  }

  # A group's own tags reach neither its machines nor their disks.
  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume", "network-interface"])

    content {
      resource_type = tag_specifications.key
      tags          = merge(local.tags, each.value.labels, { Name = "${local.cluster}-${each.key}" })
    }
  }
}

# Fixed in size and open to all: DNS, the autoscaler and the like must never wait for the autoscaler or for a workspace to end.
resource "aws_eks_node_group" "system" {
  cluster_name           = aws_eks_cluster.this.name
  node_group_name_prefix = "system-"
  node_role_arn          = aws_iam_role.nodes.arn
  subnet_ids             = [for zone in local.zones : zone.subnet]
  ami_type               = local.ami_types.system
  version                = var.cluster.version
  labels                 = local.system
  tags                   = merge(local.tags, { Name = "${local.cluster}-system" })

  launch_template {
    id      = aws_launch_template.nodes["system"].id
    version = aws_launch_template.nodes["system"].latest_version
  }

  scaling_config {
    desired_size = local.system_count
    min_size     = local.system_count
    max_size     = local.system_count
  }

  update_config {
    max_unavailable = 1
  }

  # A new group first: another kind of image, subnets or role makes a new one.
  lifecycle {
    create_before_destroy = true
  }

  depends_on = [
    aws_eks_addon.before, # without its network a node never becomes ready
    aws_iam_role_policy_attachment.nodes,
    var.network,
  ]
}

# One group a zone: a workspace's volume ties it to a zone, so the autoscaler must be able to ask for a node in that one. Machine,
# disk and pods change in place, node by node: every workspace on a node is stopped when its turn comes.
resource "aws_eks_node_group" "workspaces" {
  for_each = local.zones

  cluster_name           = aws_eks_cluster.this.name
  node_group_name_prefix = "workspaces-${each.key}-"
  node_role_arn          = aws_iam_role.nodes.arn
  subnet_ids             = [each.value.subnet]
  ami_type               = local.ami_types.workspaces
  version                = var.cluster.version
  labels                 = local.workspace
  tags                   = merge(local.tags, { Name = "${local.cluster}-workspaces-${each.key}" })

  launch_template {
    id      = aws_launch_template.nodes["workspaces"].id
    version = aws_launch_template.nodes["workspaces"].latest_version
  }

  scaling_config {
    desired_size = each.value.min
    min_size     = each.value.min
    max_size     = each.value.max
  }

  update_config {
    max_unavailable = 1
  }

  dynamic "taint" {
    for_each = local.workspace

    content {
      key    = taint.key
      value  = taint.value
      effect = "NO_SCHEDULE"
    }
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [scaling_config[0].desired_size] # the autoscaler's
  }

  depends_on = [
    aws_eks_addon.before,
    aws_iam_role_policy_attachment.nodes,
    var.network,
  ]
}
