#!/bin/bash
# Runs the rendered boot scripts for real: as root of a throw-away file tree, in a network namespace where stand-ins answer
# on the addresses of the clouds, with real curl, TLS and python3. Only systemctl, apt-get, dpkg and sleep are pretended.
# shellcheck disable=SC2016 # programs in single quotes are meant to be expanded later
# usage: dry-run.sh; needs root or unprivileged user namespaces; without them it is skipped, or fails when CI is set.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

if [[ ${1-} != inside ]]; then
  unshare=(unshare --mount --net --pid --fork --uts)
  if [[ $(id -u) != 0 ]]; then unshare+=(--user --map-root-user); fi
  if ! "${unshare[@]}" true 2>/dev/null; then
    echo "dry-run.sh: SKIPPED, this machine allows no namespaces (run it as root)" >&2
    [[ -z ${CI-} ]]
    exit
  fi
  dir=$(mktemp -d)
  trap 'rm -rf "$dir"' EXIT
  "$here/render.sh" "$dir"
  "${unshare[@]}" bash "$0" inside "$dir"
  exit
fi

dir=$2
cd "$dir"
hostname acme-provisioner-x7k2.c.acme-prod.internal
ip link set lo up
ip address add 169.254.169.254/32 dev lo
if curl --silent --max-time 5 --output /dev/null http://1.1.1.1/; then
  echo 'dry-run.sh: the stand-ins must have no way to the Internet, and 1.1.1.1 answered' >&2
  exit 1
fi

names=secretmanager.googleapis.com,secretsmanager.us-east-1.amazonaws.com,sts.us-east-1.amazonaws.com,acme.vault.azure.net,github.com,releases.hashicorp.com,mirror.acme.dev,truststore.pki.rds.amazonaws.com
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=stand-in' -keyout server.key -out server.csr 2>/dev/null
openssl x509 -req -in server.csr -CA release/ca.pem -CAkey release/ca.key -days 3 -out server.pem \
  -extfile <(printf 'subjectAltName=DNS:%s\n' "${names//,/,DNS:}") 2>/dev/null
echo '{}' >faults
python3 "$here/standins.py" "$dir" &
for ((i = 0; i < 100; i++)); do
  [[ ! -e ready ]] || break
  sleep 0.1
done

checks=0 failures=0
check() { # check WHAT COMMAND...
  checks=$((checks + 1))
  if ! "${@:2}"; then
    failures=$((failures + 1))
    echo "dry-run.sh: FAILED in $scenario: $1" >&2
  fi
}
logged() { grep --quiet --extended-regexp -- "$1" "$machine/log/$2"; }
not() { ! "$@"; }

# A machine made from a rendered case. Its stand-in programs write what they were told to /log.
make_machine() {
  local case=$1 path
  machine=$dir/machine-$scenario
  mkdir -p "$machine"/{proc,dev,etc,run,var/cache,tmp,opt,usr,log,root}
  for path in bin sbin lib lib64; do
    if [[ -e /$path ]]; then ln -s "usr/$path" "$machine/$path"; fi
  done
  mount --rbind /usr "$machine/usr"
  mount --bind /proc "$machine/proc"
  mount --rbind /dev "$machine/dev"
  mount -t tmpfs none "$machine/usr/local"
  mkdir -p "$machine"/usr/local/{bin,sbin} "$machine"/etc/{ssl/certs,alternatives}
  mount --bind /etc/alternatives "$machine/etc/alternatives"
  cp release/ca.pem "$machine/etc/ssl/certs/ca-certificates.crt"
  printf 'root:x:0:0::/root:/bin/sh\n' >"$machine/etc/passwd"
  printf 'root:x:0:\n' >"$machine/etc/group"
  printf 'hosts: files\n' >"$machine/etc/nsswitch.conf"
  printf '127.0.0.1 %s\n' "${names//,/ }" >"$machine/etc/hosts"
  cp -r "$case/root/." "$machine/"

  program apt-get 'stat --format="%n %a %u:%g" /etc/coder.d/*.env >>/log/env-before-package; for p; do :; done; cp "$p" /var/package; [ ! -e /etc/coder.d/coder.env ] || chmod 644 /etc/coder.d/coder.env'
  program dpkg 'if [ "$1" = --print-architecture ]; then echo amd64; fi'
  program dpkg-query '[ -e /var/package ] && printf "installed %s-1" "$(cat /var/version)"'
  program systemctl :
  program sleep :
  # Real ones, but whoever may list processes sees what they are called with.
  program curl 'exec /usr/bin/curl "$@"'
  program python3 'exec /usr/bin/python3 "$@"'
  printf '%s' "$2" >"$machine/var/version"
}
program() {
  printf '#!/bin/sh\necho "%s $*" >>/log/calls\n%s\n' "$1" "$2" >"$machine/usr/local/bin/$1"
  chmod 755 "$machine/usr/local/bin/$1"
}

