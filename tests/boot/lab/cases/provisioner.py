"""A provisioner host comes up with 30 daemons, all different, all connected, and each of them can build."""
import time

from cloud import reachable
from machine import ADDRESS

ON = ("gcp", "aws", "azure")
HOST = "acme-machine-x7k2"
NUMBERS = [f"{number:02}" for number in range(1, 31)]


def run(lab):
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("provisioner"), HOST)
    started = time.monotonic()
    machine.boot()
    lab.eventually("30 daemons are connected", lambda: len(lab.cloud.daemons) == 30, 150, lab.story)
    lab.measure(daemons_connected_seconds=round(time.monotonic() - started, 1))
    lab.expect_no_way_out_of_the_machine()
    lab.expect_cloud_init_content()
    daemons = lab.cloud.daemons.values()
    lab.expect("30 names, after the host and without its domain", {one.name for one in daemons} == {f"{HOST}-{n}" for n in NUMBERS})
    lab.expect("30 cache directories", {one.cache for one in daemons} == {f"/var/cache/coder-provisioner/{n}" for n in NUMBERS})
    lab.expect("with the tags of this host", {one.tags for one in daemons} == {"cluster=main"})
    lab.expect("none was refused or connected twice", not lab.cloud.refused and len(lab.cloud.connections) == 30,
               f"{lab.cloud.refused} {lab.cloud.connections}")
    ports = {(ADDRESS, 21200 + int(n)) for n in NUMBERS}
    lab.expect("30 ports with metrics", len(reachable(ports)) == 30)
    modes = machine.shell("stat --format='%U %a' /var/cache/coder-provisioner/*").splitlines()
    lab.expect("each cache directory is its daemon's alone", modes == ["coder 700"] * 30, str(modes))
    for number, one in enumerate(sorted(lab.cloud.daemons)):
        lab.cloud.build(one, number, 2)
    lab.eventually("all 30 build at once, and each build succeeds", lambda: list(lab.cloud.results.values()).count("succeeded") == 30, 90,
                   lambda: f"{lab.cloud.results}\n{machine.journal('--unit=coder-provisioner@01.service', '--lines=20')}")
    lab.expect("each reached its cluster, by a token of the machine's own identity", lab.cloud.cluster_calls == [True] * 30, str(lab.cloud.cluster_calls))
    lab.expect("they stop in time for a build: 15 minutes", machine.show("coder-provisioner@01.service", "TimeoutStopUSec") == "15min")
    state = machine.show("coder.service", "ActiveState", "UnitFileState")
    lab.expect("coder.service is off", state == {"ActiveState": "inactive", "UnitFileState": "disabled"}, str(state))
    watched = machine.output("systemctl", "is-active", "tierform-watch.timer")
    lab.expect("the host watches for its end where the cloud announces it", watched == ("inactive" if lab.cloud_name == "gcp" else "active"), watched)
    watch = [] if lab.cloud_name == "gcp" else ["tierform-watch.service", "tierform-watch.timer"]
    lab.expect_sound_units("coder-provisioner@01.service", "coder-provisioners.target", "provisioners.slice", "tierform-boot.service", *watch)
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
    lab.measure(provisioner_host_mb=machine.memory(), of_which_daemons_mb=machine.memory(lambda name: name == "coder"))
    lab.expect("it powers off when asked to", machine.stop())
