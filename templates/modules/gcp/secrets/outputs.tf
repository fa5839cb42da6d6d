# Where the secrets are; never what they are. Written by tierform; edit coder.toml instead.

output "secrets" {
  description = "By key (database_password, provisioner_psk): the secret's id (for grants) and secret_id, its current version, and the name to fetch that version by."
  value = {
    for key, version in google_secret_manager_secret_version.this : key => {
      id        = google_secret_manager_secret.this[key].id
      secret_id = google_secret_manager_secret.this[key].secret_id
      version   = version.version
      name      = version.name
    }
  }
}
