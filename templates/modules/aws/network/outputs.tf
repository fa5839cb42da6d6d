# What the other modules need of the network. Written by tierform; edit coder.toml instead.

output "vpc_id" {
  description = "Id of the VPC."
  value       = local.own ? aws_vpc.this[0].id : var.network.existing.vpc_id
}

output "subnets" {
  description = "Subnets by kind (public, machines, nodes, database) and zone key, each with id, zone and range."
  value = {
    for kind in ["public", "machines", "nodes", "database"] : kind => merge(
      {
        for key, _ in local.subnets[kind] : key => {
          id   = aws_subnet.this["${kind}-${key}"].id
          zone = aws_subnet.this["${kind}-${key}"].availability_zone
          cidr = aws_subnet.this["${kind}-${key}"].cidr_block
        }
      },
      {
        for key, _ in try(var.network.existing.subnets[kind], {}) : key => {
          id   = data.aws_subnet.existing["${kind}-${key}"].id
          zone = data.aws_subnet.existing["${kind}-${key}"].availability_zone
          cidr = data.aws_subnet.existing["${kind}-${key}"].cidr_block
        }
      },
    )
  }
}

output "nat_addresses" {
  description = "The public addresses by which machines and workspaces go out, by zone key of their gateway."
  value       = local.own ? { for key, address in aws_eip.nat : key => address.public_ip } : var.network.existing.nat_addresses
}

output "nat_ready" {
  description = "The routes to NAT. Machines install their software through it: whatever makes machines waits for it."
  value       = { for key, route in aws_route.nat : key => route.id }
  depends_on  = [aws_route_table_association.private, aws_vpc_endpoint.s3]
}
