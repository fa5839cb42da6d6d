resource "azurerm_log_analytics_workspace" "this" {
  name                = "${var.name}-logs"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  retention_in_days   = 30
}

resource "azurerm_role_assignment" "cluster" {
  scope                = azurerm_subnet.nodes.id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.this["cluster"].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_kubernetes_cluster" "this" {
  name                      = var.name
  location                  = azurerm_resource_group.this.location
  resource_group_name       = azurerm_resource_group.this.name
  dns_prefix                = var.name
  sku_tier                  = "Standard"
  automatic_upgrade_channel = "patch"
  node_os_upgrade_channel   = "NodeImage"
  local_account_disabled    = true
  oidc_issuer_enabled       = true
  workload_identity_enabled = true
  depends_on = [
    azurerm_role_assignment.cluster,
    azurerm_subnet_nat_gateway_association.nodes,
    azurerm_nat_gateway_public_ip_association.this,
  ]

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled = true
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this["cluster"].id]
  }

  default_node_pool {
    name                        = "system"
    vm_size                     = "Standard_D2s_v5"
    auto_scaling_enabled        = true
    min_count                   = 2
    max_count                   = 3
    max_pods                    = 60
    zones                       = local.zones
    vnet_subnet_id              = azurerm_subnet.nodes.id
    temporary_name_for_rotation = "rotating"

    upgrade_settings {
      max_surge = "10%"
    }
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "cilium"
    network_data_plane  = "cilium"
    outbound_type       = "userAssignedNATGateway"
    pod_cidr            = "10.64.0.0/14"
    service_cidr        = "10.72.0.0/20"
    dns_service_ip      = "10.72.0.10"
  }

  node_provisioning_profile {
    mode = "Manual"
  }

  api_server_access_profile {
    authorized_ip_ranges = ["203.0.113.0/24", "${azurerm_public_ip.this["nat"].ip_address}/32"]
  }

  oms_agent {
    log_analytics_workspace_id = azurerm_log_analytics_workspace.this.id
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    day_of_week = "Sunday"
    start_time  = "03:00"
    utc_offset  = "+00:00"
  }

  lifecycle {
    ignore_changes = [default_node_pool[0].node_count, kubernetes_version]
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "workspaces" {
  name                        = "workspaces"
  kubernetes_cluster_id       = azurerm_kubernetes_cluster.this.id
  vm_size                     = "Standard_D8s_v5"
  auto_scaling_enabled        = true
  min_count                   = 1
  max_count                   = 64
  max_pods                    = 60
  zones                       = local.zones
  vnet_subnet_id              = azurerm_subnet.nodes.id
  node_taints                 = ["coder.com/workspaces=true:NoSchedule"]
  temporary_name_for_rotation = "rotating"

  upgrade_settings {
    max_surge = "10%"
  }

  lifecycle {
    ignore_changes = [node_count]
  }
}

resource "azurerm_federated_identity_credential" "coderd" {
  name                      = "workspaces"
  user_assigned_identity_id = azurerm_user_assigned_identity.this["coderd"].id
  issuer                    = azurerm_kubernetes_cluster.this.oidc_issuer_url
  subject                   = "system:serviceaccount:coder:workspaces"
  audience                  = ["api://AzureADTokenExchange"]
}
