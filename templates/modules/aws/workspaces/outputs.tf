# How to reach the cluster, and what templates need to land workspaces on it. Written by tierform; edit coder.toml instead.

output "cluster" {
  description = "The cluster: name, ARN, region, Kubernetes version, endpoint, security group (which the nodes wear too), and the PEM certificate of its CA."
  value = {
    name              = aws_eks_cluster.this.name
    arn               = aws_eks_cluster.this.arn
    region            = var.region
    version           = aws_eks_cluster.this.version
    endpoint          = aws_eks_cluster.this.endpoint
    security_group_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
    ca_certificate    = base64decode(aws_eks_cluster.this.certificate_authority[0].data)
  }
}

output "node_role_arn" {
  description = "ARN of the nodes' role, to grant it more (such as reading a private image registry)."
  value       = aws_iam_role.nodes.arn
}

output "autoscaler" {
  description = "Where the cluster autoscaler must run to get its rights: namespace and service account; and the tags by which it finds its groups."
  value = {
    namespace       = aws_eks_pod_identity_association.autoscaler.namespace
    service_account = aws_eks_pod_identity_association.autoscaler.service_account
    role_arn        = aws_iam_role.pods["cluster-autoscaler"].arn
    discovery_tags  = ["k8s.io/cluster-autoscaler/enabled", "k8s.io/cluster-autoscaler/${local.cluster}"]
  }
}

output "workspace_nodes" {
  description = "Node selector and tolerations that put a pod on the workspace groups, as Kubernetes spells them."
  value = {
    labels = local.workspace
    taints = [for key, value in local.workspace : { key = key, value = value, effect = "NoSchedule" }]
  }
}
