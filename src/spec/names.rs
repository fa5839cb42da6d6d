//! What single strings must look like: names, ids, versions and paths.
//! Each check says which character or length is wrong, what the rule is and what to write instead.

use std::ops::Range;

use super::wording::quoted;
use crate::diagnostic::Diagnostic;

/// What follows a deployment's name in the names that end soonest, and where they end.
const SUFFIXES: &[(&str, usize)] = &[
    // Google Cloud service account ids: 6 to 30 characters (IAM, "Create service accounts").
    ("-main-nodes", 30),
    // GKE cluster and node pool names: 40 characters (GKE API reference).
    ("-main", 40),
    // Instance groups take 58 characters as the base of their instances' names (Compute Engine API reference).
    ("-provisioners-main", 58),
];

/// The longest `name`: 30 - 11 = 19.
pub const NAME_MAX: usize = {
    let mut longest = usize::MAX;
    let mut at = 0;
    while at < SUFFIXES.len() {
        let (suffix, limit) = SUFFIXES[at];
        if limit - suffix.len() < longest {
            longest = limit - suffix.len();
        }
        at += 1;
    }
    longest
};

/// A set of characters and the words for it.
pub(super) struct Set {
    pub words: &'static str,
    pub has: fn(char) -> bool,
}

/// The rule for one kind of name.
pub(super) struct Pattern {
    /// With its article.
    pub noun: &'static str,
    pub first: Set,
    pub rest: Set,
    pub last: Set,
    pub length: Range<usize>,
    pub example: &'static str,
}

pub(super) const LOWER: Set = Set { words: "a lower-case letter", has: |c| c.is_ascii_lowercase() };
pub(super) const LETTER: Set = Set { words: "a letter", has: |c| c.is_ascii_alphabetic() };
pub(super) const LOWER_OR_DIGIT: Set =
    Set { words: "a lower-case letter or a digit", has: |c| c.is_ascii_lowercase() || c.is_ascii_digit() };
pub(super) const LETTER_OR_DIGIT: Set =
    Set { words: "a letter or a digit", has: |c| c.is_ascii_alphanumeric() };
pub(super) const NAME: Set =
    Set { words: "lower-case letters, digits and `-`", has: |c| in_name(c) || c == '-' };
const BUCKET: Set =
    Set { words: "lower-case letters, digits, `-`, `_` and `.`", has: |c| in_name(c) || "-_.".contains(c) };
pub(super) const MACHINE: Set = Set {
    words: "letters, digits, `-`, `_` and `.`",
    has: |c| c.is_ascii_alphanumeric() || "-_.".contains(c),
};

fn in_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

impl Pattern {
    pub(super) const fn new(noun: &'static str, length: Range<usize>, example: &'static str) -> Pattern {
        Pattern { noun, first: LOWER, rest: NAME, last: LOWER_OR_DIGIT, length, example }
    }

    pub(super) fn check(&self, text: &str) -> Result<(), Diagnostic> {
        let Some((span, why)) = self.fault(text) else { return Ok(()) };
        Err(Diagnostic::at(span, format!("{} is not {}: {why}", quoted(text), self.noun))
            .note(self.rule())
            .help(self.mend(text)))
    }

    /// Where the first fault is, and what it is.
    fn fault(&self, text: &str) -> Option<(Range<usize>, String)> {
        let count = text.chars().count();
        if text.is_empty() && !self.length.contains(&0) {
            return Some((0..0, "it is empty".to_owned()));
        }
        let (mut first, mut last) = (true, None);
        for (at, c) in text.char_indices() {
            let span = at..at + c.len_utf8();
            if !(self.rest.has)(c) {
                return Some((span, format!("it holds `{}`", c.escape_debug())));
            }
            if first && !(self.first.has)(c) {
                return Some((span, format!("it starts with `{c}`")));
            }
            first = false;
            last = Some((span, c));
        }
        if let Some((span, c)) = last.filter(|(_, c)| !(self.last.has)(*c)) {
            return Some((span, format!("it ends with `{c}`")));
        }
        (!self.length.contains(&count)).then(|| {
            (0..text.len(), format!("it is {count} character{} long", if count == 1 { "" } else { "s" }))
        })
    }

    fn rule(&self) -> String {
        let (least, most) = (self.length.start, self.length.end - 1);
        let mut rule = format!("{} has {least} to {most} characters: {}", self.noun, self.rest.words);
        for (verb, end) in [("starts", &self.first), ("ends", &self.last)] {
            if end.words != self.rest.words {
                rule += &format!("; it {verb} with {}", end.words);
            }
        }
        rule
    }

