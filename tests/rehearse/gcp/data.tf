ephemeral "random_password" "database" {
  length  = 40
  special = false
}

resource "google_secret_manager_secret" "database" {
  secret_id = "${var.name}-database"

  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "database" {
  secret                 = google_secret_manager_secret.database.id
  secret_data_wo         = ephemeral.random_password.database.result
  secret_data_wo_version = tostring(var.secrets_version)

  lifecycle {
    create_before_destroy = true
  }
}

ephemeral "google_secret_manager_secret_version" "database" {
  secret  = google_secret_manager_secret.database.secret_id
  version = google_secret_manager_secret_version.database.version
}

resource "google_sql_database_instance" "this" {
  name                = "${var.name}-database"
  region              = "europe-west1"
  database_version    = "POSTGRES_17"
  deletion_protection = var.deletion_protection

  settings {
    edition                     = "ENTERPRISE"
    tier                        = "db-custom-8-30720"
    availability_type           = "REGIONAL"
    disk_type                   = "PD_SSD"
    disk_size                   = 512
    deletion_protection_enabled = var.deletion_protection

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.this.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 14
      }
    }

    database_flags {
      name  = "max_connections"
      value = "230"
    }
  }

  depends_on = [google_service_networking_connection.this]
}

resource "google_sql_user" "coder" {
  name                = "coder"
  instance            = google_sql_database_instance.this.name
  password_wo         = ephemeral.google_secret_manager_secret_version.database.secret_data
  password_wo_version = var.secrets_version
  deletion_policy     = "ABANDON"
}
