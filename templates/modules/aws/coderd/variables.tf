# Inputs of the coderd module: where it runs, how it is reached, what it installs. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name; what is made here is called <name>-coderd."
  type        = string

  validation {
    # "<name>-coderd-8080" is also a target group, which ends at 32 characters.
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", var.name)) && length(var.name) <= 20
    error_message = "The name must begin with a lower-case letter and have at most 20 lower-case letters, digits and single hyphens, none at its end."
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
    dns_zone is the id of a public Route 53 hosted zone that both names lie in (Z…, for several zones may have one name): records and
    certificate are made there. certificate is the ARN of an existing ACM certificate of this region. allowed_cidrs limits who may connect;
    empty means everyone. internal keeps the balancer inside the VPC and whatever is connected to it.
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
    condition     = var.access.dns_zone != null || var.access.certificate != null
    error_message = "AWS proves a certificate's names through DNS: set access.dns_zone to a Route 53 zone's id, or access.certificate to an existing certificate's ARN."
  }

  validation {
    # ACM takes no longer first name.
    condition     = var.access.certificate != null || length(var.access.hostname) <= 64
    error_message = "A certificate made here takes a hostname of at most 64 characters: shorten it, or name an existing access.certificate."
  }

  validation {
    condition     = var.access.dns_zone == null ? true : can(regex("^Z[A-Z0-9]{1,31}$", var.access.dns_zone))
    error_message = "The dns_zone must be the id of a Route 53 hosted zone, such as Z0123456789ABCDEFGHIJ, not its name."
  }

  validation {
    condition     = var.access.certificate == null ? true : can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$", var.access.certificate))
    error_message = "The certificate must be the ARN of an ACM certificate in this region: arn:aws:acm:REGION:ACCOUNT:certificate/ID."
  }

  validation {
    condition     = alltrue([for cidr in var.access.allowed_cidrs : can(cidrnetmask(cidr)) && cidr == try("${cidrhost(cidr, 0)}/${split("/", cidr)[1]}", "")])
    error_message = "Every entry of allowed_cidrs must be an IPv4 network with no host bits set, such as 203.0.113.0/24."
  }

  validation {
    condition     = length(var.access.allowed_cidrs) <= 50
    error_message = "A security group takes 60 rules: name at most 50 ranges in allowed_cidrs."
  }
}

variable "network" {
  description = <<-EOT
    Where things stand: the VPC's id and range, the subnets of the machines and those of the balancer by zone key, the NAT's public addresses
    (allowed through the balancer beside allowed_cidrs), and any value of the NAT's that is known once it works: the machines wait for it.
  EOT
  type = object({
    vpc_id        = string
    machines      = map(object({ id = string, zone = string, cidr = string }))
    public        = map(object({ id = string, zone = string, cidr = string }))
    nat_addresses = optional(map(string), {})
    nat_ready     = optional(any)
  })
  nullable = false

  validation {
    condition     = length(var.network.machines) >= 1 && (var.access.internal || length(var.network.public) >= 1)
    error_message = "coderd needs a subnet for its machines, and a public one for a balancer that faces the Internet."
  }
}

variable "database" {
  description = "The PostgreSQL database: name, port, database name, user and security group. The machines fetch RDS's own certificates at boot, unless ca_certificate (PEM) names what to trust."
  type = object({
    host              = string
    port              = number
    name              = string
    user              = string
    security_group_id = string
    ca_certificate    = optional(string)
    sslmode           = optional(string, "verify-full")
  })
  nullable = false

  validation {
    condition     = contains(["require", "verify-ca", "verify-full"], var.database.sslmode)
    error_message = "The database's sslmode must be require, verify-ca or verify-full: coderd never talks to it in the clear."
  }
}

variable "secrets" {
  description = "References to the database's password and, where hosts run the builds, to the pre-shared key: arn is what access is granted on, name the version to fetch (<ARN>|<version id>)."
  type = object({
    database_password = object({ arn = string, name = string })
    provisioner_psk   = optional(object({ arn = string, name = string }))
  })
  nullable = false
}

variable "secret_environment" {
  description = "Further CODER_* variables whose values stand in Secrets Manager, by the version to fetch: { CODER_OIDC_CLIENT_SECRET = \"<ARN>|<version id>\" }. Access is granted here; a secret under a key of yours also needs kms:Decrypt on that."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, _ in var.secret_environment : can(regex("^CODER_[A-Z0-9_]+$", key))])
    error_message = "Every key of secret_environment must be a CODER_* environment variable in upper case."
  }

  validation {
    condition     = alltrue([for reference in values(var.secret_environment) : can(regex("^arn:aws[a-z-]*:secretsmanager:[^|]+[|][A-Za-z0-9-]+$", reference))])
    error_message = "Every value of secret_environment must be a secret's version: <ARN>|<version id>."
  }
}

variable "environment" {
  description = "Further CODER_* variables of coderd, or other values for those set in environment.tf. They land in user data: no secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, _ in var.environment : can(regex("^CODER_[A-Z0-9_]+$", key))])
    error_message = "Every key of environment must be a CODER_* environment variable in upper case."
  }

  validation {
    condition     = alltrue([for key, _ in var.environment : !can(regex("(SECRET|PASSWORD|PSK|TOKEN|_KEYS?|PG_CONNECTION_URL)$", key))])
    error_message = "The environment lands in user data, which whoever may describe launch templates can read: put passwords, keys, tokens and client secrets in secret_environment."
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
  description = "The workspace clusters that replicas with daemons build into, by their key: its EKS name and region, its security group, its endpoint and the PEM certificate of its CA."
  type = map(object({
    name              = string
    region            = string
    security_group_id = string
    endpoint          = string
    ca_certificate    = string
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
    image pins an Ubuntu 24.04 image of the machine's architecture (ami-…); null takes Canonical's at the first apply, and at a change of architecture.
  EOT
  type = object({
    replicas             = number
    machine_type         = string
    disk_gb              = number
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
    condition     = can(regex("^[a-z][a-z0-9-]*[.][a-z0-9-]+$", var.coderd.machine_type))
    error_message = "The machine type must be an EC2 instance type such as m8i.large."
  }

  validation {
    condition     = var.coderd.disk_gb >= 10 && var.coderd.disk_gb <= 16384
    error_message = "The boot disk must have between 10 GB, which the Ubuntu image needs, and 16384 GB."
  }

  validation {
    condition     = var.coderd.image == null ? true : can(regex("^ami-[0-9a-f]+$", var.coderd.image))
    error_message = "The image must be the id of an AMI, such as ami-0a1b2c3d4e5f67890."
  }

  validation {
    condition     = var.coderd.max_open_connections >= 2 && var.coderd.max_open_connections == floor(var.coderd.max_open_connections)
    error_message = "The number of open database connections per replica must be a whole number of at least 2."
  }
}

variable "balancer" {
  description = "The balancer's habits: TLS policy, seconds that a leaving replica may finish requests, and the S3 bucket for access logs (null: none; its policy must let delivery.logs.amazonaws.com write)."
  type = object({
    ssl_policy       = optional(string, "ELBSecurityPolicy-TLS13-1-2-2021-06")
    draining_seconds = optional(number, 300)
    log_bucket       = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^ELBSecurityPolicy-(TLS13-1-[23]-|FS-1-2-)", var.balancer.ssl_policy))
    error_message = "The balancer's ssl_policy must be one of Elastic Load Balancing's that ask for TLS 1.2 or newer, such as ELBSecurityPolicy-TLS13-1-2-2021-06."
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

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the balancer, whose DNS name nobody gets twice."
  type        = bool
  default     = true
}
