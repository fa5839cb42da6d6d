# Who may reach the coderd machines: the balancer and the other replicas. Written by tierform; edit coder.toml instead.

locals {
  # Google's front ends and health checkers, the same for every project.
  balancer_ranges = ["130.211.0.0/22", "35.191.0.0/16"]
}

# Not logged: the balancer logs requests, and its probes alone would fill the log.
resource "google_compute_firewall" "balancer" {
  project                 = var.project
  name                    = "${local.role}-balancer"
  network                 = var.network.id
  direction               = "INGRESS"
  source_ranges           = local.balancer_ranges
  target_service_accounts = [google_service_account.coderd.email]

  allow {
    protocol = "tcp"
    ports    = [tostring(local.http_port)]
  }
}

# Between replicas: DERP relay on the HTTP port, and 6222 for the embedded NATS that newer releases use. Users, workspaces and
# provisioners come through the balancer; for SSH through IAP add a rule of your own from 35.235.240.0/20 to port 22.
resource "google_compute_firewall" "peers" {
  count = var.coderd.license == "premium" ? 1 : 0 # without there is one replica alone

  project                 = var.project
  name                    = "${local.role}-peers"
  network                 = var.network.id
  direction               = "INGRESS"
  source_service_accounts = [google_service_account.coderd.email]
  target_service_accounts = [google_service_account.coderd.email]

  allow {
    protocol = "tcp"
    ports    = [tostring(local.http_port), "6222"]
  }
}
