"""The disk is full: a first boot says so and goes on when there is room; a machine that runs comes back from a reboot all the same."""
import time

ON = ("gcp",)
ENVIRONMENT = "/etc/coder.d/provisioner.env"


def fill(machine):
    machine.shell("dd if=/dev/zero of=/var/filler bs=64k 2>/dev/null; dd if=/dev/zero of=/var/filler2 bs=512 2>/dev/null")


def empty(machine):
    machine.run("rm", "-f", "/var/filler", "/var/filler2")


def run(lab):
    lab.cloud.serve()
    lab.cloud.drop_metadata()
    machine = lab.make_machine(lab.user_data("provisioner", "full"), size="256M")
    machine.boot()
    # Whatever the boot script does first, it now has to do without space.
    lab.eventually("cloud-init starts the boot script", lambda: "own address: attempt 1 failed" in machine.console_text(), 60, lab.story)
    fill(machine)
    lab.cloud.add_metadata()
    lab.eventually("the console says that the disk is full", lambda: "No space left on device" in machine.console_text(), 90, lab.story)
    lab.expect("so does the journal, which keeps room of its own", "No space left on device" in machine.journal("--unit=tierform-boot.service"))
    lab.expect("no daemon runs with half an environment", not lab.cloud.daemons and machine.run("test", "-e", ENVIRONMENT)[1] == 1)
    lab.expect("nothing is installed", machine.run("dpkg-query", "--status", "coder")[1] == 1)
    empty(machine)
    lab.eventually("with room again, two daemons are connected by themselves", lambda: len(lab.cloud.daemons) == 2, 150, lab.story)

    before = machine.read(ENVIRONMENT)
    fill(machine)
    time.sleep(1)
    lab.expect("a full disk does not disconnect them", len(lab.cloud.daemons) == 2)
    machine.reboot()
    lab.eventually("after a reboot with a full disk they are connected", lambda: len(lab.cloud.daemons) == 2, 120, lab.story)
    lab.expect("their environment is whole", machine.read(ENVIRONMENT) == before)
    lab.cloud.build("acme-machine-x7k2-01", 1, 1)
    lab.eventually("a build fails, because it has nowhere to write", lambda: lab.cloud.results.get(1) == "failed", 30)
    empty(machine)
    lab.cloud.build("acme-machine-x7k2-01", 2, 1)
    lab.eventually("and the next one succeeds once there is room", lambda: lab.cloud.results.get(2) == "succeeded", 30, lab.story)
    lab.expect_no_leak()
