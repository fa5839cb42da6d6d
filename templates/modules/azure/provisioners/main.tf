# Provisioner hosts of one cluster: what runs on them and their scale set. Written by tierform; edit coder.toml instead.

locals {
  role = "${var.name}-${var.cluster_name}-provisioner"
  tags = merge(var.tags, { role = "provisioner", cluster = var.cluster_name })

  # The arm64 families have a p. Those of version 5 know no trusted launch (Microsoft, "Trusted launch for Azure virtual machines").
  arm64          = can(regex("^Standard_[A-Z]+[0-9]+[a-oq-z]*p", var.provisioners.machine_type))
  trusted_launch = !local.arm64 || !endswith(var.provisioners.machine_type, "_v5")

  # Name, cache directory and metrics port differ from daemon to daemon: the units on the host set them.
  environment = merge(
    {
      CODER_URL               = var.access_url
      CODER_PROMETHEUS_ENABLE = "true" # inside the VNet only; no rule opens it until you run a scraper
    },
    length(var.provisioners.tags) == 0 ? {} : {
      CODER_PROVISIONERD_TAGS = join(",", [for key, value in var.provisioners.tags : "${key}=${value}"])
    },
  )
}

# Cloud-init for the hosts: installs the pinned Coder and Terraform, fetches the key with the host's own identity, starts the daemons.
module "boot" {
  source = "../../boot"

  cloud       = "azure"
  role        = "provisioner"
  coder       = var.coder
  terraform   = var.terraform
  environment = local.environment
  secrets     = { CODER_PROVISIONER_DAEMON_PSK = var.secrets.provisioner_psk.name }
  daemons     = var.provisioners.daemons_per_host

  # How templates reach the cluster. Another one changes the model below, and so reaches a host when that is replaced.
  clusters = {
    (var.cluster_name) = { endpoint = "https://${var.cluster.endpoint}:443", ca_certificate = var.cluster.ca_certificate }
  }
}

# systemd gives a stopping daemon 15 minutes to finish its build, but a machine that Azure stops has less. So a new model (a release, a
# rotated key) never reaches a running host by itself: drain hosts one by one, as the output `drain` says. A lower `hosts` deletes machines
# with their builds. A rotated pre-shared key allows no delay: coderd takes up the new one by itself, and a daemon that then loses its
# connection cannot return with the old one.
#
# Uniform, for a flexible set takes neither trusted launch nor scale-in rules from this provider. A change of secure boot, vTPM, admin name,
# computer name, disk type or upgrade mode replaces the set, and so does a zone taken away; one that is added does not.
resource "azurerm_linux_virtual_machine_scale_set" "provisioner" {
  name                        = local.role
  resource_group_name         = var.resource_group.name
  location                    = var.region
  sku                         = var.provisioners.machine_type
  instances                   = var.provisioners.hosts # no autoscaler: it would pick hosts to remove without looking at their builds
  zones                       = length(var.zones) == 0 ? null : var.zones
  zone_balance                = length(var.zones) > 1 ? false : null # builds do not care for zones: take the capacity where it is
  platform_fault_domain_count = length(var.zones) == 0 ? var.fault_domains : 1
  computer_name_prefix        = local.role # daemons are called after their host, and a reimaged host keeps its name
  overprovision               = false
  single_placement_group      = false
  tags                        = local.tags

  # Manual, and the provider's `roll_instances_when_required` off (providers.tf): otherwise an apply would end the builds of one host after
  # the other. No repair either: a failing daemon is restarted by systemd, and a new host would kill the builds of up to 29 others.
  upgrade_mode = "Manual"
  custom_data  = module.boot.encoded

  # Nobody logs in: no password, and by default a key whose private half nobody has. `az vmss run-command invoke` works without.
  admin_username                  = "azureuser"
  disable_password_authentication = true

  admin_ssh_key {
    username   = "azureuser"
    public_key = var.ssh_public_key
  }

  secure_boot_enabled        = local.trusted_launch
  vtpm_enabled               = local.trusted_launch
  encryption_at_host_enabled = var.encryption_at_host

  source_image_reference {
    publisher = var.provisioners.image.publisher
    offer     = var.provisioners.image.offer
    sku       = coalesce(var.provisioners.image.sku, local.arm64 ? "server-arm64" : "server")
    version   = var.provisioners.image.version
  }

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = var.provisioners.disk_type
    disk_size_gb         = var.provisioners.disk_gb # caches and work directories: nothing that a new host does not download again
  }

  # No public_ip_address: the hosts reach the Internet through NAT. No rule lets anyone in either: the daemons dial out.
  network_interface {
    name                           = "primary"
    primary                        = true
    accelerated_networking_enabled = true

    ip_configuration {
      name      = "primary"
      primary   = true
      subnet_id = var.network.subnet
    }
  }

  # One identity alone, so that neither the boot script nor a template need say which it means.
  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.provisioner.id]
  }

  scale_in {
    rule = "NewestVM" # when `hosts` is lowered without asking: the daemons' names stay those of the older hosts
  }

  termination_notification {
    enabled = true
    timeout = "PT15M" # the longest: the host sees it in its metadata, and its daemons finish what they build
  }

  boot_diagnostics {} # the console's text, in storage that Azure keeps

  # The boot script needs its key, and a way to the Internet: that is var.network's nat_ready.
  depends_on = [azurerm_role_assignment.secret, var.network]
}
