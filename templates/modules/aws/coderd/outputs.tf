# What the rest of the deployment and its owner need to know about coderd. Written by tierform; edit coder.toml instead.

output "url" {
  description = "The access URL."
  value       = local.url
}

output "address" {
  description = "The balancer's DNS name; its addresses are AWS's to change."
  value       = aws_lb.coderd.dns_name
}

output "balancer" {
  description = "The balancer's ARN, which a replacement changes."
  value       = aws_lb.coderd.arn
}

output "dns_records" {
  description = "Records to create where the domain is hosted: name, type, data. Empty when dns_zone was given, for then they exist. A name that is a zone's own takes no CNAME: use your provider's alias."
  value       = var.access.dns_zone == null ? local.dns_records : []
}

output "instance_group" {
  description = "Name of the Auto Scaling group of coderd machines."
  value       = aws_autoscaling_group.coderd.name
}

output "role_arn" {
  description = "ARN of the machines' role."
  value       = aws_iam_role.coderd.arn
}

output "security_group_id" {
  description = "Security group of the machines, for rules of yours such as a scraper's."
  value       = aws_security_group.coderd.id
}

output "kubernetes_group" {
  description = "The machines' group inside the clusters that they build into, to which RBAC gives rights."
  value       = local.kubernetes_group
}
