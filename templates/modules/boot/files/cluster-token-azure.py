# Azure: AKS takes a token that Entra ID made out to its server application for the machine's managed identity. Written by tierform.

# Of every AKS cluster, in all of Azure (Azure/kubelogin, "server-id").
SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"


def token(now):
    path = f"/metadata/identity/oauth2/token?api-version=2018-02-01&resource={SERVER}"
    found = json.loads(metadata(path, {"Metadata": "true"}))
    return found["access_token"], int(found["expires_on"]) - 60


if __name__ == "__main__":
    answer(*token(time.time()))
