# What the database needs to know. Written by tierform; edit coder.toml instead.

variable "project" {
  description = "Id of the Google Cloud project that holds everything here."
  type        = string
}

variable "name" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "region" {
  description = "Region of the database: the one where coderd runs."
  type        = string
}

variable "network" {
  description = "Id of the VPC; the network module's private_services, so that the instance waits for the peering it needs."
  type        = string
}

variable "labels" {
  description = "Labels of the instance."
  type        = map(string)
}

variable "database" {
  description = "Size and care of the instance: its tier (db-custom-<vCPU>-<MB>), version, disk in GB, standby in a second zone, connections, and days of backups."
  type = object({
    tier              = string
    version           = string
    disk_gb           = number
    high_availability = bool
    max_connections   = number
    backup_days       = number
  })

  validation {
    condition     = can(regex("^db-custom-[0-9]+-[0-9]+$", var.database.tier))
    error_message = "The tier must be written db-custom-<vCPU>-<MB>, such as db-custom-4-16384: the only kind, beside shared-core ones, that edition ENTERPRISE takes."
  }

  validation {
    # db-custom-<vCPU>-<MB>: Cloud SQL's rules for custom machines.
    condition = try(
      (split("-", var.database.tier)[2] == "1" || tonumber(split("-", var.database.tier)[2]) % 2 == 0)
      && tonumber(split("-", var.database.tier)[2]) <= 96
      && tonumber(split("-", var.database.tier)[3]) % 256 == 0
      && tonumber(split("-", var.database.tier)[3]) >= max(3840, 0.9 * 1024 * tonumber(split("-", var.database.tier)[2]))
      && tonumber(split("-", var.database.tier)[3]) <= 6.5 * 1024 * tonumber(split("-", var.database.tier)[2]),
      false
    )
    error_message = "A custom tier has 1 or an even number of vCPU, up to 96, and 0.9 to 6.5 GB of memory for each: a multiple of 256 MB, 3840 MB at least."
  }

  validation {
    condition     = can(regex("^POSTGRES_1[3-9]$", var.database.version))
    error_message = "The version must be POSTGRES_13 or later, which is what Coder needs, such as POSTGRES_17."
  }

  validation {
    condition     = var.database.disk_gb >= 10 && var.database.disk_gb <= 65536
    error_message = "The disk must have between 10 and 65536 GB."
  }

  validation {
    condition     = var.database.max_connections >= 14 && var.database.max_connections <= 262143
    error_message = "max_connections must lie between 14 and 262143, as Cloud SQL has it."
  }

  validation {
    condition     = var.database.backup_days >= 1 && var.database.backup_days <= 365
    error_message = "backup_days must lie between 1 and 365: point-in-time recovery, and with it a standby, needs backups."
  }
}

variable "password" {
  description = "The password's place in Secret Manager: the database_password of the secrets module."
  type = object({
    id        = string
    secret_id = string
    version   = string
    name      = string
  })
}

variable "maintenance" {
  description = "When Google may restart the instance for updates: day of the week (1 is Monday) and hour, UTC."
  type = object({
    day  = number
    hour = number
  })
  default = { day = 7, hour = 4 }

  validation {
    condition     = contains(range(1, 8), var.maintenance.day) && contains(range(24), var.maintenance.hour)
    error_message = "The maintenance day must lie between 1 (Monday) and 7 (Sunday), the hour between 0 and 23."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform and Google refuse to delete the instance."
  type        = bool
  default     = true
}
