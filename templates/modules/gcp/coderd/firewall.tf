# Who may reach the coderd machines: the balancer and the other replicas. Written by tierform; edit coder.toml instead.

locals {
  # Google's front ends and health checkers, the same for every project.
  balancer_ranges = ["130.211.0.0/22", "35.191.0.0/16"]

  # The rules belong to the network, and so to the host project of a shared one.
  network_project = coalesce(var.network.project, var.project)
}

# An internal balancer's proxies call from their own subnet, its health checkers as any other's. Not logged: the balancer logs requests, and its probes alone would fill the log.
resource "google_compute_firewall" "balancer" {
  project                 = local.network_project
  name                    = "${local.role}-balancer"
  network                 = var.network.id
  direction               = "INGRESS"
  source_ranges           = concat(local.balancer_ranges, compact([local.public ? null : var.proxies_cidr]))
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

  project                 = local.network_project
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
