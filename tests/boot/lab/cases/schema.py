"""Every rendered combination of cloud, role and option is valid by the newest cloud-init's schema; booting judges by the image's."""
import json
import shutil
import subprocess

ON = ("all",)
# In one process, because most of a judgement is cloud-init's start.
PROGRAM = """
import contextlib, io, json, os, sys
from cloudinit import version
from cloudinit.cmd.main import main

def judge(path):
    said, status = io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = main(["cloud-init", "schema", "--config-file", path]) or 0
        except SystemExit as ended:
            status = ended.code
            said.write(str(ended))
    return status, said.getvalue().strip()

print(json.dumps([version.version_string(), {name: judge(f"/mnt/{name}") for name in os.listdir("/mnt")}]))
"""


def run(lab):
    rendered = sorted(lab.shared.glob("*-*-*/user-data"))
    lab.expect(f"{len(rendered)} combinations are rendered", len(rendered) == 15)
    # Seen by this case alone.
    subprocess.run(["mount", "-t", "tmpfs", "cases", lab.image / "mnt"], check=True)
    for file in rendered:
        shutil.copy(file, lab.image / "mnt" / file.parent.name)
    (lab.image / "mnt/broken").write_text("#cloud-config\nwrite_files: [{path: 7}]\n")
    # Machines of other cases boot from this image meanwhile: a file that Python compiled into it would be a change of theirs.
    python = ["PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=/opt/newest/usr/lib/python3/dist-packages"]
    environment = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", *python]
    seen = subprocess.run(["chroot", lab.image, "env", "-i", *environment, "python3", "-c", PROGRAM], capture_output=True, text=True)
    try:
        version, judged = json.loads(seen.stdout)
    except ValueError:
        lab.expect("cloud-init's newest schema can be asked", False, seen.stdout + seen.stderr)
        return
    status, text = judged.pop("broken")
    lab.expect(f"cloud-init {version} refuses a mistake, so it does look", status not in (0, None) and "write_files.0.path" in text, f"{status} {text}")
    for name, verdict in sorted(judged.items()):
        lab.expect(f"it takes {name}, and warns of nothing", verdict == [0, f"Valid schema /mnt/{name}"], str(verdict))
