# What people, and whatever sets up the clusters, need to know. Written by tierform; edit coder.toml instead.

output "url" {
  description = "Where users go."
  value       = module.coderd.url
}

output "address" {
  description = "Address of the Application Gateway."
  value       = module.coderd.address
}

output "dns_records" {
  description = "Records to make by hand: empty when a DNS zone was given."
  value       = module.coderd.dns_records
}

output "nat_addresses" {
  description = "Public addresses by which machines and workspaces go out, for the lists of Git servers and registries."
  value       = module.network.nat_addresses
}

output "database" {
  description = "The database's name inside the VNet, and the name by which Azure's tools know the server."
  value = {
    address = module.database.address
    server  = module.database.server
  }
}

output "clusters" {
  description = "Each workspace cluster: how to reach it, what puts a pod on its workspace nodes and what a workspace should request there, and who acts in it."
  value = {
    main = merge(module.workspaces_main.cluster, {
      workspace_nodes      = module.workspaces_main.workspace_nodes
      node_identity        = module.workspaces_main.node_identity
      provisioner_identity = module.provisioners_main.identity
      workspace_requests   = var.clusters["main"].workspace_requests
    })
  }
}

output "drain" {
  description = "How to take up a new release on a provisioner host, or take a host away, without ending builds."
  value = {
    main = module.provisioners_main.drain
  }
}

output "secrets" {
  description = "Where each secret is kept, never what it is."
  value       = { for key, secret in module.secrets.secrets : key => secret.name }
}
