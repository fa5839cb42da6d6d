# VPC, subnets and the denial of everything that is not asked for. Written by tierform; edit coder.toml instead.

locals {
  ranges = merge(
    { for cidr in var.network.database_cidr[*] : "database" => cidr },
    { for key, subnet in var.network.subnets : key => subnet.cidr },
    { for key, subnet in var.network.subnets : "${key} pods" => subnet.pods_cidr if subnet.pods_cidr != null },
    { for key, subnet in var.network.subnets : "${key} services" => subnet.services_cidr if subnet.services_cidr != null },
  )

  names = keys(local.ranges)

  # Two ranges overlap when, under the shorter of their prefixes, they are the same network.
  overlaps = [
    for pair in setproduct(range(length(local.names)), range(length(local.names))) :
    "${local.names[pair[0]]} and ${local.names[pair[1]]}"
    if pair[0] < pair[1] && length(distinct([
      for i in pair : cidrhost(format("%s/%d",
        split("/", local.ranges[local.names[i]])[0],
        min([for j in pair : tonumber(split("/", local.ranges[local.names[j]])[1])]...)
      ), 0)
    ])) == 1
  ]
}

resource "google_compute_network" "this" {
  project                 = var.project
  name                    = "${var.name}-network"
  auto_create_subnetworks = false # only the ranges below exist, in the regions below
  routing_mode            = "REGIONAL"

  lifecycle {
    # Google refuses overlapping ranges only half-way through an apply.
    precondition {
      condition     = length(local.overlaps) == 0
      error_message = "Address ranges overlap: ${join(", ", local.overlaps)}. Give each its own range in coder.toml."
    }
  }
}

# A subnet's own range grows in place; shrinking or moving it replaces the subnet and every machine in it. Google does not change
# the ranges of pods and services while a cluster uses them, so those must suffice from the start.
resource "google_compute_subnetwork" "this" {
  for_each = var.network.subnets

  project                  = var.project
  name                     = "${var.name}-${each.key}"
  network                  = google_compute_network.this.id
  region                   = each.value.region
  ip_cidr_range            = each.value.cidr
  stack_type               = "IPV4_ONLY"
  private_ip_google_access = true # machines have no public address, yet need Secret Manager and Logging

  dynamic "secondary_ip_range" {
    for_each = { for name, cidr in { pods = each.value.pods_cidr, services = each.value.services_cidr } : name => cidr if cidr != null }

    content {
      range_name    = secondary_ip_range.key
      ip_cidr_range = secondary_ip_range.value
    }
  }

  # Enough to see who talked to whom, at a tenth of the volume that would be billed in full.
  log_config {
    aggregation_interval = "INTERVAL_5_MIN"
    flow_sampling        = 0.1
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# A VPC drops unsolicited traffic anyway; this rule says so where people look, and logs what it drops. Every other rule has
# a lower number and so precedes it: each module opens what its own service account needs, and GKE opens its clusters'.
resource "google_compute_firewall" "deny_ingress" {
  project       = var.project
  name          = "${var.name}-deny-ingress"
  description   = "Drops and logs whatever no other rule allows."
  network       = google_compute_network.this.id
  direction     = "INGRESS"
  priority      = 65534
  source_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }

  log_config {
    metadata = "EXCLUDE_ALL_METADATA"
  }
}