# boot [watch]: runs the boot script as systemd would, that is with next to nothing in its environment.
boot() {
  status=0
  : >"$machine/log/calls"
  env -i PATH=/usr/sbin:/usr/bin chroot "$machine" /usr/local/sbin/tierform-boot "$@" >"$machine/log/console" 2>&1 || status=$?
}

# The value that a reader of the env file gets. systemd reads the same quoting; its own reader is tried in the lab.
value() {
  env -i /bin/bash -c 'set -a; source "$1"; printf %s "${!2}"' - "$machine$1" "$2"
}
value_is() { [[ $(value "$1" "$2") == "$3" ]] || { echo "$2 is $(value "$1" "$2")" >&2; false; }; }

# The credential plug-in, called as the kubeconfig says; on AWS the token's URL is asked as EKS asks it.
plug_in_works() {
  local call credential token
  mapfile -t call < <(python3 -c 'import sys, yaml
config = yaml.safe_load(open(sys.argv[1]))
assert config["current-context"] == "main" and config["clusters"][0]["cluster"]["server"] == "https://cluster.acme.internal"
call = config["users"][0]["user"]["exec"]
assert call["interactiveMode"] == "Never"
print(call["command"], *call["args"], sep="\n")' "$machine/etc/tierform/kubeconfig")
  credential=$(env -i PATH=/usr/sbin:/usr/bin chroot "$machine" "${call[@]}") || return
  token=$(jq --raw-output 'select(.apiVersion == "client.authentication.k8s.io/v1" and .kind == "ExecCredential"
    and (.status.expirationTimestamp | fromdate) > now).status.token' <<<"$credential")
  if [[ $cloud == aws ]]; then
    token=$(python3 -c 'import base64, sys; print(base64.urlsafe_b64decode(sys.argv[1] + "==").decode())' "${token#k8s-aws-v1.}")
    /usr/sbin/chroot "$machine" /usr/bin/curl --fail --silent --header 'x-k8s-aws-id: acme-main' "$token"
  else
    [[ $token == stand-in-token* ]]
  fi
}

# Neither secrets nor tokens in arguments, console, or anything that others may read.
no_leak() {
  local secret
  for secret in 'p@:/?#' 'p%40%3A' 'psk-"' 'key-"' stand-in-token stand-in-key stand-in-session; do
    if grep --recursive --fixed-strings -- "$secret" "$machine/log" >&2; then return 1; fi
    if find "$machine" -xdev \( -path "$machine/proc" -o -path "$machine/dev" -o -path "$machine/usr" \) -prune -o \
      -type f -perm /077 -exec grep --files-with-matches --fixed-strings -- "$secret" {} + | grep . >&2; then return 1; fi
  done
  [[ ! -e $machine/run/tierform/work && ! -e $machine/pwned ]]
}
snapshot() { find "$machine" -xdev \( -path "$machine/log" -o -path "$machine/run" -o -path "$machine/usr" \) -prune -o -type f -printf '%p %i %m %u %T@\n' | sort; }

password="p@:/?#%&+ \"'\\\$\`é~w"
psk="psk-\"\$HOME\`id\`\\"
encoded='p%40%3A%2F%3F%23%25%26%2B%20%22%27%5C%24%60%C3%A9~w'
[[ $(python3 -c 'import sys, urllib.parse; print(urllib.parse.unquote(sys.argv[1]), end="")' "$encoded") == "$password" ]]

for cloud in gcp aws azure; do
  for option in plain full; do
    version=2.36.6 ca=/etc/ssl/certs/ca-certificates.crt mode=verify-full database=10.20.0.5
    if [[ $cloud == aws ]]; then ca=/etc/coder.d/rds-ca.pem database=coder.c1a2b3c4d5e6.us-east-1.rds.amazonaws.com; fi
    if [[ $option == full ]]; then version='2.37.0~rc.1' ca=/etc/coder.d/database-ca.pem mode=verify-ca database=10.20.0.5; fi

    scenario=$cloud-coderd-$option
    make_machine "$scenario" "$version"
    env=/etc/coder.d/coder.env
    echo '{"metadata_503": 2, "secret_403": 3, "secret_503": 2, "cut_download": 2}' >faults
    boot
    check "the boot script succeeds although metadata, secrets and download fail at first: $(tail -3 "$machine/log/console")" test "$status" = 0
    check 'every fault struck' not grep --quiet ': [1-9]' faults
    check 'the env file has mode 0600 and belongs to root' test "$(stat --format='%a %u:%g' "$machine$env")" = '600 0:0'
    check 'the env file was there, closed, before the package' logged "$env 600 0:0" env-before-package
    check 'CODER_PG_CONNECTION_URL' value_is $env CODER_PG_CONNECTION_URL \
      "postgres://coder%40acme:$encoded@$database:5432/coder?sslmode=$mode&sslrootcert=$ca"
    check 'the certificate is there' test -s "$machine$ca"
    check 'CODER_HTTP_ADDRESS' value_is $env CODER_HTTP_ADDRESS 0.0.0.0:8080
    check 'CODER_DERP_SERVER_RELAY_URL' value_is $env CODER_DERP_SERVER_RELAY_URL http://10.20.0.7:8080
    check 'CODER_CLUSTER_HOST' value_is $env CODER_CLUSTER_HOST 10.20.0.7
    check 'CODER_WILDCARD_ACCESS_URL' value_is $env CODER_WILDCARD_ACCESS_URL '*.coder.acme.dev'
    check 'CODER_PROVISIONER_DAEMON_PSK' value_is $env CODER_PROVISIONER_DAEMON_PSK "$psk"
    check 'the password stands only in the URL' not grep --quiet DATABASE_PASSWORD "$machine$env"
    if [[ $option == full ]]; then
      check 'a hostile value comes out as it went in' value_is $env HOSTILE "$(cat hostile)"
      check 'GOMEMLIMIT is 90 % of 32 GB' value_is $env GOMEMLIMIT 29491MiB
    else
      check 'GOMEMLIMIT is 90 % of what the machine has' value_is $env GOMEMLIMIT \
        "$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) * 9 / 10 / 1024))MiB"
    fi
    check 'the package is the release' cmp --quiet "$machine/var/package" release/coder.deb
    check 'coder.service is started last' test "$(tail -1 "$machine/log/calls")" = 'systemctl --no-block start coder.service'
    check 'nothing leaks' no_leak

    before=$(snapshot)
    boot
    check 'a second run succeeds' test "$status" = 0
    check 'a second run changes no file' test "$before" = "$(snapshot)"
    check 'a second run installs nothing' not logged '^apt-get' calls
    check 'a second run restarts nothing' not logged 'restart' calls
    check 'nothing leaks in a second run' no_leak

    scenario=$cloud-provisioner-$option
    make_machine "$scenario" "$version"
    env=/etc/coder.d/provisioner.env
    echo '{"metadata_503": 2, "secret_403": 3, "secret_503": 2}' >faults
    boot
    check "the boot script succeeds: $(tail -3 "$machine/log/console")" test "$status" = 0
    check 'the env file has mode 0600 and belongs to root' test "$(stat --format='%a %u:%g' "$machine$env")" = '600 0:0'
    check 'the env file was there, closed, before the package' logged "$env 600 0:0" env-before-package
    # With a key of its own, which brings the tags, or with the PSK of all and tags.
    if [[ $option == full ]]; then
      check 'CODER_PROVISIONER_DAEMON_KEY' value_is $env CODER_PROVISIONER_DAEMON_KEY "key${psk#psk}"
      check 'neither PSK nor tags' not grep --quiet --extended-regexp 'PSK|TAGS' "$machine$env"
    else
      check 'CODER_PROVISIONER_DAEMON_PSK' value_is $env CODER_PROVISIONER_DAEMON_PSK "$psk"
      check 'CODER_PROVISIONERD_TAGS' value_is $env CODER_PROVISIONERD_TAGS cluster=main
    fi
    check 'TIERFORM_HOST has no dots' value_is $env TIERFORM_HOST acme-provisioner-x7k2
    check 'no name, cache or port is shared' not grep --quiet --extended-regexp 'DAEMON_NAME|CACHE_DIRECTORY|PROMETHEUS_ADDRESS' "$machine$env"
    check 'Terraform is on PATH' test "$(/usr/sbin/chroot "$machine" /usr/local/bin/terraform)" = Terraform
    check 'the provider mirror exists' test -d "$machine/usr/local/share/terraform/providers"
    check 'KUBE_CONFIG_PATH' value_is $env KUBE_CONFIG_PATH /etc/tierform/kubeconfig
    check 'the cluster is reached with a token' plug_in_works
    check 'coder.service is off' logged 'systemctl disable --quiet --now coder.service' calls
    count=30
    if [[ $option == full ]]; then count=2; fi
    enabled=$(grep '^systemctl enable' "$machine/log/calls" | grep --only-matching 'coder-provisioner@[0-9][0-9].service' | sort -u)
    check "$count daemons are enabled" test "$(wc -l <<<"$enabled") $(head -1 <<<"$enabled")" = "$count coder-provisioner@01.service"
    check 'nothing leaks' no_leak
    before=$(snapshot)
    boot
    check 'a second run succeeds' test "$status" = 0
    check 'a second run changes no file' test "$before" = "$(snapshot)"
    check 'a second run installs nothing' not logged '^apt-get|terraform.*zip' calls
    check 'a second run restarts nothing' not logged 'restart' calls

    if [[ $cloud == gcp ]]; then
      check 'nothing watches where nothing is announced' not logged 'tierform-watch' calls
      cp kubeconfig before && sed -i s/main/moved/ kubeconfig
      boot
      check 'a cluster that has moved is found after a boot' grep --quiet '"current-context": "moved"' "$machine/etc/tierform/kubeconfig"
      cp before kubeconfig
      continue
    fi
    check 'the watch is on' logged '^systemctl enable --quiet --now tierform-watch.timer$' calls
    boot watch
    check 'a host that stays is left alone' not logged '^systemctl stop' calls
    echo '{"leaving": 1}' >faults
    boot watch
    check "a watch succeeds: $(tail -3 "$machine/log/console")" test "$status" = 0
    check 'a host that goes is drained' logged '^systemctl stop coder-provisioners.target coder-provisioner@\*$' calls
    check 'and says so' logged 'the cloud takes this host away' console
    check 'nothing leaks in a watch' no_leak
  done
done

for cloud in gcp aws azure; do
  scenario=$cloud-coderd-alone
  make_machine "$scenario" 2.36.6
  env=/etc/coder.d/coder.env
  echo '{"metadata_503": 2}' >faults
  boot
  check "the boot script succeeds: $(tail -3 "$machine/log/console")" test "$status" = 0
  check 'Terraform is on PATH before coderd starts' test "$(/usr/sbin/chroot "$machine" /usr/local/bin/terraform)" = Terraform
  check 'TF_CLI_CONFIG_FILE' value_is $env TF_CLI_CONFIG_FILE /etc/tierform/terraform.rc
  check 'KUBE_CONFIG_PATH' value_is $env KUBE_CONFIG_PATH /etc/tierform/kubeconfig
  check 'the cluster is reached with a token' plug_in_works
  check 'nothing is told of other replicas' not grep --quiet --extended-regexp 'RELAY_URL|CLUSTER_HOST' "$machine$env"
  check 'there is no pre-shared key' not grep --quiet PSK "$machine$env"
  check 'coderd takes half of the memory' value_is $env GOMEMLIMIT "$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) * 5 / 10 / 1024))MiB"
  check 'builds may finish when coderd stops' grep --quiet '^KillSignal=SIGTERM$' "$machine/etc/systemd/system/coder.service.d/tierform-builds.conf"
  check 'coder.service is started last' test "$(tail -1 "$machine/log/calls")" = 'systemctl --no-block start coder.service'
  check 'nothing leaks' no_leak
  before=$(snapshot)
  boot
  check 'a second run changes no file' test "$before" = "$(snapshot)"
  check 'a second run installs nothing' not logged '^apt-get|terraform.*zip' calls
done

refuses() { # refuses STATUS REASON: nothing was installed or started, and the console says why
  check "the status is $1, not $status" test "$status" = "$1"
  check "the console says: $2" logged "FAILED: $2" console
  check 'nothing is installed' not logged '^apt-get' calls
  check 'nothing is started' not logged '^systemctl.*(start|enable)' calls
  check 'nothing leaks' no_leak
}

for option in plain full; do
  scenario=gcp-coderd-wrong-checksum-$option
  make_machine "gcp-coderd-$option" 0.0.0
  echo '{"broken_package": 1}' >faults
  boot
  refuses 78 'wrong checksum: https://.*coder_2.*_linux_amd64.deb has [0-9a-f]{64}, expected [0-9a-f]{64}'
done

scenario=gcp-provisioner-wrong-terraform
make_machine gcp-provisioner-plain 2.36.6
echo '{}' >faults
mv release/terraform.zip release/right.zip && cp release/coder.deb release/terraform.zip
boot
mv release/right.zip release/terraform.zip
refuses 78 'wrong checksum: https://releases.hashicorp.com/'

# The machine says what it is, and takes the checksum of that.
scenario=gcp-provisioner-arm64
make_machine gcp-provisioner-plain 2.36.6
program dpkg 'if [ "$1" = --print-architecture ]; then echo arm64; fi'
echo '{}' >faults
boot
check 'it succeeds' test "$status" = 0
check 'Terraform is that of the architecture' test "$(/usr/sbin/chroot "$machine" /usr/local/bin/terraform)" = 'Terraform for arm64'
check 'so is Coder' logged 'coder_2.36.6_linux_arm64.deb' console

scenario=gcp-provisioner-arm64-unpinned
make_machine gcp-provisioner-full 2.37.0-rc.1
program dpkg 'if [ "$1" = --print-architecture ]; then echo arm64; fi'
boot
refuses 78 'no SHA-256 checksum is known for https://mirror.acme.dev/.*_linux_arm64.zip'

scenario=gcp-coderd-forbidden
make_machine gcp-coderd-plain 2.36.6
echo '{"secret_403": 1000}' >faults
boot
refuses 1 'secret CODER_PROVISIONER_DAEMON_PSK: given up after 40 attempts'
check 'the console shows the reason' logged 'error: 403' console

scenario=gcp-provisioner-no-name
make_machine gcp-provisioner-plain 2.36.6
echo '{}' >faults
hostname localhost
boot
refuses 78 'the host name localhost'

echo "dry-run.sh: $checks checks, $failures failed"
[[ $failures == 0 ]]
