# Cloud SQL for PostgreSQL: instance, database and user. Written by tierform; edit coder.toml instead.

# A new name, region or network would replace the instance and lose its data; tier, version and disk change in place. Google
# keeps the name of a deleted instance from being used again for up to a week.
resource "google_sql_database_instance" "this" {
  project          = var.project
  name             = "${var.name}-database"
  region           = var.region
  database_version = var.database.version
  instance_type    = "CLOUD_SQL_INSTANCE"

  # Terraform's own refusal; Google's is deletion_protection_enabled below. Both must be off, by an apply of their own,
  # before a destroy.
  deletion_protection = var.deletion_protection

  settings {
    edition                     = "ENTERPRISE" # unset means ENTERPRISE_PLUS from PostgreSQL 16 on, which has no db-custom tiers
    tier                        = var.database.tier
    availability_type           = var.database.high_availability ? "REGIONAL" : "ZONAL"
    deletion_protection_enabled = var.deletion_protection
    user_labels                 = var.labels

    # The disk only grows. With autoresize on, a size below the present one is not a change; without it, it would replace
    # the instance.
    disk_type       = "PD_SSD"
    disk_size       = var.database.disk_gb
    disk_autoresize = true

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network
      ssl_mode        = "ENCRYPTED_ONLY"
      server_ca_mode  = "GOOGLE_MANAGED_INTERNAL_CA" # a CA of the instance's own, so verify-ca proves that it is this instance
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "02:00" # UTC
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = min(var.database.backup_days, 7) # 7 is the edition's most, and never more than backups

      backup_retention_settings {
        retained_backups = var.database.backup_days # one a day
        retention_unit   = "COUNT"
      }
    }

    # Whoever deletes the instance after all has a month to think again.
    final_backup_config {
      enabled        = true
      retention_days = 30
    }

    maintenance_window {
      day          = var.maintenance.day
      hour         = var.maintenance.hour
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled  = true
      query_string_length     = 1024
      record_application_tags = false # Coder sets none
      record_client_address   = true  # which replica asked
    }

    database_flags {
      name  = "max_connections"
      value = tostring(var.database.max_connections) # a change restarts the instance
    }

    # Enough of a log to explain a slow or refused connection. Statements stay out of it, for they may carry what developers
    # consider private, and so do durations: a line for every statement costs more than the database, and query insights has them.
    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_disconnections"
      value = "on"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }

    database_flags {
      name  = "log_temp_files"
      value = "0" # every one: a sort that spills to disk wants more memory
    }
  }
}

# Google makes this user a member of cloudsqlsuperuser, which owns the database: enough for coderd's migrations.
# ABANDON on both: PostgreSQL drops neither a database in use nor the owner of tables. They go with the instance.
resource "google_sql_database" "coder" {
  project         = var.project
  name            = "coder"
  instance        = google_sql_database_instance.this.name
  deletion_policy = "ABANDON"
}

# Read back rather than handed over: if a first run fails half-way, the next one draws another random password, and only the
# store knows which one was kept. The value stays out of state and plan.
ephemeral "google_secret_manager_secret_version" "password" {
  project = var.project
  secret  = var.password.secret_id
  version = var.password.version
}

resource "google_sql_user" "coder" {
  project             = var.project
  name                = "coder"
  instance            = google_sql_database_instance.this.name
  password_wo         = ephemeral.google_secret_manager_secret_version.password.secret_data
  password_wo_version = tonumber(var.password.version) # the store's own count: set again whenever another value is stored
  deletion_policy     = "ABANDON"
}
