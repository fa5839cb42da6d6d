# Tier 2k, revision 1, on Azure (coder/coder 2k-users.md@08b4aa4). Written by tierform; edit coder.toml instead.

subscription_id = "11111111-2222-3333-4444-555555555555"
name            = "acme-coder"
region          = "westeurope"    # West Europe
zones           = ["1", "2", "3"] # of 3 in westeurope

resource_group = {
  name     = "coder-prod"
  existing = true
}

tags = {
  cost-center = "4711"
  team        = "platform"
}

access = {
  hostname          = "coder.acme.dev"
  wildcard          = "*.coder.acme.dev"
  certificate       = "https://acme-certs.vault.azure.net/secrets/coder"
  certificate_vault = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs"
  allowed_cidrs     = ["203.0.113.0/24", "198.51.100.0/24"]
}

# Who plans and applies, and from where.
runner_cidrs = ["203.0.113.10/32"]
deployers    = ["11111111-2222-3333-4444-777777777777"]
admin_groups = ["11111111-2222-3333-4444-666666666666"]

encryption_at_host = true

# Cut from 10.16.0.0/14: network.cidr in coder.toml.
network = {
  cidr          = "10.16.0.0/16"
  gateway_cidr  = "10.16.0.0/24" # Application Gateway, which has a subnet to itself
  coderd_cidr   = "10.16.1.0/24"
  database_cidr = "10.16.2.0/24" # delegated to PostgreSQL

  clusters = {
    main = {
      nodes_cidr        = "10.16.64.0/18" # 137 nodes at most
      provisioners_cidr = "10.16.4.0/22"  # 4 hosts
      pods_cidr         = "10.18.0.0/15"  # 137 nodes at most × a /24
      services_cidr     = "10.17.0.0/18"
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
  replicas             = 2                 # tier 2k, revision 1
  machine_type         = "Standard_D4s_v3" # 4 vCPU / 16 GB: tier 2k, revision 1, as the page prints it
  disk_type            = "StandardSSD_LRS"
  disk_gb              = 30 # the system and the binary; coderd keeps its data in the database
  max_open_connections = 30 # a replica; Coder's own deployment saturated 10 (coder/coder #21572)
}

database = {
  sku_name          = "GP_Standard_D4s_v3" # 4 vCPU / 16 GB: tier 2k, revision 1, as the page prints it
  version           = "17"                 # Coder needs 13 or newer; database.version upgrades it, with downtime
  storage_mb        = 1048576              # 1024 GB: tier 2k, revision 1
  high_availability = true                 # database.high_availability in coder.toml
  max_connections   = 170                  # two generations of 2 coderd × 30 + 50
  backup_days       = 30                   # database.backup_days in coder.toml
  geo_redundant     = true
}

clusters = {
  main = {
    nodes = {
      machine_type = "Standard_D8s_v3" # 8 vCPU / 32 GB: tier 2k, revision 1, as the page prints it
      os_disk_type = "Managed"
      disk_gb      = 100 # container images of the workspaces; their homes are volumes of their own
      min          = 3   # one a zone, so that a first workspace need not wait
      max          = 128 # tier 2k, revision 1: 128 nodes × 16 workspaces
      max_pods     = 64  # 16 workspaces + Kubernetes' own pods; AKS keeps 20 MB of the node for each
    }

    system_nodes = {
      machine_type = "Standard_D4s_v3" # Kubernetes' own pods; 4 vCPU at up to 128 nodes, in the nodes' family
      os_disk_type = "Managed"
      disk_gb      = 50 # images of Kubernetes' own pods
      count        = 3  # one a zone, so that DNS outlives a zone; AKS advises three
    }

    # What a template should request for a workspace, so that 16 fit a node.
    workspace_requests = {
      cpu    = "457m" # 0.5 vCPU / 2 GB, cut to what Standard_D8s_v3 leaves to 16 beside its DaemonSets
      memory = "1888Mi"
    }

    provisioners = {
      hosts            = 4                 # 120 daemons, at most 30 a host: tier 2k, revision 1
      daemons_per_host = 30                # 120 daemons spread evenly over 4
      machine_type     = "Standard_D8s_v3" # 8 vCPU / 32 GB a host: tier 2k, revision 1, as the page prints it
      disk_type        = "Premium_LRS"
      disk_gb          = 140 # 20 for the system + 4 a daemon: its provider cache and work directory
    }
  }
}
