# No way in to the hosts, one way from them into the cluster. Written by tierform; edit coder.toml instead.

# A group's description is frozen: a new text would replace the group, which hangs for as long as something wears it.
resource "aws_security_group" "provisioner" {
  name                   = local.role
  description            = "Coder provisioner hosts"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = merge(local.tags, { Name = local.role })

  lifecycle {
    ignore_changes = [description]
  }
}

# Provider registries and the APIs that templates call have no fixed addresses. The daemons dial out to coderd.
resource "aws_vpc_security_group_egress_rule" "provisioner" {
  security_group_id = aws_security_group.provisioner.id
  description       = "Everywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
  tags              = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "cluster" {
  security_group_id            = var.cluster.security_group_id
  description                  = "Kubernetes API from provisioner hosts"
  referenced_security_group_id = aws_security_group.provisioner.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  tags                         = local.tags
}
