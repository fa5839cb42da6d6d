# What the other modules need of the network. Written by tierform; edit coder.toml instead.

output "resource_group" {
  description = "The resource group's id and name, known once it exists."
  value       = local.resource_group
}

output "network" {
  description = "The VNet's id."
  value = {
    id = local.made ? azurerm_virtual_network.this[0].id : var.network.existing.id
  }
}

output "subnets" {
  description = "The subnets by key (gateway, coderd, database, <cluster>, <cluster>-provisioners): id and range, known once their NSGs are in force."
  value = {
    for key, subnet in local.subnets : key => {
      id   = local.made ? azurerm_subnet.this[key].id : data.azurerm_subnet.existing[key].id
      cidr = local.made ? subnet.cidr : data.azurerm_subnet.existing[key].address_prefixes[0]
    }
  }
  depends_on = [azurerm_subnet_network_security_group_association.this]
}

# Whatever refers to this does not wait for the NSGs, and does not drag the NAT addresses in them into its own order of replacement.
output "subnet_ids" {
  description = "The subnets' ids by key, known at once: for what only names them."
  value       = { for key, subnet in local.subnets : key => local.made ? azurerm_subnet.this[key].id : data.azurerm_subnet.existing[key].id }
}

output "private_dns_zone" {
  description = "Id of the database's DNS zone, known only once it is linked with the VNet: the database takes it from here, and so waits. Null without a database."
  value       = one(azurerm_private_dns_zone.database[*].id)
  depends_on  = [azurerm_private_dns_zone_virtual_network_link.database]
}

output "nat_addresses" {
  description = "The public addresses by which machines and workspaces go out."
  value       = local.made ? [for address in azurerm_public_ip.nat : address.ip_address] : var.network.existing.nat_addresses
}

output "nat_ready" {
  description = "Known once the way out works. Machines install their software through it: whatever makes machines waits for it."
  value = {
    addresses = [for association in azurerm_nat_gateway_public_ip_association.this : association.id]
    subnets   = { for key, association in azurerm_subnet_nat_gateway_association.this : key => association.id }
  }
}

output "log_workspace" {
  description = "Id of the Log Analytics workspace."
  value       = azurerm_log_analytics_workspace.this.id
}
