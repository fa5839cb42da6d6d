# Who may talk to whom: one NSG for each subnet, which ends by denying what Azure would allow by itself. Written by tierform; edit
# coder.toml instead.

locals {
  # coderd, provisioners and workspaces use the access URL as well: by the way out, or from inside. VirtualNetwork is this VNet and
  # whatever is connected with it.
  everyone = var.internal ? "VirtualNetwork" : "Internet"
  own      = var.internal ? [var.network.cidr] : [for address in concat([for nat in azurerm_public_ip.nat : nat.ip_address], var.nat_addresses_elsewhere) : "${address}/32"]
  entrance = length(var.allowed_cidrs) == 0 ? [local.everyone] : sort(concat(tolist(var.allowed_cidrs), local.own))

  # Ports: coder/coder docs, networking. 8080 is coderd, TLS ends at the gateway; between replicas 8080 carries DERP's relay and 6222 the
  # embedded NATS of newer releases. Nobody needs to reach a provisioner host: daemons dial out.
  rules = merge(
    local.has_control_plane ? {
      gateway = merge(
        {
          users  = { priority = 200, protocol = "Tcp", sources = local.entrance, ports = ["80", "443"] }
          probes = { priority = 220, protocol = "*", sources = ["AzureLoadBalancer"], ports = ["*"] }
        },
        # Without it Azure refuses a public gateway. An isolated one is managed from within.
        var.internal ? {} : { manager = { priority = 210, protocol = "Tcp", sources = ["GatewayManager"], ports = ["65200-65535"] } },
      )
      coderd = {
        gateway = { priority = 200, protocol = "Tcp", sources = [var.network.gateway_cidr], ports = ["8080"] }
        peers   = { priority = 210, protocol = "Tcp", sources = [var.network.coderd_cidr], ports = ["8080", "6222"] }
      }
      database = {
        coderd  = { priority = 200, protocol = "Tcp", sources = [var.network.coderd_cidr], ports = ["5432"] }
        standby = { priority = 210, protocol = "Tcp", sources = [var.network.database_cidr], ports = ["5432", "6432"] } # replication
      }
    } : {},
    {
      # Between pods the overlay shows their own addresses. What pods may do among themselves is network policy's business.
      for name, cluster in var.network.clusters : name => {
        cluster = { priority = 200, protocol = "*", sources = [cluster.nodes_cidr, cluster.pods_cidr], ports = ["*"] }
        probes  = { priority = 210, protocol = "*", sources = ["AzureLoadBalancer"], ports = ["*"] }
      }
    },
    { for name in keys(var.network.clusters) : "${name}-provisioners" => {} },
  )
}

# The rules are inline, so that one which somebody adds by hand shows up in the next plan. For a scraper or a bastion add a rule of your
# own in a network_override.tf.
resource "azurerm_network_security_group" "this" {
  for_each = local.made ? local.subnets : {}

  name                = "${var.name}-${each.key}"
  resource_group_name = local.resource_group.name
  location            = var.region
  tags                = var.tags

  dynamic "security_rule" {
    for_each = local.rules[each.key]

    content {
      name                       = "allow-${security_rule.key}"
      priority                   = security_rule.value.priority
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = security_rule.value.protocol
      source_port_range          = "*"
      destination_address_prefix = "*"

      # Azure tells one from several: a service tag may only stand alone.
      source_address_prefix   = length(security_rule.value.sources) == 1 ? security_rule.value.sources[0] : null
      source_address_prefixes = length(security_rule.value.sources) == 1 ? null : security_rule.value.sources
      destination_port_range  = length(security_rule.value.ports) == 1 ? security_rule.value.ports[0] : null
      destination_port_ranges = length(security_rule.value.ports) == 1 ? null : security_rule.value.ports
    }
  }

  # Azure's own rules would let the whole VNet in, and every network peered with it.
  security_rule {
    name                       = "deny-rest"
    priority                   = 4096
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_address_prefix      = "*"
    source_port_range          = "*"
    destination_address_prefix = "*"
    destination_port_range     = "*"
  }
}

resource "azurerm_subnet_network_security_group_association" "this" {
  for_each = azurerm_network_security_group.this

  subnet_id                 = azurerm_subnet.this[each.key].id
  network_security_group_id = each.value.id
}
