# Provisioner hosts of one cluster: what runs on them, their template and the regional group. Written by tierform; edit coder.toml instead.

locals {
  role   = "${var.name}-${var.cluster_name}-provisioner"
  labels = merge(var.labels, { role = "provisioner", cluster = var.cluster_name })

  # The arm64 families; an amd64 image does not boot there.
  arm64 = can(regex("^(c4a|n4a|t2a)-", var.provisioners.machine_type))
  image = coalesce(var.provisioners.image, "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-${local.arm64 ? "arm64" : "amd64"}")

  # Name, cache directory and metrics port differ from daemon to daemon: the units on the host set them.
  environment = merge(
    {
      CODER_URL               = var.access_url
      CODER_PROMETHEUS_ENABLE = "true" # inside the VPC only; no firewall rule opens it until you run a scraper
    },
    length(var.provisioners.tags) == 0 ? {} : {
      CODER_PROVISIONERD_TAGS = join(",", [for key, value in var.provisioners.tags : "${key}=${value}"])
    },
  )
}

# Cloud-init for the hosts: installs the pinned Coder and Terraform, fetches the key with the host's own identity, starts the daemons.
module "boot" {
  source = "../../boot"

  cloud       = "gcp"
  role        = "provisioner"
  coder       = var.coder
  terraform   = var.terraform
  environment = local.environment
  secrets     = { CODER_PROVISIONER_DAEMON_PSK = var.secrets.provisioner_psk.name }
  daemons     = var.provisioners.daemons_per_host

  fetches_kubeconfig = true
}

# How templates reach the cluster: the group adds it to what the template below says. What makes its successor before it goes forces the
# same order on all that it refers to, and a cluster's name is taken until the old one is gone.
module "kubeconfig" {
  source = "../../boot/kubeconfig"

  clusters = {
    (var.cluster_name) = { endpoint = "https://${var.cluster.endpoint}", ca_certificate = var.cluster.ca_certificate }
  }
}

# A template never changes: every edit makes a new one, which hosts take up when they are replaced.
resource "google_compute_region_instance_template" "provisioner" {
  project      = var.project
  region       = var.region
  name_prefix  = "${local.role}-"
  machine_type = var.provisioners.machine_type
  labels       = local.labels

  disk {
    boot         = true
    auto_delete  = true # caches and work directories: nothing that a new host does not download again
    source_image = local.image
    disk_type    = var.provisioners.disk_type
    disk_size_gb = var.provisioners.disk_gb
    labels       = local.labels # a template's own labels do not reach its disks

    provisioned_iops       = var.provisioners.disk_iops
    provisioned_throughput = var.provisioners.disk_throughput
  }

  # No access_config: the hosts have no public address and reach the Internet through NAT. No firewall rule lets anyone in either:
  # the daemons dial out to coderd, and the network denies what no rule allows.
  network_interface {
    subnetwork = var.subnet
    nic_type   = "GVNIC"
  }

  service_account {
    email = google_service_account.provisioner.email
    # IAM decides what the account may do; narrower scopes only hide its roles. The second one tells GKE the account's e-mail address:
    # without it RBAC knows the account by a number only, and bindings to the address admit nobody.
    scopes = ["cloud-platform", "userinfo-email"]
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
    # A host that fails to boot tells why on its console: keep that text in Cloud Logging.
    serial-port-logging-enable = "TRUE"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# systemd gives a stopping daemon 15 minutes to finish its build, but Google cuts a machine off about 90 seconds after telling it
# to stop. So a new template (a release, a rotated key) never replaces a running host by itself: drain hosts one by one, as the
# output `drain` says. Lowering target_size deletes hosts at once, with their builds. A rotated pre-shared key allows no delay:
# coderd takes up the new one by itself, and a daemon that then loses its connection cannot return with the old one.
resource "google_compute_region_instance_group_manager" "provisioner" {
  project            = var.project
  region             = var.region
  name               = local.role
  base_instance_name = local.role
  target_size        = var.provisioners.hosts # no autoscaler: it would pick hosts to remove without looking at their builds

  # An apply does not wait for running machines: a broken boot would hang it.
  wait_for_instances = false

  # Builds do not care for zones: take the capacity where it is and spread as evenly as that allows.
  distribution_policy_zones        = var.zones
  distribution_policy_target_shape = "BALANCED"

  version {
    instance_template = google_compute_region_instance_template.provisioner.self_link
  }

  # Another cluster changes this in place: it reaches a host when that is replaced.
  all_instances_config {
    metadata = { kubeconfig = module.kubeconfig.text }
  }

  # RECREATE keeps a host's name, and with it the names of its daemons in Coder. It wants a surge of 0, and a regional group
  # then at least its number of zones as unavailable; with OPPORTUNISTIC that many go down only when somebody asks.
  update_policy {
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "RECREATE"
    instance_redistribution_type   = "NONE" # evening out the zones deletes running hosts
    max_surge_fixed                = 0
    max_unavailable_fixed          = length(var.zones)
  }

  # No health check: a failing daemon is restarted by systemd, and rebuilding the host would kill the builds of up to 29 others.
  # A machine that has stopped altogether is rebuilt all the same, and then from the newest template.
  instance_lifecycle_policy {
    default_action_on_failure = "REPAIR"
    force_update_on_repair    = "YES"
  }

  # The boot script needs its key, and a way to the Internet.
  depends_on = [
    google_secret_manager_secret_iam_member.provisioner,
    google_project_iam_member.provisioner,
    var.nat_ready,
  ]
}
