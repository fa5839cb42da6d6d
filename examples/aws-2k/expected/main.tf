# A Coder deployment on AWS: one module call per part, in the order in which the parts stand on each other.
# Written by tierform; edit coder.toml instead.

locals {
  tags = merge(var.tags, {
    managed-by = "tierform"
    deployment = var.name
  })
}

# Foundation: the network, the secrets, the database.

module "network" {
  source = "./modules/aws/network"

  name    = var.name
  region  = var.region
  tags    = local.tags
  network = var.network
}

module "secrets" {
  source = "./modules/aws/secrets"

  name                = var.name
  tags                = local.tags
  secret_versions     = var.secret_versions
  deletion_protection = var.deletion_protection
}

module "database" {
  source = "./modules/aws/database"

  name                = var.name
  tags                = local.tags
  database            = var.database
  password            = module.secrets.secrets["database_password"]
  deletion_protection = var.deletion_protection

  network = {
    vpc_id     = module.network.vpc_id
    subnet_ids = [for subnet in module.network.subnets["database"] : subnet.id]
  }
}

# Control plane: coderd behind the load balancer. Machines start only when the database answers, their secrets can be read
# and there is a way out to fetch their software by.

module "coderd" {
  source = "./modules/aws/coderd"

  name                = var.name
  tags                = local.tags
  access              = var.access
  coder               = var.coder
  coderd              = var.coderd
  secrets             = module.secrets.secrets
  deletion_protection = var.deletion_protection

  network = {
    vpc_id        = module.network.vpc_id
    machines      = module.network.subnets["machines"]
    public        = module.network.subnets["public"]
    nat_addresses = module.network.nat_addresses # deployments with allowed_cidrs must still admit themselves
    nat_ready     = module.network.nat_ready
  }

  database = {
    host              = module.database.address
    port              = module.database.port
    name              = module.database.name
    user              = module.database.user
    security_group_id = module.database.security_group_id
  }
}

# Workspaces: per cluster, the cluster and beside it the provisioner hosts that build into it.

module "workspaces_main" {
  source = "./modules/aws/workspaces"

  name         = var.name
  region       = var.clusters["main"].region
  tags         = local.tags
  cluster      = merge(var.clusters["main"], { key = "main" })
  admins       = var.admins
  nodes        = var.clusters["main"].nodes
  system_nodes = var.clusters["main"].system_nodes

  network = {
    nodes     = module.network.subnets["nodes"]
    nat_ready = module.network.nat_ready
  }
}

module "provisioners_main" {
  source = "./modules/aws/provisioners"

  name         = var.name
  tags         = local.tags
  coder        = var.coder
  terraform    = var.terraform
  access_url   = module.coderd.url
  provisioners = var.clusters["main"].provisioners
  secrets      = module.secrets.secrets
  cluster      = merge(module.workspaces_main.cluster, { key = "main" })

  network = {
    vpc_id    = module.network.vpc_id
    machines  = module.network.subnets["machines"]
    nat_ready = module.network.nat_ready
  }
}

# Safety. A destroy meets these first, and so does whatever would replace or take away what each of them stands for: with protection on both stop
# before they have destroyed anything. What a cloud refuses by itself comes too late for that, and `prevent_destroy` knows no variables.

resource "terraform_data" "deletion_protection" {
  for_each = {
    balancer     = module.coderd.balancer # with its DNS name
    database     = module.database.id
    cluster_main = module.workspaces_main.cluster.arn
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
