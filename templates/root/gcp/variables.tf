# What this deployment is made from; the values stand in terraform.tfvars. Written by tierform; edit coder.toml instead.

# Where and under which name

variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "name" {
  description = "Prefix of every name. A change makes everything anew, the database included."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name))
    error_message = "The name must have lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "region" {
  description = "Region of coderd and the database."
  type        = string
}

variable "zones" {
  description = "Zones of coderd's machines. Fixed, because another set replaces their instance group."
  type        = list(string)

  validation {
    condition     = length(var.zones) > 0 && alltrue([for zone in var.zones : startswith(zone, "${var.region}-")])
    error_message = "There must be at least one zone, and all of them must lie in the region."
  }
}

variable "labels" {
  description = "Your own labels for everything that can carry them; managed-by and deployment are added."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))
    ])
    error_message = "Google allows lower-case letters, digits, hyphens and underscores in labels, up to 63 of them, and a key must begin with a letter."
  }
}

# Access

variable "access" {
  description = "How users reach Coder: host name, wildcard for workspace applications (*.<host name>), the Cloud DNS zone to write records into (its name) or an existing certificate (Certificate Manager id), the ranges allowed in (none: everyone), and whether the balancer has an address of the VPC only."
  type = object({
    hostname      = string
    wildcard      = optional(string)
    dns_zone      = optional(string)
    certificate   = optional(string)
    allowed_cidrs = optional(set(string), [])
    internal      = optional(bool, false)
  })
}

variable "network" {
  description = "Address ranges of Cloud SQL's peering and of each subnet, of an internal load balancer's proxies, and the number of public addresses that a region goes out by. The keys of subnets: coderd, and each cluster's name. Or your own VPC and subnets."
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
}

# Software

variable "coder" {
  description = "Release of Coder that machines install, its checksum when not the published one, and a mirror to fetch it from."
  type = object({
    version = string
    sha256  = optional(string)
    mirror  = optional(string)
  })
}

variable "terraform" {
  description = "Release of Terraform that provisioner daemons run, its checksums, and a mirror to fetch it from."
  type = object({
    version = string
    sha256  = map(string) # by architecture: amd64, arm64
    mirror  = optional(string)
  })
}

# Sizes

variable "coderd" {
  description = "Control plane: replicas, their machine and its boot disk, and the database connections that each may open; the Coder licence (premium or community), and the provisioner daemons that each replica runs itself, where there are no hosts for them."
  type = object({
    replicas             = number
    machine_type         = string
    disk_type            = string
    disk_gb              = number
    max_open_connections = number
    license              = optional(string, "premium")
    daemons              = optional(number, 0)
  })
}

variable "database" {
  description = "Cloud SQL for PostgreSQL: tier (db-custom-<vCPU>-<MB>), version, disk, standby in a second zone, connections, days of backups."
  type = object({
    tier              = string
    version           = string
    disk_gb           = number
    high_availability = bool
    max_connections   = number
    backup_days       = number
  })
}

variable "clusters" {
  description = "Workspace clusters by name: place, control plane's range (a /28), the autoscaled pool for workspaces, the system pool, what a workspace should request, and the provisioner hosts beside it, if any."
  type = map(object({
    region             = string
    zones              = list(string)
    control_plane_cidr = string
    nodes = object({
      machine_type = string
      disk_type    = string
      disk_gb      = number
      min          = number
      max          = number
      max_pods     = number
    })
    system_nodes = object({
      machine_type = string
      disk_type    = string
      disk_gb      = number
      per_zone     = number
    })
    workspace_requests = object({
      cpu    = string
      memory = string
    })
    provisioners = optional(object({
      hosts            = number
      daemons_per_host = number
      machine_type     = string
      disk_type        = string
      disk_gb          = number
      tags             = optional(map(string), {})
    }))
  }))
}

# Safety

variable "secret_versions" {
  description = "Raise a number to rotate that secret: coderd's machines are replaced by the apply; provisioner hosts you replace yourself (output drain)."
  type = object({
    database_password = optional(number, 1)
    provisioner_psk   = optional(number, 1)
  })
  default  = {}
  nullable = false
}

variable "deletion_protection" {
  description = "Whether a destroy is refused, and a change that would replace database or clusters. To destroy the deployment, apply false first."
  type        = bool
  default     = true
  nullable    = false
}
