# Tier 2k, revision 1, on AWS (coder/coder 2k-users.md@08b4aa4). Written by tierform; edit coder.toml instead.

name       = "acme-coder"
region     = "eu-west-1" # Europe (Ireland)
account_id = "123456789012"
profile    = "acme-prod"

tags = {
  "Cost Center" = "4711"
  team          = "platform"
}

access = {
  hostname      = "coder.acme.dev"
  wildcard      = "*.coder.acme.dev"
  certificate   = "arn:aws:acm:eu-west-1:123456789012:certificate/7f1b4a9e-5f0c-4c38-9d7e-1f2a3b4c5d6e"
  allowed_cidrs = ["203.0.113.0/24", "198.51.100.0/24"]
}

admins = ["arn:aws:iam::123456789012:role/platform"] # who may use kubectl at once; others get access entries later

network = {
  cidr         = "10.20.0.0/16" # network.cidr in coder.toml
  nat_per_zone = true           # aws.nat_per_zone in coder.toml

  subnets = {
    # NAT gateways and the load balancer
    public = {
      a = "10.20.216.0/24"
      b = "10.20.217.0/24"
      c = "10.20.218.0/24"
    }

    # 2 coderd, 4 hosts
    machines = {
      a = "10.20.192.0/21"
      b = "10.20.200.0/21"
      c = "10.20.208.0/21"
    }

    # 46 nodes a zone at most × 84 addresses
    nodes = {
      a = "10.20.0.0/18"
      b = "10.20.64.0/18"
      c = "10.20.128.0/18"
    }

    # no way out of these
    database = {
      a = "10.20.220.0/24"
      b = "10.20.221.0/24"
      c = "10.20.222.0/24"
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
  replicas             = 2           # tier 2k, revision 1
  machine_type         = "m5.xlarge" # 4 vCPU / 16 GB: tier 2k, revision 1, as the page prints it
  disk_gb              = 30          # the system and the binary; coderd keeps its data in the database
  max_open_connections = 30          # a replica; Coder's own deployment saturated 10 (coder/coder #21572)
}

database = {
  instance_class    = "db.m5.xlarge" # 4 vCPU / 16 GB: tier 2k, revision 1, as the page prints it
  version           = "17"           # Coder needs 13 or newer; database.version upgrades it, with downtime
  disk_gb           = 1024           # tier 2k, revision 1
  high_availability = true           # database.high_availability in coder.toml
  max_connections   = 170            # two generations of 2 coderd × 30 + 50
  backup_days       = 30             # database.backup_days in coder.toml
}

clusters = {
  main = {
    region        = "eu-west-1"
    version       = "1.35"          # in standard support until 2027-03 on EKS; raise it by one minor at a time
    services_cidr = "172.20.0.0/16" # Kubernetes services; outside the VPC, fixed for the cluster's life

    nodes = {
      machine_type = "m5.2xlarge" # 8 vCPU / 32 GB: tier 2k, revision 1, as the page prints it
      disk_gb      = 100          # container images of the workspaces; their homes are volumes of their own
      min          = 3            # one a zone, so that a first workspace need not wait
      max          = 128          # tier 2k, revision 1: 128 nodes × 16 workspaces
      max_pods     = 64           # 16 workspaces + Kubernetes' own pods
    }

    system_nodes = {
      machine_type = "m5.xlarge" # Kubernetes' own pods; 4 vCPU at up to 128 nodes, in the nodes' family
      disk_gb      = 50          # images of Kubernetes' own pods
      per_zone     = 1           # so that DNS outlives a zone
    }

    # What a template should request for a workspace, so that 16 fit a node.
    workspace_requests = {
      cpu    = "463m" # 0.5 vCPU / 2 GB, cut to what m5.2xlarge leaves to 16 beside its DaemonSets
      memory = "1760Mi"
    }

    provisioners = {
      hosts            = 4            # 120 daemons, at most 30 a host: tier 2k, revision 1
      daemons_per_host = 30           # 120 daemons spread evenly over 4
      machine_type     = "m5.2xlarge" # 8 vCPU / 32 GB a host: tier 2k, revision 1, the page prints c5.2xlarge, which has 16 GB (fixup c5_2xlarge_has_16_gb)
      disk_gb          = 140          # 20 for the system + 4 a daemon: its provider cache and work directory
    }
  }
}
