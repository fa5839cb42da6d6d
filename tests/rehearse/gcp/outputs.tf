output "address" {
  description = "Where the balancer listens."
  value       = google_compute_global_address.front.address
}

output "cluster_ca" {
  description = "The cluster's CA certificate."
  value       = google_container_cluster.this.master_auth[0].cluster_ca_certificate
  sensitive   = true
}

output "connection_name" {
  description = "The database's connection name."
  value       = google_sql_database_instance.this.connection_name
}
