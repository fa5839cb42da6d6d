# The certificate of the access URL and the wildcard: yours, or ACM's once DNS has proven the names. Written by tierform; edit coder.toml instead.

locals {
  # *.apps.acme.dev stands for itself; *-coder.acme.dev needs *.acme.dev, for a certificate's star is a whole label.
  wildcard_domain = var.access.wildcard == null ? null : replace(var.access.wildcard, "/^[*][^.]*[.]/", "*.")
  domains         = compact([var.access.hostname, local.wildcard_domain])

  managed_certificate = var.access.certificate == null

  # The validation's, not the certificate's own: a listener takes only what is issued.
  certificate = local.managed_certificate ? one(aws_acm_certificate_validation.coderd[*].certificate_arn) : var.access.certificate

  # A name and its wildcard are proven by one and the same record.
  proofs = local.managed_certificate ? toset([for domain in local.domains : trimprefix(domain, "*.")]) : toset([])
}

resource "aws_acm_certificate" "coderd" {
  count = local.managed_certificate ? 1 : 0

  domain_name               = local.domains[0]
  subject_alternative_names = slice(local.domains, 1, length(local.domains))
  validation_method         = "DNS"
  tags                      = merge(local.tags, { Name = local.role })

  lifecycle {
    create_before_destroy = true # the listener uses it; other names make another certificate
  }
}

resource "aws_route53_record" "proof" {
  for_each = local.proofs

  zone_id         = var.access.dns_zone
  name            = [for option in aws_acm_certificate.coderd[0].domain_validation_options : option.resource_record_name if trimprefix(option.domain_name, "*.") == each.key][0]
  type            = [for option in aws_acm_certificate.coderd[0].domain_validation_options : option.resource_record_type if trimprefix(option.domain_name, "*.") == each.key][0]
  records         = [[for option in aws_acm_certificate.coderd[0].domain_validation_options : option.resource_record_value if trimprefix(option.domain_name, "*.") == each.key][0]]
  ttl             = 300
  allow_overwrite = true # the record is the account's for that name: another certificate of yours may have made it
}

resource "aws_acm_certificate_validation" "coderd" {
  count = local.managed_certificate ? 1 : 0

  certificate_arn         = aws_acm_certificate.coderd[0].arn
  validation_record_fqdns = [for record in aws_route53_record.proof : record.fqdn]

  timeouts {
    create = "30m" # longer means that the domain is not delegated to the zone
  }
}
