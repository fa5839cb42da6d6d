//! tierform as a library: `coder.toml` in, a tree of Terraform files out.
//!
//! The data flows one way: [`spec`] → [`sizing`] → [`plan`] → [`render`] → [`output`].
//! Everything before [`output`] is a pure function of the spec and of this crate's version.

pub mod catalog;
pub mod comparison;
pub mod cost;
pub mod deployment;
pub mod diagnostic;
pub mod explain;
pub mod figures;
pub mod impact;
pub mod init;
pub mod layout;
pub mod output;
pub mod plan;
pub mod record;
pub mod rehearse;
pub mod render;
pub mod review;
pub mod sizing;
pub mod spec;
pub mod tree;
pub mod upgrade;

use diagnostic::Diagnostic;
use plan::Plan;
use record::Decided;
use sizing::Sizing;
use spec::{Reading, Spec};

/// Which program this is: a hash of all that it is made from. With the same spec and the same decisions it gives the same tree.
pub static PROGRAM: &str = include!(concat!(env!("OUT_DIR"), "/program.rs"));

/// A spec and all that follows from it, up to the text of the files.
#[derive(Debug)]
pub struct Compiled {
    /// The spec.
    pub spec: Spec,
    /// What each component needs.
    pub sizing: Sizing,
    /// The same in the cloud's words.
    pub plan: Plan,
}

/// Reads, sizes and plans the text of a `coder.toml`.
///
/// # Errors
/// Every mistake in it, in the order of their places. Where enough of the spec could be read, mistakes that only sizing and
/// plan can see are among them, so that one run tells all.
pub fn compile(text: &str) -> Result<Compiled, Vec<Diagnostic>> {
    compile_reading(spec::read(text), &Decided::default())
}

/// Sizes and plans what was read of a spec; `decided` is what stays as it is in a directory that exists.
///
/// # Errors
/// As [`compile`].
pub fn compile_reading(reading: Reading, decided: &Decided) -> Result<Compiled, Vec<Diagnostic>> {
    let mut problems = reading.problems;
    let compiled = reading.spec.map(|spec| resolve_with(spec, decided));
    match compiled {
        Some(Ok(compiled)) if problems.is_empty() => return Ok(compiled),
        Some(Err(more)) => problems.extend(more),
        _ => {}
    }
    problems.sort_by_key(|problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start));
    Err(problems)
}

/// Sizes and plans a spec.
///
/// # Errors
/// What sizing and plan refuse.
pub fn resolve(spec: Spec) -> Result<Compiled, Vec<Diagnostic>> {
    resolve_with(spec, &Decided::default())
}

/// As [`resolve`]; `decided` is what stays as it is in a directory that exists.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_with(spec: Spec, decided: &Decided) -> Result<Compiled, Vec<Diagnostic>> {
    let sizing = sizing::size(&spec, decided)?;
    let plan = plan::build(&spec, &sizing, decided)?;
    Ok(Compiled { spec, sizing, plan })
}
