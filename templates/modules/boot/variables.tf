# What a machine is told at boot. Written by tierform; edit coder.toml instead.
variable "cloud" {
  description = "Cloud the machine runs in: gcp, aws or azure. It decides how the machine proves who it is and fetches secrets."
  type        = string

  validation {
    condition     = contains(["gcp", "aws", "azure"], var.cloud)
    error_message = "The cloud must be gcp, aws or azure."
  }
}

variable "role" {
  description = "What the machine runs: coderd (one Coder server) or provisioner (var.daemons provisioner daemons)."
  type        = string

  validation {
    condition     = contains(["coderd", "provisioner"], var.role)
    error_message = "The role must be coderd or provisioner."
  }
}

variable "coder" {
  description = "Coder release to install. sha256 is that of the .deb for the machine's architecture; without it the release's own checksum file is used. mirror stands for https://github.com/coder/coder/releases/download and holds v<version>/<file>."
  type = object({
    version = string
    sha256  = optional(string)
    mirror  = optional(string)
  })

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.]+)?$", var.coder.version))
    error_message = "The Coder version must be a full version without a leading v, such as 2.36.6."
  }

  validation {
    condition     = var.coder.sha256 == null || can(regex("^[0-9a-f]{64}$", var.coder.sha256))
    error_message = "The Coder sha256 must be 64 lower-case hexadecimal digits."
  }

  validation {
    condition     = var.coder.mirror == null || can(regex("^https://[0-9A-Za-z._~:/@%+-]*[0-9A-Za-z]$", var.coder.mirror))
    error_message = "The Coder mirror must be an https:// URL of plain characters and without a slash at its end."
  }
}

variable "terraform" {
  description = "Terraform for the provisioner daemons, pinned so that they do not each download their own. sha256 is that of the zip for each architecture that a machine may have. mirror stands for https://releases.hashicorp.com and holds terraform/<version>/<file>."
  type = object({
    version = string
    sha256  = map(string) # by architecture: amd64, arm64
    mirror  = optional(string)
  })
  default = null

  validation {
    condition     = var.terraform == null || can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.]+)?$", var.terraform.version))
    error_message = "The Terraform version must be a full version without a leading v, such as 1.15.5."
  }

  validation {
    condition     = try(length(var.terraform.sha256) > 0 && alltrue([for key, sum in var.terraform.sha256 : can(regex("^(amd64|arm64)$", key)) && can(regex("^[0-9a-f]{64}$", sum))]), var.terraform == null)
    error_message = "The Terraform sha256 must be 64 lower-case hexadecimal digits for amd64, arm64 or both."
  }

  validation {
    condition     = var.terraform == null || try(var.terraform.mirror, null) == null || can(regex("^https://[0-9A-Za-z._~:/@%+-]*[0-9A-Za-z]$", var.terraform.mirror))
    error_message = "The Terraform mirror must be an https:// URL of plain characters and without a slash at its end."
  }

  validation {
    condition     = var.terraform != null || var.daemons == 0
    error_message = "A machine that runs builds needs a pinned Terraform: set var.terraform."
  }
}

variable "environment" {
  description = "Environment of the Coder processes: names and values, nothing secret."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "Names in the environment must be upper-case letters, digits and underscores, and begin with a letter."
  }

  validation {
    condition     = alltrue([for value in values(var.environment) : can(regex("^[^[:cntrl:]]*$", value))])
    error_message = "Values in the environment must not hold line breaks or other control characters."
  }

  validation {
    condition     = length(setintersection(keys(var.environment), ["CODER_CLUSTER_HOST", "CODER_DERP_SERVER_RELAY_URL", "CODER_HTTP_ADDRESS", "CODER_PG_CONNECTION_URL", "DATABASE_PASSWORD", "TIERFORM_HOST"])) == 0
    error_message = "The machine itself sets CODER_CLUSTER_HOST, CODER_DERP_SERVER_RELAY_URL, CODER_HTTP_ADDRESS, CODER_PG_CONNECTION_URL and TIERFORM_HOST, and DATABASE_PASSWORD is a secret: leave them out of the environment."
  }

  validation {
    condition     = contains(keys(var.environment), var.role == "coderd" ? "CODER_ACCESS_URL" : "CODER_URL")
    error_message = "The environment needs CODER_ACCESS_URL for role coderd (without it Coder opens a public tunnel) and CODER_URL for role provisioner."
  }
}

