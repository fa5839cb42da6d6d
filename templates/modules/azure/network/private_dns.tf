# The private DNS zone by which the database is found inside the VNet. Written by tierform; edit coder.toml instead.

# The name must end so, and must not be the server's own: Azure notices only when the server is made.
resource "azurerm_private_dns_zone" "database" {
  count = local.has_control_plane ? 1 : 0

  name                = "${var.name}.private.postgres.database.azure.com"
  resource_group_name = local.resource_group.name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "database" {
  count = local.has_control_plane ? 1 : 0

  name                 = "${var.name}-network"
  private_dns_zone_id  = azurerm_private_dns_zone.database[0].id
  virtual_network_id   = local.made ? azurerm_virtual_network.this[0].id : var.network.existing.id
  registration_enabled = false # machines need no names in it
  tags                 = var.tags

  depends_on = [azurerm_subnet.this] # both change the VNet, and Azure does one thing at a time to it
}
