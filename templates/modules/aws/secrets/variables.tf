# What the secrets need to know. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "tags" {
  description = "Tags of every secret."
  type        = map(string)
  default     = {}
  nullable    = false
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
  description = "Whether a deleted secret can be restored for 30 days, during which its name is taken. Without it the value goes at once and the name is free."
  type        = bool
  default     = true
}
