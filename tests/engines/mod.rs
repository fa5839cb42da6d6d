//! Which engines the tests may run: `TIERFORM_TOFU`, `TIERFORM_TERRAFORM`, else `tofu` and `terraform` on PATH.

use std::path::PathBuf;

/// Every engine that is there. Without any, tests pass with a line that says so, but fail where CI is set.
pub fn all() -> Vec<PathBuf> {
    let engines: Vec<PathBuf> = [("TIERFORM_TOFU", "tofu"), ("TIERFORM_TERRAFORM", "terraform")]
        .into_iter()
        .filter_map(|(variable, name)| {
            std::env::var_os(variable).map(PathBuf::from).or_else(|| {
                let path = std::env::var_os("PATH")?;
                std::env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file())
            })
        })
        .collect();
    if engines.is_empty() {
        assert!(std::env::var_os("CI").is_none(), "CI must have tofu or terraform on PATH");
        eprintln!("SKIPPED: neither tofu nor terraform is on PATH, TIERFORM_TOFU or TIERFORM_TERRAFORM");
    }
    engines
}
