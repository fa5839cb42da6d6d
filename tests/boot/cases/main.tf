# Every combination of cloud, role and options that the judges of the boot module look at; an apply only fills outputs.

locals {
  references = {
    gcp   = "projects/acme-prod/secrets/%s/versions/3"
    aws   = "arn:aws:secretsmanager:us-east-1:123456789012:secret:%s-AbCdEf|0a1b2c3d-0000-4000-8000-00000000cafe"
    azure = "https://acme.vault.azure.net/secrets/%s/0123456789abcdef0123456789abcdef"
  }
  # What a careless or hostile value may hold: shell, HCL, systemd, YAML and quoting of all kinds.
  hostile = "$(touch /pwned) `touch /pwned` \"'\\ \\\" $HOME $${HOME} %h %%{if} #{x} ; | & > < * ? ! ~ é : - [a] {b} \\n tail\\"
  environment = {
    coderd      = { CODER_ACCESS_URL = "https://coder.acme.dev", CODER_WILDCARD_ACCESS_URL = "*.coder.acme.dev", CODER_PG_CONN_MAX_OPEN = "30" }
    provisioner = { CODER_URL = "https://coder.acme.dev", CODER_PROVISIONERD_TAGS = "cluster=main" }

    provisioner_full = { CODER_URL = "https://coder.acme.dev" }
  }
  # What the plug-in is told: on AWS the cluster's name and region.
  arguments = { gcp = [], aws = ["acme-main", "us-east-1"], azure = [] }
  secrets = {
    coderd      = { DATABASE_PASSWORD = "database-password", CODER_PROVISIONER_DAEMON_PSK = "provisioner-psk" }
    provisioner = { CODER_PROVISIONER_DAEMON_PSK = "provisioner-psk" }
    # A key of its own, in which Coder keeps the tags too.
    provisioner_full = { CODER_PROVISIONER_DAEMON_KEY = "provisioner-key" }
  }
  options = {
    plain = {
      coder     = { version = "2.36.6" }
      terraform = { version = "1.15.5", sha256 = var.terraform_sha256 }
      hostile   = {}
      daemons   = { coderd = 0, provisioner = 30 }
      peers     = true
      memory_gb = null
      ca        = false
    }
    full = {
      coder     = { version = "2.37.0-rc.1", sha256 = var.coder_sha256, mirror = "https://mirror.acme.dev/coder" }
      terraform = { version = "1.15.5", sha256 = { amd64 = var.terraform_sha256.amd64 }, mirror = "https://mirror.acme.dev/hashicorp" }
      hostile   = { HOSTILE = local.hostile }
      daemons   = { coderd = 0, provisioner = 2 }
      peers     = true
      memory_gb = 32
      ca        = true
    }
    # One coderd that runs the builds itself.
    alone = {
      coder     = { version = "2.36.6" }
      terraform = { version = "1.15.5", sha256 = var.terraform_sha256 }
      hostile   = {}
      daemons   = { coderd = 10, provisioner = 0 }
      peers     = false
      memory_gb = null
      ca        = false
    }
  }
  cases = { for case in setproduct(keys(local.references), ["coderd", "provisioner"], keys(local.options)) : join("-", case) => {
    cloud   = case[0]
    role    = case[1]
    kind    = join("-", slice(case, 1, 3)) == "provisioner-full" ? "provisioner_full" : case[1]
    options = local.options[case[2]]
  } if case[1] == "coderd" || local.options[case[2]].daemons.provisioner > 0 }
}

variable "coder_sha256" {
  description = "Checksum that the full options pin for Coder."
  type        = string
}

variable "terraform_sha256" {
  description = "Checksums that all options pin for Terraform, the full ones for amd64 alone."
  type        = object({ amd64 = string, arm64 = string })
}

variable "database_ca" {
  description = "PEM text of an authority: the database's, and the clusters'."
  type        = string
}

# In a real deployment the database, the clusters and the secret versions are not known before the apply; the module has to bear that.
resource "terraform_data" "made_in_the_same_apply" {
  input = {
    # RDS has a name, and authorities that no system trusts.
    database_host = { address = "10.20.0.5", rds = "coder.c1a2b3c4d5e6.us-east-1.rds.amazonaws.com" }
    database_ca   = var.database_ca
    cluster       = "https://cluster.acme.internal"
    references    = local.references
  }
}

locals {
  cluster = { for cloud, arguments in local.arguments : cloud => {
    endpoint       = terraform_data.made_in_the_same_apply.output.cluster
    ca_certificate = terraform_data.made_in_the_same_apply.output.database_ca
    arguments      = arguments
  } }
}

module "kubeconfig" {
  source = "../../../templates/modules/boot/kubeconfig"

  clusters = { main = local.cluster["gcp"] }
}

module "boot" {
  source   = "../../../templates/modules/boot"
  for_each = local.cases

  cloud     = each.value.cloud
  role      = each.value.role
  coder     = each.value.options.coder
  terraform = each.value.options.daemons[each.value.role] > 0 ? each.value.options.terraform : null
  environment = merge(
    local.environment[each.value.kind],
    each.value.role == "coderd" ? { CODER_PROVISIONER_DAEMONS = tostring(each.value.options.daemons.coderd) } : {},
    each.value.options.hostile,
  )
  secrets = {
    for name, secret in local.secrets[each.value.kind] : name => format(terraform_data.made_in_the_same_apply.output.references[each.value.cloud], secret)
    if name == "DATABASE_PASSWORD" || each.value.options.peers
  }
  database = each.value.role == "provisioner" ? null : {
    host           = terraform_data.made_in_the_same_apply.output.database_host[each.value.cloud == "aws" && !each.value.options.ca ? "rds" : "address"]
    name           = "coder"
    user           = "coder@acme"
    ca_certificate = each.value.options.ca ? terraform_data.made_in_the_same_apply.output.database_ca : null
    sslmode        = each.value.options.ca ? "verify-ca" : "verify-full"
  }
  # Google Cloud's machines fetch theirs.
  fetches_kubeconfig = each.value.cloud == "gcp" && each.value.options.daemons[each.value.role] > 0
  clusters           = each.value.cloud == "gcp" || each.value.options.daemons[each.value.role] == 0 ? {} : { main = local.cluster[each.value.cloud] }

  daemons   = each.value.options.daemons[each.value.role]
  peers     = each.value.options.peers
  memory_gb = each.value.options.memory_gb
}

output "user_data" {
  description = "Case name → user data."
  value       = { for name, boot in module.boot : name => boot.user_data }
}

output "encoded" {
  description = "Case name → what a machine is given."
  value       = { for name, boot in module.boot : name => boot.encoded }
}

output "kubeconfig" {
  description = "What the metadata of a machine of Google Cloud has as kubeconfig."
  value       = module.kubeconfig.text
}

output "hostile" {
  description = "The value that has to come out of the env file unchanged."
  value       = local.hostile
}
