# The ways out: the internet gateway, NAT, and a private one to S3. Written by tierform; edit coder.toml instead.

locals {
  # NAT gateways by zone key: one each, or the first zone's for all.
  nat = toset(var.network.nat_per_zone ? local.keys : slice(local.keys, 0, min(1, length(local.keys))))
}

resource "aws_internet_gateway" "this" {
  count = local.own ? 1 : 0

  vpc_id = aws_vpc.this[0].id
  tags   = merge(var.tags, { Name = "${var.name}-internet" })
}

resource "aws_route_table" "public" {
  count = local.own ? 1 : 0

  vpc_id = aws_vpc.this[0].id
  tags   = merge(var.tags, { Name = "${var.name}-public" })
}

resource "aws_route" "public" {
  count = local.own ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  for_each = local.subnets.public

  subnet_id      = aws_subnet.this["public-${each.key}"].id
  route_table_id = aws_route_table.public[0].id
}

# Fixed, so that a Git server, or Coder's own list of allowed addresses, can name them.
resource "aws_eip" "nat" {
  for_each = local.nat

  domain = "vpc"
  tags   = merge(var.tags, { Name = "${var.name}-nat-${each.key}" })

  depends_on = [aws_internet_gateway.this]
}

# A gateway carries 55,000 connections at a time to one and the same server.
resource "aws_nat_gateway" "this" {
  for_each = local.nat

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.this["public-${each.key}"].id
  tags          = merge(var.tags, { Name = "${var.name}-${each.key}" })

  depends_on = [aws_internet_gateway.this, aws_route.public]
}

# A table for each zone, even with one gateway: more gateways later change routes, not tables.
resource "aws_route_table" "private" {
  for_each = toset(local.keys)

  vpc_id = aws_vpc.this[0].id
  tags   = merge(var.tags, { Name = "${var.name}-private-${each.key}" })
}

resource "aws_route" "nat" {
  for_each = toset(local.keys)

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[contains(local.nat, each.key) ? each.key : local.keys[0]].id
}

resource "aws_route_table_association" "private" {
  for_each = { for name, subnet in local.all : name => subnet.key if contains(["machines", "nodes"], subnet.kind) }

  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.private[each.value].id
}

# Image layers from ECR come from S3: by this way they cost no NAT traffic.
resource "aws_vpc_endpoint" "s3" {
  count = local.own ? 1 : 0

  vpc_id            = aws_vpc.this[0].id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]
  tags              = merge(var.tags, { Name = "${var.name}-s3" })
}
