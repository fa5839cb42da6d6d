data "aws_ssm_parameter" "ubuntu" {
  name = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"
}

data "aws_iam_policy_document" "machine_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "coderd" {
  name               = "${var.name}-coderd"
  assume_role_policy = data.aws_iam_policy_document.machine_trust.json
}

resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.coderd.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_role_policy" "secrets" {
  name = "secrets"
  role = aws_iam_role.coderd.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = aws_secretsmanager_secret.database.arn
    }]
  })
}

resource "aws_iam_instance_profile" "coderd" {
  name = "${var.name}-coderd"
  role = aws_iam_role.coderd.name
}

resource "aws_launch_template" "coderd" {
  name_prefix            = "${var.name}-coderd-"
  image_id               = data.aws_ssm_parameter.ubuntu.insecure_value
  instance_type          = "m5.large"
  user_data              = base64encode("#!/bin/sh\necho ${aws_secretsmanager_secret.database.arn}\n")
  vpc_security_group_ids = [aws_security_group.this["coderd"].id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.coderd.arn
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/sda1"

    ebs {
      volume_type = "gp3"
      volume_size = 50
      encrypted   = true
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "${var.name}-coderd" }
  }
}

resource "aws_autoscaling_group" "coderd" {
  name                      = "${var.name}-coderd"
  min_size                  = 2
  max_size                  = 3
  desired_capacity          = 2
  vpc_zone_identifier       = [for subnet in aws_subnet.private : subnet.id]
  target_group_arns         = [aws_lb_target_group.coderd.arn]
  health_check_type         = "ELB"
  health_check_grace_period = 900
  depends_on = [
    aws_route.private,
    aws_route_table_association.private,
    aws_lb_listener.https,
  ]

  launch_template {
    id      = aws_launch_template.coderd.id
    version = aws_launch_template.coderd.latest_version
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 150
      auto_rollback          = true
    }
  }

  tag {
    key                 = "Name"
    value               = "${var.name}-coderd"
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_lifecycle_hook" "drain" {
  name                   = "drain"
  autoscaling_group_name = aws_autoscaling_group.coderd.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 900
  default_result         = "CONTINUE"
}

resource "aws_lb" "coderd" {
  name                       = "${var.name}-coderd"
  load_balancer_type         = "network"
  subnets                    = [for subnet in aws_subnet.public : subnet.id]
  security_groups            = [aws_security_group.this["coderd"].id]
  enable_deletion_protection = var.deletion_protection
  depends_on                 = [aws_internet_gateway.this]
}

resource "aws_lb_target_group" "coderd" {
  name                 = "${var.name}-coderd-8080"
  port                 = 8080
  protocol             = "TCP"
  vpc_id               = aws_vpc.this.id
  deregistration_delay = 300

  health_check {
    protocol = "HTTP"
    path     = "/healthz"
    matcher  = "200"
    interval = 10
    timeout  = 5
  }

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_route53_zone" "this" {
  name = "acme.dev"
}

resource "aws_acm_certificate" "this" {
  domain_name               = "coder.acme.dev"
  subject_alternative_names = ["*.coder.acme.dev"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.this.domain_validation_options :
    trimprefix(option.domain_name, "*.") => option...
  }
  zone_id         = data.aws_route53_zone.this.zone_id
  name            = each.value[0].resource_record_name
  type            = each.value[0].resource_record_type
  records         = [each.value[0].resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.coderd.arn
  port              = 443
  protocol          = "TLS"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  alpn_policy       = "HTTP1Only"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.coderd.arn
  }
}

resource "aws_route53_record" "coderd" {
  for_each = toset(["coder.acme.dev", "*.coder.acme.dev"])
  zone_id  = data.aws_route53_zone.this.zone_id
  name     = each.key
  type     = "A"

  alias {
    name                   = aws_lb.coderd.dns_name
    zone_id                = aws_lb.coderd.zone_id
    evaluate_target_health = false
  }
}
