# What builds need on a machine that runs some: a pinned Terraform. Written by tierform.
# shellcheck shell=bash disable=SC2154

# One on PATH keeps each daemon from downloading its own.
install_terraform() {
  local target=/opt/terraform/$terraform_version/terraform architecture file
  install -d -m 0755 /usr/local/share/terraform /usr/local/share/terraform/providers
  if [[ ! -x $target ]]; then
    architecture=$(dpkg --print-architecture)
    file=terraform_${terraform_version}_linux_$architecture.zip
    download_checked "$terraform_mirror/terraform/$terraform_version/$file" "${terraform_sha256[$architecture]-}" "$cache/$file"
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
