//! How users reach coderd: the access URL, its wildcard and the mirror of the releases.

use std::ops::Range;

use super::wording::quoted;
use crate::diagnostic::Diagnostic;

/// `access.url`: `https://` and a host name; a lone `/` and `:443` mean the same.
pub(super) fn url(text: &str) -> Result<(), Diagnostic> {
    let host = text.strip_prefix("https://").ok_or_else(|| scheme(text))?;
    let from = text.len() - host.len();
    let fault = |at: usize, part: &str, why: &str| {
        let name: String = hostname(text).into();
        let mend = match host_fault(&name) {
            None => format!("write \"https://{name}\""),
            Some(_) => "write a URL such as \"https://coder.example.com\"".to_owned(),
        };
        Err(Diagnostic::at(at..at + part.len(), format!("{} {why}", quoted(text)))
            .note("coderd answers at the root of its own host name on port 443: cookies and workspace applications hang on it")
            .help(mend))
    };
    let authority = host.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some(at) = authority.rfind('@') {
        return fault(from, &authority[..=at], "names a user");
    }
    let rest = &host[authority.len()..];
    if !matches!(rest, "" | "/") {
        let what = match rest.as_bytes().first() {
            Some(b'?') => "has a query",
            Some(b'#') => "has a fragment",
            _ => "has a path",
        };
        return fault(from + authority.len(), rest, what);
    }
    let port = authority.split_once(':').filter(|(name, port)| *port != "443" && !name.starts_with('['));
    if let Some((name, port)) = port {
        return fault(from + name.len(), &authority[name.len()..], &format!("has the port {}", quoted(port)));
    }
    match host_fault(authority.strip_suffix(":443").unwrap_or(authority)) {
        None => Ok(()),
        Some(bad) => Err(bad.shifted(from)),
    }
}

/// The host name of a URL that [`url`] accepts; of others, what comes nearest.
pub(super) fn hostname(url: &str) -> &str {
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    let authority = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

fn scheme(text: &str) -> Diagnostic {
    let (span, what) = match text.split_once("://") {
        Some((scheme, _)) => (0..scheme.len() + 3, format!("is {}, not https", quoted(scheme))),
        None => (0..text.len(), "does not start with `https://`".to_owned()),
    };
    let host = hostname(text);
    let mend = match host_fault(host) {
        None => format!("write \"https://{host}\""),
        Some(_) => "write a URL such as \"https://coder.example.com\"".to_owned(),
    };
    Diagnostic::at(span, what)
        .note("session tokens travel over this URL; the load balancer ends TLS and redirects http")
        .help(mend)
}

/// What is wrong with a host name, if anything; the span counts from its first byte.
pub(super) fn host_fault(host: &str) -> Option<Diagnostic> {
    let fault = |span: Range<usize>, why: &str| {
        Some(
            Diagnostic::at(span, format!("has the host {}, which {why}", quoted(host)))
                .help("write a host name in your own domain, such as coder.example.com"),
        )
    };
    let whole = 0..host.len();
    if host.is_empty() {
        return fault(whole, "is empty");
    }
    if host.len() > 253 {
        return fault(whole, "is longer than the 253 characters that DNS allows");
    }
    if let Some((at, c)) = host.char_indices().find(|(_, c)| !c.is_ascii_alphanumeric() && !"-.".contains(*c))
    {
        let why = match c {
            '[' => "is an IP address".to_owned(),
            c if c.is_alphanumeric() => {
                format!("holds `{c}`; write such names in their ASCII form, which starts with xn--")
            }
            c => format!("holds `{}`", c.escape_debug()),
        };
        return fault(at..at + c.len_utf8(), &why);
    }
    if let Some(at) = host.find(|c: char| c.is_ascii_uppercase()) {
        return fault(at..at + 1, "holds upper-case letters")
            .map(|fault| fault.help(format!("write {}", host.to_ascii_lowercase())));
    }
    let mut at = 0;
    for label in host.split('.') {
        let span = at..at + label.len();
        at = span.end + 1;
        if label.is_empty() {
            return fault(span.start.saturating_sub(1)..span.start.max(1), "has a dot too many");
        }
        if label.len() > 63 {
            return fault(span, "has a label longer than the 63 characters that DNS allows");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return fault(span, "has a label that starts or ends with `-`");
        }
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return fault(whole, "is an IP address")
            .map(|fault| fault.note("certificates of the load balancer are issued for host names"));
    }
    match host.contains('.') {
        true => None,
        false => fault(whole, "is a single label"),
    }
}

/// `access.wildcard`: `*.` and a domain.
pub(super) fn wildcard(text: &str) -> Result<(), Diagnostic> {
    let Some(base) = text.strip_prefix("*.") else {
        return Err(Diagnostic::at(0..text.len(), format!("{} does not start with `*.`", quoted(text)))
            .note("each workspace application gets a host name of one label in place of the `*`")
            .help("write `*.` and a domain, such as \"*.coder.example.com\""));
    };
    match host_fault(base) {
        None => Ok(()),
        Some(fault) => Err(fault.shifted(2).help("write `*.` and a domain, such as \"*.coder.example.com\"")),
    }
}

/// Whether the wildcard's domain is the host's own, or lies in the domain that the host lies in.
pub(super) fn shares_domain(base: &str, host: &str) -> bool {
    let inside =
        |domain: &str| base.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    // A parent of a single label is a public suffix such as dev, where others' names lie too.
    let parent = host.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'));
    inside(host) || parent.is_some_and(inside)
}

/// `coder.mirror`: machines fetch from it, so it holds nothing that a shell or a URL could take for something else.
pub(super) fn mirror(text: &str) -> Result<(), Diagnostic> {
    let help = "write a URL such as \"https://mirror.example.com/coder\"";
    let rest = text.strip_prefix("https://").ok_or_else(|| {
        Diagnostic::at(0..text.len(), format!("{} does not start with `https://`", quoted(text)))
            .note("the release is checked by its sha256, but its checksum file comes from the same place")
            .help(help)
    })?;
    let from = text.len() - rest.len();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._/:".contains(c);
    if let Some((at, c)) = rest.char_indices().find(|(_, c)| !allowed(*c)) {
        let why = match c {
            '@' => "names a user; a credential would end up in the machines' user data".to_owned(),
            '?' => "has a query; a token would end up in the machines' user data".to_owned(),
            c => format!("holds `{}`", c.escape_debug()),
        };
        let at = from + at;
        return Err(Diagnostic::at(at..at + c.len_utf8(), format!("{} {why}", quoted(text))).help(help));
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    if let Some(fault) = host_fault(host) {
        return Err(fault.shifted(from).help(help));
    }
    let path = &rest[authority.len()..];
    if port.parse::<u16>().map_or(true, |port| port == 0) || port.starts_with('+') {
        return Err(Diagnostic::at(
            from + host.len()..from + authority.len(),
            format!("{} has no valid port", quoted(text)),
        )
        .help(help));
    }
    if path.contains(':') || path.split('/').any(|part| part == "..") {
        return Err(Diagnostic::at(
            text.len() - path.len()..text.len(),
            format!("{} has an odd path", quoted(text)),
        )
        .help(help));
    }
    match text.char_indices().next_back().filter(|(_, last)| !last.is_ascii_alphanumeric()) {
        None => Ok(()),
        Some((at, last)) => {
            Err(Diagnostic::at(at..text.len(), format!("{} ends with `{last}`", quoted(text)))
                .note("the machines append `/`, the release and the file's name")
                .help(if last == '/' { "leave out the last `/`" } else { "end it with a letter or a digit" }))
        }
    }
}
