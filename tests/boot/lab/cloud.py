"""What a machine of the lab talks to: the stand-ins of tests/boot, the access URL that daemons dial, a real PostgreSQL."""
import base64
import json
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import standins  # noqa: E402

METADATA, GATEWAY, DATABASE, INTERNET = "169.254.169.254", "10.20.0.1", "10.20.0.5", "203.0.113.10"
NAMES = (
    "coder.acme.dev", "secretmanager.googleapis.com", "secretsmanager.us-east-1.amazonaws.com", "acme.vault.azure.net",
    "github.com", "releases.hashicorp.com", "mirror.acme.dev", "truststore.pki.rds.amazonaws.com", "cluster.acme.internal",
)
RDS = "coder.c1a2b3c4d5e6.us-east-1.rds.amazonaws.com"
PASSWORD = standins.SECRETS["database-password"]
PSK = standins.SECRETS["provisioner-psk"]
KEY = standins.SECRETS["provisioner-key"]
DAY = 86400


class Daemon:
    """One connection of a provisioner daemon."""

    def __init__(self, handler, query):
        self.name, self.cache, self.metrics, self.tags = (query.get(key, "") for key in ("name", "cache", "metrics", "tags"))
        self.handler, self.since, self.results = handler, time.monotonic(), {}

    def build(self, number, seconds):
        self.handler.wfile.write(json.dumps({"build": number, "seconds": seconds}).encode() + b"\n")


class Handler(standins.Handler):
    cloud = None

    def do_GET(self):
        if self.headers["Host"] == "coder.acme.dev":
            return self.serve_daemon()
        if self.headers["Host"] == "cluster.acme.internal":
            return self.cluster()
        return super().do_GET()

    do_PUT = do_POST = do_GET

    def release(self, host):
        if host.startswith("truststore."):
            return self.answer(200, (self.cloud.directory / "rds/ca.pem").read_bytes())
        return super().release(host)

    def cluster(self):
        """The API of a Kubernetes cluster, which knows the machine by the token of its cloud."""
        token = self.headers["Authorization"].removeprefix("Bearer ")
        if token.startswith("k8s-aws-v1."):
            url = base64.urlsafe_b64decode(token.removeprefix("k8s-aws-v1.") + "==").decode()
            known = standins.aws_question(url, {"host": "sts.us-east-1.amazonaws.com", "x-k8s-aws-id": "acme-main"})
        else:
            known = token == standins.TOKEN
        self.cloud.cluster_calls.append(known)
        self.answer(200 if known else 401, {"major": "1"})

    def serve_daemon(self):
        """Keeps a daemon's connection, unless it is one that Coder would not take."""
        url = urllib.parse.urlparse(self.path)
        daemon = Daemon(self, dict(urllib.parse.parse_qsl(url.query)))
        self.close_connection = True
        if not any(self.headers[f"Coder-Provisioner-Daemon-{kind}"] == standins.SECRETS[f"provisioner-{kind.lower()}"] for kind in ("PSK", "Key")):
            return self.refuse(401, f"{daemon.name}: wrong PSK or key")
        with self.cloud.lock:
            for other in self.cloud.daemons.values():
                if daemon.name == other.name or (daemon.cache, daemon.metrics) == (other.cache, other.metrics):
                    return self.refuse(409, f"{daemon.name} is {other.name} again")
            self.cloud.daemons[daemon.name] = daemon
            self.cloud.connections.append(daemon.name)
        self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: lines\r\n\r\n")
        try:
            for line in self.rfile:
                answer = json.loads(line)
                daemon.results[answer["build"]] = self.cloud.results[answer["build"]] = answer["result"]
        except OSError:
            pass
        with self.cloud.lock:
            del self.cloud.daemons[daemon.name]

    def refuse(self, status, reason):
        self.cloud.refused.append(reason)
        self.answer(status, reason)


class Server(standins.Server):
    def handle_error(self, request, client_address):
        """Machines hang up, and refuse certificates: that is theirs to say."""
        if not isinstance(sys.exc_info()[1], OSError):  # As ssl.SSLError is.
            super().handle_error(request, client_address)


