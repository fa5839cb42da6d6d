"""One coderd that runs the builds itself: it comes up without peers or PSK, builds, and finishes its builds before it stops."""
import subprocess
import time

from machine import ADDRESS

ON = ("aws",)


def build(seconds):
    return subprocess.Popen(["curl", "-q", "--silent", "--data", f"seconds={seconds}", f"http://{ADDRESS}:8080/build"], stdout=subprocess.PIPE, text=True)


def run(lab):
    lab.start_database()
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("coderd", "alone"))
    machine.boot()
    lab.eventually("the load balancer's probe says OK", lab.healthy, 120, lab.story)
    lab.expect_cloud_init_content()
    names = lab.database.ask("SELECT variables FROM starts")[0].split()
    unwanted = {"CODER_PROVISIONER_DAEMON_PSK", "CODER_DERP_SERVER_RELAY_URL", "CODER_CLUSTER_HOST"}
    lab.expect("it was told of no peers and given no PSK", not unwanted & set(names), str(names))
    results = [one.communicate(timeout=90)[0] for one in [build(2) for _ in range(10)]]
    lab.expect("ten builds at once succeed", results == ["succeeded"] * 10, f"{results}\n{machine.journal('--unit=coder.service', '--lines=20')}")
    lab.expect("each reached its cluster, by a token of the machine's own identity", lab.cloud.cluster_calls == [True] * 10, str(lab.cloud.cluster_calls))
    build(12)
    time.sleep(3)
    machine.run("systemctl", "stop", "coder.service", seconds=90)
    stopping = machine.journal("--unit=coder.service").partition("stopping: ")[2]
    lab.expect("when coderd is stopped, its build finishes", "finishing it first" in stopping and ": succeeded" in stopping, stopping)
    machine.run("systemctl", "start", "coder.service")
    lab.eventually("and it comes back", lab.healthy, 30)
    lab.expect_sound_units("coder.service", "tierform-boot.service")
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
