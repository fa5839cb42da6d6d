resource "aws_secretsmanager_secret" "database" {
  name                    = "${var.name}/database"
  recovery_window_in_days = 7
}

ephemeral "random_password" "database" {
  length  = 32
  special = false
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id                = aws_secretsmanager_secret.database.id
  secret_string_wo         = ephemeral.random_password.database.result
  secret_string_wo_version = var.secrets_version
}

ephemeral "aws_secretsmanager_secret_version" "database" {
  secret_id  = aws_secretsmanager_secret_version.database.secret_id
  version_id = aws_secretsmanager_secret_version.database.version_id
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "postgres17"

  parameter {
    name         = "max_connections"
    value        = "400"
    apply_method = "pending-reboot"
  }

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  identifier                            = "${var.name}-database"
  engine                                = "postgres"
  engine_version                        = "17"
  instance_class                        = "db.m5.2xlarge"
  db_name                               = "coder"
  username                              = "coder"
  password_wo                           = ephemeral.aws_secretsmanager_secret_version.database.secret_string
  password_wo_version                   = var.secrets_version
  allocated_storage                     = 512
  max_allocated_storage                 = 1024
  storage_type                          = "gp3"
  iops                                  = 12000
  storage_throughput                    = 500
  storage_encrypted                     = true
  db_subnet_group_name                  = aws_db_subnet_group.this.name
  parameter_group_name                  = aws_db_parameter_group.this.name
  vpc_security_group_ids                = [aws_security_group.this["database"].id]
  backup_retention_period               = 14
  backup_window                         = "03:00-04:00"
  maintenance_window                    = "sun:04:30-sun:05:30"
  performance_insights_enabled          = true
  performance_insights_retention_period = 7
  deletion_protection                   = var.deletion_protection
  final_snapshot_identifier             = "${var.name}-final"
}
