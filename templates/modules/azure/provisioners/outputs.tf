# What the rest of the deployment and its owner need to know about the provisioner hosts. Written by tierform; edit coder.toml instead.

locals {
  group = "--resource-group ${var.resource_group.name} --name ${local.role}"
}

output "identity" {
  description = "The hosts' managed identity (id, client id, principal id), to which templates' cloud rights are given."
  value = {
    id           = azurerm_user_assigned_identity.provisioner.id
    client_id    = azurerm_user_assigned_identity.provisioner.client_id
    principal_id = azurerm_user_assigned_identity.provisioner.principal_id
  }
}

output "scale_set" {
  description = "The scale set of hosts: id and name."
  value = {
    id   = azurerm_linux_virtual_machine_scale_set.provisioner.id
    name = azurerm_linux_virtual_machine_scale_set.provisioner.name
  }
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
  description = "How to bring one host to the newest model, or take it away, without killing builds: stop waits 15 minutes for them, so look for longer ones first. No log-in is needed."
  value = {
    list    = "az vmss list-instances ${local.group} --query '[].{id:instanceId,host:osProfile.computerName,newest:latestModelApplied}' --output table"
    stop    = "az vmss run-command invoke ${local.group} --instance-id ID --command-id RunShellScript --scripts \"systemctl stop coder-provisioners.target 'coder-provisioner@*'\""
    replace = "az vmss update-instances ${local.group} --instance-ids ID && az vmss reimage ${local.group} --instance-ids ID"
    remove  = "az vmss delete-instances ${local.group} --instance-ids ID # then lower the number of hosts to match"
  }
}
