# Where the state is kept. Written by tierform; edit coder.toml instead.

terraform {
  backend "azurerm" {
    container_name       = "tfstate"
    key                  = "coder.tfstate"
    resource_group_name  = "terraform"
    storage_account_name = "acmeterraform"
    use_azuread_auth     = true
  }
}
