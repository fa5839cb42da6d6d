# The way out: Cloud NAT, one gateway in each region that has a subnet. Your own network has its own. Written by tierform; edit coder.toml instead.

locals {
  regions = toset([for subnet in var.network.subnets : subnet.region])
}

resource "google_compute_router" "this" {
  for_each = local.regions

  project = var.project
  name    = "${var.name}-${each.key}"
  network = local.network.id
  region  = each.key
}

# Fixed, so that a Git server, or Coder's own list of allowed addresses, can name them. Each carries 64,512 connections at
# a time to one and the same server.
resource "google_compute_address" "nat" {
  for_each = {
    for pair in setproduct(local.regions, range(1, var.network.nat_addresses + 1)) :
    "${pair[0]}-${pair[1]}" => pair[0]
  }

  project      = var.project
  name         = "${var.name}-nat-${each.key}"
  region       = each.value
  address_type = "EXTERNAL"
  labels       = var.labels

  lifecycle {
    create_before_destroy = true # a gateway lets go of an address before that is deleted
  }
}

resource "google_compute_router_nat" "this" {
  for_each = local.regions

  project                            = var.project
  name                               = "${var.name}-${each.key}"
  router                             = google_compute_router.this[each.key].name
  region                             = each.key
  nat_ip_allocate_option             = "MANUAL_ONLY"
  nat_ips                            = [for address in google_compute_address.nat : address.self_link if address.region == each.key]
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES" # pods too: they sit in secondary ranges

  # A node carries many developers, and a provisioner host up to 30 builds, who all talk to the same few registries and
  # Git servers. Every such connection takes a port, so a machine starts with 128 and may borrow up to 16,384. Two addresses
  # thus serve about a thousand machines.
  enable_dynamic_port_allocation      = true
  min_ports_per_vm                    = 128 # powers of two
  max_ports_per_vm                    = 16384
  enable_endpoint_independent_mapping = false # the API refuses it beside dynamic ports

  log_config {
    enable = true
    filter = "ERRORS_ONLY" # dropped for want of a port
  }
}
