"""One daemon is killed 20 times, systemd runs itself anew: the 29 others and their builds notice nothing."""
import time

ON = ("azure",)
HOST = "acme-machine-x7k2"
TIMES = 20


def run(lab):
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("provisioner"), HOST)
    machine.boot()
    lab.eventually("30 daemons are connected", lambda: len(lab.cloud.daemons) == 30, 150, lab.story)
    victim, unit = f"{HOST}-07", "coder-provisioner@07.service"
    others = {name: daemon for name, daemon in lab.cloud.daemons.items() if name != victim}
    lab.cloud.build(f"{HOST}-08", 1, TIMES * 5)
    lab.cloud.build(victim, 2, 600)
    # What systemd's own security updates do.
    for words in (["daemon-reload"], ["daemon-reexec"]):
        machine.run("systemctl", *words)
    started = time.monotonic()
    for _ in range(TIMES):
        if victim in lab.cloud.daemons:
            machine.run("systemctl", "kill", "--signal=SIGKILL", unit)
        gone = time.monotonic()
        while victim in lab.cloud.daemons and time.monotonic() < gone + 10:
            time.sleep(0.1)
        while victim not in lab.cloud.daemons and time.monotonic() < gone + 30:
            time.sleep(0.2)
        if victim not in lab.cloud.daemons:
            break
    came_back = lab.cloud.connections.count(victim)
    lab.expect(f"it came back {TIMES} times", came_back == TIMES + 1, f"{came_back - 1} times\n{machine.journal('--unit=' + unit, '--lines=20')}")
    lab.tell(f"{(time.monotonic() - started) / TIMES:.1f} s from a kill to the next connection")
    lab.expect("systemd counts them and keeps trying", machine.show(unit, "NRestarts", "ActiveState") == {"NRestarts": str(TIMES), "ActiveState": "active"})
    same = all(lab.cloud.daemons.get(name) is daemon for name, daemon in others.items())
    lab.expect("no other daemon lost its connection", same and len(others) == 29)
    restarts = {machine.show(f"coder-provisioner@{number:02}.service", "NRestarts") for number in (1, 6, 8, 30)}
    lab.expect("nor was restarted", restarts == {"0"}, str(restarts))
    lab.eventually("a neighbour's build went through", lambda: lab.cloud.results.get(1) == "succeeded", 60)
    left = machine.output("pgrep", "--count", "terraform")
    lab.expect("nothing of the killed builds is left running", left == "0", left)
    lab.expect_no_failed_unit()
