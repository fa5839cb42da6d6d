# PostgreSQL's own settings. Written by tierform; edit coder.toml instead.

# Name by prefix, new before old: a major version needs a group of its own family, and the old one cannot go while it is in use.
resource "aws_db_parameter_group" "this" {
  name_prefix = "${local.role}-${var.database.version}-"
  family      = "postgres${var.database.version}"
  description = "Coder database, PostgreSQL ${var.database.version}"
  tags        = local.tags

  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "immediate"
  }

  # Static: it holds from the next restart, and nothing here restarts the instance (aws rds reboot-db-instance does).
  parameter {
    name         = "max_connections"
    value        = tostring(var.database.max_connections)
    apply_method = "pending-reboot"
  }

  # Enough of a log to explain a slow or refused connection. Statements stay out of it, for they may carry what developers consider
  # private, and so do durations: a line for every statement costs more than the database, and Performance Insights has them.
  dynamic "parameter" {
    for_each = {
      log_checkpoints    = "1"
      log_connections    = "1"
      log_disconnections = "1"
      log_lock_waits     = "1"
      log_temp_files     = "0" # every one: a sort that spills to disk wants more memory
    }

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "immediate"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
