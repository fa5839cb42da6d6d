# What the network needs to know. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name in this module."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,21}[a-z0-9])?$", var.name)) && !strcontains(var.name, "--")
    error_message = "The name must be 1 to 23 lower-case letters, digits and single hyphens, begin with a letter and not end with a hyphen: Key Vault refuses two hyphens in a row."
  }
}

variable "subscription_id" {
  description = "Id of the subscription that holds everything."
  type        = string
}

variable "resource_group" {
  description = "The resource group: its name, and whether it exists already and so is left alone."
  type = object({
    name     = string
    existing = optional(bool, false)
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]$", var.resource_group.name))
    error_message = "The resource group's name must have 1 to 90 letters, digits, underscores, parentheses, hyphens and periods, and not end with a period."
  }
}

variable "region" {
  description = "Region of everything in this deployment, in Azure's short spelling (eastus): a VNet lies in one region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.region))
    error_message = "The region must be in Azure's short spelling, such as eastus or westeurope, because the provider checks it only half-way through an apply."
  }
}

variable "zones" {
  description = "Availability zones of the region that machines use, such as 1, 2 and 3; empty where the region has none."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.zones : contains(["1", "2", "3"], zone)]) && length(distinct(var.zones)) == length(var.zones)
    error_message = "Zones are called 1, 2 and 3, each at most once."
  }
}

variable "network" {
  description = <<-EOT
    Address ranges: the VNet's own; those of the Application Gateway's, coderd's and the database's subnets in it, where they are here; and per cluster the
    subnets of its nodes and provisioner hosts, with the ranges of pods and Kubernetes services, which lie outside the VNet.
    nat_addresses is the number of public addresses that everything goes out by, nat_sku the NAT gateway's kind (null: StandardV2 where the region has
    zones). With `existing` nothing of this is made: it names your own VNet by id, its subnets by name and the addresses you go out by.
  EOT
  type = object({
    cidr          = string
    gateway_cidr  = optional(string)
    coderd_cidr   = optional(string)
    database_cidr = optional(string)
    nat_addresses = optional(number, 2)
    nat_sku       = optional(string)
    clusters = map(object({
      nodes_cidr        = string
      provisioners_cidr = string
      pods_cidr         = string
      services_cidr     = string
    }))
    existing = optional(object({
      id            = string
      nat_addresses = optional(list(string), [])
      subnets       = map(string)
    }))
  })
  nullable = false

  validation {
    condition = alltrue([
      for cidr in concat(
        compact([var.network.cidr, var.network.gateway_cidr, var.network.coderd_cidr, var.network.database_cidr]),
        flatten([for cluster in var.network.clusters : values(cluster)]),
      ) : can(cidrnetmask(cidr)) && cidr == try("${cidrhost(cidr, 0)}/${split("/", cidr)[1]}", "")
    ])
    error_message = "Every range must be an IPv4 network in CIDR notation with no host bits set, such as 10.0.0.0/20."
  }

  validation {
    condition     = var.network.gateway_cidr == null ? true : try(tonumber(split("/", var.network.gateway_cidr)[1]) <= 26, false)
    error_message = "The gateway's subnet must be a /26 or larger: each of its up to 10 instances takes an address, and an update doubles them."
  }

  validation {
    condition     = var.network.database_cidr == null ? true : try(tonumber(split("/", var.network.database_cidr)[1]) <= 28, false)
    error_message = "The database's subnet must be a /28 or larger, the least that Azure delegates to PostgreSQL."
  }

  validation {
    condition     = length(compact([var.network.gateway_cidr, var.network.coderd_cidr, var.network.database_cidr])) % 3 == 0
    error_message = "The gateway, coderd and the database are all here or all elsewhere: give all three of their ranges, or none."
  }

  validation {
    condition     = contains(range(1, 17), var.network.nat_addresses)
    error_message = "A NAT gateway takes 1 to 16 public addresses."
  }

  validation {
    condition     = var.network.nat_sku == null || contains(["Standard", "StandardV2"], coalesce(var.network.nat_sku, "Standard"))
    error_message = "The kind of NAT gateway must be Standard or StandardV2."
  }

  validation {
    condition     = alltrue([for name in keys(var.network.clusters) : can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", name)) && !contains(["gateway", "coderd", "database"], name)])
    error_message = "A cluster's name must have lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen; gateway, coderd and database are subnets already."
  }

  validation {
    condition = var.network.existing == null ? true : alltrue([
      for key in concat(["gateway", "coderd", "database"], flatten([for name in keys(var.network.clusters) : [name, "${name}-provisioners"]])) :
      contains(keys(var.network.existing.subnets), key)
    ])
    error_message = "network.existing must name a subnet for each of gateway, coderd and database, and for each cluster its own and <cluster>-provisioners."
  }

  validation {
    condition = var.network.existing == null ? true : alltrue(concat(
      [can(regex("(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/virtualNetworks/[^/]+$", var.network.existing.id))],
      [for subnet in var.network.existing.subnets : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", subnet))],
    ))
    error_message = "network.existing.id must be a VNet's resource id, and its subnets must be named as Azure names them, not by ids."
  }
}

variable "allowed_cidrs" {
  description = "Ranges that may reach the gateway; empty means everyone. This deployment's own addresses are added."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "Every entry of allowed_cidrs must be an IPv4 range such as 203.0.113.0/24: the gateway's address is IPv4."
  }

  validation {
    condition     = var.network.existing == null || length(var.allowed_cidrs) == 0
    error_message = "allowed_cidrs becomes a rule of the gateway subnet's NSG, which is yours when network.existing is given: write the rule there and leave allowed_cidrs out."
  }
}

variable "nat_addresses_elsewhere" {
  description = "Public addresses by which clusters in other networks go out: with allowed_cidrs they must still reach coderd."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "internal" {
  description = "Whether the gateway has no public address, so that everyone means the VNet and what is connected with it."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the Log Analytics workspace keeps logs of the database, the vault and the clusters' control planes."
  type        = number
  default     = 30

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 730
    error_message = "Log Analytics keeps logs for 30 to 730 days."
  }
}

variable "tags" {
  description = "Tags of whatever can carry them."
  type        = map(string)
}
