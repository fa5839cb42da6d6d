# Google Cloud: GKE takes the access token of the machine's service account. Written by tierform.


def token(now):
    path = "/computeMetadata/v1/instance/service-accounts/default/token"
    found = json.loads(metadata(path, {"Metadata-Flavor": "Google"}))
    return found["access_token"], now + found["expires_in"] - 60


if __name__ == "__main__":
    answer(*token(time.time()))
