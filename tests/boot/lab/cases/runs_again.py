"""The boot script is run again by hand: nothing changes. After a secret has got a new value, it restarts what uses it."""
from cloud import KEY
import standins

ON = ("gcp",)


def run(lab):
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("provisioner", "full"))
    machine.boot()
    lab.eventually("two daemons are connected", lambda: len(lab.cloud.daemons) == 2, 120, lab.story)
    machine.run("cloud-init", "status", "--wait", seconds=180)
    lab.eventually("the boot unit is done", lambda: machine.show("tierform-boot.service", "ActiveState") == "active", 60)

    def state():
        files = machine.shell("find /etc /usr/bin/coder /usr/local /opt -xdev -type f -printf '%p %i %m %U %s %T@\\n' | sort")
        return files, [machine.show(f"coder-provisioner@0{number}.service", "MainPID") for number in (1, 2)]

    before = state()
    text, status = machine.run("tierform-boot")
    lab.expect("it succeeds", status == 0, text)
    after = state()
    changed = set(before[0].splitlines()) ^ set(after[0].splitlines())
    lab.expect("no file is other, no daemon restarted", after == before, f"{sorted(changed)} {before[1]} {after[1]}")

    lab.cloud.build("acme-machine-x7k2-01", 1, 6)
    standins.SECRETS["provisioner-key"] = f"{KEY}-rotated"
    text, status = machine.run("tierform-boot")
    lab.expect("with a new key it succeeds", status == 0, text)
    lab.eventually("both daemons come back with the new one", lambda: lab.cloud.connections.count("acme-machine-x7k2-01") == 2
                   and lab.cloud.connections.count("acme-machine-x7k2-02") == 2, 60, lab.story)
    lab.expect("after the running build has finished", lab.cloud.results == {1: "succeeded"}, str(lab.cloud.results))
    lab.expect("none came with a wrong one", not lab.cloud.refused, str(lab.cloud.refused))
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
