# Who the coderd machines are and what they may do. Written by tierform; edit coder.toml instead.

data "aws_partition" "this" {}

resource "aws_iam_role" "coderd" {
  name = local.role
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

# Secret by secret. Grants take a while to spread: the boot script tries again when it is refused.
resource "aws_iam_role_policy" "secrets" {
  name = "read-secrets"
  role = aws_iam_role.coderd.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = sort(distinct([for reference in values(local.secret_references) : split("|", reference)[0]]))
    }]
  })
}

# A shell through Systems Manager, in place of SSH keys and an open port.
resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.coderd.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "coderd" {
  name = local.role
  role = aws_iam_role.coderd.name
  tags = local.tags
}

# Where the replicas build workspaces: who they are inside a cluster, with no more rights than provisioner hosts would have.
resource "aws_eks_access_entry" "coderd" {
  for_each = var.clusters

  cluster_name      = each.value.name
  principal_arn     = aws_iam_role.coderd.arn
  kubernetes_groups = [local.kubernetes_group]
  tags              = local.tags
}
