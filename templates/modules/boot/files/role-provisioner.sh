# The boot script of a provisioner host: its daemons and the Terraform they run. Written by tierform.
# shellcheck shell=bash disable=SC2154
role_environment() {
  local host=${HOSTNAME%%.*}
  # Daemons are called after the host, and Coder takes two daemons of one name for the same.
  [[ $host =~ ^[A-Za-z0-9][A-Za-z0-9-]{0,59}$ && $host != localhost ]] ||
    fail 78 "the host name $host does not do for daemon names: letters, digits and dashes, at most 60"
  cat /etc/tierform/environment
  printf 'TIERFORM_HOST="%s"\n' "$host"
}

role_start() {
  local units
  # Before the package, so that secrets are never in a file that others may read.
  write_environment /etc/coder.d/provisioner.env
  install_terraform
  install_coder
  systemctl disable --quiet --now coder.service
  mapfile -t units < <(seq --format='coder-provisioner@%02.0f.service' "$daemons")
  if ((changed)); then systemctl --no-block try-restart "${units[@]}"; fi
  systemctl enable --quiet "${units[@]}" coder-provisioners.target
  systemctl --no-block start coder-provisioners.target
  if [[ -e /etc/systemd/system/tierform-watch.timer ]]; then systemctl enable --quiet --now tierform-watch.timer; fi
}

# Daemons that are stopped finish their build and take no other.
watch() {
  if cloud_takes_away && systemctl --quiet is-active coder-provisioners.target; then
    log 'the cloud takes this host away: its daemons finish what they build and stop'
    # Stopping the target alone does not wait for the daemons.
    systemctl stop coder-provisioners.target 'coder-provisioner@*'
  fi
}

if [[ ${1-} == watch ]]; then watch; else main; fi
