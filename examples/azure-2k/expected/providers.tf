# How Terraform reaches Azure: by the credentials of whoever runs it. Written by tierform; edit coder.toml instead.

provider "azurerm" {
  subscription_id = var.subscription_id

  # Version 5 of the provider switches nothing on by itself; a fresh subscription would answer MissingSubscriptionRegistration.
  resource_provider_registrations = "none"
  resource_providers_to_register = [
    "Microsoft.Authorization",
    "Microsoft.Compute",
    "Microsoft.ContainerService",
    "Microsoft.DBforPostgreSQL",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
  ]

  features {
    # A vault of an earlier deployment of this name, and the secrets in it, are taken back up; none is deleted for good.
    key_vault {
      purge_soft_delete_on_destroy               = false
      purge_soft_deleted_secrets_on_destroy      = false
      purge_soft_deleted_certificates_on_destroy = false
      recover_soft_deleted_key_vaults            = true
      recover_soft_deleted_secrets               = true
    }

    # What somebody else put into the group is not deleted along with it.
    resource_group {
      prevent_deletion_if_contains_resources = true
    }

    # A changed model reaches provisioner hosts when their owner has drained them (output drain): true, which is the default, would
    # end their builds in the apply. coderd's machines follow their own rolling upgrade either way.
    virtual_machine_scale_set {
      roll_instances_when_required = false
    }
  }
}
