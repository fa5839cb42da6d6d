//! Who is let in: the address ranges and security groups that a resource admits, before and after a change.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::class::{Class, KNOWN_LATER};
use super::table::{self, Note};
use super::value::Value;
use super::when::When;

/// What comes or goes of what is let in.
#[derive(Debug, PartialEq)]
pub struct Opening {
    /// Opened or closed.
    pub class: Class,
    /// The argument that holds the ranges.
    pub argument: Option<&'static str>,
    /// Which come or go, and what stands behind them.
    pub says: String,
}

/// One range that a resource speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Admission {
    /// Whether it is kept out instead of let in.
    is_refusal: bool,
    /// The ports and protocols, as the resource has them.
    to: String,
    /// The range, or the group.
    from: String,
}

/// What is let in, with the row that knows of it.
type Admissions = BTreeMap<Admission, &'static Note>;

/// Names of everyone, by cloud.
const EVERYONE: [&str; 5] = ["0.0.0.0/0", "::/0", "*", "Internet", "Any"];

/// Arguments of a rule that hold who is let in, where a row names the rules as a whole.
const SOURCES: [&str; 10] = [
    "cidr_block",
    "cidr_blocks",
    "cidr_ipv4",
    "cidr_ipv6",
    "ipv6_cidr_blocks",
    "source_address_prefix",
    "source_address_prefixes",
    "source_application_security_group_ids",
    "source_ranges",
    "src_ip_ranges",
];

/// What says which traffic a rule is about.
const TRAFFIC: [&str; 9] = [
    "allow",
    "deny",
    "destination_port_range",
    "destination_port_ranges",
    "from_port",
    "ip_protocol",
    "ports",
    "protocol",
    "to_port",
];

/// What a change of a resource opens and closes; `None` stands for a resource that is not there. Of what comes or goes whole, the row of
/// the table that says so speaks, and the ranges are named in front of it.
pub fn openings(
    kind: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    is_about: &dyn Fn(&Note) -> bool,
) -> Vec<Opening> {
    let (mut old, mut new) = (Admissions::new(), Admissions::new());
    // An argument may take over what another one held.
    for note in table::notes_of(kind).filter(|note| note.is_about_ranges() && is_about(note)) {
        before.into_iter().for_each(|value| admissions(value, note, &mut old));
        after.into_iter().for_each(|value| admissions(value, note, &mut new));
    }
    let whole = match (before, after) {
        (Some(_), Some(_)) => None,
        _ => match table::notes_of(kind)
            .find(|note| are_named(note) && is_of(note, after.is_some()) && is_about(note))
        {
            Some(note) => Some(note),
            // Whoever uses the resource opens or closes something, not the resource.
            None => return Vec::new(),
        },
    };
    let came: Vec<_> = new.iter().filter(|(one, _)| !is_within(one, &old)).collect();
    let went: Vec<_> = old.iter().filter(|(one, _)| !is_within(one, &new)).collect();
    let mut found = Vec::new();
    let mut add =
        |class, all: &[(&Admission, &&'static Note)], is_refusal: bool, one: &str, several: &str| {
            let all: Vec<_> = all.iter().filter(|(one, _)| one.is_refusal == is_refusal).collect();
            let Some((_, note)) = all.first() else { return };
            let verb = if all.len() == 1 { one } else { several };
            let names = listed(all.iter().map(|(one, _)| one.from.as_str()));
            let says = format!("{names} {verb}: {}", whole.unwrap_or(note).says);
            found.push(Opening { class, argument: Some(note.argument), says });
        };
    add(Class::Opened, &came, false, "is let in", "are let in");
    add(Class::Opened, &went, true, "is not kept out any more", "are not kept out any more");
    add(Class::Closed, &went, false, "is not let in any more", "are not let in any more");
    add(Class::Closed, &came, true, "is kept out", "are kept out");
    if let (true, Some(Note { class: Some(class), says, .. })) = (found.is_empty(), whole) {
        found.push(Opening { class: *class, argument: None, says: (*says).to_owned() });
    }
    found
}

/// Whether a row about a whole resource is one that [`openings`] speaks of, with the ranges named.
pub fn are_named(note: &Note) -> bool {
    matches!(note.class, Some(Class::Opened | Class::Closed))
        && matches!(note.when, When::Created | When::Destroyed)
}

fn is_of(note: &Note, is_made: bool) -> bool {
    note.when == if is_made { When::Created } else { When::Destroyed }
}

/// Whether a range is one of these, or inside one of them.
fn is_within(one: &Admission, all: &Admissions) -> bool {
    let range = |text: &str| match EVERYONE.contains(&text) {
        true if text.contains(':') => "::/0".parse().ok(),
        true => "0.0.0.0/0".parse().ok(),
        false => text.parse::<IpNet>().ok().or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?))),
    };
    all.contains_key(one)
        || all.keys().filter(|other| other.is_refusal == one.is_refusal && other.to == one.to).any(|other| {
            matches!((range(&other.from), range(&one.from)), (Some(outer), Some(inner)) if outer.contains(&inner))
        })
}

