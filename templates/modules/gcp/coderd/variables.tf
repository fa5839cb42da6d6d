# Inputs of the coderd module: where it runs, how it is reached, what it installs. Written by tierform; edit coder.toml instead.

variable "project" {
  description = "Id of the Google Cloud project that holds everything here."
  type        = string
}

variable "name" {
  description = "Prefix of every name; what is made here is called <name>-coderd."
  type        = string

  validation {
    # "<name>-coderd" is also a service account id, which ends at 30 characters.
    condition     = can(regex("^[a-z]([a-z0-9-]{0,21}[a-z0-9])?$", var.name))
    error_message = "The name must be 1 to 23 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "region" {
  description = "Region of the coderd machines; the database must be in the same one."
  type        = string
}

variable "zones" {
  description = "Zones of that region over which the replicas are spread. Fixed for the life of the group: a change is refused in the plan, with the steps that lead to it."
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
  description = "Labels of everything that can carry some; the role is added."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "Label keys and values may hold only lower-case letters, digits, hyphens and underscores, at most 63 of them, and a key begins with a letter."
  }
}

variable "access" {
  description = <<-EOT
    How users reach Coder. hostname is the access URL's host; wildcard the pattern for workspace apps (*.coder.acme.dev, or *-coder.acme.dev).
    dns_zone is the name of a public Cloud DNS zone of this project: records and certificate are made there. certificate is the id of an
    existing Certificate Manager certificate. allowed_cidrs limits who may connect; empty means everyone. internal gives the balancer an
    address of the VPC and no public one; an existing certificate is then one of the region.
  EOT
  type = object({
    hostname      = string
    wildcard      = optional(string)
    dns_zone      = optional(string)
    certificate   = optional(string)
    allowed_cidrs = optional(set(string), [])
    internal      = optional(bool, false)
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
    condition     = var.access.wildcard == null || var.access.dns_zone != null || var.access.certificate != null
    error_message = "A wildcard certificate can only be proven through DNS: set access.dns_zone, name an existing access.certificate, or leave the wildcard out."
  }

  validation {
    condition     = var.access.dns_zone == null ? true : can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.access.dns_zone))
    error_message = "The dns_zone must be the name of a Cloud DNS managed zone such as acme-dev, not its DNS name acme.dev."
  }

  validation {
    condition     = var.access.certificate == null ? true : can(regex("^projects/[^/]+/locations/${var.access.internal ? var.region : "global"}/certificates/[^/]+$", var.access.certificate))
    error_message = "The certificate must be one of Certificate Manager, projects/PROJECT/locations/LOCATION/certificates/NAME: at location global, or in the region when access.internal is set."
  }

  validation {
    condition     = !var.access.internal || var.access.dns_zone != null || var.access.certificate != null
    error_message = "An internal name cannot be proven through the balancer: set access.dns_zone, a public zone, or name an existing access.certificate."
  }

  validation {
    condition     = alltrue([for cidr in var.access.allowed_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Every entry of allowed_cidrs must be an address range such as 203.0.113.0/24."
  }
}

variable "network" {
  description = <<-EOT
    The VPC: its id and, if it is not this one, its project; any value of the NAT's that is known once it works, for the machines wait for
    it; and any value of the subnet of an internal balancer's proxies that is known once that is there.
  EOT
  type = object({
    id            = string
    project       = optional(string)
    nat_ready     = optional(any)
    proxies_ready = optional(any)
  })
  nullable = false
}

variable "own_addresses" {
  description = "By which addresses this deployment itself calls coderd, to be let in beside allowed_cidrs: the NAT's public ones, and for an internal balancer the ranges of the subnets."
  type = object({
    nat   = optional(list(string), [])
    cidrs = optional(list(string), [])
  })
  default  = {}
  nullable = false
}

# Apart from the network, so that a machine's template does not stand on the NAT.

variable "subnet" {
  description = "Self link of the subnet that the machines stand in."
  type        = string
}

variable "proxies_cidr" {
  description = "Range of an internal balancer's proxies, the proxy-only subnet of its region."
  type        = string
  default     = null

  validation {
    condition     = !var.access.internal || var.proxies_cidr != null
    error_message = "An internal balancer needs proxies_cidr, the range of the proxy-only subnet of its region."
  }
}

variable "database" {
  description = "The PostgreSQL database: private address, port, database name, user and the server's CA certificate (PEM). sslmode verify-ca, since Cloud SQL's certificate names the instance and not its address."
  type = object({
    host           = string
    port           = number
    name           = string
    user           = string
    ca_certificate = string
    sslmode        = optional(string, "verify-ca")
  })
  nullable = false

  validation {
    condition     = contains(["require", "verify-ca", "verify-full"], var.database.sslmode)
    error_message = "The database's sslmode must be require, verify-ca or verify-full: coderd never talks to it in the clear."
  }
}

variable "secrets" {
  description = "References to the database's password and, where hosts run the builds, to the pre-shared key: secret_id is what access is granted on, name the version to fetch (projects/P/secrets/S/versions/N)."
  type = object({
    database_password = object({ secret_id = string, name = string })
    provisioner_psk   = optional(object({ secret_id = string, name = string }))
  })
  nullable = false
}

variable "secret_environment" {
  description = "Further CODER_* variables whose values stand in Secret Manager, by the version to fetch: { CODER_OIDC_CLIENT_SECRET = \"projects/P/secrets/S/versions/1\" }. Access is granted here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, _ in var.secret_environment : can(regex("^CODER_[A-Z0-9_]+$", key))])
    error_message = "Every key of secret_environment must be a CODER_* environment variable in upper case."
  }

  validation {
    condition     = alltrue([for reference in values(var.secret_environment) : can(regex("^projects/[^/]+/secrets/[^/]+/versions/[0-9]+$", reference))])
    error_message = "Every value of secret_environment must be a secret version: projects/PROJECT/secrets/SECRET/versions/NUMBER."
  }
}

