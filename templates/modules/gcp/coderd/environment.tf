# What coderd is told: its environment and the secrets it fetches at boot. Written by tierform; edit coder.toml instead.

locals {
  url = "https://${var.access.hostname}"

  # The relay URL, the cluster host, the database URL and the listen address need the machine's own address or a secret:
  # the boot script adds them. Names and advice: coder/coder docs, reference/cli/server.md and scale-coder.md.
  environment = merge(
    {
      CODER_ACCESS_URL            = local.url
      CODER_PROVISIONER_DAEMONS   = tostring(var.coderd.daemons) # none where hosts run the builds
      CODER_TELEMETRY_ENABLE      = tostring(var.telemetry)
      CODER_HOST_PREFIX_COOKIE    = "true" # no workspace app on a sibling name can plant a session cookie
      CODER_PG_CONN_MAX_OPEN      = tostring(var.coderd.max_open_connections)
      CODER_PG_CONN_MAX_IDLE      = tostring(floor(var.coderd.max_open_connections / 2))
      CODER_DERP_FORCE_WEBSOCKETS = "true" # the balancer drops every Upgrade but WebSocket's

      # The client's address: the balancer overwrites X-Real-Ip (balancer.tf, internal.tf). X-Forwarded-For ends in "client, balancer",
      # and a client can put anything before that.
      CODER_PROXY_TRUSTED_HEADERS = "X-Real-Ip,X-Forwarded-For"
      CODER_PROXY_TRUSTED_ORIGINS = join(",", local.trusted)

      # Served inside the VPC only; no firewall rule opens it until you run a scraper.
      CODER_PROMETHEUS_ENABLE                   = "true"
      CODER_PROMETHEUS_ADDRESS                  = "0.0.0.0:2112"
      CODER_PROMETHEUS_COLLECT_DB_METRICS       = "true"
      CODER_PROMETHEUS_COLLECT_AGENT_STATS      = "true"
      CODER_PROMETHEUS_AGGREGATE_AGENT_STATS_BY = "agent_name" # one series per user and workspace would be too many

      # The health page's limit on the database's median round trip. 15 ms, the default, trips on a busy or failing-over database.
      CODER_HEALTH_CHECK_THRESHOLD_DATABASE = "50ms"

      # Otherwise anyone with a GitHub account finds a login button.
      CODER_OAUTH2_GITHUB_DEFAULT_PROVIDER_ENABLE = "false"
    },
    var.access.wildcard == null ? {} : {
      CODER_WILDCARD_ACCESS_URL = var.access.wildcard
      CODER_DISABLE_PATH_APPS   = "true" # apps on the dashboard's own name could act as the user
    },
    var.environment,
  )

  # Variable (or, for the password, placeholder) to the secret version to fetch. References only: values stay in Secret Manager.
  secret_references = merge(
    var.secret_environment,
    { DATABASE_PASSWORD = var.secrets.database_password.name },
    var.secrets.provisioner_psk == null ? {} : { CODER_PROVISIONER_DAEMON_PSK = var.secrets.provisioner_psk.name },
  )
}
