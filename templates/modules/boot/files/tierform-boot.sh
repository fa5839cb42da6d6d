# The parts of the boot script that all machines share: retries, downloads, secrets, the env file. Written by tierform.
#
# tierform-boot.service runs this at every boot, not cloud-init, which works once in a machine's life: secrets and the
# machine's own address have to be right each time. What is in place already is left alone.
# Exit status 78: trying again cannot help. After any other failure systemd tries again in a minute.
# shellcheck shell=bash disable=SC2034,SC2154
set -Eeuo pipefail
umask 077
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

readonly run=/run/tierform work=/run/tierform/work cache=/var/cache/tierform

log() { printf 'tierform-boot: %s\n' "$*" >&2; }

fail() {
  log "FAILED: $2"
  exit "$1"
}

# Names the place only: a command's arguments could hold what must not be logged.
trap 'log "FAILED: status $? at line $LINENO"' ERR

fetch() { curl -q --fail --silent --show-error --connect-timeout 10 --max-time 30 "$@"; }

# Prints one text field of the JSON on stdin: json payload data. A parse error may not show what was parsed.
json() {
  python3 -I -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1:]:
    value = value[key]
sys.stdout.write(value)' "$@" 2>/dev/null
}

# retry WHAT COMMAND...: for about twelve minutes. On a fresh machine the metadata service, the network and IAM grants
# come late. Counts attempts, not time: the clock may still jump.
retry() {
  local what=$1 attempt delay=1
  shift
  for ((attempt = 1; attempt <= 40; attempt++)); do
    if "$@"; then return 0; fi
    log "$what: attempt $attempt failed, next in $delay s"
    sleep "$delay"
    delay=$((delay < 10 ? delay * 2 : 20))
  done
  fail 1 "$what: given up after 40 attempts; the lines above say why"
}

store_address() { cloud_address >"$work/address" && [[ $(<"$work/address") =~ ^[0-9]+(\.[0-9]+){3}$ ]]; }

store_secret() { cloud_secret "$2" >"$work/$1" && [[ -s $work/$1 ]]; }

# write_environment FILE: sets changed=1 when the file was not yet so.
write_environment() {
  local secret name
  {
    echo '# Written by tierform-boot at every boot; change the deployment instead.'
    role_environment
    for secret in "${secrets[@]}"; do
      name=${secret%% *}
      if [[ $name != DATABASE_PASSWORD ]]; then
        printf '%s="' "$name"
        sed 's/["\\`$]/\\&/g' "$work/$name"
        printf '"\n'
      fi
    done
  } >"$work/environment"
  changed=0
  if ! cmp --quiet "$work/environment" "$1"; then
    changed=1
    install -d -m 0755 "${1%/*}"
    install -m 0600 "$work/environment" "$1.new"
    mv "$1.new" "$1"
  fi
}

download() {
  fetch --location --proto '=https' --max-time 1200 --speed-limit 10000 --speed-time 60 --output "$2" "$1"
}

# download_checked URL SHA256 FILE
download_checked() {
  local found
  [[ $2 =~ ^[0-9a-f]{64}$ ]] || fail 78 "no SHA-256 checksum is known for $1"
  log "downloading $1"
  retry "download of $1" download "$1" "$3"
  found=$(sha256sum "$3")
  if [[ ${found%% *} != "$2" ]]; then
    rm -f "$3"
    fail 78 "wrong checksum: $1 has ${found%% *}, expected $2; it was not installed"
  fi
}

install_package() {
  dpkg --configure -a --force-confdef --force-confold &&
    apt-get install --quiet --yes --allow-downgrades --no-install-recommends -o DPkg::Lock::Timeout=300 \
      -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$1"
}

install_coder() {
  local base=$coder_mirror/v$coder_version sha256=$coder_sha256 file wanted installed
  # dpkg writes 2.37.0-rc.1 as 2.37.0~rc.1, with a release number behind.
  wanted="installed ${coder_version/-/'~'}"
  installed=$(dpkg-query --show --showformat="\${db:Status-Status} \${Version}" coder 2>/dev/null) || installed=none
  if [[ $installed == "$wanted" || $installed == "$wanted-"* ]]; then return 0; fi

  file=coder_${coder_version}_linux_$(dpkg --print-architecture).deb
  if [[ -z $sha256 ]]; then
    retry "checksums of Coder $coder_version" download "$base/coder_${coder_version}_checksums.txt" "$cache/checksums"
    sha256=$(awk -v file="$file" '$2 == file { print $1; exit }' "$cache/checksums")
  fi
  download_checked "$base/$file" "$sha256" "$cache/$file"
  log "installing Coder $coder_version"
  retry "installation of Coder $coder_version" install_package "$cache/$file"
  rm -f "$cache/$file"
  systemctl daemon-reload
}

main() {
  local secret name
  install -d -m 0700 "$run" "$cache"
  exec 9>"$run/lock"
  flock 9
  rm -rf "$work"
  install -d -m 0700 "$work"
  trap 'rm -rf "$work"' EXIT

  retry 'own address' store_address
  for secret in "${secrets[@]}"; do
    name=${secret%% *}
    retry "secret $name" store_secret "$name" "${secret#* }"
    if grep --quiet --null-data '[[:cntrl:]]' "$work/$name"; then
      fail 78 "secret $name holds a line break or another control character"
    fi
  done
  role_start
  log 'done'
}
