# How Terraform reaches Google Cloud: by the credentials of whoever runs it. Written by tierform; edit coder.toml instead.

provider "google" {
  project = var.project
  region  = var.region
}
