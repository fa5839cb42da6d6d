data "google_compute_zones" "available" {
  region     = "europe-west1"
  depends_on = [google_project_service.apis]
}

resource "google_service_account" "machines" {
  account_id = "${var.name}-machines"
}

resource "google_project_iam_member" "logs" {
  project = "acme-prod"
  role    = "roles/logging.logWriter"
  member  = google_service_account.machines.member
}

resource "google_secret_manager_secret_iam_member" "machines" {
  secret_id = google_secret_manager_secret.database.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.machines.member
}

resource "google_compute_region_instance_template" "this" {
  name_prefix  = "${var.name}-machines-"
  machine_type = "n4-standard-2"
  labels       = { role = "coderd" }

  disk {
    boot         = true
    source_image = "ubuntu-os-cloud/ubuntu-2404-lts-amd64"
    disk_type    = "hyperdisk-balanced"
    disk_size_gb = 50
  }

  network_interface {
    subnetwork = google_compute_subnetwork.machines.self_link
    nic_type   = "GVNIC"
  }

  service_account {
    email  = google_service_account.machines.email
    scopes = ["cloud-platform"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_health_check" "this" {
  name               = "${var.name}-health"
  check_interval_sec = 10
  timeout_sec        = 5
  depends_on         = [google_project_service.apis]

  http_health_check {
    port         = 8080
    request_path = "/healthz"
  }
}

resource "google_compute_region_instance_group_manager" "this" {
  name                      = "${var.name}-machines"
  base_instance_name        = "${var.name}-machines"
  region                    = "europe-west1"
  distribution_policy_zones = data.google_compute_zones.available.names
  target_size               = 3

  version {
    instance_template = google_compute_region_instance_template.this.self_link
  }

  named_port {
    name = "http"
    port = 8080
  }

  update_policy {
    type                  = "PROACTIVE"
    minimal_action        = "REPLACE"
    max_surge_fixed       = 3
    max_unavailable_fixed = 0
  }

  auto_healing_policies {
    health_check      = google_compute_health_check.this.id
    initial_delay_sec = 900
  }
}

resource "google_compute_global_address" "front" {
  name       = "${var.name}-front"
  depends_on = [google_project_service.apis]
}

resource "google_compute_backend_service" "this" {
  name                  = "${var.name}-coderd"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTP"
  port_name             = "http"
  timeout_sec           = 3600
  health_checks         = [google_compute_health_check.this.id]

  backend {
    group           = google_compute_region_instance_group_manager.this.instance_group
    max_utilization = 0.8
  }
}

resource "google_compute_url_map" "this" {
  name            = "${var.name}-coderd"
  default_service = google_compute_backend_service.this.id
}

resource "google_certificate_manager_dns_authorization" "this" {
  name   = "${var.name}-coder"
  domain = "coder.acme.dev"
}

resource "google_dns_record_set" "authorization" {
  managed_zone = "acme-dev"
  name         = google_certificate_manager_dns_authorization.this.dns_resource_record[0].name
  type         = google_certificate_manager_dns_authorization.this.dns_resource_record[0].type
  rrdatas      = [google_certificate_manager_dns_authorization.this.dns_resource_record[0].data]
  ttl          = 300
}

resource "google_certificate_manager_certificate" "this" {
  name       = "${var.name}-coder"
  depends_on = [google_dns_record_set.authorization]

  managed {
    domains            = ["coder.acme.dev", "*.coder.acme.dev"]
    dns_authorizations = [google_certificate_manager_dns_authorization.this.id]
  }
}

resource "google_certificate_manager_certificate_map" "this" {
  name = "${var.name}-coder"
}

resource "google_certificate_manager_certificate_map_entry" "this" {
  name         = "${var.name}-coder"
  map          = google_certificate_manager_certificate_map.this.name
  hostname     = "coder.acme.dev"
  certificates = [google_certificate_manager_certificate.this.id]
}

resource "google_compute_target_https_proxy" "this" {
  name            = "${var.name}-coderd"
  url_map         = google_compute_url_map.this.id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.this.id}"
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "${var.name}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.front.address
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
}
