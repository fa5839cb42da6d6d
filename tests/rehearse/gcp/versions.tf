# A small deployment for tests of the rehearsal: one of each thing that a generated directory has.

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  backend "gcs" {
    bucket = "acme-state"
  }
}

provider "google" {
  project        = "acme-prod"
  region         = "europe-west1"
  default_labels = { team = "platform" }
}
