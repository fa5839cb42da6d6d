# Address records of the access URL and the wildcard, in the Azure DNS zone that is given, or inside the VNet. Written by tierform; edit
# coder.toml instead.

locals {
  # *.apps.acme.dev stands for itself; *-coder.acme.dev needs *.acme.dev, for a star in DNS is a whole label. It takes with it every
  # name of that domain that has no record of its own.
  wildcard_domain = var.access.wildcard == null ? null : replace(var.access.wildcard, "/^[*][^.]*[.]/", "*.")
  domains         = compact([var.access.hostname, local.wildcard_domain])

  # Without a zone these are an output: somebody else has to create them.
  dns_records = [for domain in local.domains : {
    name = domain
    type = "A"
    data = local.address
  }]
}

# A record is named within its zone, @ being the zone itself.
resource "azurerm_dns_a_record" "coderd" {
  for_each = var.access.dns_zone == null ? toset([]) : toset(local.domains)

  name                = each.key == var.access.dns_zone ? "@" : trimsuffix(each.key, ".${var.access.dns_zone}")
  zone_name           = var.access.dns_zone
  resource_group_name = var.access.dns_zone_resource_group
  ttl                 = 300
  records             = [local.address]
  tags                = local.tags
}

# Internal, and no zone: people's records are somebody else's to make, but machines and workspaces must find coderd without them. A zone
# of the host name alone hides no other name.
resource "azurerm_private_dns_zone" "inside" {
  count = var.access.internal && var.access.dns_zone == null ? 1 : 0

  name                = var.access.hostname
  resource_group_name = var.resource_group.name
  tags                = local.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "inside" {
  count = length(azurerm_private_dns_zone.inside)

  name                = local.role
  private_dns_zone_id = azurerm_private_dns_zone.inside[0].id
  virtual_network_id  = var.network.vnet_id
  tags                = local.tags
}

resource "azurerm_private_dns_a_record" "inside" {
  for_each = toset([
    for domain in local.domains : domain
    if length(azurerm_private_dns_zone.inside) == 1 && (domain == var.access.hostname || endswith(domain, ".${var.access.hostname}"))
  ])

  name                = each.key == var.access.hostname ? "@" : trimsuffix(each.key, ".${var.access.hostname}")
  private_dns_zone_id = azurerm_private_dns_zone.inside[0].id
  ttl                 = 300
  records             = [local.address]
  tags                = local.tags
}
