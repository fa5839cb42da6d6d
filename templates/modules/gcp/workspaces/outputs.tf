# How to reach the cluster, and what templates need to land workspaces on it. Written by tierform; edit coder.toml instead.

output "cluster" {
  description = "The cluster: where it is, its private and its DNS endpoint, and the PEM certificate of its CA."
  value = {
    id             = google_container_cluster.this.id
    name           = google_container_cluster.this.name
    project        = google_container_cluster.this.project
    location       = google_container_cluster.this.location
    endpoint       = google_container_cluster.this.private_cluster_config[0].private_endpoint
    dns_endpoint   = google_container_cluster.this.control_plane_endpoints_config[0].dns_endpoint_config[0].endpoint
    ca_certificate = base64decode(google_container_cluster.this.master_auth[0].cluster_ca_certificate)
  }
}

output "node_service_account" {
  description = "Email of the nodes' service account, to grant it more (such as reading a private image registry)."
  value       = google_service_account.nodes.email
}

output "workspace_nodes" {
  description = "Node selector and tolerations that put a pod on the workspace pool, as Kubernetes spells them."
  value = {
    labels = local.workspace
    taints = [for key, value in local.workspace : { key = key, value = value, effect = "NoSchedule" }]
  }
}
