terraform {
  required_version = ">= 1.11"

  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 3.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.0"
    }
  }
}

provider "kubernetes" {
  host                   = "https://172.16.0.2"
  cluster_ca_certificate = "-----BEGIN CERTIFICATE-----"
  token                  = "from the cloud"
}

provider "helm" {
  kubernetes = {
    host                   = "https://172.16.0.2"
    cluster_ca_certificate = "-----BEGIN CERTIFICATE-----"
    token                  = "from the cloud"
  }
}

resource "kubernetes_namespace_v1" "workspaces" {
  metadata {
    name   = "coder-workspaces"
    labels = { "pod-security.kubernetes.io/enforce" = "baseline" }
  }
}

resource "kubernetes_service_account_v1" "workspaces" {
  metadata {
    name      = "workspaces"
    namespace = kubernetes_namespace_v1.workspaces.metadata[0].name
  }
}

resource "kubernetes_role_v1" "workspaces" {
  metadata {
    name      = "workspaces"
    namespace = kubernetes_namespace_v1.workspaces.metadata[0].name
  }

  rule {
    api_groups = [""]
    resources  = ["pods", "persistentvolumeclaims"]
    verbs      = ["*"]
  }
}

resource "kubernetes_role_binding_v1" "workspaces" {
  metadata {
    name      = "workspaces"
    namespace = kubernetes_namespace_v1.workspaces.metadata[0].name
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role_v1.workspaces.metadata[0].name
  }

  subject {
    kind      = "ServiceAccount"
    name      = kubernetes_service_account_v1.workspaces.metadata[0].name
    namespace = kubernetes_service_account_v1.workspaces.metadata[0].namespace
  }
}

resource "kubernetes_storage_class_v1" "workspaces" {
  storage_provisioner    = "ebs.csi.aws.com"
  volume_binding_mode    = "WaitForFirstConsumer"
  allow_volume_expansion = true
  parameters             = { type = "gp3", encrypted = "true" }

  metadata {
    name = "workspaces"
  }
}

resource "kubernetes_resource_quota_v1" "workspaces" {
  metadata {
    name      = "workspaces"
    namespace = kubernetes_namespace_v1.workspaces.metadata[0].name
  }

  spec {
    hard = { pods = "600" }
  }
}

resource "kubernetes_network_policy_v1" "workspaces" {
  metadata {
    name      = "no-ingress"
    namespace = kubernetes_namespace_v1.workspaces.metadata[0].name
  }

  spec {
    policy_types = ["Ingress"]
    pod_selector {}
  }
}

resource "helm_release" "autoscaler" {
  name       = "cluster-autoscaler"
  namespace  = "kube-system"
  repository = "https://kubernetes.github.io/autoscaler"
  chart      = "cluster-autoscaler"
  version    = "9.50.1"

  set = [{
    name  = "awsRegion"
    value = "eu-west-1"
  }]
}
