# The GKE cluster that runs workspaces. Written by tierform; edit coder.toml instead.

# A new name, region, network, range or control_plane_cidr replaces the cluster, and every workspace's disk with it; so would
# default_max_pods_per_node, hence the pools set their own. Versions come from the release channel alone: a number here would
# fight its upgrades.
resource "google_container_cluster" "this" {
  project             = var.project
  name                = "${var.name}-${var.cluster.name}"
  location            = var.cluster.region # regional: the control plane runs in three zones
  node_locations      = var.cluster.zones
  resource_labels     = var.labels
  deletion_protection = var.deletion_protection

  release_channel {
    channel = var.release_channel
  }

  maintenance_policy {
    recurring_window {
      start_time = var.maintenance.start
      end_time   = var.maintenance.end
      recurrence = var.maintenance.recurrence
    }
  }

  # Network: pods and services have ranges of their own in the subnet, nodes have private addresses only.
  network                     = var.network
  subnetwork                  = var.subnet.id
  networking_mode             = "VPC_NATIVE"
  datapath_provider           = "ADVANCED_DATAPATH" # Dataplane V2 enforces network policies without an add-on
  enable_intranode_visibility = true                # traffic between pods of one node shows in flow logs too

  ip_allocation_policy {
    cluster_secondary_range_name  = var.subnet.pods_range
    services_secondary_range_name = var.subnet.services_range
    stack_type                    = "IPV4"
  }

  network_policy {
    enabled = false # the add-on of the older data path, which Dataplane V2 replaces
  }

  # Control plane: people come through the DNS endpoint, where IAM decides (container.clusters.connect); machines of this
  # subnet, and of those in authorized_cidrs, may also use the private address. There is no public one.
  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = true
    master_ipv4_cidr_block  = var.cluster.control_plane_cidr
  }

  control_plane_endpoints_config {
    dns_endpoint_config {
      allow_external_traffic = var.external_dns_endpoint
    }

    ip_endpoints_config {
      enabled = true
    }
  }

  master_authorized_networks_config {
    gcp_public_cidrs_access_enabled = false

    cidr_blocks {
      display_name = "${var.name}-${var.cluster.name}"
      cidr_block   = var.subnet.cidr # nodes and provisioner hosts
    }

    dynamic "cidr_blocks" {
      for_each = var.authorized_cidrs

      content {
        display_name = cidr_blocks.key
        cidr_block   = cidr_blocks.value
      }
    }
  }

  # Identity: people and workloads by IAM; no client certificates, no attribute-based rules, and no binding that would
  # admit whoever holds some Google account (system:authenticated).
  enable_legacy_abac = false

  workload_identity_config {
    workload_pool = "${var.project}.svc.id.goog"
  }

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }

  rbac_binding_config {
    enable_insecure_binding_system_authenticated   = false
    enable_insecure_binding_system_unauthenticated = false
  }

  addons_config {
    gce_persistent_disk_csi_driver_config {
      enabled = true # workspaces' home volumes
    }
  }

  logging_config {
    enable_components = ["SYSTEM_COMPONENTS"] # what developers' own containers print stays in the cluster
  }

  monitoring_config {
    enable_components = ["SYSTEM_COMPONENTS"]

    managed_prometheus {
      enabled = true
    }
  }

  cost_management_config {
    enabled = true # bills by namespace and label
  }

  # GKE cannot begin without a pool. This one is deleted again as soon as the cluster is up, the pools in pools.tf take over.
  # It is written in full all the same, because its nodes would else run as the project's default account.
  remove_default_node_pool = true
  initial_node_count       = 1
  enable_shielded_nodes    = true

  node_config {
    machine_type    = var.system_nodes.machine_type
    disk_type       = var.system_nodes.disk_type
    disk_size_gb    = var.system_nodes.disk_gb
    image_type      = "COS_CONTAINERD"
    service_account = google_service_account.nodes.email
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]

    metadata = {
      disable-legacy-endpoints = "true"
    }

    gvnic {
      enabled = true
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  depends_on = [google_project_iam_member.nodes] # nodes without their role never become ready

  lifecycle {
    # From here on Google reports the first of the pools, and would have the cluster replaced when that one changes.
    ignore_changes = [node_config]
  }
}
