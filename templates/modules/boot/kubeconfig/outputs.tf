# What the module hands back: the file. Written by tierform; edit coder.toml instead.
output "text" {
  description = "The kubeconfig, /etc/tierform/kubeconfig on a machine."
  value = join("\n", [
    "# The workspace clusters that builds on this machine reach; a token comes from the machine's own identity. Written by tierform.",
    yamlencode(local.content),
  ])
}
