# Provisioner hosts of one cluster: what runs on them, their template and the group. Written by tierform; edit coder.toml instead.

locals {
  role             = "${var.name}-${var.cluster.key}-provisioner"
  tags             = merge(var.tags, { role = "provisioner", cluster = var.cluster.key })
  kubernetes_group = "coder-provisioners"

  # Graviton's families have a g behind their generation (m8g, c7gn), GPU families before it (g6).
  architecture = can(regex("^[a-z]+[0-9]+[a-z]*g[a-z]*[.]", var.provisioners.machine_type)) ? "arm64" : "amd64"

  # Name, cache directory and metrics port differ from daemon to daemon: the units on the host set them.
  environment = merge(
    {
      CODER_URL               = var.access_url
      CODER_PROMETHEUS_ENABLE = "true" # inside the VPC only; no rule opens it until you run a scraper
    },
    length(var.provisioners.tags) == 0 ? {} : {
      CODER_PROVISIONERD_TAGS = join(",", [for key, value in var.provisioners.tags : "${key}=${value}"])
    },
  )
}

# Cloud-init for the hosts: installs the pinned Coder and Terraform, fetches the key with the host's own identity, starts the daemons.
module "boot" {
  source = "../../boot"

  cloud       = "aws"
  role        = "provisioner"
  coder       = var.coder
  terraform   = var.terraform
  environment = local.environment
  secrets     = { CODER_PROVISIONER_DAEMON_PSK = var.secrets.provisioner_psk.name }
  daemons     = var.provisioners.daemons_per_host

  # How templates reach the cluster. Another one changes the template below, and so reaches a host when that is replaced.
  clusters = {
    (var.cluster.key) = {
      endpoint       = var.cluster.endpoint
      ca_certificate = var.cluster.ca_certificate
      arguments      = [var.cluster.name, var.cluster.region]
    }
  }
}

# Canonical publishes its images' ids here. insecure_value, because value counts as a secret.
data "aws_ssm_parameter" "image" {
  name = "/aws/service/canonical/ubuntu/server/24.04/stable/current/${local.architecture}/hvm/ebs-gp3/ami-id"
}

# The image in use. Canonical's moves every few weeks, and each time would make a new version of the template at the next apply, whatever that
# was for. Another pinned one, or another architecture, is taken up with the machine type in the same apply; -replace on this takes the newest.
resource "terraform_data" "image" {
  input            = coalesce(var.provisioners.image, data.aws_ssm_parameter.image.insecure_value)
  triggers_replace = [local.architecture, var.provisioners.image]

  lifecycle {
    ignore_changes = [input]
  }
}

# Every edit makes a new version, which hosts take up when they are replaced.
resource "aws_launch_template" "provisioner" {
  name                   = local.role
  description            = "Provisioner host, Coder ${var.coder.version}, Terraform ${var.terraform.version}"
  update_default_version = true
  image_id               = terraform_data.image.output
  instance_type          = var.provisioners.machine_type
  ebs_optimized          = true
  user_data              = module.boot.encoded
  tags                   = local.tags

  # No public address: the hosts reach the Internet through NAT. No key pair: a shell comes through Systems Manager.
  network_interfaces {
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_security_group.provisioner.id]
  }

  iam_instance_profile {
    arn = aws_iam_instance_profile.provisioner.arn
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  block_device_mappings {
    device_name = "/dev/sda1" # the Ubuntu image's root; another name would add an empty second disk

    ebs {
      volume_type           = "gp3"
      volume_size           = var.provisioners.disk_gb
      iops                  = var.provisioners.disk_iops
      throughput            = var.provisioners.disk_throughput
      encrypted             = true # with the account's own key for EBS, which the group may use without a grant
      delete_on_termination = true # caches and work directories: nothing that a new host does not download again
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume", "network-interface"])

    content {
      resource_type = tag_specifications.key
      tags          = merge(local.tags, { Name = local.role })
    }
  }
}

# A new template (a release, a rotated key) never replaces a running host by itself, because that would end up to 30 builds: there is no
# instance refresh. Replace hosts one by one, as the output `drain` says. A rotated pre-shared key allows no delay: coderd takes up the
# new one by itself, and a daemon that then loses its connection cannot return with the old one.
resource "aws_autoscaling_group" "provisioner" {
  name                = local.role
  vpc_zone_identifier = [for subnet in var.network.machines : subnet.id]

  # No autoscaling: it would pick hosts to remove without looking at their builds. For the same reason hosts are protected: fewer of
  # them take effect only as you remove some (output drain), which the least of 0 permits; and no zone is evened out by ending hosts.
  desired_capacity      = var.provisioners.hosts
  min_size              = 0
  max_size              = var.provisioners.hosts
  protect_from_scale_in = true
  suspended_processes   = ["AZRebalance"]

  # A failing daemon is restarted by systemd, and rebuilding the host would kill the builds of up to 29 others. A machine that has
  # stopped altogether is rebuilt all the same, and then from the newest template.
  health_check_type         = "EC2"
  health_check_grace_period = 300

  # An apply does not wait for running machines: a broken boot would hang it.
  wait_for_capacity_timeout = "0"

  enabled_metrics = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"] # without charge

  launch_template {
    id      = aws_launch_template.provisioner.id
    version = aws_launch_template.provisioner.latest_version
  }

  dynamic "tag" {
    for_each = merge(local.tags, { Name = local.role })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = false # the template has them for the hosts
    }
  }

  timeouts {
    delete = "20m"
  }

  # The boot script needs its key, and a way to the Internet: that is var.network's nat_ready.
  depends_on = [
    aws_iam_role_policy.secrets,
    aws_iam_role_policy_attachment.ssm,
    aws_vpc_security_group_egress_rule.provisioner,
    var.network,
  ]
}

# Keeps a host that is to end, so that its builds can. The machine sees it in its metadata and stops its daemons: they finish what they
# build, up to 15 minutes, and take nothing new. Nothing on the machine ends the wait (that needs a right of its own), so it lasts
# drain_seconds or until you complete it. A resource of its own, not a part of the group: there any edit would replace the group. A
# destroy takes it away before the group, and so does not wait.
resource "aws_autoscaling_lifecycle_hook" "drain" {
  name                   = "drain"
  autoscaling_group_name = aws_autoscaling_group.provisioner.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = var.drain_seconds
  default_result         = "CONTINUE"
}
