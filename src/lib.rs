//! tierform as a library: `coder.toml` in, a tree of Terraform files out.
//!
//! The data flows one way: [`spec`] → [`sizing`] → [`plan`] → [`render`] → [`output`].
//! Everything before [`output`] is a pure function of the spec and of this crate's version.

pub mod catalog;
pub mod diagnostic;
pub mod layout;
pub mod output;
pub mod plan;
pub mod rehearse;
pub mod sizing;
pub mod spec;
pub mod tree;
