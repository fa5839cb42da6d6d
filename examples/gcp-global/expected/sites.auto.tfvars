# The sites beside the control plane's: places, networks and sizes. Written by tierform; edit coder.toml instead.

aws_us_east_1 = {
  region     = "us-east-1" # US East (N. Virginia)
  account_id = "123456789012"
  profile    = null
  admins     = ["arn:aws:iam::123456789012:role/platform"] # who may use kubectl at once; others get access entries later

  network = {
    cidr         = "10.72.0.0/16" # of 10.64.0.0/10, apart from every other network
    nat_per_zone = false          # one for all zones, which is cheaper; lost with its zone until it is replaced

    subnets = {
      # NAT gateways
      public = {
        a = "10.72.216.0/24"
        b = "10.72.217.0/24"
        c = "10.72.218.0/24"
      }

      # 1 host
      machines = {
        a = "10.72.192.0/21"
        b = "10.72.200.0/21"
        c = "10.72.208.0/21"
      }

      # 49 nodes a zone at most × 84 addresses
      nodes = {
        a = "10.72.0.0/18"
        b = "10.72.64.0/18"
        c = "10.72.128.0/18"
      }
    }
  }

  clusters = {
    ml = {
      region        = "us-east-1"
      version       = "1.35"          # in standard support until 2027-03 on EKS; raise it by one minor at a time
      services_cidr = "172.20.0.0/16" # Kubernetes services; outside the VPC, fixed for the cluster's life

      nodes = {
        machine_type = "m8i.2xlarge" # 8 vCPU / 32 GB: tier 2k, revision 1
        disk_gb      = 100           # container images of the workspaces; their homes are volumes of their own
        min          = 3             # one a zone, so that a first workspace need not wait
        max          = 137           # 410 workspaces (0.2 of 2048: tier 2k, revision 1) / 3 a node, bound by memory
        max_pods     = 64            # 3 workspaces + Kubernetes' own pods
      }

      system_nodes = {
        machine_type = "m8i.xlarge" # Kubernetes' own pods; 4 vCPU at up to 137 nodes, in the nodes' family
        disk_gb      = 50           # images of Kubernetes' own pods
        per_zone     = 1            # so that DNS outlives a zone
      }

      # What a template should request for a workspace, so that 3 fit a node.
      workspace_requests = {
        cpu    = "1000m" # [workspaces] in coder.toml
        memory = "8192Mi"
      }

      provisioners = {
        hosts            = 1                  # 24 daemons (0.2 of 120: tier 2k, revision 1), at most 30 a host (tier 2k, revision 1)
        daemons_per_host = 24                 # 24 daemons spread evenly over 1
        machine_type     = "c8i.4xlarge"      # 8 vCPU / 32 GB a host: tier 2k, revision 1
        disk_gb          = 116                # 20 for the system + 4 a daemon: its provider cache and work directory
        tags             = { cluster = "ml" } # a template's builds run here when it carries the same
      }
    }
  }
}

azure_office = {
  subscription_id = "11111111-2222-3333-4444-555555555555"
  region          = "westeurope"    # West Europe
  zones           = ["1", "2", "3"] # of 3 in westeurope

  # Who plans and applies, and from where.
  runner_cidrs       = ["203.0.113.10/32"]
  deployers          = []
  admin_groups       = []
  encryption_at_host = false

  resource_group = {
    name     = "acme-office"
    existing = false
  }

  # Cut from 10.76.0.0/14: of 10.64.0.0/10, apart from every other network.
  network = {
    cidr = "10.76.0.0/16"

    clusters = {
      office = {
        nodes_cidr        = "10.76.64.0/18" # 22 nodes at most
        provisioners_cidr = "10.76.4.0/22"  # 1 host
        pods_cidr         = "10.78.0.0/15"  # 22 nodes at most × a /24
        services_cidr     = "10.77.0.0/18"
      }
    }
  }

  clusters = {
    office = {
      nodes = {
        machine_type = "Standard_D8s_v6" # 8 vCPU / 32 GB: tier 2k, revision 1
        os_disk_type = "Managed"
        disk_gb      = 100 # container images of the workspaces; their homes are volumes of their own
        min          = 3   # one a zone, so that a first workspace need not wait
        max          = 13  # 205 workspaces (0.1 of 2048: tier 2k, revision 1): 13 nodes × 16 workspaces
        max_pods     = 64  # 16 workspaces + Kubernetes' own pods; AKS keeps 20 MB of the node for each
      }

      system_nodes = {
        machine_type = "Standard_D2s_v6" # Kubernetes' own pods; 2 vCPU at up to 13 nodes, in the nodes' family
        os_disk_type = "Managed"
        disk_gb      = 50 # images of Kubernetes' own pods
        count        = 3  # one a zone, so that DNS outlives a zone; AKS advises three
      }

      # What a template should request for a workspace, so that 16 fit a node.
      workspace_requests = {
        cpu    = "457m" # 0.5 vCPU / 2 GB, cut to what Standard_D8s_v6 leaves to 16 beside its DaemonSets
        memory = "1888Mi"
      }

      provisioners = {
        hosts            = 1                  # 12 daemons (0.1 of 120: tier 2k, revision 1), at most 30 a host (tier 2k, revision 1)
        daemons_per_host = 12                 # 12 daemons spread evenly over 1
        machine_type     = "Standard_F16s_v2" # 8 vCPU / 32 GB a host: tier 2k, revision 1
        disk_type        = "Premium_LRS"
        disk_gb          = 68                     # 20 for the system + 4 a daemon: its provider cache and work directory
        tags             = { cluster = "office" } # a template's builds run here when it carries the same
      }
    }
  }
}
