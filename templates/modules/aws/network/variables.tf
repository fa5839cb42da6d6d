# What the network needs to know. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name in this module."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9]){0,19}$", var.name)) && length(var.name) <= 20
    error_message = "The name must begin with a lower-case letter and have at most 20 lower-case letters, digits and single hyphens, none at its end."
  }
}

variable "region" {
  description = "Region of the network: the provider's."
  type        = string
}

variable "tags" {
  description = "Tags of whatever can carry them."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "network" {
  description = <<-EOT
    Either a VPC of this deployment's own: its range and those of four kinds of subnet (no database's where there is none), each by zone
    key (a, b, c). Which zone a key means is settled when the subnet is made: the account's zones in their order, or those of zones.
    nat_per_zone makes a NAT gateway in every zone, instead of one for all.

    Or existing: the ids of your VPC and of its subnets, by kind and zone key. Its nodes and machines subnets need a way to the Internet;
    nat_addresses are the public addresses they go out by, under any keys.
  EOT
  type = object({
    cidr         = optional(string)
    zones        = optional(list(string), [])
    nat_per_zone = optional(bool, false)
    subnets = optional(object({
      public   = map(string)
      machines = map(string)
      nodes    = map(string)
      database = optional(map(string), {})
    }))
    existing = optional(object({
      vpc_id        = string
      nat_addresses = optional(map(string), {})
      subnets = object({
        public   = optional(map(string), {})
        machines = map(string)
        nodes    = map(string)
        database = map(string)
      })
    }))
  })
  nullable = false

  validation {
    condition     = (var.network.existing == null) == (var.network.cidr != null) && (var.network.existing == null) == (var.network.subnets != null)
    error_message = "Give either cidr and subnets, for a VPC of this deployment's own, or existing, for one of yours."
  }

  validation {
    condition = alltrue([
      for cidr in compact(concat([var.network.cidr], var.network.subnets == null ? [] : flatten([for kind in values(var.network.subnets) : values(kind)]))) :
      can(cidrnetmask(cidr)) && cidr == try("${cidrhost(cidr, 0)}/${split("/", cidr)[1]}", "")
    ])
    error_message = "Every range must be an IPv4 network in CIDR notation with no host bits set, such as 10.0.0.0/20."
  }

  validation {
    condition = alltrue([
      for cidr in compact(concat([var.network.cidr], var.network.subnets == null ? [] : flatten([for kind in values(var.network.subnets) : values(kind)]))) :
      try(tonumber(split("/", cidr)[1]) >= 16 && tonumber(split("/", cidr)[1]) <= 28, false)
    ])
    error_message = "AWS takes ranges from a /16 to a /28, for a VPC as for a subnet."
  }

  validation {
    condition     = var.network.subnets == null ? true : length(distinct([for kind in values(var.network.subnets) : keys(kind) if length(kind) > 0])) == 1
    error_message = "All kinds of subnet must have the same zone keys; only the database's may be left out, where there is none."
  }

  validation {
    condition     = var.network.subnets == null ? true : length(var.network.subnets.public) >= 2 && length(var.network.subnets.public) <= 6
    error_message = "There must be subnets in two zones at least, which EKS and RDS demand, and six at most."
  }

  validation {
    condition     = length(var.network.zones) == 0 || var.network.subnets == null ? true : length(distinct(var.network.zones)) == length(var.network.subnets.public)
    error_message = "The zones must be as many as the subnets of one kind, each named once."
  }

  validation {
    condition     = var.network.existing == null ? true : alltrue([for kind in ["machines", "nodes", "database"] : length(var.network.existing.subnets[kind]) >= 2])
    error_message = "Of the existing subnets two at least must be named for machines, for nodes and for the database, in different zones."
  }

  validation {
    condition = var.network.existing == null ? true : can(regex("^vpc-[0-9a-f]+$", var.network.existing.vpc_id)) && alltrue([
      for id in flatten([for kind in values(var.network.existing.subnets) : values(kind)]) : can(regex("^subnet-[0-9a-f]+$", id))
    ])
    error_message = "An existing network is named by ids such as vpc-0a1b2c3d and subnet-0a1b2c3d."
  }
}

variable "flow_logs" {
  description = "Which traffic is logged (ALL, ACCEPT or REJECT) and for how many days it is kept. Applies to a VPC of this deployment's own."
  type = object({
    traffic = optional(string, "ALL")
    days    = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["ALL", "ACCEPT", "REJECT"], var.flow_logs.traffic)
    error_message = "The flow logs' traffic must be ALL, ACCEPT or REJECT."
  }

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_logs.days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or more of its own steps of days."
  }
}
