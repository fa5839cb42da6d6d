# Who may reach the balancer, the coderd machines and, from them, the database. Written by tierform; edit coder.toml instead.
#
# Rules are resources of their own and name groups rather than ranges. A group's description is frozen: a new text would replace the
# group, which hangs for as long as something wears it.

locals {
  # Whom the balancer admits. coderd, provisioners and workspaces reach the access URL from the NAT's addresses, or, when it is
  # internal, from their own.
  clients = merge(
    length(var.access.allowed_cidrs) == 0 ? { "everyone" = "0.0.0.0/0" } : { for cidr in var.access.allowed_cidrs : cidr => cidr },
    length(var.access.allowed_cidrs) == 0 || var.access.internal ? {} : { for key, address in var.network.nat_addresses : "nat ${key}" => "${address}/32" },
    { for vpc in data.aws_vpc.this : "vpc" => vpc.cidr_block },
  )
}

data "aws_vpc" "this" {
  count = length(var.access.allowed_cidrs) > 0 && var.access.internal ? 1 : 0

  id = var.network.vpc_id
}

# A Network Load Balancer made without a group can never get one.
resource "aws_security_group" "balancer" {
  name                   = "${local.role}-balancer"
  description            = "Coder load balancer"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = merge(local.tags, { Name = "${local.role}-balancer" })

  lifecycle {
    ignore_changes = [description]
  }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = local.clients

  security_group_id = aws_security_group.balancer.id
  description       = "HTTPS from ${each.key}"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = local.tags
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.coderd.id
  ip_protocol                  = "tcp"
  from_port                    = local.http_port
  to_port                      = local.http_port
  tags                         = local.tags
}

resource "aws_security_group" "coderd" {
  name                   = local.role
  description            = "Coder control plane"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = merge(local.tags, { Name = local.role })

  lifecycle {
    ignore_changes = [description]
  }
}

# Naming the balancer's group admits what comes through it, though it still carries the client's address.
resource "aws_vpc_security_group_ingress_rule" "balancer" {
  security_group_id            = aws_security_group.coderd.id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = local.http_port
  to_port                      = local.http_port
  tags                         = local.tags
}

# Between replicas: DERP relay on the HTTP port, and 6222 for the embedded NATS that newer releases use.
resource "aws_vpc_security_group_ingress_rule" "peers" {
  for_each = { for key, port in { relay = local.http_port, nats = 6222 } : key => port if var.coderd.license == "premium" } # without there is one replica alone

  security_group_id            = aws_security_group.coderd.id
  description                  = "Other replicas: ${each.key}"
  referenced_security_group_id = aws_security_group.coderd.id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
  tags                         = local.tags
}

# Releases, Git servers, identity providers and STUN have no fixed addresses.
resource "aws_vpc_security_group_egress_rule" "coderd" {
  security_group_id = aws_security_group.coderd.id
  description       = "Everywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
  tags              = local.tags
}

# The database's one rule: nobody else gets in.
resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = var.database.security_group_id
  description                  = "coderd"
  referenced_security_group_id = aws_security_group.coderd.id
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
  tags                         = local.tags
}

# Where the replicas build workspaces.
resource "aws_vpc_security_group_ingress_rule" "cluster" {
  for_each = var.clusters

  security_group_id            = each.value.security_group_id
  description                  = "Kubernetes API from coderd"
  referenced_security_group_id = aws_security_group.coderd.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  tags                         = local.tags
}
