# Inputs of the coderd module: where it runs, how it is reached, what it installs. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name; what is made here is called <name>-coderd."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,21}[a-z0-9])?$", var.name))
    error_message = "The name must be 1 to 23 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "resource_group" {
  description = "The resource group, as the network module describes it."
  type        = object({ id = string, name = string })
}

variable "region" {
  description = "Region of the coderd machines; the database must be in the same one."
  type        = string
}

variable "zones" {
  description = "Availability zones over which replicas and gateway are spread; empty where the region has none. Adding one replaces the gateway, taking one away the machines as well."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.zones : contains(["1", "2", "3"], zone)]) && length(distinct(var.zones)) == length(var.zones)
    error_message = "Zones are called 1, 2 and 3, each at most once."
  }
}

variable "fault_domains" {
  description = "Where the region has no zones: the racks over which Azure spreads the machines."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 5], var.fault_domains)
    error_message = "Azure takes 1, 2, 3 or 5 fault domains: 5 in most regions without zones, 2 or 3 in some."
  }
}

variable "tags" {
  description = "Tags of everything that can carry some; the role is added."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "access" {
  description = <<-EOT
    How users reach Coder. hostname is the access URL's host; wildcard the pattern for workspace apps (*.coder.acme.dev, or *-coder.acme.dev).
    certificate is the secret id, without a version, of a certificate for both in a Key Vault, and certificate_vault that vault's resource id.
    dns_zone is the name of a public Azure DNS zone, in dns_zone_resource_group: the records are made there. internal gives the gateway an
    address of its subnet and no public one.
  EOT
  type = object({
    hostname                = string
    wildcard                = optional(string)
    certificate             = string
    certificate_vault       = string
    dns_zone                = optional(string)
    dns_zone_resource_group = optional(string)
    internal                = optional(bool, false)
  })
  nullable = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])$", var.access.hostname)) && length(var.access.hostname) <= 253
    error_message = "The hostname must be a lower-case DNS name such as coder.acme.dev, without scheme, port, path or final dot."
  }

  validation {
    condition     = var.access.wildcard == null ? true : can(regex("^[*](-[a-z0-9-]*[a-z0-9])?[.]([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])$", var.access.wildcard))
    error_message = "The wildcard must look like *.coder.acme.dev or *-coder.acme.dev, in lower case."
  }

  validation {
    condition     = can(regex("^https://[A-Za-z0-9-]+([.][a-z0-9-]+)+/secrets/[A-Za-z0-9-]+/?$", var.access.certificate))
    error_message = "The certificate must be a secret id without a version, such as https://acme-certs.vault.azure.net/secrets/coder: with a version in it the gateway would never take up a renewed one."
  }

  validation {
    condition     = can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft[.]KeyVault/vaults/[^/]+$", var.access.certificate_vault))
    error_message = "The certificate_vault must be a vault's resource id: az keyvault show --name acme-certs --query id prints it."
  }

  validation {
    condition     = (var.access.dns_zone == null) == (var.access.dns_zone_resource_group == null)
    error_message = "A DNS zone needs its resource group beside it: set both access.dns_zone and access.dns_zone_resource_group, or neither."
  }

  validation {
    condition = var.access.dns_zone == null ? true : alltrue([
      for name in compact([var.access.hostname, var.access.wildcard]) : name == var.access.dns_zone || endswith(name, ".${var.access.dns_zone}")
    ])
    error_message = "The hostname and the wildcard must lie in the DNS zone: for coder.acme.dev that is acme.dev or coder.acme.dev."
  }
}

variable "network" {
  description = <<-EOT
    Where machines and gateway stand: ids of their subnets, the range of the gateway's, and any value of the NAT's that is known once it works:
    the machines wait for it. The VNet's id is for an internal gateway without a DNS zone.
  EOT
  type = object({
    subnet         = string
    gateway_subnet = string
    gateway_cidr   = string
    vnet_id        = optional(string)
    nat_ready      = optional(any)
  })
  nullable = false
}

