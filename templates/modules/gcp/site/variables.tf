# What a site needs to know: a project, the network in it, its clusters, and what comes from the control plane. Written by tierform; edit coder.toml instead.

variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "name" {
  description = "Prefix of every name, the same for the whole deployment."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can carry some."
  type        = map(string)
}

variable "network" {
  description = "Address ranges of each cluster's subnet, by the cluster's name, and the number of public addresses that a region goes out by."
  type = object({
    nat_addresses = optional(number, 2)
    subnets = map(object({
      region        = string
      cidr          = string
      pods_cidr     = string
      services_cidr = string
    }))
  })
  nullable = false
}

variable "clusters" {
  description = "Workspace clusters by name: place, control plane's range (a /28), the autoscaled pool for workspaces, the system pool, what a workspace should request, and the provisioner hosts beside it."
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
    condition     = alltrue([for name in keys(var.clusters) : contains(keys(var.network.subnets), name)])
    error_message = "Every cluster needs a subnet in network.subnets, under the same name."
  }
}

variable "access_url" {
  description = "Coder's access URL, which the daemons dial."
  type        = string
}

variable "provisioner_psk" {
  description = "The provisioners' key, read from the store where the control plane keeps it. It goes through a write-only argument into this project's own store and is kept nowhere else."
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
  description = "Whether clusters and secrets refuse to be deleted."
  type        = bool
  default     = true
}
