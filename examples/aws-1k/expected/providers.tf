# How Terraform reaches AWS: by the credentials of whoever runs it. Written by tierform; edit coder.toml instead.

# No default_tags: they miss machines, their disks and Auto Scaling groups, so the modules tag everything themselves.
provider "aws" {
  region              = var.region
  profile             = var.profile
  allowed_account_ids = var.account_id == null ? null : [var.account_id]
}
