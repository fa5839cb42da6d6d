# The parts of the cluster credential plug-in that all clouds share: asking the metadata service, and the answer. Written by tierform.
#
# Kubernetes clients (kubectl, Terraform's kubernetes and helm providers) run it as the kubeconfig says, whenever they need a token, and
# so does every template on this machine: the token is the machine's own identity, and nothing of it is kept anywhere.
import json
import sys
import time
import urllib.request

# No proxy stands between a machine and its own metadata.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


# Asks the metadata service, again when it is busy: thirty builds may begin at once.
def metadata(path, headers, method="GET"):
    request = urllib.request.Request("http://169.254.169.254" + path, headers=headers, method=method)
    for delay in (1, 2, 4, 8, 0):
        try:
            with DIRECT.open(request, timeout=10) as answer:
                return answer.read().decode()
        except OSError as error:
            reason = error
        time.sleep(delay)
    sys.exit(f"cluster-token: the metadata service gives no token: {reason}")


# Prints the token as client.authentication.k8s.io/v1 has it. The client asks again once the time is over.
def answer(token, expires):
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires))
    status = {"token": token, "expirationTimestamp": until}
    print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}))
