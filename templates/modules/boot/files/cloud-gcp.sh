# Google Cloud: the machine's own address and secrets, one attempt each. Written by tierform.
# shellcheck shell=bash

metadata() {
  fetch --max-time 10 --noproxy '*' --header 'Metadata-Flavor: Google' \
    "http://169.254.169.254/computeMetadata/v1/instance/$1"
}

# The first thing that main asks of a cloud, so what the rest stands on goes here too.
cloud_address() {
  if declare -F store_kubeconfig >/dev/null; then store_kubeconfig || return; fi
  metadata network-interfaces/0/ip
}

# cloud_secret projects/P/secrets/S/versions/N. The token goes to curl on stdin, the secret from curl to stdout.
cloud_secret() {
  local token
  token=$(metadata service-accounts/default/token | json access_token) || return
  printf 'Authorization: Bearer %s\n' "$token" |
    fetch --proto '=https' --header @- "https://secretmanager.googleapis.com/v1/$1:access" |
    json payload data | base64 --decode
}
