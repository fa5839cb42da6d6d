//! Values that a template cannot make: those that follow from other values by more than their names.
//! Sources stand with each function.

use super::azure_regions;
use super::change::empty;
use super::dummy::{Subject, convert};
use super::policy;
use super::recomputed;
use super::schema::Block;
use super::shapes::REPORTED;
use super::value::{Object, Value};

/// The whole value of an attribute that is computed here; none for any other.
pub fn value(subject: &Subject, path: &str, known: &Object) -> Option<Value> {
    match (subject.type_name, path) {
        ("aws_acm_certificate", "domain_validation_options") => {
            Some(validation_options(known, Some(subject)))
        }
        ("aws_iam_policy_document", "json") => policy::document(known).map(Value::Text),
        ("aws_iam_policy_document", "minified_json") => {
            Some(policy::minified(&policy::document(known)?).into())
        }
        ("aws_iam_session_context", "issuer_arn") => issuer(known).map(Value::Text),
        ("aws_availability_zones", "names") => Some(texts(zones(subject.setting("region")?))),
        ("aws_availability_zones", "zone_ids") => {
            let region = subject.setting("region")?;
            let count = zones(region).len();
            Some(texts((1..=count).map(|number| format!("{}-az{number}", region.replace('-', ""))).collect()))
        }
        ("aws_subnet", "availability_zone") => Some(zone_of(known, subject.setting("region")?).into()),
        ("aws_rds_orderable_db_instance", "instance_class") => preferred(known, "preferred_instance_classes"),
        ("aws_rds_orderable_db_instance", "engine_version") => preferred(known, "preferred_engine_versions"),
        // AKS, "Create a private cluster": the name is there for such a cluster alone.
        ("azurerm_kubernetes_cluster", "private_fqdn")
            if known.get("private_cluster_enabled") == Some(&Value::Bool(true)) =>
        {
            let text = |name: &str| known.get(name).and_then(Value::as_str);
            let (prefix, location) = (text("dns_prefix")?, text("location")?);
            Some(
                format!(
                    "{prefix}-0a1b2c3d.0a1b2c3d-0000-4000-8000-000000000000.privatelink.{location}.azmk8s.io"
                )
                .into(),
            )
        }
        ("azurerm_location", "zone_mappings") => Some(zone_mappings(known)),
        // Of a data source: the ranges of a subnet of the user's own, in sizes that GKE takes.
        ("google_compute_subnetwork", "secondary_ip_range") => Some(Value::List(
            [("pods", "10.128.0.0/14"), ("services", "10.132.0.0/20")].map(secondary).into(),
        )),
        _ => None,
    }
}

/// What the plan knows beyond the configuration, and what a change makes unknown again.
pub fn plan(type_name: &str, prior: &Value, planned: &mut Value) {
    let changed = |name: &str| prior.get(name) != planned.get(name);
    let again = match prior.is_null() {
        true => Vec::new(),
        false => recomputed::names(type_name, prior != planned, changed),
    };
    let Value::Map(entries) = planned else { return };
    for name in again {
        entries.insert(name.to_owned(), Value::Unknown);
    }
    let created = type_name == "aws_acm_certificate" && prior.is_null();
    if created && entries.get("domain_name").is_some_and(Value::is_set) {
        let options = validation_options(entries, None);
        entries.insert("domain_validation_options".to_owned(), options);
    }
}

/// Numbers that follow from what was there before the apply.
pub fn advance(type_name: &str, prior: &Value, planned: &mut Value) {
    if let ("aws_launch_template", Some(version), Value::Map(entries)) =
        (type_name, prior.get("latest_version").and_then(Value::as_f64), planned)
        && entries.get("latest_version") == Some(&Value::Unknown)
    {
        #[allow(clippy::cast_possible_truncation)]
        entries.insert("latest_version".to_owned(), Value::Int(version as i64 + 1));
    }
}

