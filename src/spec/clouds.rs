//! What single strings must look like on the cloud that they are for: zones, certificates, tags. Each check says what is wrong, what the rule is and what to write instead.

use super::Cloud;
use super::names::{self, LETTER, LOWER_OR_DIGIT, Pattern, Set};
use super::networks;
use super::wording::{bare, quoted};
use crate::diagnostic::Diagnostic;

/// A value that passes for a key whose values are each cloud's own, as TOML.
pub(super) fn example(cloud: Cloud, key: &str) -> Option<&'static str> {
    let (gcp, aws, azure) = match key {
        "region" => ("\"us-central1\"", "\"us-east-1\"", "\"eastus\""),
        "zones" => {
            ("[\"us-central1-a\", \"us-central1-b\"]", "[\"us-east-1a\", \"us-east-1b\"]", "[\"1\", \"2\"]")
        }
        "dns_zone" => ("\"acme-dev\"", "\"Z0123456789ABCDEFGHIJ\"", "\"acme.dev\""),
        "certificate" => (
            "\"projects/acme-prod/locations/global/certificates/coder\"",
            "\"arn:aws:acm:us-east-1:123456789012:certificate/7f1b4a9e-5f0c-4c38-9d7e-1f2a3b4c5d6e\"",
            "\"https://acme-certs.vault.azure.net/secrets/coder\"",
        ),
        _ => return None,
    };
    Some(match cloud {
        Cloud::Gcp => gcp,
        Cloud::Aws => aws,
        Cloud::Azure => azure,
    })
}

/// `region`.
pub(super) fn region(cloud: Cloud, text: &str) -> Result<(), Diagnostic> {
    names::region(text).map_err(|fault| {
        // Azure's portal shows another name than its programs take.
        let short = text.to_lowercase().replace(' ', "");
        match cloud == Cloud::Azure && names::region(&short).is_ok() {
            true => fault.help(format!("write \"{short}\"")),
            false => fault,
        }
    })
}

/// `network.zones`.
pub(super) fn zone(cloud: Cloud, text: &str) -> Result<(), Diagnostic> {
    const GCP: Pattern = Pattern::new("a zone of Google Cloud", 2..41, "us-central1-a");
    const AWS: Pattern = Pattern::new("an availability zone", 2..41, "us-east-1a");
    match cloud {
        Cloud::Gcp => GCP.check(text),
        Cloud::Aws => AWS.check(text),
        Cloud::Azure => match text {
            "1" | "2" | "3" => Ok(()),
            _ => Err(Diagnostic::at(0..text.len(), format!("{} is not an availability zone", quoted(text)))
                .note("Azure calls the zones of every region 1, 2 and 3")
                .help("write \"1\", \"2\" or \"3\"")),
        },
    }
}

/// `access.dns_zone`: a managed zone, in the way that the cloud names it.
pub(super) fn dns_zone(cloud: Cloud, text: &str) -> Result<(), Diagnostic> {
    match cloud {
        Cloud::Gcp => gcp_dns_zone(text),
        Cloud::Aws => aws_dns_zone(text),
        Cloud::Azure => match super::access::host_fault(text) {
            None => Ok(()),
            Some(_) => Err(Diagnostic::at(
                0..text.len(),
                format!("{} is not the name of an Azure DNS zone", quoted(text)),
            )
            .note("Azure names a zone after its domain")
            .help("write the domain, such as \"acme.dev\"")),
        },
    }
}

/// The id of a Route 53 hosted zone: several zones may have one name.
fn aws_dns_zone(text: &str) -> Result<(), Diagnostic> {
    const REST: Set =
        Set { words: "upper-case letters and digits", has: |c| c.is_ascii_uppercase() || c.is_ascii_digit() };
    const Z: Set = Set { words: "Z", has: |c| c == 'Z' };
    const PATTERN: Pattern = Pattern {
        first: Z,
        rest: REST,
        last: REST,
        ..Pattern::new("the id of a Route 53 hosted zone", 2..33, "Z0123456789ABCDEFGHIJ")
    };
    PATTERN.check(text).map_err(|fault| {
        fault.help("write the zone's id, not its domain; `aws route53 list-hosted-zones` prints it after /hostedzone/")
    })
}

