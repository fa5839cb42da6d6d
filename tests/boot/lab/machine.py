"""A machine that boots: real systemd and cloud-init over an image, shut into namespaces of its own."""
import os
import pathlib
import pty
import re
import signal
import subprocess
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ADDRESS = "10.20.0.7"


def command(*arguments, **options):
    return subprocess.run([str(argument) for argument in arguments], check=True, **options)


class Machine:
    """Lives in the network namespace `machine`, which the lab has made; what it writes goes to a tmpfs of `size`."""

    def __init__(self, directory, image, cgroup, size="8G"):
        self.directory, self.cgroup = directory, cgroup
        self.upper, self.root = directory / "disk/upper", directory / "root"
        self.process = self.leader = None
        self.console = directory / "console.log"
        for path in (directory / "disk", self.root):
            path.mkdir(parents=True)
        command("mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "disk", directory / "disk")
        (directory / "disk/work").mkdir()
        self.upper.mkdir()
        layers = f"lowerdir={image},upperdir={self.upper},workdir={directory}/disk/work"
        command("mount", "-t", "overlay", "-o", layers, "machine", self.root)

    def write(self, path, text, mode=0o644):
        path = self.root / path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)

    def read(self, path):
        return (pathlib.Path(f"/proc/{self.leader}/root") / path.lstrip("/")).read_text()

    # Power ----------------------------------------------------------------------------------------------------------

    def boot(self):
        """Switches on. The console's text goes to a file and comes through `console_text`."""
        self.cgroup.mkdir(exist_ok=True)
        master, slave = pty.openpty()
        self.process = subprocess.Popen(
            ["bash", "-c", 'echo $$ >"$1/cgroup.procs" && exec nsenter --net=/run/netns/machine "${@:2}"', "-", self.cgroup]
            + ["unshare", "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--fork", "--kill-child"]
            + ["bash", HERE / "init", self.root, os.ttyname(slave)],
            stdin=subprocess.DEVNULL, stderr=open(self.directory / "init.log", "a"),
        )
        threading.Thread(target=self._keep_console, args=(master, slave), daemon=True).start()
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            child = children.read_text().split()
            # It is ready for commands once the script has become systemd.
            if child and pathlib.Path(f"/proc/{child[0]}/comm").read_text() == "systemd\n":
                self.leader = child[0]
                return
            time.sleep(0.05)
        raise RuntimeError(f"the machine did not start: {(self.directory / 'init.log').read_text()} {self.console_text()}")

    def _keep_console(self, master, slave):
        with open(self.console, "ab", buffering=0) as log:
            while self.process.poll() is None:
                try:
                    log.write(os.read(master, 65536))
                except OSError:
                    break
        os.close(slave)

    def console_text(self):
        text = self.console.read_bytes().decode(errors="replace") if self.console.exists() else ""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")

    def stop(self, seconds=120):
        """Asks systemd to power off, as a cloud does, and says whether it did."""
        os.kill(int(self.leader), signal.SIGRTMIN + 4)
        try:
            return self.process.wait(seconds) == -signal.SIGINT
        except subprocess.TimeoutExpired:
            self.cut_power()
            return False

    def reboot(self):
        """Reboots from within; the kernel ends a pid namespace that reboots with SIGHUP."""
        self.run("systemctl", "reboot")
        if self.process.wait(120) != -signal.SIGHUP:
            raise RuntimeError("the machine did not reboot")
        self.boot()

    def cut_power(self):
        if self.process and self.process.poll() is None:
            os.kill(int(self.leader), signal.SIGKILL)
            self.process.wait(30)

    # Inside ---------------------------------------------------------------------------------------------------------

    def run(self, *arguments, check=False, seconds=60, user=None):
        """Runs a command in the machine and gives what it printed, and its status."""
        enter = ["nsenter", "--target", self.leader, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
        who = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"] if user else []
        result = subprocess.run(
            [*enter, *who, "env", "-i", f"PATH={PATH}", "LC_ALL=C.UTF-8", *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=seconds,
        )
        if check and result.returncode:
            raise RuntimeError(f"{arguments}: {result.stdout}")
        return result.stdout.rstrip("\n"), result.returncode

    def output(self, *arguments, **options):
        return self.run(*arguments, **options)[0]

    def shell(self, script, *arguments, **options):
        return self.output("bash", "-c", script, "-", *arguments, **options)

    def show(self, unit, *names):
        """Properties of a unit, as systemd knows them."""
        text = self.output("systemctl", "show", unit, *[f"--property={name}" for name in names])
        values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        # Early in a boot systemd does not answer yet.
        return values.get(names[0]) if len(names) == 1 else values

    def journal(self, *arguments):
        return self.output("journalctl", "--no-pager", "--output=short-monotonic", "--all", *arguments)

    def processes(self):
        """Ids of the machine's processes, as the host counts them."""
        found = []
        for directory, _, _ in os.walk(self.cgroup):  # Which goes on where a group has just gone.
            try:
                found += [int(pid) for pid in pathlib.Path(directory, "cgroup.procs").read_text().split()]
            except OSError:
                pass
        return found

    def memory(self, of=lambda name: True):
        """Megabytes that the machine's processes (those whose name `of` accepts) hold, shared pages divided among them."""
        total = 0
        for pid in self.processes():
            try:
                if of(pathlib.Path(f"/proc/{pid}/comm").read_text().strip()):
                    total += int(re.search(r"^Pss: +(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])
            except (OSError, TypeError):
                pass
        return total // 1024
