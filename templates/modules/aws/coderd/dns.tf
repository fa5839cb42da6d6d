# Records of the access URL and the wildcard, when a Route 53 zone is given. Written by tierform; edit coder.toml instead.

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
