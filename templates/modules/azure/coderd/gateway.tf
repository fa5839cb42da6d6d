# The Application Gateway in front of coderd: address, HTTPS, redirect. Written by tierform; edit coder.toml instead.

locals {
  certificate_name = try(regex("/secrets/([^/]+)/?$", var.access.certificate)[0], "")

  # Bounds WebSockets too, and everything long in Coder is one: terminals, SSH, agents, build logs. A day is the gateway's own limit.
  request_timeout = 86400

  # A private address has to be named. The last of the subnet, for the gateway's instances take theirs from the front.
  private_address = var.access.internal ? cidrhost(var.network.gateway_cidr, -2) : null
  address         = var.access.internal ? local.private_address : one(azurerm_public_ip.gateway[*].ip_address)
  frontend        = var.access.internal ? "private" : "public"
}

resource "azurerm_public_ip" "gateway" {
  count = var.access.internal ? 0 : 1

  name                = "${local.role}-gateway"
  resource_group_name = var.resource_group.name
  location            = var.region
  sku                 = "Standard" # all that version 2 gateways take
  allocation_method   = "Static"
  zones               = length(var.zones) == 0 ? null : var.zones # another set replaces the address, and the gateway's replaces that
  tags                = local.tags
}

resource "azurerm_application_gateway" "coderd" {
  name                = local.role
  resource_group_name = var.resource_group.name
  location            = var.region
  zones               = length(var.zones) == 0 ? null : var.zones
  http2_enabled       = true # towards browsers; coderd gets HTTP/1.1 in any case
  firewall_policy_id  = one(azurerm_web_application_firewall_policy.coderd[*].id)
  tags                = local.tags

  sku {
    name = var.balancer.firewall == null ? "Standard_v2" : "WAF_v2"
    tier = var.balancer.firewall == null ? "Standard_v2" : "WAF_v2"
  }

  autoscale_configuration {
    min_capacity = var.balancer.min_capacity
    max_capacity = var.balancer.max_capacity
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.gateway.id]
  }

  gateway_ip_configuration {
    name      = "gateway"
    subnet_id = var.network.gateway_subnet
  }

  # Private alone is what Azure calls network isolation: a feature that the subscription must have registered.
  frontend_ip_configuration {
    name                          = local.frontend
    public_ip_address_id          = one(azurerm_public_ip.gateway[*].id)
    subnet_id                     = var.access.internal ? var.network.gateway_subnet : null
    private_ip_address            = local.private_address
    private_ip_address_allocation = var.access.internal ? "Static" : null
  }

  frontend_port {
    name = "https"
    port = 443
  }

  frontend_port {
    name = "http"
    port = 80
  }

  # Without a version in it, the gateway looks for a renewed certificate every four hours.
  ssl_certificate {
    name                = "coderd"
    key_vault_secret_id = var.access.certificate
  }

  ssl_policy {
    policy_type = "Predefined"
    policy_name = "AppGwSslPolicy20220101" # TLS 1.2 and 1.3
  }

  # Streams such as build logs must not wait until a buffer is full.
  global {
    request_buffering_enabled  = true
    response_buffering_enabled = false
  }

  # The scale set's machines enter themselves.
  backend_address_pool {
    name = "coderd"
  }

  # No host_name: coderd sees the one that the client asked for, and tells workspace apps apart by it.
  backend_http_settings {
    name                  = "coderd"
    protocol              = "Http"
    port                  = local.http_port
    cookie_based_affinity = "Disabled" # any replica serves any client
    request_timeout       = local.request_timeout
    probe_name            = "healthz"

    # WebSockets never end by themselves, so a longer wait would only hold up an upgrade.
    connection_draining {
      enabled           = true
      drain_timeout_sec = var.balancer.draining_seconds
    }
  }

  # Takes traffic away from a replica within half a minute; rebuilding it is the health extension's business (main.tf).
  probe {
    name                = "healthz"
    protocol            = "Http"
    path                = "/healthz"
    host                = "127.0.0.1"
    interval            = 10
    timeout             = 5 # not above the interval
    unhealthy_threshold = 3

    match {
      status_code = ["200"]
    }
  }

  http_listener {
    name                           = "https"
    frontend_ip_configuration_name = local.frontend
    frontend_port_name             = "https"
    protocol                       = "Https"
    ssl_certificate_name           = "coderd"
  }

  http_listener {
    name                           = "http"
    frontend_ip_configuration_name = local.frontend
    frontend_port_name             = "http"
    protocol                       = "Http"
  }

  request_routing_rule {
    name                       = "https"
    priority                   = 100
    rule_type                  = "Basic"
    http_listener_name         = "https"
    backend_address_pool_name  = "coderd"
    backend_http_settings_name = "coderd"
    rewrite_rule_set_name      = "headers"
  }

  # Port 80 answers with a redirect and nothing else.
  request_routing_rule {
    name                        = "http"
    priority                    = 200
    rule_type                   = "Basic"
    http_listener_name          = "http"
    redirect_configuration_name = "https"
  }

  redirect_configuration {
    name                 = "https"
    redirect_type        = "Permanent"
    target_listener_name = "https"
    include_path         = true
    include_query_string = true
  }

  rewrite_rule_set {
    name = "headers"

    rewrite_rule {
      name          = "client"
      rule_sequence = 100

      # As the gateway writes it, each address carries a port, which coderd cannot read.
      request_header_configuration {
        header_name  = "X-Forwarded-For"
        header_value = "{var_add_x_forwarded_for_proxy}"
      }

      # The one address that a client cannot make up: coderd's rate limits and audit log go by it.
      request_header_configuration {
        header_name  = "X-Real-Ip"
        header_value = "{var_client_ip}"
      }

      # coderd believes this one when a trusted proxy sends it, and the gateway would pass on a client's. Empty deletes it.
      request_header_configuration {
        header_name  = "X-Forwarded-Host"
        header_value = ""
      }

      response_header_configuration {
        header_name  = "Strict-Transport-Security"
        header_value = "max-age=31536000"
      }
    }
  }

  lifecycle {
    # Azure makes a gateway only when its subnet is as it should be; all it says otherwise is that provisioning failed.
    precondition {
      condition     = endswith(lower(var.access.certificate_vault), "/vaults/${lower(try(regex("^https://([^./]+)[.]", var.access.certificate)[0], ""))}")
      error_message = "The certificate ${var.access.certificate} does not lie in the vault ${var.access.certificate_vault}."
    }
  }

  # It reads the certificate while it is made, so the grant comes first, and has the minutes that the secrets' vault takes to get about. The NSG
  # that lets Azure manage the gateway comes first too: that is var.network.
  depends_on = [azurerm_role_assignment.certificate, var.network, var.secrets]
}

# Only when balancer.firewall says so. Prevention also stops what looks like an attack and is none, such as a template's upload: begin
# with Detection and read its log.
resource "azurerm_web_application_firewall_policy" "coderd" {
  count = var.balancer.firewall == null ? 0 : 1

  name                = local.role
  resource_group_name = var.resource_group.name
  location            = var.region
  tags                = local.tags

  policy_settings {
    enabled                     = true
    mode                        = var.balancer.firewall
    request_body_check          = true
    max_request_body_size_in_kb = 2000
    file_upload_limit_in_mb     = 100
  }

  managed_rules {
    managed_rule_set {
      type    = "Microsoft_DefaultRuleSet"
      version = "2.1"
    }
  }
}
