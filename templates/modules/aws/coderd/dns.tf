# Records of the access URL and the wildcard, in the Route 53 zone that is given, or inside the VPC. Written by tierform; edit coder.toml
# instead.

locals {
  # Without a zone these are an output: somebody else has to create them.
  dns_records = [for domain in local.domains : {
    name = domain
    type = "CNAME"
    data = aws_lb.coderd.dns_name
  }]
}

# The wildcard *-coder.acme.dev takes *.acme.dev, and with it every name of that domain that has no record of its own.
resource "aws_route53_record" "coderd" {
  for_each = var.access.dns_zone == null ? toset([]) : toset(local.domains)

  zone_id = var.access.dns_zone
  name    = each.key
  type    = "A"

  alias {
    name                   = aws_lb.coderd.dns_name
    zone_id                = aws_lb.coderd.zone_id
    evaluate_target_health = false # there is nowhere else to send anybody
  }
}

# Internal, and no zone: people's records are somebody else's to make, but machines and workspaces must find coderd without them. A zone
# of the host name alone hides no other name.
resource "aws_route53_zone" "inside" {
  count = var.access.internal && var.access.dns_zone == null ? 1 : 0

  name    = var.access.hostname
  comment = "The access URL, for machines of the VPC."
  tags    = merge(local.tags, { Name = "${local.role}-inside" })

  vpc {
    vpc_id = var.network.vpc_id
  }

  lifecycle {
    ignore_changes = [vpc] # another VPC may be associated with it
  }
}

resource "aws_route53_record" "inside" {
  for_each = toset([
    for domain in local.domains : domain
    if length(aws_route53_zone.inside) == 1 && (domain == var.access.hostname || endswith(domain, ".${var.access.hostname}"))
  ])

  zone_id = aws_route53_zone.inside[0].zone_id
  name    = each.key
  type    = "A"

  alias {
    name                   = aws_lb.coderd.dns_name
    zone_id                = aws_lb.coderd.zone_id
    evaluate_target_health = false
  }
}
