# The certificate of the access URL and the wildcard, through one certificate map. Written by tierform; edit coder.toml instead.
#
# Three sources: an existing certificate; one that Google issues once a record in dns_zone has proven the names; or, for a single
# host name without a zone, one that Google issues once that name points at the balancer. An internal balancer takes only the first
# two, and certificates of its own region; the proof is public all the same.

locals {
  # *.apps.acme.dev stands for itself; *-coder.acme.dev needs *.acme.dev, for a certificate's star is a whole label.
  wildcard_domain = var.access.wildcard == null ? null : replace(var.access.wildcard, "/^[*][^.]*[.]/", "*.")
  domains         = compact([var.access.hostname, local.wildcard_domain])

  managed_certificate = var.access.certificate == null
  proven_by_dns       = local.managed_certificate && var.access.dns_zone != null
  location            = local.public ? "global" : var.region

  certificate = local.managed_certificate ? one(google_certificate_manager_certificate.coderd[*].id) : var.access.certificate
}

# An authorization is for a bare name and covers it and its wildcard: one is enough for coder.acme.dev with *.coder.acme.dev,
# two are made for coder.acme.dev with *.apps.acme.dev.
resource "google_certificate_manager_dns_authorization" "coderd" {
  for_each = local.proven_by_dns ? toset([for domain in local.domains : trimprefix(domain, "*.")]) : toset([])

  project  = var.project
  name     = "${local.role}-${substr(sha256(each.key), 0, 8)}"
  location = local.location
  domain   = each.key
  type     = "PER_PROJECT_RECORD" # its own record name, which no other certificate client of this domain uses
  labels   = local.labels
}

resource "google_dns_record_set" "authorization" {
  for_each = google_certificate_manager_dns_authorization.coderd

  project      = var.project
  managed_zone = var.access.dns_zone
  name         = each.value.dns_resource_record[0].name
  type         = each.value.dns_resource_record[0].type
  rrdatas      = [each.value.dns_resource_record[0].data]
  ttl          = 300
}

# The certificate does not wait for the record: what it waits for is made before the old one goes, as it is itself, and two records
# cannot have one name when an authorization is replaced. Google asks for the record again until it is there.
resource "google_certificate_manager_certificate" "coderd" {
  count = local.managed_certificate ? 1 : 0

  project = var.project
  # Other names or another proof make another certificate. It needs a name of its own, for the old one stays until the map has moved on.
  name     = "${local.role}-${substr(sha256(jsonencode([local.domains, local.proven_by_dns])), 0, 8)}"
  location = local.location
  labels   = local.labels

  managed {
    domains = local.domains
    # None: Google proves the name through the balancer, when its DNS record points there.
    dns_authorizations = local.proven_by_dns ? [for authorization in google_certificate_manager_dns_authorization.coderd : authorization.id] : null
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_certificate_manager_certificate_map" "coderd" {
  count = local.public ? 1 : 0

  project = var.project
  name    = local.role
  labels  = local.labels
}

resource "google_certificate_manager_certificate_map_entry" "coderd" {
  for_each = local.public ? toset(local.domains) : toset([])

  project      = var.project
  name         = "${local.role}-${substr(sha256(each.key), 0, 8)}"
  map          = google_certificate_manager_certificate_map.coderd[0].name
  hostname     = each.key
  certificates = [local.certificate]
  labels       = local.labels
}
