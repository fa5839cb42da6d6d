//! What a person must know of a change: the one place where resource changes, whatever they are from, become rows of an account.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::account::Account;
use super::class::{Action, Class, ResourceChange, Row};
use super::difference::{Difference, at, differences};
use super::openings::{self, openings};
use super::schemas;
use super::table::{self, How, Note, Only, covers};
use super::value::{LATE, Value};
use super::when::When;

/// Arguments in which providers repeat what another one says.
const REPEATED: [&str; 4] = ["tags_all", "effective_labels", "terraform_labels", "effective_annotations"];

/// Words in the name of an argument that is an amount: what is less than before is smaller.
const AMOUNTS: [&str; 16] = [
    "capacity",
    "count",
    "cores",
    "cpu",
    "cpus",
    "gb",
    "instances",
    "iops",
    "mb",
    "memory",
    "nodes",
    "replicas",
    "size",
    "storage",
    "throughput",
    "vcpus",
];

/// Arguments that name a machine or a database class.
const TYPES: [&str; 8] =
    ["instance_class", "instance_type", "instance_types", "machine_type", "size", "sku", "sku_name", "tier"];

/// The account of a change, the worst first.
pub fn classify(changes: &[ResourceChange]) -> Account {
    let mut rows = Vec::new();
    let mut strangers = BTreeMap::new();
    for change in changes {
        let before = rows.len();
        add(change, &mut rows);
        if rows.len() > before && !table::is_known(&change.kind) {
            *strangers.entry(change.kind.clone()).or_default() += 1;
        }
    }
    let mut account = Account { rows, strangers, ..Account::default() };
    account.sort();
    account
}

/// Adds the rows of one change.
fn add(change: &ResourceChange, rows: &mut Vec<Row>) {
    let first = rows.len();
    let mut told = Told { change, rows };
    if change.kind.starts_with("provider.") {
        told.provider();
    } else {
        match change.action {
            Action::Nothing => told.nothing(),
            Action::Forget => {
                told.row(Class::InPlace, "stays as it is in the cloud, and is not managed any more")
            }
            Action::Create => told.created(),
            Action::Update => told.updated(),
            Action::Delete => told.destroyed(),
            Action::DeleteThenCreate | Action::CreateThenDelete => told.replaced(),
        }
    }
    told.doubts(first);
}

/// The rows of one change, as they are found.
struct Told<'a> {
    change: &'a ResourceChange,
    rows: &'a mut Vec<Row>,
}

