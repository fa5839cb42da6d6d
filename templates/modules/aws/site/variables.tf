# What a site needs to know: a region, the network in it, its clusters, and what comes from the control plane. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name, the same for the whole deployment."
  type        = string
}

variable "region" {
  description = "Region of the site: the provider's."
  type        = string
}

variable "tags" {
  description = "Tags of everything that can carry some."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "admins" {
  description = "ARNs of the IAM roles or users who administer the clusters."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "network" {
  description = "The VPC's range and those of its subnets, as the network module takes them; a site has no subnets for a database."
  type = object({
    cidr         = string
    zones        = optional(list(string), [])
    nat_per_zone = optional(bool, false)
    subnets = object({
      public   = map(string)
      machines = map(string)
      nodes    = map(string)
    })
  })
  nullable = false
}

variable "clusters" {
  description = "Workspace clusters by name: Kubernetes version, range of services, public ranges that reach the API, the autoscaled nodes for workspaces, the system nodes, what a workspace should request, and the provisioner hosts beside it."
  type = map(object({
    version       = string
    services_cidr = optional(string)
    public_cidrs  = optional(set(string), [])
    nodes = object({
      machine_type = string
      disk_gb      = number
      min          = number
      max          = number
      max_pods     = number
    })
    system_nodes = object({
      machine_type = string
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
      disk_gb          = number
      disk_iops        = optional(number)
      disk_throughput  = optional(number)
      tags             = optional(map(string), {})
      image            = optional(string)
    })
  }))
  nullable = false
}

variable "access_url" {
  description = "Coder's access URL, which the daemons dial."
  type        = string
}

variable "provisioner_psk" {
  description = "The provisioners' key, read from the store where the control plane keeps it. It goes through a write-only argument into this site's own store and is kept nowhere else."
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
  description = "Whether a deleted secret can be restored for 30 days."
  type        = bool
  default     = true
}
