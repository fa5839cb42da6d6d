# What the root says of a site. Written by tierform; edit coder.toml instead.

output "nat_addresses" {
  description = "The public addresses by which machines and workspaces go out."
  value       = module.network.nat_addresses
}

output "clusters" {
  description = "Each workspace cluster: how to reach it, what puts a pod on its workspace nodes and what a workspace should request there, and who acts in it."
  value = {
    for name, cluster in var.clusters : name => merge(module.workspaces[name].cluster, {
      workspace_nodes      = module.workspaces[name].workspace_nodes
      node_identity        = module.workspaces[name].node_identity
      provisioner_identity = module.provisioners[name].identity
      workspace_requests   = cluster.workspace_requests
    })
  }
}

output "vault" {
  description = "The id of the vault with the copy of the provisioners' key, its name and address."
  value       = module.secrets.vault
}

output "drain" {
  description = "By cluster: how to take up a new release on a provisioner host, or take a host away, without ending builds."
  value       = { for name, provisioners in module.provisioners : name => provisioners.drain }
}
