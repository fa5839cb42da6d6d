# Tier 1k, revision 2, on Google Cloud (coder/coder 1k-users.md@0e3e292). Written by tierform; edit coder.toml instead.

# Where and under which name

variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
  default     = "acme-prod"
  nullable    = false
}

variable "name" {
  description = "Prefix of every name. A change makes everything anew, the database included."
  type        = string
  default     = "acme-coder"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name))
    error_message = "The name must have lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "region" {
  description = "Region of coderd and the database."
  type        = string
  default     = "us-central1" # Iowa
  nullable    = false
}

variable "zones" {
  description = "Zones of coderd's machines. Fixed, because another set replaces their instance group."
  type        = list(string)
  default     = ["us-central1-a", "us-central1-b", "us-central1-c"] # of 4 in us-central1; Google refuses to move coderd's group while it serves
  nullable    = false

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
    hostname      = optional(string, "coder.acme.dev")
    wildcard      = optional(string, "*.coder.acme.dev")
    dns_zone      = optional(string, "acme-dev")
    certificate   = optional(string)
    allowed_cidrs = optional(set(string), [])
    internal      = optional(bool, false)
  })
  default  = {}
  nullable = false
}

variable "network" {
  description = "Address ranges of Cloud SQL's peering and of each subnet, of an internal load balancer's proxies, and the number of public addresses that a region goes out by. The keys of subnets: coderd, and each cluster's name. Or your own VPC and subnets."
  # Cut from 10.64.0.0/14: private, with a quarter kept for growth.
  type = object({
    database_cidr = optional(string, "10.64.64.0/18") # Cloud SQL takes a /24 of it in each region
    nat_addresses = optional(number, 2)
    proxies       = optional(object({ region = string, cidr = string }))

    subnets = optional(object({
      coderd = optional(object({
        region        = optional(string, "us-central1")
        cidr          = optional(string, "10.64.0.0/22")
        pods_cidr     = optional(string)
        services_cidr = optional(string)
      }), {})
      main = optional(object({
        region        = optional(string, "us-central1")
        cidr          = optional(string, "10.64.128.0/18") # 52 nodes at most, 2 hosts
        pods_cidr     = optional(string, "10.66.0.0/15")   # 52 nodes at most × 128 addresses
        services_cidr = optional(string, "10.64.192.0/18")
      }), {})
    }), {})
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
  default  = {}
  nullable = false
}

# Software

variable "coder" {
  description = "Release of Coder that machines install, its checksum when not the published one, and a mirror to fetch it from."
  type = object({
    version = optional(string, "2.36.6") # the newest stable release of September 2026
    sha256  = optional(string)
    mirror  = optional(string)
  })
  default  = {}
  nullable = false
}

variable "terraform" {
  description = "Release of Terraform that provisioner daemons run, its checksums, and a mirror to fetch it from."
  type = object({
    version = optional(string, "1.15.5") # what Coder 2.36 bundles; on PATH, so that no daemon downloads its own

    sha256 = optional(map(string), {
      amd64 = "702b2136af6728c8ff037f843dd2dbce2b7ad88786b7381d1d72aefa250f601c"
      arm64 = "06e7b48de826146c6d9331ba35b13da12332d8392be30d1dd6b789ba4713fff0"
    })
    mirror = optional(string)
  })
  default  = {}
  nullable = false
}

# Sizes

variable "coderd" {
  description = "Control plane: replicas, their machine and its boot disk, and the database connections that each may open; the Coder licence (premium or community), and the provisioner daemons that each replica runs itself, where there are no hosts for them."
  type = object({
    replicas             = optional(number, 3)               # tier 1k, revision 2
    machine_type         = optional(string, "n4-standard-2") # 2 vCPU / 8 GB: tier 1k, revision 2
    disk_type            = optional(string, "hyperdisk-balanced")
    disk_gb              = optional(number, 30) # the system and the binary; coderd keeps its data in the database
    max_open_connections = optional(number, 30) # a replica; Coder's own deployment saturated 10 (coder/coder #21572)
    license              = optional(string, "premium")
    daemons              = optional(number, 0)
  })
  default  = {}
  nullable = false
}

variable "database" {
  description = "Cloud SQL for PostgreSQL: tier (db-custom-<vCPU>-<MB>), version, disk, standby in a second zone, connections, days of backups."
  type = object({
    tier              = optional(string, "db-custom-8-30720") # 8 vCPU / 30 GB: tier 1k, revision 2
    version           = optional(string, "POSTGRES_17")       # Coder needs 13 or newer; database.version upgrades it, with downtime
    disk_gb           = optional(number, 512)                 # the page names none; what revision 1 gives its smallest tier
    high_availability = optional(bool, false)                 # the page lists 1 database node; true adds a standby in another zone
    max_connections   = optional(number, 230)                 # two generations of 3 coderd × 30 + 50
    backup_days       = optional(number, 14)                  # one a day
  })
  default  = {}
  nullable = false
}

variable "clusters" {
  description = "Workspace clusters by name: place, control plane's range (a /28), the autoscaled pool for workspaces, the system pool, what a workspace should request, and the provisioner hosts beside it, if any."
  type = object({
    main = optional(object({
      region             = optional(string, "us-central1")
      zones              = optional(list(string), ["us-central1-a", "us-central1-b", "us-central1-c"])
      control_plane_cidr = optional(string, "10.64.63.240/28")

      nodes = optional(object({
        machine_type = optional(string, "n4-standard-8") # 8 vCPU / 32 GB: revision 1's node, coder/coder 1k-users.md@0e3e292 names none
        disk_type    = optional(string, "hyperdisk-balanced")
        disk_gb      = optional(number, 100) # container images of the workspaces; their homes are volumes of their own
        min          = optional(number, 3)   # one a zone, so that a first workspace need not wait
        max          = optional(number, 43)  # 600 workspaces (tier 1k, revision 2) / 14 a node, bound by memory
        max_pods     = optional(number, 64)  # 14 workspaces + Kubernetes' own pods; a node's pod range is twice that
      }), {})

      system_nodes = optional(object({
        machine_type = optional(string, "n4-standard-2") # Kubernetes' own pods; 2 vCPU at up to 43 nodes, in the nodes' family
        disk_type    = optional(string, "hyperdisk-balanced")
        disk_gb      = optional(number, 50) # images of Kubernetes' own pods
        per_zone     = optional(number, 1)  # so that DNS outlives a zone
      }), {})

      # What a template should request for a workspace, so that 14 fit a node.
      workspace_requests = optional(object({
        cpu    = optional(string, "500m") # 0.5 vCPU / 2 GB, cut to what n4-standard-8 leaves to 14 beside its DaemonSets
        memory = optional(string, "1984Mi")
      }), {})

      provisioners = optional(object({
        hosts            = optional(number, 2)               # 60 daemons, at most 30 a host: tier 1k, revision 2
        daemons_per_host = optional(number, 30)              # 60 daemons spread evenly over 2
        machine_type     = optional(string, "n4-highcpu-32") # 30 daemons × 1 vCPU / 1 GB + 1 / 1 for the system
        disk_type        = optional(string, "hyperdisk-balanced")
        disk_gb          = optional(number, 140) # 20 for the system + 4 a daemon: its provider cache and work directory
        tags             = optional(map(string), {})
      }), {})
    }), {})
  })
  default  = {}
  nullable = false
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