/// The name of a Cloud DNS managed zone.
fn gcp_dns_zone(text: &str) -> Result<(), Diagnostic> {
    const PATTERN: Pattern = Pattern::new("the name of a Cloud DNS managed zone", 1..64, "acme-dev");
    PATTERN.check(text).map_err(|fault| match text.contains(['.', '/']) {
        true => fault.help(
            "write the zone's name, not its domain or path; `gcloud dns managed-zones list` prints both",
        ),
        false => fault,
    })
}

/// A certificate of Certificate Manager.
fn gcp_certificate(text: &str) -> Result<(), Diagnostic> {
    const NAME: Pattern = Pattern::new("a certificate's name", 1..64, "coder");
    let parts: Vec<&str> = text.splitn(7, '/').collect();
    if let ["projects", owner, "locations", location, "certificates", name] = parts[..]
        && (location == "global" || names::region(location).is_ok())
    {
        if names::project(owner).is_err() {
            let at = "projects/".len();
            let what = format!("names the project {}, which is not a project id", quoted(owner));
            return Err(Diagnostic::at(at..at + owner.len(), what)
                .note("a certificate's id begins with the id of its project, not with the project's number or title")
                .help(format!("write projects/<project>/locations/global/certificates/{}", bare(name))));
        }
        return NAME.check(name).map_err(|fault| fault.shifted(text.len() - name.len()));
    }
    Err(Diagnostic::at(
        0..text.len(),
        format!("{} is not a certificate of Certificate Manager", quoted(text)),
    )
    .note("the load balancer takes certificates of Certificate Manager: the global one at location global, an internal one in its region")
    .help("write projects/<project>/locations/global/certificates/<name>"))
}

/// `access.certificate`: an existing certificate, in the way that the cloud names it.
pub(super) fn certificate(cloud: Cloud, text: &str) -> Result<(), Diagnostic> {
    match cloud {
        Cloud::Gcp => gcp_certificate(text),
        Cloud::Aws => aws_certificate(text),
        Cloud::Azure => azure_certificate(text),
    }
}

/// The ARN of an ACM certificate.
fn aws_certificate(text: &str) -> Result<(), Diagnostic> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if let ["arn", partition, "acm", region, owner, resource] = parts[..]
        && is_partition(partition)
        && names::region(region).is_ok()
        && account(owner).is_ok()
        && resource.strip_prefix("certificate/").is_some_and(is_id)
    {
        return Ok(());
    }
    Err(Diagnostic::at(0..text.len(), format!("{} is not the ARN of an ACM certificate", quoted(text)))
        .note("the load balancer takes certificates of AWS Certificate Manager in its own region")
        .help("write arn:aws:acm:<region>:<account>:certificate/<id>; `aws acm list-certificates` prints it"))
}

/// The secret id of a certificate in a Key Vault, without a version.
fn azure_certificate(text: &str) -> Result<(), Diagnostic> {
    let name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let fault = |what: &str| {
        Diagnostic::at(0..text.len(), format!("{} {what}", quoted(text)))
            .help("write https://<vault>.vault.azure.net/secrets/<certificate>; `az keyvault certificate show` prints it as sid, to be cut before the version")
    };
    let rest = text.strip_prefix("https://").and_then(|rest| rest.split_once("/secrets/"));
    let Some((host, secret)) = rest.filter(|(host, _)| super::access::host_fault(host).is_none()) else {
        return Err(fault("is not the secret id of a certificate in a Key Vault"));
    };
    match secret.split_once('/') {
        None if name(secret) && host.contains(".vault.") => Ok(()),
        Some((secret, version)) if name(secret) && name(version) => Err(fault("names a version")
            .note("with a version in it the gateway would never take up a renewed certificate")
            .help(format!("write \"https://{host}/secrets/{}\"", bare(secret)))),
        _ => Err(fault("is not the secret id of a certificate in a Key Vault")),
    }
}

/// `azure.certificate_vault`: a Key Vault's resource id.
pub(super) fn vault(text: &str) -> Result<(), Diagnostic> {
    resource_id(text, "Microsoft.KeyVault/vaults").map_err(|fault| {
        fault.help("write the vault's id; `az keyvault show --name acme-certs --query id` prints it")
    })
}

