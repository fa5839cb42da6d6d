# What the rest of the deployment and its owner need to know about coderd. Written by tierform; edit coder.toml instead.

output "url" {
  description = "The access URL."
  value       = local.url
}

output "address" {
  description = "The gateway's IPv4 address: public, unless access.internal is set."
  value       = local.address
}

output "dns_records" {
  description = "Records to create where the domain is hosted: name, type, data. Empty when dns_zone was given, for then they exist."
  value       = var.access.dns_zone == null ? local.dns_records : []
}

output "scale_set" {
  description = "The scale set of coderd machines: id and name."
  value = {
    id   = azurerm_linux_virtual_machine_scale_set.coderd.id
    name = azurerm_linux_virtual_machine_scale_set.coderd.name
  }
}

output "identity" {
  description = "The machines' managed identity: its id, client id and principal id."
  value = {
    id           = azurerm_user_assigned_identity.coderd.id
    client_id    = azurerm_user_assigned_identity.coderd.client_id
    principal_id = azurerm_user_assigned_identity.coderd.principal_id
  }
}
