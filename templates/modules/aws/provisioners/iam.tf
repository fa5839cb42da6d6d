# Who the provisioner hosts are and what they may do. Written by tierform; edit coder.toml instead.

data "aws_partition" "this" {}

resource "aws_iam_role" "provisioner" {
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

# The pre-shared key, the only secret on these hosts. Whoever may push templates runs code as this role, and so can read it.
# Grants take a while to spread: the boot script tries again when it is refused.
resource "aws_iam_role_policy" "secrets" {
  name = "read-secrets"
  role = aws_iam_role.provisioner.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = var.secrets.provisioner_psk.arn
    }]
  })
}

# A shell through Systems Manager, in place of SSH keys and an open port.
resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.provisioner.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "provisioner" {
  name = local.role
  role = aws_iam_role.provisioner.name
  tags = local.tags
}

# Who the hosts are inside the cluster, which takes a question to STS for a token (cluster-token-aws.py): members of one group that may do nothing until somebody binds a role to it, namespace by
# namespace. An access policy of EKS's would make every template author an editor of all namespaces.
resource "aws_eks_access_entry" "provisioner" {
  cluster_name      = var.cluster.name
  principal_arn     = aws_iam_role.provisioner.arn
  kubernetes_groups = [local.kubernetes_group]
  tags              = local.tags
}
