# Tier 1k, revision 2, on Azure (coder/coder 1k-users.md@0e3e292). Written by tierform; edit coder.toml instead.

subscription_id = "11111111-2222-3333-4444-555555555555"
name            = "acme-coder"
region          = "eastus"        # East US
zones           = ["1", "2", "3"] # of 3 in eastus

resource_group = {
  name     = "acme-coder"
  existing = false
}

access = {
  hostname                = "coder.acme.dev"
  wildcard                = "*.coder.acme.dev"
  certificate             = "https://acme-certs.vault.azure.net/secrets/coder"
  certificate_vault       = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs"
  dns_zone                = "acme.dev"
  dns_zone_resource_group = "shared"
}

# Who plans and applies, and from where.
runner_cidrs = ["203.0.113.10/32"]
admin_groups = ["11111111-2222-3333-4444-666666666666"]

# Cut from 10.64.0.0/14: private, with a quarter kept for growth.
network = {
  cidr          = "10.64.0.0/16"
  gateway_cidr  = "10.64.0.0/24" # Application Gateway, which has a subnet to itself
  coderd_cidr   = "10.64.1.0/24"
  database_cidr = "10.64.2.0/24" # delegated to PostgreSQL

  clusters = {
    main = {
      nodes_cidr        = "10.64.64.0/18" # 49 nodes at most
      provisioners_cidr = "10.64.4.0/22"  # 2 hosts
      pods_cidr         = "10.66.0.0/15"  # 49 nodes at most × a /24
      services_cidr     = "10.65.0.0/18"
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
  replicas             = 3                 # tier 1k, revision 2
  machine_type         = "Standard_D2s_v5" # 2 vCPU / 8 GB: tier 1k, revision 2
  disk_type            = "StandardSSD_LRS"
  disk_gb              = 30 # the system and the binary; coderd keeps its data in the database
  max_open_connections = 30 # a replica; Coder's own deployment saturated 10 (coder/coder #21572)
}

database = {
  sku_name          = "GP_Standard_D8ds_v5" # 8 vCPU / 30 GB: tier 1k, revision 2
  version           = "17"                  # Coder needs 13 or newer; database.version upgrades it, with downtime
  storage_mb        = 524288                # 512 GB: the page names none; what revision 1 gives its smallest tier
  high_availability = false                 # the page lists 1 database node; true adds a standby in another zone
  max_connections   = 230                   # two generations of 3 coderd × 30 + 50
  backup_days       = 14                    # one a day
}

clusters = {
  main = {
    nodes = {
      machine_type = "Standard_D8s_v6" # 8 vCPU / 32 GB: revision 1's node, coder/coder 1k-users.md@0e3e292 names none
      os_disk_type = "Managed"
      disk_gb      = 100 # container images of the workspaces; their homes are volumes of their own
      min          = 3   # one a zone, so that a first workspace need not wait
      max          = 40  # 600 workspaces (tier 1k, revision 2) / 15 a node, bound by memory
      max_pods     = 64  # 15 workspaces + Kubernetes' own pods; AKS keeps 20 MB of the node for each
    }

    system_nodes = {
      machine_type = "Standard_D2s_v6" # Kubernetes' own pods; 2 vCPU at up to 40 nodes, in the nodes' family
      os_disk_type = "Managed"
      disk_gb      = 50 # images of Kubernetes' own pods
      count        = 3  # one a zone, so that DNS outlives a zone; AKS advises three
    }

    # What a template should request for a workspace, so that 15 fit a node.
    workspace_requests = {
      cpu    = "488m" # 0.5 vCPU / 2 GB, cut to what Standard_D8s_v6 leaves to 15 beside its DaemonSets
      memory = "2016Mi"
    }

    provisioners = {
      hosts            = 2                  # 60 daemons, at most 30 a host: tier 1k, revision 2
      daemons_per_host = 30                 # 60 daemons spread evenly over 2
      machine_type     = "Standard_F32s_v2" # 30 daemons × 1 vCPU / 1 GB + 1 / 1 for the system
      disk_type        = "Premium_LRS"
      disk_gb          = 140 # 20 for the system + 4 a daemon: its provider cache and work directory
    }
  }
}
