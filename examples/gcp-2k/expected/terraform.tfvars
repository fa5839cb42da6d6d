# Tier 2k, revision 1, on Google Cloud (coder/coder 2k-users.md@08b4aa4). Written by tierform; edit coder.toml instead.

project = "acme-prod"
name    = "acme-coder"
region  = "europe-west4"                                         # Netherlands
zones   = ["europe-west4-a", "europe-west4-b", "europe-west4-c"] # of 3 in europe-west4; Google refuses to move coderd's group while it serves

labels = {
  cost-center = "4711"
  team        = "platform"
}

access = {
  hostname      = "coder.acme.dev"
  wildcard      = "*.apps.acme.dev"
  certificate   = "projects/acme-prod/locations/global/certificates/acme-dev"
  allowed_cidrs = ["198.51.100.0/24", "203.0.113.0/24"]
}

# Cut from 10.20.0.0/16: network.cidr in coder.toml.
network = {
  database_cidr = "10.20.16.0/20" # Cloud SQL takes a /24 of it in each region

  subnets = {
    coderd = {
      region = "europe-west4"
      cidr   = "10.20.0.0/24"
    }
    main = {
      region        = "europe-west4"
      cidr          = "10.20.32.0/20"  # 137 nodes at most, 4 hosts
      pods_cidr     = "10.20.128.0/17" # 137 nodes at most × 128 addresses
      services_cidr = "10.20.48.0/20"
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
  machine_type         = "n1-standard-4" # 4 vCPU / 16 GB: tier 2k, revision 1, as the page prints it, which has 15 GB
  disk_type            = "pd-balanced"
  disk_gb              = 30 # the system and the binary; coderd keeps its data in the database
  max_open_connections = 30 # a replica; Coder's own deployment saturated 10 (coder/coder #21572)
}

database = {
  tier              = "db-custom-4-15360" # 4 vCPU / 16 GB: tier 2k, revision 1, as the page prints it, which has 15 GB
  version           = "POSTGRES_17"       # Coder needs 13 or newer; database.version upgrades it, with downtime
  disk_gb           = 1024                # tier 2k, revision 1
  high_availability = true                # database.high_availability in coder.toml
  max_connections   = 170                 # two generations of 2 coderd × 30 + 50
  backup_days       = 30                  # database.backup_days in coder.toml
}

clusters = {
  main = {
    region             = "europe-west4"
    zones              = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
    control_plane_cidr = "10.20.15.240/28"

    nodes = {
      machine_type = "t2d-standard-8" # 8 vCPU / 32 GB: tier 2k, revision 1, as the page prints it
      disk_type    = "pd-balanced"
      disk_gb      = 100 # container images of the workspaces; their homes are volumes of their own
      min          = 3   # one a zone, so that a first workspace need not wait
      max          = 128 # tier 2k, revision 1: 128 nodes × 16 workspaces
      max_pods     = 64  # 16 workspaces + Kubernetes' own pods; a node's pod range is twice that
    }

    system_nodes = {
      machine_type = "t2d-standard-4" # Kubernetes' own pods; 4 vCPU at up to 128 nodes, in the nodes' family
      disk_type    = "pd-balanced"
      disk_gb      = 50 # images of Kubernetes' own pods
      per_zone     = 1  # so that DNS outlives a zone
    }

    # What a template should request for a workspace, so that 16 fit a node.
    workspace_requests = {
      cpu    = "463m" # 0.5 vCPU / 2 GB, cut to what t2d-standard-8 leaves to 16 beside its DaemonSets
      memory = "1744Mi"
    }

    provisioners = {
      hosts            = 4                # 120 daemons, at most 30 a host: tier 2k, revision 1
      daemons_per_host = 30               # 120 daemons spread evenly over 4
      machine_type     = "t2d-standard-8" # 8 vCPU / 32 GB a host: tier 2k, revision 1, as the page prints it
      disk_type        = "pd-ssd"
      disk_gb          = 140 # 20 for the system + 4 a daemon: its provider cache and work directory
    }
  }
}