class Cloud:
    """Everything outside the machine, in the network namespace that the case itself is in."""

    def __init__(self, directory, release):
        self.directory, self.lock = directory, threading.Lock()
        self.daemons, self.connections, self.refused, self.results, self.cluster_calls = {}, [], [], {}, []
        directory.mkdir()
        shutil.copytree(release, directory / "release", copy_function=shutil.copy)
        shutil.copy(release.parent / "kubeconfig", directory)
        standins.DIR = directory
        self.faults({})
        Handler.cloud = self
        # RDS signs with an authority of its own.
        (directory / "rds").mkdir()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3",
                        "-subj", "/CN=RDS stand-in", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                        "-keyout", directory / "rds/ca.key", "-out", directory / "rds/ca.pem"],
                       check=True, capture_output=True)

    def faults(self, faults):
        """Sets how often each fault strikes from now on; tests/boot/standins.py knows which there are."""
        (self.directory / "faults").write_text(json.dumps(faults))

    def requests(self):
        path = self.directory / "requests"
        return path.read_text().splitlines() if path.exists() else []

    def serves(self, version):
        """Puts a version into the release servers' hands."""
        shutil.copy(self.directory / f"release/coder-{version}.deb", self.directory / "release/coder.deb")

    def certificate(self, name, names, since=-2 * DAY, until=30 * DAY, authority="release"):
        """A certificate from one of the lab's two authorities, valid from `since` to `until` seconds from now."""
        def moment(offset):
            return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + offset))

        signer, work = self.directory / authority, self.directory / f"{name}-{time.monotonic_ns()}"
        work.mkdir()
        (work / "index").touch()
        (work / "config").write_text(
            f"[ca]\ndefault_ca=lab\n[lab]\ndatabase={work}/index\nnew_certs_dir={work}\nrand_serial=yes\ndefault_md=sha256\n"
            f"policy=any\nunique_subject=no\nx509_extensions=names\n[any]\ncommonName=supplied\n"
            f"[names]\nsubjectAltName={','.join(names)}\nbasicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\n"
        )
        run = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=stand-in"]
        subprocess.run([*run, "-keyout", work / "key", "-out", work / "request"], check=True, capture_output=True)
        run = ["openssl", "ca", "-batch", "-notext", "-config", work / "config", "-cert", signer / "ca.pem", "-keyfile", signer / "ca.key"]
        window = ["-startdate", moment(since), "-enddate", moment(until)]
        subprocess.run([*run, *window, "-in", work / "request", "-out", work / "pem"], check=True, capture_output=True)
        return work / "pem", work / "key"

    def serve(self, **window):
        """Starts the metadata service and the HTTPS services."""
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.reissue(**window)
        for address, secure in (((METADATA, 80), False), ((INTERNET, 443), True)):
            server = Server(address, Handler)
            if secure:
                server.socket = self.context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def reissue(self, **window):
        """Gives the HTTPS services a new certificate; connections made from now on get it."""
        self.context.load_cert_chain(*self.certificate("https", [f"DNS:{name}" for name in NAMES], **window))

    def build(self, name, number, seconds):
        self.daemons[name].build(number, seconds)

    def drop_metadata(self):
        subprocess.run(["ip", "address", "del", f"{METADATA}/32", "dev", "lo"], check=True)

    def add_metadata(self):
        subprocess.run(["ip", "address", "add", f"{METADATA}/32", "dev", "lo"], check=True)


class Database:
    """PostgreSQL from the image, which takes only TLS and a password."""

    def __init__(self, directory, image, cloud, authority="release"):
        self.directory, self.cloud, self.authority = directory, cloud, authority
        self.root = directory / "database"
        disk = directory / "database-disk"
        for path in (self.root, disk):
            path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "database", disk], check=True)
        for path in ("upper", "work"):
            (disk / path).mkdir()
        layers = f"lowerdir={image},upperdir={disk}/upper,workdir={disk}/work"
        subprocess.run(["mount", "-t", "overlay", "-o", layers, "database", self.root], check=True)
        subprocess.run(["mount", "--bind", "/dev", self.root / "dev"], check=True)
        data = self.root / "data"
        data.mkdir()
        (data / "start").write_text(
            "set -eu\nexport PATH=$(echo /usr/lib/postgresql/*/bin):$PATH\n"
            "[ -e /data/db ] || initdb --pgdata=/data/db --auth=trust --no-sync >/dev/null\n"
            "printf 'local all all trust\\nhostssl coder coder@acme 10.20.0.0/24 scram-sha-256\\n' >/data/db/pg_hba.conf\n"
            f"exec postgres -D /data/db -c listen_addresses={DATABASE} -c unix_socket_directories=/data -c fsync=off"
            " -c ssl=on -c ssl_cert_file=/data/server.pem -c ssl_key_file=/data/server.key\n"
        )
        self.start(authority)
        quoted = PASSWORD.replace("'", "''")
        for statement in (f"CREATE ROLE \"coder@acme\" LOGIN PASSWORD '{quoted}'", 'CREATE DATABASE coder OWNER "coder@acme"'):
            if (result := self._psql(statement, "postgres")).returncode:
                raise RuntimeError(f"PostgreSQL: {result.stderr}")

    def start(self, authority, names=(f"IP:{DATABASE}", f"DNS:{RDS}")):
        """Starts the server with a new certificate."""
        certificate, key = self.cloud.certificate("database", names, authority=authority)
        shutil.copy(certificate, self.root / "data/server.pem")
        shutil.copy(key, self.root / "data/server.key")
        (self.root / "data/server.key").chmod(0o600)
        self._run("chown", "-R", "postgres:", "/data")
        log = open(self.directory / "database.log", "a")
        self.process = subprocess.Popen([*self._as_postgres(), "sh", "/data/start"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while self._psql("SELECT 1", "postgres").returncode:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {(self.directory / 'database.log').read_text()}")
            time.sleep(0.3)

    def stop(self):
        self.process.send_signal(signal.SIGINT)  # A fast shutdown.
        self.process.wait(30)

    def _run(self, *arguments):
        return subprocess.run(["chroot", self.root, *arguments], check=True)

    def _as_postgres(self):
        return ["chroot", str(self.root), "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "env", "-i",
                "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"]

    def _psql(self, statement, database):
        psql = ["psql", "--host=/data", "--no-psqlrc", "--tuples-only", "--no-align", f"--dbname={database}", "--command", statement]
        return subprocess.run([*self._as_postgres(), *psql], capture_output=True, text=True)

    def ask(self, statement):
        """Rows of a query about what coderd did, as text."""
        return self._psql(statement, "coder").stdout.splitlines()


def reachable(targets, prefix=()):
    """Those (address, port) pairs that a TCP connection reaches within a second and a half."""
    program = (
        "import socket, sys, threading\n"
        "def reach(address, port):\n"
        "    try: socket.create_connection((address, int(port)), 1.5).close(); print(address, port)\n"
        "    except OSError: pass\n"
        "for target in sys.argv[1:]: threading.Thread(target=reach, args=target.split('|')).start()\n"
    )
    names = [f"{address}|{port}" for address, port in targets]
    run = [*prefix, sys.executable, "-I", "-c", program, *names]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
