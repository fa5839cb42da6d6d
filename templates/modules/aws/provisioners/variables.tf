# Inputs of the provisioners module: the hosts that run Terraform for one cluster's workspaces. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name; what is made here is called <name>-<cluster>-provisioner."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", var.name))
    error_message = "The name must begin with a lower-case letter and hold lower-case letters, digits and single hyphens, none at its end."
  }
}

variable "tags" {
  description = "Tags of everything that can carry some; role and cluster are added."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "cluster" {
  description = "The workspace cluster that these hosts build for: its key among the clusters, its EKS name and region, its security group, its endpoint and the PEM certificate of its CA."
  type = object({
    key               = string
    name              = string
    region            = string
    security_group_id = string
    endpoint          = string
    ca_certificate    = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", var.cluster.key))
    error_message = "The cluster's key must be lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }

  validation {
    condition     = length("${var.name}-${var.cluster.key}-provisioner") <= 64
    error_message = "The deployment's name and the cluster's key may have 51 characters together: the hosts' role is called <name>-<cluster>-provisioner."
  }
}

variable "network" {
  description = "Where the hosts stand: the VPC's id, the machines' subnets by zone key, and any value of the NAT's that is known once it works: the hosts wait for it."
  type = object({
    vpc_id    = string
    machines  = map(object({ id = string, zone = string, cidr = string }))
    nat_ready = optional(any)
  })
  nullable = false
}

variable "access_url" {
  description = "Coder's access URL, which the daemons dial."
  type        = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", var.access_url))
    error_message = "The access URL must begin with https:// and hold nothing but the host, for the pre-shared key travels to it."
  }
}

variable "secrets" {
  description = "Reference to the pre-shared key: arn is what access is granted on, name the version to fetch (<ARN>|<version id>)."
  type = object({
    provisioner_psk = object({ arn = string, name = string })
  })
  nullable = false
}

variable "coder" {
  description = "The Coder release to install, the same as coderd's: version without v, optionally its package's SHA-256 and a mirror's base URL."
  type = object({
    version = string
    sha256  = optional(string)
    mirror  = optional(string)
  })
  nullable = false
}

variable "terraform" {
  description = "The Terraform that builds workspaces: version, its archives' SHA-256, optionally a mirror's base URL. It must be one that the Coder release accepts."
  type = object({
    version = string
    sha256  = map(string) # by architecture: amd64, arm64
    mirror  = optional(string)
  })
  nullable = false
}

variable "provisioners" {
  description = <<-EOT
    Hosts, daemons on each (a daemon runs one build at a time), machine and boot disk.

    disk_gb: every daemon has a provider cache of its own, because Terraform processes cannot share one, and a work directory. Cloud
    providers unpack to several hundred MB each, so 30 daemons with two or three providers fill some 40 GB beside the 20 GB of the
    system; unpacking them is what makes a build's start slow. disk_iops and disk_throughput (MiB/s) beyond gp3's 3000 and 125 cost
    extra; null takes those.

    tags: a build runs only on daemons that carry all of its tags, and a build without tags only on daemons without any.
    image pins an Ubuntu 24.04 image of the machine's architecture (ami-…); null takes Canonical's at the first apply, and at a change of architecture.
  EOT
  type = object({
    hosts            = number
    daemons_per_host = number
    machine_type     = string
    disk_gb          = number
    disk_iops        = optional(number)
    disk_throughput  = optional(number)
    tags             = optional(map(string), {})
    image            = optional(string)
  })
  nullable = false

  validation {
    condition     = var.provisioners.hosts >= 0 && var.provisioners.hosts == floor(var.provisioners.hosts)
    error_message = "The number of provisioner hosts must be a whole number; 0 stops all builds of this cluster."
  }

  validation {
    condition     = var.provisioners.daemons_per_host >= 1 && var.provisioners.daemons_per_host <= 30 && var.provisioners.daemons_per_host == floor(var.provisioners.daemons_per_host)
    error_message = "A host carries 1 to 30 provisioner daemons."
  }

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[.][a-z0-9-]+$", var.provisioners.machine_type))
    error_message = "The machine type must be an EC2 instance type such as c8i.8xlarge."
  }

  validation {
    condition     = var.provisioners.disk_gb >= 20 + var.provisioners.daemons_per_host && var.provisioners.disk_gb <= 16384
    error_message = "The boot disk must have at least 20 GB and 1 GB more per daemon, for each keeps its own copy of every provider, and at most 16384 GB."
  }

  validation {
    condition = (
      (var.provisioners.disk_iops == null ? true : var.provisioners.disk_iops >= 3000 && var.provisioners.disk_iops <= 16000) &&
      (var.provisioners.disk_throughput == null ? true : var.provisioners.disk_throughput >= 125 && var.provisioners.disk_throughput <= 1000)
    )
    error_message = "A gp3 disk takes 3000 to 16000 operations and 125 to 1000 MiB a second."
  }

  validation {
    condition     = var.provisioners.image == null ? true : can(regex("^ami-[0-9a-f]+$", var.provisioners.image))
    error_message = "The image must be the id of an AMI, such as ami-0a1b2c3d4e5f67890."
  }

  validation {
    condition     = alltrue([for key, value in var.provisioners.tags : can(regex("^[^=,\\s]+$", key)) && can(regex("^[^=,\\s]+$", value))])
    error_message = "Provisioner tags may hold neither commas, equals signs nor blanks: they reach the daemons as one list of key=value."
  }
}

variable "drain_seconds" {
  description = "How long a host that is to end is kept for its builds, unless somebody says earlier that it may go (output drain)."
  type        = number
  default     = 1800

  validation {
    condition     = var.drain_seconds >= 30 && var.drain_seconds <= 7200
    error_message = "The time to drain must lie between 30 and 7200 seconds, as Auto Scaling has it."
  }
}
