# What this deployment is made from; the values stand in terraform.tfvars. Written by tierform; edit coder.toml instead.

# Where and under which name

variable "subscription_id" {
  description = "Id of the Azure subscription."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.subscription_id))
    error_message = "The subscription's id must look like 11111111-2222-3333-4444-555555555555: az account show --query id prints it."
  }
}

variable "resource_group" {
  description = "The resource group that holds everything, and whether it exists already. Another one makes everything anew, the database included."
  type = object({
    name     = string
    existing = optional(bool, false)
  })
}

variable "name" {
  description = "Prefix of every name. A change makes everything anew, the database included."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,21}[a-z0-9])?$", var.name)) && !strcontains(var.name, "--")
    error_message = "The name must be 1 to 23 lower-case letters, digits and single hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "region" {
  description = "Region of everything."
  type        = string
}

variable "zones" {
  description = "Availability zones of the region that are used; empty where it has none. Fixed, because another set replaces gateway, addresses and pools."
  type        = list(string)
}

variable "tags" {
  description = "Your own tags for everything that can carry them; managed-by and deployment are added."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 13
    error_message = "Secrets take 15 tags at most: two are tierform's, so 13 may be your own."
  }

  validation {
    condition = alltrue([
      for key, value in var.tags : can(regex("^[A-Za-z][A-Za-z0-9_.:-]{0,127}$", key)) && length(value) <= 256
      && !can(regex("(?i)^(microsoft|azure|windows)", key)) && !contains(["managed-by", "deployment"], lower(key))
    ])
    error_message = "A tag's key must begin with a letter and have letters, digits, hyphens, underscores, periods and colons alone, for DNS zones take no blanks; microsoft, azure and windows are Azure's own beginnings, managed-by and deployment tierform's keys. A value has 256 characters at most."
  }
}

# Access

variable "access" {
  description = "How users reach Coder: host name, wildcard for workspace applications (*.<host name>), the certificate for both (secret id without a version) and its Key Vault (resource id), the Azure DNS zone to write records into with its resource group, the ranges allowed in (none: everyone), and whether the gateway and the clusters' endpoints have addresses of the VNet only."
  type = object({
    hostname                = string
    wildcard                = optional(string)
    certificate             = string
    certificate_vault       = string
    dns_zone                = optional(string)
    dns_zone_resource_group = optional(string)
    allowed_cidrs           = optional(set(string), [])
    internal                = optional(bool, false)
  })
}

variable "runner_cidrs" {
  description = "Public addresses from which this is planned and applied: the firewalls of the vault and of the clusters' endpoints let them in."
  type        = set(string)
}

variable "deployers" {
  description = "Object ids in Entra ID of whoever plans and applies; empty means whoever runs this."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "admin_groups" {
  description = "Object ids of Entra ID groups that administer the clusters."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "ssh_public_key" {
  description = "Key for the account azureuser of the machines; null leaves one whose private half nobody has."
  type        = string
  default     = null
}

variable "firewall" {
  description = "What the gateway's web application firewall does with a suspicious request: Detection logs it, Prevention refuses it. Null for none."
  type        = string
  default     = null
}

variable "network" {
  description = "Address ranges: the VNet's; its subnets' for Application Gateway, coderd, database and, per cluster, nodes and provisioner hosts; and outside it those of pods and services. The number of public addresses everything goes out by, and the NAT gateway's kind. Or your own VNet and subnets."
  type = object({
    cidr          = string
    gateway_cidr  = string
    coderd_cidr   = string
    database_cidr = string
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
  description = "Control plane: replicas, their machine and its boot disk, and the database connections that each may open; the Coder licence (premium or community), the provisioner daemons that each replica runs itself, where there are no hosts for them, and whether zones stay balanced even when one is lost."
  type = object({
    replicas             = number
    machine_type         = string
    disk_type            = string
    disk_gb              = number
    max_open_connections = number
    license              = optional(string, "premium")
    daemons              = optional(number, 0)
    zone_balance         = optional(bool, false)
  })
}

variable "database" {
  description = "PostgreSQL flexible server: SKU, version, storage in MB, standby, connections, days of backups, and whether they are copied to the paired region."
  type = object({
    sku_name          = string
    version           = string
    storage_mb        = number
    high_availability = bool
    max_connections   = number
    backup_days       = number
    geo_redundant     = optional(bool, false)
  })
}

variable "clusters" {
  description = "Workspace clusters by name: the autoscaled pools for workspaces (min and max over all zones), the system pool, what a workspace should request, and the provisioner hosts beside it, if any. private_endpoint hides the cluster's endpoint inside the VNet."
  type = map(object({
    private_endpoint = optional(bool, false)
    nodes = object({
      machine_type = string
      os_disk_type = string
      disk_gb      = number
      min          = number
      max          = number
      max_pods     = number
    })
    system_nodes = object({
      machine_type = string
      os_disk_type = string
      disk_gb      = number
      count        = number
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

  validation {
    condition     = alltrue([for name in keys(var.clusters) : contains(keys(var.network.clusters), name)])
    error_message = "Every cluster needs its address ranges in network.clusters, under the same name."
  }
}

# Safety

variable "encryption_at_host" {
  description = "Whether machines and nodes encrypt caches and temporary disks on the host as well. The subscription needs the feature Microsoft.Compute/EncryptionAtHost first."
  type        = bool
  default     = false
  nullable    = false
}

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
  description = "Whether database, clusters and secrets refuse to be deleted. To destroy the deployment, apply false first."
  type        = bool
  default     = true
  nullable    = false
}
