//! The walk over the parsed file by the lists of keys: every key known, every value of its type, in range and well formed.
//! What passes is kept with its place; what does not is a mistake, and counts as written all the same.

use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::key::{Key, Kind, Status};
use super::keys::existing;
use super::problems::Problems;
use super::wording::{self, quoted};
use super::{Backend, clouds, clusters};
use crate::diagnostic::Diagnostic;

/// The smallest [`Kind::Number`]: Kubernetes counts vCPUs in thousandths.
pub(super) const LEAST: f64 = 0.001;

/// A value of the file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// One table after the walk.
#[derive(Clone, Default)]
pub(super) struct Section<'a> {
    /// Its name; empty at the top.
    name: &'static str,
    /// The header's place; `None` when the file has no such table.
    pub(super) span: Option<Range<usize>>,
    /// What is in the file under a known key, good or bad.
    written: Vec<(&'static str, &'a Value<'a>)>,
    /// Good values, in the order written.
    values: Vec<(&'a str, &'a Value<'a>)>,
    sections: Vec<Section<'a>>,
}

impl<'a> Section<'a> {
    /// Walks a table by its keys.
    pub(super) fn of(
        table: &'a DeTable<'a>,
        keys: &'static [Key],
        name: &'static str,
        span: Option<Range<usize>>,
        problems: &mut Problems<'_>,
    ) -> Self {
        let mut section = Section { name, span, ..Section::default() };
        for (written, value) in in_order(table) {
            match keys.iter().find(|key| key.name == written.get_ref()) {
                Some(key) => section.take(key, written.span(), value, problems),
                None if problems.is_full() => break,
                None => problems.push(wording::unknown(written.get_ref(), keys, name).placed(written.span())),
            }
        }
        section
    }

    /// Takes one value that is in the file.
    fn take(
        &mut self,
        key: &'static Key,
        at: Range<usize>,
        value: &'a Value<'a>,
        problems: &mut Problems<'_>,
    ) {
        self.written.push((key.name, value));
        let path = self.path(key.name);
        let problem = match key.status {
            Status::Ready => match self.checked(key, &path, value, problems) {
                Ok(true) => return self.values.push((key.name, value)),
                Ok(false) => return,
                Err(draft) => draft.about(&path).placed(value.span()),
            },
            Status::Secret => wording::secret().about(&path).placed(at),
        };
        problems.push(problem);
    }

    /// Whether the value is to be kept. A mistake of the whole value is the error, a draft without the key's name;
    /// those inside it are added to the problems here.
    fn checked(
        &mut self,
        key: &'static Key,
        path: &str,
        value: &'a Value<'a>,
        problems: &mut Problems<'_>,
    ) -> Result<bool, Diagnostic> {
        match (&key.kind, value.get_ref()) {
            (Kind::Text(check), DeValue::String(text)) => {
                check(text).map(|()| true).map_err(|draft| inside(draft, text, value.span(), problems))
            }
            (Kind::CloudText(check), DeValue::String(text)) => check(problems.cloud(), text)
                .map(|()| true)
                .map_err(|draft| inside(draft, text, value.span(), problems)),
            (Kind::Choice(words), DeValue::String(text)) => match words.contains(&text.as_ref()) {
                true => Ok(true),
                false => Err(wording::no_such_word(text, words)),
            },
            (Kind::Whole(least, most), DeValue::Integer(number)) => {
                match u32::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) if (*least..=*most).contains(&number) => Ok(true),
                    _ => Err(wording::out_of_range(
                        key,
                        &number.to_string(),
                        &format!("between {least} and {most}"),
                    )),
                }
            }
            (Kind::Number(most), DeValue::Integer(_) | DeValue::Float(_)) => match number(value.get_ref()) {
                Some(number) if number >= LEAST && number <= *most => Ok(true),
                _ => {
                    let text = problems.text(value.span());
                    Err(wording::out_of_range(key, text, &format!("between {LEAST} and {most}")))
                }
            },
            (Kind::Flag, DeValue::Boolean(_)) => Ok(true),
            (Kind::List(check), DeValue::Array(list)) if !list.is_empty() => {
                Ok(list_is_good(list, check, path, problems))
            }
            (Kind::CloudList(check), DeValue::Array(list)) if !list.is_empty() => {
                let cloud = problems.cloud();
                Ok(list_is_good(list, &|text| check(cloud, text), path, problems))
            }
            (Kind::List(_) | Kind::CloudList(_), DeValue::Array(_)) => {
                Err(Diagnostic::nowhere("is an empty list").help("leave the key out, or name at least one"))
            }
            (Kind::Table(keys), DeValue::Table(table)) => {
                self.sections.push(Section::of(table, keys, key.name, Some(value.span()), problems));
                Ok(false)
            }
            (Kind::Entries(keys), DeValue::Array(list)) => {
                let home = problems.cloud();
                for entry in list.iter() {
                    match entry.get_ref() {
                        DeValue::Table(table) => {
                            problems.set_cloud(clusters::cloud(table).unwrap_or(home));
                            let span = Some(entry.span());
                            self.sections.push(Section::of(table, keys, key.name, span, problems));
                        }
                        found => problems
                            .push(wording::wrong_type(key, found, "").about(path).placed(entry.span())),
                    }
                    if problems.is_full() {
                        break;
                    }
                }
                problems.set_cloud(home);
                Ok(false)
            }
            (Kind::State, DeValue::Table(table)) => {
                self.sections.push(state(table, value.span(), problems));
                Ok(false)
            }
            (Kind::Existing, DeValue::Table(table)) => {
                let keys = existing(problems.cloud());
                self.sections.push(Section::of(
                    table,
                    keys,
                    "network.existing",
                    Some(value.span()),
                    problems,
                ));
                Ok(false)
            }
            (Kind::Tags, DeValue::Table(table)) => {
                self.sections.push(tags(table, value.span(), problems));
                Ok(false)
            }
            (_, found) => Err(wording::wrong_type(key, found, problems.text(value.span()))),
        }
    }

    /// The key's name with the table's.
    pub(super) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// The table's name; empty at the top.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the key is in the file, good or bad.
    pub(super) fn has(&self, key: &str) -> bool {
        self.written.iter().any(|(name, _)| *name == key)
    }

    /// Where a key's value stands, good or bad.
    pub(super) fn place(&self, key: &str) -> Option<Range<usize>> {
        self.written.iter().find(|(name, _)| *name == key).map(|(_, value)| value.span())
    }

    /// The string under a key, even one that was refused.
    pub(super) fn as_written(&self, key: &str) -> Option<&'a str> {
        self.written.iter().find(|(name, _)| *name == key).and_then(|(_, value)| value.get_ref().as_str())
    }

    /// The strings of a list, even of one that was refused, each once.
    pub(super) fn entries_as_written(&self, key: &str) -> Vec<Spanned<&'a str>> {
        let list = self
            .written
            .iter()
            .find(|(name, _)| *name == key)
            .and_then(|(_, value)| value.get_ref().as_array());
        let mut seen = HashSet::new();
        list.into_iter()
            .flatten()
            .filter_map(|entry| Some(Spanned::new(entry.span(), entry.get_ref().as_str()?)))
            .filter(|entry| seen.insert(*entry.get_ref()))
            .collect()
    }

    /// Whether the file has something else where this table belongs, which was refused.
    pub(super) fn lacks_table(&self, name: &str) -> bool {
        self.has(name) && !self.sections.iter().any(|section| section.name == name)
    }

    /// A table of this one; an empty one if the file has none.
    pub(super) fn section(&self, name: &'static str) -> Section<'a> {
        let found = self.sections.iter().find(|section| section.name == name);
        found.map_or_else(|| Section { name, ..Section::default() }, Section::clone)
    }

    /// All tables of that name.
    pub(super) fn entries(&self, name: &'static str) -> impl Iterator<Item = &Section<'a>> {
        self.sections.iter().filter(move |section| section.name == name)
    }

    fn value(&self, key: &str) -> Option<&'a Value<'a>> {
        self.values.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    /// Whether the file has any known key in it, good or bad.
    pub(super) fn has_any(&self) -> bool {
        !self.written.is_empty()
    }

    /// A good string.
    pub(super) fn text(&self, key: &str) -> Option<Spanned<String>> {
        self.value(key).and_then(text)
    }

    /// A good word, as what it stands for.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        all: &[T],
        as_str: fn(T) -> &'static str,
    ) -> Option<Spanned<T>> {
        let value = self.value(key)?;
        let found = all.iter().find(|one| value.get_ref().as_str() == Some(as_str(**one)))?;
        Some(Spanned::new(value.span(), *found))
    }

    /// A good integer.
    pub(super) fn whole(&self, key: &str) -> Option<Spanned<u32>> {
        let value = self.value(key)?;
        let number = value.get_ref().as_integer()?;
        Some(Spanned::new(value.span(), u32::from_str_radix(number.as_str(), number.radix()).ok()?))
    }

    /// A good number.
    pub(super) fn number(&self, key: &str) -> Option<Spanned<f64>> {
        let value = self.value(key)?;
        Some(Spanned::new(value.span(), number(value.get_ref())?))
    }

    /// A good flag.
    pub(super) fn flag(&self, key: &str) -> Option<Spanned<bool>> {
        let value = self.value(key)?;
        Some(Spanned::new(value.span(), value.get_ref().as_bool()?))
    }

    /// A good list.
    pub(super) fn list(&self, key: &str) -> Option<Spanned<Vec<Spanned<String>>>> {
        let value = self.value(key)?;
        Some(Spanned::new(value.span(), value.get_ref().as_array()?.iter().filter_map(text).collect()))
    }

    /// All good strings and flags but one, as text, in the order written.
    pub(super) fn texts_but<'s>(
        &'s self,
        except: &'s str,
    ) -> impl Iterator<Item = (String, Spanned<String>)> + 's {
        self.values.iter().filter(move |(name, _)| *name != except).filter_map(|(name, value)| {
            let flag = value.get_ref().as_bool().map(|flag| Spanned::new(value.span(), flag.to_string()));
            Some(((*name).to_owned(), flag.or_else(|| text(value))?))
        })
    }
}