impl Told<'_> {
    fn push(&mut self, row: Row) {
        let own = self.rows.iter().rev().take_while(|other| other.address == row.address);
        // Several arguments may mean the same.
        let means_the_same = |other: &Row| {
            other.class == row.class
                && other.says.is_some()
                && other.says == row.says
                && row.class != Class::DataLoss
        };
        if !own.into_iter().any(|other| *other == row || means_the_same(other)) {
            self.rows.push(row);
        }
    }

    fn bare(&self, class: Class) -> Row {
        Row {
            address: self.change.address.clone(),
            kind: self.change.kind.clone(),
            class,
            argument: None,
            before: None,
            after: None,
            says: None,
            source: None,
            is_ignored: false,
        }
    }

    fn row(&mut self, class: Class, says: &str) {
        self.push(Row { says: Some(says.to_owned()), ..self.bare(class) });
    }

    /// A row about an argument.
    fn about(&self, class: Class, difference: &Difference<'_>) -> Row {
        if difference.path.is_empty() {
            return self.bare(class);
        }
        Row {
            argument: Some(difference.path.clone()),
            before: Some(short(&without_common(&difference.before, &difference.after))),
            after: Some(short(&without_common(&difference.after, &difference.before))),
            ..self.bare(class)
        }
    }

    fn nothing(&mut self) {
        match (&self.change.previous_address, &self.change.because) {
            (Some(previous), _) => {
                let says = format!("was {previous}; nothing changes in the cloud");
                self.row(Class::InPlace, &says);
            }
            (None, Some(because)) => self.row(Class::InPlace, &because.clone()),
            (None, None) => {}
        }
    }

    fn created(&mut self) {
        let first = self.rows.len();
        self.push(Row { says: self.change.because.clone(), ..self.bare(Class::Created) });
        self.openings(None, Some(&self.change.after));
        self.whole(first, |note| note.when == When::Created);
    }

    fn updated(&mut self) {
        let found = differences(&self.change.before, &self.change.after);
        let first = self.rows.len();
        let is_told: Vec<bool> = found.iter().map(|difference| self.argument(difference, true)).collect();
        self.openings(Some(&self.change.before), Some(&self.change.after));
        let is_raised = |path: &str, rows: &[Row]| {
            rows[first..]
                .iter()
                .any(|row| row.argument.as_deref().is_some_and(|argument| covers(argument, path)))
        };
        let mut rest: Vec<&Difference<'_>> = found
            .iter()
            .zip(is_told)
            .filter(|(_, is_told)| !is_told)
            .map(|(difference, _)| difference)
            .collect();
        rest.retain(|difference| !is_raised(&difference.path, self.rows));
        // What the cloud reports anew or a provider says twice is left out, where something else says why.
        let is_noise = |difference: &Difference<'_>| {
            let name = difference.path.split('.').next().unwrap_or_default();
            REPEATED.contains(&name)
                || !difference.after.is_known()
                    && schemas::is_reported(&self.change.kind, &difference.path).unwrap_or(true)
        };
        if self.rows.len() > first || rest.iter().any(|difference| !is_noise(difference)) {
            rest.retain(|difference| !is_noise(difference));
        }
        for difference in rest {
            let row = self.about(Class::InPlace, difference);
            self.push(row);
        }
        if self.rows.len() == first || self.change.because.is_some() {
            let because = self.change.because.clone();
            self.push(Row { says: because, ..self.bare(Class::InPlace) });
        }
    }

    fn destroyed(&mut self) {
        let first = self.rows.len();
        let because = self.change.because.clone();
        match table::holds(&self.change.kind) {
            Some(holds) => {
                let because = because.map(|because| because + "; ").unwrap_or_default();
                self.row(Class::DataLoss, &format!("{because}loses {holds}"));
            }
            None => self.push(Row { says: because, ..self.bare(Class::Destroyed) }),
        }
        self.gone(first);
        self.openings(Some(&self.change.before), None);
    }

    fn replaced(&mut self) {
        let change = self.change;
        let found = differences(&change.before, &change.after);
        let (class, says) = match (table::holds(&change.kind), change.action) {
            (Some(holds), _) => (Class::DataLoss, format!("loses {holds}")),
            (None, Action::CreateThenDelete) => {
                (Class::Replaced, "the new one is there before the old one goes".to_owned())
            }
            (None, _) => (Class::Replaced, "it is gone until the new one is there".to_owned()),
        };
        let first = self.rows.len();
        for argument in &change.forced_by {
            let mut below = found.iter().filter(|difference| covers(argument, &difference.path));
            let row = match (below.next(), below.next()) {
                (Some(difference), None) => self.about(class, difference),
                _ => Row { argument: Some(argument.clone()), ..self.bare(class) },
            };
            let rule = table::rules_of(&change.kind, argument).next();
            self.rows.push(Row { says: Some(says.clone()), source: rule.map(|rule| rule.source), ..row });
        }
        if self.rows.len() == first {
            self.row(class, &says);
        }
        if let Some(because) = &change.because
            && let Some(row) = self.rows.get_mut(first)
        {
            row.says = Some(format!("{because}; {says}"));
        }
        self.gone(first);
        for difference in &found {
            self.argument(difference, false);
        }
        self.openings(Some(&change.before), Some(&change.after));
    }

    /// Whether a row that is about some resources of a type is about this one.
    fn admits(&self, only: Option<&Only>) -> bool {
        let value = if self.change.after == Value::Null { &self.change.before } else { &self.change.after };
        Only::admits(only, &|path| lookup(value, path))
    }

    /// What is told of one argument that differs: whether there was anything.
    fn argument(&mut self, difference: &Difference<'_>, is_update: bool) -> bool {
        let (old, new) = (difference.before.as_ref(), difference.after.as_ref());
        let first = self.rows.len();
        let mut is_told = false;
        for refusal in table::refusals_of(&self.change.kind).filter(|_| is_update) {
            let is_met = covers(refusal.argument, &difference.path) && refusal.when.is_met(old, new);
            if is_met && self.admits(refusal.only.as_ref()) {
                let row = self.about(Class::Refused, difference);
                self.push(Row {
                    says: Some(refusal.says.to_owned()),
                    source: Some(refusal.source),
                    is_ignored: refusal.how == How::Ignored,
                    ..row
                });
                is_told = true;
            }
        }
        let about = table::notes_of(&self.change.kind)
            .filter(|note| covers(note.argument, &difference.path) && note.when.is_met(old, new));
        for note in about.filter(|note| self.admits(note.only.as_ref())).collect::<Vec<_>>() {
            // What is made anew neither restarts nor drains; it is less, or open, all the same.
            let is_meant =
                is_update || matches!(note.class, Some(Class::Opened | Class::Closed | Class::Smaller));
            if is_meant && !note.is_about_ranges() {
                let row = self.about(note.class.unwrap_or(Class::InPlace), difference);
                self.push(Row { says: Some(note.says.to_owned()), ..row });
                is_told = true;
            }
        }
        let is_smaller_already = self.rows[first..].iter().any(|row| row.class == Class::Smaller);
        if !is_smaller_already && is_amount(&difference.path) && When::Smaller.is_met(old, new) {
            let row = self.about(Class::Smaller, difference);
            self.push(row);
            is_told = true;
        }
        is_told
    }

    /// What is told of a resource that is destroyed, for good or to be made anew; its row is the first.
    fn gone(&mut self, first: usize) {
        for refusal in table::refusals_of(&self.change.kind) {
            let values = at(&self.change.before, refusal.argument);
            if !self.admits(refusal.only.as_ref()) {
                continue;
            }
            let is_met = |value: &Value| match refusal.when {
                When::Replaced => self.change.action == Action::DeleteThenCreate,
                when => when.is_met_by_destruction(value),
            };
            let Some(value) = values.iter().find(|value| is_met(value)) else { continue };
            let is_of_one = !refusal.argument.is_empty();
            let row = Row {
                argument: is_of_one.then(|| refusal.argument.to_owned()),
                before: is_of_one.then(|| short(value)),
                says: Some(refusal.says.to_owned()),
                source: Some(refusal.source),
                ..self.bare(Class::Refused)
            };
            self.push(row);
        }
        self.whole(first, |note| note.when == When::Destroyed);
        if !table::is_known(&self.change.kind) {
            let says =
                format!("tierform does not know {}: whether it holds data is not known", self.change.kind);
            self.row(Class::MayBe, &says);
        }
    }

    /// The notes about the whole resource: one that raises nothing stands in its row, which is the first.
    fn whole(&mut self, first: usize, is_wanted: impl Fn(&Note) -> bool) {
        for note in table::notes_of(&self.change.kind) {
            if !is_wanted(note) || openings::are_named(note) || !self.admits(note.only.as_ref()) {
                continue;
            }
            match (note.class, self.rows.get_mut(first)) {
                (None, Some(row)) => {
                    let says = row.says.take().map(|says| says + "; ").unwrap_or_default();
                    row.says = Some(says + note.says);
                }
                (class, _) => self.row(class.unwrap_or(Class::InPlace), note.says),
            }
        }
    }

    fn openings(&mut self, before: Option<&Value>, after: Option<&Value>) {
        let found =
            openings(&self.change.kind, before, after, &|note: &Note| self.admits(note.only.as_ref()));
        for opening in found {
            let row = Row {
                argument: opening.argument.map(str::to_owned),
                says: Some(opening.says),
                ..self.bare(opening.class)
            };
            self.push(row);
        }
    }

    /// A provider's configuration: what stands in another account, project or region stays behind there.
    fn provider(&mut self) {
        if !matches!(self.change.action, Action::Update | Action::DeleteThenCreate | Action::CreateThenDelete)
        {
            return;
        }
        for difference in differences(&self.change.before, &self.change.after) {
            let rule =
                table::rule(&self.change.kind, &difference.path, &difference.before, &difference.after);
            let note = table::notes_of(&self.change.kind).find(|note| {
                covers(note.argument, &difference.path)
                    && note.when.is_met(&difference.before, &difference.after)
            });
            let (class, says, source) = match (rule, note) {
                (Some(rule), _) => {
                    let holds = table::holds(&self.change.kind).unwrap_or("everything that it made");
                    (
                        Class::DataLoss,
                        format!("loses {holds}: it stays behind, and is made anew"),
                        Some(rule.source),
                    )
                }
                (None, Some(note)) => (note.class.unwrap_or(Class::InPlace), note.says.to_owned(), None),
                (None, None) => (
                    Class::MayBe,
                    "a setting of the provider, which may be about everything that it made".to_owned(),
                    None,
                ),
            };
            let row = self.about(class, &difference);
            self.push(Row { says: Some(says), source, ..row });
        }
    }

    /// Where the source is not certain, nothing is certainly harmless.
    fn doubts(&mut self, first: usize) {
        if self.change.unsure.is_empty() {
            return;
        }
        let is_mild = |row: &Row| matches!(row.class, Class::InPlace | Class::Created);
        for row in self.rows[first..].iter_mut().filter(|row| is_mild(row)) {
            row.class = Class::MayBe;
        }
        let mut unsure = self.change.unsure.iter();
        // The clause stands beside what is known, where there is only that.
        if let [row] = &mut self.rows[first..]
            && row.class == Class::MayBe
            && row.says.is_none()
        {
            row.says = unsure.next().cloned();
        }
        for why in unsure {
            self.row(Class::MayBe, why);
        }
    }
}