/// The ranges in words, everyone first and by name.
fn listed<'a>(all: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 8;
    let name = |from: &str| match from {
        KNOWN_LATER => "what only the apply will tell".to_owned(),
        from if EVERYONE.contains(&from) => format!("{from} (everyone)"),
        from => from.to_owned(),
    };
    let mut names: Vec<String> = all.map(name).collect::<BTreeSet<_>>().into_iter().collect();
    names.sort_by_key(|name| !name.ends_with("(everyone)"));
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn admissions(resource: &Value, note: &'static Note, all: &mut Admissions) {
    let traffic = Traffic { is_refusal: false, to: String::new() };
    collect(resource, note.argument, &traffic, &mut |admission| {
        all.insert(admission, note);
    });
}

/// What the blocks around a range say of it.
#[derive(Clone)]
struct Traffic {
    is_refusal: bool,
    to: String,
}

fn collect(value: &Value, path: &str, traffic: &Traffic, take: &mut impl FnMut(Admission)) {
    let mut add = |from: String| {
        let Traffic { is_refusal, to } = traffic.clone();
        take(Admission { is_refusal, to, from });
    };
    match value {
        Value::List(list) => list.iter().for_each(|element| collect(element, path, traffic, take)),
        Value::Map(map) => {
            let word = |name: &str| match map.get(name) {
                Some(Value::Text(text)) => text.to_ascii_lowercase(),
                _ => String::new(),
            };
            if matches!(word("direction").as_str(), "egress" | "outbound")
                || map.get("disabled") == Some(&Value::Bool(true))
            {
                return;
            }
            let mut traffic = traffic.clone();
            traffic.is_refusal |= word("action").starts_with("deny")
                || word("access") == "deny"
                || matches!(map.get("deny"), Some(Value::List(blocks)) if !blocks.is_empty());
            for name in TRAFFIC {
                if let Some(value) = map.get(name).filter(|value| **value != Value::Null) {
                    traffic.to += &format!("{name} {value} ");
                }
            }
            let (name, rest) = path.split_once('.').unwrap_or((path, ""));
            let names: &[&str] = if path.is_empty() { &SOURCES } else { &[name] };
            for value in names.iter().filter_map(|name| map.get(*name)) {
                collect(value, rest, &traffic, take);
            }
        }
        Value::Text(text) if !text.is_empty() => add(text.clone()),
        Value::Unknown(text) => add(text.clone()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    fn rule(access: &str, port: &str, from: &[&str]) -> Value {
        map(&[
            ("access", text(access)),
            ("direction", text("Inbound")),
            ("destination_port_range", text(port)),
            ("source_address_prefixes", Value::List(from.iter().copied().map(text).collect())),
        ])
    }

    fn note(argument: &'static str) -> &'static Note {
        let says = "";
        Box::leak(Box::new(Note { of: "", only: None, argument, when: When::Any, class: None, says }))
    }

    fn group(rules: Vec<Value>) -> Admissions {
        let mut all = Admissions::new();
        admissions(
            &map(&[("security_rule", Value::List(rules))]),
            note("security_rule.source_address_prefixes"),
            &mut all,
        );
        all
    }

    #[test]
    fn a_range_counts_by_its_ports_and_inside_a_wider_one_not_at_all() {
        let old = group(vec![rule("Allow", "443", &["10.0.0.0/8"])]);
        let narrower = group(vec![rule("Allow", "443", &["10.1.0.0/16"])]);
        assert!(narrower.keys().all(|one| is_within(one, &old)), "narrower is no opening");
        assert!(!old.keys().all(|one| is_within(one, &narrower)), "but a closing");
        let another =
            group(vec![rule("Allow", "443", &["10.0.0.0/8"]), rule("Allow", "22", &["10.0.0.0/8"])]);
        assert_eq!(another.keys().filter(|one| !is_within(one, &old)).count(), 1);
        let everyone = group(vec![rule("Allow", "443", &["Internet"])]);
        assert!(old.keys().all(|one| is_within(one, &everyone)));
    }

    #[test]
    fn what_is_refused_and_what_goes_out_lets_nobody_in() {
        assert!(group(vec![rule("Deny", "*", &["*"])]).keys().all(|one| one.is_refusal));
        let out =
            map(&[("direction", text("EGRESS")), ("source_ranges", Value::List(vec![text("0.0.0.0/0")]))]);
        let mut all = Admissions::new();
        admissions(&out, note("source_ranges"), &mut all);
        assert!(all.is_empty());
    }

    #[test]
    fn everyone_is_named_first() {
        assert_eq!(listed(["10.0.0.0/8", "0.0.0.0/0"].into_iter()), "0.0.0.0/0 (everyone) and 10.0.0.0/8");
    }
}
