//! The environment of the engine: what a program needs to run, the user's input variables, and nothing that says where a state is,
//! which workspace is meant or how a cloud is reached.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::Error;

/// Variables that are passed on: without them a program does not find its tools, or a directory its inputs.
const PASSED_ON: [&str; 5] = ["PATH", "TMPDIR", "LANG", "LC_ALL", "TZ"];

/// The prefixes of the variables that a provider reads, which are passed on only when that provider is real.
const PROVIDER_VARIABLES: &[(&str, &[&str])] = &[
    ("aws", &["AWS_"]),
    ("google", &["GOOGLE_", "CLOUDSDK_", "GCLOUD_"]),
    ("azurerm", &["ARM_", "AZURE_", "SSL_CERT_"]),
    ("kubernetes", &["KUBE_", "KUBECONFIG"]),
    ("helm", &["HELM_", "KUBE_", "KUBECONFIG"]),
];

/// A whole environment without credentials and proxies, so that nothing can reach a cloud; `reattach` makes the engine use the
/// simulated providers.
pub fn environment(
    reattach: &str,
    temporary: &Path,
    real: &[String],
) -> Result<BTreeMap<OsString, OsString>, Error> {
    let mut prefixes: Vec<&str> = Vec::new();
    for name in real {
        let name = name.rsplit('/').next().unwrap_or(name);
        let rows = PROVIDER_VARIABLES.iter().filter(|(provider, _)| *provider == name);
        prefixes.extend(rows.flat_map(|(_, prefixes)| *prefixes));
    }
    if !real.is_empty() {
        // Where the engine finds its own installation.
        prefixes.extend(["HOME", "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE", "XDG_"]);
    }
    let mut environment: BTreeMap<OsString, OsString> = std::env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            PASSED_ON.contains(&name.as_ref())
                || name.starts_with("TF_VAR_")
                || prefixes.iter().any(|prefix| name.starts_with(prefix))
        })
        .collect();
    let mut set = |name: &str, value: OsString| environment.insert(name.into(), value);
    set("CHECKPOINT_DISABLE", "1".into());
    set("TF_IN_AUTOMATION", "1".into());
    set("TF_REATTACH_PROVIDERS", reattach.into());
    if real.is_empty() {
        let configuration = temporary.join("cli.tfrc");
        std::fs::write(&configuration, "")
            .map_err(|reason| Error::Unwritable { path: configuration.clone(), reason })?;
        set("HOME", temporary.into());
        set("TF_CLI_CONFIG_FILE", configuration.into());
    }
    Ok(environment)
}
