# What the database needs to know. Written by tierform; edit coder.toml instead.

variable "name" {
  description = "Prefix of every name in this module."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", var.name))
    error_message = "The name must begin with a lower-case letter and hold lower-case letters, digits and single hyphens, none at its end: RDS takes no other."
  }
}

variable "tags" {
  description = "Tags of whatever can carry them."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "network" {
  description = "Id of the VPC and the database subnets, in two zones at least."
  type = object({
    vpc_id     = string
    subnet_ids = list(string)
  })
  nullable = false
}

variable "database" {
  description = <<-EOT
    Size and care of the instance: its class, PostgreSQL's major version, disk in GB, standby in a second zone, connections, and days of
    backups. iops and throughput (MiB/s) can be raised from 400 GB on; null takes what gp3 gives there for its price.
  EOT
  type = object({
    instance_class    = string
    version           = string
    disk_gb           = number
    iops              = optional(number)
    throughput        = optional(number)
    high_availability = bool
    max_connections   = number
    backup_days       = number
  })
  nullable = false

  validation {
    condition     = can(regex("^db[.][a-z0-9-]+[.][a-z0-9]+$", var.database.instance_class))
    error_message = "The instance_class must be one of RDS's, such as db.m8g.2xlarge."
  }

  validation {
    condition     = can(regex("^1[3-9]$", var.database.version))
    error_message = "The version must be a major version of PostgreSQL, 13 or later, such as 17: RDS installs its minor versions by itself."
  }

  validation {
    condition     = var.database.disk_gb >= 20 && var.database.disk_gb <= 65536 && floor(var.database.disk_gb) == var.database.disk_gb
    error_message = "The disk must have between 20 and 65536 GB."
  }

  validation {
    condition     = var.database.disk_gb >= 400 || (var.database.iops == null && var.database.throughput == null)
    error_message = "Below 400 GB RDS fixes the disk at 3000 operations and 125 MiB a second: leave iops and throughput out, or take a larger disk."
  }

  validation {
    condition = (
      (var.database.iops == null ? true : var.database.iops >= 12000 && var.database.iops <= 64000) &&
      (var.database.throughput == null ? true : var.database.throughput >= 500 && var.database.throughput <= 4000)
    )
    error_message = "From 400 GB on the disk takes 12000 to 64000 operations and 500 to 4000 MiB a second."
  }

  validation {
    condition     = var.database.max_connections >= 14 && var.database.max_connections <= 262143 && floor(var.database.max_connections) == var.database.max_connections
    error_message = "max_connections must be a whole number between 14 and 262143."
  }

  validation {
    condition     = contains(range(1, 36), var.database.backup_days)
    error_message = "backup_days must lie between 1 and 35: with 0 RDS keeps no backups and cannot restore to a moment either."
  }
}

variable "password" {
  description = "The password's place in Secrets Manager: the database_password of the secrets module."
  type = object({
    arn     = string
    version = string
    name    = string
  })
  nullable = false
}

variable "verify_instance_class" {
  description = "Whether every plan asks RDS if it sells the class here. False for a class that it runs but no longer sells."
  type        = bool
  default     = true
}

variable "windows" {
  description = "When RDS makes the daily backup, and when it may restart the instance for updates, both UTC. They must not meet."
  type = object({
    backup      = optional(string, "02:00-03:00")
    maintenance = optional(string, "sun:04:00-sun:05:00")
  })
  default  = {}
  nullable = false
}

variable "log_days" {
  description = "Days for which CloudWatch keeps the database's log."
  type        = number
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or more of its own steps of days."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the instance."
  type        = bool
  default     = true
}
