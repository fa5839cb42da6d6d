//! A spec with another value: what is typed as `KEY=VALUE` is put into the text of a `coder.toml`, comments and order kept.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use super::{Cloud, draft};

/// The spec's text with a key set to what was typed; nothing typed takes the key away. In a list of tables (`clusters`) an entry is
/// named by its `name`, and one that is not there is added.
///
/// # Errors
/// A sentence: the text is no TOML, there is no such key, or it does not take the value.
pub fn edit(text: &str, path: &str, typed: &str) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error| format!("the spec is no TOML: {error}"))?;
    let cloud = document.get("cloud").and_then(Item::as_str).map(str::to_owned);
    let cloud = Cloud::ALL.into_iter().find(|known| Some(known.as_str()) == cloud.as_deref());
    let parts: Vec<&str> = path.split('.').collect();
    let Some((last, tables)) = parts.split_last() else { return Err("a key has no name".to_owned()) };
    if parts.iter().any(|part| part.is_empty()) {
        return Err(format!("`{path}` is not a key: a part of it is empty"));
    }
    if typed.is_empty() {
        return match remove(document.as_table_mut(), tables, last) {
            true => Ok(document.to_string()),
            false => Err(format!("`{path}` is not in the spec, so it cannot be taken away")),
        };
    }
    let value = value(cloud, path, typed)?;
    let table = enter(document.as_table_mut(), tables)
        .ok_or_else(|| format!("`{path}` cannot be set: a part of it is no table in this spec"))?;
    match table.get_mut(last).and_then(Item::as_value_mut) {
        Some(old) => {
            // The comment behind it stays.
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(last, Item::Value(value));
        }
    }
    Ok(document.to_string())
}

/// What was typed as a value: as the key takes it, else as it stands where it is TOML.
fn value(cloud: Option<Cloud>, path: &str, typed: &str) -> Result<Value, String> {
    let as_written = typed.parse::<Value>().ok();
    let is_toml = as_written.is_some() && typed.starts_with(['[', '{', '"', '\'']);
    // What is wrong with such a value, or with a cluster's, is found when the spec is read.
    let is_left = is_toml || path.starts_with("clusters.");
    match cloud.filter(|_| !is_left) {
        Some(cloud) => {
            let literal = draft::literal(cloud, path, typed)?;
            literal.parse::<Value>().map_err(|error| format!("`{path}` takes no {typed}: {error}"))
        }
        None => Ok(as_written.unwrap_or_else(|| typed.into())),
    }
}

/// The table at a path, made where it is not there.
fn enter<'t>(table: &'t mut Table, path: &[&str]) -> Option<&'t mut Table> {
    let Some((first, rest)) = path.split_first() else { return Some(table) };
    let is_list = *first == "clusters";
    let empty =
        || if is_list { Item::ArrayOfTables(ArrayOfTables::new()) } else { Item::Table(Table::new()) };
    let item = table.entry(first).or_insert_with(empty);
    if let Item::Value(Value::InlineTable(inline)) = item {
        *item = Item::Table(std::mem::take(inline).into_table());
    }
    match item {
        Item::Table(inner) => enter(inner, rest),
        Item::ArrayOfTables(entries) => {
            let (name, rest) = rest.split_first()?;
            let named = |entry: &Table| entry.get("name").and_then(Item::as_str) == Some(name);
            let index = entries.iter().position(named).unwrap_or(entries.len());
            if index == entries.len() {
                let mut entry = Table::new();
                entry.insert("name", toml_edit::value(*name));
                entries.push(entry);
            }
            enter(entries.get_mut(index)?, rest)
        }
        _ => None,
    }
}

/// Takes a key away, or an entry of a list of tables; whether it was there.
fn remove(table: &mut Table, path: &[&str], last: &str) -> bool {
    let Some((first, rest)) = path.split_first() else { return table.remove(last).is_some() };
    match table.get_mut(first) {
        Some(Item::Table(inner)) => remove(inner, rest, last),
        Some(Item::Value(Value::InlineTable(inner))) if rest.is_empty() => inner.remove(last).is_some(),
        Some(Item::ArrayOfTables(entries)) => {
            let name = rest.first().copied().unwrap_or(last);
            let named = |entry: &Table| entry.get("name").and_then(Item::as_str) == Some(name);
            let Some(index) = entries.iter().position(named) else { return false };
            match rest.split_first() {
                None => {
                    entries.remove(index);
                    true
                }
                Some((_, rest)) => entries.get_mut(index).is_some_and(|entry| remove(entry, rest, last)),
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "# Ours.\nname = \"acme\" # the prefix\ncloud = \"aws\"\n\n[aws]\naccount_id = \"123456789012\"\n\n[[clusters]]\nname = \"eu\"\nshare = 1.0\n";

    fn edited(path: &str, typed: &str) -> String {
        edit(SPEC, path, typed).unwrap_or_else(|error| panic!("{path}={typed}: {error}"))
    }

    #[test]
    fn a_value_takes_the_place_of_the_old_one_and_the_rest_stays() {
        assert_eq!(edited("name", "beta"), SPEC.replace("\"acme\"", "\"beta\""));
        assert_eq!(edited("aws.account_id", "210987654321"), SPEC.replace("123456789012", "210987654321"));
        assert_eq!(edited("clusters.eu.share", "0.5"), SPEC.replace("1.0", "0.5"));
        assert_eq!(
            edited("name", ""),
            SPEC.replace("name = \"acme\" # the prefix\n", "").replace("# Ours.\n", "")
        );
    }

    #[test]
    fn tables_and_entries_are_made_and_taken_away() {
        assert!(edited("database.storage_gb", "2048").contains("[database]\nstorage_gb = 2048\n"));
        assert!(
            edited("network.allowed_cidrs", "10.0.0.0/8, 192.0.2.0/24")
                .contains("allowed_cidrs = [\"10.0.0.0/8\", \"192.0.2.0/24\"]")
        );
        assert!(edited("clusters.us.share", "0.5").contains("[[clusters]]\nname = \"us\"\nshare = 0.5\n"));
        assert!(!edited("clusters.eu", "").contains("[[clusters]]"));
        assert!(edited("coder.version", "2.36.1").contains("version = \"2.36.1\""));
        assert!(edited("tags.team", "platform").contains("[tags]\nteam = \"platform\""));
    }

    #[test]
    fn what_cannot_be_is_said_in_a_sentence() {
        let why = |path: &str, typed: &str| edit(SPEC, path, typed).expect_err(path);
        assert_eq!(
            why("databse.version", "17"),
            "`databse.version` is not a key of the spec; did you mean `database.version`?"
        );
        assert!(why("database.storage_gb", "much").starts_with("`database.storage_gb` takes "));
        assert_eq!(
            why("database.version", ""),
            "`database.version` is not in the spec, so it cannot be taken away"
        );
        assert_eq!(why("name.first", "x"), "`name.first` is not a key of the spec; did you mean `name`?");
        assert_eq!(why("a..b", "x"), "`a..b` is not a key: a part of it is empty");
    }
}
