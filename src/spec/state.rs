//! Terraform's backends and the arguments that each of them takes in `[state]`.
//! Credentials are known by name, so that they are refused for what they are.

use super::key::{Key, Kind};
use super::{Backend, State, names};

impl Backend {
    /// Every backend.
    pub const ALL: [Backend; 4] = [Backend::Local, Backend::Gcs, Backend::S3, Backend::Azurerm];

    /// The backend as the spec and Terraform write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Backend::Local => "local",
            Backend::Gcs => "gcs",
            Backend::S3 => "s3",
            Backend::Azurerm => "azurerm",
        }
    }

    /// The keys of `[state]` with this backend (Terraform and OpenTofu documentation, "Backend Configuration").
    pub(super) const fn keys(self) -> &'static [Key] {
        match self {
            Backend::Local => LOCAL,
            Backend::Gcs => GCS,
            Backend::S3 => S3,
            Backend::Azurerm => AZURERM,
        }
    }
}

impl State {
    /// Whether Terraform wants this argument of the backend as `true` or `false` rather than as a string.
    pub fn is_flag(&self, argument: &str) -> bool {
        self.backend.keys().iter().any(|key| key.name == argument && matches!(key.kind, Kind::Flag))
    }
}

/// The key that decides about the others.
pub(super) const BACKEND: Key =
    Key::new("backend", Kind::Choice(&["local", "gcs", "s3", "azurerm"]), "where Terraform keeps its state")
        .or("\"local\"");

const fn text(name: &'static str, doc: &'static str) -> Key {
    Key::new(name, Kind::Text(names::argument), doc).or_nothing("\"…\"")
}

const fn flag(name: &'static str, doc: &'static str) -> Key {
    Key::new(name, Kind::Flag, doc).or_nothing("true")
}

static LOCAL: &[Key] = &[BACKEND, text("path", "the state file")];

static GCS: &[Key] = &[
    BACKEND,
    Key::new("bucket", Kind::Text(names::bucket), "the Cloud Storage bucket")
        .required("bucket = \"acme-terraform\""),
    text("prefix", "the directory in the bucket"),
    text("impersonate_service_account", "the service account to act as"),
    text("kms_encryption_key", "the Cloud KMS key that encrypts the state"),
    text("storage_custom_endpoint", "another endpoint of Cloud Storage"),
    text("credentials", "").secret(),
    text("access_token", "").secret(),
    text("encryption_key", "").secret(),
];

static S3: &[Key] = &[
    BACKEND,
    Key::new("bucket", Kind::Text(names::bucket), "the S3 bucket").required("bucket = \"acme-terraform\""),
    text("key", "the object in the bucket").required("key = \"coder/terraform.tfstate\""),
    text("region", "the bucket's region").required("region = \"us-east-1\""),
    text("profile", "the profile of the AWS configuration"),
    flag("use_lockfile", "whether a lock object beside the state keeps two runs apart"),
    flag("encrypt", "whether the state is encrypted on the server"),
    text("kms_key_id", "the KMS key that encrypts the state"),
    text("dynamodb_table", "the table that locks the state, the older way"),
    text("workspace_key_prefix", "the prefix of other Terraform workspaces"),
    text("access_key", "").secret(),
    text("secret_key", "").secret(),
    text("token", "").secret(),
    text("sse_customer_key", "").secret(),
];

static AZURERM: &[Key] = &[
    BACKEND,
    text("resource_group_name", "the storage account's resource group"),
    Key::new("storage_account_name", Kind::Text(names::storage_account), "the storage account")
        .required("storage_account_name = \"acmeterraform\""),
    Key::new("container_name", Kind::Text(names::container), "the container")
        .required("container_name = \"tfstate\""),
    text("key", "the blob in the container").required("key = \"coder.tfstate\""),
    text("subscription_id", "the storage account's subscription"),
    text("tenant_id", "the tenant"),
    text("client_id", "the identity to act as"),
    text("environment", "the Azure cloud, such as public"),
    flag("use_azuread_auth", "whether Microsoft Entra ID authorises access to the blob"),
    flag("use_cli", "whether the Azure CLI's login is used"),
    flag("use_msi", "whether a managed identity is used"),
    flag("use_oidc", "whether OpenID Connect is used"),
    flag("snapshot", "whether a snapshot of the blob is taken before each change"),
    text("access_key", "").secret(),
    text("sas_token", "").secret(),
    text("client_secret", "").secret(),
    text("client_certificate", "").secret(),
    text("client_certificate_password", "").secret(),
    text("oidc_token", "").secret(),
    text("oidc_request_token", "").secret(),
];
