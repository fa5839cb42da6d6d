"""Every rendered combination of cloud, role and option is valid by the image's cloud-init and by the newest one's schema."""
import re
import shutil
import subprocess

ON = ("all",)
NEWEST = "/opt/newest/usr/lib/python3/dist-packages"


def run(lab):
    rendered = sorted(lab.shared.glob("*-*-*/user-data"))
    lab.expect(f"{len(rendered)} combinations are rendered", len(rendered) == 12)
    # Seen by this case alone.
    subprocess.run(["mount", "-t", "tmpfs", "cases", lab.image / "mnt"], check=True)
    for file in rendered:
        shutil.copy(file, lab.image / "mnt" / file.parent.name)
    (lab.image / "mnt/broken").write_text("#cloud-config\nwrite_files: [{path: 7}]\n")
    for path in ([], [f"PYTHONPATH={NEWEST}"]):
        program = ["chroot", lab.image, "env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", *path, "python3", "-m", "cloudinit.cmd.main"]

        def judge(name):
            seen = subprocess.run([*program, "schema", "--config-file", f"/mnt/{name}"], capture_output=True, text=True)
            return seen.returncode, (seen.stdout + seen.stderr).strip()

        version = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
        number = re.search(r"[0-9][0-9.]+", version.stdout + version.stderr)[0]
        for file in rendered:
            name = file.parent.name
            seen = judge(name)
            lab.expect(f"cloud-init {number} takes {name}, and warns of nothing", seen == (0, f"Valid schema /mnt/{name}"), str(seen))
        status, text = judge("broken")
        lab.expect(f"cloud-init {number} refuses a mistake, so it does look", status != 0 and "write_files.0.path" in text, text)
