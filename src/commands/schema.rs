//! `tierform schema`: the JSON Schema of coder.toml, for editors.

use std::process::ExitCode;

use super::{Failure, print, size};

pub fn run() -> Result<ExitCode, Failure> {
    print(&size::json(&tierform::spec::schema()))?;
    Ok(ExitCode::SUCCESS)
}
