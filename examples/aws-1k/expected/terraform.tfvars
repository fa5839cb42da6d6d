# Tier 1k, revision 2, on AWS (coder/coder 1k-users.md@0e3e292). Written by tierform; edit coder.toml instead.

name       = "acme-coder"
region     = "us-east-1" # US East (N. Virginia)
account_id = "123456789012"

access = {
  hostname = "coder.acme.dev"
  wildcard = "*.coder.acme.dev"
  dns_zone = "Z0123456789ABCDEFGHIJ"
}

admins = ["arn:aws:iam::123456789012:role/platform"] # who may use kubectl at once; others get access entries later

network = {
  cidr         = "10.64.0.0/16" # private, and as large as a VPC may be
  nat_per_zone = false          # one for all zones, which is cheaper; lost with its zone until it is replaced

  subnets = {
    # NAT gateways and the load balancer
    public = {
      a = "10.64.216.0/24"
      b = "10.64.217.0/24"
      c = "10.64.218.0/24"
    }

    # 3 coderd, 2 hosts
    machines = {
      a = "10.64.192.0/21"
      b = "10.64.200.0/21"
      c = "10.64.208.0/21"
    }

    # 18 nodes a zone at most × 84 addresses
    nodes = {
      a = "10.64.0.0/18"
      b = "10.64.64.0/18"
      c = "10.64.128.0/18"
    }

    # no way out of these
    database = {
      a = "10.64.220.0/24"
      b = "10.64.221.0/24"
      c = "10.64.222.0/24"
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
  replicas             = 3           # tier 1k, revision 2
  machine_type         = "m8i.large" # 2 vCPU / 8 GB: tier 1k, revision 2
  disk_gb              = 30          # the system and the binary; coderd keeps its data in the database
  max_open_connections = 30          # a replica; Coder's own deployment saturated 10 (coder/coder #21572)
}

database = {
  instance_class    = "db.m8g.2xlarge" # 8 vCPU / 30 GB: tier 1k, revision 2
  version           = "17"             # Coder needs 13 or newer; database.version upgrades it, with downtime
  disk_gb           = 512              # the page names none; what revision 1 gives its smallest tier
  high_availability = false            # the page lists 1 database node; true adds a standby in another zone
  max_connections   = 230              # two generations of 3 coderd × 30 + 50
  backup_days       = 14               # one a day
}

clusters = {
  main = {
    region        = "us-east-1"
    version       = "1.35"          # in standard support until 2027-03 on EKS; raise it by one minor at a time
    services_cidr = "172.20.0.0/16" # Kubernetes services; outside the VPC, fixed for the cluster's life

    nodes = {
      machine_type = "m8i.2xlarge" # 8 vCPU / 32 GB: revision 1's node, coder/coder 1k-users.md@0e3e292 names none
      disk_gb      = 100           # container images of the workspaces; their homes are volumes of their own
      min          = 3             # one a zone, so that a first workspace need not wait
      max          = 43            # 600 workspaces (tier 1k, revision 2) / 14 a node, bound by memory
      max_pods     = 64            # 14 workspaces + Kubernetes' own pods
    }

    system_nodes = {
      machine_type = "m8i.large" # Kubernetes' own pods; 2 vCPU at up to 43 nodes, in the nodes' family
      disk_gb      = 50          # images of Kubernetes' own pods
      per_zone     = 1           # so that DNS outlives a zone
    }

    # What a template should request for a workspace, so that 14 fit a node.
    workspace_requests = {
      cpu    = "500m" # 0.5 vCPU / 2 GB, cut to what m8i.2xlarge leaves to 14 beside its DaemonSets
      memory = "2016Mi"
    }

    provisioners = {
      hosts            = 2             # 60 daemons, at most 30 a host: tier 1k, revision 2
      daemons_per_host = 30            # 60 daemons spread evenly over 2
      machine_type     = "c8i.8xlarge" # 30 daemons × 1 vCPU / 1 GB + 1 / 1 for the system
      disk_gb          = 140           # 20 for the system + 4 a daemon: its provider cache and work directory
    }
  }
}
