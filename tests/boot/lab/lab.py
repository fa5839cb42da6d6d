"""One run of a case: its world, and what it expects of it, one printed line for each expectation."""
import json
import os
import pathlib
import re
import subprocess
import threading
import time
import urllib.parse

from cloud import DATABASE, GATEWAY, INTERNET, KEY, METADATA, NAMES, PASSWORD, PSK, RDS, Cloud, Database, reachable
from machine import ADDRESS, Machine, command
import standins

# What must be in no place that others may read; each in the forms in which programs write it.
SECRETS = [
    PASSWORD, urllib.parse.quote(PASSWORD, safe=""), urllib.parse.quote_plus(PASSWORD), PASSWORD[:9], urllib.parse.quote(PASSWORD, safe="")[:15],
    PSK, PSK[:6], KEY, KEY[:6], re.sub(r'(["\\`$])', r"\\\1", PSK), standins.TOKEN, *standins.AWS_KEY[1:],
]


class Lab:
    def __init__(self, name, cloud, directory, shared, image, targets):
        self.name, self.cloud_name, self.directory = name, cloud, directory
        self.shared, self.image, self.targets = shared, image, targets
        self.failures = self.passed = 0
        self.machine = self.database = self.cloud = None
        self.commands_seen, self.measures = set(), {}

    # Expectations ---------------------------------------------------------------------------------------------------

    def expect(self, words, good, detail=""):
        if good:
            self.passed += 1
        else:
            self.failures += 1
        print(f"{'ok    ' if good else 'FAILED'} {self.name}: {words}" + (f"\n       {detail}" if detail and not good else ""), flush=True)
        return good

    def eventually(self, words, probe, seconds=90, detail=None):
        """Expects that probe() becomes true in time."""
        deadline = time.monotonic() + seconds
        while not (good := probe()) and time.monotonic() < deadline:
            time.sleep(0.4)
        return self.expect(words, good, "" if good or detail is None else detail())

    def measure(self, **values):
        """Figures for the report's last line, the worst of all clouds."""
        self.measures |= values
        self.tell(", ".join(f"{name}: {value}" for name, value in values.items()))

    def tell(self, words):
        print(f"       {self.name}: {words}", flush=True)

    # The world ------------------------------------------------------------------------------------------------------

    def build_world(self):
        """The network first: no way out. Then the stand-ins."""
        command("ip", "link", "set", "lo", "up")
        command("mount", "-t", "tmpfs", "none", "/run")
        command("ip", "netns", "add", "machine")
        command("ip", "link", "add", "cloud", "type", "veth", "peer", "name", "eth0", "netns", "machine")
        for address in (f"{GATEWAY}/24", f"{DATABASE}/24", f"{INTERNET}/32"):
            command("ip", "address", "add", address, "dev", "cloud")
        command("ip", "link", "set", "cloud", "up")
        links = {link["ifname"] for link in json.loads(command("ip", "-json", "link", capture_output=True).stdout)}
        reached = reachable([*self.targets, (METADATA, 80), ("1.1.1.1", 443), ("8.8.8.8", 53)])
        self.expect("the lab's network has no way out: not to the host, a metadata service or the Internet",
                    not reached and links <= {"lo", "cloud", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0"},
                    f"reached {reached}, links {links}")
        if self.failures:
            raise RuntimeError("nothing is booted in a network that leads out")
        command("ip", "address", "add", f"{METADATA}/32", "dev", "lo")
        self.cloud = Cloud(self.directory / "cloud", self.shared / "release")

    def make_machine(self, user_data, host="acme-machine-x7k2", size="8G"):
        """A machine with its user data, as the cloud's image would find it: trust, names, address and a seed for cloud-init."""
        machine = Machine(self.directory / "machine", self.image, pathlib.Path(os.environ["LAB_CGROUP"]) / f"{self.name}", size)
        authority = (self.cloud.directory / "release/ca.pem").read_text()
        trusted = machine.root / "etc/ssl/certs/ca-certificates.crt"
        machine.write("/etc/ssl/certs/ca-certificates.crt", trusted.read_text() + authority)
        machine.write("/etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {host}\n{INTERNET} {' '.join(NAMES)}\n{DATABASE} {RDS}\n")
        machine.write("/etc/resolv.conf", "")
        machine.write("/etc/systemd/network/eth0.network",
                      f"[Match]\nName=eth0\n[Network]\nAddress={ADDRESS}/24\nGateway={GATEWAY}\nLinkLocalAddressing=no\n")
        machine.write("/etc/cloud/cloud.cfg.d/90_lab.cfg", "datasource_list: [NoCloud]\nnetwork: {config: disabled}\nlocale: C.UTF-8\n")
        machine.write("/var/lib/cloud/seed/nocloud/meta-data", f"instance-id: {self.name}\nlocal-hostname: {host}.c.acme-prod.internal\n")
        machine.write("/var/lib/cloud/seed/nocloud/user-data", user_data)
        self.machine = machine
        threading.Thread(target=self._watch_commands, daemon=True).start()
        return machine

    def user_data(self, role, option="plain"):
        """What the cloud is given: text, or on AWS compressed text."""
        self.cloud.serves("2.37.0-rc.1" if option == "full" else "2.36.6")  # As tests/boot/cases has them.
        return (self.shared / f"{self.cloud_name}-{role}-{option}" / "encoded").read_bytes()

    def _watch_commands(self):
        """Keeps the arguments of every process that is seen, as any user of the machine could."""
        while True:
            for pid in self.machine.processes() if self.machine.process else ():
                try:
                    self.commands_seen.add(pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
                except OSError:
                    pass
            time.sleep(0.1)

    # What cases have in common --------------------------------------------------------------------------------------

    def start_database(self):
        self.database = Database(self.directory, self.image, self.cloud, "rds" if self.cloud_name == "aws" else "release")

    def healthy(self):
        """Whether the load balancer's probe of coderd succeeds."""
        probe = ["curl", "-q", "--silent", "--max-time", "2", f"http://{ADDRESS}:8080/healthz"]
        return subprocess.run(probe, capture_output=True).stdout == b"OK"

    def story(self):
        """The end of what the machine said, for a failure's line."""
        units = self.machine.output("systemctl", "--failed", "--no-legend")
        return f"failed units: {units}\n" + "\n".join(self.machine.journal("--lines=40").splitlines())

    def expect_no_way_out_of_the_machine(self):
        prefix = ["nsenter", "--net=/run/netns/machine"]
        reached = reachable([*self.targets, ("1.1.1.1", 443), ("8.8.8.8", 53)], prefix)
        ours = reachable([(METADATA, 80), (INTERNET, 443)], prefix)
        self.expect("from the machine, only the stand-ins can be reached", not reached and len(ours) == 2, f"{reached}, {ours}")

    def expect_cloud_init_content(self):
        text, _ = self.machine.run("cloud-init", "status", "--wait", "--long", seconds=180)
        done = re.search(r"^status: done$", text, re.M) and not re.search(r"degraded|errors:$|errors: [\[{](?![\]}])", text, re.M)
        self.expect("cloud-init ended without an error", done, text)
        log = self.machine.read("/var/log/cloud-init.log")
        bad = [line for line in log.splitlines() if re.search(r"\[(WARNING|ERROR|CRITICAL)\]|Traceback", line)]
        self.expect("cloud-init logged no warning", not bad, "\n".join(bad[:5]))

    def expect_sound_units(self, *units):
        """What systemd itself thinks of our units, with everything installed that they name."""
        text, status = self.machine.run("systemd-analyze", "verify", "--man=no", *units)
        self.expect("systemd-analyze verify is silent", (text, status) == ("", 0), text)
        self.tell(self.machine.output("systemd-analyze", "security", "--no-pager", units[0]).splitlines()[-1].strip())

    def expect_no_failed_unit(self):
        failed = [line for line in self.machine.output("systemctl", "--failed", "--no-legend", "--plain").splitlines()]
        self.expect("no unit failed", not failed, "\n".join(failed))

    def expect_no_leak(self):
        """No secret where another user could read it."""
        needles = [secret.encode() for secret in SECRETS]

        def holds(data):
            return any(needle in data for needle in needles)

        bad, counted = [], 0
        trees = [self.machine.upper, *(pathlib.Path(f"/proc/{self.machine.leader}/root{path}") for path in ("/run", "/dev/shm"))]
        for tree in trees:
            for path in tree.rglob("*"):
                if path.is_file() and not path.is_symlink():
                    counted += 1
                    private = path.stat().st_mode & 0o077 == 0
                    inside = str(path.relative_to(tree))
                    # What cloud-init keeps is read by support scripts, so there it may not even be in a closed file.
                    if (not private or "cloud" in inside) and holds(path.read_bytes()):
                        bad.append(inside)
        self.expect(f"no secret is in a file that others may read, nor in any of cloud-init's ({counted} files)", counted > 50 and not bad, str(bad))
        journal = self.machine.output("journalctl", "--all", "--output=export", seconds=120).encode()
        self.expect(f"no secret is in the journal ({journal.count(b'MESSAGE=')} entries)",
                    journal.count(b"MESSAGE=") > 50 and not holds(journal))
        self.expect("no secret is on the console", not holds(self.machine.console_text().encode()))
        seen = self.commands_seen
        self.expect(f"no secret is in the arguments of a process ({len(seen)} seen)", len(seen) > 20 and not any(map(holds, seen)))
        units = "\n".join(self.machine.output("systemctl", "show", unit, user="nobody")
                          for unit in ("coder.service", "coder-provisioner@01.service", "tierform-boot.service"))
        self.expect("systemd tells no secret to another user", not holds(units.encode()))
        environ = self.machine.shell("cat /proc/[0-9]*/environ 2>/dev/null", user="nobody").encode()
        self.expect("another user reads no secret from a process's environment", not holds(environ))

    def close(self):
        if self.machine:
            self.machine.cut_power()
