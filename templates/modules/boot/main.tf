# User data of coderd machines and provisioner hosts, the same on every cloud. Written by tierform; edit coder.toml instead.
#
# The scripts in files/ are copied as they are. What a user may choose enters in three escaped forms only: single-quoted
# shell assignments, double-quoted lines of an env file that no shell reads, and YAML written by yamlencode.

locals {
  files  = "${path.module}/files"
  coderd = var.role == "coderd"

  # Settings of the boot script; those a role does not use are left out.
  settings = merge(
    {
      coder_version = var.coder.version
      coder_sha256  = var.coder.sha256 == null ? "" : var.coder.sha256
      coder_mirror  = var.coder.mirror == null ? "https://github.com/coder/coder/releases/download" : var.coder.mirror
    },
    local.coderd ? {
      http_port           = tostring(var.http_port)
      database_url_before = "postgres://${local.database_user}:"
      database_url_after  = "@${local.database_host}:${var.database.port}/${local.database_name}?sslmode=${var.database.sslmode}&sslrootcert=${local.database_ca}"
      } : {
      daemons           = tostring(var.daemons)
      terraform_version = var.terraform.version
      terraform_sha256  = var.terraform.sha256
      terraform_mirror  = var.terraform.mirror == null ? "https://releases.hashicorp.com" : var.terraform.mirror
    },
  )
  settings_lines = concat(
    [for name, value in local.settings : "${name}='${replace(value, "'", "'\\''")}'"],
    ["secrets=("],
    [for name, reference in var.secrets : "  '${name} ${replace(reference, "'", "'\\''")}'"],
    [")"],
  )

  # urlencode() writes a space as +, which is a plus sign in front of the question mark.
  database_user = local.coderd ? replace(urlencode(var.database.user), "+", "%20") : null
  database_name = local.coderd ? replace(urlencode(var.database.name), "+", "%20") : null
  database_host = !local.coderd ? null : strcontains(var.database.host, ":") ? "[${var.database.host}]" : var.database.host
  own_ca        = try(var.database.ca_certificate, null) != null
  database_ca   = local.own_ca ? "/etc/coder.d/database-ca.pem" : "/etc/ssl/certs/ca-certificates.crt"

  environment = merge(
    local.coderd ? (var.memory_gb == null ? {} : { GOMEMLIMIT = "${floor(var.memory_gb * 1024 * 0.9)}MiB" }) : {
      CODER_PROMETHEUS_ENABLE = "true"
      TF_CLI_CONFIG_FILE      = "/etc/tierform/terraform.rc"
    },
    var.environment,
  )
  # Within double quotes systemd and shells know the same four characters that need a backslash.
  environment_escaped = {
    for name, value in local.environment :
    name => replace(replace(replace(replace(value, "\\", "\\\\"), "\"", "\\\""), "`", "\\`"), "$", "\\$")
  }
  environment_lines = [for name, value in local.environment_escaped : "${name}=\"${value}\""]

  # Few daemons build at the same moment, so each may use twice its fair share of the memory before it is slowed down and
  # four times before its builds are killed; one alone never takes the machine. In percent unless the memory is given.
  memory      = var.memory_gb == null ? 100 : floor(var.memory_gb * 1024)
  memory_unit = var.memory_gb == null ? "%" : "M"
  share       = local.memory / max(var.daemons, 1)
  daemon_memory = {
    memory_high = "${floor(min(2 * local.share, 0.8 * local.memory))}${local.memory_unit}"
    memory_max  = "${floor(min(4 * local.share, 0.9 * local.memory))}${local.memory_unit}"
  }

  # One script of three parts. Its comments stay behind in files/: user data is limited to 16 KB.
  boot_parts = concat(
    ["tierform-boot.sh", "cloud-${var.cloud}.sh"],
    local.coderd && var.cloud == "aws" ? ["database-aws.sh"] : [],
    ["role-${var.role}.sh"],
  )
  boot_script = join("\n", concat(
    ["#!/bin/bash", "# Brings this machine to its state; safe to run again. Written by tierform; comments are in modules/boot/files."],
    local.settings_lines,
    [for part in local.boot_parts : replace(trimspace(file("${local.files}/${part}")), "/(?m)^ *#( .*)?\n/", "")],
    [""],
  ))

  common_files = {
    "/usr/local/sbin/tierform-boot"              = local.boot_script
    "/etc/tierform/environment"                  = "${join("\n", local.environment_lines)}\n"
    "/etc/systemd/system/tierform-boot.service"  = file("${local.files}/tierform-boot.service")
    "/etc/systemd/journald.conf.d/tierform.conf" = file("${local.files}/journald.conf")
    "/etc/needrestart/conf.d/tierform.conf"      = file("${local.files}/needrestart.conf")
  }
  coderd_files = merge(
    { "/etc/systemd/system/coder.service.d/tierform.conf" = file("${local.files}/coder.service.conf") },
    # Not secret, and coderd's user has to read it.
    local.own_ca ? { (local.database_ca) = "${trimspace(var.database.ca_certificate)}\n" } : {},
  )
  # Google Cloud announces nothing: a host that goes has 90 seconds.
  watch_files = var.cloud == "gcp" ? {} : {
    for unit in ["tierform-watch.service", "tierform-watch.timer"] : "/etc/systemd/system/${unit}" => file("${local.files}/${unit}")
  }
  provisioner_files = merge(local.watch_files, {
    "/etc/systemd/system/coder-provisioner@.service" = templatefile("${local.files}/coder-provisioner@.service.tftpl", local.daemon_memory)
    "/etc/systemd/system/coder-provisioners.target"  = file("${local.files}/coder-provisioners.target")
    "/etc/systemd/system/provisioners.slice"         = file("${local.files}/provisioners.slice")
    "/etc/tierform/terraform.rc"                     = file("${local.files}/terraform.rc")
  })

  cloud_config = {
    write_files = [for path, content in merge(local.common_files, local.coderd ? local.coderd_files : local.provisioner_files) : {
      path        = path
      permissions = startswith(path, "/usr/local/sbin/") ? "0755" : "0644"
      content     = content
    }]
    # Once in the machine's life; what must be true at every boot is the service's work.
    runcmd = [
      ["systemctl", "daemon-reload"],
      ["systemctl", "restart", "systemd-journald.service"],
      ["systemctl", "enable", "--now", "--no-block", "tierform-boot.service"],
    ]
  }

  user_data       = "#cloud-config\n# Written by tierform: what this machine runs. No secret is in here.\n${yamlencode(local.cloud_config)}"
  user_data_bytes = length(base64encode(local.user_data)) / 4 * 3
}
