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

# One on PATH keeps each daemon from downloading its own.
install_terraform() {
  local target=/opt/terraform/$terraform_version/terraform file
  if [[ ! -x $target ]]; then
    file=terraform_${terraform_version}_linux_$(dpkg --print-architecture).zip
    download_checked "$terraform_mirror/terraform/$terraform_version/$file" "$terraform_sha256" "$cache/$file"
    log "installing Terraform $terraform_version"
    python3 -I -m zipfile --extract "$cache/$file" "$cache/terraform"
    install -d -m 0755 /opt/terraform "${target%/*}"
    install -m 0755 "$cache/terraform/terraform" "$target.new"
    mv "$target.new" "$target"
    rm -rf "$cache/terraform" "${cache:?}/$file"
  fi
  if [[ $(readlink /usr/local/bin/terraform) != "$target" ]]; then
    ln -sfn "$target" /usr/local/bin/terraform
  fi
}

role_start() {
  local units
  # Before the package, so that secrets are never in a file that others may read.
  write_environment /etc/coder.d/provisioner.env
  install -d -m 0755 /usr/local/share/terraform /usr/local/share/terraform/providers
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
