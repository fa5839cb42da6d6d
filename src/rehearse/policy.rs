//! The JSON that `data.aws_iam_policy_document` computes, so that policies built with it are real ones.
//! Layout and order are the aws provider's (its documentation of the data source, and the policies it prints).

use serde_json::{Map, Value as Json};

use super::value::{Object, Value};

/// The version of the policy language that the provider takes when none is given.
const LANGUAGE: &str = "2012-10-17";

/// The document, indented as the provider does it; none while something is unknown.
pub fn document(config: &Object) -> Option<String> {
    let config = Value::Map(config.clone());
    let mut statements = Vec::new();
    for source in documents(&config, "source_policy_documents", "source_json") {
        statements.extend(statements_of(&source));
    }
    statements.extend(config.get("statement").map(Value::items).unwrap_or_default().iter().map(statement));
    for source in documents(&config, "override_policy_documents", "override_json") {
        for statement in statements_of(&source) {
            let sid = |statement: &Json| statement["Sid"].as_str().unwrap_or_default().to_owned();
            match statements.iter_mut().find(|old| !sid(old).is_empty() && sid(old) == sid(&statement)) {
                Some(old) => *old = statement,
                None => statements.push(statement),
            }
        }
    }
    let mut document = Map::new();
    document.insert("Version".to_owned(), config.text("version").unwrap_or(LANGUAGE).into());
    if let Some(id) = config.text("policy_id") {
        document.insert("Id".to_owned(), id.into());
    }
    if !statements.is_empty() {
        document.insert("Statement".to_owned(), Json::Array(statements));
    }
    // As Go's encoder does it.
    let text = serde_json::to_string_pretty(&document).ok()?;
    Some(text.replace('<', "\\u003c").replace('>', "\\u003e").replace("&", "\\u0026"))
}

/// The same on one line.
pub fn minified(document: &str) -> String {
    serde_json::from_str::<Json>(document).map(|json| json.to_string()).unwrap_or_default()
}

fn documents(config: &Value, list: &str, single: &str) -> Vec<Json> {
    let listed = config.get(list).map(Value::items).unwrap_or_default().iter().filter_map(Value::as_str);
    config.text(single).into_iter().chain(listed).filter_map(|text| serde_json::from_str(text).ok()).collect()
}

fn statements_of(document: &Json) -> Vec<Json> {
    match &document["Statement"] {
        Json::Array(statements) => statements.clone(),
        Json::Null => Vec::new(),
        statement => vec![statement.clone()],
    }
}

fn statement(block: &Value) -> Json {
    let mut entries = Map::new();
    if let Some(sid) = block.text("sid").filter(|sid| !sid.is_empty()) {
        entries.insert("Sid".to_owned(), sid.into());
    }
    entries.insert("Effect".to_owned(), block.text("effect").unwrap_or("Allow").into());
    let lists = [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ];
    for (argument, key) in lists {
        if let Some(texts) = texts(block.get(argument)) {
            entries.insert(key.to_owned(), texts);
        }
    }
    for (argument, key) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(principals) = principals(block.get(argument)) {
            entries.insert(key.to_owned(), principals);
        }
    }
    if let Some(conditions) = conditions(block.get("condition")) {
        entries.insert("Condition".to_owned(), conditions);
    }
    Json::Object(entries)
}

/// One text, or several in descending order; `&{…}` stands for the policy language's own `${…}`.
fn texts(value: Option<&Value>) -> Option<Json> {
    let mut texts: Vec<String> = value?.items().iter().filter_map(Value::as_str).map(str::to_owned).collect();
    texts.sort_by(|a, b| b.cmp(a));
    let mut texts: Vec<Json> = texts.into_iter().map(|text| text.replace("&{", "${").into()).collect();
    match texts.len() {
        0 => None,
        1 => texts.pop(),
        _ => Some(Json::Array(texts)),
    }
}

fn principals(value: Option<&Value>) -> Option<Json> {
    let blocks = value?.items();
    let mut by_type: std::collections::BTreeMap<&str, Vec<Value>> = std::collections::BTreeMap::new();
    for block in blocks {
        let identifiers = block.get("identifiers").map(Value::items).unwrap_or_default();
        let kind = block.text("type").unwrap_or_default();
        if kind == "*" && identifiers == ["*".into()] {
            return Some("*".into());
        }
        by_type.entry(kind).or_default().extend(identifiers.iter().cloned());
    }
    let by_type: Map<String, Json> = by_type
        .into_iter()
        .filter_map(|(kind, identifiers)| Some((kind.to_owned(), texts(Some(&Value::List(identifiers)))?)))
        .collect();
    (!by_type.is_empty()).then_some(Json::Object(by_type))
}

fn conditions(value: Option<&Value>) -> Option<Json> {
    let mut tests: std::collections::BTreeMap<String, std::collections::BTreeMap<String, Json>> =
        std::collections::BTreeMap::new();
    for block in value?.items() {
        let name = |argument: &str| block.text(argument).unwrap_or_default().to_owned();
        if let Some(values) = texts(block.get("values")) {
            tests.entry(name("test")).or_default().insert(name("variable"), values);
        }
    }
    (!tests.is_empty()).then(|| serde_json::to_value(tests).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Value {
        Value::List(items.iter().map(|item| (*item).into()).collect())
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    }

    #[test]
    fn a_document_is_what_the_provider_prints() {
        let principal = object(&[("type", "Service".into()), ("identifiers", list(&["ec2.amazonaws.com"]))]);
        let condition = object(&[
            ("test", "StringEquals".into()),
            ("variable", "aws:PrincipalTag/team".into()),
            ("values", list(&["a", "&{aws:username}"])),
        ]);
        let statement = object(&[
            ("sid", "Assume".into()),
            ("actions", list(&["sts:AssumeRole", "sts:TagSession"])),
            ("principals", Value::List(vec![principal])),
            ("condition", Value::List(vec![condition])),
        ]);
        let Value::Map(config) = object(&[("statement", Value::List(vec![statement]))]) else {
            unreachable!()
        };
        let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Assume",
      "Effect": "Allow",
      "Action": [
        "sts:TagSession",
        "sts:AssumeRole"
      ],
      "Principal": {
        "Service": "ec2.amazonaws.com"
      },
      "Condition": {
        "StringEquals": {
          "aws:PrincipalTag/team": [
            "a",
            "${aws:username}"
          ]
        }
      }
    }
  ]
}"#;
        assert_eq!(document(&config).unwrap(), expected);
    }

    #[test]
    fn an_overriding_statement_replaces_the_one_of_its_sid() {
        let one = r#"{"Statement":{"Sid":"A","Effect":"Allow"}}"#;
        let two = r#"{"Statement":[{"Sid":"A","Effect":"Deny"}]}"#;
        let Value::Map(config) =
            object(&[("source_policy_documents", list(&[one])), ("override_policy_documents", list(&[two]))])
        else {
            unreachable!()
        };
        let text = minified(&document(&config).unwrap());
        assert_eq!(text, r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny"}]}"#);
    }
}
