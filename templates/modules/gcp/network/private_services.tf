# Private service access: the range and the peering through which Cloud SQL is reached, unless your own network has them. A network has one
# such peering, so what is there already must not be made again. Written by tierform; edit coder.toml instead.

locals {
  is_connected = try(var.network.existing.private_services, false)
}

# A database sits in this range: another prefix length, or another address, replaces it under the running database.
resource "google_compute_global_address" "private_services" {
  count = local.is_connected || var.network.database_cidr == null ? 0 : 1

  project       = local.network.project
  name          = "${var.name}-private-services"
  network       = local.network.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = cidrhost(var.network.database_cidr, 0) # written, so that Google does not choose one that meets a neighbour's
  prefix_length = tonumber(split("/", var.network.database_cidr)[1])
  labels        = var.labels
}

resource "google_service_networking_connection" "private_services" {
  count = local.is_connected || var.network.database_cidr == null ? 0 : 1

  network                 = local.network.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.private_services[0].name]
  update_on_creation_fail = true # adopts a connection that an earlier deployment left on this network

  # After Cloud SQL is gone Google holds on to the connection for days and refuses to delete it ("Producer services are
  # still using this connection"). The network's own deletion takes it along.
  deletion_policy = "ABANDON"
}