/// The value of an argument, of repeated blocks the first.
fn lookup(value: &Value, path: &str) -> Value {
    at(value, path).first().copied().cloned().unwrap_or(Value::Null)
}

/// Whether an argument is an amount of something, or names a machine.
fn is_amount(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    TYPES.contains(&name) || name.split('_').any(|word| AMOUNTS.contains(&word))
}

/// A list of which only what the other one has not is left, so that a line shows what comes and goes.
fn without_common<'v>(value: &'v Value, other: &Value) -> Cow<'v, Value> {
    match (value, other) {
        (Value::List(list), Value::List(others)) if list.iter().any(|element| others.contains(element)) => {
            let mut own: Vec<Value> =
                list.iter().filter(|element| !others.contains(element)).cloned().collect();
            own.insert(0, Value::Unknown("…".to_owned()));
            Cow::Owned(Value::List(own))
        }
        _ => Cow::Borrowed(value),
    }
}

/// A value that fits a line.
pub fn short(value: &Value) -> String {
    const LONGEST: usize = 48;
    let text = match value {
        // As an engine says it.
        Value::Unknown(text) if text.ends_with(LATE) => LATE.trim_matches([' ', '(', ')']).to_owned(),
        // Printing all of a long text only to cut it would take its time with each resource's user data.
        Value::Text(text) if text.len() > 4 * LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            format!("{start:?}").trim_end_matches('"').to_owned() + "…"
        }
        value => value.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text[..at].trim_end_matches('…')),
        None => text,
    }
}