/// A table's entries in the order written; the parser sorts them by name.
fn in_order<'a>(table: &'a DeTable<'a>) -> Vec<(&'a Spanned<toml::de::DeString<'a>>, &'a Value<'a>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

fn text(value: &Value<'_>) -> Option<Spanned<String>> {
    Some(Spanned::new(value.span(), value.get_ref().as_str()?.to_owned()))
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok().map(f64::from),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// Moves a draft's place from inside the string to the file, where the file has the string letter by letter.
fn inside(draft: Diagnostic, text: &str, value: Range<usize>, problems: &Problems<'_>) -> Diagnostic {
    let raw = problems.text(value.clone());
    let verbatim = raw.len() == text.len() + 2 && raw.get(1..raw.len() - 1) == Some(text);
    match &draft.span {
        Some(part) if verbatim && !part.is_empty() && part.end <= text.len() => {
            draft.shifted(value.start + 1)
        }
        _ => Diagnostic { span: None, ..draft },
    }
}

fn list_is_good(
    list: &DeArray<'_>,
    check: &dyn Fn(&str) -> Result<(), Diagnostic>,
    path: &str,
    problems: &mut Problems<'_>,
) -> bool {
    let mut good = true;
    let mut seen = HashSet::new();
    for entry in list.iter() {
        let draft = match entry.get_ref() {
            DeValue::String(text) => match check(text) {
                Ok(()) => None,
                Err(draft) => Some(inside(draft, text, entry.span(), problems)),
            },
            found => Some(
                Diagnostic::nowhere(format!("holds {}, not a string", wording::article(found)))
                    .help("write each entry in quotes"),
            ),
        };
        let twice = entry.get_ref().as_str().is_some_and(|name| !seen.insert(name));
        let draft = draft.or_else(|| {
            let name = entry.get_ref().as_str().unwrap_or_default();
            twice.then(|| Diagnostic::nowhere(format!("names {} twice", quoted(name))).help("name it once"))
        });
        if let Some(draft) = draft {
            good = false;
            problems.push(draft.about(path).placed(entry.span()));
        }
        if problems.is_full() {
            break;
        }
    }
    good
}

/// `[state]`: the backend decides which keys there are; with an unknown one the others cannot be judged.
fn state<'a>(table: &'a DeTable<'a>, span: Range<usize>, problems: &mut Problems<'_>) -> Section<'a> {
    let backend = match table.get("backend") {
        None => Some(Backend::Local),
        Some(value) => Backend::ALL.into_iter().find(|one| value.get_ref().as_str() == Some(one.as_str())),
    };
    if let Some(backend) = backend {
        return Section::of(table, backend.keys(), "state", Some(span), problems);
    }
    let mut section = Section { name: "state", span: Some(span), ..Section::default() };
    if let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == "backend") {
        section.take(&super::state::BACKEND, name.span(), value, problems);
    }
    section
}

