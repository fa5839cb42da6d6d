resource "azurerm_key_vault" "this" {
  name                       = "${var.name}-1a2b3c"
  location                   = azurerm_resource_group.this.location
  resource_group_name        = azurerm_resource_group.this.name
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  soft_delete_retention_days = 7

  network_acls {
    default_action             = "Deny"
    bypass                     = "AzureServices"
    ip_rules                   = ["203.0.113.10"]
    virtual_network_subnet_ids = [azurerm_subnet.machines.id]
  }
}

resource "azurerm_role_assignment" "deployer" {
  for_each             = toset(["Key Vault Secrets Officer", "Key Vault Certificates Officer"])
  scope                = azurerm_key_vault.this.id
  role_definition_name = each.key
  principal_id         = data.azurerm_client_config.current.object_id
}

ephemeral "random_password" "database" {
  length = 32
}

resource "azurerm_key_vault_secret" "database" {
  name             = "database"
  key_vault_id     = azurerm_key_vault.this.id
  content_type     = "text/plain"
  value_wo         = ephemeral.random_password.database.result
  value_wo_version = var.secrets_version
  depends_on       = [azurerm_role_assignment.deployer]
}

ephemeral "azurerm_key_vault_secret" "database" {
  name         = azurerm_key_vault_secret.database.name
  key_vault_id = azurerm_key_vault_secret.database.key_vault_id
  version      = azurerm_key_vault_secret.database.version
}

resource "azurerm_key_vault_certificate" "this" {
  name         = "coder"
  key_vault_id = azurerm_key_vault.this.id
  depends_on   = [azurerm_role_assignment.deployer]

  certificate_policy {
    issuer_parameters {
      name = "Self"
    }

    key_properties {
      exportable = true
      key_size   = 2048
      key_type   = "RSA"
      reuse_key  = false
    }

    secret_properties {
      content_type = "application/x-pkcs12"
    }

    x509_certificate_properties {
      subject            = "CN=coder.acme.dev"
      validity_in_months = 12
      key_usage          = ["digitalSignature", "keyEncipherment"]
    }
  }
}

resource "azurerm_postgresql_flexible_server" "this" {
  name                              = "${var.name}-1a2b3c"
  location                          = azurerm_resource_group.this.location
  resource_group_name               = azurerm_resource_group.this.name
  version                           = "17"
  sku_name                          = "GP_Standard_D8ds_v5"
  storage_mb                        = 524288
  auto_grow_enabled                 = false
  backup_retention_days             = 14
  administrator_login               = "coder"
  administrator_password_wo         = ephemeral.azurerm_key_vault_secret.database.value
  administrator_password_wo_version = var.secrets_version
  delegated_subnet_id               = azurerm_subnet.database.id
  private_dns_zone_id               = azurerm_private_dns_zone.database.id
  public_network_access_enabled     = false
  zone                              = "1"
  depends_on                        = [azurerm_private_dns_zone_virtual_network_link.database]

  high_availability {
    mode                      = "ZoneRedundant"
    standby_availability_zone = "2"
  }

  lifecycle {
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_postgresql_flexible_server_configuration" "connections" {
  name      = "max_connections"
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = "400"
}

resource "azurerm_postgresql_flexible_server_database" "coder" {
  name      = "coder"
  server_id = azurerm_postgresql_flexible_server.this.id
}

resource "azurerm_management_lock" "database" {
  count      = var.deletion_protection ? 1 : 0
  name       = "database"
  scope      = azurerm_postgresql_flexible_server.this.id
  lock_level = "CanNotDelete"
  depends_on = [
    azurerm_postgresql_flexible_server_configuration.connections,
    azurerm_postgresql_flexible_server_database.coder,
  ]
}
