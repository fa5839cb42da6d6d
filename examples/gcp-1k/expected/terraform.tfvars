# Tier 1k, revision 2, on Google Cloud (coder/coder 1k-users.md@0e3e292). Written by tierform; edit coder.toml instead.

project = "acme-prod"
name    = "acme-coder"
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
    main = {
      region        = "us-central1"
      cidr          = "10.64.128.0/18" # 52 nodes at most, 2 hosts
      pods_cidr     = "10.66.0.0/15"   # 52 nodes at most × 128 addresses
      services_cidr = "10.64.192.0/18"
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
  replicas             = 3               # tier 1k, revision 2
  machine_type         = "n4-standard-2" # 2 vCPU / 8 GB: tier 1k, revision 2
  disk_type            = "hyperdisk-balanced"
  disk_gb              = 30 # the system and the binary; coderd keeps its data in the database
  max_open_connections = 30 # a replica; Coder's own deployment saturated 10 (coder/coder #21572)
}

database = {
  tier              = "db-custom-8-30720" # 8 vCPU / 30 GB: tier 1k, revision 2
  version           = "POSTGRES_17"       # Coder needs 13 or newer; database.version upgrades it, with downtime
  disk_gb           = 512                 # the page names none; what revision 1 gives its smallest tier
  high_availability = false               # the page lists 1 database node; true adds a standby in another zone
  max_connections   = 230                 # two generations of 3 coderd × 30 + 50
  backup_days       = 14                  # one a day
}

clusters = {
  main = {
    region             = "us-central1"
    zones              = ["us-central1-a", "us-central1-b", "us-central1-c"]
    control_plane_cidr = "10.64.63.240/28"

    nodes = {
      machine_type = "n4-standard-8" # 8 vCPU / 32 GB: revision 1's node, coder/coder 1k-users.md@0e3e292 names none
      disk_type    = "hyperdisk-balanced"
      disk_gb      = 100 # container images of the workspaces; their homes are volumes of their own
      min          = 3   # one a zone, so that a first workspace need not wait
      max          = 43  # 600 workspaces (tier 1k, revision 2) / 14 a node, bound by memory
      max_pods     = 64  # 14 workspaces + Kubernetes' own pods; a node's pod range is twice that
    }

    system_nodes = {
      machine_type = "n4-standard-2" # Kubernetes' own pods; 2 vCPU at up to 43 nodes, in the nodes' family
      disk_type    = "hyperdisk-balanced"
      disk_gb      = 50 # images of Kubernetes' own pods
      per_zone     = 1  # so that DNS outlives a zone
    }

    # What a template should request for a workspace, so that 14 fit a node.
    workspace_requests = {
      cpu    = "500m" # 0.5 vCPU / 2 GB, cut to what n4-standard-8 leaves to 14 beside its DaemonSets
      memory = "1984Mi"
    }

    provisioners = {
      hosts            = 2               # 60 daemons, at most 30 a host: tier 1k, revision 2
      daemons_per_host = 30              # 60 daemons spread evenly over 2
      machine_type     = "n4-highcpu-32" # 30 daemons × 1 vCPU / 1 GB + 1 / 1 for the system
      disk_type        = "hyperdisk-balanced"
      disk_gb          = 140 # 20 for the system + 4 a daemon: its provider cache and work directory
    }
  }
}
