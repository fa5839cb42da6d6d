# What the rest of the deployment and its owner need to know about the provisioner hosts. Written by tierform; edit coder.toml instead.

output "service_account" {
  description = "E-mail address of the hosts' service account, to which templates' cloud rights and the cluster's RBAC are given."
  value       = google_service_account.provisioner.email
}

output "instance_group" {
  description = "Self link of the instance group of hosts."
  value       = google_compute_region_instance_group_manager.provisioner.instance_group
}

output "hosts" {
  description = "How many hosts there are."
  value       = var.provisioners.hosts
}

output "daemons" {
  description = "How many provisioner daemons there are on all hosts together: builds that can run at the same time."
  value       = var.provisioners.hosts * var.provisioners.daemons_per_host
}

output "drain" {
  description = "How to bring one host to the newest template, or take it away, without killing builds: stop waits 15 minutes for them, so look for longer ones first. SSH through IAP needs a firewall rule of yours from 35.235.240.0/20 to port 22."
  value = {
    stop    = "gcloud compute ssh HOST --project ${var.project} --zone ZONE --tunnel-through-iap --command \"sudo systemctl stop coder-provisioners.target 'coder-provisioner@*'\""
    replace = "gcloud compute instance-groups managed update-instances ${local.role} --project ${var.project} --region ${var.region} --instances HOST --minimal-action replace --most-disruptive-allowed-action replace"
    remove  = "gcloud compute instance-groups managed delete-instances ${local.role} --project ${var.project} --region ${var.region} --instances HOST # then lower the number of hosts to match"
  }
}
