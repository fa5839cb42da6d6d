# Google Cloud: how builds reach the workspace clusters, which the machine's group knows and not its template. Written by tierform.
# shellcheck shell=bash disable=SC2154

# A group adds this attribute to every machine that it makes. It is the same for all who use this machine, and no secret.
store_kubeconfig() {
  local target=/etc/tierform/kubeconfig
  metadata attributes/kubeconfig >"$work/kubeconfig" || return
  grep --quiet '^"kind": "Config"$' "$work/kubeconfig" || return
  if ! cmp --quiet "$work/kubeconfig" "$target"; then
    install -m 0644 "$work/kubeconfig" "$target.new"
    mv "$target.new" "$target"
  fi
}
