//! The sentences that many keys share. They are drafts: without the key's name and without a place, which the walk adds.

use toml::de::DeValue;

use super::Backend;
use super::key::{Key, Kind, Status};
use crate::diagnostic::Diagnostic;

impl Diagnostic {
    /// Puts the key in front of a draft's message.
    pub(super) fn about(mut self, path: &str) -> Self {
        self.message = format!("`{path}` {}", self.message);
        self
    }

    /// Gives a draft a place, unless it has a nearer one.
    pub(super) fn placed(mut self, span: std::ops::Range<usize>) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

/// Text of the file for a message: in quotes, on one line, not longer than a few words.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", bare(text))
}

/// The same without quotes.
pub(super) fn bare(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(LONGEST).flat_map(char::escape_debug).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

/// A credential among the backend's arguments.
pub(super) fn secret() -> Diagnostic {
    Diagnostic::nowhere("would put a secret into a file")
        .note("the spec and the generated directory are kept in a repository, where no secret belongs")
        .help("leave it out, and give it to the backend through its environment variable or its login")
}

/// A key that the table does not have.
pub(super) fn unknown(name: &str, keys: &'static [Key], table: &str) -> Diagnostic {
    let path = if table.is_empty() { bare(name) } else { format!("{table}.{}", bare(name)) };
    let takers: Vec<&str> = Backend::ALL
        .into_iter()
        .filter(|backend| table == "state" && backend.keys().iter().any(|key| key.name == name))
        .map(Backend::as_str)
        .collect();
    if !takers.is_empty() {
        return Diagnostic::nowhere(format!("`{path}` is not an argument of this backend"))
            .note(format!(
                "it belongs to the backend {}; without `backend`, the backend is local",
                or(&takers)
            ))
            .help("set `backend` to the one that you mean, or leave the key out");
    }
    let draft = Diagnostic::nowhere(format!("`{path}` is not a key of the spec"));
    if let Some(near) = nearest(name, keys.iter().map(|key| key.name)) {
        return draft.help(format!("a key with a similar name exists: `{near}`"));
    }
    let ready = keys.iter().filter(|key| key.status == Status::Ready);
    let all: Vec<String> = ready.map(|key| format!("`{}`", key.name)).collect();
    let of =
        if table.is_empty() { "the keys at the top".to_owned() } else { format!("the keys of `[{table}]`") };
    draft.help(format!("{of} are {}", all.join(", ")))
}

/// A required key that is not there.
pub(super) fn missing(path: &str, key: &Key, table: &str) -> Diagnostic {
    let example = key.required.unwrap_or_default();
    let help = match table {
        "" => format!("write one such as `{example}`"),
        "clusters" => format!("write one such as `{example}` under this `[[{table}]]`"),
        _ => format!("write one such as `{example}` under `[{table}]`"),
    };
    Diagnostic::nowhere(format!("`{path}` is required")).note(key.means()).help(help)
}

/// A value of another type.
pub(super) fn wrong_type(key: &Key, found: &DeValue<'_>, written: &str) -> Diagnostic {
    let draft = Diagnostic::nowhere(format!("must be {}, not {}", key.expects(), article(found)));
    let draft = draft.note(key.means());
    let name = key.name;
    let inner = found.as_str().unwrap_or_default();
    match (&key.kind, found) {
        (Kind::Whole(..) | Kind::Number(_), DeValue::String(_)) if inner.parse::<u32>().is_ok() => {
            draft.help(format!("write `{name} = {inner}`"))
        }
        (Kind::Flag, DeValue::String(_)) if matches!(inner, "true" | "false") => {
            draft.help(format!("write `{name} = {inner}`"))
        }
        (Kind::Text(check), DeValue::Integer(_) | DeValue::Float(_)) if check(written).is_ok() => {
            draft.help(format!("write `{name} = {}`", quoted(written)))
        }
        (Kind::List(_) | Kind::CloudList(_), DeValue::String(_)) => {
            draft.help(format!("write `{name} = [{}]`", quoted(inner)))
        }
        (Kind::Choice(words), _) => draft.help(choose(words)),
        (Kind::Existing, _) => draft.help("write `[network.existing]` and its keys below"),
        (Kind::Table(_) | Kind::Tags | Kind::State, _) => {
            draft.help(format!("write `[{name}]` and its keys below"))
        }
        (Kind::Text(_) | Kind::CloudText(_), _) => draft.help(match key.required {
            Some(example) => format!("write one such as `{example}`"),
            None => "write one string in quotes".to_owned(),
        }),
        (Kind::Whole(..), _) => draft.help("write digits alone"),
        (Kind::Number(_), _) => draft.help("write a number such as 2 or 0.5"),
        (Kind::Flag, _) => draft.help("write true or false, without quotes"),
        (Kind::List(_) | Kind::CloudList(_), _) => {
            draft.help("write strings in brackets, such as `[\"…\", \"…\"]`")
        }
        (Kind::Entries(_), _) => {
            draft.help(format!("write `[[{name}]]` and the keys of one below, for each"))
        }
    }
}

/// A number that is too small or too large.
pub(super) fn out_of_range(key: &Key, written: &str, range: &str) -> Diagnostic {
    Diagnostic::nowhere(format!("is {}, but must be {range}", bare(written)))
        .note(key.means())
        .help(format!("write a number {range}"))
}

/// A word that a choice does not have.
pub(super) fn no_such_word(text: &str, words: &[&str]) -> Diagnostic {
    let draft = Diagnostic::nowhere(format!("cannot be {}", quoted(text)));
    match nearest(text, words.iter().copied()) {
        Some(near) => draft.help(format!("write \"{near}\"")),
        None => draft.help(choose(words)),
    }
}

/// The words that may be written.
pub(super) fn choose(words: &[&str]) -> String {
    let all: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("write {}", or(&all))
}

/// A value's type with its article.
pub(super) fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The name that was probably meant.
fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Nothing that long is a slip of the finger, and comparing it is not free.
    if text.len() > 40 {
        return None;
    }
    let text = text.to_lowercase().replace('-', "_");
    names
        .map(|name| (strsim::jaro_winkler(&text, name), name))
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

fn or<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", most.join(", "), last.as_ref())
        }
    }
}
