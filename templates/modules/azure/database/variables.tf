# What the database needs to know. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "suffix" {
  description = "Six hexadecimal digits of this deployment's own: a server's name must be free in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{6}$", var.suffix)) && can(regex("^[a-z][a-z0-9-]{1,46}$", var.name))
    error_message = "The server is called <name>-database-<suffix>: at most 63 lower-case letters, digits and hyphens, the suffix being six hexadecimal digits."
  }
}

variable "resource_group" {
  description = "The resource group, as the network module describes it."
  type        = object({ id = string, name = string })
}

variable "region" {
  description = "Region of the database: the one where coderd runs."
  type        = string
}

variable "zones" {
  description = "Availability zones of the region; empty where it has none. They decide where a standby can stand."
  type        = list(string)
  nullable    = false
}

variable "network" {
  description = "The subnet that is delegated to PostgreSQL and the private DNS zone, which the network module hands out once it is linked with the VNet."
  type = object({
    subnet           = string
    private_dns_zone = string
  })

  validation {
    condition     = can(regex("[.]postgres[.]database[.]azure[.]com$", var.network.private_dns_zone))
    error_message = "The private DNS zone's name must end in .postgres.database.azure.com, or the server could not be made."
  }
}

variable "tags" {
  description = "Tags of the server."
  type        = map(string)
}

variable "database" {
  description = "Size and care of the server: its SKU, PostgreSQL's major version, storage in MB (Azure has a fixed list), standby, connections, days of backups, and whether they are copied to the paired region."
  type = object({
    sku_name          = string
    version           = string
    storage_mb        = number
    high_availability = bool
    max_connections   = number
    backup_days       = number
    geo_redundant     = optional(bool, false)
  })
  nullable = false

  validation {
    condition     = can(regex("^(GP_Standard_D|MO_Standard_E)[0-9]+(s_v3|ds_v[456]|ads_v5)$", var.database.sku_name))
    error_message = "The SKU must be a general-purpose or memory-optimised one with its prefix, such as GP_Standard_D8ds_v5. Burstable ones (B_) run out of credits and take no standby."
  }

  validation {
    condition     = contains(["13", "14", "15", "16", "17", "18"], var.database.version)
    error_message = "The version must be a major version from 13, which Coder needs, to 18."
  }

  validation {
    condition     = contains([32768, 65536, 131072, 262144, 524288, 1048576, 2097152, 4193280, 4194304, 8388608, 16777216, 33553408], var.database.storage_mb)
    error_message = "Azure has storage of 32768, 65536, 131072, 262144, 524288, 1048576, 2097152, 4193280, 4194304, 8388608, 16777216 or 33553408 MB and nothing between."
  }

  validation {
    condition     = var.database.max_connections >= 25 && var.database.max_connections <= 5000 && floor(var.database.max_connections) == var.database.max_connections
    error_message = "max_connections must be a whole number between 25 and 5000, as Azure has it."
  }

  validation {
    condition     = var.database.backup_days >= 7 && var.database.backup_days <= 35
    error_message = "Azure keeps backups for 7 to 35 days."
  }
}

variable "password" {
  description = "The password's place in the vault: the database_password of the secrets module."
  type = object({
    vault_id    = string
    secret_name = string
    version     = string
    number      = number
  })
}

variable "maintenance" {
  description = "When Azure may restart the server for updates: day of the week (0 is Sunday) and hour, in the region's own time."
  type = object({
    day  = number
    hour = number
  })
  default = { day = 0, hour = 4 }

  validation {
    condition     = contains(range(7), var.maintenance.day) && contains(range(24), var.maintenance.hour)
    error_message = "The maintenance day must lie between 0 (Sunday) and 6 (Saturday), the hour between 0 and 23."
  }
}

variable "log_workspace" {
  description = "Id of the Log Analytics workspace that keeps the server's log."
  type        = string
}

variable "deletion_protection" {
  description = "Whether Terraform and Azure refuse to delete the server."
  type        = bool
  default     = true
}
