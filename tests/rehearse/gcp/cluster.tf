resource "google_container_cluster" "this" {
  name                     = "${var.name}-main"
  location                 = "europe-west1"
  deletion_protection      = var.deletion_protection
  network                  = google_compute_network.this.id
  subnetwork               = google_compute_subnetwork.nodes.id
  datapath_provider        = "ADVANCED_DATAPATH"
  remove_default_node_pool = true
  initial_node_count       = 1

  release_channel {
    channel = "REGULAR"
  }

  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
  }

  private_cluster_config {
    enable_private_nodes   = true
    master_ipv4_cidr_block = "172.16.0.0/28"
  }

  workload_identity_config {
    workload_pool = "acme-prod.svc.id.goog"
  }

  node_config {
    machine_type = "n4-standard-4"
    disk_type    = "hyperdisk-balanced"
  }

  lifecycle {
    ignore_changes = [node_config]
  }
}

resource "google_container_node_pool" "workspaces" {
  name               = "workspaces"
  cluster            = google_container_cluster.this.id
  initial_node_count = 1
  max_pods_per_node  = 64

  autoscaling {
    total_min_node_count = 3
    total_max_node_count = 43
    location_policy      = "BALANCED"
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  node_config {
    machine_type    = "n4-standard-8"
    disk_type       = "hyperdisk-balanced"
    disk_size_gb    = 100
    service_account = google_service_account.machines.email
    labels          = { workload = "coder-workspace" }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  lifecycle {
    ignore_changes = [initial_node_count]
  }
}

resource "google_service_account_iam_member" "workspaces" {
  service_account_id = google_service_account.machines.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:acme-prod.svc.id.goog[coder/workspace]"
  depends_on         = [google_container_cluster.this]
}
