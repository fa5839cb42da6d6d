# How coderd reaches its database. Written by tierform; edit coder.toml instead.

output "address" {
  description = "Name of the server, which the VNet alone resolves; known only once the database exists and its settings are in force."
  value       = azurerm_postgresql_flexible_server.this.fqdn
  depends_on = [
    azurerm_postgresql_flexible_server_database.coder,
    azurerm_postgresql_flexible_server_configuration.this,
  ]
}

output "port" {
  description = "TCP port."
  value       = 5432
}

output "name" {
  description = "Name of Coder's database."
  value       = azurerm_postgresql_flexible_server_database.coder.name
}

output "user" {
  description = "The user who owns Coder's tables: the server's administrator."
  value       = azurerm_postgresql_flexible_server.this.administrator_login
}

output "server" {
  description = "Name of the server."
  value       = azurerm_postgresql_flexible_server.this.name
}

output "id" {
  description = "Resource id of the server."
  value       = azurerm_postgresql_flexible_server.this.id
}
