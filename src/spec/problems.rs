//! The mistakes found so far, and what the TOML parser already said about a line.
//! A line that cannot be parsed is reported once, not again for what it would have meant.

use std::ops::Range;

use super::Cloud;
use super::syntax::{explained, explained_without_place, line_of};
use crate::diagnostic::{Diagnostic, in_bounds};

/// How many mistakes are kept: a file with more is no spec, and memory stays bounded.
pub const MOST: usize = 1000;

/// Mistakes, in the order found.
pub(super) struct Problems<'a> {
    text: &'a str,
    /// The spec's cloud, whose rules hold for what is named in it; Google Cloud while that is not known.
    cloud: Cloud,
    /// All clouds that have a part in it.
    clouds: Vec<Cloud>,
    found: Vec<Diagnostic>,
    /// The lines that the parser could not read.
    broken: Vec<Range<usize>>,
}

impl<'a> Problems<'a> {
    /// Starts with what the parser said: one mistake a line, since the later ones follow from the first.
    pub(super) fn new(text: &'a str, errors: Vec<toml::de::Error>) -> Self {
        let mut problems = Problems {
            text,
            cloud: Cloud::Gcp,
            clouds: vec![Cloud::Gcp],
            found: Vec::new(),
            broken: Vec::new(),
        };
        let (mut placed, mut placeless) = (Vec::new(), None);
        for error in errors {
            match error.span() {
                Some(span) => placed.push((in_bounds(text, span), error)),
                None => placeless = placeless.or(Some(error)),
            }
        }
        placed.sort_by_key(|(span, _)| span.start);
        problems.found.extend(placeless.as_ref().map(explained_without_place));
        for (span, error) in placed {
            let line = line_of(text, span.start);
            if problems.broken.last().is_some_and(|last| line.start < last.end) || problems.is_full() {
                continue;
            }
            let (mistake, broken) = explained(text, span, &error);
            problems.found.push(mistake);
            problems.broken.push(broken);
        }
        problems
    }

    /// Says which cloud's rules hold.
    pub(super) fn set_cloud(&mut self, cloud: Cloud) {
        self.cloud = cloud;
    }

    /// Says which clouds have a part in the deployment, the control plane's first.
    pub(super) fn set_clouds(&mut self, clouds: Vec<Cloud>) {
        self.clouds = clouds;
    }

    /// The clouds that have a part in the deployment.
    pub(super) fn clouds(&self) -> &[Cloud] {
        &self.clouds
    }

    /// The cloud whose rules hold.
    pub(super) fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// Adds a mistake, unless its place could not be read anyway.
    pub(super) fn push(&mut self, problem: Diagnostic) {
        let broken = problem.span.as_ref().is_some_and(|span| {
            self.broken.iter().any(|line| span.start < line.end && line.start <= span.end)
        });
        if !broken && !self.is_full() {
            self.found.push(problem);
        }
    }

    /// Whether enough is known.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MOST
    }

    /// Whether a key that was not found may stand in a line that could not be read.
    pub(super) fn may_hide(&self, key: &str) -> bool {
        !self.broken.is_empty()
            && self.text.lines().any(|line| {
                let line = line.trim_start_matches([' ', '\t', '[', '"', '\'']);
                line.strip_prefix(key)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            })
    }

    /// The text at a place.
    pub(super) fn text(&self, span: Range<usize>) -> &'a str {
        self.text.get(span).unwrap_or_default()
    }

    /// All of them by place; those without a place come last.
    pub(super) fn sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start));
        self.found
    }
}
