# A module as people write it.

terraform {
  required_version = ">= 1.11"
  required_providers {
    google = { source = "hashicorp/google", version = "~> 8.0" }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }
}

variable "hosts" {
  description = "Hosts by name."
  type = map(object({
    zone  = string
    disks = optional(list(number), [10, 20])
    tags  = optional(map(string), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name, host in var.hosts : length(host.disks) > 0 && can(regex("^[a-z]+$", name))])
    error_message = "Every host needs a name of a-z and a disk. Mend hosts: ${jsonencode(keys(var.hosts))}."
  }
}

locals {
  disks = merge([
    for name, host in var.hosts : {
      for index, size in host.disks : "${name}-${index}" => { host = name, size = size }
    }
  ]...)
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = "${aws_s3_bucket.state.arn}/*"
      },
    ]
  })
  first = try(values(local.disks)[0].size, -1)
}

resource "google_compute_instance" "this" {
  for_each = var.hosts

  name         = "${var.name}-${each.key}"
  machine_type = var.machine_type # 2 vCPU
  zone         = each.value.zone  # as given

  boot_disk {
    initialize_params { image = data.google_compute_image.ubuntu.self_link }
  }

  metadata = {
    user-data = <<-EOT
      #cloud-config
      runcmd:
      %{for disk in each.value.disks~}
        - [mkfs.ext4, "/dev/disk/${disk}"]
      %{endfor~}
    EOT
    serial    = "true"
  }

  lifecycle {
    ignore_changes = [metadata["ssh-keys"], labels]
    precondition {
      condition     = var.name != "" || !startswith(var.name, "-")
      error_message = "name is empty."
    }
  }
  depends_on = [google_project_service.this["compute"]]
}

output "addresses" {
  description = "Address by host."
  value       = { for name, host in google_compute_instance.this : name => host.network_interface[0].network_ip... }
}
