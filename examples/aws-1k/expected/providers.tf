# How Terraform reaches AWS: by the credentials of whoever runs it. Written by tierform; edit coder.toml instead.

# No default_tags: they miss machines, their disks and Auto Scaling groups, so the modules tag everything themselves.
provider "aws" {
  region              = var.region
  profile             = var.profile
  allowed_account_ids = var.account_id == null ? null : [var.account_id]
}

variable "account_id" {
  description = "The account that this deployment belongs in: with any other the provider refuses to work. Null takes the credentials' own."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null ? true : can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account's id has 12 digits."
  }
}

variable "profile" {
  description = "Profile of the AWS command line whose credentials to use. Null takes those of the environment."
  type        = string
  default     = null
}
