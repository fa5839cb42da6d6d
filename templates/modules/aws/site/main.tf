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

# A destroy meets these first, and so does whatever would replace or take away what each of them stands for: with protection on both stop
# before they have touched anything of this site.
resource "terraform_data" "deletion_protection" {
  for_each = { for name, workspaces in module.workspaces : "cluster_${name}" => workspaces.cluster.arn }

  input            = var.deletion_protection
  triggers_replace = each.value

  provisioner "local-exec" {
    when    = destroy
    command = self.input ? "echo deletion_protection is on: apply with -var deletion_protection=false first && exit 1" : "echo unprotected"
  }

  depends_on = [
    module.network,
    module.secrets,
    module.workspaces,
    module.provisioners,
  ]
}
