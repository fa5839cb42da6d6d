# Azure Database for PostgreSQL, flexible server: server and database. Written by tierform; edit coder.toml instead.

# Read back rather than handed over: if a first run fails half-way, the next one draws another random password, and only the
# store knows which one was kept. The value stays out of state and plan.
ephemeral "azurerm_key_vault_secret" "password" {
  name         = var.password.secret_name
  key_vault_id = var.password.vault_id
  version      = var.password.version
}

# DATA LOSS: a new name, region, subnet or login, other geo_redundant backups, a lower version and less storage replace the server;
# deletion_protection refuses it (protection.tf). SKU and more storage change in place, with a restart for the SKU.
resource "azurerm_postgresql_flexible_server" "this" {
  name                = "${var.name}-database-${var.suffix}"
  resource_group_name = var.resource_group.name
  location            = var.region
  create_mode         = "Default"
  sku_name            = var.database.sku_name
  version             = var.database.version
  tags                = var.tags

  # Storage only grows, and only by hand: with automatic growth Azure would be ahead of storage_mb, and Terraform would replace the
  # server to shrink it again. storage_tier is left out, for it follows the size.
  storage_mb        = var.database.storage_mb
  auto_grow_enabled = false

  # No public address: the server stands in the delegated subnet, and its name is known inside the VNet alone.
  delegated_subnet_id           = var.network.subnet
  private_dns_zone_id           = var.network.private_dns_zone
  public_network_access_enabled = false # Azure's default contradicts the subnet

  administrator_login               = "coder"
  administrator_password_wo         = ephemeral.azurerm_key_vault_secret.password.value
  administrator_password_wo_version = var.password.number # set again whenever another secret is made

  authentication {
    password_auth_enabled         = true # coderd has no way to log in with a managed identity
    active_directory_auth_enabled = false
  }

  backup_retention_days        = var.database.backup_days # any moment of these days can be restored
  geo_redundant_backup_enabled = var.database.geo_redundant

  dynamic "high_availability" {
    for_each = var.database.high_availability ? [length(var.zones) > 1 ? "ZoneRedundant" : "SameZone"] : []

    content {
      mode = high_availability.value
    }
  }

  maintenance_window {
    day_of_week  = var.maintenance.day
    start_hour   = var.maintenance.hour
    start_minute = 0
  }

  lifecycle {
    # Azure chooses both zones and swaps them at a failover; to put them back would be another failover.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

# DATA LOSS: another charset or collation replaces the database.
resource "azurerm_postgresql_flexible_server_database" "coder" {
  name      = "coder"
  server_id = azurerm_postgresql_flexible_server.this.id
  charset   = "UTF8"
  collation = "en_US.utf8"
}

# A change of max_connections restarts the server. Enough of a log to explain a slow or refused connection; statements stay out of it,
# for they may carry what developers consider private.
resource "azurerm_postgresql_flexible_server_configuration" "this" {
  for_each = {
    max_connections          = tostring(var.database.max_connections)
    require_secure_transport = "on"
    log_checkpoints          = "on"
    log_connections          = "on"
    log_disconnections       = "on"
    log_lock_waits           = "on"
    log_temp_files           = "0" # every one: a sort that spills to disk wants more memory
  }

  name      = each.key
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = each.value

  # One at a time with the database: Azure answers ServerIsBusy otherwise.
  depends_on = [azurerm_postgresql_flexible_server_database.coder]
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  name                       = "logs"
  target_resource_id         = azurerm_postgresql_flexible_server.this.id
  log_analytics_workspace_id = var.log_workspace

  enabled_log {
    category = "PostgreSQLLogs"
  }
}
