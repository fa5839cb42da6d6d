# Where the parts that Azure runs keep their logs. Written by tierform; edit coder.toml instead.

# Without a place to go, the logs of database, vault and clusters are not kept at all.
resource "azurerm_log_analytics_workspace" "this" {
  name                = "${var.name}-logs"
  resource_group_name = local.resource_group.name
  location            = var.region
  sku                 = "PerGB2018"
  retention_in_days   = var.log_retention_days
  tags                = var.tags

  # The provider reads the workspace's keys into the state. They open nothing then: whoever writes here does so as an Azure resource.
  local_authentication_enabled = false
}
