# Address records of the access URL and the wildcard, in the Cloud DNS zone that is given, or inside the VPC. Written by tierform; edit
# coder.toml instead.

locals {
  # Without a zone these are an output: somebody else has to create them.
  dns_records = [for domain in local.domains : {
    name = domain
    type = "A"
    data = local.address
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
  rrdatas      = [local.address]
}

# Internal, and no zone: people's records are somebody else's to make, but machines and workspaces must find coderd without them. A zone
# of the host name alone hides no other name.
resource "google_dns_managed_zone" "inside" {
  count = !local.public && var.access.dns_zone == null ? 1 : 0

  project     = var.project
  name        = "${local.role}-inside"
  dns_name    = "${var.access.hostname}."
  description = "The access URL, for machines of the VPC."
  visibility  = "private"
  labels      = local.labels

  private_visibility_config {
    networks {
      network_url = var.network.id
    }
  }
}

resource "google_dns_record_set" "inside" {
  for_each = toset([
    for domain in local.domains : domain
    if length(google_dns_managed_zone.inside) == 1 && (domain == var.access.hostname || endswith(domain, ".${var.access.hostname}"))
  ])

  project      = var.project
  managed_zone = google_dns_managed_zone.inside[0].name
  name         = "${each.key}."
  type         = "A"
  ttl          = 300
  rrdatas      = [local.address]
}
