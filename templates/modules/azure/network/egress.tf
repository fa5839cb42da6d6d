# The way out: one NAT gateway for machines and nodes. Written by tierform; edit coder.toml instead.

locals {
  # Standard lives in one zone, whose outage would cut off all machines; StandardV2 spans the zones, and so takes no `zones` of its
  # own. Not every region has StandardV2 yet: network.nat_sku chooses Standard there.
  nat_sku = var.network.nat_sku != null ? var.network.nat_sku : length(var.zones) > 1 ? "StandardV2" : "Standard"
}

# Fixed, so that a Git server, or Coder's own list of allowed addresses, can name them. Each carries 64,512 connections at
# a time to one and the same server. StandardV2 gateways take StandardV2 addresses only.
resource "azurerm_public_ip" "nat" {
  for_each = local.made ? toset([for i in range(var.network.nat_addresses) : tostring(i + 1)]) : toset([])

  name                = "${var.name}-nat-${each.key}"
  resource_group_name = local.resource_group.name
  location            = var.region
  sku                 = local.nat_sku
  allocation_method   = "Static"
  zones               = local.nat_sku == "StandardV2" || length(var.zones) == 0 ? null : var.zones # StandardV2 is in all by itself
  tags                = var.tags
}

resource "azurerm_nat_gateway" "this" {
  count = local.made ? 1 : 0

  name                    = "${var.name}-nat"
  resource_group_name     = local.resource_group.name
  location                = var.region
  sku_name                = local.nat_sku
  idle_timeout_in_minutes = 4 # ports come back soon; long-lived connections send keepalives
  tags                    = var.tags
}

resource "azurerm_nat_gateway_public_ip_association" "this" {
  for_each = azurerm_public_ip.nat

  nat_gateway_id       = azurerm_nat_gateway.this[0].id
  public_ip_address_id = each.value.id
}

resource "azurerm_subnet_nat_gateway_association" "this" {
  for_each = { for key, subnet in local.subnets : key => subnet if local.made && subnet.nat }

  subnet_id      = azurerm_subnet.this[each.key].id
  nat_gateway_id = azurerm_nat_gateway.this[0].id
}
