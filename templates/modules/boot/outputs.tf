# What the module hands back: the text a machine boots from. Written by tierform; edit coder.toml instead.
output "user_data" {
  description = "Cloud-config text for the machine's user data. It names secrets but holds none."
  value       = local.user_data

  precondition {
    condition     = local.user_data_bytes <= 16384
    error_message = "The user data is ${local.user_data_bytes} bytes long, and not every cloud takes more than 16384. Shorten var.environment or var.database.ca_certificate."
  }
}
