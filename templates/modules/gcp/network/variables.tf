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
  description = <<-EOT
    Address ranges: Cloud SQL's, where it is here, and, per subnet, those of machines, pods and Kubernetes services; and how many public addresses each region
    goes out by. proxies is the subnet of an internal load balancer's proxies, where there is one.

    Or existing: your own VPC by id (its project is the host project, where it is shared), its subnets by region and name with the names of the
    secondary ranges of pods and services, the proxy-only subnet of an internal load balancer, whether private service access is there already
    (database_cidr is for one that is made), and the public addresses that it goes out by.
  EOT
  type = object({
    database_cidr = optional(string)
    nat_addresses = optional(number, 2)
    proxies       = optional(object({ region = string, cidr = string }))
    subnets = optional(map(object({
      region        = string
      cidr          = string
      pods_cidr     = optional(string)
      services_cidr = optional(string)
    })), {})
    existing = optional(object({
      id               = string
      private_services = optional(bool, false)
      nat_addresses    = optional(list(string), [])
      proxies          = optional(object({ region = string, name = string }))
      subnets = map(object({
        region         = string
        name           = string
        pods_range     = optional(string)
        services_range = optional(string)
      }))
    }))
  })
  nullable = false

  validation {
    condition     = (var.network.existing == null) == (length(var.network.subnets) > 0) && (var.network.existing == null || var.network.proxies == null)
    error_message = "Give either subnets, for a VPC of this deployment's own, or existing, for one of yours."
  }

  validation {
    condition     = var.network.existing == null || var.network.database_cidr != null || try(var.network.existing.private_services, false)
    error_message = "In your own network Cloud SQL needs database_cidr, unless it has private service access already."
  }

  validation {
    condition     = var.network.existing == null ? true : can(regex("^projects/[^/]+/global/networks/[^/]+$", var.network.existing.id))
    error_message = "An existing VPC is named by its id, such as projects/acme-host/global/networks/acme."
  }

  validation {
    condition = alltrue([
      for cidr in compact(flatten([
        var.network.database_cidr,
        try(var.network.proxies.cidr, null),
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
    condition     = var.network.proxies == null ? true : try(tonumber(split("/", var.network.proxies.cidr)[1]) <= 26, false)
    error_message = "The proxies' range must be a /26 or larger, the least that Google takes."
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
