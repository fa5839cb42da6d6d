# Instead of the global balancer, when access.internal is set: the regional internal Application Load Balancer, which has no public
# address. Written by tierform; edit coder.toml instead.

locals {
  public  = !var.access.internal
  address = local.public ? one(google_compute_global_address.coderd[*].address) : one(google_compute_address.internal[*].address)

  # Whose word on a client's address coderd takes. The global balancer's front ends come from Google's ranges and sign with the
  # balancer's own address; the internal one's proxies stand in a subnet of their own.
  trusted = local.public ? concat(local.balancer_ranges, [for address in google_compute_global_address.coderd : "${address.address}/32"]) : [var.proxies_cidr]
}

# For both ports. In coderd's subnet, so that whoever reaches the machines' network reaches it.
resource "google_compute_address" "internal" {
  count = local.public ? 0 : 1

  project      = var.project
  name         = local.role
  region       = var.region
  address_type = "INTERNAL"
  purpose      = "SHARED_LOADBALANCER_VIP"
  subnetwork   = var.subnet
  labels       = local.labels
}

resource "google_compute_region_health_check" "internal" {
  count = local.public ? 0 : 1

  project             = var.project
  name                = "${local.role}-internal"
  region              = var.region
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 2
  unhealthy_threshold = 3

  http_health_check {
    port         = local.http_port
    request_path = "/healthz"
  }

  log_config {
    enable = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_backend_service" "internal" {
  count = local.public ? 0 : 1

  project                         = var.project
  name                            = "${local.role}-internal"
  region                          = var.region
  load_balancing_scheme           = "INTERNAL_MANAGED" # must equal the forwarding rules'
  protocol                        = "HTTP"             # HTTP/1.1: WebSockets need it
  port_name                       = "http"             # the group's named port
  health_checks                   = [google_compute_region_health_check.internal[0].id]
  session_affinity                = "NONE" # any replica serves any client
  security_policy                 = one(google_compute_region_security_policy.internal[*].self_link)
  timeout_sec                     = 86400 # bounds WebSockets too; a day is the longest
  connection_draining_timeout_sec = var.balancer.draining_seconds

  backend {
    group           = google_compute_region_instance_group_manager.coderd.instance_group
    balancing_mode  = "UTILIZATION"
    max_utilization = 0.8
    capacity_scaler = 1
  }

  log_config {
    enable      = var.balancer.log_sample_rate > 0
    sample_rate = var.balancer.log_sample_rate
  }
}

resource "google_compute_region_url_map" "internal" {
  count = local.public ? 0 : 1

  project         = var.project
  name            = "${local.role}-internal"
  region          = var.region
  default_service = google_compute_region_backend_service.internal[0].id

  header_action {
    # The one address that a client cannot make up: coderd's rate limits and audit log go by it.
    request_headers_to_add {
      header_name  = "X-Real-Ip"
      header_value = "{client_ip_address}"
      replace      = true
    }

    # coderd believes this one when a trusted proxy sends it, and the balancer would pass on a client's.
    request_headers_to_remove = ["X-Forwarded-Host"]

    response_headers_to_add {
      header_name  = "Strict-Transport-Security"
      header_value = "max-age=31536000"
      replace      = true
    }
  }
}

resource "google_compute_region_ssl_policy" "internal" {
  count = local.public ? 0 : 1

  project         = var.project
  name            = "${local.role}-internal"
  region          = var.region
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

# It takes a certificate of its own region by name; certificate maps are the global balancer's.
resource "google_compute_region_target_https_proxy" "internal" {
  count = local.public ? 0 : 1

  project                          = var.project
  name                             = "${local.role}-internal"
  region                           = var.region
  url_map                          = google_compute_region_url_map.internal[0].id
  ssl_policy                       = google_compute_region_ssl_policy.internal[0].id
  certificate_manager_certificates = ["//certificatemanager.googleapis.com/${local.certificate}"]
}

resource "google_compute_forwarding_rule" "internal_https" {
  count = local.public ? 0 : 1

  project               = var.project
  name                  = "${local.role}-internal-https"
  region                = var.region
  load_balancing_scheme = "INTERNAL_MANAGED"
  network               = var.network.id
  subnetwork            = var.subnet
  ip_address            = google_compute_address.internal[0].id
  ip_protocol           = "TCP"
  port_range            = "443"
  target                = google_compute_region_target_https_proxy.internal[0].id
  allow_global_access   = true # a VPN or a provisioner host may come in by another region
  labels                = local.labels

  depends_on = [var.network] # the proxies' subnet is there
}

# Port 80 answers with a redirect and nothing else.
resource "google_compute_region_url_map" "internal_redirect" {
  count = local.public ? 0 : 1

  project = var.project
  name    = "${local.role}-internal-redirect"
  region  = var.region

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_region_target_http_proxy" "internal_redirect" {
  count = local.public ? 0 : 1

  project = var.project
  name    = "${local.role}-internal-redirect"
  region  = var.region
  url_map = google_compute_region_url_map.internal_redirect[0].id
}

resource "google_compute_forwarding_rule" "internal_http" {
  count = local.public ? 0 : 1

  project               = var.project
  name                  = "${local.role}-internal-http"
  region                = var.region
  load_balancing_scheme = "INTERNAL_MANAGED"
  network               = var.network.id
  subnetwork            = var.subnet
  ip_address            = google_compute_address.internal[0].id
  ip_protocol           = "TCP"
  port_range            = "80"
  target                = google_compute_region_target_http_proxy.internal_redirect[0].id
  allow_global_access   = true
  labels                = local.labels

  depends_on = [var.network]
}

# Only when access.allowed_cidrs names someone: everyone else gets 403. coderd, provisioner hosts and workspaces reach the access URL
# from their own ranges.
resource "google_compute_region_security_policy" "internal" {
  count = !local.public && length(var.access.allowed_cidrs) > 0 ? 1 : 0

  project = var.project
  name    = "${local.role}-internal"
  region  = var.region
  type    = "CLOUD_ARMOR"

  # A rule takes 10 ranges.
  dynamic "rules" {
    for_each = chunklist(sort(concat(tolist(var.access.allowed_cidrs), var.own_addresses.cidrs)), 10)

    content {
      action   = "allow"
      priority = 1000 + rules.key

      match {
        versioned_expr = "SRC_IPS_V1"
        config {
          src_ip_ranges = rules.value
        }
      }
    }
  }

  rules {
    action   = "deny(403)"
    priority = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  lifecycle {
    create_before_destroy = true # the backend service lets go of it first
  }
}
