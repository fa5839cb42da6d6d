# Where the secrets are; never what they are. Written by tierform; edit coder.toml instead.

output "secrets" {
  description = "By key (database_password, provisioner_psk): the secret's resource id (for grants), its vault, name in it and version, the address to fetch that version by, and the number in secret_versions."
  value = {
    for key, secret in azurerm_key_vault_secret.this : key => {
      id          = secret.resource_versionless_id
      vault_id    = secret.key_vault_id
      secret_name = secret.name
      version     = secret.version
      name        = secret.id
      number      = local.secrets[key].version
    }
  }
}

output "vault" {
  description = "The vault's id, name and address."
  value = {
    id   = azurerm_key_vault.this.id
    name = azurerm_key_vault.this.name
    uri  = azurerm_key_vault.this.vault_uri
  }
}
