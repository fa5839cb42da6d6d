//! Decided values in the place of today's: a merge of three plans. What today's catalog makes of the spec and of the spec
//! before tells which values the spec's change moves; all others stay as they were decided.

use serde_json::{Map, Value};

/// Keys that name an entry of a list of objects, so that it is found again wherever it stands.
const NAMES: [&str; 2] = ["name", "key"];

/// Parts that only go together: taken from one side as a whole.
const TOGETHER: &[&[&str]] = &[
    // A disk type is one that the machine takes.
    &["machine_type", "vcpus", "memory_gib", "family", "disk_type"],
    // Zones, and how many they are.
    &["zones", "zone_count"],
    // A release and its checksums.
    &["version", "sha256"],
    // A figure and its reason.
    &["value", "reason"],
    // What a workspace requests.
    &["cpu", "memory", "reason"],
    // What binds a node's density.
    &["per_node", "bound_by", "limits"],
];

/// The plan that is in force: `now` is what today's catalog makes of the spec, `before` what it makes of the spec that the
/// directory was generated for, and `held` what was decided then.
pub fn settle(now: &Value, before: &Value, held: &Value) -> Value {
    match (now, before, held) {
        (Value::Object(now), Value::Object(before), Value::Object(held)) => object(now, before, held),
        (Value::Array(now), Value::Array(before), Value::Array(held)) if is_named(now) => {
            let entry = |entry: &Value| {
                let (before, held) = (same_name(entry, before), same_name(entry, held));
                before.zip(held).map_or_else(|| entry.clone(), |(before, held)| settle(entry, before, held))
            };
            Value::Array(now.iter().map(entry).collect())
        }
        _ if now == before => held.clone(),
        (Value::Array(now), Value::Array(before), Value::Array(held)) if is_said(now) || is_said(held) => {
            Value::Array(said(now, before, held))
        }
        _ => now.clone(),
    }
}

/// Warnings: those of one code stay as a whole, and so does that there were none.
fn said(now: &[Value], before: &[Value], held: &[Value]) -> Vec<Value> {
    let of = |list: &'_ [Value], code: &Value| -> Vec<Value> {
        list.iter().filter(|warning| warning["code"] == *code).cloned().collect()
    };
    let mut codes: Vec<&Value> = Vec::new();
    for code in now.iter().chain(held).map(|warning| &warning["code"]) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let each = |code: &Value| {
        let now = of(now, code);
        if now == of(before, code) { of(held, code) } else { now }
    };
    codes.into_iter().flat_map(each).collect()
}

/// Whether a list is one of warnings.
fn is_said(list: &[Value]) -> bool {
    !list.is_empty() && list.iter().all(|entry| entry["code"].is_string())
}

fn object(now: &Map<String, Value>, before: &Map<String, Value>, held: &Map<String, Value>) -> Value {
    let together = |name: &str| {
        let mut groups = TOGETHER.iter().filter(|group| group.iter().all(|part| now.contains_key(*part)));
        groups.find(|group| group.contains(&name))
    };
    let entry = |(name, value): (&String, &Value)| {
        let (Some(old), Some(decided)) = (before.get(name), held.get(name)) else { return value.clone() };
        match together(name) {
            // As a whole from one side, and only where that side has all of it.
            Some(group) if group.iter().all(|part| now.get(*part) == before.get(*part)) => {
                if group.iter().all(|part| held.contains_key(*part)) {
                    decided.clone()
                } else {
                    value.clone()
                }
            }
            Some(_) => value.clone(),
            None => settle(value, old, decided),
        }
    };
    Value::Object(now.iter().map(|(name, value)| (name.clone(), entry((name, value)))).collect())
}

/// Whether the entries of a list have names by which they are found in another one. Those are the spec's own: quotas, whose names
/// follow from the machines, are one decision as a whole.
fn is_named(list: &[Value]) -> bool {
    let is_named =
        |entry: &Value| NAMES.iter().any(|name| entry[name].is_string()) && entry["scope"].is_null();
    !list.is_empty() && list.iter().all(is_named)
}

/// The entry of a list with the same names.
fn same_name<'a>(entry: &Value, list: &'a [Value]) -> Option<&'a Value> {
    list.iter().find(|other| NAMES.iter().all(|name| entry[name] == other[name]))
}

/// A value that two plans decide differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where it is: `coderd.machine.machine_type`.
    pub path: String,
    /// The one's value; nothing where it has none.
    pub old: Option<String>,
    /// The other's.
    pub new: Option<String>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |value: &Option<String>| value.as_deref().unwrap_or("nothing").to_owned();
        write!(f, "{}: {} → {}", self.path, text(&self.old), text(&self.new))
    }
}

/// Every value that differs between two plans, reasons, quotas and warnings left out: they follow from the others.
pub fn differences(old: &Value, new: &Value) -> Vec<Difference> {
    let mut all = Vec::new();
    compare(Some(old), Some(new), "", &mut all);
    all
}