    /// What to write: the same with a character or two mended, if that passes.
    fn mend(&self, text: &str) -> String {
        let mut near = String::new();
        let mut replaced = 0;
        for c in text.trim().chars().take(self.length.end) {
            let c = if (self.rest.has)(c) { c } else { c.to_ascii_lowercase() };
            if (self.rest.has)(c) {
                near.push(c);
            } else {
                near.push('-');
                replaced += 1;
            }
        }
        let near = near.trim_matches('-');
        match !near.is_empty() && replaced <= 2 && !near.contains("--") && self.fault(near).is_none() {
            true => format!("write \"{near}\""),
            false => format!("write one such as \"{}\"", self.example),
        }
    }
}

/// The name of one of `[[clusters]]`.
pub(super) fn cluster(text: &str) -> Result<(), Diagnostic> {
    const PATTERN: Pattern = Pattern::new("a cluster's name", 1..13, "eu");
    /// Keys of subnets beside the clusters' own.
    const TAKEN: [&str; 4] = ["coderd", "gateway", "database", "provisioners"];
    PATTERN.check(text)?;
    if TAKEN.contains(&text) {
        return Err(Diagnostic::at(0..text.len(), format!("{} is the name of something else", quoted(text)))
            .note("resources of the deployment are called after it")
            .help("choose another name, such as \"main\""));
    }
    match text.find("--") {
        Some(at) => Err(Diagnostic::at(at..at + 2, format!("{} holds `--`", quoted(text)))
            .note("Azure refuses such names, and a name should be good on every cloud")
            .help("write one `-`")),
        None => Ok(()),
    }
}

/// `name`.
pub(super) fn deployment(text: &str) -> Result<(), Diagnostic> {
    const PATTERN: Pattern = Pattern::new("a deployment's name", 2..NAME_MAX + 1, "acme-coder");
    PATTERN.check(text).map_err(|fault| {
        let tightest = SUFFIXES.iter().min_by_key(|(suffix, limit)| limit - suffix.len());
        let (suffix, limit) = tightest.copied().unwrap_or_default();
        fault.note(format!(
            "{}; some resources are named after it and `{suffix}`, in {limit} characters",
            PATTERN.rule()
        ))
    })?;
    match text.find("--") {
        Some(at) => Err(Diagnostic::at(at..at + 2, format!("{} holds `--`", quoted(text)))
            .note("Azure Key Vault refuses such names, and a name should be good on every cloud")
            .help("write one `-`")),
        None => Ok(()),
    }
}

/// `gcp.project`: also the older form with a domain, `example.com:acme-prod`.
pub(super) fn project(text: &str) -> Result<(), Diagnostic> {
    const PATTERN: Pattern = Pattern::new("a Google Cloud project id", 6..31, "acme-prod");
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Diagnostic::at(
            0..text.len(),
            format!("{} is a project number, not a project id", quoted(text)),
        )
        .note("service accounts and Cloud SQL connections are named after the id")
        .help("write the id; `gcloud projects describe` prints it as projectId"));
    }
    match text.split_once(':') {
        Some((domain, id)) if super::access::host_fault(domain).is_none() => {
            PATTERN.check(id).map_err(|fault| fault.shifted(domain.len() + 1))
        }
        _ => PATTERN.check(text),
    }
}

/// `region`.
pub(super) fn region(text: &str) -> Result<(), Diagnostic> {
    const PATTERN: Pattern = Pattern::new("a region", 2..41, "us-central1");
    PATTERN.check(text)
}

/// Any `machine`: `n4-standard-8`, `m5.large`, `Standard_D2s_v5`, `db-custom-8-30720`.
pub(super) fn machine(text: &str) -> Result<(), Diagnostic> {
    const PATTERN: Pattern = Pattern {
        first: LETTER,
        rest: MACHINE,
        last: LETTER_OR_DIGIT,
        ..Pattern::new("a machine type", 2..64, "n4-standard-8")
    };
    PATTERN.check(text)
}

