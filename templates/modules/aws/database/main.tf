# RDS for PostgreSQL: the instance and where it stands. Written by tierform; edit coder.toml instead.

locals {
  role  = "${var.name}-database"
  fast  = var.database.disk_gb >= 400 # RDS then stripes gp3 over four volumes
  tags  = merge(var.tags, { role = "database" })
  parts = split("-", var.password.arn)
}

resource "aws_db_subnet_group" "this" {
  name        = local.role
  description = "Where the Coder database of ${var.name} may stand"
  subnet_ids  = var.network.subnet_ids
  tags        = local.tags
}

# Admits nobody: the coderd module adds the one rule. A new description would replace the group, which hangs while it is in use.
resource "aws_security_group" "this" {
  name                   = local.role
  description            = "Coder database"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = merge(local.tags, { Name = local.role })

  lifecycle {
    ignore_changes = [description]
  }
}

# Read back rather than handed over: if a first run fails half-way, the next one draws another random password, and only the
# store knows which one was kept. The value stays out of state and plan.
ephemeral "aws_secretsmanager_secret_version" "password" {
  secret_id  = var.password.arn
  version_id = var.password.version
}

# Another db_name, username or encryption key would replace the instance and lose its data; class, version, disk, name and port
# change in place. The disk only grows: a smaller number is not a change, because storage autoscaling is on.
resource "aws_db_instance" "this" {
  identifier                  = local.role
  engine                      = "postgres"
  engine_version              = var.database.version # the major alone: RDS then reports its minor versions without a difference
  instance_class              = var.database.instance_class
  multi_az                    = var.database.high_availability
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = true # another version in coder.toml is meant; it takes the service down for minutes
  apply_immediately           = true # an apply that waits for the next window would surprise on a Sunday

  # Growing across 400 GB fails unless both figures come along; below it RDS refuses them.
  storage_type          = "gp3"
  allocated_storage     = var.database.disk_gb
  max_allocated_storage = min(2 * var.database.disk_gb, 65536) # before it fills up RDS grows it, up to here
  iops                  = local.fast ? coalesce(var.database.iops, 12000) : null
  storage_throughput    = local.fast ? coalesce(var.database.throughput, 500) : null
  storage_encrypted     = true # with the account's own key for RDS

  db_name             = "coder"
  username            = "coder"
  password_wo         = ephemeral.aws_secretsmanager_secret_version.password.secret_string
  password_wo_version = parseint(substr(sha256(var.password.version), 0, 8), 16) # set again whenever another value is stored

  port                   = 5432
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = "rds-ca-rsa2048-g1" # valid until 2061, and renews the server's certificate without a restart

  backup_retention_period  = var.database.backup_days # and to any moment of these days, five minutes ago at the latest
  backup_window            = var.windows.backup
  maintenance_window       = var.windows.maintenance
  copy_tags_to_snapshot    = true
  delete_automated_backups = false # they outlive the instance for as long as they would have been kept

  # Every password comes with a secret of its own, so a later deployment of this name has another suffix: AWS refuses to delete
  # an instance into a snapshot that exists.
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${local.role}-final-${lower(element(local.parts, length(local.parts) - 1))}"

  performance_insights_enabled          = true
  performance_insights_retention_period = 7 # days, without charge
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  enabled_cloudwatch_logs_exports       = keys(aws_cloudwatch_log_group.this)

  tags = merge(local.tags, { Name = local.role })

  timeouts {
    create = "60m"
    update = "120m" # a larger disk, or another class with a standby
  }

  depends_on = [aws_iam_role_policy_attachment.monitoring]
}

# A class that the region does not sell would fail only once everything before the database is made. Not in a check block, whose data
# shows as a change in every plan.
data "aws_rds_orderable_db_instance" "this" {
  count = var.verify_instance_class ? 1 : 0

  engine                     = "postgres"
  engine_latest_version      = true # one of the many versions that a class is sold with, which only a preferred class permits
  preferred_instance_classes = [var.database.instance_class]
  storage_type               = "gp3"
  vpc                        = true

  lifecycle {
    postcondition {
      condition     = !var.database.high_availability || self.multi_az_capable
      error_message = "RDS offers ${var.database.instance_class} here without a standby: choose another class, or set database.high_availability to false."
    }
  }
}
