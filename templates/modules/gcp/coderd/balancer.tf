# The global Application Load Balancer in front of coderd, unless it is internal: address, HTTPS, redirect, allow list.
# Written by tierform; edit coder.toml instead.

resource "google_compute_global_address" "coderd" {
  count = local.public ? 1 : 0

  project      = var.project
  name         = local.role
  address_type = "EXTERNAL"
  ip_version   = "IPV4"
  labels       = local.labels
}

# Takes traffic away from a replica within half a minute; rebuilding it is the other check's business (main.tf).
resource "google_compute_health_check" "balancer" {
  count = local.public ? 1 : 0

  project             = var.project
  name                = "${local.role}-balancer"
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

resource "google_compute_backend_service" "coderd" {
  count = local.public ? 1 : 0

  project               = var.project
  name                  = local.role
  load_balancing_scheme = "EXTERNAL_MANAGED" # must equal the forwarding rules'
  protocol              = "HTTP"             # HTTP/1.1: WebSockets need it
  port_name             = "http"             # the group's named port
  health_checks         = [google_compute_health_check.balancer[0].id]
  session_affinity      = "NONE" # any replica serves any client
  security_policy       = one(google_compute_security_policy.allowed[*].id)

  # Bounds WebSockets too, and everything long in Coder is one: terminals, SSH, agents, build logs. A day is the balancer's own limit.
  timeout_sec = 86400

  # WebSockets never end by themselves, so a longer wait would only hold up an upgrade.
  connection_draining_timeout_sec = var.balancer.draining_seconds

  backend {
    group           = google_compute_region_instance_group_manager.coderd.instance_group
    balancing_mode  = "UTILIZATION"
    max_utilization = 0.8 # written out: left to the API, the block would differ in every plan
    capacity_scaler = 1
  }

  log_config {
    enable      = var.balancer.log_sample_rate > 0
    sample_rate = var.balancer.log_sample_rate
  }
}

resource "google_compute_url_map" "coderd" {
  count = local.public ? 1 : 0

  project         = var.project
  name            = local.role
  default_service = google_compute_backend_service.coderd[0].id

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

resource "google_compute_ssl_policy" "coderd" {
  count = local.public ? 1 : 0

  project         = var.project
  name            = local.role
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "coderd" {
  count = local.public ? 1 : 0

  project         = var.project
  name            = local.role
  url_map         = google_compute_url_map.coderd[0].id
  ssl_policy      = google_compute_ssl_policy.coderd[0].id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.coderd[0].id}"
  quic_override   = var.balancer.quic # off by default: WebSockets do not use it
}

resource "google_compute_global_forwarding_rule" "https" {
  count = local.public ? 1 : 0

  project               = var.project
  name                  = "${local.role}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.coderd[0].address
  ip_protocol           = "TCP"
  port_range            = "443"
  target                = google_compute_target_https_proxy.coderd[0].id
  labels                = local.labels
}

# Port 80 answers with a redirect and nothing else.
resource "google_compute_url_map" "redirect" {
  count = local.public ? 1 : 0

  project = var.project
  name    = "${local.role}-redirect"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  count = local.public ? 1 : 0

  project = var.project
  name    = "${local.role}-redirect"
  url_map = google_compute_url_map.redirect[0].id
}

resource "google_compute_global_forwarding_rule" "http" {
  count = local.public ? 1 : 0

  project               = var.project
  name                  = "${local.role}-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.coderd[0].address
  ip_protocol           = "TCP"
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect[0].id
  labels                = local.labels
}

# Only when access.allowed_cidrs names someone: everyone else gets 403.
resource "google_compute_security_policy" "allowed" {
  count = local.public && length(var.access.allowed_cidrs) > 0 ? 1 : 0

  project = var.project
  name    = local.role
  type    = "CLOUD_ARMOR"
  labels  = local.labels

  # A rule takes 10 ranges.
  dynamic "rule" {
    for_each = chunklist(sort(var.access.allowed_cidrs), 10)

    content {
      action   = "allow"
      priority = 1000 + rule.key

      match {
        versioned_expr = "SRC_IPS_V1"
        config {
          src_ip_ranges = rule.value
        }
      }
    }
  }

  # coderd, provisioners and workspaces reach the access URL from the NAT's addresses.
  dynamic "rule" {
    for_each = chunklist([for address in var.own_addresses.nat : "${address}/32"], 10)

    content {
      action   = "allow"
      priority = 500 + rule.key

      match {
        versioned_expr = "SRC_IPS_V1"
        config {
          src_ip_ranges = rule.value
        }
      }
    }
  }

  rule {
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
