//! The simulated cloud: what has been applied so far, with the write-only values that no state holds.
//! It lives as long as the rehearsal, so that a secret can be read back and a name can be taken.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::secrets::Secret;
use super::value::{Object, Value};

/// One thing that exists.
#[derive(Debug, Clone)]
pub struct Thing {
    /// Its attributes, as in the state.
    pub state: Object,
    /// The configuration that made it, with the write-only values.
    pub config: Object,
    /// Which thing it is, whatever it is called: one that is destroyed and made anew under its old name is another one.
    pub born: u64,
}

/// All that exists, by resource type and id.
#[derive(Debug, Default)]
pub struct Cloud {
    inner: Mutex<Inner>,
}

/// The cloud at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot(Inner);

#[derive(Debug, Clone, Default)]
struct Inner {
    things: BTreeMap<(String, String), Arc<Thing>>,
    born: u64,
    drawn: u64,
    counts: BTreeMap<(String, String), i64>,
}

impl Cloud {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves the map whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that exists now, to come back to.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.lock().clone())
    }

    /// Comes back to what existed.
    pub fn restore(&self, snapshot: &Snapshot) {
        *self.lock() = snapshot.0.clone();
    }

    /// Notes that a thing was made, or that the one that was called `before` was changed.
    pub fn put(&self, type_name: &str, id: &str, before: Option<&str>, state: Object, config: Object) {
        let mut inner = self.lock();
        let known = before.and_then(|before| inner.things.get(&(type_name.to_owned(), before.to_owned())));
        let born = known.map(|thing| thing.born).unwrap_or_else(|| {
            inner.born += 1;
            inner.born
        });
        let thing = Arc::new(Thing { state, config, born });
        inner.things.insert((type_name.to_owned(), id.to_owned()), thing);
    }

    /// Which thing is called that, if any is.
    pub fn born(&self, type_name: &str, id: &str) -> Option<u64> {
        Some(self.lock().things.get(&(type_name.to_owned(), id.to_owned()))?.born)
    }

    /// What was given through write-only arguments: the state has nothing where the configuration has a text.
    pub fn secrets(&self) -> Vec<Secret> {
        let inner = self.lock();
        let things = inner.things.iter();
        let secrets = things.flat_map(|((type_name, _), thing)| {
            thing.config.iter().filter_map(move |(argument, value)| {
                let hidden = thing.state.get(argument).is_none_or(Value::is_null);
                let value = value.as_str().filter(|_| hidden)?.to_owned();
                Some(Secret { argument: format!("{type_name}.{argument}"), value })
            })
        });
        secrets.collect()
    }

    /// Whether a thing is there.
    pub fn has(&self, type_name: &str, id: &str) -> bool {
        self.lock().things.contains_key(&(type_name.to_owned(), id.to_owned()))
    }

    /// Forgets a thing.
    pub fn remove(&self, type_name: &str, id: &str) {
        self.lock().things.remove(&(type_name.to_owned(), id.to_owned()));
    }

    /// The first answer that a thing of a type gives.
    pub fn find_map<T>(&self, type_name: &str, ask: impl Fn(&Thing) -> Option<T>) -> Option<T> {
        let inner = self.lock();
        inner.things.iter().filter(|((t, _), _)| t == type_name).find_map(|(_, thing)| ask(thing))
    }

    /// The first thing of a type that fulfils `wanted`.
    pub fn find(&self, type_name: &str, wanted: impl Fn(&Thing) -> bool) -> Option<Thing> {
        self.find_map(type_name, |thing| wanted(thing).then(|| thing.clone()))
    }

    /// All things of a type that fulfil `wanted`.
    pub fn find_all(&self, type_name: &str, wanted: &dyn Fn(&Thing) -> bool) -> Vec<Thing> {
        let inner = self.lock();
        let of_type = inner.things.iter().filter(|((t, _), _)| t == type_name);
        of_type.filter(|(_, thing)| wanted(thing)).map(|(_, thing)| Thing::clone(thing)).collect()
    }

    /// Whether a thing of a type fulfils `wanted`.
    pub fn has_any(&self, type_name: &str, wanted: &dyn Fn(&Thing) -> bool) -> bool {
        self.find_map(type_name, |thing| wanted(thing).then_some(())).is_some()
    }

    /// The type and id of the first thing whose type begins with `prefix`.
    pub fn first_with_prefix(&self, prefix: &str) -> Option<String> {
        let inner = self.lock();
        let found = inner.things.keys().find(|(type_name, _)| type_name.starts_with(prefix));
        found.map(|(type_name, id)| format!("{type_name} {id}"))
    }

    /// The next number of a thing of this type under this parent, from 1.
    pub fn count(&self, type_name: &str, parent: &str) -> i64 {
        let mut inner = self.lock();
        let count = inner.counts.entry((type_name.to_owned(), parent.to_owned())).or_default();
        *count += 1;
        *count
    }

    /// A number that was not drawn before: ephemeral values differ in every run.
    pub fn draw(&self) -> u64 {
        let mut inner = self.lock();
        inner.drawn += 1;
        inner.drawn
    }
}

/// Whether two references mean the same thing: one may be an id or a link, the other a bare name.
pub fn same_reference(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_str(), b.as_str()) else { return false };
    let name = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    a == b || (!a.is_empty() && name(a) == name(b))
}
