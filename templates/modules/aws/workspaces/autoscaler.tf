# What the cluster autoscaler needs of AWS; the autoscaler itself is a pod, and installed into the cluster. Written by tierform; edit coder.toml instead.

locals {
  # EKS tags each group so that the autoscaler finds it. What a node of an empty group would look like it cannot know, unless these
  # say so: without them it never starts the first one.
  node_hints = merge(
    { for key, value in local.workspace : "k8s.io/cluster-autoscaler/node-template/label/${key}" => value },
    { for key, value in local.workspace : "k8s.io/cluster-autoscaler/node-template/taint/${key}" => "${value}:NoSchedule" },
    { "k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage" = "${var.nodes.disk_gb}Gi" },
  )
  group_tags = merge([
    for key, zone in local.zones : {
      for tag, value in merge(
        local.node_hints,
        { "k8s.io/cluster-autoscaler/node-template/label/topology.ebs.csi.aws.com/zone" = zone.zone },
        { Name = "${local.cluster}-workspaces-${key}" },
        local.tags,
      ) : "${key} ${tag}" => { zone = key, tag = tag, value = value }
    }
  ]...)
}

# On the groups that EKS made. A node group's own tags do not reach them either.
resource "aws_autoscaling_group_tag" "workspaces" {
  for_each = local.group_tags

  autoscaling_group_name = aws_eks_node_group.workspaces[each.value.zone].resources[0].autoscaling_groups[0].name

  tag {
    key                 = each.value.tag
    value               = each.value.value
    propagate_at_launch = false
  }
}

resource "aws_autoscaling_group_tag" "system" {
  for_each = merge(local.tags, { Name = "${local.cluster}-system" })

  autoscaling_group_name = aws_eks_node_group.system.resources[0].autoscaling_groups[0].name

  tag {
    key                 = each.key
    value               = each.value
    propagate_at_launch = false
  }
}

resource "aws_iam_role_policy" "autoscaler" {
  name = "scale-node-groups"
  role = aws_iam_role.pods["cluster-autoscaler"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Look"
        Effect = "Allow"
        # None of these knows a resource.
        Action = [
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeAutoScalingInstances",
          "autoscaling:DescribeLaunchConfigurations",
          "autoscaling:DescribeScalingActivities",
          "ec2:DescribeImages",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:GetInstanceTypesFromInstanceRequirements",
        ]
        Resource = "*"
      },
      {
        Sid      = "LookAtGroups"
        Effect   = "Allow"
        Action   = "eks:DescribeNodegroup"
        Resource = "arn:${data.aws_partition.this.partition}:eks:${var.region}:${data.aws_caller_identity.this.account_id}:nodegroup/${local.cluster}/*/*"
      },
      {
        Sid      = "Scale"
        Effect   = "Allow"
        Action   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
        Resource = "arn:${data.aws_partition.this.partition}:autoscaling:${var.region}:${data.aws_caller_identity.this.account_id}:autoScalingGroup:*:autoScalingGroupName/eks-workspaces-*"
        # EKS's own tag: groups of this cluster only.
        Condition = { StringEquals = { "aws:ResourceTag/k8s.io/cluster-autoscaler/${local.cluster}" = "owned" } }
      },
    ]
  })
}

resource "aws_eks_pod_identity_association" "autoscaler" {
  cluster_name    = aws_eks_cluster.this.name
  namespace       = "kube-system"
  service_account = local.pods.cluster-autoscaler.service_account
  role_arn        = aws_iam_role.pods["cluster-autoscaler"].arn
  tags            = local.tags
}
