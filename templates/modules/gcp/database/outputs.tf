# How coderd reaches its database. Written by tierform; edit coder.toml instead.

output "address" {
  description = "Private address of the instance, known only once database and user exist."
  value       = google_sql_database_instance.this.private_ip_address
  depends_on  = [google_sql_database.coder, google_sql_user.coder]
}

output "port" {
  description = "TCP port."
  value       = 5432
}

output "name" {
  description = "Name of Coder's database."
  value       = google_sql_database.coder.name
}

output "user" {
  description = "The user who owns Coder's tables."
  value       = google_sql_user.coder.name
}

output "server_ca_cert" {
  description = "PEM certificate of the instance's own CA. Its server certificate names no address: verify with sslmode verify-ca."
  value       = nonsensitive(join("\n", google_sql_database_instance.this.server_ca_cert[*].cert)) # a certificate is public
}

output "instance" {
  description = "Name of the instance."
  value       = google_sql_database_instance.this.name
}

output "connection_name" {
  description = "Name by which Cloud SQL's own tools know the instance (project:region:instance)."
  value       = google_sql_database_instance.this.connection_name
}

output "id" {
  description = "The instance's id, which a replacement changes."
  value       = google_sql_database_instance.this.id
}
