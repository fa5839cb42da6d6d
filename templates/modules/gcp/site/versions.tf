# The engine and the provider that this module needs. Written by tierform; edit coder.toml instead.

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}
