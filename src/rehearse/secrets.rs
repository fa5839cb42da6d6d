//! Whether what was stored through write-only arguments stayed out of the state, and so out of outputs and user data.
//! The engine keeps ephemeral values out by itself; this finds the secret that came as a plain variable, or was copied.

use std::io::Read as _;

use base64::Engine as _;
use serde_json::Value;

/// Shorter values stand in any state by chance.
const SHORTEST: usize = 8;

/// The largest text that is looked into once unpacked, in bytes: user data ends at 16 KB, custom data at 64 KB.
const LARGEST: u64 = 1 << 20;

/// A value that only the simulated cloud may hold, and the argument that brought it there.
pub struct Secret {
    /// `<type>.<argument>`.
    pub argument: String,
    /// The value.
    pub value: String,
}

/// Sentences on every secret that stands in a state, as it is or packed as user data is.
pub fn leaks(state: &Value, secrets: &[Secret]) -> Vec<String> {
    let secrets: Vec<&Secret> = secrets.iter().filter(|secret| secret.value.len() >= SHORTEST).collect();
    let mut found = Vec::new();
    if !secrets.is_empty() {
        look(state, "", &secrets, &mut found);
    }
    found.sort();
    found.dedup();
    found
}

fn look(value: &Value, place: &str, secrets: &[&Secret], found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let unpacked = unpacked(text);
            let texts = [Some(text.as_str()), unpacked.as_deref()];
            for secret in secrets {
                if texts.iter().flatten().any(|text| text.contains(&secret.value)) {
                    found.push(format!("What {} holds also stands in {place}.", secret.argument));
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| look(value, place, secrets, found)),
        Value::Object(entries) => {
            // The state's own frame says nothing to the reader; a resource's type and name do.
            let own = |key: &str| entries.get(key).and_then(Value::as_str);
            let named = match (own("type"), own("name"), own("mode")) {
                (Some(of), Some(name), Some(_)) => format!("{of}.{name}"),
                _ => place.to_owned(),
            };
            for (key, value) in entries {
                let inner = match key.as_str() {
                    "resources" | "instances" | "attributes" => named.clone(),
                    key if named.is_empty() => key.to_owned(),
                    key => format!("{named}.{key}"),
                };
                look(value, &inner, secrets, found);
            }
        }
        _ => {}
    }
}

/// The text behind base64 and gzip, as machines get their user data.
fn unpacked(text: &str) -> Option<String> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
    let mut plain = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::GzDecoder::new(bytes.as_slice()).take(LARGEST).read_to_end(&mut plain).ok()?;
    } else {
        plain = bytes;
    }
    Some(String::from_utf8_lossy(&plain).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_found_in_clear_and_packed() {
        let secrets = [Secret {
            argument: "aws_db_instance.password_wo".to_owned(),
            value: "hunter2-hunter2".to_owned(),
        }];
        let packed = base64::engine::general_purpose::STANDARD
            .encode("#!/bin/sh\nexport PGPASSWORD=hunter2-hunter2\n");
        let state = |value: &str| json!({"resources": [{"mode": "managed", "type": "aws_instance", "name": "this", "instances": [{"attributes": {"user_data": value}}]}]});
        let told = ["What aws_db_instance.password_wo holds also stands in aws_instance.this.user_data."];
        assert_eq!(leaks(&state("hunter2-hunter2"), &secrets), told);
        assert_eq!(leaks(&state(&packed), &secrets), told);
        assert!(leaks(&state("hunter"), &secrets).is_empty());
        let output = json!({"outputs": {"url": {"value": "postgres://coder:hunter2-hunter2@db"}}});
        assert_eq!(
            leaks(&output, &secrets),
            ["What aws_db_instance.password_wo holds also stands in outputs.url.value."]
        );
    }
}
