# What people, and whatever sets up the clusters, need to know. Written by tierform; edit coder.toml instead.

output "url" {
  description = "Where users go."
  value       = module.coderd.url
}

output "address" {
  description = "Address of the load balancer."
  value       = module.coderd.address
}

output "dns_records" {
  description = "Records to make by hand: empty when a DNS zone was given."
  value       = module.coderd.dns_records
}

output "nat_addresses" {
  description = "Public addresses by which machines and workspaces go out, for the lists of Git servers and registries."
  value       = concat(module.network.nat_addresses, module.aws_us_east_1.nat_addresses, module.azure_office.nat_addresses)
}

output "database" {
  description = "The database's private address and the name by which Cloud SQL's tools know it."
  value = {
    address         = module.database.address
    connection_name = module.database.connection_name
  }
}

output "clusters" {
  description = "Each workspace cluster: how to reach it, what puts a pod on its workspace nodes and what a workspace should request there, and who acts in it."
  value = merge(module.aws_us_east_1.clusters, module.azure_office.clusters, {
    us = merge(module.workspaces_us.cluster, {
      workspace_nodes             = module.workspaces_us.workspace_nodes
      node_service_account        = module.workspaces_us.node_service_account
      provisioner_service_account = module.provisioners_us.service_account
      workspace_requests          = var.clusters["us"].workspace_requests
    })
    eu = merge(module.workspaces_eu.cluster, {
      workspace_nodes             = module.workspaces_eu.workspace_nodes
      node_service_account        = module.workspaces_eu.node_service_account
      provisioner_service_account = module.provisioners_eu.service_account
      workspace_requests          = var.clusters["eu"].workspace_requests
    })
  })
}

output "drain" {
  description = "How to take up a new release on a provisioner host, or take a host away, without ending builds."
  value = merge(module.aws_us_east_1.drain, module.azure_office.drain, {
    us = module.provisioners_us.drain
    eu = module.provisioners_eu.drain
  })
}

output "secrets" {
  description = "Where each secret is kept, never what it is."
  value       = { for key, secret in module.secrets.secrets : key => secret.name }
}
