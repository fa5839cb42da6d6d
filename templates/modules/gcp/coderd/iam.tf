# Who the coderd machines are and what they may do. Written by tierform; edit coder.toml instead.

resource "google_service_account" "coderd" {
  project      = var.project
  account_id   = local.role
  display_name = "${local.role}: Coder control plane"
}

locals {
  readable_secrets = merge(
    { for key, reference in var.secret_environment : key => regex("^projects/(?P<project>[^/]+)/secrets/(?P<secret_id>[^/]+)/", reference) },
    { DATABASE_PASSWORD = { project = var.project, secret_id = var.secrets.database_password.secret_id } },
    var.secrets.provisioner_psk == null ? {} : {
      CODER_PROVISIONER_DAEMON_PSK = { project = var.project, secret_id = var.secrets.provisioner_psk.secret_id }
    },
  )
}

# Secret by secret, never project-wide. Grants take a while to spread: the boot script tries again on 403.
resource "google_secret_manager_secret_iam_member" "coderd" {
  for_each = local.readable_secrets

  project   = each.value.project
  secret_id = each.value.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.coderd.member
}

# For the Ops Agent, should your organisation install it on machines.
resource "google_project_iam_member" "coderd" {
  for_each = toset(["roles/logging.logWriter", "roles/monitoring.metricWriter"])

  project = var.project
  role    = each.key
  member  = google_service_account.coderd.member
}

# Where the replicas build workspaces: finding a cluster and signing in is all that IAM gives, as on provisioner hosts.
resource "google_project_iam_member" "cluster_viewer" {
  for_each = local.builds ? toset([var.project]) : toset([])

  project = each.key
  role    = "roles/container.clusterViewer"
  member  = google_service_account.coderd.member
}
