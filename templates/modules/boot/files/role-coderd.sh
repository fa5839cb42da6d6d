# The boot script of coderd: one Coder server, as the package's coder.service. Written by tierform.
# shellcheck shell=bash disable=SC2154
role_environment() {
  local address password
  address=$(<"$work/address")
  password=$(python3 -I -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.stdin.read(), safe=""))' \
    <"$work/DATABASE_PASSWORD")
  # The later line wins, so the user's GOMEMLIMIT does.
  awk -v percent="$memory_percent" \
    '/^MemTotal:/ { printf "GOMEMLIMIT=\"%dMiB\"\n", $2 * percent / 100 / 1024 }' /proc/meminfo
  cat /etc/tierform/environment
  printf '%s="%s"\n' \
    CODER_HTTP_ADDRESS "0.0.0.0:$http_port" \
    CODER_PG_CONNECTION_URL "$database_url_before$password$database_url_after"
  if ((peers)); then
    printf '%s="%s"\n' CODER_DERP_SERVER_RELAY_URL "http://$address:$http_port" CODER_CLUSTER_HOST "$address"
  fi
}

role_start() {
  # Before the package, which would bring an env file that everyone may read.
  write_environment /etc/coder.d/coder.env
  if declare -F install_terraform >/dev/null; then install_terraform; fi
  install_coder
  # Newer packages hand the file to their own user.
  chown root:root /etc/coder.d/coder.env
  chmod 0600 /etc/coder.d/coder.env
  if ((changed)); then systemctl --no-block try-restart coder.service; fi
  systemctl enable --quiet coder.service
  systemctl --no-block start coder.service
}

main