/// `coder.version`.
pub(super) fn version(text: &str) -> Result<(), Diagnostic> {
    let number = |part: &str| {
        (1..=5).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let good = |text: &str| text.split('.').count() == 3 && text.split('.').all(number);
    if good(text) {
        return Ok(());
    }
    let fault = Diagnostic::at(0..text.len(), format!("{} is not a release of Coder", quoted(text)));
    Err(match text.strip_prefix('v').filter(|rest| good(rest)) {
        Some(rest) => fault.help(format!("leave out the `v`: \"{rest}\"")),
        None => fault.help("write three numbers, such as \"2.36.6\""),
    })
}

/// `coder.sha256`.
pub(super) fn sha256(text: &str) -> Result<(), Diagnostic> {
    const DIGITS: Set = Set { words: "lower-case hex digits", has: |c| matches!(c, '0'..='9' | 'a'..='f') };
    if let Some((at, c)) = text.char_indices().find(|(_, c)| !(DIGITS.has)(*c)) {
        return Err(Diagnostic::at(
            at..at + c.len_utf8(),
            format!("holds `{}`, which is not one of the {}", c.escape_debug(), DIGITS.words),
        )
        .help("copy the first column of what `sha256sum` prints"));
    }
    match text.len() {
        64 => Ok(()),
        length => {
            Err(Diagnostic::at(0..length, format!("is {length} digits long, but a sha256 has 64 hex digits"))
                .help("copy the first column of what `sha256sum` prints"))
        }
    }
}

/// `output`: a directory below the spec's own.
pub(super) fn output(text: &str) -> Result<(), Diagnostic> {
    let fault = |why: &str| {
        Err(Diagnostic::at(0..text.len(), format!("{} {why}", quoted(text)))
            .note("the directory is generated beside the spec, so that both live in one repository")
            .help("write a directory below the spec's own, such as \"infra\", or use `--out`"))
    };
    let drive = text.len() >= 2 && text.as_bytes()[0].is_ascii_alphabetic() && text.as_bytes()[1] == b':';
    if text.trim().is_empty() {
        return fault("is empty");
    }
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        return fault(&format!("holds the control character `{}`", c.escape_debug()));
    }
    if text.starts_with(['/', '~']) || drive {
        return fault("is not relative to the spec");
    }
    // Whatever some shell or file system reads as more than a name is left out; a space only asks for quotes.
    if let Some(c) = text.chars().find(|c| !c.is_alphanumeric() && !"-_. /".contains(*c)) {
        return fault(&format!("holds `{c}`"));
    }
    if text.split('/').any(|part| part == "..") {
        return fault("leads out of the spec's directory");
    }
    if text.split('/').all(|part| part.is_empty() || part == ".") {
        return fault("is the spec's own directory");
    }
    if text.split('/').any(|part| part.starts_with('.') && part != ".") {
        return fault("has a part that starts with a dot").map_err(|fault| {
            fault
                .note("directories such as .git, .terraform and .tierform belong to the tools that make them")
        });
    }
    match text.split('/').any(|part| part.len() > 255) {
        true => fault("holds a name longer than 255 bytes, which file systems refuse"),
        false => Ok(()),
    }
}

/// `state.bucket` of Cloud Storage and S3.
pub(super) fn bucket(text: &str) -> Result<(), Diagnostic> {
    const PATTERN: Pattern = Pattern {
        first: LOWER_OR_DIGIT,
        rest: BUCKET,
        ..Pattern::new("a bucket's name", 3..223, "acme-terraform")
    };
    PATTERN.check(text).map_err(|fault| match text.contains("://") {
        true => fault.help("write the bucket's name alone, without `gs://` or `s3://`"),
        false => fault,
    })
}

/// `state.storage_account_name`.
pub(super) fn storage_account(text: &str) -> Result<(), Diagnostic> {
    const DIGITS: Set = Set { words: "lower-case letters and digits", has: in_name };
    const PATTERN: Pattern = Pattern {
        first: LOWER_OR_DIGIT,
        rest: DIGITS,
        ..Pattern::new("a storage account's name", 3..25, "acmeterraform")
    };
    PATTERN.check(text)
}

/// `state.container_name`.
pub(super) fn container(text: &str) -> Result<(), Diagnostic> {
    const PATTERN: Pattern =
        Pattern { first: LOWER_OR_DIGIT, ..Pattern::new("a blob container's name", 3..64, "tfstate") };
    PATTERN.check(text)
}

/// Any other argument of a backend: whatever the backend makes of it, on one line.
pub(super) fn argument(text: &str) -> Result<(), Diagnostic> {
    if text.is_empty() {
        return Err(Diagnostic::at(0..0, "is empty").help("write a value, or leave the key out"));
    }
    match text.char_indices().find(|(_, c)| c.is_control()) {
        Some((at, c)) => Err(Diagnostic::at(
            at..at + c.len_utf8(),
            format!("holds the control character `{}`", c.escape_debug()),
        )
        .help("write it on one line")),
        None if text.len() > 1024 => {
            Err(Diagnostic::at(0..text.len(), "is longer than 1,024 bytes").help("shorten it"))
        }
        None => Ok(()),
    }
}
