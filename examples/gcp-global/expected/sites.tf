# Clusters outside coderd's network: each site is a network with its clusters, and the provisioner hosts beside them dial coderd at its
# access URL. The values stand in sites.auto.tfvars. Written by tierform; edit coder.toml instead.

# The provisioners' key, read where the control plane keeps it and written into each site's own store. It exists only while the engine runs:
# neither state nor plan ever holds it.
ephemeral "google_secret_manager_secret_version" "provisioner_psk" {
  project = var.project
  secret  = module.secrets.secrets["provisioner_psk"].secret_id
  version = module.secrets.secrets["provisioner_psk"].version
}

# US East (N. Virginia)

variable "aws_us_east_1" {
  description = "The site aws_us_east_1: its region, network and clusters, and the account that it is in. What each value may be stands in modules/aws/site/variables.tf."
  type        = any
}

provider "aws" {
  alias               = "aws_us_east_1"
  region              = var.aws_us_east_1.region
  profile             = var.aws_us_east_1.profile
  allowed_account_ids = var.aws_us_east_1.account_id == null ? null : [var.aws_us_east_1.account_id]
}

module "aws_us_east_1" {
  source = "./modules/aws/site"

  providers = {
    aws    = aws.aws_us_east_1
    random = random
  }

  region              = var.aws_us_east_1.region
  admins              = var.aws_us_east_1.admins
  name                = var.name
  tags                = local.labels
  network             = var.aws_us_east_1.network
  clusters            = var.aws_us_east_1.clusters
  coder               = var.coder
  terraform           = var.terraform
  access_url          = module.coderd.url
  provisioner_psk     = ephemeral.google_secret_manager_secret_version.provisioner_psk.secret_data
  secret_versions     = var.secret_versions
  deletion_protection = var.deletion_protection
}

# West Europe

variable "azure_office" {
  description = "The site azure_office: its region, network and clusters, and the account that it is in. What each value may be stands in modules/azure/site/variables.tf."
  type        = any
}

provider "azurerm" {
  alias           = "azure_office"
  subscription_id = var.azure_office.subscription_id

  # Version 5 of the provider switches nothing on by itself; a fresh subscription would answer MissingSubscriptionRegistration.
  resource_provider_registrations = "none"
  resource_providers_to_register = [
    "Microsoft.Authorization",
    "Microsoft.Compute",
    "Microsoft.ContainerService",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
  ]

  features {
    # A vault of an earlier deployment of this name, and the secrets in it, are taken back up; none is deleted for good.
    key_vault {
      purge_soft_delete_on_destroy          = false
      purge_soft_deleted_secrets_on_destroy = false
      recover_soft_deleted_key_vaults       = true
      recover_soft_deleted_secrets          = true
    }

    # What somebody else put into the group is not deleted along with it.
    resource_group {
      prevent_deletion_if_contains_resources = true
    }

    # A changed model reaches provisioner hosts when their owner has drained them (output drain).
    virtual_machine_scale_set {
      roll_instances_when_required = false
    }
  }
}

module "azure_office" {
  source = "./modules/azure/site"

  providers = {
    azurerm = azurerm.azure_office
    random  = random
  }

  subscription_id     = var.azure_office.subscription_id
  resource_group      = var.azure_office.resource_group
  region              = var.azure_office.region
  zones               = var.azure_office.zones
  runner_cidrs        = var.azure_office.runner_cidrs
  deployers           = var.azure_office.deployers
  admin_groups        = var.azure_office.admin_groups
  encryption_at_host  = var.azure_office.encryption_at_host
  name                = var.name
  tags                = local.labels
  network             = var.azure_office.network
  clusters            = var.azure_office.clusters
  coder               = var.coder
  terraform           = var.terraform
  access_url          = module.coderd.url
  provisioner_psk     = ephemeral.google_secret_manager_secret_version.provisioner_psk.secret_data
  secret_versions     = var.secret_versions
  deletion_protection = var.deletion_protection
}
