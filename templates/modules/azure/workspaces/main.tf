# The AKS cluster that runs workspaces. Written by tierform; edit coder.toml instead.

resource "azurerm_user_assigned_identity" "cluster" {
  name                = "${var.name}-${var.cluster.name}"
  resource_group_name = var.resource_group.name
  location            = var.region
  tags                = var.tags
}

# For load balancers and private endpoints in the nodes' subnet; no other part of the network.
resource "azurerm_role_assignment" "subnet" {
  scope                = var.subnet.id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal" # Entra ID may not know a fresh identity yet; with its type given Azure does not ask
}

# DATA LOSS: a new name, region, DNS prefix, node resource group, subnet or range of services or pods replaces the cluster, and every workspace's
# disk with it; so does going private or back, and switching the OIDC issuer off. deletion_protection refuses it (protection.tf).
# No version here: it comes from the channel, and a number would fight its upgrades.
resource "azurerm_kubernetes_cluster" "this" {
  name                = "${var.name}-${var.cluster.name}"
  resource_group_name = var.resource_group.name
  location            = var.region
  dns_prefix          = "${var.name}-${var.cluster.name}"
  node_resource_group = "${var.name}-${var.cluster.name}-nodes"
  sku_tier            = "Standard" # Free has no uptime agreement and is for ten nodes
  tags                = var.tags

  # Upgrades. Control plane and Kubernetes go by one channel, the nodes' images by the other: the two may not be the same.
  automatic_upgrade_channel = var.upgrade_channel
  node_os_upgrade_channel   = "NodeImage"

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = var.maintenance.day
    start_time  = var.maintenance.start
    duration    = var.maintenance.hours
    utc_offset  = "+00:00"
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = var.maintenance.day
    start_time  = var.maintenance.start
    duration    = var.maintenance.hours
    utc_offset  = "+00:00"
  }

  # Network: pods have addresses of the overlay's, a /24 of it a node; nodes have private addresses only and go out through the NAT gateway.
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium" # enforces network policies without an add-on
    network_policy      = "cilium"
    pod_cidr            = var.cluster.pods_cidr
    service_cidr        = var.cluster.services_cidr
    dns_service_ip      = cidrhost(var.cluster.services_cidr, 10)
    outbound_type       = var.outbound_type
    load_balancer_sku   = "standard"
  }

  # Control plane: nodes, provisioner hosts and coderd come from the NAT's addresses, people from those of var.authorized_cidrs. Who they are and
  # what they may do, Entra ID decides. Or there is no public endpoint at all.
  private_cluster_enabled             = var.private_endpoint
  private_cluster_public_fqdn_enabled = false

  dynamic "api_server_access_profile" {
    for_each = var.private_endpoint ? [] : [true]

    content {
      authorized_ip_ranges = concat([for address in var.nat_addresses : "${address}/32"], tolist(var.authorized_cidrs))
    }
  }

  # Identity: people and workloads by Entra ID; no local accounts, whose certificates would also stand in the state.
  local_account_disabled            = true
  role_based_access_control_enabled = true
  oidc_issuer_enabled               = true
  workload_identity_enabled         = true # pods trade their Kubernetes token for one of Entra ID
  run_command_enabled               = false

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled     = true
    admin_group_object_ids = tolist(var.admin_groups)
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.cluster.id]
  }

  # Fixed in size and open to all pods: DNS, metrics and the like must never wait for the autoscaler or for a workspace to end.
  default_node_pool {
    name                        = "system"    # another name replaces the cluster
    temporary_name_for_rotation = "systemtmp" # another machine, disk or max_pods is brought in by way of it
    type                        = "VirtualMachineScaleSets"
    vm_size                     = var.system_nodes.machine_type
    node_count                  = var.system_nodes.count
    max_pods                    = var.system_nodes.max_pods
    os_sku                      = "Ubuntu"
    os_disk_type                = var.system_nodes.os_disk_type
    os_disk_size_gb             = var.system_nodes.disk_gb
    host_encryption_enabled     = var.encryption_at_host
    vnet_subnet_id              = var.subnet.id
    zones                       = length(var.zones) == 0 ? null : var.zones
    node_labels                 = { workload = "system" }
    tags                        = var.tags

    # A new node first, then the old one is drained. Left out, it would differ in every plan.
    upgrade_settings {
      max_surge = "10%"
    }
  }

  # For the pools in pools.tf. `balance`: the volume of a workspace ties it to a zone, so keep room in each.
  auto_scaler_profile {
    balance_similar_node_groups = true
  }

  node_provisioning_profile {
    mode = "Manual" # Azure makes no pools of its own choice
  }

  storage_profile {
    disk_driver_enabled         = true # workspaces' home volumes
    file_driver_enabled         = false
    blob_driver_enabled         = false
    snapshot_controller_enabled = true
  }

  # Nodes fetch their images through NAT, and without the role Azure could not put them into the subnet.
  depends_on = [azurerm_role_assignment.subnet, var.nat_ready]

  lifecycle {
    ignore_changes = [kubernetes_version] # the channel's

    precondition {
      condition     = var.private_endpoint || length(var.nat_addresses) > 0
      error_message = "The nodes reach the cluster's public endpoint from the NAT's addresses, and none is known: name them in network.existing.nat_addresses."
    }
  }
}

# Who signed in, what the autoscaler did, and who changed what. What developers' own containers print stays in the cluster.
resource "azurerm_monitor_diagnostic_setting" "this" {
  name                       = "control-plane"
  target_resource_id         = azurerm_kubernetes_cluster.this.id
  log_analytics_workspace_id = var.log_workspace

  dynamic "enabled_log" {
    for_each = ["cluster-autoscaler", "guard", "kube-audit-admin"]

    content {
      category = enabled_log.value
    }
  }
}
