# The database's password and the provisioners' key, or a copy of the key alone, in Secret Manager. Written by tierform; edit coder.toml instead.

# The values exist only while the engine runs and go through write-only arguments, so neither state nor plan nor log ever
# holds one. Letters and digits alone keep them whole in environment files; 40 of them are about 238 bits.
# A new length takes effect at the next rotation, not before.
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

resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  project             = var.project
  secret_id           = "${var.name}-${replace(each.key, "_", "-")}"
  labels              = var.labels
  deletion_protection = var.deletion_protection

  # Automatic replication serves machines in every region and survives the loss of one. An organisation whose policy
  # confines resources to some locations (constraints/gcp.resourceLocations) must name its regions instead, before the
  # first apply: a change of replication replaces the secret, its value and the grants on it.
  replication {
    dynamic "auto" {
      for_each = length(var.replica_locations) == 0 ? [true] : []
      content {}
    }

    dynamic "user_managed" {
      for_each = length(var.replica_locations) == 0 ? [] : [true]

      content {
        dynamic "replicas" {
          for_each = var.replica_locations

          content {
            location = replicas.value
          }
        }
      }
    }
  }
}

resource "google_secret_manager_secret_version" "this" {
  for_each = local.secrets

  secret                 = google_secret_manager_secret.this[each.key].id
  secret_data_wo         = var.is_copy ? var.copied_psk : ephemeral.random_password.this[each.key].result
  secret_data_wo_version = tostring(each.value.version)

  # A rotation leaves the old value disabled, not destroyed, so that it can be taken back up.
  deletion_policy = "DISABLE"

  lifecycle {
    # The new value is there, and its readers know of it, before the old one goes: no machine boots into a gap.
    create_before_destroy = true
  }
}
