"""SIGTERM during a build: the build finishes and then the daemon stops; SIGINT, which no unit of ours sends, would fail it."""
import time

ON = ("gcp", "aws")
HOST = "acme-machine-x7k2"


def run(lab):
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("provisioner", "full"), HOST)
    machine.boot()
    lab.eventually("two daemons are connected", lambda: len(lab.cloud.daemons) == 2, 120, lab.story)

    lab.cloud.build(f"{HOST}-01", 1, 60)
    time.sleep(2)
    machine.run("systemctl", "kill", "--kill-whom=main", "--signal=SIGINT", "coder-provisioner@01.service")
    lab.eventually("SIGINT fails a build at once, so the stand-in is strict", lambda: lab.cloud.results.get(1) == "failed", 10)
    lab.eventually("and the daemon comes back", lambda: len(lab.cloud.daemons) == 2, 30, lab.story)

    lab.cloud.build(f"{HOST}-01", 2, 8)
    lab.cloud.build(f"{HOST}-02", 3, 12)
    time.sleep(2)
    if lab.cloud_name == "gcp":
        started = time.monotonic()
        machine.run("systemctl", "stop", "coder-provisioners.target", "coder-provisioner@*", seconds=120)
        lab.expect("draining the host returns when both builds have finished", time.monotonic() - started > 6)
    else:
        lab.cloud.faults({"leaving": 1})
        machine.run("systemctl", "start", "tierform-watch.service", seconds=120)
        lab.expect("the journal says that the cloud takes the host", "the cloud takes this host away" in machine.journal("--unit=tierform-watch.service"))
    lab.expect("both builds succeeded", lab.cloud.results == {1: "failed", 2: "succeeded", 3: "succeeded"}, str(lab.cloud.results))
    lab.expect("no daemon is left", not lab.cloud.daemons)
    lab.expect_no_failed_unit()
    machine.run("systemctl", "start", "coder-provisioners.target")
    lab.eventually("the host takes builds again when its target is started", lambda: len(lab.cloud.daemons) == 2, 30, lab.story)

    lab.cloud.build(f"{HOST}-02", 4, 10)
    time.sleep(2)
    lab.expect("it powers off when asked to in mid-build", machine.stop())
    lab.expect("after the build has finished", lab.cloud.results.get(4) == "succeeded", str(lab.cloud.results))
