# What the module hands back: the text a machine boots from. Written by tierform; edit coder.toml instead.
output "user_data" {
  description = "Cloud-config text for the machine's user data. It names secrets but holds none."
  value       = local.user_data

  precondition {
    condition     = local.bytes <= local.most
    error_message = "The user data is ${local.bytes} bytes long, and this cloud takes ${local.most}. Shorten var.environment or var.database.ca_certificate."
  }
}

output "encoded" {
  description = "The same in base64, compressed first where it is longer than 16 KB."
  value       = local.encoded

  precondition {
    condition     = local.bytes <= local.most
    error_message = "The user data is ${local.bytes} bytes long, and this cloud takes ${local.most}. Shorten var.environment or var.database.ca_certificate."
  }
}
