# What the secrets need to know. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name in this module."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,21}[a-z0-9])?$", var.name)) && !strcontains(var.name, "--")
    error_message = "The name must be 1 to 23 lower-case letters, digits and single hyphens, begin with a letter and not end with a hyphen: Key Vault refuses two hyphens in a row."
  }
}

variable "suffix" {
  description = "Six hexadecimal digits of this deployment's own: a vault's name must be free in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{6}$", var.suffix))
    error_message = "The suffix must be six lower-case hexadecimal digits."
  }
}

variable "resource_group" {
  description = "The resource group, as the network module describes it."
  type        = object({ id = string, name = string })
}

variable "region" {
  description = "Region of the vault."
  type        = string
}

variable "tags" {
  description = "Tags of the vault and its secrets."
  type        = map(string)

  validation {
    condition     = length(var.tags) <= 15
    error_message = "A secret in a vault takes 15 tags at most: two are tierform's, so 13 may be your own."
  }
}

variable "deployers" {
  description = "Object ids in Entra ID of whoever plans and applies (people, groups, pipelines); empty means whoever runs this. Name them as soon as there is more than one, or each would take the right away from the one before."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.deployers : can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", id))])
    error_message = "Every deployer must be an object id of Entra ID, such as 11111111-2222-3333-4444-555555555555."
  }
}

variable "runner_cidrs" {
  description = "Public addresses from which this is planned and applied: the vault's firewall admits no others, and a plan reads a secret too."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for cidr in var.runner_cidrs : can(cidrnetmask(cidr))
      && !can(regex("^(10|127|192[.]168|172[.](1[6-9]|2[0-9]|3[01])|169[.]254|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7]))[.]", cidr))
    ])
    error_message = "Every entry of runner_cidrs must be a range of public IPv4 addresses such as 203.0.113.10/32: Key Vault refuses private ones. A runner inside a VNet goes by its subnet, in runner_subnets."
  }

  validation {
    condition     = length(var.runner_cidrs) + length(var.runner_subnets) > 0
    error_message = "Name in runner_cidrs the public addresses from which this is applied, for the vault's firewall admits no others: curl -s https://api.ipify.org prints yours."
  }
}

variable "runner_subnets" {
  description = "Ids of subnets with a Microsoft.KeyVault endpoint from which this is planned and applied."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "readers" {
  description = "Ids of the subnets whose machines read secrets, by key; each has a Microsoft.KeyVault endpoint."
  type        = map(string)
}

variable "provisioner_psk" {
  description = "Whether there is a pre-shared key for provisioner hosts."
  type        = bool
  default     = true
  nullable    = false
}

variable "secret_versions" {
  description = "A number for each secret; raising one writes a new value for that secret alone."
  type = object({
    database_password = optional(number, 1)
    provisioner_psk   = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for version in values(var.secret_versions) : version >= 1 && floor(version) == version])
    error_message = "The number of a secret's version must be a whole number from 1 up."
  }
}

variable "log_workspace" {
  description = "Id of the Log Analytics workspace that keeps the record of who read which secret."
  type        = string
}

variable "is_copy" {
  description = "Whether this holds no more than a copy of the provisioners' key, for machines that cannot read the store where it was made."
  type        = bool
  default     = false
  nullable    = false
}

variable "copied_psk" {
  description = "The key to copy."
  type        = string
  ephemeral   = true
  default     = null
}

variable "deletion_protection" {
  description = "Whether to refuse to delete the vault and its secrets."
  type        = bool
  default     = true
}
