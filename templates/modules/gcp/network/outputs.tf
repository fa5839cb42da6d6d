# What the other modules need of the network. Written by tierform; edit coder.toml instead.

output "network" {
  description = "The VPC: id, name and self_link."
  value = {
    id        = google_compute_network.this.id
    name      = google_compute_network.this.name
    self_link = google_compute_network.this.self_link
  }
}

output "subnets" {
  description = "The subnets by key, each with its addresses and the names of its secondary ranges (null where it has none)."
  value = {
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
  }
}

output "private_services" {
  description = "The VPC's id, known only once Cloud SQL can be put into it: the database takes it from here, and so waits."
  value       = google_compute_network.this.id
  depends_on  = [google_service_networking_connection.private_services]
}

output "nat_addresses" {
  description = "The public addresses by which machines and workspaces of every region go out."
  value       = [for address in google_compute_address.nat : address.address]
}

output "nat_ready" {
  description = "Cloud NAT by region. Machines install their software through it: whatever makes machines waits for it."
  value       = { for region, nat in google_compute_router_nat.this : region => nat.id }
}