variable "environment" {
  description = "Further CODER_* variables of coderd, or other values for those set in environment.tf. They land in instance metadata: no secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, _ in var.environment : can(regex("^CODER_[A-Z0-9_]+$", key))])
    error_message = "Every key of environment must be a CODER_* environment variable in upper case."
  }

  validation {
    condition     = alltrue([for key, _ in var.environment : !can(regex("(SECRET|PASSWORD|PSK|TOKEN|_KEYS?|PG_CONNECTION_URL)$", key))])
    error_message = "The environment lands in instance metadata, which every project viewer can read: put passwords, keys, tokens and client secrets in secret_environment."
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
  description = "The workspace clusters of this project that replicas with daemons build into, by their key: the endpoint's address that the machines reach, and the PEM certificate of the CA."
  type = map(object({
    endpoint       = string
    ca_certificate = string
  }))
  default  = {}
  nullable = false
}

variable "coderd" {
  description = <<-EOT
    Size of the control plane: replicas, machine, boot disk and database connections per replica. license is premium or community, which
    knows one replica alone. daemons are the provisioner daemons that each replica runs itself; 0 where hosts of their own run them.
    disk_iops and disk_throughput (MiB/s) apply to Hyperdisk alone; null takes its free baseline.
    image is an Ubuntu 24.04 image or image family of the machine's architecture; null takes Canonical's current one.
  EOT
  type = object({
    replicas             = number
    machine_type         = string
    disk_type            = string
    disk_gb              = number
    disk_iops            = optional(number)
    disk_throughput      = optional(number)
    max_open_connections = number
    license              = optional(string, "premium")
    daemons              = optional(number, 0)
    image                = optional(string)
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
    condition     = contains(["hyperdisk-balanced", "pd-balanced", "pd-ssd"], var.coderd.disk_type)
    error_message = "The boot disk's type must be hyperdisk-balanced, pd-balanced or pd-ssd."
  }

  validation {
    condition     = !can(regex("^(n4|c4)[ad]?-", var.coderd.machine_type)) || startswith(var.coderd.disk_type, "hyperdisk-")
    error_message = "N4 and C4 machines take Hyperdisk alone: set coderd.disk_type to hyperdisk-balanced."
  }

  validation {
    condition     = !can(regex("^(n1|n2|n2d|e2|t2d|t2a)-", var.coderd.machine_type)) || startswith(var.coderd.disk_type, "pd-")
    error_message = "N1, N2, E2 and T2 machines cannot use Hyperdisk: set coderd.disk_type to pd-balanced."
  }

  validation {
    condition     = startswith(var.coderd.disk_type, "hyperdisk-") || (var.coderd.disk_iops == null && var.coderd.disk_throughput == null)
    error_message = "Only Hyperdisk has provisioned IOPS and throughput: leave coderd.disk_iops and coderd.disk_throughput out for a pd-* disk."
  }

  validation {
    condition     = var.coderd.disk_gb >= 10
    error_message = "The boot disk must have at least 10 GB, the size of the Ubuntu image."
  }

  validation {
    # The arm64 families; an amd64 image does not boot there.
    condition     = !can(regex("^(c4a|n4a|t2a)-", var.coderd.machine_type)) || try(!endswith(var.coderd.image, "-amd64"), true)
    error_message = "C4A, N4A and T2A machines are arm64: set coderd.image to an arm64 image such as projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-arm64."
  }

  validation {
    condition     = var.coderd.max_open_connections >= 2 && var.coderd.max_open_connections == floor(var.coderd.max_open_connections)
    error_message = "The number of open database connections per replica must be a whole number of at least 2."
  }
}

variable "balancer" {
  description = "The balancer's habits: share of requests that are logged (0 to 1; a log line holds the whole URL, and some of Coder's carry session tokens), QUIC (DISABLE, ENABLE, or NONE for Google's choice), seconds that a leaving replica may finish requests."
  type = object({
    log_sample_rate  = optional(number, 0)
    quic             = optional(string, "DISABLE")
    draining_seconds = optional(number, 300)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.balancer.log_sample_rate >= 0 && var.balancer.log_sample_rate <= 1
    error_message = "The balancer's log_sample_rate must lie between 0 (no request logs) and 1 (every request)."
  }

  validation {
    condition     = contains(["NONE", "ENABLE", "DISABLE"], var.balancer.quic)
    error_message = "The balancer's quic must be NONE, ENABLE or DISABLE."
  }

  validation {
    condition     = var.balancer.draining_seconds >= 0 && var.balancer.draining_seconds <= 3600
    error_message = "The balancer's draining_seconds must lie between 0 and 3600."
  }
}

variable "telemetry" {
  description = "Whether coderd reports usage to Coder Technologies, as it does unless told otherwise; some licences ask for it."
  type        = bool
  default     = true
  nullable    = false
}
