# The database's password and the provisioners' key, or a copy of the key alone, in a Key Vault. Written by tierform; edit coder.toml instead.

data "azurerm_client_config" "current" {}

locals {
  deployers = length(var.deployers) == 0 ? { current = data.azurerm_client_config.current.object_id } : { for id in var.deployers : id => id }

  # The values exist only while the engine runs and go through write-only arguments, so neither state nor plan nor log ever
  # holds one. Letters and digits alone keep them whole in environment files; 40 of them are about 238 bits.
  # A new length takes effect at the next rotation, not before.
  secrets = merge(
    var.is_copy ? {} : { database_password = { version = var.secret_versions.database_password, length = 40 } },
    var.provisioner_psk ? { provisioner_psk = { version = var.secret_versions.provisioner_psk, length = 64 } } : {},
  )
}

# A grant takes minutes to reach the vault, and the provider gives up on a refused secret at once. So this one is on the group
# and made before the vault, for which the provider waits two minutes in any case. Should that not do, apply again.
resource "azurerm_role_assignment" "deployers" {
  for_each = local.deployers

  scope                = var.resource_group.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = each.value
}

# Azure keeps a deleted vault, and its name, for 90 days; nobody can shorten that once purge protection is on, and it cannot be
# switched off again. A deployment of the same name in the same group takes the vault back up.
resource "azurerm_key_vault" "this" {
  name                          = "${trimsuffix(substr(var.name, 0, 17), "-")}-${var.suffix}" # 24 characters at most
  resource_group_name           = var.resource_group.name
  location                      = var.region
  tenant_id                     = data.azurerm_client_config.current.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true # secret by secret, which access policies cannot
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = true # behind this firewall; machines come by their subnet's endpoint
  tags                          = var.tags

  network_acls {
    default_action             = "Deny"
    bypass                     = "None"
    ip_rules                   = var.runner_cidrs
    virtual_network_subnet_ids = concat(values(var.readers), tolist(var.runner_subnets))
  }

  depends_on = [azurerm_role_assignment.deployers]
}

ephemeral "random_password" "this" {
  for_each = var.is_copy ? {} : local.secrets

  length      = each.value.length
  special     = false
  min_lower   = 1 # PostgreSQL on Azure wants three kinds of characters
  min_upper   = 1
  min_numeric = 1
}

# The number is part of the name: a rotation makes another secret, whose readers learn of it in the same plan, and the old one goes
# when they have. A new version of one secret would show only in the plan after, and the machines would not take it up before.
resource "azurerm_key_vault_secret" "this" {
  for_each = local.secrets

  name             = "${replace(each.key, "_", "-")}-${each.value.version}"
  key_vault_id     = azurerm_key_vault.this.id
  value_wo         = var.is_copy ? var.copied_psk : ephemeral.random_password.this[each.key].result
  value_wo_version = each.value.version
  content_type     = "text/plain"
  tags             = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

# Who read which secret, and who was refused.
resource "azurerm_monitor_diagnostic_setting" "vault" {
  name                       = "audit"
  target_resource_id         = azurerm_key_vault.this.id
  log_analytics_workspace_id = var.log_workspace

  enabled_log {
    category = "AuditEvent"
  }
}

# Azure's locks stop people, not Terraform, which would take them away first; and `prevent_destroy` knows no variables. So this
# is destroyed, or replaced, before what it protects, and refuses.
resource "terraform_data" "deletion_protection" {
  input            = var.deletion_protection
  triggers_replace = [azurerm_key_vault.this.id]

  provisioner "local-exec" {
    when    = destroy
    command = self.input ? "echo deletion_protection is on: apply with -var deletion_protection=false first && exit 1" : "echo unprotected"
  }

  depends_on = [azurerm_key_vault_secret.this]
}
