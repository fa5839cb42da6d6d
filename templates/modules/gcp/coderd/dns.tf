# Address records of the access URL and the wildcard, when a Cloud DNS zone is given. Written by tierform; edit coder.toml instead.

locals {
  # Without a zone these are an output: somebody else has to create them.
  dns_records = [for domain in local.domains : {
    name = domain
    type = "A"
    data = google_compute_global_address.coderd.address
  }]
}

# The wildcard *-coder.acme.dev takes *.acme.dev, and with it every name of that domain that has no record of its own.
resource "google_dns_record_set" "coderd" {
  for_each = var.access.dns_zone == null ? toset([]) : toset(local.domains)

  project      = var.project
  managed_zone = var.access.dns_zone
  name         = "${each.key}."
  type         = "A"
  ttl          = 300
  rrdatas      = [google_compute_global_address.coderd.address]
}
