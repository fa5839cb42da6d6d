# What a workspace cluster needs to know. Written by tierform; edit coder.toml instead.

variable "project" {
  description = "Id of the project: its workload identity pool, and where the nodes' roles are granted."
  type        = string
}

variable "name" {
  description = "Prefix of every name in this module, the same for the whole deployment."
  type        = string

  validation {
    condition     = length("${var.name}-${var.cluster.name}-nodes") <= 30
    error_message = "The name and the cluster's name may have 23 characters together: Google allows 30 in the nodes' service account, <name>-<cluster>-nodes."
  }
}

variable "labels" {
  description = "Labels of the cluster and of the machines in its pools."
  type        = map(string)
}

variable "cluster" {
  description = "Which cluster this is: its name, region and zones, and the range of its control plane."
  type = object({
    name               = string
    region             = string
    zones              = list(string)
    control_plane_cidr = string
  })

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", var.cluster.name))
    error_message = "The cluster's name must have lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }

  validation {
    condition     = length(var.cluster.zones) > 0 && alltrue([for zone in var.cluster.zones : startswith(zone, "${var.cluster.region}-")])
    error_message = "The cluster needs at least one zone, and all of them must lie in its region."
  }

  validation {
    condition     = can(cidrnetmask(var.cluster.control_plane_cidr)) && endswith(var.cluster.control_plane_cidr, "/28")
    error_message = "The control plane's range must be a /28."
  }
}

variable "network" {
  description = "Id of the VPC."
  type        = string
}

variable "subnet" {
  description = "The cluster's subnet, as the network module describes it."
  type = object({
    id             = string
    cidr           = string
    pods_cidr      = string
    pods_range     = string
    services_range = string
  })
}

variable "authorized_cidrs" {
  description = "Private ranges, by what stands there, from which the control plane's private address may be used besides the cluster's own subnet."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for cidr in values(var.authorized_cidrs) : can(cidrnetmask(cidr))])
    error_message = "Every entry of authorized_cidrs must be an IPv4 range such as 10.20.0.0/24."
  }
}

variable "nodes" {
  description = "The pool that runs workspaces: machine, boot disk, bounds of the autoscaler over all zones, and pods per node."
  type = object({
    machine_type = string
    disk_type    = string
    disk_gb      = number
    min          = number
    max          = number
    max_pods     = number
  })

  validation {
    condition     = var.nodes.min >= 0 && var.nodes.max >= max(1, var.nodes.min)
    error_message = "The most nodes must be at least 1 and no fewer than the least, which must not be negative."
  }

  validation {
    condition     = var.nodes.max_pods >= 8 && var.nodes.max_pods <= 256
    error_message = "GKE allows 8 to 256 pods on a node."
  }

  validation {
    condition = try(
      pow(2, 32 - tonumber(split("/", var.subnet.pods_cidr)[1])) >=
      (var.nodes.max + 1) * pow(2, ceil(log(2 * var.nodes.max_pods, 2)))
      + (var.system_nodes.per_zone * length(var.cluster.zones) + 1) * pow(2, ceil(log(2 * var.system_nodes.max_pods, 2))),
      false
    )
    error_message = "The subnet's pods_cidr is too small: GKE sets aside twice max_pods addresses for each node, rounded up to a power of two, and an upgrade adds a node to each pool."
  }

  validation {
    condition = !(
      can(regex("^[nc]4", var.nodes.machine_type)) && startswith(var.nodes.disk_type, "pd-")
      || can(regex("^(n1|n2|e2|t2)", var.nodes.machine_type)) && startswith(var.nodes.disk_type, "hyperdisk-")
    )
    error_message = "Machines of the n4 and c4 families boot from Hyperdisk only (hyperdisk-balanced), those of n1, n2, e2 and t2d from Persistent Disk only (pd-balanced or pd-ssd)."
  }
}

variable "system_nodes" {
  description = "The small pool that runs the cluster's own services: machine, boot disk, nodes in each zone, and pods per node."
  type = object({
    machine_type = string
    disk_type    = string
    disk_gb      = number
    per_zone     = number
    max_pods     = optional(number, 64)
  })

  validation {
    condition     = var.system_nodes.per_zone >= 1
    error_message = "The system pool needs a node in each zone, because nothing else in the cluster takes pods without a toleration."
  }

  validation {
    condition = !(
      can(regex("^[nc]4", var.system_nodes.machine_type)) && startswith(var.system_nodes.disk_type, "pd-")
      || can(regex("^(n1|n2|e2|t2)", var.system_nodes.machine_type)) && startswith(var.system_nodes.disk_type, "hyperdisk-")
    )
    error_message = "Machines of the n4 and c4 families boot from Hyperdisk only (hyperdisk-balanced), those of n1, n2, e2 and t2d from Persistent Disk only (pd-balanced or pd-ssd)."
  }
}

variable "release_channel" {
  description = "GKE's release channel, which picks the Kubernetes version: STABLE, REGULAR or EXTENDED."
  type        = string
  default     = "REGULAR"

  validation {
    condition     = contains(["STABLE", "REGULAR", "EXTENDED"], var.release_channel)
    error_message = "The release channel must be STABLE, REGULAR or EXTENDED."
  }
}

variable "maintenance" {
  description = "When GKE may upgrade control plane and nodes, which ends the sessions on each node in turn: the first window, UTC, and its recurrence (RFC 5545)."
  type = object({
    start      = string
    end        = string
    recurrence = string
  })
  default = {
    start      = "2026-01-03T02:00:00Z"
    end        = "2026-01-03T10:00:00Z"
    recurrence = "FREQ=WEEKLY;BYDAY=SA,SU" # GKE wants at least 48 hours in any 32 days
  }
}

variable "external_dns_endpoint" {
  description = "Whether the control plane's DNS endpoint answers from outside the VPC. IAM guards it either way."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the cluster."
  type        = bool
  default     = true
}
