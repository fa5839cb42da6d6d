# VPC, subnets and the denial of everything that is not asked for; or your own VPC, looked up. Written by tierform; edit coder.toml instead.

locals {
  made = var.network.existing == null

  # Your own VPC may be a host project's: whatever belongs to the network itself goes there.
  network = {
    id      = local.made ? one(google_compute_network.this[*].id) : var.network.existing.id
    project = local.made ? var.project : split("/", var.network.existing.id)[1]
  }

  ranges = merge(
    { for cidr in var.network.database_cidr[*] : "database" => cidr },
    { for proxies in var.network.proxies[*] : "proxies" => proxies.cidr },
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
  count = local.made ? 1 : 0

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
  network                  = local.network.id
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

# Google's own proxies, through which an internal load balancer calls coderd: no machine can be in it. A VPC has one such subnet in use
# in a region.
resource "google_compute_subnetwork" "proxies" {
  count = var.network.proxies == null ? 0 : 1

  project       = var.project
  name          = "${var.name}-proxies"
  network       = local.network.id
  region        = var.network.proxies.region
  ip_cidr_range = var.network.proxies.cidr
  purpose       = "REGIONAL_MANAGED_PROXY"
  role          = "ACTIVE"
}

# Your own network: where its subnets are, and their ranges.
data "google_compute_subnetwork" "existing" {
  for_each = local.made ? {} : merge(var.network.existing.subnets, { for proxies in var.network.existing.proxies[*] : "proxies" => proxies })

  project = local.network.project
  region  = each.value.region
  name    = each.value.name

  lifecycle {
    # Google refuses a cluster without its ranges only half-way through an apply.
    postcondition {
      condition = length(setsubtract(
        compact([try(each.value.pods_range, null), try(each.value.services_range, null)]),
        [for range in self.secondary_ip_range : range.range_name],
      )) == 0
      error_message = "The subnet ${each.value.name} lacks a secondary range that network.existing names: it has ${join(", ", self.secondary_ip_range[*].range_name)}."
    }
  }
}

# A VPC drops unsolicited traffic anyway; this rule says so where people look, and logs what it drops. Every other rule has
# a lower number and so precedes it: each module opens what its own service account needs, and GKE opens its clusters'.
resource "google_compute_firewall" "deny_ingress" {
  count = local.made ? 1 : 0

  project       = var.project
  name          = "${var.name}-deny-ingress"
  description   = "Drops and logs whatever no other rule allows."
  network       = local.network.id
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
