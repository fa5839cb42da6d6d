# Azure: the machine's own address and secrets, one attempt each. Written by tierform.
# shellcheck shell=bash

metadata() {
  fetch --max-time 10 --noproxy '*' --header 'Metadata: true' "http://169.254.169.254/metadata/$1"
}

cloud_address() {
  metadata 'instance/network/interface/0/ipv4/ipAddress/0/privateIpAddress?api-version=2021-02-01&format=text'
}

# Events are told to the whole scale set (Azure, "Terminate notification for virtual machine scale set instances").
cloud_takes_away() {
  local name
  name=$(metadata 'instance/compute/name?api-version=2021-02-01&format=text') || return
  metadata 'scheduledevents?api-version=2020-07-01' | python3 -I -c 'import json, sys
sys.exit(not any(e["EventType"] == "Terminate" and sys.argv[1] in e["Resources"] for e in json.load(sys.stdin)["Events"]))' "$name"
}

# cloud_secret https://<vault>/secrets/<name>/<version>. The token goes to curl on stdin, the secret from curl to stdout.
cloud_secret() {
  local token vault=${1#https://}
  vault=${vault%%/*}
  # A token is for all vaults of one Azure cloud: acme.vault.azure.net is asked with one for vault.azure.net.
  token=$(metadata "identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2F${vault#*.}" |
    json access_token) || return
  printf 'Authorization: Bearer %s\n' "$token" |
    fetch --proto '=https' --header @- "$1?api-version=7.4" |
    json value
}
