# Who talked to whom, and what was dropped. Written by tierform; edit coder.toml instead.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

resource "aws_cloudwatch_log_group" "flow" {
  count = local.own ? 1 : 0

  name              = "/aws/vpc/${var.name}/flow"
  retention_in_days = var.flow_logs.days
  tags              = var.tags
}

resource "aws_iam_role" "flow" {
  count = local.own ? 1 : 0

  name = "${var.name}-${var.region}-flow-logs" # roles are the account's, networks a region's
  tags = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      # Flow logs of this account and region only: the service acts for every customer of AWS.
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${data.aws_partition.this.partition}:ec2:${var.region}:${data.aws_caller_identity.this.account_id}:vpc-flow-log/*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "flow" {
  count = local.own ? 1 : 0

  name = "write-flow-logs"
  role = aws_iam_role.flow[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = [aws_cloudwatch_log_group.flow[0].arn, "${aws_cloudwatch_log_group.flow[0].arn}:*"]
    }]
  })
}

resource "aws_flow_log" "this" {
  count = local.own ? 1 : 0

  vpc_id                   = aws_vpc.this[0].id
  traffic_type             = var.flow_logs.traffic
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.flow[0].arn
  iam_role_arn             = aws_iam_role.flow[0].arn
  max_aggregation_interval = 600 # seconds; a tenth of the lines that a minute would make
  tags                     = merge(var.tags, { Name = "${var.name}-flow" })

  depends_on = [aws_iam_role_policy.flow]
}
