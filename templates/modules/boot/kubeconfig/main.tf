# How builds on a machine reach the workspace clusters: a kubeconfig without a credential in it. Written by tierform; edit coder.toml instead.

locals {
  content = {
    apiVersion = "v1"
    kind       = "Config"
    # On a machine with several clusters a template says which it means (config_context): none is chosen by chance.
    current-context = length(var.clusters) == 1 ? keys(var.clusters)[0] : ""
    contexts        = [for name in keys(var.clusters) : { name = name, context = { cluster = name, user = name } }]
    clusters = [for name, cluster in var.clusters : {
      name    = name
      cluster = { server = cluster.endpoint, certificate-authority-data = base64encode(cluster.ca_certificate) }
    }]
    users = [for name, cluster in var.clusters : { name = name, user = { exec = {
      apiVersion      = "client.authentication.k8s.io/v1"
      command         = "/usr/local/bin/tierform-cluster-token"
      args            = cluster.arguments
      interactiveMode = "Never"
    } } }]
  }
}
