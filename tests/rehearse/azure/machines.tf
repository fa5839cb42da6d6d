resource "azurerm_user_assigned_identity" "this" {
  for_each            = toset(["coderd", "gateway", "cluster"])
  name                = "${var.name}-${each.key}"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
}

resource "azurerm_role_assignment" "coderd" {
  scope                = azurerm_key_vault_secret.database.resource_versionless_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.this["coderd"].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "gateway" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.this["gateway"].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_linux_virtual_machine_scale_set" "coderd" {
  name                            = "${var.name}-coderd"
  location                        = azurerm_resource_group.this.location
  resource_group_name             = azurerm_resource_group.this.name
  sku                             = "Standard_D2s_v5"
  instances                       = 3
  zones                           = local.zones
  platform_fault_domain_count     = local.zones == null ? 5 : 1
  admin_username                  = "ops"
  disable_password_authentication = true
  overprovision                   = false
  single_placement_group          = false
  upgrade_mode                    = "Rolling"
  custom_data                     = base64encode("#!/bin/sh\necho ${azurerm_key_vault.this.vault_uri}\n")
  depends_on                      = [azurerm_subnet_nat_gateway_association.machines, azurerm_role_assignment.coderd]

  admin_ssh_key {
    username   = "ops"
    public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFjbWUgaGFzIG5vIGtleSBvZiB0aGlzIGtpbmQu ops"
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this["coderd"].id]
  }

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
    disk_size_gb         = 50
  }

  source_image_reference {
    publisher = "Canonical"
    offer     = "ubuntu-24_04-lts"
    sku       = "server"
    version   = "latest"
  }

  network_interface {
    name    = "primary"
    primary = true

    ip_configuration {
      name      = "primary"
      primary   = true
      subnet_id = azurerm_subnet.machines.id
      application_gateway_backend_address_pool_ids = [
        one(azurerm_application_gateway.this.backend_address_pool).id,
      ]
    }
  }

  extension {
    name                 = "health"
    publisher            = "Microsoft.ManagedServices"
    type                 = "ApplicationHealthLinux"
    type_handler_version = "1.0"
    settings             = jsonencode({ protocol = "http", port = 8080, requestPath = "/healthz" })
  }

  rolling_upgrade_policy {
    max_batch_instance_percent              = 34
    max_unhealthy_instance_percent          = 34
    max_unhealthy_upgraded_instance_percent = 34
    pause_time_between_batches              = "PT30S"
  }

  automatic_instance_repair {
    enabled      = true
    grace_period = "PT30M"
  }

  termination_notification {
    enabled = true
    timeout = "PT15M"
  }
}

resource "azurerm_linux_virtual_machine_scale_set" "provisioners" {
  name                = "${var.name}-provisioners"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku                 = "Standard_F32s_v2"
  instances           = 2
  admin_username      = "ops"
  upgrade_mode        = "Manual"
  source_image_id     = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Compute/images/ubuntu"
  depends_on          = [azurerm_subnet_nat_gateway_association.machines]

  admin_ssh_key {
    username   = "ops"
    public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFjbWUgaGFzIG5vIGtleSBvZiB0aGlzIGtpbmQu ops"
  }

  os_disk {
    caching              = "ReadOnly"
    storage_account_type = "Standard_LRS"

    diff_disk_settings {
      option = "Local"
    }
  }

  network_interface {
    name    = "primary"
    primary = true

    ip_configuration {
      name      = "primary"
      primary   = true
      subnet_id = azurerm_subnet.machines.id
    }
  }
}

resource "azurerm_application_gateway" "this" {
  name                = "${var.name}-gateway"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  zones               = local.zones
  depends_on = [
    azurerm_role_assignment.gateway,
    azurerm_subnet_network_security_group_association.gateway,
  ]

  sku {
    name = "Standard_v2"
    tier = "Standard_v2"
  }

  autoscale_configuration {
    min_capacity = 1
    max_capacity = 10
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this["gateway"].id]
  }

  gateway_ip_configuration {
    name      = "gateway"
    subnet_id = azurerm_subnet.gateway.id
  }

  frontend_ip_configuration {
    name                 = "public"
    public_ip_address_id = azurerm_public_ip.this["gateway"].id
  }

  frontend_port {
    name = "http"
    port = 80
  }

  frontend_port {
    name = "https"
    port = 443
  }

  ssl_certificate {
    name                = "coder"
    key_vault_secret_id = azurerm_key_vault_certificate.this.versionless_secret_id
  }

  ssl_policy {
    policy_type = "Predefined"
    policy_name = "AppGwSslPolicy20220101"
  }

  backend_address_pool {
    name = "coderd"
  }

  backend_http_settings {
    name                  = "coderd"
    port                  = 8080
    protocol              = "Http"
    cookie_based_affinity = "Disabled"
    request_timeout       = 3600
    probe_name            = "healthz"
  }

  probe {
    name                = "healthz"
    protocol            = "Http"
    host                = "127.0.0.1"
    path                = "/healthz"
    interval            = 10
    timeout             = 5
    unhealthy_threshold = 3
  }

  http_listener {
    name                           = "http"
    protocol                       = "Http"
    frontend_ip_configuration_name = "public"
    frontend_port_name             = "http"
  }

  http_listener {
    name                           = "https"
    protocol                       = "Https"
    frontend_ip_configuration_name = "public"
    frontend_port_name             = "https"
    ssl_certificate_name           = "coder"
  }

  redirect_configuration {
    name                 = "https"
    redirect_type        = "Permanent"
    target_listener_name = "https"
    include_path         = true
    include_query_string = true
  }

  request_routing_rule {
    name                        = "http"
    rule_type                   = "Basic"
    priority                    = 10
    http_listener_name          = "http"
    redirect_configuration_name = "https"
  }

  request_routing_rule {
    name                       = "https"
    rule_type                  = "Basic"
    priority                   = 20
    http_listener_name         = "https"
    backend_address_pool_name  = "coderd"
    backend_http_settings_name = "coderd"
  }
}

resource "azurerm_dns_a_record" "coderd" {
  for_each            = toset(["coder", "*.coder"])
  name                = each.key
  zone_name           = "acme.dev"
  resource_group_name = "acme-dns"
  ttl                 = 300
  records             = [azurerm_public_ip.this["gateway"].ip_address]
}
