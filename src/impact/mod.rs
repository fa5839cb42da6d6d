//! What a change means in the cloud. Resource changes are from an engine's plan or from our own evaluation of two states of the
//! directory; one function makes an account of them, by the tables of `templates/catalog`.

pub mod account;
mod arguments;
pub mod class;
pub mod classify;
mod configuration;
pub mod difference;
mod directory;
mod evaluate;
pub mod evaluated;
mod files;
mod functions;
pub mod gate;
pub mod judge;
mod known;
mod moves;
pub mod names;
mod openings;
mod overrides;
mod plan;
pub mod plan_json;
mod reading;
mod references;
mod resources;
pub mod schemas;
mod scope;
mod symbolic;
pub mod table;
mod templates;
mod types;
mod value;
mod when;

pub use account::Account;
pub use classify::classify;
pub use directory::{Argument, Change, Directory, Effects, Resource, Traced};
pub use reading::Unread;
pub use when::When;

use crate::output::Changes;

/// The account of what writing `changes` does, by evaluation.
///
/// # Errors
/// A file that cannot be read, so that nothing can be told.
pub fn of(changes: &Changes<'_>) -> Result<Account, Unread> {
    Ok(classify(&evaluated::of(changes)?))
}

/// The account of replacing some files by others, each given by path and text.
///
/// # Errors
/// As [`of`].
pub fn between<'a>(
    old: impl Iterator<Item = (&'a str, &'a [u8])>,
    new: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<Account, Unread> {
    Ok(classify(&evaluated::between(old, new)?))
}

#[cfg(test)]
mod tests;
