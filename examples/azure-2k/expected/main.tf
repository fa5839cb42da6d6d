# A Coder deployment on Azure: one module call per part, in the order in which the parts stand on each other.
# Written by tierform; edit coder.toml instead.

locals {
  tags = merge(var.tags, {
    managed-by = "tierform"
    deployment = var.name
  })

  # Vault and database server have names that must be free in all of Azure. This part of them is nobody else's, and the same in every run.
  suffix = substr(sha256("${var.subscription_id}/${var.resource_group.name}/${var.name}"), 0, 6)
}

# Foundation: the network, the secrets, the database.

module "network" {
  source = "./modules/azure/network"

  name            = var.name
  subscription_id = var.subscription_id
  resource_group  = var.resource_group
  region          = var.region
  zones           = var.zones
  tags            = local.tags
  network         = var.network
  allowed_cidrs   = var.access.allowed_cidrs
  internal        = var.access.internal
}

module "secrets" {
  source = "./modules/azure/secrets"

  name                = var.name
  suffix              = local.suffix
  resource_group      = module.network.resource_group
  region              = var.region
  tags                = local.tags
  deployers           = var.deployers
  runner_cidrs        = var.runner_cidrs
  secret_versions     = var.secret_versions
  log_workspace       = module.network.log_workspace
  deletion_protection = var.deletion_protection

  readers = {
    coderd = module.network.subnet_ids["coderd"]
    main   = module.network.subnet_ids["main-provisioners"]
  }
}

module "database" {
  source = "./modules/azure/database"

  name                = var.name
  suffix              = local.suffix
  resource_group      = module.network.resource_group
  region              = var.region
  zones               = var.zones
  tags                = local.tags
  database            = var.database
  password            = module.secrets.secrets["database_password"]
  log_workspace       = module.network.log_workspace
  deletion_protection = var.deletion_protection

  network = {
    subnet           = module.network.subnets["database"].id
    private_dns_zone = module.network.private_dns_zone
  }
}

# Control plane: coderd behind the Application Gateway. Machines start only when the database answers, their secrets can be read
# and there is a way out to fetch their software by.

module "coderd" {
  source = "./modules/azure/coderd"

  name               = var.name
  resource_group     = module.network.resource_group
  region             = var.region
  zones              = var.zones
  tags               = local.tags
  access             = var.access
  coder              = var.coder
  coderd             = var.coderd
  secrets            = module.secrets.secrets
  ssh_public_key     = var.ssh_public_key
  encryption_at_host = var.encryption_at_host
  balancer           = { firewall = var.firewall }

  network = {
    subnet         = module.network.subnets["coderd"].id
    gateway_subnet = module.network.subnets["gateway"].id
    gateway_cidr   = module.network.subnets["gateway"].cidr
    vnet_id        = module.network.network.id
    nat_ready      = module.network.nat_ready
  }

  database = {
    host = module.database.address
    port = module.database.port
    name = module.database.name
    user = module.database.user
  }
}

# Workspaces: per cluster, the cluster and beside it the provisioner hosts that build into it.

module "workspaces_main" {
  source = "./modules/azure/workspaces"

  name                = var.name
  resource_group      = module.network.resource_group
  region              = var.region
  zones               = var.zones
  tags                = local.tags
  cluster             = merge(var.network.clusters["main"], { name = "main" })
  subnet              = module.network.subnets["main"]
  nat_addresses       = module.network.nat_addresses
  nat_ready           = module.network.nat_ready
  authorized_cidrs    = var.runner_cidrs
  admin_groups        = var.admin_groups
  private_endpoint    = var.access.internal || var.clusters["main"].private_endpoint
  nodes               = var.clusters["main"].nodes
  system_nodes        = var.clusters["main"].system_nodes
  encryption_at_host  = var.encryption_at_host
  log_workspace       = module.network.log_workspace
  deletion_protection = var.deletion_protection
}

module "provisioners_main" {
  source = "./modules/azure/provisioners"

  name               = var.name
  resource_group     = module.network.resource_group
  region             = var.region
  zones              = var.zones
  tags               = local.tags
  coder              = var.coder
  terraform          = var.terraform
  access_url         = module.coderd.url
  provisioners       = var.clusters["main"].provisioners
  secrets            = module.secrets.secrets
  ssh_public_key     = var.ssh_public_key
  encryption_at_host = var.encryption_at_host
  cluster_name       = "main"

  cluster = {
    id             = module.workspaces_main.cluster.id
    endpoint       = module.workspaces_main.cluster.endpoint
    ca_certificate = module.workspaces_main.cluster.ca_certificate
  }

  network = {
    subnet    = module.network.subnets["main-provisioners"].id
    nat_ready = module.network.nat_ready
  }
}

# Safety. A destroy meets these first, and so does whatever would replace or take away what each of them stands for: with protection on both stop
# before they have destroyed anything. What a cloud refuses by itself comes too late for that, and `prevent_destroy` knows no variables.

resource "terraform_data" "deletion_protection" {
  for_each = {
    database     = module.database.id
    vault        = module.secrets.vault.id
    cluster_main = module.workspaces_main.cluster.id
  }

  input            = var.deletion_protection
  triggers_replace = each.value

  # Knows what was applied last, not what is being applied.
  provisioner "local-exec" {
    when    = destroy
    command = self.input ? "echo deletion_protection is on, and this would replace or destroy what is protected. README.md says under Destroy how to do it all the same. && exit 1" : "echo unprotected"
  }

  depends_on = [
    module.network,
    module.secrets,
    module.database,
    module.coderd,
    module.workspaces_main,
    module.provisioners_main,
  ]
}
