# User data of coderd machines and provisioner hosts, the same on every cloud. Written by tierform; edit coder.toml instead.
#
# The scripts in files/ are copied as they are. What a user may choose enters in three escaped forms only: single-quoted
# shell assignments, double-quoted lines of an env file that no shell reads, and YAML written by yamlencode.

module "kubeconfig" {
  source = "./kubeconfig"

  clusters = var.clusters
}

locals {
  files  = "${path.module}/files"
  coderd = var.role == "coderd"
  builds = var.daemons > 0 # on a provisioner host always, on coderd where it runs the daemons itself

  # Its text stands in user data, or comes with the group's metadata.
  kubeconfig_path = "/etc/tierform/kubeconfig"
  has_kubeconfig  = var.fetches_kubeconfig || length(var.clusters) > 0

  # Settings of the boot script; those a role does not use are left out.
  settings = merge(
    {
      coder_version = var.coder.version
      coder_sha256  = var.coder.sha256 == null ? "" : var.coder.sha256
      coder_mirror  = var.coder.mirror == null ? "https://github.com/coder/coder/releases/download" : var.coder.mirror
    },
    local.coderd ? {
      http_port           = tostring(var.http_port)
      peers               = var.peers ? "1" : "0"
      memory_percent      = tostring(local.memory_percent)
      database_url_before = "postgres://${local.database_user}:"
      database_url_after  = "@${local.database_host}:${var.database.port}/${local.database_name}?sslmode=${var.database.sslmode}&sslrootcert=${local.database_ca}"
      } : {
      daemons = tostring(var.daemons)
    },
    local.builds ? {
      terraform_version = var.terraform.version
      terraform_mirror  = var.terraform.mirror == null ? "https://releases.hashicorp.com" : var.terraform.mirror
    } : {},
  )
  settings_lines = concat(
    [for name, value in local.settings : "${name}='${replace(value, "'", "'\\''")}'"],
    local.builds ? ["declare -A terraform_sha256=(${join(" ", [for architecture, sum in var.terraform.sha256 : "[${architecture}]=${sum}"])})"] : [],
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

  # What coderd may take of the machine's memory: nearly all, or half where builds need the rest.
  memory_percent = local.builds ? 50 : 90

  # Terraform hands its environment on to providers: they read KUBE_CONFIG_PATH, and what a template runs itself, such as kubectl, KUBECONFIG.
  environment = merge(
    local.coderd ? (var.memory_gb == null ? {} : { GOMEMLIMIT = "${floor(var.memory_gb * 1024 * local.memory_percent / 100)}MiB" }) : { CODER_PROMETHEUS_ENABLE = "true" },
    local.builds ? { TF_CLI_CONFIG_FILE = "/etc/tierform/terraform.rc" } : {},
    local.has_kubeconfig ? { KUBECONFIG = local.kubeconfig_path, KUBE_CONFIG_PATH = local.kubeconfig_path } : {},
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

  # Whatever line ends a checkout gave the files, a machine gets "\n" only.
  #
  # One script of a few parts, and a second one. Their comments stay behind in files/, so that user data stays short.
  boot_parts = concat(
    ["tierform-boot.sh", "cloud-${var.cloud}.sh"],
    local.coderd && var.cloud == "aws" ? ["database-aws.sh"] : [],
    local.builds ? ["terraform.sh"] : [],
    var.fetches_kubeconfig ? ["kubeconfig-${var.cloud}.sh"] : [],
    ["role-${var.role}.sh"],
  )
  boot_script = join("\n", concat(
    ["#!/bin/bash", "# Brings this machine to its state; safe to run again. Written by tierform; comments are in modules/boot/files."],
    local.settings_lines,
    [for part in local.boot_parts : replace(trimspace(replace(file("${local.files}/${part}"), "\r", "")), local.comment, "")],
    [""],
  ))
  cluster_token = join("\n", concat(
    ["#!/usr/bin/python3 -I", "# Prints a token for a Kubernetes cluster. Written by tierform; comments are in modules/boot/files."],
    [for part in ["cluster-token.py", "cluster-token-${var.cloud}.py"] : replace(trimspace(replace(file("${local.files}/${part}"), "\r", "")), local.comment, "")],
    [""],
  ))
  comment = "/(?m)^ *#( .*)?\n/"

  # What systemd and others read, with the first line of its comments: the reasons stay behind too.
  plain_files = { for name in fileset(local.files, "*.{conf,rc,service,slice,target,timer}") : name => replace(replace(file("${local.files}/${name}"), "\r", ""), local.reason, "") }
  reason      = "/(?m)\n#( .*)?$/"

  common_files = {
    "/usr/local/sbin/tierform-boot"              = local.boot_script
    "/etc/tierform/environment"                  = "${join("\n", local.environment_lines)}\n"
    "/etc/systemd/system/tierform-boot.service"  = local.plain_files["tierform-boot.service"]
    "/etc/systemd/journald.conf.d/tierform.conf" = local.plain_files["journald.conf"]
    # Enables the service without a command, which a cut of power during the first boot could keep from ever running.
    "/etc/systemd/system/multi-user.target.d/tierform.conf" = "# Written by tierform.\n[Unit]\nWants=tierform-boot.service\n"
    "/etc/needrestart/conf.d/tierform.conf"                 = local.plain_files["needrestart.conf"]
  }
  coderd_files = merge(
    { "/etc/systemd/system/coder.service.d/tierform.conf" = local.plain_files["coder.service.conf"] },
    local.builds ? { "/etc/systemd/system/coder.service.d/tierform-builds.conf" = local.plain_files["coder.service-builds.conf"] } : {},
    # Not secret, and coderd's user has to read it.
    local.own_ca ? { (local.database_ca) = "${trimspace(var.database.ca_certificate)}\n" } : {},
  )
  # Google Cloud announces nothing: a host that goes has 90 seconds.
  watch_files = var.cloud == "gcp" ? {} : {
    for unit in ["tierform-watch.service", "tierform-watch.timer"] : "/etc/systemd/system/${unit}" => local.plain_files[unit]
  }
  provisioner_files = merge(local.watch_files, {
    "/etc/systemd/system/coder-provisioner@.service" = replace(replace(templatefile("${local.files}/coder-provisioner@.service.tftpl", local.daemon_memory), "\r", ""), local.reason, "")
    "/etc/systemd/system/coder-provisioners.target"  = local.plain_files["coder-provisioners.target"]
    "/etc/systemd/system/provisioners.slice"         = local.plain_files["provisioners.slice"]
  })
  build_files = merge(
    local.builds ? { "/etc/tierform/terraform.rc" = local.plain_files["terraform.rc"] } : {},
    local.has_kubeconfig ? { "/usr/local/bin/tierform-cluster-token" = local.cluster_token } : {},
    length(var.clusters) == 0 ? {} : { (local.kubeconfig_path) = module.kubeconfig.text },
  )

  cloud_config = {
    # Mode 0644 where none is given.
    write_files = [
      for path, content in merge(local.common_files, local.coderd ? local.coderd_files : local.provisioner_files, local.build_files) :
      merge({ path = path, content = content }, startswith(path, "/usr/local/") ? { permissions = "0755" } : {})
    ]
    # Once in the machine's life; what must be true at every boot is the service's work.
    runcmd = [
      ["systemctl", "daemon-reload"],
      ["systemctl", "restart", "systemd-journald.service"],
      ["systemctl", "start", "--no-block", "tierform-boot.service"],
    ]
  }

  user_data = "#cloud-config\n# Written by tierform: what this machine runs. No secret is in here.\n${yamlencode(local.cloud_config)}"

  # AWS takes 16 KB. A longer text is compressed where clouds take base64, and cloud-init unpacks it; a shorter one is not, because the engines'
  # compression has changed with a version before, and with it every machine's user data (hashicorp/terraform#13723).
  plain   = base64encode(local.user_data)
  encoded = length(local.plain) > 21840 ? base64gzip(local.user_data) : local.plain
  most    = { aws = 16384, azure = 65535, gcp = 262144 }[var.cloud]
  bytes   = length(var.cloud == "gcp" ? local.plain : local.encoded) / 4 * 3
}
