# The coderd machines: what runs on them, their template and the regional group. Written by tierform; edit coder.toml instead.

locals {
  role      = "${var.name}-coderd"
  labels    = merge(var.labels, { role = "coderd" })
  http_port = 8080 # plain HTTP inside the VPC: TLS ends at the balancer
  builds    = var.coderd.daemons > 0

  # The arm64 families; an amd64 image does not boot there.
  arm64 = can(regex("^(c4a|n4a|t2a)-", var.coderd.machine_type))
  image = coalesce(var.coderd.image, "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-${local.arm64 ? "arm64" : "amd64"}")
}

# Cloud-init for the machines: installs the pinned release, fetches the secrets with the machine's own identity, starts coderd.
module "boot" {
  source = "../../boot"

  cloud       = "gcp"
  role        = "coderd"
  coder       = var.coder
  environment = local.environment
  secrets     = local.secret_references
  database    = var.database
  http_port   = local.http_port
  peers       = var.coderd.license == "premium"

  # Where the replicas run the builds themselves: how many each, and with what.
  daemons            = var.coderd.daemons
  terraform          = var.terraform
  fetches_kubeconfig = local.builds
}

# How templates reach the clusters, where the builds run here: the group adds it to what the template below says. What makes its successor
# before it goes forces the same order on all that it refers to, and a cluster's name is taken until the old one is gone.
module "kubeconfig" {
  source = "../../boot/kubeconfig"

  clusters = { for key, cluster in var.clusters : key => { endpoint = "https://${cluster.endpoint}", ca_certificate = cluster.ca_certificate } }
}

# A template never changes: every edit, a rotated secret's new version among them, makes a new one, and the group rolls over to it.
resource "google_compute_region_instance_template" "coderd" {
  project      = var.project
  region       = var.region
  name_prefix  = "${local.role}-"
  machine_type = var.coderd.machine_type
  labels       = local.labels

  disk {
    boot         = true
    auto_delete  = true # nothing of value: state is in the database, logs are in the journal
    source_image = local.image
    disk_type    = var.coderd.disk_type
    disk_size_gb = var.coderd.disk_gb
    labels       = local.labels # a template's own labels do not reach its disks

    provisioned_iops       = var.coderd.disk_iops
    provisioned_throughput = var.coderd.disk_throughput
  }

  # No access_config: the machines have no public address and reach the Internet through NAT.
  network_interface {
    subnetwork = var.subnet
    nic_type   = "GVNIC"
  }

  service_account {
    email = google_service_account.coderd.email
    # IAM decides what the account may do; narrower scopes only hide its roles. The second one tells GKE the account's e-mail address.
    scopes = concat(["cloud-platform"], local.builds ? ["userinfo-email"] : [])
  }

  shielded_instance_config {
    enable_secure_boot          = !local.arm64 # images for arm64 are not known to start with it
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  metadata = {
    user-data              = module.boot.user_data
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    # A replica that fails to boot is soon replaced, and its journal with it: keep the console's text in Cloud Logging.
    serial-port-logging-enable = "TRUE"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Rebuilds a replica after five minutes of silence. Slower to judge than the balancer's check, which only takes traffic away: a
# rebuild drops every connection, and a failover of the database, when coderd may restart a few times, is no reason for one.
resource "google_compute_health_check" "repair" {
  project             = var.project
  name                = "${local.role}-repair"
  check_interval_sec  = 30
  timeout_sec         = 10 # not above the interval
  healthy_threshold   = 1
  unhealthy_threshold = 10

  http_health_check {
    port         = local.http_port
    request_path = "/healthz"
  }

  log_config {
    enable = true # changes of state only
  }

  lifecycle {
    create_before_destroy = true # Google refuses to delete a check that a group still uses
  }
}

# The zones of the group, for its precondition: they are what they were when it was made.
resource "terraform_data" "zones" {
  input            = var.zones
  triggers_replace = var.region

  lifecycle {
    ignore_changes = [input]
  }
}

resource "google_compute_region_instance_group_manager" "coderd" {
  project            = var.project
  region             = var.region
  name               = local.role
  base_instance_name = local.role
  target_size        = var.coderd.replicas # never autoscaled: a replica that goes takes its long-lived connections along

  # An apply does not wait for healthy machines: a broken boot would hang it. Look at the group's and the balancer's health.
  wait_for_instances = false

  distribution_policy_zones        = var.zones
  distribution_policy_target_shape = "EVEN"

  version {
    instance_template = google_compute_region_instance_template.coderd.self_link
  }

  # Another cluster changes this in place, and the group rolls over.
  dynamic "all_instances_config" {
    for_each = local.builds ? [module.kubeconfig.text] : []

    content {
      metadata = { kubeconfig = all_instances_config.value }
    }
  }

  # The balancer's backend service names this port.
  named_port {
    name = "http"
    port = local.http_port
  }

  # New replicas first, then the old ones go. A regional group takes 0 or at least its number of zones here; the project's
  # quota must hold the extra machines. A release with migrations wants one replica at a time: set replicas to 1, apply,
  # raise the version, apply, set replicas back.
  update_policy {
    type                           = "PROACTIVE"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    instance_redistribution_type   = "PROACTIVE"
    max_surge_fixed                = length(var.zones)
    max_unavailable_fixed          = 0
  }

  auto_healing_policies {
    health_check      = google_compute_health_check.repair.id
    initial_delay_sec = 900 # install plus the longest migrations, which take 4 to 7 minutes
  }

  lifecycle {
    # Another group would have to be made, and Google does not let go of the one that the balancer uses. By then the hosts' group is gone.
    precondition {
      condition     = sort(terraform_data.zones.output) == sort(var.zones)
      error_message = "The group of the replicas was made in ${join(", ", terraform_data.zones.output)}, and there it stays. For other zones Coder is away from the second step on. In this order: put the zones back in coder.toml, generate, and apply with deletion_protection = false; destroy the group and the balancer's parts that stand on it by tofu destroy -target=module.coderd.terraform_data.zones, also with deletion_protection = false (in a module of yours its name comes first); then change the zones, generate, and apply. Addresses, certificate and data stay."
    }
  }

  # The boot script needs its secrets, and a way to the Internet: that is var.network's nat_ready. The database and its user are
  # waited for already, since the template holds what var.database says.
  depends_on = [
    google_secret_manager_secret_iam_member.coderd,
    google_project_iam_member.coderd,
    var.network,
  ]
}