variable "secrets" {
  description = "Environment variable → where its value is kept: projects/P/secrets/S/versions/N on gcp, <ARN>|<version id> on aws, the versioned secret id (URL) on azure. DATABASE_PASSWORD is special: it becomes part of CODER_PG_CONNECTION_URL."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "Names of secrets must be upper-case letters, digits and underscores, and begin with a letter."
  }

  validation {
    condition = alltrue([for reference in values(var.secrets) : can(regex({
      gcp   = "^projects/[a-z0-9.:-]+/secrets/[A-Za-z0-9_-]+/versions/[0-9]+$"
      aws   = "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+\\|[A-Za-z0-9-]+$"
      azure = "^https://[A-Za-z0-9-]+(\\.[a-z0-9-]+)+/secrets/[A-Za-z0-9-]+/[0-9a-f]+$"
    }[var.cloud], reference))])
    error_message = "Every secret must name one version: projects/P/secrets/S/versions/N on gcp, <ARN>|<version id> on aws, https://<vault>/secrets/<name>/<version> on azure."
  }

  validation {
    condition     = length(setintersection(keys(var.secrets), keys(var.environment))) == 0
    error_message = "A name stands in both var.secrets and var.environment. Keep it in one."
  }

  validation {
    condition     = var.role != "coderd" || contains(keys(var.secrets), "DATABASE_PASSWORD")
    error_message = "Role coderd needs the secret DATABASE_PASSWORD."
  }

  validation {
    condition     = var.role != "provisioner" || length(setintersection(keys(var.secrets), ["CODER_PROVISIONER_DAEMON_PSK", "CODER_PROVISIONER_DAEMON_KEY"])) == 1
    error_message = "Role provisioner needs exactly one of the secrets CODER_PROVISIONER_DAEMON_PSK and CODER_PROVISIONER_DAEMON_KEY."
  }

  validation {
    condition     = !contains(keys(var.secrets), "CODER_PROVISIONER_DAEMON_KEY") || !contains(keys(var.environment), "CODER_PROVISIONERD_TAGS")
    error_message = "Tags come with a provisioner key: leave CODER_PROVISIONERD_TAGS out of the environment, or use a PSK."
  }
}

variable "database" {
  description = "PostgreSQL that coderd uses. ca_certificate is PEM text; without it the system's own certificates are trusted."
  type = object({
    host           = string
    port           = optional(number, 5432)
    name           = string
    user           = string
    ca_certificate = optional(string)
    sslmode        = optional(string, "verify-full")
  })
  default = null

  validation {
    condition     = var.role != "coderd" || var.database != null
    error_message = "Role coderd needs var.database: without one every replica would start a PostgreSQL of its own."
  }

  validation {
    condition     = var.database == null || contains(["require", "verify-ca", "verify-full"], try(var.database.sslmode, ""))
    error_message = "The sslmode must be require, verify-ca or verify-full."
  }

  validation {
    condition     = var.database == null || can(regex("^[0-9A-Za-z.:_-]+$", var.database.host))
    error_message = "The database host must be a host name or an IP address, without a port."
  }

  validation {
    condition     = var.database == null || (try(var.database.port, 0) >= 1 && try(var.database.port, 0) <= 65535)
    error_message = "The database port must be between 1 and 65535."
  }

  validation {
    condition     = var.database == null || try(var.database.ca_certificate, null) == null || can(regex("^-----BEGIN CERTIFICATE-----", var.database.ca_certificate))
    error_message = "The database's ca_certificate must be PEM text that begins with -----BEGIN CERTIFICATE-----."
  }
}

variable "daemons" {
  description = "Provisioner daemons on this machine: 1 to 30 on a host; those that coderd runs itself, 0 where hosts run them all."
  type        = number
  default     = 0

  validation {
    condition     = var.daemons == floor(var.daemons) && var.daemons >= 0 && var.daemons <= 30
    error_message = "The number of daemons must be a whole number, at most 30 on one machine."
  }

  validation {
    condition     = var.role != "provisioner" || var.daemons >= 1
    error_message = "A provisioner host needs at least one daemon."
  }
}

variable "clusters" {
  description = "Kubernetes clusters that builds on this machine work in, by the name of their context, as the module kubeconfig takes them. On gcp they come by another way: fetches_kubeconfig."
  type = map(object({
    endpoint       = string
    ca_certificate = string
    arguments      = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.clusters) == 0 || var.daemons > 0
    error_message = "Clusters are for builds, and this machine runs none: leave var.clusters out, or set var.daemons."
  }

  validation {
    condition     = alltrue([for cluster in values(var.clusters) : length(cluster.arguments) == (var.cloud == "aws" ? 2 : 0)])
    error_message = "On aws a cluster's arguments are its name and its region; elsewhere it has none."
  }
}

variable "fetches_kubeconfig" {
  description = "Whether the machine takes its kubeconfig at each boot from its metadata, attribute kubeconfig, instead of having it in its user data: on gcp, whose groups add metadata to what a template says."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.fetches_kubeconfig || (var.cloud == "gcp" && var.daemons > 0 && length(var.clusters) == 0)
    error_message = "A kubeconfig is fetched on gcp only, by a machine that runs builds, and then var.clusters is empty."
  }
}

variable "peers" {
  description = "Whether there may be other replicas, which coderd then tells how to reach it; unused by role provisioner."
  type        = bool
  default     = true
  nullable    = false
}

variable "memory_gb" {
  description = "Memory in GB that Coder may count on. Null, the better choice, goes by what the machine really has."
  type        = number
  default     = null

  validation {
    condition     = var.memory_gb == null || try(var.memory_gb >= 0.5, false)
    error_message = "The memory must be at least 0.5 GB."
  }
}

variable "http_port" {
  description = "Port on which coderd serves HTTP to the load balancer and to its peers; unused by role provisioner."
  type        = number
  default     = 8080

  validation {
    condition     = var.http_port == floor(var.http_port) && var.http_port >= 1 && var.http_port <= 65535
    error_message = "The HTTP port must be a whole number between 1 and 65535."
  }
}
