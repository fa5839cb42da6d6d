//! The functions of Terraform's language that follow from their arguments alone. Where an argument is known only to the cloud, or a
//! result's bytes are the engine's own, there is no value, and the caller keeps the call as a text.
//! Meanings: developer.hashicorp.com/terraform/language/functions.

mod collections;
mod networks;
mod numbers;
mod texts;

use super::value::{Fault, Value};

pub use texts::glob;

/// Functions whose value is another one in every plan, or known only after an apply.
pub const LATE: [&str; 5] = ["timestamp", "uuid", "bcrypt", "plantimestamp", "ephemeralasnull"];

/// Functions of their arguments alone whose results are kept as texts: equal arguments give equal values.
const KEPT: [&str; 23] = [
    "base64gzip",
    "base64sha256",
    "base64sha512",
    "csvdecode",
    "formatdate",
    "indent",
    "log",
    "md5",
    "pathexpand",
    "abspath",
    "rsadecrypt",
    "sha1",
    "sha512",
    "templatestring",
    "textdecodebase64",
    "textencodebase64",
    "timeadd",
    "timecmp",
    "title",
    "type",
    "uuidv5",
    "yamldecode",
    "yamlencode",
];

/// What a function gives: nothing where it cannot be computed here.
pub type Computed = Result<Option<Value>, Fault>;

/// The value of a call.
///
/// # Errors
/// An engine would refuse it.
pub fn call(name: &str, arguments: &[Value]) -> Computed {
    match name {
        "nonsensitive" | "sensitive" => Ok(arguments.first().cloned()),
        "issensitive" => Ok(None),
        _ => {
            for family in FAMILIES {
                if let Some(computed) = family(name, arguments) {
                    return computed;
                }
            }
            Ok(None)
        }
    }
}

/// Whether a function is one that follows from its arguments, though perhaps not one that is computed.
pub fn is_known(name: &str) -> bool {
    KEPT.contains(&name)
        || matches!(name, "nonsensitive" | "sensitive" | "issensitive")
        || FAMILIES.iter().any(|family| family(name, &[]).is_some())
}

/// A family of functions; `None` for a name that is not in it. Without arguments all it tells is that.
type Family = fn(&str, &[Value]) -> Option<Computed>;

const FAMILIES: [Family; 4] = [collections::call, texts::call, numbers::call, networks::call];

fn fault<T>(text: impl Into<String>) -> Result<T, Fault> {
    Err(Fault(text.into()))
}
