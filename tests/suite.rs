//! Every integration test in one program, so that a change of tierform links once. A folder is a family, a module in it one promise;
//! what a family reads lies beside its modules.
//!
//! `cargo test --test suite output::examples` runs one module.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper is to fail the test")]

mod commands;
mod impact;
mod output;
mod rehearse;
mod sizing;
mod spec;
mod support;
