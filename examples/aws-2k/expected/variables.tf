# What this deployment is made from; the values stand in terraform.tfvars. Written by tierform; edit coder.toml instead.

# Where and under which name

variable "name" {
  description = "Prefix of every name. A change makes everything anew, the database included."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", var.name)) && length(var.name) <= 20
    error_message = "The name must begin with a lower-case letter and have at most 20 lower-case letters, digits and single hyphens, none at its end."
  }
}

variable "region" {
  description = "Region of coderd and the database."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must be one of AWS's, such as us-east-1."
  }
}

variable "tags" {
  description = "Your own tags for everything that can carry them; managed-by and deployment are added."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key, value in var.tags : can(regex("^[\\p{L}\\p{N} _.:/=+@-]{1,128}$", key)) && can(regex("^[\\p{L}\\p{N} _.:/=+@-]{0,256}$", value))
    ])
    error_message = "AWS allows letters, digits, spaces and _ . : / = + - @ in tags: 1 to 128 in a key, up to 256 in a value."
  }

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:") && !contains(["Name", "role", "cluster", "workload"], key)])
    error_message = "Keys that begin with aws: are AWS's own, and Name, role, cluster and workload are set by this deployment."
  }

  validation {
    condition     = length(var.tags) <= 40
    error_message = "AWS allows 50 tags on a resource, and this deployment adds some: give at most 40."
  }
}

# Access

variable "access" {
  description = "How users reach Coder: host name, wildcard for workspace applications (*.<host name>), the Route 53 zone to write records into (its id) or an existing certificate (ACM ARN), the ranges allowed in (none: everyone), and whether the balancer is reachable only from inside the VPC."
  type = object({
    hostname      = string
    wildcard      = optional(string)
    dns_zone      = optional(string)
    certificate   = optional(string)
    allowed_cidrs = optional(set(string), [])
    internal      = optional(bool, false)
  })
}

variable "admins" {
  description = "ARNs of the IAM roles or users who administer the workspace clusters."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "network" {
  description = "The VPC's range and those of its subnets by kind and zone key, and whether each zone has a NAT gateway of its own; or the ids of an existing VPC and its subnets."
  type = object({
    cidr         = optional(string)
    zones        = optional(list(string), [])
    nat_per_zone = optional(bool, false)
    subnets = optional(object({
      public   = map(string)
      machines = map(string)
      nodes    = map(string)
      database = map(string)
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
    disk_gb              = number
    max_open_connections = number
    license              = optional(string, "premium")
    daemons              = optional(number, 0)
    image                = optional(string)
  })
}

variable "database" {
  description = "RDS for PostgreSQL: class, version, disk, standby in a second zone, connections, days of backups."
  type = object({
    instance_class    = string
    version           = string
    disk_gb           = number
    iops              = optional(number)
    throughput        = optional(number)
    high_availability = bool
    max_connections   = number
    backup_days       = number
  })
}

variable "clusters" {
  description = "Workspace clusters by name: place, Kubernetes version, range of services, public ranges that reach the API, the autoscaled nodes for workspaces, the system nodes, what a workspace should request, and the provisioner hosts beside it, if any."
  type = map(object({
    region        = string
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
    provisioners = optional(object({
      hosts            = number
      daemons_per_host = number
      machine_type     = string
      disk_gb          = number
      disk_iops        = optional(number)
      disk_throughput  = optional(number)
      tags             = optional(map(string), {})
      image            = optional(string)
    }))
  }))

  validation {
    condition     = alltrue([for cluster in values(var.clusters) : cluster.region == var.region])
    error_message = "Every cluster must be in the deployment's region: its network is there."
  }
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
  description = "Whether a destroy is refused, and a change that would replace database or clusters; and deleted secrets can be restored for 30 days. To destroy the deployment, apply false first."
  type        = bool
  default     = true
  nullable    = false
}
