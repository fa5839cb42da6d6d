//! The output directory: what is written, what is kept, and that a change is small.

mod checkouts;
mod damaged;
mod directory;
mod examples;
mod hostile_directory;
mod in_ci;
mod infra;
mod layout;
mod merging;
mod record;
mod records;
mod regenerate;
mod regenerate_properties;
mod released;
mod releases;
