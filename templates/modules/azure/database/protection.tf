# What keeps the database from being deleted. Written by tierform; edit coder.toml instead.

# Against people, in the portal and on the command line. It covers what stands on the server too, hence is made after that and goes
# before it: else Azure answers ScopeLocked. ReadOnly would break applies.
resource "azurerm_management_lock" "this" {
  count = var.deletion_protection ? 1 : 0

  name       = "deletion-protection"
  scope      = azurerm_postgresql_flexible_server.this.id
  lock_level = "CanNotDelete"
  notes      = "Coder's database. Taken away by deletion_protection = false."

  depends_on = [
    azurerm_postgresql_flexible_server_database.coder,
    azurerm_postgresql_flexible_server_configuration.this,
    azurerm_monitor_diagnostic_setting.this,
  ]
}

# Against Terraform, which would take the lock away first; and `prevent_destroy` knows no variables. So this is destroyed, or replaced,
# before what it protects, and refuses.
resource "terraform_data" "deletion_protection" {
  input = var.deletion_protection

  triggers_replace = [
    azurerm_postgresql_flexible_server.this.id,
    azurerm_postgresql_flexible_server_database.coder.id,
  ]

  provisioner "local-exec" {
    when    = destroy
    command = self.input ? "echo deletion_protection is on: apply with -var deletion_protection=false first && exit 1" : "echo unprotected"
  }

  depends_on = [azurerm_management_lock.this]
}
