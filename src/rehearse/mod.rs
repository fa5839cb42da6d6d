//! Rehearsal: the user's own engine, unchanged, run against simulated providers.
//! Init, validate, apply, a second plan that must be empty and a destroy that must leave nothing, without a cloud.

mod azure_regions;
mod change;
mod cloud;
mod computed;
mod copy;
mod destroy;
mod dummy;
mod engine;
mod pace;
mod phases;
mod policy;
mod protocol;
mod provider;
pub mod report;
mod rules;
pub mod schema;
mod secrets;
mod server;
mod shapes;
mod value;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use self::cloud::Cloud;
use self::engine::{Engine, Interrupt, Setting};
use self::provider::Provider;
use self::report::Report;
use self::schema::{BUNDLE, Bundled};
use self::server::Servers;

/// What to rehearse, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The directory of the configuration; it is only read.
    pub dir: PathBuf,
    /// `tofu`, `terraform` or a path; without it, the first of these two that is on PATH.
    pub engine: Option<String>,
    /// Leave the copy behind and say where it is.
    pub keep: bool,
    /// Input variables, as in `key=value`.
    pub vars: Vec<String>,
    /// Providers that are not simulated but left to the engine, by name (`aws`) or address (`hashicorp/aws`).
    pub real: Vec<String>,
}

/// Why a rehearsal could not run; what the rehearsal itself finds is in the [`Report`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither engine is on PATH.
    #[error(
        "Neither tofu nor terraform is on PATH, and a rehearsal needs one: install OpenTofu \
         (https://opentofu.org/docs/intro/install) or Terraform (https://developer.hashicorp.com/terraform/install), \
         version 1.11 or newer, or name one with --engine."
    )]
    NoEngine,
    /// The named engine is not there.
    #[error("There is no engine {name:?}: --engine takes tofu, terraform, or the path of one of them.")]
    EngineNotFound {
        /// As it was named.
        name: String,
    },
    /// The engine cannot know what the configuration uses.
    #[error(
        "The {product} on PATH is version {version}, but ephemeral values and write-only arguments need 1.11 or newer: \
         update it, or name another one with --engine."
    )]
    EngineTooOld {
        /// `tofu` or `terraform`.
        product: &'static str,
        /// Its version.
        version: String,
    },
    /// The engine does not run.
    #[error("{} cannot be used as the engine: {reason}.", program.display())]
    EngineUnusable {
        /// The program.
        program: PathBuf,
        /// What happened.
        reason: String,
    },
    /// There is nothing at the path.
    #[error("There is no {}: name the directory that `tierform generate` wrote.", path.display())]
    NoDirectory {
        /// The path.
        path: PathBuf,
    },
    /// The path is not a directory.
    #[error("{} is not a directory: name the directory that holds the .tf files.", path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// There is nothing to rehearse.
    #[error("{} holds no .tf files: name the directory that `tierform generate` wrote.", path.display())]
    NoConfiguration {
        /// The path.
        path: PathBuf,
    },
    /// Something cannot be read.
    #[error("{} cannot be read: {reason}.", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What happened.
        reason: io::Error,
    },
    /// The copy cannot be written.
    #[error("{} cannot be written: {reason}. Set TMPDIR to a directory with room.", path.display())]
    Unwritable {
        /// The path.
        path: PathBuf,
        /// What happened.
        reason: io::Error,
    },
    /// Providers without simulation.
    #[error(
        "The configuration requires {}, which tierform does not simulate (it simulates {}): pass --real NAME to leave \
         a provider to the engine's own installation.",
        providers.join(" and "),
        simulated()
    )]
    NotSimulated {
        /// Their addresses.
        providers: Vec<String>,
    },
    /// The bundle is damaged.
    #[error(transparent)]
    Bundle(#[from] schema::BundleError),
    /// The system refuses sockets, signals or threads.
    #[error("The simulated providers cannot start: {0}.")]
    Start(#[source] io::Error),
    /// The user stopped it.
    #[error("The rehearsal was interrupted; the engine has stopped and the copy is gone.")]
    Interrupted,
}

fn simulated() -> String {
    BUNDLE.iter().map(|bundled| format!("hashicorp/{}", bundled.name)).collect::<Vec<_>>().join(", ")
}

/// The longest path that every system accepts for a unix socket, less the name of a provider.
const SOCKET_PATH: usize = 80;

/// Rehearses a directory. `progress` gets one line per step, for a terminal.
///
/// # Errors
/// When the rehearsal cannot run at all; a faulty configuration is a [`Report`] that is not clean.
pub fn run(options: &Options, progress: &dyn Fn(&str)) -> Result<Report, Error> {
    let engine = Engine::find(options.engine.as_deref())?;
    let contents = copy::survey(&options.dir)?;
    let bundled = simulated_for(&contents.providers, &options.real)?;
    let temporary = temporary_directory(None)?;
    let directory =
        copy::copy(&contents, &options.dir, &temporary.path().join("copy"), !options.real.is_empty())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Start)?;
    let report = runtime.block_on(async {
        let started = Instant::now();
        // The copy may be anywhere, but a socket's path must be short.
        let sockets = match temporary.path().as_os_str().len() {
            0..=SOCKET_PATH => tempfile::tempdir_in(temporary.path()).map_err(Error::Start)?,
            _ => temporary_directory(Some(Path::new("/tmp")))?,
        };
        let cloud = Arc::default();
        let servers = Servers::start(sockets.path(), load(&bundled, &cloud)?).map_err(Error::Start)?;
        let mut interrupt = Interrupt::listen().map_err(Error::Start)?;
        let startup = started.elapsed();
        let setting =
            Setting { directory, environment: environment(&servers, temporary.path(), &options.real)? };
        let mut report =
            phases::run(&engine, &setting, &cloud, options, &contents, progress, &mut interrupt).await?;
        report.startup = startup;
        Ok::<Report, Error>(report)
    });
    let mut report = report?;
    report.providers = bundled.iter().map(|b| format!("{} {}", b.name, b.version)).collect();
    if options.keep {
        report.kept = Some(temporary.keep().join("copy"));
    }
    Ok(report)
}

