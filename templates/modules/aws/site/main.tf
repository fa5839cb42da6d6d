# A network in a region of its own, with workspace clusters in it and beside each the provisioner hosts that build into it. coderd and the
# database are elsewhere; hosts reach it by the access URL. Written by tierform; edit coder.toml instead.

module "network" {
  source = "../network"

  name    = var.name
  region  = var.region
  tags    = var.tags
  network = var.network
}

module "secrets" {
  source = "../secrets"

  name                = var.name
  tags                = var.tags
  secret_versions     = var.secret_versions
  deletion_protection = var.deletion_protection
  is_copy             = true
  copied_psk          = var.provisioner_psk
}

module "workspaces" {
  source   = "../workspaces"
  for_each = var.clusters

  name         = var.name
  region       = var.region
  tags         = var.tags
  cluster      = merge(each.value, { key = each.key })
  admins       = var.admins
  nodes        = each.value.nodes
  system_nodes = each.value.system_nodes

  network = {
    nodes     = module.network.subnets["nodes"]
    nat_ready = module.network.nat_ready
  }
}

module "provisioners" {
  source   = "../provisioners"
  for_each = var.clusters

  name         = var.name
  tags         = var.tags
  coder        = var.coder
  terraform    = var.terraform
  access_url   = var.access_url
  provisioners = each.value.provisioners
  secrets      = module.secrets.secrets
  cluster      = merge(module.workspaces[each.key].cluster, { key = each.key })

  network = {
    vpc_id    = module.network.vpc_id
    machines  = module.network.subnets["machines"]
    nat_ready = module.network.nat_ready
  }
}
