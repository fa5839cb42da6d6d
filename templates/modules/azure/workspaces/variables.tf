# What a workspace cluster needs to know. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name in this module, the same for the whole deployment."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,21}[a-z0-9])?$", var.name)) && length("${var.name}-${var.cluster.name}") <= 54
    error_message = "The name and the cluster's name may have 53 characters together, the name alone 23 of lower-case letters, digits and hyphens: <name>-<cluster> is also the cluster's DNS prefix."
  }
}

variable "resource_group" {
  description = "The resource group, as the network module describes it."
  type        = object({ id = string, name = string })
}

variable "region" {
  description = "Region of the cluster."
  type        = string
}

variable "zones" {
  description = "Availability zones of the nodes; empty where the region has none. Another set replaces pools."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.zones : contains(["1", "2", "3"], zone)]) && length(distinct(var.zones)) == length(var.zones)
    error_message = "Zones are called 1, 2 and 3, each at most once."
  }
}

variable "tags" {
  description = "Tags of the cluster and of the machines in its pools."
  type        = map(string)
}

variable "cluster" {
  description = "Which cluster this is: its name, and the ranges of its pods and services, which lie outside the VNet."
  type = object({
    name          = string
    pods_cidr     = string
    services_cidr = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", var.cluster.name))
    error_message = "The cluster's name must have lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }

  validation {
    condition     = try(tonumber(split("/", var.cluster.services_cidr)[1]) >= 12 && tonumber(split("/", var.cluster.services_cidr)[1]) <= 27, false)
    error_message = "The range of services must be a /12 to /27: AKS takes none larger, and the cluster's DNS stands at its tenth address."
  }
}

variable "subnet" {
  description = "The nodes' subnet, as the network module describes it."
  type = object({
    id   = string
    cidr = string
  })
}

variable "nat_addresses" {
  description = "The public addresses by which nodes and provisioner hosts go out, and so reach the cluster's endpoint."
  type        = list(string)
}

variable "nat_ready" {
  description = "Any value of the NAT's that is known once it works: the cluster waits for it."
  type        = any
  default     = null
}

variable "outbound_type" {
  description = "How nodes go out: userAssignedNATGateway, or userDefinedRouting where a route of your own network sends them through a firewall."
  type        = string
  default     = "userAssignedNATGateway"

  validation {
    condition     = contains(["userAssignedNATGateway", "userDefinedRouting"], var.outbound_type)
    error_message = "The outbound type must be userAssignedNATGateway or userDefinedRouting: any other gives nodes addresses that nobody named."
  }
}

variable "authorized_cidrs" {
  description = "Public ranges from which people and pipelines may reach the cluster's endpoint, besides the NAT's addresses."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.authorized_cidrs : can(cidrnetmask(cidr))])
    error_message = "Every entry of authorized_cidrs must be an IPv4 range such as 203.0.113.0/24."
  }

  validation {
    condition     = length(var.authorized_cidrs) + length(var.nat_addresses) <= 200
    error_message = "AKS takes 200 ranges, the NAT's addresses among them."
  }
}

variable "private_endpoint" {
  description = "Whether the cluster's endpoint is inside the VNet alone. A change replaces the cluster."
  type        = bool
  default     = false
  nullable    = false
}

variable "admin_groups" {
  description = "Object ids of Entra ID groups whose members administer the cluster. Without any, nobody can do anything in it until somebody grants a role."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.admin_groups : can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", id))])
    error_message = "Every admin group must be an object id of Entra ID, such as 11111111-2222-3333-4444-555555555555."
  }
}