variable "database" {
  description = "The PostgreSQL database: name of the server, port, database name and user. sslmode verify-full: Azure's servers show a certificate of their name by a public authority."
  type = object({
    host    = string
    port    = number
    name    = string
    user    = string
    sslmode = optional(string, "verify-full")
  })
  nullable = false

  validation {
    condition     = contains(["require", "verify-ca", "verify-full"], var.database.sslmode)
    error_message = "The database's sslmode must be require, verify-ca or verify-full: coderd never talks to it in the clear."
  }
}

variable "secrets" {
  description = "References to the database's password and, where hosts run the builds, to the pre-shared key: id is the resource that access is granted on, name the version to fetch (https://<vault>/secrets/<name>/<version>)."
  type = object({
    database_password = object({ id = string, name = string })
    provisioner_psk   = optional(object({ id = string, name = string }))
  })
  nullable = false
}

variable "secret_environment" {
  description = "Further CODER_* variables whose values stand in a Key Vault: id is the secret's resource id, on which access is granted here, name the version to fetch. The vault must admit coderd's subnet."
  type        = map(object({ id = string, name = string }))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, _ in var.secret_environment : can(regex("^CODER_[A-Z0-9_]+$", key))])
    error_message = "Every key of secret_environment must be a CODER_* environment variable in upper case."
  }

  validation {
    condition = alltrue([
      for secret in values(var.secret_environment) :
      can(regex("/providers/Microsoft[.]KeyVault/vaults/[^/]+/secrets/[^/]+$", secret.id))
      && can(regex("^https://[A-Za-z0-9-]+([.][a-z0-9-]+)+/secrets/[A-Za-z0-9-]+/[0-9a-f]+$", secret.name))
    ])
    error_message = "Every value of secret_environment must have the secret's resource id (/subscriptions/…/vaults/V/secrets/S) as id and one version of it (https://V.vault.azure.net/secrets/S/VERSION) as name."
  }
}

variable "environment" {
  description = "Further CODER_* variables of coderd, or other values for those set in environment.tf. They land in custom data: no secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, _ in var.environment : can(regex("^CODER_[A-Z0-9_]+$", key))])
    error_message = "Every key of environment must be a CODER_* environment variable in upper case."
  }

  validation {
    condition     = alltrue([for key, _ in var.environment : !can(regex("(SECRET|PASSWORD|PSK|TOKEN|_KEYS?|PG_CONNECTION_URL)$", key))])
    error_message = "The environment lands in the machines' custom data and in the state: put passwords, keys, tokens and client secrets in secret_environment."
  }
}

variable "coder" {
  description = "The Coder release to install: version without v, optionally its package's SHA-256 and a mirror's base URL."
  type = object({
    version = string
    sha256  = optional(string)
    mirror  = optional(string)
  })
  nullable = false
}

variable "terraform" {
  description = "The Terraform that builds workspaces, for replicas with daemons: version, its archives' SHA-256, optionally a mirror's base URL. It must be one that the Coder release accepts."
  type = object({
    version = string
    sha256  = map(string) # by architecture: amd64, arm64
    mirror  = optional(string)
  })
  default = null
}

variable "clusters" {
  description = "The workspace clusters that replicas with daemons build into, by their key: its resource id, its endpoint's name, the PEM certificate of its CA, and the namespace that workspaces live in."
  type = map(object({
    id             = string
    endpoint       = string
    ca_certificate = string
    namespace      = optional(string, "coder-workspaces")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for cluster in values(var.clusters) : can(regex("^-----BEGIN CERTIFICATE-----", cluster.ca_certificate))])
    error_message = "A cluster's ca_certificate must be PEM text that begins with -----BEGIN CERTIFICATE-----."
  }
}

