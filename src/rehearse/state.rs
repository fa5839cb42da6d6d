//! The state that an engine keeps, read: what there is, by address. A state that cannot be read is an error, never an empty one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

/// The only format that engines of these years write.
const VERSION: u64 = 4;

/// A state.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// As the file has it.
    pub json: Value,
    /// Every instance of a managed resource.
    pub things: Vec<Held>,
}

/// One instance of a managed resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// As a plan prints it.
    pub address: String,
    /// The type.
    pub kind: String,
    /// Its attributes.
    pub attributes: Value,
}

/// Why a state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// There is no file.
    #[error("there is none where the engine was to keep it")]
    Missing,
    /// The file cannot be read.
    #[error("{0}")]
    Io(io::Error),
    /// It is locked up.
    #[error("it is encrypted")]
    Encrypted,
    /// It is something else.
    #[error("it is no state: {0}")]
    NoState(String),
}

impl State {
    /// Reads the state in a file.
    ///
    /// # Errors
    /// When it is not there, or is no state in the clear.
    pub fn read(path: &Path) -> Result<State, Unread> {
        let bytes = fs::read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Unread::Missing,
            _ => Unread::Io(error),
        })?;
        State::parse(&bytes)
    }

    /// Reads a state.
    ///
    /// # Errors
    /// When it is no state in the clear.
    pub fn parse(bytes: &[u8]) -> Result<State, Unread> {
        let json: Value =
            serde_json::from_slice(bytes).map_err(|error| Unread::NoState(error.to_string()))?;
        // OpenTofu, "State and Plan Encryption": the payload stands under this key.
        if json.get("encrypted_data").is_some() {
            return Err(Unread::Encrypted);
        }
        match json.get("version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(version) => return Err(Unread::NoState(format!("its format is {version}, not {VERSION}"))),
            None => return Err(Unread::NoState("it names no format".to_owned())),
        }
        let resources = json.get("resources").and_then(Value::as_array);
        let resources = resources.ok_or_else(|| Unread::NoState("it lists no resources".to_owned()))?;
        let mut things = Vec::new();
        for resource in resources.iter().filter(|resource| resource["mode"] == "managed") {
            let text = |key: &str| resource[key].as_str().unwrap_or_default();
            let module =
                if text("module").is_empty() { String::new() } else { text("module").to_owned() + "." };
            let address = format!("{module}{}.{}", text("type"), text("name"));
            for instance in resource["instances"].as_array().into_iter().flatten() {
                let key = match &instance["index_key"] {
                    Value::Null => String::new(),
                    key => format!("[{key}]"),
                };
                things.push(Held {
                    address: format!("{address}{key}"),
                    kind: text("type").to_owned(),
                    attributes: instance["attributes"].clone(),
                });
            }
        }
        Ok(State { json, things })
    }

    /// How many things there are, by type.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for thing in &self.things {
            *counts.entry(thing.kind.clone()).or_default() += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_state_in_the_clear_is_never_an_empty_one() {
        let why = |text: &str| State::parse(text.as_bytes()).expect_err("it is none").to_string();
        assert_eq!(why("{\"encrypted_data\": \"x\", \"encryption_version\": \"v0\"}"), "it is encrypted");
        assert!(why("").starts_with("it is no state: "));
        assert_eq!(why("{}"), "it is no state: it names no format");
        assert_eq!(why("{\"version\": 5}"), "it is no state: its format is 5, not 4");
        assert_eq!(why("{\"version\": 4}"), "it is no state: it lists no resources");
        let missing = State::read(Path::new("no/such/state")).expect_err("there is none");
        assert_eq!(missing.to_string(), "there is none where the engine was to keep it");
    }

    #[test]
    fn things_are_known_by_the_addresses_of_plans() {
        let state = State::parse(
            br#"{"version": 4, "resources": [
              {"module": "module.site[\"eu\"]", "mode": "managed", "type": "aws_lb", "name": "this", "instances": [{"index_key": 0, "attributes": {"id": "x"}}]},
              {"mode": "data", "type": "aws_lb", "name": "that", "instances": [{}]},
              {"mode": "managed", "type": "aws_lb", "name": "that", "instances": [{"index_key": "a"}, {}]}]}"#,
        )
        .expect("it is one");
        let addresses: Vec<&str> = state.things.iter().map(|thing| thing.address.as_str()).collect();
        assert_eq!(addresses, ["module.site[\"eu\"].aws_lb.this[0]", "aws_lb.that[\"a\"]", "aws_lb.that"]);
        assert_eq!(state.counts()["aws_lb"], 3);
    }
}
