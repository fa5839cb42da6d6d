//! Command sessions, as a user would type them: `tests/commands/*.trycmd`. They are documentation too.
//! `TRYCMD=overwrite cargo test --test suite commands` rewrites the expected output; read the diff.

use std::path::{Path, PathBuf};

/// Programs that the sessions edit files with.
const TOOLS: [&str; 7] = ["cat", "cp", "grep", "ls", "mv", "rm", "sed"];

#[test]
fn sessions() {
    let cases = trycmd::TestCases::new();
    for tool in TOOLS {
        let places = ["/bin", "/usr/bin", "/usr/local/bin"].map(|folder| Path::new(folder).join(tool));
        let found: Option<PathBuf> = places.into_iter().find(|path| path.exists());
        cases.register_bin(tool, found.unwrap_or_else(|| panic!("{tool} is in none of the usual places")));
    }
    cases.env("NO_COLOR", "1").case("tests/commands/*.trycmd");
}
