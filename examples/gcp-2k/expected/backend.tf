# Where the state is kept. Written by tierform; edit coder.toml instead.

terraform {
  backend "gcs" {
    bucket = "acme-terraform-state"
    prefix = "coder"
  }
}
