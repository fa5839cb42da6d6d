"""What a fresh or busy machine does to the boot script: apt is taken by the system's own updates, and the script itself is killed."""
import time

ON = ("aws",)
# As unattended-upgrades holds it, for as long as its file exists.
HOLD = """
import fcntl, pathlib, time
files = [open(f"/var/lib/dpkg/{name}", "w") for name in ("lock-frontend", "lock")]
for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
pathlib.Path("/run/apt-is-held").touch()
while pathlib.Path("/run/apt-is-held").exists(): time.sleep(0.2)
"""


def run(lab):
    lab.start_database()
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("coderd"))
    machine.write("/usr/local/sbin/hold-apt", "#!/usr/bin/python3\n" + HOLD, 0o755)
    machine.write("/etc/systemd/system/hold-apt.service", "[Service]\nExecStart=/usr/local/sbin/hold-apt\n")
    machine.write("/etc/systemd/system/sysinit.target.d/hold-apt.conf", "[Unit]\nWants=hold-apt.service\n")
    machine.boot()
    lab.eventually("the boot script gets to the installation", lambda: "installing Coder" in machine.console_text(), 60, lab.story)
    time.sleep(20)
    lab.expect("it waits while apt is taken", machine.show("tierform-boot.service", "ActiveState") == "activating" and not lab.healthy())
    machine.run("rm", "/run/apt-is-held")
    lab.eventually("when apt is free, coderd is healthy", lab.healthy, 90, lab.story)
    lab.expect("within one start of the unit", machine.show("tierform-boot.service", "NRestarts") == "0")

    lab.cloud.drop_metadata()
    machine.run("rm", "-r", "/etc/systemd/system/sysinit.target.d")
    machine.reboot()
    lab.eventually("after a reboot, the boot script waits for the metadata service",
                   lambda: machine.show("tierform-boot.service", "ActiveState") == "activating", 60)
    machine.run("systemctl", "kill", "--signal=SIGKILL", "tierform-boot.service")
    lab.cloud.add_metadata()
    lab.expect("it is killed, as the kernel does when memory is short", not lab.healthy())
    lab.eventually("systemd starts it again, and with it coderd", lab.healthy, 120, lab.story)
    lab.expect("coder.service is up by its own unit", machine.show("coder.service", "ActiveState") == "active")
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
