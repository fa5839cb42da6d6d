# Where the state is kept. Written by tierform; edit coder.toml instead.

terraform {
  backend "azurerm" {
    resource_group_name  = "terraform"
    storage_account_name = "acmeterraform"
    container_name       = "tfstate"
    key                  = "coder.tfstate"
    use_azuread_auth     = true
  }
}