variable "nodes" {
  description = "The pools that run workspaces: machine, system disk (Ephemeral where the machine has room for it), bounds of the autoscaler over all zones, and pods per node."
  type = object({
    machine_type = string
    os_disk_type = optional(string, "Managed")
    disk_gb      = number
    min          = number
    max          = number
    max_pods     = optional(number, 250)
  })
  nullable = false

  validation {
    condition     = var.nodes.min >= 0 && var.nodes.max >= max(1, length(var.zones), var.nodes.min) && var.nodes.max <= 1000
    error_message = "The most nodes must be at least one in each zone and no fewer than the least, which must not be negative; AKS has 1000 a pool."
  }

  validation {
    condition     = var.nodes.max_pods >= 10 && var.nodes.max_pods <= 250
    error_message = "AKS allows 10 to 250 pods on a node."
  }

  validation {
    condition     = contains(["Managed", "Ephemeral"], var.nodes.os_disk_type) && !(var.nodes.os_disk_type == "Ephemeral" && can(regex("[0-9]a?s_v[56]$", var.nodes.machine_type)))
    error_message = "The nodes' os_disk_type must be Managed or Ephemeral, and Ephemeral needs a machine with a local disk: of the versions 5 and 6 those with a d, such as Standard_D8ds_v5."
  }

  validation {
    condition     = var.nodes.disk_gb >= 30 && var.nodes.disk_gb <= 2048
    error_message = "The nodes' system disk must have 30 to 2048 GB."
  }

  # An upgrade adds a tenth to each pool, one node at least.
  validation {
    condition = try(
      pow(2, 24 - tonumber(split("/", var.cluster.pods_cidr)[1])) >=
      ceil(1.1 * var.nodes.max) + max(1, length(var.zones)) + ceil(1.1 * var.system_nodes.count),
      false
    )
    error_message = "The cluster's pods_cidr is too small: the overlay sets aside a /24 for each node, and an upgrade adds a tenth to each pool."
  }

  validation {
    condition = try(
      pow(2, 32 - tonumber(split("/", var.subnet.cidr)[1])) - 5 >=
      ceil(1.1 * var.nodes.max) + max(1, length(var.zones)) + ceil(1.1 * var.system_nodes.count),
      false
    )
    error_message = "The nodes' subnet is too small: each node takes an address, an upgrade adds a tenth to each pool, and Azure keeps five."
  }
}

variable "system_nodes" {
  description = "The small pool that runs the cluster's own services: machine, system disk, how many nodes, and pods per node."
  type = object({
    machine_type = string
    os_disk_type = optional(string, "Managed")
    disk_gb      = number
    count        = number
    max_pods     = optional(number, 110)
  })
  nullable = false

  validation {
    condition     = var.system_nodes.count >= max(2, length(var.zones)) && var.system_nodes.count <= 1000
    error_message = "The system pool needs two nodes, and one in each zone, because nothing else in the cluster takes pods without a toleration."
  }

  validation {
    condition     = !can(regex("^Standard_B", var.system_nodes.machine_type)) && can(tonumber(regex("^Standard_[A-Z]+([0-9]+)", var.system_nodes.machine_type)[0]) >= 2)
    error_message = "The system pool needs machines of two vCPU or more, and not of the burstable B families, which AKS advises against there."
  }

  validation {
    condition     = contains(["Managed", "Ephemeral"], var.system_nodes.os_disk_type) && !(var.system_nodes.os_disk_type == "Ephemeral" && can(regex("[0-9]a?s_v[56]$", var.system_nodes.machine_type)))
    error_message = "The system nodes' os_disk_type must be Managed or Ephemeral, and Ephemeral needs a machine with a local disk: of the versions 5 and 6 those with a d, such as Standard_D2ds_v5."
  }

  validation {
    condition     = var.system_nodes.max_pods >= 30 && var.system_nodes.max_pods <= 250
    error_message = "AKS allows 30 to 250 pods on a system node."
  }
}

variable "upgrade_channel" {
  description = "AKS's channel, which picks the Kubernetes version: stable (one minor version behind), rapid (the newest) or patch (the minor version of the start)."
  type        = string
  default     = "stable"

  validation {
    condition     = contains(["stable", "rapid", "patch"], var.upgrade_channel)
    error_message = "The upgrade channel must be stable, rapid or patch; node-image would leave Kubernetes to age."
  }
}

variable "maintenance" {
  description = "When AKS may upgrade control plane and nodes, which ends the sessions on each node in turn: day of the week, start (UTC) and hours."
  type = object({
    day   = string
    start = string
    hours = number
  })
  default = {
    day   = "Saturday"
    start = "02:00"
    hours = 8
  }

  validation {
    condition     = contains(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], var.maintenance.day) && can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance.start)) && var.maintenance.hours >= 4 && var.maintenance.hours <= 24
    error_message = "The maintenance window needs a day such as Saturday, a start such as 02:00 and 4 to 24 hours."
  }
}

variable "log_workspace" {
  description = "Id of the Log Analytics workspace that keeps the control plane's log."
  type        = string
}

variable "encryption_at_host" {
  description = "Whether caches and temporary disks are encrypted on the host as well. The subscription needs the feature Microsoft.Compute/EncryptionAtHost first."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the cluster."
  type        = bool
  default     = true
}
