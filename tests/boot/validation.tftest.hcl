# Inputs that must be refused before a machine is made, one run each. check.sh runs it beside a copy of the module.

variables {
  cloud       = "gcp"
  role        = "coderd"
  coder       = { version = "2.36.6" }
  environment = { CODER_ACCESS_URL = "https://coder.acme.dev" }
  secrets     = { DATABASE_PASSWORD = "projects/p/secrets/s/versions/1" }
  database    = { host = "10.0.0.3", name = "coder", user = "coder" }
}

run "accepts_the_base_case" {
  command = plan

  assert {
    condition     = startswith(output.user_data, "#cloud-config\n")
    error_message = "The user data does not begin with #cloud-config."
  }
}

run "cloud" {
  command = plan
  variables {
    cloud = "oracle"
  }
  expect_failures = [var.cloud]
}

run "role" {
  command = plan
  variables {
    role = "workspace"
  }
  expect_failures = [var.role]
}

run "coder_version" {
  command = plan
  variables {
    coder = { version = "v2.36.6" }
  }
  expect_failures = [var.coder]
}

run "coder_sha256" {
  command = plan
  variables {
    coder = { version = "2.36.6", sha256 = "ABC" }
  }
  expect_failures = [var.coder]
}

run "mirror_that_is_shell" {
  command = plan
  variables {
    coder = { version = "2.36.6", mirror = "https://x/'; touch /pwned; '" }
  }
  expect_failures = [var.coder]
}

run "mirror_without_tls" {
  command = plan
  variables {
    coder = { version = "2.36.6", mirror = "http://mirror.acme.dev" }
  }
  expect_failures = [var.coder]
}

run "environment_with_a_line_break" {
  command = plan
  variables {
    environment = { CODER_ACCESS_URL = "https://coder.acme.dev\nCODER_PG_CONNECTION_URL=postgres://evil" }
  }
  expect_failures = [var.environment]
}

run "environment_with_a_bad_name" {
  command = plan
  variables {
    environment = { CODER_ACCESS_URL = "https://coder.acme.dev", "A=B" = "c" }
  }
  expect_failures = [var.environment]
}

run "environment_that_the_machine_sets" {
  command = plan
  variables {
    environment = { CODER_ACCESS_URL = "https://coder.acme.dev", CODER_HTTP_ADDRESS = "127.0.0.1:3000" }
  }
  expect_failures = [var.environment]
}

run "environment_without_access_url" {
  command = plan
  variables {
    environment = {}
  }
  expect_failures = [var.environment]
}

run "secret_without_a_version" {
  command = plan
  variables {
    secrets = { DATABASE_PASSWORD = "projects/p/secrets/s/versions/latest" }
  }
  expect_failures = [var.secrets]
}

run "secret_of_another_cloud" {
  command = plan
  variables {
    cloud = "azure"
  }
  expect_failures = [var.secrets]
}

