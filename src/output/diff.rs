//! What writing would change, as a unified diff that `git apply` and people read.
//! It shows the disk before and after, so a merge shows what is merged in and a conflict its other side.

use std::fmt::Write as _;

use similar::{Algorithm, ChangeTag, TextDiff};

use super::Changes;
use super::changes::{Change, Kind};

/// What writing changes in one file.
#[derive(Debug)]
pub struct FileDiff {
    /// Relative to the output directory.
    pub path: String,
    /// Lines that come.
    pub added: usize,
    /// Lines that go.
    pub removed: usize,
    /// `--- a/…`, `+++ b/…` and the hunks.
    pub text: String,
}

/// The difference that writing `changes` makes, by path.
pub fn diff(changes: &Changes<'_>) -> Vec<FileDiff> {
    let mut mine = None;
    let mut files = Vec::new();
    for change in changes.iter() {
        if matches!(change.kind, Kind::Conflict(_)) {
            mine = Some(change);
        }
        // What is withheld is a difference until it is settled, though a run would write nothing.
        let is_withheld =
            || change.kind == Kind::Unchanged && mine.is_some_and(|mine| change.beside() == Some(&mine.path));
        if change.is_written() || is_withheld() {
            files.push(file(change, mine));
        }
    }
    files
}

/// `mine` is the last file with a conflict: its other side follows it, and says most when it is held against it.
fn file(change: &Change<'_>, mine: Option<&Change<'_>>) -> FileDiff {
    let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let belongs = |mine: &&Change<'_>| change.beside() == Some(mine.path.as_str());
    let (old_path, old) = match (change.before(), mine.filter(belongs)) {
        (_, Some(mine)) => (Some(&mine.path), text(mine.after())),
        (before, None) => (before.map(|_| &change.path), text(before)),
    };
    let new = text(change.after());
    let name = |side: &str, path: Option<&String>| match path {
        Some(path) => format!("{side}/{path}"),
        None => "/dev/null".to_owned(),
    };
    let header = (name("a", old_path), name("b", new.as_ref().map(|_| &change.path)));
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(&old, &new);
    let count = |tag: ChangeTag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    FileDiff {
        path: change.path.clone(),
        added: count(ChangeTag::Insert),
        removed: count(ChangeTag::Delete),
        text: diff.unified_diff().header(&header.0, &header.1).to_string(),
    }
}

/// As `git diff --stat`: a line a file and their sum.
pub fn stat(files: &[FileDiff]) -> String {
    const BAR: usize = 40;
    let width = files.iter().map(|file| file.path.len()).max().unwrap_or(0);
    let most = files.iter().map(|file| file.added + file.removed).max().unwrap_or(0).max(BAR);
    let mut text = String::new();
    for FileDiff { path, added, removed, .. } in files {
        // Whatever changes at all is at least one sign wide.
        let signs = |lines: usize| (lines * BAR).div_ceil(most);
        let bar = "+".repeat(signs(*added)) + &"-".repeat(signs(*removed));
        // Writing to a string cannot fail.
        let _ = writeln!(text, " {path:<width$} | {:>4} {bar}", added + removed);
    }
    let sum = |lines: fn(&FileDiff) -> usize| files.iter().map(lines).sum::<usize>();
    let (added, removed) = (sum(|file| file.added), sum(|file| file.removed));
    let _ = writeln!(text, " {} files, {added} lines added, {removed} removed", files.len());
    text
}
