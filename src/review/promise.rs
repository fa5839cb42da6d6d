//! What the change of the files promised, held against a plan: the files as they were applied last and as they are now are evaluated,
//! and what the plan does beyond that has another cause than the files.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::impact::class::{Class, Row};
use crate::impact::{Account, Unread, classify, evaluated, names};

/// A resource to which the plan does something else than the change of the files promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpromised {
    /// The resource's address.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// The worst that the plan does; `None` where the plan leaves it alone.
    pub planned: Option<Class>,
    /// The worst that was promised; `None` where nothing was.
    pub promised: Option<Class>,
}

/// Where a plan does not match what replacing the directory `old` by `new` does.
///
/// # Errors
/// A file of one of them cannot be read, so that nothing can be said.
pub fn unpromised(account: &Account, old: &Path, new: &Path) -> Result<Vec<Unpromised>, Unread> {
    let promised = classify(&evaluated::of_directories(old, new)?);
    let (planned, promised) = (worst(&account.rows), worst(&promised.rows));
    let mut found = Vec::new();
    for (address, (kind, class)) in &planned {
        let promise = promised.get(address).map(|(_, class)| *class);
        if promise.is_none_or(|promise| promise.weight() < class.weight()) {
            found.push(of(address, kind, Some(*class), promise));
        }
    }
    for (address, (kind, class)) in promised.iter().filter(|(address, _)| !planned.contains_key(*address)) {
        // What a cloud ignores is in no plan, and neither is what nobody knew.
        if !matches!(class, Class::MayBe | Class::Refused) {
            found.push(of(address, kind, None, Some(*class)));
        }
    }
    found.sort_by(|a, b| b.planned.cmp(&a.planned).then_with(|| a.address.cmp(&b.address)));
    Ok(found)
}

fn of(address: &str, kind: &str, planned: Option<Class>, promised: Option<Class>) -> Unpromised {
    Unpromised { address: address.to_owned(), kind: kind.to_owned(), planned, promised }
}

/// The type and the worst class of each resource; a provider block is in no plan.
fn worst(rows: &[Row]) -> BTreeMap<&str, (&str, Class)> {
    let mut worst: BTreeMap<&str, (&str, Class)> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.kind.starts_with("provider.")) {
        let entry = worst.entry(&row.address).or_insert((&row.kind, row.class));
        if entry.1.weight() < row.class.weight() {
            entry.1 = row.class;
        }
    }
    worst
}

impl Unpromised {
    /// As a line says it.
    pub fn in_words(&self) -> String {
        let address = &self.address;
        let subject =
            names::name(address, &self.kind).map_or(address.clone(), |name| format!("{name} ({address})"));
        let word = |class: Option<Class>| class.map_or("nothing", Class::as_str);
        crate::impact::account::clean(&format!(
            "{subject}: {} in the plan, {} by the change of the files",
            word(self.planned),
            word(self.promised)
        ))
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let key = |class: Option<Class>| class.map(Class::key);
        json!({ "address": self.address, "planned": key(self.planned), "promised": key(self.promised) })
    }
}