/// `[tags]`: the rules for keys and values of every cloud that has a part in the deployment, and no more than
/// fit beside tierform's and the cloud's own.
fn tags<'a>(table: &'a DeTable<'a>, span: Range<usize>, problems: &mut Problems<'_>) -> Section<'a> {
    let clouds = problems.clouds().to_vec();
    let most = clouds.iter().map(|cloud| clouds::tags_at_most(*cloud)).min_by_key(|(most, _)| *most);
    let (most, why) = most.unwrap_or(clouds::tags_at_most(problems.cloud()));
    let mut section = Section { name: "tags", span: Some(span.clone()), ..Section::default() };
    for (name, value) in in_order(table) {
        let key = name.get_ref();
        let path = format!("tags.{}", wording::bare(key));
        let key_fault = clouds.iter().try_for_each(|cloud| clouds::tag_key(*cloud, key));
        if let Err(draft) = key_fault {
            problems.push(Diagnostic { span: None, ..draft }.about("tags").placed(name.span()));
        } else if let DeValue::String(text) = value.get_ref() {
            match clouds.iter().try_for_each(|cloud| clouds::tag_value(*cloud, text)) {
                Ok(()) => section.values.push((key, value)),
                Err(draft) => {
                    problems
                        .push(inside(draft, text, value.span(), problems).about(&path).placed(value.span()));
                }
            }
        } else {
            let found = value.get_ref();
            let draft =
                Diagnostic::nowhere(format!("must be a string in quotes, not {}", wording::article(found)));
            problems.push(draft.help("write the value in quotes").about(&path).placed(value.span()));
        }
        if problems.is_full() {
            break;
        }
    }
    if table.len() > most {
        let draft = Diagnostic::nowhere(format!("has {} entries, but at most {most} fit", table.len()));
        problems.push(draft.note(why).help("leave some out").about("tags").placed(span));
    }
    section
}
