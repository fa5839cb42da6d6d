# The database's password and the provisioners' key, or a copy of the key alone, in Secrets Manager. Written by tierform; edit coder.toml instead.

# The values exist only while the engine runs and go through write-only arguments, so neither state nor plan nor log ever
# holds one. Letters and digits alone keep them whole in environment files, and out of the characters that RDS refuses
# (/ " @ and space); 40 of them are about 238 bits. A new length takes effect at the next rotation, not before.
locals {
  secrets = merge(
    var.is_copy ? {} : { database_password = { version = var.secret_versions.database_password, length = 40 } },
    var.provisioner_psk ? { provisioner_psk = { version = var.secret_versions.provisioner_psk, length = 64 } } : {},
  )
}

ephemeral "random_password" "this" {
  for_each = var.is_copy ? {} : local.secrets

  length  = each.value.length
  special = false
}

# Encrypted with the account's own key for Secrets Manager, so that a reader needs no right but the one to read. Who may read what
# stands in the roles of the machines, secret by secret.
# Another name is another secret; the old name stays taken for as long as the old one can be restored.
resource "aws_secretsmanager_secret" "this" {
  for_each = local.secrets

  name                    = "${var.name}-${replace(each.key, "_", "-")}"
  description             = "${replace(each.key, "_", " ")} of the Coder deployment ${var.name}"
  recovery_window_in_days = var.deletion_protection ? 30 : 0
  tags                    = var.tags
}

# A rotation replaces this resource, but deletes nothing: Secrets Manager keeps the value before under the label AWSPREVIOUS.
resource "aws_secretsmanager_secret_version" "this" {
  for_each = local.secrets

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = var.is_copy ? var.copied_psk : ephemeral.random_password.this[each.key].result
  secret_string_wo_version = each.value.version
}
