//! The releases that machines install, each with what vouches for it: Coder's by minor, and the Terraform that goes with each.

use serde::{Deserialize, Serialize};

use super::{RELEASES, TERRAFORMS};
use crate::sizing::Figure;

/// Coder's newest stable release with public evidence (coder/coder releases, stable channel).
pub const CODER_VERSION: &str = "2.36.6";

/// When that was looked up: what is written beside a release must stay true while the release is kept.
pub const CODER_AS_OF: &str = "September 2026";

/// PostgreSQL's major version. Coder needs 13 or newer and its own material uses 14 to 17; all three clouds offer 17.
pub const POSTGRES_VERSION: u32 = 17;

/// Open connections a coderd replica may hold. Coder's own deployment saturated 10 and settled on 30 open and 15 idle
/// (coder/coder #21572, #17876).
pub const MAX_OPEN_CONNECTIONS: u32 = 30;

/// Kubernetes on EKS and AKS: standard support until 2027-03-27 on EKS (endoflife.date, "Amazon EKS"); GKE's release channel
/// chooses for itself.
pub const KUBERNETES_VERSION: &str = "1.35";

/// A minor release of Coder.
#[derive(Debug, PartialEq)]
pub struct Release {
    /// Major and minor: 2, 36.
    pub minor: (u32, u32),
    /// The day of its first release, as 2026-08-04; empty where no source names it.
    pub date: &'static str,
    /// The newest release of it that a source names; empty where none is named.
    pub latest: &'static str,
    /// How long it is looked after.
    pub channel: Channel,
    /// The Terraform that its provisioner daemons are given.
    pub terraform: &'static str,
    /// Whether it bundles that Terraform, or is only known to accept it.
    pub bundles: bool,
    /// Where that is known from.
    pub source: &'static str,
}

/// How long a release of Coder is looked after ("Releases" of its documentation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Channel {
    /// The newest one.
    Mainline,
    /// The one before it.
    Stable,
    /// The one before that: security fixes only.
    Security,
    /// Extended support: critical and security fixes, for longer.
    Extended,
    /// No fixes any more.
    Unsupported,
    /// No source says.
    Unknown,
}

impl Channel {
    /// As tables call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mainline => "mainline",
            Self::Stable => "stable",
            Self::Security => "security fixes",
            Self::Extended => "extended (ESR)",
            Self::Unsupported => "not supported",
            Self::Unknown => "unknown",
        }
    }
}

/// A release of Terraform.
#[derive(Debug, PartialEq)]
pub struct Terraform {
    /// Its version.
    pub version: &'static str,
    /// The sha256 of its archives for Linux.
    pub sha256: Checksums<&'static str>,
}

/// The sha256 of a release's artefact for each architecture that a machine may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checksums<T> {
    /// For x86 processors.
    pub amd64: T,
    /// For ARM processors.
    pub arm64: T,
}

/// What the table says of a version of Coder.
#[derive(Debug, PartialEq)]
pub enum Known {
    /// Its minor is in the table.
    Listed(&'static Release),
    /// It is older than all of them; the oldest.
    Older(&'static Release),
    /// It is newer than all of them, or lies between two; the newest that is not newer than it.
    Beyond(&'static Release),
}

/// All minor releases, the oldest first.
pub fn releases() -> &'static [Release] {
    RELEASES
}

/// What is known of a version of Coder, such as `2.36.6`; `None` where the table is empty or the text is no version.
pub fn coder(version: &str) -> Option<Known> {
    let minor = minor(version)?;
    let not_newer = RELEASES.iter().rev().find(|release| release.minor <= minor);
    Some(match not_newer {
        Some(release) if release.minor == minor => Known::Listed(release),
        Some(release) => Known::Beyond(release),
        None => Known::Older(RELEASES.first()?),
    })
}

/// Major and minor of a version.
pub fn minor(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The release of Terraform of that version; a test holds that every release of Coder has one.
pub fn terraform(version: &str) -> Option<&'static Terraform> {
    TERRAFORMS.iter().find(|terraform| terraform.version == version)
}

/// [`KUBERNETES_VERSION`] and why that one.
pub fn kubernetes() -> Figure<String> {
    Figure {
        value: KUBERNETES_VERSION.to_owned(),
        reason: "in standard support until 2027-03 on EKS; raise it by one minor at a time".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_follow_each_other_and_each_has_its_terraform() {
        assert!(RELEASES.windows(2).all(|pair| pair[0].minor < pair[1].minor));
        for release in RELEASES {
            assert!(terraform(release.terraform).is_some(), "{release:?}");
            assert!(release.latest.is_empty() || minor(release.latest) == Some(release.minor), "{release:?}");
        }
        let Some(Known::Listed(default)) = coder(CODER_VERSION) else { panic!("the default is listed") };
        assert_eq!((default.channel, default.latest), (Channel::Stable, CODER_VERSION));
    }

    #[test]
    fn what_is_not_listed_is_older_or_beyond() {
        assert!(matches!(coder("2.28.11"), Some(Known::Older(release)) if release.minor == (2, 29)));
        assert!(matches!(coder("2.99.0"), Some(Known::Beyond(release)) if release.minor == (2, 38)));
        assert!(matches!(coder("3.0.0"), Some(Known::Beyond(_))));
        assert!(matches!(coder("2.29.19"), Some(Known::Listed(release)) if release.terraform == "1.14.5"));
    }
}
