# What the secrets need to know. Written by tierform; edit coder.toml instead.

variable "project" {
  description = "Id of the Google Cloud project that holds everything here."
  type        = string
}

variable "name" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "labels" {
  description = "Labels of every secret."
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
  default = {}

  validation {
    condition     = alltrue([for version in values(var.secret_versions) : version >= 1 && floor(version) == version])
    error_message = "The number of a secret's version must be a whole number from 1 up, because 0 means to the provider that none is set."
  }
}

variable "replica_locations" {
  description = "Regions that hold the secrets; empty lets Google choose. Changing it later replaces the secrets and loses their values."
  type        = set(string)
  default     = []
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
  description = "Whether to refuse to delete or replace the secrets."
  type        = bool
  default     = true
}
