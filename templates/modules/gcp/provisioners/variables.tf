# Inputs of the provisioners module: the hosts that run Terraform for one cluster's workspaces. Written by tierform; edit coder.toml instead.

variable "project" {
  description = "Id of the Google Cloud project that holds the hosts."
  type        = string
}

variable "name" {
  description = "Prefix of every name; what is made here is called <name>-<cluster>-provisioner."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,21}[a-z0-9])?$", var.name))
    error_message = "The name must be 1 to 23 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "cluster_name" {
  description = "The workspace cluster's key among the clusters. Apart from the cluster itself, so that what is only called after it does not depend on it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", var.cluster_name))
    error_message = "The cluster's name must be lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }

  validation {
    # Of the names made here the service account's id is the tightest: 30 characters.
    condition     = length("${var.name}-${var.cluster_name}-prov") <= 30
    error_message = "The deployment's name and the cluster's name may have 24 characters together: the hosts' service account is called <name>-<cluster>-prov."
  }
}

variable "cluster_project" {
  description = "Id of the project that holds the cluster."
  type        = string
}

variable "cluster" {
  description = "The workspace cluster that these hosts build for: its endpoint's address that the hosts reach, and the PEM certificate of its CA."
  type = object({
    endpoint       = string
    ca_certificate = string
  })
  nullable = false
}

variable "region" {
  description = "Region of the hosts: the cluster's, so that they run beside it."
  type        = string
}

variable "zones" {
  description = "Zones of that region over which the hosts are spread. Fixed for the life of the group: a change replaces it, and every running build with it."
  type        = list(string)

  validation {
    condition     = length(var.zones) > 0 && length(distinct(var.zones)) == length(var.zones)
    error_message = "The zones must name at least one zone and each only once."
  }

  validation {
    condition     = alltrue([for zone in var.zones : startswith(zone, "${var.region}-")])
    error_message = "Every zone must belong to the region: for us-central1 that is us-central1-a, us-central1-b and so on."
  }
}

variable "labels" {
  description = "Labels of everything that can carry some; role and cluster are added."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "Label keys and values may hold only lower-case letters, digits, hyphens and underscores, at most 63 of them, and a key begins with a letter."
  }
}

variable "subnet" {
  description = "Self link of the subnet that the hosts stand in."
  type        = string
}

variable "nat_ready" {
  description = "Any value of the NAT's that is known once it works: the hosts wait for it. Null where the way out is there already."
  type        = any
  default     = null
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
  description = "Reference to the pre-shared key: secret_id is what access is granted on, name the version to fetch (projects/P/secrets/S/versions/N)."
  type = object({
    provisioner_psk = object({ secret_id = string, name = string })
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
    system; unpacking them is what makes a build's start slow, hence SSD only. disk_iops and disk_throughput (MiB/s) apply to
    Hyperdisk alone; null takes its free baseline, and pd-* grows faster with its size.

    tags: a build runs only on daemons that carry all of its tags, and a build without tags only on daemons without any.
    image is an Ubuntu 24.04 image or image family of the machine's architecture; null takes Canonical's current one.
  EOT
  type = object({
    hosts            = number
    daemons_per_host = number
    machine_type     = string
    disk_type        = string
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
    condition     = contains(["hyperdisk-balanced", "pd-balanced", "pd-ssd"], var.provisioners.disk_type)
    error_message = "The boot disk's type must be hyperdisk-balanced, pd-balanced or pd-ssd: provider caches need an SSD."
  }

  validation {
    condition     = !can(regex("^(n4|c4)[ad]?-", var.provisioners.machine_type)) || startswith(var.provisioners.disk_type, "hyperdisk-")
    error_message = "N4 and C4 machines take Hyperdisk alone: set the provisioners' disk_type to hyperdisk-balanced."
  }

  validation {
    condition     = !can(regex("^(n1|n2|n2d|e2|t2d|t2a)-", var.provisioners.machine_type)) || startswith(var.provisioners.disk_type, "pd-")
    error_message = "N1, N2, E2 and T2 machines cannot use Hyperdisk: set the provisioners' disk_type to pd-balanced or pd-ssd."
  }

  validation {
    condition     = startswith(var.provisioners.disk_type, "hyperdisk-") || (var.provisioners.disk_iops == null && var.provisioners.disk_throughput == null)
    error_message = "Only Hyperdisk has provisioned IOPS and throughput: leave disk_iops and disk_throughput out for a pd-* disk."
  }

  validation {
    condition     = var.provisioners.disk_gb >= 20 + var.provisioners.daemons_per_host
    error_message = "The boot disk must have at least 20 GB and 1 GB more per daemon, for each keeps its own copy of every provider."
  }

  validation {
    # The arm64 families; an amd64 image does not boot there.
    condition     = !can(regex("^(c4a|n4a|t2a)-", var.provisioners.machine_type)) || try(!endswith(var.provisioners.image, "-amd64"), true)
    error_message = "C4A, N4A and T2A machines are arm64: set the provisioners' image to an arm64 image such as projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-arm64."
  }

  validation {
    condition     = alltrue([for key, value in var.provisioners.tags : can(regex("^[^=,\\s]+$", key)) && can(regex("^[^=,\\s]+$", value))])
    error_message = "Provisioner tags may hold neither commas, equals signs nor blanks: they reach the daemons as one list of key=value."
  }
}
