# The cluster's two node pools and the identity of their nodes. Written by tierform; edit coder.toml instead.

locals {
  # Templates select workspace nodes by this label and tolerate the taint of the same key and value, so that workspaces and
  # the cluster's own services keep apart.
  workspace = { workload = "coder-workspace" }

  pools = {
    # Fixed in size and open to all: DNS, metrics and the like must never wait for the autoscaler or for a workspace to end.
    system = {
      size        = var.system_nodes
      node_count  = var.system_nodes.per_zone
      autoscaling = null
      labels      = { workload = "system" }
      taints      = {}
    }

    workspaces = {
      size        = var.nodes
      node_count  = null # the autoscaler's
      autoscaling = { min = var.nodes.min, max = var.nodes.max }
      labels      = local.workspace
      taints      = local.workspace
    }
  }
}

# Machine, disk and labels change in place, node by node. Another max_pods or service account replaces the pool, and ends
# every workspace on it.
resource "google_container_node_pool" "this" {
  for_each = local.pools

  name              = each.key
  cluster           = google_container_cluster.this.id
  node_count        = each.value.node_count
  max_pods_per_node = each.value.size.max_pods

  # Per zone, and only at creation: as many as the least asks for, never more over all zones than the most.
  initial_node_count = each.value.autoscaling == null ? null : min(
    ceil(each.value.autoscaling.min / length(var.cluster.zones)),
    floor(each.value.autoscaling.max / length(var.cluster.zones)),
  )

  dynamic "autoscaling" {
    for_each = each.value.autoscaling[*]

    content {
      total_min_node_count = autoscaling.value.min # over all zones; GKE takes no mixture with limits per zone
      total_max_node_count = autoscaling.value.max
      location_policy      = "BALANCED" # a workspace's volume ties it to a zone, so keep room in each
    }
  }

  management {
    auto_repair  = true
    auto_upgrade = true # required by the release channel
  }

  # A new node first, then the old one is drained.
  upgrade_settings {
    strategy        = "SURGE"
    max_surge       = 1
    max_unavailable = 0
  }

  node_config {
    machine_type    = each.value.size.machine_type
    disk_type       = each.value.size.disk_type # written always: GKE's default does not follow the machine's family
    disk_size_gb    = each.value.size.disk_gb
    image_type      = "COS_CONTAINERD"
    service_account = google_service_account.nodes.email
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"] # IAM roles decide, not scopes
    labels          = each.value.labels
    resource_labels = var.labels

    dynamic "taint" {
      for_each = each.value.taints

      content {
        key    = taint.key
        value  = taint.value
        effect = "NO_SCHEDULE"
      }
    }

    metadata = {
      disable-legacy-endpoints = "true"
    }

    gvnic {
      enabled = true # newer families have no other network card
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    kubelet_config {
      insecure_kubelet_readonly_port_enabled = "FALSE"
    }

    # Pods see their own Kubernetes identity, never the node's: workspaces run what developers like.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  lifecycle {
    ignore_changes = [initial_node_count] # a change would replace the pool
  }
}

# Not the project's default account, which may edit the whole project.
resource "google_service_account" "nodes" {
  project      = var.project
  account_id   = "${var.name}-${var.cluster.name}-nodes"
  display_name = "Nodes of GKE cluster ${var.name}-${var.cluster.name}"
}

# The logs, metrics and autoscaling figures that nodes must write. A member, not a binding: the project's other holders of
# this role keep it.
resource "google_project_iam_member" "nodes" {
  project = var.project
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.nodes.member
}
