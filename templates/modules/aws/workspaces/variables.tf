# What a workspace cluster needs to know. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name in this module, the same for the whole deployment."
  type        = string

  validation {
    condition     = length("${var.name}-${var.cluster.key}-cluster-autoscaler") <= 64
    error_message = "The name and the cluster's key may have 45 characters together: IAM allows 64 in the autoscaler's role, <name>-<cluster>-cluster-autoscaler."
  }
}

variable "tags" {
  description = "Tags of the cluster and of the machines in its groups."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "region" {
  description = "Region of the cluster: the provider's."
  type        = string
}

variable "cluster" {
  description = <<-EOT
    Which cluster this is: its key among the clusters and Kubernetes version. services_cidr is the range of Kubernetes services, outside the
    VPC and fixed for the cluster's life; null lets EKS choose. public_cidrs opens the API to these public ranges; without any it has a
    private endpoint alone.
  EOT
  type = object({
    key           = string
    version       = optional(string, "1.35")
    services_cidr = optional(string)
    public_cidrs  = optional(set(string), [])
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", var.cluster.key))
    error_message = "The cluster's key must have lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }

  validation {
    condition     = can(regex("^1[.][0-9]{2}$", var.cluster.version))
    error_message = "The version must be a Kubernetes version that EKS knows, such as 1.35."
  }

  validation {
    condition     = var.cluster.services_cidr == null ? true : can(cidrnetmask(var.cluster.services_cidr)) && can(regex("/(1[2-9]|2[0-4])$", var.cluster.services_cidr)) && can(regex("^(10|172[.](1[6-9]|2[0-9]|3[01])|192[.]168)[.]", var.cluster.services_cidr))
    error_message = "The services_cidr must be a private range from a /12 to a /24, such as 172.20.0.0/16."
  }

  validation {
    # EKS finds out only while it makes the cluster.
    condition     = alltrue([for cidr in var.cluster.public_cidrs : can(cidrnetmask(cidr)) && !can(regex("^(10|127|169[.]254|172[.](1[6-9]|2[0-9]|3[01])|192[.]168)[.]", cidr))])
    error_message = "public_cidrs must be public IPv4 ranges such as 203.0.113.0/24: private ones come by the private endpoint."
  }
}

variable "network" {
  description = "Where the cluster stands: the nodes' subnets by zone key, in two zones at least, and any value of the NAT's that is known once it works: the nodes wait for it."
  type = object({
    nodes     = map(object({ id = string, zone = string, cidr = string }))
    nat_ready = optional(any)
  })
  nullable = false

  validation {
    condition     = length(var.network.nodes) >= 2
    error_message = "EKS wants subnets in two zones at least."
  }
}

variable "admins" {
  description = "ARNs of the IAM roles or users who administer the cluster. Without any nobody can reach its objects but by adding an access entry."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.admins : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Every admin must be the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/platform. For a session (arn:aws:sts::…:assumed-role/…) name its role."
  }
}

variable "nodes" {
  description = "The groups that run workspaces, one a zone: machine, boot disk, bounds of the autoscaler over all zones, and pods per node."
  type = object({
    machine_type = string
    disk_gb      = number
    min          = number
    max          = number
    max_pods     = number
  })
  nullable = false

  validation {
    condition     = var.nodes.min >= 0 && var.nodes.min == floor(var.nodes.min) && var.nodes.max >= var.nodes.min && var.nodes.max == floor(var.nodes.max)
    error_message = "The most nodes must be no fewer than the least, which must not be negative; both are whole numbers."
  }

  validation {
    condition     = var.nodes.max >= length(var.network.nodes)
    error_message = "The most nodes must be at least one for each zone: every zone has a group of its own, and EKS makes none without room."
  }

  validation {
    condition     = ceil(var.nodes.max / length(var.network.nodes)) <= 450
    error_message = "EKS allows 450 nodes in a group, and there is one group in each zone: ask for fewer nodes, or a larger machine."
  }

  validation {
    condition     = var.nodes.max_pods >= 8 && var.nodes.max_pods <= 250
    error_message = "A node takes 8 to 250 pods."
  }

  validation {
    # Of the smallest subnet: AWS keeps 5 addresses; a node needs its own, one for its second interface, and /28 blocks for its pods,
    # one of them spare. An upgrade adds a node.
    condition = alltrue([
      for subnet in var.network.nodes : try(
        pow(2, 32 - tonumber(split("/", subnet.cidr)[1])) - 5
        >= (ceil(var.nodes.max / length(var.network.nodes)) + 1 + var.system_nodes.per_zone + 1) * (2 + 16 * (ceil(var.nodes.max_pods / 16) + 1)),
        true
      )
    ])
    error_message = "A subnet of the nodes is too small: each node takes a /28 block for every 16 of its max_pods, and one more. Give nodes a larger range, or fewer pods."
  }
}

variable "system_nodes" {
  description = "The small group that runs the cluster's own services: machine, boot disk, and nodes in each zone."
  type = object({
    machine_type = string
    disk_gb      = number
    per_zone     = number
  })
  nullable = false

  validation {
    condition     = var.system_nodes.per_zone >= 1 && var.system_nodes.per_zone == floor(var.system_nodes.per_zone)
    error_message = "The system group needs a node in each zone, because nothing else in the cluster takes pods without a toleration."
  }
}

variable "addon_versions" {
  description = "Versions of EKS add-ons by name (vpc-cni, kube-proxy, eks-pod-identity-agent, coredns, aws-ebs-csi-driver); one that is not named gets EKS's choice when it is made, and keeps it."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.addon_versions), ["vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "aws-ebs-csi-driver"])) == 0
    error_message = "The add-ons are vpc-cni, kube-proxy, eks-pod-identity-agent, coredns and aws-ebs-csi-driver."
  }
}

variable "log_days" {
  description = "Days for which CloudWatch keeps the control plane's log."
  type        = number
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or more of its own steps of days."
  }
}