/// Ids that follow from blocks.
pub fn finish(type_name: &str, state: &mut Value) {
    let Value::Map(entries) = state else { return };
    if type_name == "azurerm_application_gateway" {
        number_parts(entries);
    }
    // Kubernetes provider documentation, "Import": `namespace/name`, or the name of what has no namespace.
    if type_name.starts_with("kubernetes_") {
        let metadata = entries.get("metadata").and_then(|metadata| metadata.items().first()).cloned();
        let Some(metadata) = metadata else { return };
        let Some(name) = metadata.text("name") else { return };
        let id = match (metadata.get("namespace"), metadata.text("namespace")) {
            (Some(_), namespace) => format!("{}/{name}", namespace.unwrap_or("default")),
            (None, _) => name.to_owned(),
        };
        entries.insert("id".to_owned(), id.into());
    }
}

/// Azure Resource Manager: the parts of a gateway have ids below its own.
fn number_parts(gateway: &mut Object) {
    let id = gateway.get("id").map(Value::display).unwrap_or_default();
    for (collection, parts) in gateway.iter_mut() {
        let Value::List(parts) = parts else { continue };
        for part in parts {
            let Value::Map(entries) = part else { continue };
            if let (Some(name), true) = (entries.get("name").map(Value::display), entries.contains_key("id"))
            {
                entries.insert("id".to_owned(), format!("{id}/{collection}/{name}").into());
            }
        }
    }
}

/// Puts into the state what the service reports though nobody wrote it.
pub fn report(type_name: &str, block: &Block, state: &mut Value) {
    let zoned = state.text("location").is_none_or(|location| !azure_regions::zones(location).is_empty());
    for (_, path, reported) in REPORTED.iter().filter(|(name, _, _)| *name == type_name) {
        if zoned || !path.ends_with("zone") {
            report_at(block, state, path, reported);
        }
    }
}

fn report_at(block: &Block, value: &mut Value, path: &str, reported: &str) {
    let Value::Map(entries) = value else { return };
    if let Some((name, rest)) = path.split_once('.') {
        let nested = block.block_types.get(name);
        if let (Some(nested), Some(Value::List(items))) = (nested, entries.get_mut(name)) {
            items.iter_mut().for_each(|item| report_at(&nested.block, item, rest, reported));
        }
    } else if let Some(nested) = block.block_types.get(path) {
        if entries.get(path) == Some(&Value::List(Vec::new())) {
            let mut made = empty(&nested.block);
            if let (Value::Map(made), Some((argument, text))) = (&mut made, reported.split_once('=')) {
                made.insert(argument.to_owned(), text.into());
            }
            entries.insert(path.to_owned(), Value::List(vec![made]));
        }
    } else if entries.get(path).is_some_and(|value| value.is_null() || value.as_str() == Some("")) {
        entries.insert(path.to_owned(), convert(reported, "string"));
    }
}

fn texts(texts: Vec<String>) -> Value {
    Value::List(texts.into_iter().map(Value::Text).collect())
}

