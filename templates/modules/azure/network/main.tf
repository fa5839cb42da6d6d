# Resource group, VNet and subnets. Written by tierform; edit coder.toml instead.

locals {
  made = var.network.existing == null

  has_control_plane = var.network.coderd_cidr != null

  resource_group = {
    id   = try(azurerm_resource_group.this[0].id, "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group.name}")
    name = try(azurerm_resource_group.this[0].name, var.resource_group.name)
  }

  # Machines read their secrets, and the gateway its certificate, through the Key Vault endpoint: the vault admits these subnets by name.
  # The database's subnet and the gateway's hold nothing else, and say so: Azure refuses a gateway in a subnet that is not delegated to it.
  subnets = merge(
    local.has_control_plane ? {
      gateway  = { cidr = var.network.gateway_cidr, endpoints = ["Microsoft.KeyVault"], delegation = "Microsoft.Network/applicationGateways", nat = false }
      coderd   = { cidr = var.network.coderd_cidr, endpoints = ["Microsoft.KeyVault"], delegation = null, nat = true }
      database = { cidr = var.network.database_cidr, endpoints = ["Microsoft.Storage"], delegation = "Microsoft.DBforPostgreSQL/flexibleServers", nat = false }
    } : {},
    { for name, cluster in var.network.clusters : name => { cidr = cluster.nodes_cidr, endpoints = [], delegation = null, nat = true } },
    {
      for name, cluster in var.network.clusters :
      "${name}-provisioners" => { cidr = cluster.provisioners_cidr, endpoints = ["Microsoft.KeyVault"], delegation = null, nat = true }
    },
  )

  ranges = merge(
    { for key, subnet in local.subnets : key => subnet.cidr },
    { for name, cluster in var.network.clusters : "${name} pods" => cluster.pods_cidr },
    { for name, cluster in var.network.clusters : "${name} services" => cluster.services_cidr },
  )

  names = keys(local.ranges)

  # Two ranges overlap when, under the shorter of their prefixes, they are the same network.
  overlaps = [
    for pair in setproduct(range(length(local.names)), range(length(local.names))) :
    "${local.names[pair[0]]} and ${local.names[pair[1]]}"
    if pair[0] < pair[1] && length(distinct([
      for i in pair : cidrhost(format("%s/%d",
        split("/", local.ranges[local.names[i]])[0],
        min([for j in pair : tonumber(split("/", local.ranges[local.names[j]])[1])]...)
      ), 0)
    ])) == 1
  ]

  # The same for the VNet as a whole and what has to stay out of it.
  inside = [
    for name, cidr in local.ranges : name
    if !contains(keys(local.subnets), name) && length(distinct([
      for range in [cidr, var.network.cidr] : cidrhost(format("%s/%d",
        split("/", range)[0],
        min([for other in [cidr, var.network.cidr] : tonumber(split("/", other)[1])]...)
      ), 0)
    ])) == 1
  ]

  vnet_prefix = tonumber(split("/", var.network.cidr)[1])
  outside = [
    for key, subnet in local.subnets : key
    if tonumber(split("/", subnet.cidr)[1]) < local.vnet_prefix
    || cidrhost("${split("/", subnet.cidr)[0]}/${local.vnet_prefix}", 0) != cidrhost(var.network.cidr, 0)
  ]
}

resource "azurerm_resource_group" "this" {
  count = var.resource_group.existing ? 0 : 1

  name     = var.resource_group.name
  location = var.region
  tags     = var.tags
}

# The address space grows in place. Pods and services stay out of it: the overlay hides them behind their node.
resource "azurerm_virtual_network" "this" {
  count = local.made ? 1 : 0

  name                = "${var.name}-network"
  resource_group_name = local.resource_group.name
  location            = var.region
  address_space       = [var.network.cidr]
  tags                = var.tags

  lifecycle {
    # Azure refuses such ranges only half-way through an apply; pods in the wrong ones it lets go astray.
    precondition {
      condition     = length(local.overlaps) == 0
      error_message = "Address ranges overlap: ${join(", ", local.overlaps)}. Give each its own range in coder.toml."
    }

    precondition {
      condition     = length(local.inside) == 0
      error_message = "These ranges must lie outside the VNet's range ${var.network.cidr}, for nothing there may share an address with a pod or a service: ${join(", ", local.inside)}."
    }

    precondition {
      condition     = length(local.outside) == 0
      error_message = "These subnets lie outside the VNet's range ${var.network.cidr}: ${join(", ", local.outside)}."
    }
  }
}

# A subnet's range changes only while nothing stands in it, so the ranges must suffice from the start.
resource "azurerm_subnet" "this" {
  for_each = local.made ? local.subnets : {}

  name                            = "${var.name}-${each.key}"
  resource_group_name             = local.resource_group.name
  virtual_network_name            = azurerm_virtual_network.this[0].name
  address_prefixes                = [each.value.cidr]
  default_outbound_access_enabled = false # out through the NAT gateway, by addresses that others can name, or not at all

  dynamic "service_endpoint" {
    for_each = each.value.endpoints

    content {
      service = service_endpoint.value
    }
  }

  # Once delegated, the subnet takes nothing else.
  dynamic "delegation" {
    for_each = each.value.delegation[*]

    content {
      name = "delegation"

      service_delegation {
        name    = delegation.value
        actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
      }
    }
  }
}

# Your own subnets: their ids and ranges.
data "azurerm_subnet" "existing" {
  for_each = local.made ? {} : var.network.existing.subnets

  name                 = each.value
  virtual_network_name = split("/", var.network.existing.id)[8]
  resource_group_name  = split("/", var.network.existing.id)[4]
}
