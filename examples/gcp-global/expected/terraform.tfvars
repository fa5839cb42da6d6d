# Tier 2k, revision 1, on Google Cloud (coder/coder 2k-users.md@08b4aa4). Written by tierform; edit coder.toml instead.

project = "acme-prod"
name    = "acme"
region  = "us-central1"                                       # Iowa
zones   = ["us-central1-a", "us-central1-b", "us-central1-c"] # of 4 in us-central1; Google refuses to move coderd's group while it serves

access = {
  hostname = "coder.acme.dev"
  wildcard = "*.coder.acme.dev"
  dns_zone = "acme-dev"
}

# Cut from 10.64.0.0/14: private, with a quarter kept for growth.
network = {
  database_cidr = "10.64.64.0/18" # Cloud SQL takes a /24 of it in each region

  subnets = {
    coderd = {
      region = "us-central1"
      cidr   = "10.64.0.0/22"
    }
    us = {
      region        = "us-central1"
      cidr          = "10.64.128.0/18" # 64 nodes at most, 2 hosts
      pods_cidr     = "10.66.0.0/15"   # 64 nodes at most × 128 addresses
      services_cidr = "10.64.192.0/18"
    }
    eu = {
      region        = "europe-west4"
      cidr          = "10.68.128.0/18" # 50 nodes at most, 2 hosts
      pods_cidr     = "10.70.0.0/15"   # 50 nodes at most × 128 addresses
      services_cidr = "10.68.192.0/18"
    }
  }
}

# Software

coder = {
  version = "2.36.6" # the newest stable release of September 2026
}

terraform = {
  version = "1.15.5" # what Coder 2.36 bundles; on PATH, so that no daemon downloads its own

  sha256 = {
    amd64 = "702b2136af6728c8ff037f843dd2dbce2b7ad88786b7381d1d72aefa250f601c"
    arm64 = "06e7b48de826146c6d9331ba35b13da12332d8392be30d1dd6b789ba4713fff0"
  }
}

# Sizes

coderd = {
  replicas             = 2               # tier 2k, revision 1
  machine_type         = "n4-standard-4" # 4 vCPU / 16 GB: tier 2k, revision 1
  disk_type            = "hyperdisk-balanced"
  disk_gb              = 30 # the system and the binary; coderd keeps its data in the database
  max_open_connections = 30 # a replica; Coder's own deployment saturated 10 (coder/coder #21572)
}

database = {
  tier              = "db-custom-4-16384" # 4 vCPU / 16 GB: tier 2k, revision 1
  version           = "POSTGRES_17"       # Coder needs 13 or newer; database.version upgrades it, with downtime
  disk_gb           = 1024                # tier 2k, revision 1
  high_availability = false               # the page lists 1 database node; true adds a standby in another zone
  max_connections   = 170                 # two generations of 2 coderd × 30 + 50
  backup_days       = 14                  # one a day
}

clusters = {
  us = {
    region             = "us-central1"
    zones              = ["us-central1-a", "us-central1-b", "us-central1-c"]
    control_plane_cidr = "10.64.63.240/28"

    nodes = {
      machine_type = "n4-standard-8" # 8 vCPU / 32 GB: tier 2k, revision 1
      disk_type    = "hyperdisk-balanced"
      disk_gb      = 100 # container images of the workspaces; their homes are volumes of their own
      min          = 3   # one a zone, so that a first workspace need not wait
      max          = 55  # 819 workspaces (0.4 of 2048: tier 2k, revision 1) / 15 a node, bound by volumes
      max_pods     = 64  # 15 workspaces + Kubernetes' own pods; a node's pod range is twice that
    }

    system_nodes = {
      machine_type = "n4-standard-2" # Kubernetes' own pods; 2 vCPU at up to 55 nodes, in the nodes' family
      disk_type    = "hyperdisk-balanced"
      disk_gb      = 50 # images of Kubernetes' own pods
      per_zone     = 1  # so that DNS outlives a zone
    }

    # What a template should request for a workspace, so that 15 fit a node.
    workspace_requests = {
      cpu    = "494m" # 0.5 vCPU / 2 GB, cut to what n4-standard-8 leaves to 15 beside its DaemonSets
      memory = "1856Mi"
    }

    provisioners = {
      hosts            = 2               # 48 daemons (0.4 of 120: tier 2k, revision 1), at most 30 a host (tier 2k, revision 1)
      daemons_per_host = 24              # 48 daemons spread evenly over 2
      machine_type     = "n4-highcpu-16" # 8 vCPU / 32 GB a host: tier 2k, revision 1
      disk_type        = "hyperdisk-balanced"
      disk_gb          = 116                # 20 for the system + 4 a daemon: its provider cache and work directory
      tags             = { cluster = "us" } # a template's builds run here when it carries the same
    }
  }

  eu = {
    region             = "europe-west4"
    zones              = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
    control_plane_cidr = "10.68.63.240/28"

    nodes = {
      machine_type = "n4-standard-8" # 8 vCPU / 32 GB: tier 2k, revision 1
      disk_type    = "hyperdisk-balanced"
      disk_gb      = 100 # container images of the workspaces; their homes are volumes of their own
      min          = 3   # one a zone, so that a first workspace need not wait
      max          = 41  # 614 workspaces (0.3 of 2048: tier 2k, revision 1) / 15 a node, bound by volumes
      max_pods     = 64  # 15 workspaces + Kubernetes' own pods; a node's pod range is twice that
    }

    system_nodes = {
      machine_type = "n4-standard-2" # Kubernetes' own pods; 2 vCPU at up to 41 nodes, in the nodes' family
      disk_type    = "hyperdisk-balanced"
      disk_gb      = 50 # images of Kubernetes' own pods
      per_zone     = 1  # so that DNS outlives a zone
    }

    # What a template should request for a workspace, so that 15 fit a node.
    workspace_requests = {
      cpu    = "494m" # 0.5 vCPU / 2 GB, cut to what n4-standard-8 leaves to 15 beside its DaemonSets
      memory = "1856Mi"
    }

    provisioners = {
      hosts            = 2               # 36 daemons (0.3 of 120: tier 2k, revision 1), at most 30 a host (tier 2k, revision 1)
      daemons_per_host = 18              # 36 daemons spread evenly over 2
      machine_type     = "n4-highcpu-16" # 8 vCPU / 32 GB a host: tier 2k, revision 1
      disk_type        = "hyperdisk-balanced"
      disk_gb          = 92                 # 20 for the system + 4 a daemon: its provider cache and work directory
      tags             = { cluster = "eu" } # a template's builds run here when it carries the same
    }
  }
}
