# What the network needs to know. Written by tierform; edit coder.toml instead.

variable "project" {
  description = "Id of the Google Cloud project that holds everything here."
  type        = string
}

variable "name" {
  description = "Prefix of every name in this module."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,22}$", var.name))
    error_message = "The name must begin with a lower-case letter and have at most 23 lower-case letters, digits and hyphens."
  }
}

variable "network" {
  description = "Address ranges: Cloud SQL's, where it is here, and, per subnet, those of machines, pods and Kubernetes services; and how many public addresses each region goes out by."
  type = object({
    database_cidr = optional(string)
    nat_addresses = optional(number, 2)
    subnets = map(object({
      region        = string
      cidr          = string
      pods_cidr     = optional(string)
      services_cidr = optional(string)
    }))
  })

  validation {
    condition = alltrue([
      for cidr in compact(flatten([
        var.network.database_cidr,
        [for subnet in var.network.subnets : [subnet.cidr, subnet.pods_cidr, subnet.services_cidr]],
      ])) : can(cidrnetmask(cidr)) && cidr == try("${cidrhost(cidr, 0)}/${split("/", cidr)[1]}", "")
    ])
    error_message = "Every range must be an IPv4 network in CIDR notation with no host bits set, such as 10.0.0.0/20."
  }

  validation {
    condition     = var.network.database_cidr == null ? true : try(tonumber(split("/", var.network.database_cidr)[1]) <= 24, false)
    error_message = "The database range must be a /24 or larger, because Cloud SQL takes a /24 of it for each region."
  }

  validation {
    condition = alltrue([
      for subnet in var.network.subnets : (subnet.pods_cidr == null) == (subnet.services_cidr == null)
    ])
    error_message = "A subnet that carries a Kubernetes cluster needs both pods_cidr and services_cidr; any other subnet has neither."
  }

  validation {
    condition     = contains(range(1, 301), var.network.nat_addresses)
    error_message = "A region goes out by 1 to 300 public addresses."
  }

  validation {
    condition     = alltrue([for key in keys(var.network.subnets) : can(regex("^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$", key))])
    error_message = "A subnet's key becomes part of its name: it must have at most 22 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "labels" {
  description = "Labels of whatever can carry them."
  type        = map(string)
}
