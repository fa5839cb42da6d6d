# Who the control plane, the nodes, the add-ons and the autoscaler are. Written by tierform; edit coder.toml instead.

locals {
  cluster_arn = "arn:${data.aws_partition.this.partition}:eks:${var.region}:${data.aws_caller_identity.this.account_id}:cluster/${local.cluster}"
  managed     = "arn:${data.aws_partition.this.partition}:iam::aws:policy"

  # Pods that act in AWS, by EKS Pod Identity: their service account and AWS's own policy for them.
  pods = {
    vpc-cni            = { service_account = "aws-node", policy = "AmazonEKS_CNI_Policy" }
    ebs-csi            = { service_account = "ebs-csi-controller-sa", policy = "service-role/AmazonEBSCSIDriverPolicy" }
    cluster-autoscaler = { service_account = "cluster-autoscaler", policy = null } # autoscaler.tf
  }
}

resource "aws_iam_role" "cluster" {
  name = "${local.cluster}-control-plane"
  tags = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "${local.managed}/AmazonEKSClusterPolicy"
}

# Of the node itself: to join and to pull images from ECR. Pods cannot take it, for their requests to the metadata service die on
# the way (hop limit 1); hence the network add-on, too, has a role of its own.
resource "aws_iam_role" "nodes" {
  name = "${local.cluster}-nodes"
  tags = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])

  role       = aws_iam_role.nodes.name
  policy_arn = "${local.managed}/${each.key}"
}

resource "aws_iam_role" "pods" {
  for_each = local.pods

  name = "${local.cluster}-${each.key}"
  tags = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"] # tags say which pod it is
      Principal = { Service = "pods.eks.amazonaws.com" }
      # Otherwise any cluster of the account could give it to any pod.
      Condition = {
        StringEquals = {
          "aws:RequestTag/eks-cluster-arn"            = local.cluster_arn
          "aws:RequestTag/kubernetes-namespace"       = "kube-system"
          "aws:RequestTag/kubernetes-service-account" = each.value.service_account
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "pods" {
  for_each = { for key, pod in local.pods : key => pod.policy if pod.policy != null }

  role       = aws_iam_role.pods[each.key].name
  policy_arn = "${local.managed}/${each.value}"
}
