# The pools that run workspaces. Written by tierform; edit coder.toml instead.

locals {
  # Templates select workspace nodes by this label and tolerate the taint of the same key and value, so that workspaces and
  # the cluster's own services keep apart.
  workspace = { workload = "coder-workspace" }

  # A pool in each zone: a disk can only be attached in its own, and of a pool that spans zones nobody can ask for a node in a certain one.
  # The bounds are for all of them together.
  pool_zones = length(var.zones) == 0 ? [null] : sort(var.zones)
  pools = {
    for i, zone in local.pool_zones : zone == null ? "workspaces" : "workspaces${zone}" => {
      temporary = zone == null ? "rotating" : "rotating${zone}"
      zones     = zone[*]
      min       = floor(var.nodes.min / length(local.pool_zones)) + (i < var.nodes.min % length(local.pool_zones) ? 1 : 0)
      max       = floor(var.nodes.max / length(local.pool_zones)) + (i < var.nodes.max % length(local.pool_zones) ? 1 : 0)
    }
  }
}

# Machine, disk and max_pods are brought in by way of a temporary pool, which ends the sessions on every node. Another zone or subnet replaces
# the pool.
resource "azurerm_kubernetes_cluster_node_pool" "this" {
  for_each = local.pools

  name                        = each.key
  temporary_name_for_rotation = each.value.temporary
  kubernetes_cluster_id       = azurerm_kubernetes_cluster.this.id
  mode                        = "User"
  vm_size                     = var.nodes.machine_type
  auto_scaling_enabled        = true
  min_count                   = each.value.min
  max_count                   = each.value.max
  max_pods                    = var.nodes.max_pods
  os_sku                      = "Ubuntu"
  os_disk_type                = var.nodes.os_disk_type
  os_disk_size_gb             = var.nodes.disk_gb
  host_encryption_enabled     = var.encryption_at_host
  vnet_subnet_id              = var.subnet.id
  zones                       = length(each.value.zones) == 0 ? null : each.value.zones
  node_labels                 = local.workspace
  node_taints                 = [for key, value in local.workspace : "${key}=${value}:NoSchedule"]
  tags                        = var.tags

  # A new node first, then the old one is drained. Left out, it would differ in every plan.
  upgrade_settings {
    max_surge = "10%"
  }

  lifecycle {
    ignore_changes = [node_count, orchestrator_version] # the autoscaler's, the channel's
  }
}
