# Who the provisioner hosts are and what they may do. Written by tierform; edit coder.toml instead.

resource "azurerm_user_assigned_identity" "provisioner" {
  name                = local.role
  resource_group_name = var.resource_group.name
  location            = var.region
  tags                = local.tags
}

# The pre-shared key, the only secret on these hosts. Whoever may push templates runs code as this identity, and so can read it.
# Grants take a while to spread: the boot script tries again on 403.
resource "azurerm_role_assignment" "secret" {
  scope                = var.secrets.provisioner_psk.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.provisioner.principal_id
  principal_type       = "ServicePrincipal" # Entra ID may not know a fresh identity yet; with its type given Azure does not ask

  lifecycle {
    create_before_destroy = true # a rotated secret is another one: its readers may read both until the old one goes
  }
}

# Making what a workspace consists of, in one namespace. RBAC Writer on the whole cluster would make every template author an administrator
# of all namespaces.
resource "azurerm_role_assignment" "namespace_writer" {
  scope                = "${var.cluster.id}/namespaces/${var.cluster.namespace}"
  role_definition_name = "Azure Kubernetes Service RBAC Writer"
  principal_id         = azurerm_user_assigned_identity.provisioner.principal_id
  principal_type       = "ServicePrincipal"
}
