output "database" {
  value = aws_db_instance.this.endpoint
}

output "cluster" {
  value = {
    endpoint = aws_eks_cluster.this.endpoint
    ca       = base64decode(aws_eks_cluster.this.certificate_authority[0].data)
    issuer   = aws_eks_cluster.this.identity[0].oidc[0].issuer
    group    = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  }
}

output "balancer" {
  value = aws_lb.coderd.dns_name
}

output "trust" {
  value = data.aws_iam_policy_document.machine_trust.json
}

output "tags" {
  value = aws_vpc.this.tags_all
}
