# Addresses that an earlier tierform called otherwise: so an apply renames in the state what stands there, and destroys nothing.
# Written by tierform; edit coder.toml instead.

moved {
  from = module.aws_us_east_1.terraform_data.deletion_protection["cluster_ml"]
  to   = terraform_data.deletion_protection["cluster_ml"] # since tierform 0.2.0
}

moved {
  from = module.azure_office.terraform_data.deletion_protection["cluster_office"]
  to   = terraform_data.deletion_protection["cluster_office"] # since tierform 0.2.0
}

moved {
  from = module.azure_office.terraform_data.deletion_protection["vault"]
  to   = terraform_data.deletion_protection["vault_azure_office"] # since tierform 0.2.0
}
