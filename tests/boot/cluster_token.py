#!/usr/bin/env python3
"""Judges the rendered credential plug-in of one cloud by recorded answers of its metadata service.

usage: cluster_token.py CLOUD PLUG-IN; silent if all is well.
"""
import base64
import contextlib
import io
import json
import sys
import types
import unittest
import urllib.error

NOW = 1769860800  # 2026-01-31T12:00:00Z

# What the metadata services answer (their documentation: "Access tokens" of Compute Engine, "Instance metadata" of EC2, "How to use
# managed identities" of Azure), with stand-in credentials.
ROLE = "/latest/meta-data/iam/security-credentials/"
AWS = {"X-aws-ec2-metadata-token": "imds-session"}
CREDENTIALS = {
    "Code": "Success",
    "Type": "AWS-HMAC",
    "AccessKeyId": "ASIASTANDIN",
    "SecretAccessKey": "stand-in/key+91bc",
    "Token": "stand-in//session+token==",
    "Expiration": "2026-01-31T18:00:00Z",
}
PAGES = {
    ("GET", "/computeMetadata/v1/instance/service-accounts/default/token"): (
        {"Metadata-Flavor": "Google"},
        '{"access_token":"ya29.c.stand-in","expires_in":3599,"token_type":"Bearer"}',
    ),
    ("GET", "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=6dae42f8-4368-4678-94ff-3960e28e3630"): (
        {"Metadata": "true"},
        '{"access_token":"eyJ0.stand.in","client_id":"c","expires_in":"86399","expires_on":"1769947199",'
        '"ext_expires_in":"86399","not_before":"1769860500","resource":"r","token_type":"Bearer"}',
    ),
    ("PUT", "/latest/api/token"): ({"X-aws-ec2-metadata-token-ttl-seconds": "60"}, "imds-session"),
    ("GET", ROLE): (AWS, "acme-role"),
    ("GET", ROLE + "acme-role"): (AWS, json.dumps(CREDENTIALS)),
}

# Made with botocore 1.44.5 (Apache 2.0): SigV4QueryAuth of GET https://sts.<region>/?Action=GetCallerIdentity&Version=2011-06-15 with the
# header x-k8s-aws-id: acme-main, expires=60, at NOW, with the credentials above. Each has its own signature.
SIGNED = {
    "us-east-1": ("sts.us-east-1.amazonaws.com", "09153e31f8adac1528cadda82509d1b0108acb460311c8e82809476401ed72c6"),
    "us-gov-west-1": ("sts.us-gov-west-1.amazonaws.com", "d5df88ea40b2909d339bfe7637d8161a94b4e28f42e6f31d9060e7e30c311a51"),
    "cn-north-1": ("sts.cn-north-1.amazonaws.com.cn", "ecf43c8928705a94fcd20fb90630ceb8370a74d0ba3101b4172f7ed1983dc88c"),
}
QUERY = (
    "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=ASIASTANDIN%2F20260131%2F{region}%2Fsts%2Faws4_request&X-Amz-Date=20260131T120000Z&X-Amz-Expires=60"
    "&X-Amz-Security-Token=stand-in%2F%2Fsession%2Btoken%3D%3D&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature={signature}"
)


def load(path):
    """The plug-in as a module, with a clock that stands and the recorded pages."""
    plugin = types.ModuleType("plugin")
    with open(path, encoding="utf-8") as source:
        exec(compile(source.read(), path, "exec"), plugin.__dict__)  # pylint: disable=exec-used
    plugin.slept = []
    plugin.failures = 0
    clock = types.SimpleNamespace(**{name: getattr(plugin.time, name) for name in ("gmtime", "strftime", "strptime")})
    clock.sleep = plugin.slept.append
    plugin.time = clock

    def open_page(request, timeout):
        assert timeout <= 10
        if plugin.failures:
            plugin.failures -= 1
            raise urllib.error.HTTPError(request.full_url, 429, "Too Many Requests", None, None)
        prefix = "http://169.254.169.254"
        assert request.full_url.startswith(prefix + "/"), request.full_url
        headers, text = PAGES[request.get_method(), request.full_url.removeprefix(prefix)]
        sent = {name.lower(): value for name, value in request.header_items()}
        assert sent == {name.lower(): value for name, value in headers.items()}, sent
        return io.BytesIO(text.encode())

    plugin.DIRECT = types.SimpleNamespace(open=open_page)
    return plugin


class Cloud(unittest.TestCase):
    path = ""
    arguments = ()

    def ask(self):
        """The credential that a Kubernetes client would read."""
        plugin = load(self.path)
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            plugin.answer(*plugin.token(NOW, *self.arguments))
        credential = json.loads(told.getvalue())
        self.assertEqual((credential["apiVersion"], credential["kind"]), ("client.authentication.k8s.io/v1", "ExecCredential"))
        self.assertEqual(set(credential["status"]), {"token", "expirationTimestamp"})
        return credential["status"]["token"], credential["status"]["expirationTimestamp"]

    def test_a_busy_metadata_service_is_asked_again(self):
        plugin = load(self.path)
        plugin.failures = 4
        plugin.token(NOW, *self.arguments)
        self.assertEqual(plugin.slept, [1, 2, 4, 8])

    def test_a_dead_metadata_service_ends_it_with_a_reason(self):
        plugin = load(self.path)
        plugin.failures = 5
        with self.assertRaises(SystemExit) as end:
            plugin.token(NOW, *self.arguments)
        self.assertIn("gives no token: HTTP Error 429", str(end.exception.code))


class Gcp(Cloud):
    def test_the_token_is_the_service_account_s(self):
        self.assertEqual(self.ask(), ("ya29.c.stand-in", "2026-01-31T12:58:59Z"))


class Azure(Cloud):
    def test_the_token_is_the_identity_s(self):
        self.assertEqual(self.ask(), ("eyJ0.stand.in", "2026-02-01T11:58:59Z"))


class Aws(Cloud):
    arguments = ("acme-main", "us-east-1")

    def test_the_token_is_the_signed_url(self):
        for region, (host, signature) in SIGNED.items():
            self.arguments = ("acme-main", region)
            token, until = self.ask()
            self.assertEqual(until, "2026-01-31T12:14:00Z")
            kind, url = token.split(".")
            self.assertEqual(kind, "k8s-aws-v1")
            url = base64.urlsafe_b64decode(url + "=" * (-len(url) % 4)).decode()
            self.assertEqual(url, f"https://{host}/?" + QUERY.format(region=region, signature=signature))

    def test_the_token_ends_with_the_credentials(self):
        before = PAGES["GET", ROLE + "acme-role"]
        PAGES["GET", ROLE + "acme-role"] = (AWS, json.dumps(CREDENTIALS | {"Expiration": "2026-01-31T12:03:00Z"}))
        try:
            self.assertEqual(self.ask()[1], "2026-01-31T12:03:00Z")
        finally:
            PAGES["GET", ROLE + "acme-role"] = before


def main():
    cloud, Cloud.path = sys.argv[1:]
    case = {"gcp": Gcp, "aws": Aws, "azure": Azure}[cloud]
    told = io.StringIO()
    result = unittest.TextTestRunner(told).run(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    if not result.wasSuccessful() or result.testsRun < 3:
        sys.exit(told.getvalue())


main()
