# What the other modules need of the network. Written by tierform; edit coder.toml instead.

output "network" {
  description = "The VPC's id, and the project that it belongs to."
  value       = local.network
}

output "subnets" {
  description = "The subnets by key, each with its addresses and the names of its secondary ranges (null where it has none)."
  value = merge(
    {
      for key, subnet in google_compute_subnetwork.this : key => {
        id             = subnet.id
        name           = subnet.name
        self_link      = subnet.self_link
        region         = subnet.region
        cidr           = subnet.ip_cidr_range
        pods_cidr      = var.network.subnets[key].pods_cidr
        pods_range     = var.network.subnets[key].pods_cidr == null ? null : "pods"
        services_range = var.network.subnets[key].services_cidr == null ? null : "services"
      }
    },
    {
      for key, subnet in try(var.network.existing.subnets, {}) : key => {
        id             = data.google_compute_subnetwork.existing[key].id
        name           = subnet.name
        self_link      = data.google_compute_subnetwork.existing[key].self_link
        region         = subnet.region
        cidr           = data.google_compute_subnetwork.existing[key].ip_cidr_range
        pods_cidr      = one([for range in data.google_compute_subnetwork.existing[key].secondary_ip_range : range.ip_cidr_range if range.range_name == subnet.pods_range])
        pods_range     = subnet.pods_range
        services_range = subnet.services_range
      }
    },
  )
}

output "proxies_cidr" {
  description = "Range of an internal load balancer's proxies; null where there is none."
  value       = local.made ? try(var.network.proxies.cidr, null) : try(data.google_compute_subnetwork.existing["proxies"].ip_cidr_range, null)
}

output "proxies_ready" {
  description = "The subnet of an internal load balancer's proxies: the balancer waits for it, and goes before it."
  value       = one(google_compute_subnetwork.proxies[*].id)
}

output "private_services" {
  description = "The VPC's id, known only once Cloud SQL can be put into it: the database takes it from here, and so waits."
  value       = local.network.id
  depends_on  = [google_service_networking_connection.private_services]
}

output "nat_addresses" {
  description = "The public addresses by which machines and workspaces of every region go out."
  value       = local.made ? [for address in google_compute_address.nat : address.address] : var.network.existing.nat_addresses
}

output "nat_ready" {
  description = "Cloud NAT by region. Machines install their software through it: whatever makes machines waits for it."
  value       = { for region, nat in google_compute_router_nat.this : region => nat.id }
}