/// docs.aws.amazon.com/acm/latest/userguide/dns-validation.html: a name and its wildcard share one record.
/// The plan knows the names but not the records, so that they can be the keys of a `for_each`.
fn validation_options(known: &Object, subject: Option<&Subject>) -> Value {
    if known.get("validation_method").and_then(Value::as_str) == Some("EMAIL") {
        return Value::List(Vec::new());
    }
    let mut names: Vec<&str> = known.get("domain_name").and_then(Value::as_str).into_iter().collect();
    let alternatives = known.get("subject_alternative_names").map(Value::items).unwrap_or_default();
    names.extend(alternatives.iter().filter_map(Value::as_str));
    names.sort_unstable();
    names.dedup();
    let option = |name: &str| {
        let bare = name.trim_start_matches("*.");
        let record =
            |kind: &str, length| subject.map(|subject| subject.hex(&format!("{kind}{bare}"), length));
        let made = |text: Option<String>| text.map_or(Value::Unknown, Value::Text);
        let entries = [
            ("domain_name", Value::Text(name.to_owned())),
            ("resource_record_name", made(record("name", 32).map(|hex| format!("_{hex}.{bare}.")))),
            ("resource_record_type", made(subject.map(|_| "CNAME".to_owned()))),
            (
                "resource_record_value",
                made(record("value", 32).map(|hex| format!("_{hex}.{}.acm-validations.aws.", &hex[..10]))),
            ),
        ];
        Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    Value::List(names.into_iter().map(option).collect())
}

/// The role behind the ARN of a role's session (aws_iam_session_context documentation).
fn issuer(known: &Object) -> Option<String> {
    let arn = known.get("arn")?.as_str()?;
    let Some((account, session)) = arn.split_once(":assumed-role/") else { return Some(arn.to_owned()) };
    let role = session.split('/').next().unwrap_or_default();
    Some(format!("{}:role/{role}", account.replacen(":sts:", ":iam:", 1)))
}

/// The zones of an AWS region; three where the table of regions has none.
fn zones(region: &str) -> Vec<String> {
    let row = crate::catalog::region(crate::spec::Cloud::Aws, region).filter(|row| !row.zones.is_empty());
    match row {
        Some(row) => row.zones.iter().map(|zone| (*zone).to_owned()).collect(),
        None => ["a", "b", "c"].iter().map(|letter| format!("{region}{letter}")).collect(),
    }
}

/// The zone of a subnet: of one that is looked up, by the last digit of its id, so that neighbours differ.
fn zone_of(known: &Object, region: &str) -> String {
    let zones = zones(region);
    let id = known.get("id").and_then(Value::as_str).unwrap_or_default();
    let digit = id.chars().last().and_then(|last| last.to_digit(16)).unwrap_or_default();
    let index = usize::try_from(digit).unwrap_or_default() % zones.len().max(1);
    zones.get(index).cloned().unwrap_or_default()
}

fn preferred(known: &Object, list: &str) -> Option<Value> {
    known.get(list)?.items().iter().find(|value| value.is_set()).cloned()
}

fn zone_mappings(known: &Object) -> Value {
    let location = known.get("location").and_then(Value::as_str).unwrap_or_default();
    let mapping = |zone: &&str| {
        let physical = format!("{location}-az{zone}");
        Value::Map(Object::from([
            ("logical_zone".to_owned(), (*zone).into()),
            ("physical_zone".to_owned(), physical.into()),
        ]))
    };
    Value::List(azure_regions::zones(location).iter().map(mapping).collect())
}

fn secondary((name, cidr): (&str, &str)) -> Value {
    Value::Map(Object::from([
        ("range_name".to_owned(), name.into()),
        ("ip_cidr_range".to_owned(), cidr.into()),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject<'a>(type_name: &'a str, settings: &'a Object) -> Subject<'a> {
        Subject { type_name, settings, seed: String::new() }
    }

    #[test]
    fn a_name_and_its_wildcard_share_one_record() {
        let known = Object::from([
            ("domain_name".to_owned(), "coder.acme.dev".into()),
            ("subject_alternative_names".to_owned(), Value::List(vec!["*.coder.acme.dev".into()])),
        ]);
        let settings = Object::new();
        let subject = subject("aws_acm_certificate", &settings);
        let options = value(&subject, "domain_validation_options", &known).unwrap();
        let [wildcard, bare] = options.items() else { panic!("{options:?}") };
        assert_eq!(wildcard.text("domain_name"), Some("*.coder.acme.dev"));
        assert_eq!(wildcard.get("resource_record_name"), bare.get("resource_record_name"));
        let planned = validation_options(&known, None);
        assert_eq!(planned.items()[1].text("domain_name"), Some("coder.acme.dev"));
        assert_eq!(planned.items()[1].get("resource_record_name"), Some(&Value::Unknown));
    }

    #[test]
    fn a_session_leads_to_its_role_and_anything_else_to_itself() {
        let issuer_of = |arn: &str| issuer(&Object::from([("arn".to_owned(), arn.into())])).unwrap();
        assert_eq!(issuer_of("arn:aws:sts::1:assumed-role/ops/me"), "arn:aws:iam::1:role/ops");
        assert_eq!(issuer_of("arn:aws:iam::1:user/me"), "arn:aws:iam::1:user/me");
    }
}
