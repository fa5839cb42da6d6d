#!/bin/bash
# Renders every case of tests/boot/cases into DIR/<case>/: user-data, what the cloud is given of it (encoded) and, under root/, the
# files it writes. DIR/kubeconfig is what Google Cloud's metadata has beside it.
# usage: render.sh DIR; the engine is $TIERFORM_TOFU, else tofu or terraform on PATH.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1
engine=${TIERFORM_TOFU:-$(command -v tofu || command -v terraform)} || {
  echo "render.sh: there is neither tofu nor terraform on PATH, and TIERFORM_TOFU is not set" >&2
  exit 1
}
mkdir -p "$out"
export CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null TF_DATA_DIR="$out/.terraform" TF_IN_AUTOMATION=1

# A release to install, unless the caller has put one there: what is in it does not matter, only its checksum does.
mkdir -p "$out/release"
[[ -e $out/release/coder.deb ]] || printf 'a package' >"$out/release/coder.deb"
python3 - "$out/release" <<'PYTHON'
import pathlib, sys, zipfile
for name, says in ("terraform.zip", "Terraform"), ("terraform-arm64.zip", "Terraform for arm64"):
    path = pathlib.Path(sys.argv[1], name)
    if not path.exists():
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("LICENSE.txt"), "text")
            archive.writestr(zipfile.ZipInfo("terraform"), f"#!/bin/sh\necho {says}\n")
PYTHON
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3 -subj '/CN=stand-in authority' \
  -addext keyUsage=critical,keyCertSign,cRLSign \
  -keyout "$out/release/ca.key" -out "$out/release/ca.pem" 2>/dev/null

sum_of() { sha256sum "$out/release/$1" | cut -d' ' -f1; }
export TF_VAR_coder_sha256 TF_VAR_terraform_sha256 TF_VAR_database_ca
TF_VAR_coder_sha256=$(sum_of coder.deb)
TF_VAR_terraform_sha256="{ amd64 = \"$(sum_of terraform.zip)\", arm64 = \"$(sum_of terraform-arm64.zip)\" }"
TF_VAR_database_ca=$(cat "$out/release/ca.pem")

"$engine" -chdir="$here/cases" init -backend=false -input=false >"$out/engine.log"
"$engine" -chdir="$here/cases" apply -auto-approve -input=false -state="$out/state" >>"$out/engine.log"
"$engine" -chdir="$here/cases" output -state="$out/state" -json >"$out/outputs.json"

python3 - "$out" <<'PYTHON'
import base64, json, pathlib, sys
import yaml
out = pathlib.Path(sys.argv[1])
outputs = json.loads((out / "outputs.json").read_text())
(out / "hostile").write_text(outputs["hostile"]["value"])
(out / "kubeconfig").write_text(outputs["kubeconfig"]["value"])
for case, text in outputs["user_data"]["value"].items():
    (out / case).mkdir(exist_ok=True)
    (out / case / "user-data").write_text(text)
    (out / case / "encoded").write_bytes(base64.b64decode(outputs["encoded"]["value"][case]))
    config = yaml.safe_load(text)
    for file in config["write_files"]:
        path = out / case / "root" / file["path"].lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file["content"])
        path.chmod(int(file.get("permissions", "0644"), 8))
PYTHON
