# Inputs of the provisioners module: the hosts that run Terraform for one cluster's workspaces. Written by tierform; edit coder.toml instead.

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
    # Azure adds six characters to a host's name, and daemons two digits more: Coder takes 63.
    condition     = length("${var.name}-${var.cluster_name}-provisioner") <= 54
    error_message = "The deployment's name and the cluster's name may have 41 characters together: hosts are called <name>-<cluster>-provisioner000001."
  }
}

variable "cluster" {
  description = "The workspace cluster that these hosts build for: its resource id, its endpoint's name, the PEM certificate of its CA, and the namespace that workspaces live in."
  type = object({
    id             = string
    endpoint       = string
    ca_certificate = string
    namespace      = optional(string, "coder-workspaces")
  })
  nullable = false
}

variable "resource_group" {
  description = "The resource group, as the network module describes it."
  type        = object({ id = string, name = string })
}

variable "region" {
  description = "Region of the hosts: the cluster's, so that they run beside it."
  type        = string
}

variable "zones" {
  description = "Availability zones over which the hosts are spread; empty where the region has none. Taking one away replaces all hosts, and ends every running build."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.zones : contains(["1", "2", "3"], zone)]) && length(distinct(var.zones)) == length(var.zones)
    error_message = "Zones are called 1, 2 and 3, each at most once."
  }
}

variable "fault_domains" {
  description = "Where the region has no zones: the racks over which Azure spreads the hosts."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 5], var.fault_domains)
    error_message = "Azure takes 1, 2, 3 or 5 fault domains: 5 in most regions without zones, 2 or 3 in some."
  }
}

variable "tags" {
  description = "Tags of everything that can carry some; role and cluster are added."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "network" {
  description = "Where the hosts stand: id of the subnet, and any value of the NAT's that is known once it works: the hosts wait for it."
  type = object({
    subnet    = string
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
  description = "Reference to the pre-shared key: id is the resource that access is granted on, name the version to fetch (https://<vault>/secrets/<name>/<version>)."
  type = object({
    provisioner_psk = object({ id = string, name = string })
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
    providers unpack to several hundred MB each, so 30 daemons with two or three providers fill some 40 GB beside the 30 GB of the
    system; unpacking them is what makes a build's start slow, hence premium SSD only, which grows faster with its size.

    tags: a build runs only on daemons that carry all of its tags, and a build without tags only on daemons without any.
    image is an Ubuntu 24.04 image of generation 2 and the machine's architecture. Machines of version 6 have NVMe disks alone, which this provider
    cannot ask for on a scale set: whether Azure chooses them by itself is for you to try.
  EOT
  type = object({
    hosts            = number
    daemons_per_host = number
    machine_type     = string
    disk_type        = string
    disk_gb          = number
    tags             = optional(map(string), {})
    image = optional(object({
      publisher = optional(string, "Canonical")
      offer     = optional(string, "ubuntu-24_04-lts")
      sku       = optional(string) # of generation 2; null takes server or server-arm64
      version   = optional(string, "latest")
    }), {})
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
    condition     = contains(["Premium_LRS", "Premium_ZRS"], var.provisioners.disk_type)
    error_message = "The boot disk's type must be Premium_LRS or Premium_ZRS: provider caches need a fast SSD, and Azure boots from no PremiumV2 disk."
  }

  validation {
    condition     = can(regex("^Standard_[A-Z]+[0-9]+[a-z-]*s", var.provisioners.machine_type))
    error_message = "Only machines with an s in their name, such as Standard_F32s_v2, take premium disks."
  }

  validation {
    condition     = var.provisioners.disk_gb >= 30 + var.provisioners.daemons_per_host && var.provisioners.disk_gb <= 4095
    error_message = "The boot disk must have at least 30 GB and 1 GB more per daemon, for each keeps its own copy of every provider, and at most 4095."
  }

  validation {
    # The arm64 families have a p; an amd64 image does not boot there.
    condition     = try(can(regex("^Standard_[A-Z]+[0-9]+[a-oq-z]*p", var.provisioners.machine_type)) == endswith(var.provisioners.image.sku, "-arm64"), true)
    error_message = "Machines with a p in their name, such as Standard_D32ps_v5, are arm64 and need the provisioners' image.sku = \"server-arm64\"; all others need an image for amd64."
  }

  validation {
    condition     = alltrue([for key, value in var.provisioners.tags : can(regex("^[^=,\\s]+$", key)) && can(regex("^[^=,\\s]+$", value))])
    error_message = "Provisioner tags may hold neither commas, equals signs nor blanks: they reach the daemons as one list of key=value."
  }
}

variable "encryption_at_host" {
  description = "Whether caches and temporary disks are encrypted on the host as well. The subscription needs the feature Microsoft.Compute/EncryptionAtHost first."
  type        = bool
  default     = false
  nullable    = false
}

variable "ssh_public_key" {
  description = "Key for the account azureuser, which Azure demands and no rule lets anyone use. The default is the SHA-256 of \"tierform: nobody logs in 0\", taken for a point on the curve: nobody has its private half. Another key replaces no machine until the next upgrade."
  type        = string
  default     = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGzqO8G7dG3Yn1+CqXyHtR3ZJcxW95ErWVODlVYuUy6n"
  nullable    = false

  validation {
    condition     = can(regex("^ssh-(ed25519|rsa) [A-Za-z0-9+/]+=*( [^\\r\\n]*)?$", var.ssh_public_key))
    error_message = "The SSH public key must be one line that begins with ssh-ed25519 or ssh-rsa, the two kinds that Azure takes."
  }
}
