//! The output directory: what is written, what is kept, and that a change is small.

mod directory;
mod examples;
mod frozen;
mod hostile_directory;
mod infra;
mod layout;
mod merging;
mod regenerate;
mod regenerate_properties;
mod released;
