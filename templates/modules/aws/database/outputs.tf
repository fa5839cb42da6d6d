# How coderd reaches its database. Written by tierform; edit coder.toml instead.

output "address" {
  description = "Private name of the instance."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "TCP port."
  value       = aws_db_instance.this.port
}

output "name" {
  description = "Name of Coder's database."
  value       = aws_db_instance.this.db_name
}

output "user" {
  description = "The user who owns Coder's tables."
  value       = aws_db_instance.this.username
}

output "security_group_id" {
  description = "The database's security group, to which whoever may connect adds a rule."
  value       = aws_security_group.this.id
}

output "instance" {
  description = "Name of the instance."
  value       = aws_db_instance.this.identifier
}

output "final_snapshot" {
  description = "Name of the snapshot that a destroy leaves behind."
  value       = aws_db_instance.this.final_snapshot_identifier
}

output "id" {
  description = "The instance's id in all of AWS, which a replacement changes."
  value       = aws_db_instance.this.resource_id
}
