"""An AWS on the loopback: moto, EKS from eks.py, and what both lack.

usage: emulator.py PORT LOG [ZONE-ID DOMAIN]

Serves http://127.0.0.1:PORT. Each request goes to LOG as a line: service, action, status. The hosted zone is there from the start.
"""

import datetime
import hashlib
import io
import json
import os
import re
import sys
import threading

import boto3
from moto.rds.models import rds_backends
from moto.route53.models import route53_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from moto.ssm.models import Parameter, ssm_backends
from werkzeug.serving import make_server

from eks import ACCOUNT, Eks
from mends import mend

REGION = os.environ["AWS_DEFAULT_REGION"]
IMAGES = "/aws/service/canonical/ubuntu/server/24.04/stable/current"


class Emulator:
    """A WSGI application that hands each request to moto, to EKS, or answers it itself."""

    def __init__(self, port, log):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.endpoint = f"http://127.0.0.1:{port}"
        self.log, self.lock = open(log, "a", encoding="utf-8"), threading.Lock()
        self.eks = Eks(lambda service: boto3.client(service, endpoint_url=self.endpoint), REGION)

    def __call__(self, environ, start_response):
        scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", ""))
        service = scope[2] if scope else "-"
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        action = environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-1]
        found = re.search(rb"(?:^|&)Action=(\w+)", body)
        action = action or (found[1].decode() if found else f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")

        if environ["PATH_INFO"] == "/tierform":
            return self.answer(start_response, 200, self.inside())
        if service == "eks":
            path = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]
            with self.lock:
                status, answer = self.eks.handle(environ["REQUEST_METHOD"], path.split("?")[0], body)
            self.note(service, action, status)
            return self.answer(start_response, status, answer)

        environ["wsgi.input"] = io.BytesIO(body)

        def started(status, headers, exc_info=None):
            self.note(service, action, status)
            return start_response(status, headers, exc_info)

        return self.moto(environ, started)

    def inside(self):
        """What no API tells: the clusters' remains, and each database's password as a digest."""
        databases = rds_backends[ACCOUNT][REGION].databases.values()
        digest = {
            one.db_instance_identifier: hashlib.sha256((one._master_user_password or "").encode()).hexdigest() for one in databases
        }
        return {"left": self.eks.left(), "passwords": digest}

    def note(self, service, action, status):
        self.log.write(f"{service} {action} {status}\n")
        self.log.flush()

    @staticmethod
    def answer(start_response, status, value):
        headers = [("Content-Type", "application/json")]
        if isinstance(value, dict) and "__type" in value:
            headers.append(("x-amzn-ErrorType", value["__type"]))
        start_response(f"{status} -", headers)
        return [json.dumps(value).encode()]


def publish_images():
    """Canonical's image ids, which moto does not know, under an image that moto does."""
    store = ssm_backends[ACCOUNT][REGION]
    for architecture in ("amd64", "arm64"):
        name = f"{IMAGES}/{architecture}/hvm/ebs-gp3/ami-id"
        store._parameters[name].append(
            Parameter(
                account_id=ACCOUNT, name=name, value="ami-12c6146b", parameter_type="String", description="",
                allowed_pattern=None, keyid=None, last_modified_date=datetime.datetime.now(datetime.timezone.utc),
                version=1, data_type="aws:ec2:image",
            )
        )


def make_zone(zone_id, domain):
    """A public hosted zone with the id that the deployment names; moto draws ids of its own."""
    backend = route53_backends[ACCOUNT]["aws"]
    zone = backend.create_hosted_zone(domain, private_zone=False)
    backend.zones = {zone_id: zone}
    zone.resource_id = zone_id


def main():
    port, log = int(sys.argv[1]), sys.argv[2]
    mend()
    publish_images()
    if len(sys.argv) > 3:
        make_zone(sys.argv[3], sys.argv[4])
    make_server("127.0.0.1", port, Emulator(port, log), threaded=True).serve_forever()


main()
