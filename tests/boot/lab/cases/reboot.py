"""A reboot, and a cut of power after it, change nothing: the machine comes back as it was, without a download."""
ON = ("gcp",)


def state(machine):
    """Every file that tierform or the package put there."""
    return machine.shell("find /etc /usr/bin/coder /usr/local /opt -xdev -type f -printf '%p %m %U %s %T@\n' | sort; dpkg-query --list coder")


def run(lab):
    lab.start_database()
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("coderd"))
    machine.boot()
    lab.eventually("coderd is healthy", lab.healthy, 120, lab.story)
    machine.run("cloud-init", "status", "--wait", seconds=180)
    before, downloads = state(machine), sum("github.com" in line for line in lab.cloud.requests())
    for words, again in (("a reboot", machine.reboot), ("a cut of power", lambda: (machine.cut_power(), machine.boot()))):
        starts = len(lab.database.ask("SELECT 1 FROM starts"))
        again()
        lab.eventually(f"after {words}, coderd is healthy", lab.healthy, 120, lab.story)
        machine.run("cloud-init", "status", "--wait", seconds=180)
        after = state(machine)
        changed = set(before.splitlines()) ^ set(after.splitlines())
        lab.expect(f"after {words}, no file is other than before", not changed, str(sorted(changed)[:6]))
        lab.expect(f"after {words}, coderd was started once", len(lab.database.ask("SELECT 1 FROM starts")) == starts + 1)
        lab.expect_no_failed_unit()
    now = sum("github.com" in line for line in lab.cloud.requests())
    lab.expect("nothing was downloaded again", now == downloads == 2, f"{downloads}, {now}")
    boots = machine.output("journalctl", "--list-boots", "--no-pager", "--quiet").splitlines()
    lab.expect("the journal kept what came before", len([line for line in boots if not line.startswith("IDX")]) == 3, str(boots))
    lab.expect_no_leak()
