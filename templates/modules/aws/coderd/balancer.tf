# The Network Load Balancer in front of coderd. Written by tierform; edit coder.toml instead.
#
# It ends TLS and passes on bytes, so WebSockets, DERP's own upgrade and long connections work as they are. It knows no HTTP: it can
# neither redirect nor add a header, so port 80 is not served. http:// links to Coder do not answer; browsers that have been here once
# are told by coderd to use HTTPS (environment.tf).

# How the balancer was made, for the precondition below. Lifting the protection and setting it again takes down what is there by then.
resource "terraform_data" "balancer" {
  input            = { internal = var.access.internal }
  triggers_replace = var.deletion_protection

  lifecycle {
    ignore_changes = [input]
  }
}

# Internal or not, or subnets that are not more than before, make another balancer with another DNS name. While it is protected that stops
# in the plan: an apply would first delete the listener, nobody's requests would get in any more, and then AWS would refuse to go on.
resource "aws_lb" "coderd" {
  name                             = local.role
  load_balancer_type               = "network"
  internal                         = var.access.internal
  subnets                          = [for subnet in var.access.internal ? var.network.machines : var.network.public : subnet.id]
  security_groups                  = [aws_security_group.balancer.id]
  enable_cross_zone_load_balancing = true # off by default: a zone without a healthy replica would drop its share
  enable_deletion_protection       = var.deletion_protection
  tags                             = merge(local.tags, { Name = local.role })

  dynamic "access_logs" {
    for_each = var.balancer.log_bucket[*]

    content {
      bucket  = access_logs.value
      prefix  = local.role
      enabled = true
    }
  }

  lifecycle {
    precondition {
      condition     = !var.deletion_protection || terraform_data.balancer.output.internal == var.access.internal
      error_message = "The balancer was made with access.internal = ${terraform_data.balancer.output.internal}. Changing that makes another one with another DNS name, and Coder is away until it is there. In this order: put internal back in coder.toml, generate, and apply with deletion_protection = false; then change it again, generate, and apply. Where you keep the DNS records yourself, point them at the new name after that (output dns_records)."
    }
  }

  depends_on = [var.network] # public subnets are public once the internet gateway's route is there
}

# The port is part of the name: another one makes another group, which must exist before the listener lets go of this.
resource "aws_lb_target_group" "coderd" {
  name                 = "${local.role}-${local.http_port}"
  vpc_id               = var.network.vpc_id
  port                 = local.http_port
  protocol             = "TCP"
  target_type          = "instance"
  deregistration_delay = var.balancer.draining_seconds # WebSockets never end by themselves: longer would only hold up an upgrade
  tags                 = merge(local.tags, { Name = "${local.role}-${local.http_port}" })

  # coderd sees who connects. Not when internal: coderd calls its own access URL, and a machine that keeps its address on the way
  # through the balancer back to itself drops the answer.
  preserve_client_ip = !var.access.internal

  # Takes traffic away from a replica within half a minute.
  health_check {
    protocol            = "HTTP"
    port                = "traffic-port"
    path                = "/healthz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.coderd.arn
  port              = 443
  protocol          = "TLS" # silence ends a connection after 350 seconds, which is fixed; Coder's WebSockets ping more often
  ssl_policy        = var.balancer.ssl_policy
  alpn_policy       = "HTTP1Only" # coderd gets bytes: a client that chose HTTP/2 here would not be understood there
  certificate_arn   = local.certificate
  tags              = local.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.coderd.arn
  }
}