variable "coderd" {
  description = <<-EOT
    Size of the control plane: replicas, machine, boot disk and database connections per replica. license is premium or community, which
    knows one replica alone. daemons are the provisioner daemons that each replica runs itself; 0 where hosts of their own run them.
    zone_balance holds the machines evenly over the zones whatever happens: then none can be added, for a release or for one that failed, while
    a zone is lost. Without it Azure does its best. Another value makes the scale set anew.
    image is an Ubuntu 24.04 image of generation 2 and the machine's architecture. Machines of version 6 have NVMe disks alone, which this provider
    cannot ask for on a scale set: whether Azure chooses them by itself is for you to try.
  EOT
  type = object({
    replicas             = number
    machine_type         = string
    disk_type            = string
    disk_gb              = number
    max_open_connections = number
    license              = optional(string, "premium")
    daemons              = optional(number, 0)
    zone_balance         = optional(bool, false)
    image = optional(object({
      publisher = optional(string, "Canonical")
      offer     = optional(string, "ubuntu-24_04-lts")
      sku       = optional(string) # of generation 2; null takes server or server-arm64
      version   = optional(string, "latest")
    }), {})
  })
  nullable = false

  validation {
    condition     = var.coderd.replicas >= 1 && var.coderd.replicas == floor(var.coderd.replicas)
    error_message = "The number of coderd replicas must be a whole number of at least 1."
  }

  validation {
    condition     = contains(["premium", "community"], var.coderd.license)
    error_message = "The license must be premium or community."
  }

  validation {
    condition     = var.coderd.license == "premium" || (var.coderd.replicas == 1 && var.coderd.daemons >= 1)
    error_message = "Without Coder Premium there is one replica, and it runs the builds itself: set coderd.replicas to 1 and coderd.daemons to at least 1."
  }

  validation {
    condition     = var.coderd.daemons >= 0 && var.coderd.daemons <= 30 && var.coderd.daemons == floor(var.coderd.daemons)
    error_message = "The number of daemons must be a whole number, at most 30."
  }

  validation {
    condition     = contains(["Premium_LRS", "Premium_ZRS", "StandardSSD_LRS", "StandardSSD_ZRS"], var.coderd.disk_type)
    error_message = "The boot disk's type must be Premium_LRS, Premium_ZRS, StandardSSD_LRS or StandardSSD_ZRS: Azure boots from no PremiumV2 disk, and Standard_LRS is a hard disk."
  }

  validation {
    condition     = !startswith(var.coderd.disk_type, "Premium") || can(regex("^Standard_[A-Z]+[0-9]+[a-z-]*s", var.coderd.machine_type))
    error_message = "Only machines with an s in their name, such as Standard_D2s_v5, take premium disks."
  }

  validation {
    condition     = var.coderd.disk_gb >= 30 && var.coderd.disk_gb <= 4095
    error_message = "The boot disk must have 30 to 4095 GB: the image alone has 30."
  }

  validation {
    # The arm64 families have a p; an amd64 image does not boot there.
    condition     = try(can(regex("^Standard_[A-Z]+[0-9]+[a-oq-z]*p", var.coderd.machine_type)) == endswith(var.coderd.image.sku, "-arm64"), true)
    error_message = "Machines with a p in their name, such as Standard_D2ps_v5, are arm64 and need coderd.image.sku = \"server-arm64\"; all others need an image for amd64."
  }

  validation {
    condition     = var.coderd.max_open_connections >= 2 && var.coderd.max_open_connections == floor(var.coderd.max_open_connections)
    error_message = "The number of open database connections per replica must be a whole number of at least 2."
  }
}

variable "balancer" {
  description = "The gateway's habits: bounds of its autoscaling (an instance carries some 2,500 open connections), seconds that a leaving replica may finish requests, and the web application firewall (null for none, Detection or Prevention)."
  type = object({
    min_capacity     = optional(number, 2)
    max_capacity     = optional(number, 10)
    draining_seconds = optional(number, 300)
    firewall         = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.balancer.min_capacity >= 0 && var.balancer.max_capacity >= max(2, var.balancer.min_capacity) && var.balancer.max_capacity <= 125
    error_message = "The gateway's most instances must lie between 2 and 125 and not below its least."
  }

  validation {
    condition     = var.balancer.draining_seconds >= 1 && var.balancer.draining_seconds <= 3600
    error_message = "The balancer's draining_seconds must lie between 1 and 3600."
  }

  validation {
    condition     = var.balancer.firewall == null || contains(["Detection", "Prevention"], coalesce(var.balancer.firewall, "Detection"))
    error_message = "The balancer's firewall must be Detection, Prevention or null."
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

variable "telemetry" {
  description = "Whether coderd reports usage to Coder Technologies, as it does unless told otherwise; some licences ask for it."
  type        = bool
  default     = true
  nullable    = false
}
