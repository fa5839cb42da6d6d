//! What the user asked for by `--force`, `--restore` and `--keep`.

use super::OutputError;
use super::changes::{Kind, Standing};
use super::compare::Request;
use super::disk::What;
use super::past::Verdict;
use crate::tree::File;

/// What the user asked for beside the usual: every wish must be about something, or it was mistyped.
pub(super) struct Wishes<'a> {
    force: Vec<(&'a str, bool)>,
    restore: Vec<(&'a str, bool)>,
    keep: Vec<(&'a str, bool)>,
}

impl<'a> Wishes<'a> {
    pub(super) fn new(request: &Request<'a>) -> Self {
        let all =
            |paths: &'a [String]| paths.iter().map(|path| (path.trim_end_matches('/'), false)).collect();
        Self { force: all(request.force), restore: all(request.restore), keep: all(request.keep) }
    }

    pub(super) fn apply(
        &mut self,
        path: &str,
        file: &File,
        verdict: Verdict,
    ) -> Result<Verdict, OutputError> {
        let new = || Some(file.sha256().into_owned());
        let is_forced = claim(&mut self.force, path);
        let is_restored = claim(&mut self.restore, path);
        let is_kept = claim(&mut self.keep, path);
        Ok(match verdict.kind {
            Kind::Occupied(what) if is_forced && what != What::File => {
                return Err(OutputError::Unforced { path: path.to_owned(), what });
            }
            Kind::Edited | Kind::Merge | Kind::Conflict(_) | Kind::Occupied(_) if is_forced => {
                Verdict::new(Kind::Force, new()).from(verdict.from)
            }
            Kind::Conflict(_) | Kind::Occupied(What::File) if is_kept => {
                Verdict { standing: Standing::Kept, ..verdict.taken_over(file) }
            }
            _ if is_kept => verdict.kept(file, &file.sha256()),
            Kind::Deleted if is_restored => Verdict::new(Kind::Create, new()),
            _ => verdict,
        })
    }

    pub(super) fn apply_to_orphan(&mut self, path: &str, verdict: Verdict) -> Verdict {
        match claim(&mut self.force, path) && verdict.kind == Kind::KeepOrphan && verdict.from.is_some() {
            true => Verdict::new(Kind::Remove, None).from(verdict.from),
            false => verdict,
        }
    }

    pub(super) fn fulfilled(&self) -> Result<(), OutputError> {
        let wishes = [("--force", &self.force), ("--restore", &self.restore), ("--keep", &self.keep)];
        for (flag, wishes) in wishes {
            if let Some((path, _)) = wishes.iter().find(|(_, is_claimed)| !is_claimed) {
                return Err(OutputError::Wish { flag, path: (*path).to_owned() });
            }
        }
        Ok(())
    }
}

/// Whether one of the wishes names `path` or a directory above it.
fn claim(wishes: &mut [(&str, bool)], path: &str) -> bool {
    let mut is_wished = false;
    for (wish, is_claimed) in wishes {
        let rest = path.strip_prefix(*wish);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            *is_claimed = true;
            is_wished = true;
        }
    }
    is_wished
}
