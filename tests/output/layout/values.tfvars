# Tier 1k, revision 2.
name   = "coder"
region = "europe-west4" # Eemshaven

coderd = {
  replicas     = 3               # one per zone
  machine_type = "n4-standard-2" # 2 vCPU, 8 GB
  labels       = { managed-by = "tierform", "example.com/team" = "platform" }
}

zones   = ["a", "b", "c"]
ratio   = 0.5
offset  = -1
enabled = true
nothing = null
