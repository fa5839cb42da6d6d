"""Power is cut five times in the middle of the first boot: the next one goes on from there, and nothing stays half done."""
import time

ON = ("azure",)
# The first is before cloud-init's commands, which it never runs again.
MOMENTS = ("modules:final", "downloading https://releases", "downloading https://github", "installing Coder", "Started coder-provisioner@")


def run(lab):
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("provisioner"))
    for words in MOMENTS:
        machine.boot()
        seen = machine.console.stat().st_size if machine.console.exists() else 0
        deadline = time.monotonic() + 60
        while words not in machine.console.read_bytes()[seen:].decode(errors="replace") and len(lab.cloud.daemons) < 30 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3 if words == "modules:final" else 0)
        lab.tell(f"power is cut at: {machine.console_text().rstrip().splitlines()[-1][:100]}")
        machine.cut_power()
    machine.boot()
    lab.eventually("30 daemons are connected in the end", lambda: len(lab.cloud.daemons) == 30, 120, lab.story)
    audit = machine.output("dpkg", "--audit")
    lab.expect("no package is half installed", audit == "", audit)
    left = machine.shell("find /var/cache/tierform /etc/coder.d /opt/terraform /run/tierform -name '*.new' -o -name '*.zip' -o -name '*.deb'")
    lab.expect("no half-written file is left", left == "", left)
    lab.cloud.build("acme-machine-x7k2-30", 1, 1)
    lab.eventually("the last daemon builds", lambda: lab.cloud.results.get(1) == "succeeded", 30, lab.story)
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