run "secret_reference_that_is_shell" {
  command = plan
  variables {
    cloud   = "aws"
    secrets = { DATABASE_PASSWORD = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x'$(id)'-AbCdEf|1" }
  }
  expect_failures = [var.secrets]
}

run "secret_also_in_the_environment" {
  command = plan
  variables {
    environment = { CODER_ACCESS_URL = "https://coder.acme.dev", CODER_PROVISIONER_DAEMON_PSK = "x" }
    secrets     = { DATABASE_PASSWORD = "projects/p/secrets/s/versions/1", CODER_PROVISIONER_DAEMON_PSK = "projects/p/secrets/s/versions/1" }
  }
  expect_failures = [var.secrets]
}

run "coderd_without_a_database" {
  command = plan
  variables {
    database = null
  }
  expect_failures = [var.database]
}

run "database_without_tls" {
  command = plan
  variables {
    database = { host = "10.0.0.3", name = "coder", user = "coder", sslmode = "disable" }
  }
  expect_failures = [var.database]
}

run "database_host_with_more_in_it" {
  command = plan
  variables {
    database = { host = "10.0.0.3/x?sslmode=disable", name = "coder", user = "coder" }
  }
  expect_failures = [var.database]
}

run "provisioner_without_terraform" {
  command = plan
  variables {
    role        = "provisioner"
    daemons     = 30
    environment = { CODER_URL = "https://coder.acme.dev" }
    secrets     = { CODER_PROVISIONER_DAEMON_PSK = "projects/p/secrets/s/versions/1" }
  }
  expect_failures = [var.terraform]
}

run "provisioner_without_daemons" {
  command = plan
  variables {
    role        = "provisioner"
    environment = { CODER_URL = "https://coder.acme.dev" }
    secrets     = { CODER_PROVISIONER_DAEMON_PSK = "projects/p/secrets/s/versions/1" }
  }
  expect_failures = [var.daemons]
}

run "provisioner_with_key_and_psk" {
  command = plan
  variables {
    role        = "provisioner"
    terraform   = { version = "1.15.5", sha256 = { amd64 = "0000000000000000000000000000000000000000000000000000000000000000" } }
    daemons     = 30
    environment = { CODER_URL = "https://coder.acme.dev" }
    secrets     = { CODER_PROVISIONER_DAEMON_PSK = "projects/p/secrets/s/versions/1", CODER_PROVISIONER_DAEMON_KEY = "projects/p/secrets/s/versions/1" }
  }
  expect_failures = [var.secrets]
}

run "provisioner_with_31_daemons" {
  command = plan
  variables {
    role        = "provisioner"
    terraform   = { version = "1.15.5", sha256 = { amd64 = "0000000000000000000000000000000000000000000000000000000000000000" } }
    daemons     = 31
    environment = { CODER_URL = "https://coder.acme.dev" }
    secrets     = { CODER_PROVISIONER_DAEMON_PSK = "projects/p/secrets/s/versions/1" }
  }
  expect_failures = [var.daemons]
}

run "http_port" {
  command = plan
  variables {
    http_port = 0
  }
  expect_failures = [var.http_port]
}

run "too_long_for_user_data" {
  command = plan
  variables {
    environment = { CODER_ACCESS_URL = "https://coder.acme.dev", CODER_LONG = join("", [for i in range(1000) : join("", [for j in range(20) : "a value of some B"])]) }
  }
  expect_failures = [output.user_data, output.encoded]
}

run "coderd_that_builds_without_terraform" {
  command = plan
  variables {
    daemons = 10
  }
  expect_failures = [var.terraform]
}

run "cluster_for_a_machine_without_builds" {
  command = plan
  variables {
    clusters = { main = { endpoint = "https://10.20.0.2", ca_certificate = "-----BEGIN CERTIFICATE-----\n" } }
  }
  expect_failures = [var.clusters]
}

run "cluster_with_more_in_its_endpoint" {
  command = plan
  module {
    source = "./kubeconfig"
  }
  variables {
    clusters = { main = { endpoint = "https://10.20.0.2/\n- name: evil", ca_certificate = "-----BEGIN CERTIFICATE-----\n" } }
  }
  expect_failures = [var.clusters]
}

run "cluster_with_something_else_than_a_certificate" {
  command = plan
  module {
    source = "./kubeconfig"
  }
  variables {
    clusters = { main = { endpoint = "https://10.20.0.2", ca_certificate = "MIIB" } }
  }
  expect_failures = [var.clusters]
}

run "kubeconfig_from_metadata_that_no_group_adds" {
  command = plan
  variables {
    cloud              = "azure"
    daemons            = 10
    fetches_kubeconfig = true
    terraform          = { version = "1.15.5", sha256 = { amd64 = "0000000000000000000000000000000000000000000000000000000000000000" } }
    secrets            = { DATABASE_PASSWORD = "https://acme.vault.azure.net/secrets/x/0123456789abcdef0123456789abcdef" }
  }
  expect_failures = [var.fetches_kubeconfig]
}

run "kubeconfig_for_a_machine_without_builds" {
  command = plan
  variables {
    fetches_kubeconfig = true
  }
  expect_failures = [var.fetches_kubeconfig]
}

run "cluster_without_what_the_plug_in_needs" {
  command = plan
  variables {
    cloud     = "aws"
    daemons   = 10
    terraform = { version = "1.15.5", sha256 = { amd64 = "0000000000000000000000000000000000000000000000000000000000000000" } }
    secrets   = { DATABASE_PASSWORD = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf|1" }
    clusters  = { main = { endpoint = "https://x.eks.amazonaws.com", ca_certificate = "-----BEGIN CERTIFICATE-----\n" } }
  }
  expect_failures = [var.clusters]
}

run "checksum_for_an_unknown_architecture" {
  command = plan
  variables {
    daemons   = 10
    terraform = { version = "1.15.5", sha256 = { x86_64 = "0000000000000000000000000000000000000000000000000000000000000000" } }
  }
  expect_failures = [var.terraform]
}

run "no_checksum_of_terraform" {
  command = plan
  variables {
    daemons   = 10
    terraform = { version = "1.15.5", sha256 = {} }
  }
  expect_failures = [var.terraform]
}

run "long_user_data_is_compressed" {
  command = plan
  variables {
    cloud       = "aws"
    secrets     = { DATABASE_PASSWORD = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf|1" }
    environment = { CODER_ACCESS_URL = "https://coder.acme.dev", CODER_LONG = join("", [for i in range(1000) : "a value of some B"]) }
  }

  assert {
    condition     = length(output.user_data) > 16384 && length(output.encoded) < 16384 && startswith(output.encoded, "H4sI")
    error_message = "Long user data is not compressed."
  }
}

run "short_user_data_is_not_compressed" {
  command = plan
  variables {
    cloud   = "aws"
    secrets = { DATABASE_PASSWORD = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf|1" }
  }

  assert {
    condition     = base64decode(output.encoded) == output.user_data
    error_message = "Short user data is compressed: another version of the engine may roll every machine then."
  }
}
