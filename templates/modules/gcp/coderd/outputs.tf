# What the rest of the deployment and its owner need to know about coderd. Written by tierform; edit coder.toml instead.

output "url" {
  description = "The access URL."
  value       = local.url
}

output "address" {
  description = "The balancer's IPv4 address: public, unless access.internal is set."
  value       = local.address
}

output "dns_records" {
  description = "Records to create where the domain is hosted: name, type, data. Empty when dns_zone was given, for then they exist. Without a certificate of your own, Google issues one only after they point here."
  value       = var.access.dns_zone == null ? local.dns_records : []
}

output "instance_group" {
  description = "Self link of the instance group of coderd machines."
  value       = google_compute_region_instance_group_manager.coderd.instance_group
}

output "service_account" {
  description = "E-mail address of the machines' service account."
  value       = google_service_account.coderd.email
}
