"""Every rendered combination of cloud, role and option is valid by the newest cloud-init's schema; booting judges by the image's."""
import re
import shutil
import subprocess

ON = ("all",)


def run(lab):
    rendered = sorted(lab.shared.glob("*-*-*/user-data"))
    lab.expect(f"{len(rendered)} combinations are rendered", len(rendered) == 12)
    # Seen by this case alone.
    subprocess.run(["mount", "-t", "tmpfs", "cases", lab.image / "mnt"], check=True)
    for file in rendered:
        shutil.copy(file, lab.image / "mnt" / file.parent.name)
    (lab.image / "mnt/broken").write_text("#cloud-config\nwrite_files: [{path: 7}]\n")

    def newest(*arguments):
        environment = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "PYTHONPATH=/opt/newest/usr/lib/python3/dist-packages"]
        run = ["chroot", lab.image, "env", "-i", *environment, "python3", "-m", "cloudinit.cmd.main", *arguments]
        seen = subprocess.run(run, capture_output=True, text=True)
        return seen.returncode, (seen.stdout + seen.stderr).strip()

    version = re.search(r"[0-9][0-9.]+", newest("--version")[1])[0]
    for file in rendered:
        name = file.parent.name
        seen = newest("schema", "--config-file", f"/mnt/{name}")
        lab.expect(f"cloud-init {version} takes {name}, and warns of nothing", seen == (0, f"Valid schema /mnt/{name}"), str(seen))
    status, text = newest("schema", "--config-file", "/mnt/broken")
    lab.expect("it refuses a mistake, so it does look", status != 0 and "write_files.0.path" in text, text)
