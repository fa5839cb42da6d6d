# A platform team's own root module, which calls what tierform generates beside it.

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }

  backend "gcs" {
    bucket = "acme-terraform"
    prefix = "coder"
  }
}

provider "google" {
  project = "acme-prod"
  region  = "us-central1"
}

resource "google_project_service" "dns" {
  service            = "dns.googleapis.com"
  disable_on_destroy = false
}

resource "google_dns_managed_zone" "acme_dev" {
  name     = "acme-dev"
  dns_name = "acme.dev."

  depends_on = [google_project_service.dns]
}

variable "deletion_protection" {
  description = "Whether database, clusters and secrets refuse to be deleted."
  type        = bool
  default     = true
}

# Sizes are coder.toml's business, where one follows from another. Any single value can be another one all the same.
module "coder" {
  source = "./coder"

  labels              = { team = "platform" }
  deletion_protection = var.deletion_protection

  access = {
    dns_zone = google_dns_managed_zone.acme_dev.name # so that the zone comes first
  }

  clusters = {
    main = { nodes = { min = 6 } }
  }
}

output "coder" {
  description = "Addresses, names and commands: tofu output -json coder."
  value       = module.coder
}
