# Address records of the access URL and the wildcard, when an Azure DNS zone is given. Written by tierform; edit coder.toml instead.

locals {
  # *.apps.acme.dev stands for itself; *-coder.acme.dev needs *.acme.dev, for a star in DNS is a whole label. It takes with it every
  # name of that domain that has no record of its own.
  wildcard_domain = var.access.wildcard == null ? null : replace(var.access.wildcard, "/^[*][^.]*[.]/", "*.")
  domains         = compact([var.access.hostname, local.wildcard_domain])

  # Without a zone these are an output: somebody else has to create them.
  dns_records = [for domain in local.domains : {
    name = domain
    type = "A"
    data = azurerm_public_ip.gateway.ip_address
  }]
}

# A record is named within its zone, @ being the zone itself.
resource "azurerm_dns_a_record" "coderd" {
  for_each = var.access.dns_zone == null ? toset([]) : toset(local.domains)

  name                = each.key == var.access.dns_zone ? "@" : trimsuffix(each.key, ".${var.access.dns_zone}")
  zone_name           = var.access.dns_zone
  resource_group_name = var.access.dns_zone_resource_group
  ttl                 = 300
  records             = [azurerm_public_ip.gateway.ip_address]
  tags                = local.tags
}