fn compare(old: Option<&Value>, new: Option<&Value>, path: &str, all: &mut Vec<Difference>) {
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (old, new) {
        (Some(old), Some(new)) if old == new => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let more = new.keys().filter(|name| !old.contains_key(*name));
            for name in old
                .keys()
                .chain(more)
                .filter(|name| !matches!(name.as_str(), "reason" | "quotas" | "warnings"))
            {
                // A figure goes by its own name.
                let path = if name == "value" { path.to_owned() } else { join(name) };
                compare(old.get(name), new.get(name), &path, all);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if is_named(old) && is_named(new) => {
            let name = |entry: &Value| NAMES.iter().find_map(|name| entry[name].as_str()).map(str::to_owned);
            for entry in old {
                compare(Some(entry), same_name(entry, new), &join(&name(entry).unwrap_or_default()), all);
            }
            for entry in new.iter().filter(|entry| same_name(entry, old).is_none()) {
                compare(None, Some(entry), &join(&name(entry).unwrap_or_default()), all);
            }
        }
        (old, new) => {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            all.push(Difference { path: path.to_owned(), old: old.map(text), new: new.map(text) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn figure(value: impl Into<Value>, reason: &str) -> Value {
        json!({"value": value.into(), "reason": reason})
    }

    #[test]
    fn what_the_spec_does_not_move_stays_as_it_was_decided() {
        let now = json!({"disk": figure(30, "the system"), "replicas": figure(3, "tier 1k")});
        let held = json!({"disk": figure(25, "small"), "replicas": figure(4, "tier 1k")});
        assert_eq!(settle(&now, &now, &held), held);
        let asked = json!({"disk": figure(30, "the system"), "replicas": figure(3, "coderd.replicas")});
        let settled = settle(&asked, &now, &held);
        assert_eq!(settled["disk"], held["disk"]);
        assert_eq!(settled["replicas"], asked["replicas"], "asked for by the spec, the same figure or not");
    }

    #[test]
    fn a_disk_type_goes_with_its_machine() {
        let machine = |name: &str, disk: &str, gb: u32| {
            json!({"machine_type": figure(name, ""), "vcpus": 2, "memory_gib": 8.0, "family": name, "disk_type": disk,
                "disk_gb": figure(gb, "")})
        };
        let (before, now) = (machine("n4", "hyperdisk", 30), machine("c4", "hyperdisk", 30));
        let held = machine("n2", "pd-ssd", 25);
        assert_eq!(settle(&now, &before, &held), machine("c4", "hyperdisk", 25));
        assert_eq!(settle(&before, &before, &held), held);
    }

    #[test]
    fn entries_are_found_by_their_names_and_new_ones_are_todays() {
        let list = |entries: &[(&str, u32)]| -> Value {
            entries.iter().map(|(name, nodes)| json!({"name": name, "nodes": nodes})).collect()
        };
        let settled = settle(
            &list(&[("eu", 3), ("main", 5), ("us", 7)]),
            &list(&[("main", 5), ("eu", 3)]),
            &list(&[("main", 9), ("eu", 4)]),
        );
        assert_eq!(settled, list(&[("eu", 4), ("main", 9), ("us", 7)]));
    }

    #[test]
    fn warnings_are_of_what_was_decided_and_of_what_the_spec_moves() {
        let warning = |code: &str, message: &str| json!({"code": code, "message": message});
        let (few, node) = (warning("few", "27 daemons"), warning("node", "16 workspaces"));
        let held = json!([warning("few", "24 daemons"), warning("old", "as it was")]);
        let now = json!([few, node]);
        assert_eq!(settle(&now, &now, &held), held);
        // The spec's change brings one and takes none of the others.
        assert_eq!(settle(&now, &json!([few]), &held), json!([held[0], node, held[1]]));
        assert_eq!(settle(&json!([few]), &json!([few, node]), &json!([node])), json!([]));
        assert_eq!(settle(&json!([]), &json!([few]), &json!([few])), json!([]));
    }

    #[test]
    fn quotas_are_one_decision() {
        let quota = |name: &str, min: u32| json!({"name": name, "scope": "us-central1", "min": min});
        let now = json!([quota("C4 CPUs", 148), quota("VM instances", 11)]);
        let held = json!([quota("N4 CPUs", 100), quota("VM instances", 9), quota("Disks", 1)]);
        assert_eq!(settle(&now, &now, &held), held);
        let before = json!([quota("C4 CPUs", 140), quota("VM instances", 11)]);
        assert_eq!(settle(&now, &before, &held), now);
    }

    #[test]
    fn a_key_that_the_record_does_not_know_is_todays_and_one_that_only_it_knows_is_gone() {
        assert_eq!(
            settle(&json!({"a": 1, "b": 2}), &json!({"a": 1, "b": 2}), &json!({"a": 5, "c": 3})),
            json!({"a": 5, "b": 2})
        );
    }

    #[test]
    fn differences_go_by_path_and_leave_reasons_out() {
        let old = json!({"coderd": {"disk": figure(25, "x")}, "clusters": [{"name": "main", "nodes": figure(3, "y")}], "zones": ["a"]});
        let new = json!({"coderd": {"disk": figure(30, "z")}, "clusters": [{"name": "main", "nodes": figure(3, "q")}], "zones": ["a", "b"]});
        let found: Vec<_> =
            differences(&old, &new).into_iter().map(|one| (one.path, one.old, one.new)).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [
                ("coderd.disk".to_owned(), text("25"), text("30")),
                ("zones".to_owned(), text("[\"a\"]"), text("[\"a\",\"b\"]"))
            ]
        );
        assert!(differences(&old, &old).is_empty());
    }
}
