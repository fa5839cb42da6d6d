#!/bin/bash
# Judges the rendered boot files of every cloud, role and option: engine, cloud-init, systemd, shellcheck and some rules of
# our own. Then dry-run.sh runs the scripts. A judge that is not installed is skipped with a line, or fails when CI is set.
# usage: check.sh; the engine is $TIERFORM_TOFU, else tofu or terraform on PATH.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
module=$here/../../templates/modules/boot
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failures=0

failed() {
  echo "check.sh: FAILED: $1" >&2
  failures=$((failures + 1))
}
declare -A missing
judge() { # judge PROGRAM: whether it is there
  if command -v "$1" >/dev/null; then return 0; fi
  if [[ -n ${missing[$1]-} ]]; then return 1; fi
  missing[$1]=yes
  if [[ -n ${CI-} ]]; then failed "$1 is not installed"; else echo "check.sh: SKIPPED: $1 is not installed" >&2; fi
  return 1
}
silent() { # silent WHAT COMMAND...: succeeds and says nothing
  local output
  if ! output=$("${@:2}" 2>&1) || [[ -n $output ]]; then failed "$1: $output"; fi
}

# 1. The module itself.
engine=${TIERFORM_TOFU:-$(command -v tofu || command -v terraform)}
export CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null
silent 'formatting' "$engine" fmt -check -recursive "$module" "$here"
mkdir "$dir/module"
cp -r "$module/." "$here/validation.tftest.hcl" "$dir/module/"
if ! { "$engine" -chdir="$dir/module" init -input=false -no-color && "$engine" -chdir="$dir/module" test -no-color; } >"$dir/test.log" 2>&1; then
  failed "validation.tftest.hcl: $(grep -A12 -E 'fail$|Error:' "$dir/test.log")"
fi
echo "check.sh: $(tail -1 "$dir/test.log")"

# 2. What it renders.
"$here/render.sh" "$dir/rendered"
mkdir "$dir/stubs" "$dir/units"
printf '#!/bin/sh\n' >"$dir/stubs/program"
chmod 755 "$dir/stubs/program"

for case in "$dir"/rendered/*-*-*/; do
  name=$(basename "$case")
  root=$case/root
  # A cloud takes 16 KB (AWS), 64 KB (Azure) or 256 KB (Google, as text); a user's own environment has to fit beside ours.
  size=$(stat --format=%s "$case/encoded") text=$(stat --format=%s "$case/user-data") most=16000
  if [[ $name == gcp-* ]]; then size=$text; fi
  if [[ $name == aws-* ]]; then most=12288; fi
  [[ $size -le $most ]] || failed "$name: the user data has $size bytes, more than $most"
  echo "check.sh: $name: $size bytes, $text as text"
  # zcat --force hands on what is not compressed.
  zcat --force <"$case/encoded" | cmp --quiet - "$case/user-data" || failed "$name: what the cloud is given is not the user data"
  [[ $(head -1 "$case/user-data") == '#cloud-config' ]] || failed "$name: the first line is not #cloud-config"
  python3 - "$case/user-data" <<'PYTHON' || failed "$name: the user data is not what cloud-init expects"
import sys, yaml
config = yaml.safe_load(open(sys.argv[1]))
assert set(config) == {"runcmd", "write_files"}, set(config)
assert all(isinstance(file.get("permissions", ""), str) for file in config["write_files"]), "unquoted permissions"
assert all(file["content"].endswith("\n") and "tierform" in file["content"] for file in config["write_files"]
           if not file["path"].endswith(("/environment", ".pem"))), "a file without its line about tierform"
PYTHON
  # Nothing that looks like a secret: private keys, passwords in URLs, tokens, credentials given by value.
  if grep --line-number --extended-regexp 'PRIVATE KEY|postgres://[^$]*:[^@$/]+@|AKIA[A-Z0-9]|ya29\.|(PSK|PASSWORD|_KEY|TOKEN)="' "$case/user-data" |
    grep --invert-match "CODER_PROVISIONER_DAEMON_\(PSK\|KEY\) " >&2; then failed "$name: the user data seems to hold a secret"; fi
  if judge cloud-init; then
    if ! output=$(cloud-init schema --config-file "$case/user-data" 2>&1) || [[ ${output,,} != *valid* || ${output,,} =~ invalid|deprecat|warn ]]; then
      failed "$name: cloud-init schema: $output"
    fi
  fi

  silent "$name: bash -n" bash -n "$root/usr/local/sbin/tierform-boot"
  if judge shellcheck; then silent "$name: shellcheck" shellcheck --enable=avoid-nullary-conditions,deprecate-which "$root/usr/local/sbin/tierform-boot"; fi
  if [[ -e $root/usr/local/bin/tierform-cluster-token ]]; then
    silent "$name: cluster token" python3 -W error "$here/cluster_token.py" "${name%%-*}" "$root/usr/local/bin/tierform-cluster-token"
  fi
  if judge perl; then silent "$name: needrestart.conf" perl -we "our %nrconf; do '$root/etc/needrestart/conf.d/tierform.conf' or die; die unless grep { 'coder-provisioner@07.service' =~ \$_ } keys %{\$nrconf{override_rc}}"; fi
  if [[ -e $root/etc/tierform/terraform.rc ]]; then
    if ! output=$(TF_CLI_CONFIG_FILE=$root/etc/tierform/terraform.rc "$engine" version 2>&1) || [[ $output == *CLI\ config* ]]; then
      failed "$name: terraform.rc: $output"
    fi
  fi

  if judge systemd-analyze; then
    # Our units as rendered, but with programs that exist; the packaged coder.service is pretended.
    units=$dir/units/$name
    cp -r "$root/etc/systemd/system" "$units"
    printf '[Unit]\nDescription=packaged\n[Service]\nType=notify\nExecStart=/usr/bin/coder server\n' >"$units/coder.service"
    sed -i -E "s#^ExecStart=/usr/(bin/coder|local/sbin/tierform-boot)#ExecStart=$dir/stubs/program#" "$units"/*.service
    verify=("$units/tierform-boot.service" "$units/coder.service")
    if [[ -e $units/coder-provisioner@.service ]]; then
      cp "$units/coder-provisioner@.service" "$units/coder-provisioner@01.service"
      verify+=("$units/coder-provisioner@01.service" "$units/coder-provisioners.target" "$units/provisioners.slice")
    fi
    SYSTEMD_UNIT_PATH="$units:" silent "$name: systemd-analyze verify" systemd-analyze verify --man=no "${verify[@]}"
  fi
done

if judge systemd-analyze; then
  echo "check.sh: $(systemd-analyze security --offline=yes --no-pager "$dir/units/gcp-provisioner-plain/coder-provisioner@01.service" | tail -1)"
fi
if judge shellcheck; then silent 'shellcheck of sources and tests' shellcheck "$here"/*.sh "$module"/files/*.sh; fi

# 3. What it does.
"$here/dry-run.sh" || failed 'dry-run.sh'

[[ $failures == 0 ]] || {
  echo "check.sh: $failures failed" >&2
  exit 1
}
echo 'check.sh: all is well'
