//! Which engines the tests may run: `TIERFORM_TOFU`, `TIERFORM_TERRAFORM`, else `tofu` and `terraform` on PATH.
//! Where `CI` is set both must be there; elsewhere a line says which one is not tested.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Once;

/// Says what is not tested and why: past the test harness, which shows no output of a test that passes.
pub fn skip(what: &str) {
    // A closed stderr is no reason to fail.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

/// Every engine that is there; a missing one fails where `CI` is set.
pub fn all() -> Vec<PathBuf> {
    static SAID: Once = Once::new();
    let mut engines = Vec::new();
    for (variable, name) in [("TIERFORM_TOFU", "tofu"), ("TIERFORM_TERRAFORM", "terraform")] {
        let on_path = || {
            let path = std::env::var_os("PATH")?;
            std::env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file())
        };
        match std::env::var_os(variable).map(PathBuf::from).or_else(on_path) {
            Some(engine) => {
                assert!(engine.is_file(), "{variable} names {}, which is no file", engine.display());
                engines.push(engine);
            }
            None => {
                let missing = format!("{name} is neither on PATH nor named by {variable}");
                assert!(std::env::var_os("CI").is_none(), "CI tests both engines, but {missing}");
                SAID.call_once(|| skip(&format!("{missing}, so no test here runs it")));
            }
        }
    }
    engines
}