/// Runs simulated providers for an engine that somebody else runs, until standard input ends. `ready` gets the value of
/// `TF_REATTACH_PROVIDERS` that makes an engine use them, once they listen.
///
/// # Errors
/// For a provider that is not simulated, or when the system refuses sockets.
pub fn serve(providers: &[String], ready: impl FnOnce(&str)) -> Result<(), Error> {
    let addresses: Vec<String> = providers.iter().map(|name| format!("hashicorp/{name}")).collect();
    let bundled = simulated_for(&addresses, &[])?;
    let sockets = temporary_directory(None)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Error::Start)?.block_on(async {
        let servers =
            Servers::start(sockets.path(), load(&bundled, &Arc::default())?).map_err(Error::Start)?;
        ready(&servers.reattach());
        let ended =
            tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        // Whether it ended well or not, nobody is there any more.
        let _ = ended.await;
        Ok(())
    })
}

fn temporary_directory(place: Option<&Path>) -> Result<tempfile::TempDir, Error> {
    let place = place.map_or_else(std::env::temp_dir, Path::to_owned);
    tempfile::Builder::new()
        .prefix("tierform-rehearse-")
        .tempdir_in(&place)
        .map_err(|reason| Error::Unwritable { path: place, reason })
}

/// The bundled providers among the required ones; every other one must be left to the engine by name.
fn simulated_for<'a>(
    required: impl IntoIterator<Item = &'a String>,
    real: &[String],
) -> Result<Vec<&'static Bundled>, Error> {
    let mut bundled = Vec::new();
    let mut missing = Vec::new();
    for address in required {
        let name = address.strip_prefix("hashicorp/");
        if real.iter().any(|wanted| wanted == address || Some(wanted.as_str()) == name) {
            continue;
        }
        match BUNDLE.iter().find(|bundled| Some(bundled.name) == name) {
            Some(found) => bundled.push(found),
            None => missing.push(address.clone()),
        }
    }
    if missing.is_empty() { Ok(bundled) } else { Err(Error::NotSimulated { providers: missing }) }
}

fn load(bundled: &[&'static Bundled], cloud: &Arc<Cloud>) -> Result<Vec<Arc<Provider>>, Error> {
    let provider = |bundled: &&'static Bundled| {
        Ok(Arc::new(Provider::new(bundled.name, bundled.load()?, Arc::clone(cloud))))
    };
    bundled.iter().map(provider).collect()
}

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

/// A whole environment without credentials and proxies, so that nothing can reach a cloud.
fn environment(
    servers: &Servers,
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
    set("TF_REATTACH_PROVIDERS", servers.reattach().into());
    if real.is_empty() {
        let configuration = temporary.join("cli.tfrc");
        std::fs::write(&configuration, "")
            .map_err(|reason| Error::Unwritable { path: configuration.clone(), reason })?;
        set("HOME", temporary.into());
        set("TF_CLI_CONFIG_FILE", configuration.into());
    }
    Ok(environment)
}
