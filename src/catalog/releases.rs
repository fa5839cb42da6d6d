//! The releases that machines install by default, each with what vouches for it.

use serde::{Deserialize, Serialize};

use crate::sizing::Figure;

/// Coder's newest stable release with public evidence (coder/coder releases, stable channel, November 2026).
pub const CODER_VERSION: &str = "2.36.6";

/// The Terraform that provisioner daemons run. Coder 2.36 and 2.37 bundle 1.15.5 (coder/coder `install.go`): a version on
/// PATH up to the bundled minor is used as it is, another one is downloaded into each daemon's cache.
pub const TERRAFORM_VERSION: &str = "1.15.5";

/// PostgreSQL's major version. Coder needs 13 or newer and its own material uses 14 to 17; all three clouds offer 17.
pub const POSTGRES_VERSION: u32 = 17;

/// Open connections a coderd replica may hold. Coder's own deployment saturated 10 and settled on 30 open and 15 idle
/// (coder/coder #21572, #17876).
pub const MAX_OPEN_CONNECTIONS: u32 = 30;

/// sha256 of that Terraform's `linux_amd64.zip` and `linux_arm64.zip`, as in HashiCorp's published `SHA256SUMS` (the same in two
/// Homebrew formulae for 1.15.5).
pub const TERRAFORM_SHA256: Checksums<&str> = Checksums {
    amd64: "702b2136af6728c8ff037f843dd2dbce2b7ad88786b7381d1d72aefa250f601c",
    arm64: "06e7b48de826146c6d9331ba35b13da12332d8392be30d1dd6b789ba4713fff0",
};

/// The sha256 of a release's artefact for each architecture that a machine may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checksums<T> {
    /// For x86 processors.
    pub amd64: T,
    /// For ARM processors.
    pub arm64: T,
}

/// Kubernetes on EKS and AKS: standard support until 2027-03-27 on EKS (endoflife.date, "Amazon EKS"); GKE's release channel
/// chooses for itself.
pub const KUBERNETES_VERSION: &str = "1.35";

/// [`KUBERNETES_VERSION`] and why that one.
pub fn kubernetes() -> Figure<String> {
    Figure {
        value: KUBERNETES_VERSION.to_owned(),
        reason: "in standard support when this tierform was made; raise it by one minor at a time".to_owned(),
    }
}
