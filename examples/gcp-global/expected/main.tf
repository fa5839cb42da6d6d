# A Coder deployment on Google Cloud: one module call per part, in the order in which the parts stand on each other.
# Written by tierform; edit coder.toml instead.

locals {
  labels = merge(var.labels, {
    managed-by = "tierform"
    deployment = var.name
  })
}

# Services. Everything below waits for them: in a fresh project even an address cannot be made before its API is on.

resource "google_project_service" "apis" {
  for_each = toset(concat([
    "certificatemanager.googleapis.com",   # the balancer's certificate
    "cloudresourcemanager.googleapis.com", # grants on the project
    "compute.googleapis.com",              # network, machines, balancer
    "container.googleapis.com",            # GKE
    "iam.googleapis.com",                  # service accounts
    "iamcredentials.googleapis.com",       # workload identity
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "secretmanager.googleapis.com",
    "servicenetworking.googleapis.com", # the peering that Cloud SQL sits behind
    "sqladmin.googleapis.com",
  ], var.access.dns_zone == null && !var.access.internal ? [] : ["dns.googleapis.com"]))

  project            = var.project
  service            = each.key
  disable_on_destroy = false # others in the project may use them
}

# Foundation: the network, the secrets, the database.

module "network" {
  source = "./modules/gcp/network"

  project = var.project
  name    = var.name
  labels  = local.labels
  network = var.network

  depends_on = [google_project_service.apis]
}

module "secrets" {
  source = "./modules/gcp/secrets"

  project             = var.project
  name                = var.name
  labels              = local.labels
  secret_versions     = var.secret_versions
  deletion_protection = var.deletion_protection

  depends_on = [google_project_service.apis]
}

module "database" {
  source = "./modules/gcp/database"

  project             = var.project
  name                = var.name
  region              = var.region
  network             = module.network.private_services
  labels              = local.labels
  database            = var.database
  password            = module.secrets.secrets["database_password"]
  deletion_protection = var.deletion_protection

  depends_on = [google_project_service.apis]
}

# Control plane: coderd behind the load balancer. Machines start only when the database answers, their secrets can be read
# and there is a way out to fetch their software by.

module "coderd" {
  source = "./modules/gcp/coderd"

  project = var.project
  name    = var.name
  region  = var.region
  zones   = var.zones
  labels  = local.labels
  access  = var.access
  coder   = var.coder
  coderd  = var.coderd
  secrets = module.secrets.secrets

  subnet       = module.network.subnets["coderd"].self_link
  proxies_cidr = module.network.proxies_cidr

  network = {
    id            = module.network.network.id
    project       = module.network.network.project
    nat_ready     = module.network.nat_ready
    proxies_ready = module.network.proxies_ready
  }

  # A deployment with allowed_cidrs must still admit itself.
  own_addresses = {
    nat   = concat(module.network.nat_addresses, module.aws_us_east_1.nat_addresses, module.azure_office.nat_addresses)
    cidrs = compact(flatten([for subnet in module.network.subnets : [subnet.cidr, subnet.pods_cidr]]))
  }

  database = {
    host           = module.database.address
    port           = module.database.port
    name           = module.database.name
    user           = module.database.user
    ca_certificate = module.database.server_ca_cert
  }

  depends_on = [google_project_service.apis]
}

# Workspaces: per cluster, the cluster and beside it the provisioner hosts that build into it.

module "workspaces_us" {
  source = "./modules/gcp/workspaces"

  project             = var.project
  name                = var.name
  labels              = local.labels
  cluster             = merge(var.clusters["us"], { name = "us" })
  network             = module.network.network.id
  subnet              = module.network.subnets["us"]
  nodes               = var.clusters["us"].nodes
  system_nodes        = var.clusters["us"].system_nodes
  deletion_protection = var.deletion_protection

  external_dns_endpoint = !var.access.internal

  depends_on = [google_project_service.apis]
}

module "provisioners_us" {
  source = "./modules/gcp/provisioners"

  project      = var.project
  name         = var.name
  region       = var.clusters["us"].region
  zones        = var.clusters["us"].zones
  labels       = local.labels
  coder        = var.coder
  terraform    = var.terraform
  access_url   = module.coderd.url
  provisioners = var.clusters["us"].provisioners
  secrets      = module.secrets.secrets

  cluster_name    = "us"
  cluster_project = var.project
  cluster         = module.workspaces_us.cluster
  subnet          = module.network.subnets["us"].self_link
  nat_ready       = module.network.nat_ready

  depends_on = [google_project_service.apis]
}

module "workspaces_eu" {
  source = "./modules/gcp/workspaces"

  project             = var.project
  name                = var.name
  labels              = local.labels
  cluster             = merge(var.clusters["eu"], { name = "eu" })
  network             = module.network.network.id
  subnet              = module.network.subnets["eu"]
  nodes               = var.clusters["eu"].nodes
  system_nodes        = var.clusters["eu"].system_nodes
  deletion_protection = var.deletion_protection

  external_dns_endpoint = !var.access.internal

  depends_on = [google_project_service.apis]
}

module "provisioners_eu" {
  source = "./modules/gcp/provisioners"

  project      = var.project
  name         = var.name
  region       = var.clusters["eu"].region
  zones        = var.clusters["eu"].zones
  labels       = local.labels
  coder        = var.coder
  terraform    = var.terraform
  access_url   = module.coderd.url
  provisioners = var.clusters["eu"].provisioners
  secrets      = module.secrets.secrets

  cluster_name    = "eu"
  cluster_project = var.project
  cluster         = module.workspaces_eu.cluster
  subnet          = module.network.subnets["eu"].self_link
  nat_ready       = module.network.nat_ready

  depends_on = [google_project_service.apis]
}

# Safety. A destroy meets these first, and so does whatever would replace or take away what each of them stands for: with protection on both stop
# before they have destroyed anything. What a cloud refuses by itself comes too late for that, and `prevent_destroy` knows no variables.

resource "terraform_data" "deletion_protection" {
  for_each = {
    database           = module.database.id
    cluster_us         = module.workspaces_us.cluster.id
    cluster_eu         = module.workspaces_eu.cluster.id
    cluster_ml         = module.aws_us_east_1.clusters["ml"].arn
    vault_azure_office = module.azure_office.vault.id
    cluster_office     = module.azure_office.clusters["office"].id
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
    module.workspaces_us,
    module.provisioners_us,
    module.workspaces_eu,
    module.provisioners_eu,
    module.aws_us_east_1,
    module.azure_office,
  ]
}
