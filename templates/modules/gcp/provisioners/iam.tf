# Who the provisioner hosts are and what they may do. Written by tierform; edit coder.toml instead.

resource "google_service_account" "provisioner" {
  project      = var.project
  account_id   = "${var.name}-${var.cluster_name}-prov" # 30 characters at most
  display_name = "${local.role}: Coder provisioner hosts"
}

# The pre-shared key, the only secret on these hosts. Whoever may push templates runs code as this account, and so can read it. Grants take a while to spread: the boot script tries again on 403.
resource "google_secret_manager_secret_iam_member" "provisioner" {
  project   = var.project
  secret_id = var.secrets.provisioner_psk.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.provisioner.member
}

# For the Ops Agent, should your organisation install it on machines.
resource "google_project_iam_member" "provisioner" {
  for_each = toset(["roles/logging.logWriter", "roles/monitoring.metricWriter"])

  project = var.project
  role    = each.key
  member  = google_service_account.provisioner.member
}

# Finding the cluster and signing in is all that IAM gives: what a template may create inside it is RBAC's business,
# namespace by namespace. A wider role such as container.developer would make every template author an admin of all namespaces.
resource "google_project_iam_member" "cluster_viewer" {
  project = var.cluster_project
  role    = "roles/container.clusterViewer"
  member  = google_service_account.provisioner.member
}
