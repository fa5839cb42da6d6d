# What keeps the cluster, and with it the workspaces' disks, from being deleted. Written by tierform; edit coder.toml instead.

# Against Terraform: `prevent_destroy` knows no variables. So this is destroyed, or replaced, before what it protects, and refuses. There is no
# lock beside it: it would keep AKS from replacing its own nodes.
resource "terraform_data" "deletion_protection" {
  input            = var.deletion_protection
  triggers_replace = [azurerm_kubernetes_cluster.this.id]

  provisioner "local-exec" {
    when    = destroy
    command = self.input ? "echo deletion_protection is on: apply with -var deletion_protection=false first && exit 1" : "echo unprotected"
  }

  depends_on = [azurerm_kubernetes_cluster_node_pool.this, azurerm_monitor_diagnostic_setting.this]
}
