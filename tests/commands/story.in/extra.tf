# The platform team's own: what other roots read of this one.

output "deployment" {
  value = var.name
}
