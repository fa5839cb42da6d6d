# How to reach the cluster, and what templates need to land workspaces on it. Written by tierform; edit coder.toml instead.

output "cluster" {
  description = "The cluster: where it is, the name of its endpoint, the PEM certificate of its CA, and the issuer of its workloads' tokens."
  value = {
    id              = azurerm_kubernetes_cluster.this.id
    name            = azurerm_kubernetes_cluster.this.name
    resource_group  = azurerm_kubernetes_cluster.this.resource_group_name
    region          = azurerm_kubernetes_cluster.this.location
    endpoint        = var.private_endpoint ? azurerm_kubernetes_cluster.this.private_fqdn : azurerm_kubernetes_cluster.this.fqdn
    ca_certificate  = nonsensitive(base64decode(azurerm_kubernetes_cluster.this.kube_config[0].cluster_ca_certificate)) # stands among credentials, but is none
    oidc_issuer_url = azurerm_kubernetes_cluster.this.oidc_issuer_url
  }
}

output "node_identity" {
  description = "Object id of the nodes' identity, to grant it more (such as AcrPull on a registry of images)."
  value       = one(azurerm_kubernetes_cluster.this.kubelet_identity[*].object_id)
}

output "workspace_nodes" {
  description = "Node selector and tolerations that put a pod on the workspace pools, as Kubernetes spells them."
  value = {
    labels = local.workspace
    taints = [for key, value in local.workspace : { key = key, value = value, effect = "NoSchedule" }]
  }
}
