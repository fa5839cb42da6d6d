output "database" {
  value = azurerm_postgresql_flexible_server.this.fqdn
}

output "cluster" {
  value = {
    id     = azurerm_kubernetes_cluster.this.id
    fqdn   = azurerm_kubernetes_cluster.this.fqdn
    issuer = azurerm_kubernetes_cluster.this.oidc_issuer_url
  }
}

output "address" {
  value = azurerm_public_ip.this["gateway"].ip_address
}

output "secret" {
  value = azurerm_key_vault_secret.database.versionless_id
}