/// A resource id of that type: `/subscriptions/<id>/resourceGroups/<name>/providers/<type>/<name>`.
pub(super) fn resource_id(text: &str, of: &str) -> Result<(), Diagnostic> {
    let parts: Vec<&str> = text.split('/').collect();
    if let ["", "subscriptions", subscription, "resourceGroups", group, "providers", provider, kind, name] =
        parts[..]
        && uuid(subscription).is_ok()
        && resource_group(group).is_ok()
        && format!("{provider}/{kind}") == of
        && networks::subnet_name(name).is_ok()
    {
        return Ok(());
    }
    Err(Diagnostic::at(0..text.len(), format!("{} is not the resource id of a {of}", quoted(text))).note(
        format!("such an id is /subscriptions/<subscription>/resourceGroups/<group>/providers/{of}/<name>"),
    ))
}

/// An id of Azure or Entra: 32 hexadecimal digits in five groups.
pub(super) fn uuid(text: &str) -> Result<(), Diagnostic> {
    let groups: Vec<&str> = text.split('-').collect();
    let is_good = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.concat().bytes().all(|b| b.is_ascii_hexdigit());
    match is_good {
        true => Ok(()),
        false => Err(Diagnostic::at(0..text.len(), format!("{} is not an id of Azure", quoted(text)))
            .note("such an id has 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12")
            .help("write one such as \"11111111-2222-3333-4444-555555555555\"")),
    }
}

/// A resource group's name (Azure, "Naming rules and restrictions").
pub(super) fn resource_group(text: &str) -> Result<(), Diagnostic> {
    const REST: Set = Set {
        words: "letters, digits, `-`, `_`, `.` and parentheses",
        has: |c| c.is_ascii_alphanumeric() || "-_.()".contains(c),
    };
    const LAST: Set = Set { words: "anything but `.`", has: |c| c != '.' };
    const PATTERN: Pattern = Pattern {
        first: REST,
        rest: REST,
        last: LAST,
        ..Pattern::new("a resource group's name", 1..91, "acme-coder")
    };
    PATTERN.check(text)
}

/// `aws.account_id`.
pub(super) fn account(text: &str) -> Result<(), Diagnostic> {
    match text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(()),
        false => Err(Diagnostic::at(0..text.len(), format!("{} is not an AWS account id", quoted(text)))
            .note("an account id has 12 digits, leading zeros included")
            .help("write what `aws sts get-caller-identity --query Account` prints, in quotes")),
    }
}

/// `aws.profile`.
pub(super) fn profile(text: &str) -> Result<(), Diagnostic> {
    const REST: Set = Set {
        words: "letters, digits, `-`, `_`, `.`, `@`, `+` and `/`",
        has: |c| c.is_ascii_alphanumeric() || "-_.@+/".contains(c),
    };
    const PATTERN: Pattern = Pattern {
        first: REST,
        rest: REST,
        last: REST,
        ..Pattern::new("a profile's name", 1..129, "acme-prod")
    };
    PATTERN.check(text)
}

/// An entry of `aws.admins`: the ARN of an IAM role or user, not that of a session.
pub(super) fn principal(text: &str) -> Result<(), Diagnostic> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_name = |name: &str| {
        !name.is_empty()
            && name.len() <= 512
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&b))
    };
    let fault = Diagnostic::at(
        0..text.len(),
        format!("names {}, which is not the ARN of an IAM role or user", quoted(text)),
    )
    .help("write one such as \"arn:aws:iam::123456789012:role/platform\"");
    match parts[..] {
        ["arn", partition, "sts", ..] if is_partition(partition) => {
            Err(fault.note("an assumed role is a session; EKS takes the role that it comes from"))
        }
        ["arn", partition, "iam", "", owner, resource]
            if is_partition(partition)
                && account(owner).is_ok()
                && ["role/", "user/"].iter().any(|kind| resource.strip_prefix(kind).is_some_and(is_name)) =>
        {
            Ok(())
        }
        _ => Err(fault),
    }
}

fn is_partition(text: &str) -> bool {
    matches!(text, "aws" | "aws-us-gov")
}

