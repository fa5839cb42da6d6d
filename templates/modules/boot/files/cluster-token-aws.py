# AWS: EKS takes a signed question to STS, "who am I?", which it asks itself to learn the machine's role. Written by tierform.
import base64
import calendar
import hashlib
import hmac
import urllib.parse


# The question as a URL, signed for this cluster alone (AWS, "Create a signed AWS API request"; aws-iam-authenticator's README).
def sign(credentials, region, cluster, now):
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    host = f"sts.{region}.{domain}"
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    scope = f"{at[:8]}/{region}/sts/aws4_request"
    query = urllib.parse.urlencode(
        {
            "Action": "GetCallerIdentity",
            "Version": "2011-06-15",
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{credentials['AccessKeyId']}/{scope}",
            "X-Amz-Date": at,
            "X-Amz-Expires": "60",
            "X-Amz-Security-Token": credentials["Token"],
            "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
        },
        quote_via=urllib.parse.quote,
        safe="",
    )
    empty = hashlib.sha256(b"").hexdigest()
    request = f"GET\n/\n{query}\nhost:{host}\nx-k8s-aws-id:{cluster}\n\nhost;x-k8s-aws-id\n{empty}"
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"AWS4" + credentials["SecretAccessKey"].encode()
    for part in (at[:8], region, "sts", "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return f"https://{host}/?{query}&X-Amz-Signature={key.hex()}"


def token(now, cluster, region):
    session = metadata("/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}, "PUT")
    path = "/latest/meta-data/iam/security-credentials/"
    headers = {"X-aws-ec2-metadata-token": session}
    credentials = json.loads(metadata(path + metadata(path, headers), headers))
    url = base64.urlsafe_b64encode(sign(credentials, region, cluster, now).encode()).decode()
    gone = calendar.timegm(time.strptime(credentials["Expiration"], "%Y-%m-%dT%H:%M:%SZ"))
    # EKS takes a question for 15 minutes after it was signed.
    return "k8s-aws-v1." + url.rstrip("="), min(now + 14 * 60, gone)


if __name__ == "__main__":
    answer(*token(time.time(), *sys.argv[1:]))
