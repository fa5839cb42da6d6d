# VPC and subnets, or yours looked up. Written by tierform; edit coder.toml instead.

locals {
  own     = var.network.existing == null
  subnets = coalesce(var.network.subnets, { public = {}, machines = {}, nodes = {}, database = {} })

  # Zone keys to zones, in order. A zone's letter means another place in every account, so only the account's own list counts.
  keys  = keys(local.subnets.public)
  zones = length(var.network.zones) > 0 ? var.network.zones : try(data.aws_availability_zones.this[0].names, [])

  # Every subnet by "<kind>-<zone key>".
  all = merge([
    for kind, ranges in local.subnets : {
      for key, cidr in ranges : "${kind}-${key}" => { kind = kind, key = key, cidr = cidr }
    }
  ]...)

  names = keys(local.all)

  # Two ranges overlap when, under the shorter of their prefixes, they are the same network.
  overlaps = [
    for pair in setproduct(range(length(local.names)), range(length(local.names))) :
    "${local.names[pair[0]]} and ${local.names[pair[1]]}"
    if pair[0] < pair[1] && length(distinct([
      for i in pair : cidrhost(format("%s/%d",
        split("/", local.all[local.names[i]].cidr)[0],
        min([for j in pair : tonumber(split("/", local.all[local.names[j]].cidr)[1])]...)
      ), 0)
    ])) == 1
  ]
  cidr = coalesce(var.network.cidr, "0.0.0.0/0")
  outside = [
    for name, subnet in local.all : name
    if cidrhost("${split("/", subnet.cidr)[0]}/${split("/", local.cidr)[1]}", 0) != cidrhost(local.cidr, 0)
  ]

  # What cluster autoscalers and load balancers made from inside a cluster look for.
  kind_tags = {
    public   = { "kubernetes.io/role/elb" = "1" }
    machines = {}
    nodes    = { "kubernetes.io/role/internal-elb" = "1" }
    database = {}
  }
}

# Without the filter the list holds local zones too, which have neither NAT gateways nor EKS.
data "aws_availability_zones" "this" {
  count = local.own ? 1 : 0

  state = "available"

  # Old zones that EKS refuses for a control plane's subnets and that lack the newer machines (EKS, "Network requirements"). Ids mean
  # the same zone in every account.
  exclude_zone_ids = ["cac1-az3", "use1-az3", "usw1-az2"]

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "this" {
  count = local.own ? 1 : 0

  cidr_block           = var.network.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true # private names of the database and of EKS's endpoint
  tags                 = merge(var.tags, { Name = "${var.name}-network" })

  lifecycle {
    # AWS refuses overlapping ranges only half-way through an apply.
    precondition {
      condition     = length(local.overlaps) == 0
      error_message = "Address ranges overlap: ${join(", ", local.overlaps)}. Give each its own range in coder.toml."
    }

    precondition {
      condition     = length(local.outside) == 0
      error_message = "These subnets lie outside ${coalesce(var.network.cidr, "the VPC")}: ${join(", ", local.outside)}."
    }
  }
}

# Public: NAT gateways and the balancer. Machines: coderd and provisioner hosts. Nodes: large, because every node takes unbroken
# /28 blocks for its pods. Database: no way out at all, for it stays with the VPC's main route table, which has local routes only.
resource "aws_subnet" "this" {
  for_each = local.all

  vpc_id                  = aws_vpc.this[0].id
  cidr_block              = each.value.cidr
  availability_zone       = local.zones[index(local.keys, each.value.key)]
  map_public_ip_on_launch = false
  tags                    = merge(var.tags, local.kind_tags[each.value.kind], { Name = "${var.name}-${each.key}" })

  lifecycle {
    # A zone that AWS adds to the account's list would move every zone behind it, and with the subnets all that stands in them.
    ignore_changes = [availability_zone]

    precondition {
      condition     = length(local.zones) >= length(local.keys)
      error_message = "This region offers ${length(local.zones)} zones to your account, but subnets are wanted in ${length(local.keys)}. Name fewer zones in coder.toml, or choose another region."
    }
  }
}

# Your own network: the zones and ranges of its subnets.
data "aws_subnet" "existing" {
  for_each = local.own ? {} : merge([
    for kind, ids in var.network.existing.subnets : { for key, id in ids : "${kind}-${key}" => id }
  ]...)

  id     = each.value
  vpc_id = var.network.existing.vpc_id
}

# Every VPC comes with a group that admits its own members. Without rules nobody gains anything by landing in it.
resource "aws_default_security_group" "this" {
  count = local.own ? 1 : 0

  vpc_id = aws_vpc.this[0].id
  tags   = merge(var.tags, { Name = "${var.name}-default-closed" })
}
