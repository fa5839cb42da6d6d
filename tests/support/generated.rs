//! A generated directory for the tests that rehearse one, made through the library.
//! Read from `examples/*/expected` it would lack the modules.

use std::fs;

use tempfile::TempDir;
use tierform::{compile, render};

/// What `tierform generate` writes for the spec, in a temporary directory.
pub fn directory(spec: &str) -> TempDir {
    let compiled = compile(spec).unwrap_or_else(|problems| panic!("{problems:#?}\nin\n{spec}"));
    let directory = tempfile::tempdir().unwrap();
    for (name, file) in render::render(&compiled.plan).unwrap().iter() {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.text.as_bytes()).unwrap();
    }
    directory
}
