# A network and resource group of their own, with workspace clusters in it and beside each the provisioner hosts that build into it. coderd
# and the database are elsewhere; hosts reach it by the access URL. Written by tierform; edit coder.toml instead.

locals {
  # A vault's name must be free in all of Azure. This part of it is nobody else's, and the same in every run.
  suffix = substr(sha256("${var.subscription_id}/${var.resource_group.name}/${var.name}"), 0, 6)
}

module "network" {
  source = "../network"

  name            = var.name
  subscription_id = var.subscription_id
  resource_group  = var.resource_group
  region          = var.region
  zones           = var.zones
  tags            = var.tags
  network         = var.network
}

module "secrets" {
  source = "../secrets"

  name                = var.name
  suffix              = local.suffix
  resource_group      = module.network.resource_group
  region              = var.region
  tags                = var.tags
  deployers           = var.deployers
  runner_cidrs        = var.runner_cidrs
  secret_versions     = var.secret_versions
  log_workspace       = module.network.log_workspace
  deletion_protection = var.deletion_protection
  is_copy             = true
  copied_psk          = var.provisioner_psk
  readers             = { for name in keys(var.clusters) : name => module.network.subnet_ids["${name}-provisioners"] }
}

module "workspaces" {
  source   = "../workspaces"
  for_each = var.clusters

  name                = var.name
  resource_group      = module.network.resource_group
  region              = var.region
  zones               = var.zones
  tags                = var.tags
  cluster             = merge(var.network.clusters[each.key], { name = each.key })
  subnet              = module.network.subnets[each.key]
  nat_addresses       = module.network.nat_addresses
  nat_ready           = module.network.nat_ready
  authorized_cidrs    = var.runner_cidrs
  admin_groups        = var.admin_groups
  private_endpoint    = each.value.private_endpoint
  nodes               = each.value.nodes
  system_nodes        = each.value.system_nodes
  encryption_at_host  = var.encryption_at_host
  log_workspace       = module.network.log_workspace
  deletion_protection = var.deletion_protection
}

module "provisioners" {
  source   = "../provisioners"
  for_each = var.clusters

  name               = var.name
  resource_group     = module.network.resource_group
  region             = var.region
  zones              = var.zones
  tags               = var.tags
  coder              = var.coder
  terraform          = var.terraform
  access_url         = var.access_url
  provisioners       = each.value.provisioners
  secrets            = module.secrets.secrets
  ssh_public_key     = var.ssh_public_key
  encryption_at_host = var.encryption_at_host
  cluster_name       = each.key

  cluster = {
    id             = module.workspaces[each.key].cluster.id
    endpoint       = module.workspaces[each.key].cluster.endpoint
    ca_certificate = module.workspaces[each.key].cluster.ca_certificate
  }

  network = {
    subnet    = module.network.subnets["${each.key}-provisioners"].id
    nat_ready = module.network.nat_ready
  }
}
