# What a site needs to know: a region, the network in it, its clusters, and what comes from the control plane. Written by tierform; edit coder.toml instead.

variable "subscription_id" {
  description = "Id of the subscription that holds everything."
  type        = string
}

variable "name" {
  description = "Prefix of every name, the same for the whole deployment."
  type        = string
}

variable "resource_group" {
  description = "The resource group: its name, and whether it exists already and so is left alone. It holds one site."
  type = object({
    name     = string
    existing = optional(bool, false)
  })
  nullable = false
}

variable "region" {
  description = "Region of the site, in Azure's short spelling."
  type        = string
}

variable "zones" {
  description = "Availability zones of the region that machines use; empty where it has none."
  type        = list(string)
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that can carry some."
  type        = map(string)
}

variable "deployers" {
  description = "Object ids in Entra ID of whoever plans and applies; empty means whoever runs this."
  type        = set(string)
  default     = []
}

variable "runner_cidrs" {
  description = "Public addresses from which this is planned and applied."
  type        = set(string)
}

variable "admin_groups" {
  description = "Object ids of Entra ID groups that administer the clusters."
  type        = set(string)
  default     = []
}

variable "ssh_public_key" {
  description = "Key for the account azureuser of the machines; null leaves one whose private half nobody has."
  type        = string
  default     = null
}

variable "encryption_at_host" {
  description = "Whether machines and nodes encrypt caches and temporary disks on the host as well."
  type        = bool
  default     = false
}

variable "network" {
  description = "Address ranges: the VNet's and, per cluster, those of its nodes and provisioner hosts in it and of its pods and services outside. The number of public addresses everything goes out by, and the NAT gateway's kind."
  type = object({
    cidr          = string
    nat_addresses = optional(number, 2)
    nat_sku       = optional(string)
    clusters = map(object({
      nodes_cidr        = string
      provisioners_cidr = string
      pods_cidr         = string
      services_cidr     = string
    }))
  })
  nullable = false
}

variable "clusters" {
  description = "Workspace clusters by name: the autoscaled pools for workspaces (min and max over all zones), the system pool, what a workspace should request, and the provisioner hosts beside it. private_endpoint hides the cluster's endpoint inside the VNet."
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
    provisioners = object({
      hosts            = number
      daemons_per_host = number
      machine_type     = string
      disk_type        = string
      disk_gb          = number
      tags             = optional(map(string), {})
    })
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.clusters) : contains(keys(var.network.clusters), name)])
    error_message = "Every cluster needs its address ranges in network.clusters, under the same name."
  }
}

variable "access_url" {
  description = "Coder's access URL, which the daemons dial."
  type        = string
}

variable "provisioner_psk" {
  description = "The provisioners' key, read from the store where the control plane keeps it. It goes through a write-only argument into this site's own vault and is kept nowhere else."
  type        = string
  ephemeral   = true
}

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

variable "secret_versions" {
  description = "The control plane's numbers: a raised one has the key written anew here as well."
  type = object({
    database_password = optional(number, 1)
    provisioner_psk   = optional(number, 1)
  })
  default = {}
}

variable "deletion_protection" {
  description = "Whether to refuse to delete the vault and the clusters."
  type        = bool
  default     = true
}
