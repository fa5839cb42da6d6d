# The database's logs, and the role by which RDS reports the machine's load. Written by tierform; edit coder.toml instead.

# Made before RDS makes them, which would keep everything for ever.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${local.role}/${each.key}"
  retention_in_days = var.log_days
  tags              = local.tags
}

data "aws_partition" "this" {}

data "aws_caller_identity" "this" {}

resource "aws_iam_role" "monitoring" {
  name = "${local.role}-monitoring"
  tags = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
