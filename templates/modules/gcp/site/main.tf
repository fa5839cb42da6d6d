# A project's network with workspace clusters in it, in one region or several, and beside each the provisioner hosts that build into it.
# coderd and the database are elsewhere; hosts reach it by the access URL. Written by tierform; edit coder.toml instead.

resource "google_project_service" "apis" {
  for_each = toset([
    "cloudresourcemanager.googleapis.com", # grants on the project
    "compute.googleapis.com",              # network, machines
    "container.googleapis.com",            # GKE
    "iam.googleapis.com",                  # service accounts
    "iamcredentials.googleapis.com",       # workload identity
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "secretmanager.googleapis.com",
  ])

  project            = var.project
  service            = each.key
  disable_on_destroy = false # others in the project may use them
}

module "network" {
  source = "../network"

  project = var.project
  name    = var.name
  labels  = var.labels
  network = var.network

  depends_on = [google_project_service.apis]
}

module "secrets" {
  source = "../secrets"

  project             = var.project
  name                = var.name
  labels              = var.labels
  secret_versions     = var.secret_versions
  deletion_protection = var.deletion_protection
  is_copy             = true
  copied_psk          = var.provisioner_psk

  depends_on = [google_project_service.apis]
}

module "workspaces" {
  source   = "../workspaces"
  for_each = var.clusters

  project             = var.project
  name                = var.name
  labels              = var.labels
  cluster             = merge(each.value, { name = each.key })
  network             = module.network.network.id
  subnet              = module.network.subnets[each.key]
  nodes               = each.value.nodes
  system_nodes        = each.value.system_nodes
  deletion_protection = var.deletion_protection

  depends_on = [google_project_service.apis]
}

module "provisioners" {
  source   = "../provisioners"
  for_each = var.clusters

  project      = var.project
  name         = var.name
  region       = each.value.region
  zones        = each.value.zones
  labels       = var.labels
  coder        = var.coder
  terraform    = var.terraform
  access_url   = var.access_url
  provisioners = each.value.provisioners
  secrets      = module.secrets.secrets

  cluster_name    = each.key
  cluster_project = var.project
  cluster         = module.workspaces[each.key].cluster
  subnet          = module.network.subnets[each.key].self_link
  nat_ready       = module.network.nat_ready

  depends_on = [google_project_service.apis]
}
