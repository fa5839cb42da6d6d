# What the rest of the deployment and its owner need to know about the provisioner hosts. Written by tierform; edit coder.toml instead.

output "role_arn" {
  description = "ARN of the hosts' role, to which templates' cloud rights are given."
  value       = aws_iam_role.provisioner.arn
}

output "kubernetes_group" {
  description = "The hosts' group inside the cluster, to which RBAC gives rights."
  value       = local.kubernetes_group
}

output "instance_group" {
  description = "Name of the Auto Scaling group of hosts."
  value       = aws_autoscaling_group.provisioner.name
}

output "security_group_id" {
  description = "Security group of the hosts, for rules of yours such as a scraper's."
  value       = aws_security_group.provisioner.id
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
  description = "How to bring one host to the newest template, or take it away, without killing builds: stop waits 15 minutes for them, so look for longer ones first. HOST is an instance id; finish ends the group's own wait once the builds are done."
  value = {
    list    = "aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names ${local.role} --query 'AutoScalingGroups[].Instances[].[InstanceId,LaunchTemplate.Version,LifecycleState]' --output text"
    stop    = "aws ssm send-command --document-name AWS-RunShellScript --instance-ids HOST --parameters '{\"commands\":[\"systemctl stop coder-provisioners.target coder-provisioner@*\"],\"executionTimeout\":[\"1200\"]}'"
    replace = "aws autoscaling terminate-instance-in-auto-scaling-group --instance-id HOST --no-should-decrement-desired-capacity"
    remove  = "aws autoscaling terminate-instance-in-auto-scaling-group --instance-id HOST --should-decrement-desired-capacity # then lower the number of hosts to match"
    finish  = "aws autoscaling complete-lifecycle-action --lifecycle-hook-name ${aws_autoscaling_lifecycle_hook.drain.name} --auto-scaling-group-name ${local.role} --instance-id HOST --lifecycle-action-result CONTINUE"
  }
}
