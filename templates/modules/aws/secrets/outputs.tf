# Where the secrets are; never what they are. Written by tierform; edit coder.toml instead.

output "secrets" {
  description = "By key (database_password, provisioner_psk): the secret's ARN (for grants), its current version's id, and the name by which a machine fetches that version (<ARN>|<version id>)."
  value = {
    for key, version in aws_secretsmanager_secret_version.this : key => {
      arn     = aws_secretsmanager_secret.this[key].arn
      version = version.version_id
      name    = "${aws_secretsmanager_secret.this[key].arn}|${version.version_id}"
    }
  }
}
