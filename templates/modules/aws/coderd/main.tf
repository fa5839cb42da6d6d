# The coderd machines: what runs on them, their template and the group. Written by tierform; edit coder.toml instead.

locals {
  role             = "${var.name}-coderd"
  tags             = merge(var.tags, { role = "coderd" })
  kubernetes_group = "coder-provisioners" # as on provisioner hosts
  http_port        = 8080                 # plain HTTP inside the VPC: TLS ends at the balancer

  # Graviton's families have a g behind their generation (m8g, c7gn), GPU families before it (g6).
  architecture = can(regex("^[a-z]+[0-9]+[a-z]*g[a-z]*[.]", var.coderd.machine_type)) ? "arm64" : "amd64"
}

# Cloud-init for the machines: installs the pinned release, fetches the secrets with the machine's own identity, starts coderd.
module "boot" {
  source = "../../boot"

  cloud       = "aws"
  role        = "coderd"
  coder       = var.coder
  environment = local.environment
  secrets     = local.secret_references
  database    = { for key, value in var.database : key => value if key != "security_group_id" }
  http_port   = local.http_port
  peers       = var.coderd.license == "premium"

  # Where the replicas run the builds themselves: how many each, with what, and how templates reach the clusters.
  daemons   = var.coderd.daemons
  terraform = var.terraform
  clusters = { for key, cluster in var.clusters : key => {
    endpoint       = cluster.endpoint
    ca_certificate = cluster.ca_certificate
    arguments      = [cluster.name, cluster.region]
  } }
}

# Canonical publishes its images' ids here. insecure_value, because value counts as a secret.
data "aws_ssm_parameter" "image" {
  name = "/aws/service/canonical/ubuntu/server/24.04/stable/current/${local.architecture}/hvm/ebs-gp3/ami-id"
}

# The image in use. Canonical's moves every few weeks, and each time would make a new version of the template at the next apply, whatever that
# was for. Another pinned one, or another architecture, is taken up with the machine type in the same apply; -replace on this takes the newest.
resource "terraform_data" "image" {
  input            = coalesce(var.coderd.image, data.aws_ssm_parameter.image.insecure_value)
  triggers_replace = [local.architecture, var.coderd.image]

  lifecycle {
    ignore_changes = [input]
  }
}

# Every edit, a rotated secret's new version among them, makes a new version, and the group rolls over to it.
resource "aws_launch_template" "coderd" {
  name                   = local.role
  description            = "coderd ${var.coder.version}"
  update_default_version = true
  image_id               = terraform_data.image.output
  instance_type          = var.coderd.machine_type
  ebs_optimized          = true
  user_data              = module.boot.encoded
  tags                   = local.tags

  # No public address: the machines reach the Internet through NAT. No key pair: a shell comes through Systems Manager.
  network_interfaces {
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_security_group.coderd.id]
  }

  iam_instance_profile {
    arn = aws_iam_instance_profile.coderd.arn
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1 # for the machine itself, not for what it may run in containers
    instance_metadata_tags      = "disabled"
  }

  block_device_mappings {
    device_name = "/dev/sda1" # the Ubuntu image's root; another name would add an empty second disk

    ebs {
      volume_type           = "gp3"
      volume_size           = var.coderd.disk_gb
      encrypted             = true # with the account's own key for EBS, which the group may use without a grant
      delete_on_termination = true # nothing of value: state is in the database, logs are in the journal
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

resource "aws_autoscaling_group" "coderd" {
  name                = local.role
  vpc_zone_identifier = [for subnet in var.network.machines : subnet.id]
  target_group_arns   = [aws_lb_target_group.coderd.arn]

  # Never autoscaled: a replica that goes takes its long-lived connections along. The most is for the moment in which new replicas
  # run beside the old ones.
  desired_capacity = var.coderd.replicas
  min_size         = var.coderd.replicas
  max_size         = 2 * var.coderd.replicas

  # Rebuilds a replica whose /healthz fails, but not before it has installed itself and run the longest migrations (4 to 7 minutes).
  health_check_type         = "ELB"
  health_check_grace_period = 900
  default_instance_warmup   = 300

  # An apply does not wait for healthy machines: a broken boot would hang it. Look at the group's and the target group's health.
  wait_for_capacity_timeout = "0"

  enabled_metrics = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"] # without charge

  launch_template {
    id      = aws_launch_template.coderd.id
    version = aws_launch_template.coderd.latest_version # a number: $Latest would start no refresh
  }

  # New before old also when a replica is unhealthy or a zone is evened out.
  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 200
  }

  # Starts with the apply, which does not wait for it. New replicas first, then the old ones go; the account's quota must hold the
  # extra machines. No automatic rollback: the group names the new version by then, so it would return to that. A release with
  # migrations wants one replica at a time: set replicas to 1, apply, raise the version, apply, set replicas back.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 200
      instance_warmup        = 600 # install and migrations: before that an old replica must not go
      skip_matching          = true
    }
  }

  dynamic "tag" {
    for_each = merge(local.tags, { Name = local.role })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = false # the template has them for the machines
    }
  }

  # The boot script needs its secrets, the database's door, and a way to the Internet: that is var.network's nat_ready. The database
  # and its user are waited for already, since the template holds what var.database says.
  depends_on = [
    aws_iam_role_policy.secrets,
    aws_iam_role_policy_attachment.ssm,
    aws_vpc_security_group_egress_rule.coderd,
    aws_vpc_security_group_ingress_rule.database,
    aws_vpc_security_group_ingress_rule.balancer,
    var.network,
  ]
}
