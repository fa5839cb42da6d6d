#!/usr/bin/env python3
"""Stand-ins for what a booting machine talks to: the metadata services and secret stores of three clouds and the release
servers. They run in a network namespace without a way out, on the addresses of the originals.

usage: standins.py DIR. DIR/release holds what is served, DIR/server.{pem,key} the certificate for every name; DIR/faults,
read at each request, maps a fault to how often it still strikes; DIR/requests gets a line per request.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import socketserver
import ssl
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler

DIR = pathlib.Path(sys.argv[1]) if __name__ == "__main__" else None  # An importer sets it.
SECRETS = {"database-password": "p@:/?#%&+ \"'\\$`é~w", "provisioner-psk": "psk-\"$HOME`id`\\", "provisioner-key": "key-\"$HOME`id`\\"}
TOKEN = "stand-in-token-7f3a"
AWS_KEY = ("ASIASTANDIN", "stand-in-key-91bc", "stand-in-session+/=")


def strikes(fault):
    """Whether the fault strikes now; uses up one of its strikes."""
    path = DIR / "faults"
    faults = json.loads(path.read_text())
    left = faults.get(fault, 0)
    if left:
        path.write_text(json.dumps(faults | {fault: left - 1}))
    return left > 0


def aws_question(url, headers):
    """Whether STS would answer a presigned GET, and with it EKS, which adds the cluster's name as a header (docs.aws.amazon.com,
    "Authenticating requests: using query parameters")."""
    before, _, signature = url.partition("&X-Amz-Signature=")
    fields = dict(urllib.parse.parse_qsl(before.partition("?")[2]))
    date, region, service, _ = fields["X-Amz-Credential"].split("/")[1:]
    query = "&".join(sorted(before.partition("?")[2].split("&")))
    names = fields["X-Amz-SignedHeaders"].split(";")
    canonical = "".join(f"{name}:{headers[name]}\n" for name in names)
    request = f"GET\n/\n{query}\n{canonical}\n{';'.join(names)}\n{hashlib.sha256(b'').hexdigest()}"
    text = f"AWS4-HMAC-SHA256\n{fields['X-Amz-Date']}\n{date}/{region}/{service}/aws4_request\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"AWS4" + AWS_KEY[1].encode()
    for part in (date, region, service, "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    asked = (fields["Action"], service, "x-k8s-aws-id" in names, fields["X-Amz-Security-Token"])
    return asked == ("GetCallerIdentity", "sts", True, AWS_KEY[2]) and key.hex() == signature


def aws_signature(headers, body):
    """Signature version 4 of a POST to / as AWS computes it (docs.aws.amazon.com, "Create a signed AWS API request")."""
    match = re.match(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)",
        headers["Authorization"] or "",
    )
    if not match or "x-amz-security-token" not in match[5].split(";"):
        return False
    key_id, date, region, service, names, signature = match.groups()
    canonical = "".join(f"{name}:{headers[name].strip()}\n" for name in names.split(";"))
    request = f"POST\n/\n\n{canonical}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{date}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"AWS4" + AWS_KEY[1].encode()
    for part in (date, region, service, "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key_id == AWS_KEY[0] and headers["x-amz-security-token"] == AWS_KEY[2] and key.hex() == signature


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b""):
        body = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        host = self.headers["Host"]
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        with (DIR / "requests").open("a") as log:
            log.write(f"{self.command} {host}{self.path}\n")
        if host == "169.254.169.254":
            return self.metadata()
        if host.startswith("sts."):
            return self.answer(200 if aws_question(self.path, self.headers) else 403)
        if "secret" in host or "vault" in host:
            for status in (403, 503):
                if strikes(f"secret_{status}"):
                    return self.answer(status, {"error": "not yet"})
            return self.secret(host, body)
        return self.release(host)

    do_PUT = do_POST = do_GET

    def metadata(self):
        if strikes("metadata_503"):
            return self.answer(503)
        google = self.headers["Metadata-Flavor"] == "Google"
        azure = self.headers["Metadata"] == "true"
        session = self.headers["X-aws-ec2-metadata-token"] == "imds-session"
        gcp = "/computeMetadata/v1/instance/"
        leaving = self.path.startswith(("/latest/meta-data/autoscaling/", "/metadata/scheduledevents")) and strikes("leaving")
        event = {"EventType": "Terminate", "Resources": ["vmss-coder_3" if leaving else "vmss-coder_4"]}
        pages = {
            "/latest/meta-data/autoscaling/target-lifecycle-state": (session, "Terminated" if leaving else "InService"),
            "/metadata/scheduledevents?api-version=2020-07-01": (azure, {"DocumentIncarnation": 1, "Events": [event]}),
            "/metadata/instance/compute/name?api-version=2021-02-01&format=text": (azure, "vmss-coder_3"),
            f"{gcp}network-interfaces/0/ip": (google, "10.20.0.7"),
            f"{gcp}attributes/kubeconfig": (google, (DIR / "kubeconfig").read_bytes()),
            f"{gcp}service-accounts/default/token": (google, {"access_token": TOKEN, "expires_in": 3599}),
            "/latest/api/token": (self.command == "PUT", "imds-session"),
            "/latest/meta-data/local-ipv4": (session, "10.20.0.7"),
            "/latest/meta-data/iam/security-credentials/": (session, "acme-role"),
            "/latest/meta-data/iam/security-credentials/acme-role": (
                session,
                dict(zip(("AccessKeyId", "SecretAccessKey", "Token"), AWS_KEY)) | {"Expiration": "2099-01-31T18:00:00Z"},
            ),
            "/metadata/instance/network/interface/0/ipv4/ipAddress/0/privateIpAddress?api-version=2021-02-01&format=text": (
                azure,
                "10.20.0.7",
            ),
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net": (
                azure,
                {"access_token": TOKEN},
            ),
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=6dae42f8-4368-4678-94ff-3960e28e3630": (
                azure,
                {"access_token": TOKEN, "expires_on": "4073500800"},
            ),
        }
        allowed, page = pages.get(self.path, (False, ""))
        self.answer(200 if allowed else 404, page)

    def secret(self, host, body):
        bearer = self.headers["Authorization"] == f"Bearer {TOKEN}"
        if host == "secretmanager.googleapis.com" and bearer:
            match = re.fullmatch(r"/v1/projects/acme-prod/secrets/([\w-]+)/versions/3:access", self.path)
            data = base64.b64encode(SECRETS[match[1]].encode()).decode()
            return self.answer(200, {"name": "n", "payload": {"data": data, "dataCrc32c": "1"}})
        if host == "secretsmanager.us-east-1.amazonaws.com" and aws_signature(self.headers, body):
            name = re.search(r":secret:(.+)-AbCdEf$", json.loads(body)["SecretId"])[1]
            return self.answer(200, {"SecretString": SECRETS[name]})
        if host == "acme.vault.azure.net" and bearer:
            match = re.fullmatch(r"/secrets/([\w-]+)/\w+\?api-version=7.4", self.path)
            return self.answer(200, {"value": SECRETS[match[1]]})
        return self.answer(403, {"error": "who are you"})

    def release(self, host):
        if (host, self.path) == ("truststore.pki.rds.amazonaws.com", "/us-east-1/us-east-1-bundle.pem"):
            return self.answer(200, (DIR / "release/ca.pem").read_bytes())
        name = self.path.rsplit("/", 1)[1]
        mirrored = host == "mirror.acme.dev"
        coder = "/coder/v" if mirrored else "/coder/coder/releases/download/v"
        terraform = "/hashicorp/terraform/1.15.5/" if mirrored else "/terraform/1.15.5/"
        if self.path.startswith(coder) and name.endswith("_checksums.txt"):
            right = hashlib.sha256((DIR / "release/coder.deb").read_bytes()).hexdigest()
            version = name.split("_")[1]
            files = [f"coder_{version}_linux_{architecture}.deb" for architecture in ("amd64", "arm64")]
            return self.answer(200, "".join(f"{'0' * 64}  x{file}\n{right}  {file}\n{'1' * 64}  {file}.asc\n" for file in files))
        if self.path.startswith(coder) and re.search("_linux_(amd64|arm64).deb$", name):
            package = b"not a package" if strikes("broken_package") else (DIR / "release/coder.deb").read_bytes()
            if strikes("cut_download"):
                self.send_response(200)
                self.send_header("Content-Length", str(len(package)))
                self.end_headers()
                self.wfile.write(package[: len(package) // 2])
                self.close_connection = True
                return None
            return self.answer(200, package)
        if self.path.startswith(terraform) and name == "terraform_1.15.5_linux_amd64.zip":
            return self.answer(200, (DIR / "release/terraform.zip").read_bytes())
        if self.path.startswith(terraform) and name == "terraform_1.15.5_linux_arm64.zip":
            return self.answer(200, (DIR / "release/terraform-arm64.zip").read_bytes())
        return self.answer(404)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    plain = Server(("169.254.169.254", 80), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DIR / "server.pem", DIR / "server.key")
    secure = Server(("127.0.0.1", 443), Handler)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    (DIR / "ready").touch()
    secure.serve_forever()


if __name__ == "__main__":
    main()
