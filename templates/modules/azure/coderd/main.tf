# The coderd machines: what runs on them and their scale set. Written by tierform; edit coder.toml instead.

locals {
  role      = "${var.name}-coderd"
  tags      = merge(var.tags, { role = "coderd" })
  http_port = 8080 # plain HTTP inside the VNet: TLS ends at the gateway

  # The arm64 families have a p. Those of version 5 know no trusted launch (Microsoft, "Trusted launch for Azure virtual machines").
  arm64          = can(regex("^Standard_[A-Z]+[0-9]+[a-oq-z]*p", var.coderd.machine_type))
  trusted_launch = !local.arm64 || !endswith(var.coderd.machine_type, "_v5")
}

# Cloud-init for the machines: installs the pinned release, fetches the secrets with the machine's own identity, starts coderd.
module "boot" {
  source = "../../boot"

  cloud       = "azure"
  role        = "coderd"
  coder       = var.coder
  environment = local.environment
  secrets     = local.secret_references
  database    = var.database
  http_port   = local.http_port
  peers       = var.coderd.license == "premium"

  # Where the replicas run the builds themselves: how many each, with what, and how templates reach the clusters.
  daemons   = var.coderd.daemons
  terraform = var.terraform
  clusters  = { for key, cluster in var.clusters : key => { endpoint = "https://${cluster.endpoint}:443", ca_certificate = cluster.ca_certificate } }
}

# Uniform, for a flexible set takes neither trusted launch nor scale-in rules from this provider. A change of secure boot, vTPM, admin name,
# computer name, disk type or upgrade mode replaces the set, and so does a zone taken away; one that is added does not.
resource "azurerm_linux_virtual_machine_scale_set" "coderd" {
  name                        = local.role
  resource_group_name         = var.resource_group.name
  location                    = var.region
  sku                         = var.coderd.machine_type
  instances                   = var.coderd.replicas # never autoscaled: a replica that goes takes its long-lived connections along
  zones                       = length(var.zones) == 0 ? null : var.zones
  zone_balance                = length(var.zones) > 1 ? var.coderd.zone_balance : null # Azure refuses it without zones
  platform_fault_domain_count = length(var.zones) == 0 ? var.fault_domains : 1         # within a zone Azure spreads as far as it can
  computer_name_prefix        = local.role
  overprovision               = false # an extra machine would join the deployment for a minute
  single_placement_group      = false
  tags                        = local.tags

  # The whole model, which a new custom_data, image or release changes, is brought to the machines by rolling_upgrade_policy.
  upgrade_mode = "Rolling"
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
    publisher = var.coderd.image.publisher
    offer     = var.coderd.image.offer
    sku       = coalesce(var.coderd.image.sku, local.arm64 ? "server-arm64" : "server")
    version   = var.coderd.image.version
  }

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = var.coderd.disk_type
    disk_size_gb         = var.coderd.disk_gb # nothing of value: state is in the database, logs are in the journal
  }

  # No public_ip_address: the machines reach the Internet through NAT.
  network_interface {
    name                           = "primary"
    primary                        = true
    accelerated_networking_enabled = true

    ip_configuration {
      name                                         = "primary"
      primary                                      = true
      subnet_id                                    = var.network.subnet
      application_gateway_backend_address_pool_ids = [one(azurerm_application_gateway.coderd.backend_address_pool).id]
    }
  }

  # One identity alone, so that the boot script need not say which it means.
  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.coderd.id]
  }

  # What rolling upgrades and repair go by; the gateway's probe is no source for them. 1.0 takes any 200 for healthy, where 2.0 wants
  # a JSON document that coderd does not speak.
  extension {
    name                       = "health"
    publisher                  = "Microsoft.ManagedServices"
    type                       = "ApplicationHealthLinux"
    type_handler_version       = "1.0"
    auto_upgrade_minor_version = true

    settings = jsonencode({
      protocol          = "http"
      port              = local.http_port
      requestPath       = "/healthz"
      intervalInSeconds = 30
      numberOfProbes    = 10 # five minutes of silence: a failover of the database is no reason to rebuild a replica
    })
  }

  automatic_instance_repair {
    enabled      = true
    action       = "Replace"
    grace_period = "PT30M" # 1.0 knows no starting up: install plus the longest migrations must fit, and Azure wants 10 minutes at least
  }

  # New machines first, then the old ones go: a machine that stays does not take up changed custom_data. The quota must hold a batch more. A
  # release with migrations wants one replica at a time: set replicas to 1, apply, raise the version, apply, set replicas back.
  rolling_upgrade_policy {
    maximum_surge_instances_enabled         = true
    max_batch_instance_percent              = 34  # one of three
    max_unhealthy_instance_percent          = 100 # else a broken release could not be replaced by a mended one
    max_unhealthy_upgraded_instance_percent = 20  # the first new machine that fails stops it
    pause_time_between_batches              = "PT1M"
    prioritize_unhealthy_instances_enabled  = true
    cross_zone_upgrades_enabled             = length(var.zones) > 1
  }

  termination_notification {
    enabled = true
    timeout = "PT5M" # the gateway sends no new request meanwhile
  }

  boot_diagnostics {} # the console's text, in storage that Azure keeps

  # The boot script needs its secrets, and a way to the Internet: that is var.network's nat_ready. The database is waited for already, since
  # custom_data holds what var.database says.
  depends_on = [azurerm_role_assignment.secrets, var.network]
}
