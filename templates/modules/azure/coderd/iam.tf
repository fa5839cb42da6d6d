# Who the coderd machines and the gateway are and what they may do. Written by tierform; edit coder.toml instead.

resource "azurerm_user_assigned_identity" "coderd" {
  name                = local.role
  resource_group_name = var.resource_group.name
  location            = var.region
  tags                = local.tags
}

# Secret by secret, never the whole vault. Grants take a while to spread: the boot script tries again on 403.
resource "azurerm_role_assignment" "secrets" {
  for_each = merge(
    { for key, secret in var.secret_environment : key => secret.id },
    { DATABASE_PASSWORD = var.secrets.database_password.id },
    var.secrets.provisioner_psk == null ? {} : { CODER_PROVISIONER_DAEMON_PSK = var.secrets.provisioner_psk.id },
  )

  scope                = each.value
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.coderd.principal_id
  principal_type       = "ServicePrincipal" # Entra ID may not know a fresh identity yet; with its type given Azure does not ask

  lifecycle {
    create_before_destroy = true # a rotated secret is another one: its readers may read both until the old one goes
  }
}

# The gateway's own identity, so that machines cannot read the certificate's private key.
resource "azurerm_user_assigned_identity" "gateway" {
  name                = "${local.role}-gateway"
  resource_group_name = var.resource_group.name
  location            = var.region
  tags                = local.tags
}

resource "azurerm_role_assignment" "certificate" {
  scope                = "${var.access.certificate_vault}/secrets/${local.certificate_name}"
  role_definition_name = "Key Vault Secrets User" # a certificate with its key is read as the secret of the same name
  principal_id         = azurerm_user_assigned_identity.gateway.principal_id
  principal_type       = "ServicePrincipal"
}

# Where the replicas build workspaces: what a workspace consists of, in one namespace, as for provisioner hosts.
resource "azurerm_role_assignment" "namespace_writer" {
  for_each = var.clusters

  scope                = "${each.value.id}/namespaces/${each.value.namespace}"
  role_definition_name = "Azure Kubernetes Service RBAC Writer"
  principal_id         = azurerm_user_assigned_identity.coderd.principal_id
  principal_type       = "ServicePrincipal"
}