/// How many entries `[tags]` may have, and why no more.
pub(super) const fn tags_at_most(cloud: Cloud) -> (usize, &'static str) {
    match cloud {
        Cloud::Gcp => {
            (60, "Google Cloud takes 64 labels on a resource, some of which are tierform's and its own")
        }
        Cloud::Aws => {
            (40, "AWS takes 50 tags on a resource, some of which are tierform's, EKS's and the autoscaler's")
        }
        Cloud::Azure => (13, "a secret in a Key Vault takes 15 tags, two of which are tierform's"),
    }
}

/// A key of `[tags]`.
pub(super) fn tag_key(cloud: Cloud, text: &str) -> Result<(), Diagnostic> {
    // Google Cloud, "Requirements for labels".
    const GCP: Pattern = Pattern {
        rest: LABEL,
        last: LABEL,
        ..Pattern::new("a label's key on Google Cloud", 1..64, "cost-center")
    };
    // EC2 User Guide, "Tag restrictions": 128 characters.
    const AWS: Pattern = Pattern {
        first: TAG,
        rest: TAG,
        last: TAG,
        ..Pattern::new("a tag's key on AWS", 1..129, "cost-center")
    };
    // Azure, "Use tags to organize your Azure resources": 512 characters, but 128 on storage; no `/` and some others.
    const AZURE: Pattern = Pattern {
        first: LETTER,
        rest: AZURE_TAG,
        last: AZURE_TAG,
        ..Pattern::new("a tag's name on Azure", 1..129, "cost-center")
    };
    let reserved: &[&str] = match cloud {
        Cloud::Gcp => &["goog"],
        Cloud::Aws => &["aws:", "kubernetes.io/", "k8s.io/"],
        Cloud::Azure => &["microsoft", "azure", "windows"],
    };
    match cloud {
        Cloud::Gcp => GCP.check(text)?,
        Cloud::Aws => AWS.check(text)?,
        Cloud::Azure => AZURE.check(text)?,
    }
    let lower = text.to_ascii_lowercase();
    let ours = ["managed-by", "deployment", "role", "name"];
    // Google's keys are lower-case anyway, Azure's are the same in either case; on AWS `Name` is what consoles show.
    let ours = if cloud == Cloud::Gcp { &ours[..2] } else { &ours[..] };
    if ours.contains(&lower.as_str()) || reserved.iter().any(|prefix| lower.starts_with(prefix)) {
        let whose = match cloud {
            Cloud::Gcp => {
                "tierform sets managed-by and deployment itself, Google Cloud sets those that start with `goog`"
            }
            Cloud::Aws => {
                "tierform sets Name, role, managed-by and deployment itself; aws:, kubernetes.io/ and k8s.io/ belong to AWS and Kubernetes"
            }
            Cloud::Azure => {
                "tierform sets name, role, managed-by and deployment itself; those that start with microsoft, azure or windows are Azure's"
            }
        };
        return Err(Diagnostic::at(0..text.len(), format!("{} is reserved", quoted(text)))
            .note(whose)
            .help("choose another key"));
    }
    Ok(())
}

/// A value of `[tags]`.
pub(super) fn tag_value(cloud: Cloud, text: &str) -> Result<(), Diagnostic> {
    const GCP: Pattern = Pattern {
        first: LABEL,
        rest: LABEL,
        last: LABEL,
        ..Pattern::new("a label's value on Google Cloud", 0..64, "platform")
    };
    const AWS: Pattern = Pattern {
        first: TAG,
        rest: TAG,
        last: TAG,
        ..Pattern::new("a tag's value on AWS", 0..257, "platform")
    };
    const AZURE: Pattern = Pattern {
        first: TAG,
        rest: TAG,
        last: TAG,
        ..Pattern::new("a tag's value on Azure", 0..257, "platform")
    };
    match cloud {
        Cloud::Gcp => GCP.check(text),
        Cloud::Aws => AWS.check(text),
        Cloud::Azure => AZURE.check(text),
    }
}

const LABEL: Set = Set {
    words: "lower-case letters, digits, `-` and `_`",
    has: |c| (LOWER_OR_DIGIT.has)(c) || "-_".contains(c),
};
const TAG: Set = Set {
    words: "letters, digits, spaces and + - = . _ : / @",
    has: |c| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c),
};
const AZURE_TAG: Set = Set {
    words: "letters, digits, spaces and + - = . _ : @",
    has: |c| c.is_ascii_alphanumeric() || " +-=._:@".contains(c),
};
