//! The command line as clap sees it: subcommands, arguments and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tierform::impact::class::Class;

/// Turns a Coder reference-architecture tier and a cloud into a Terraform/OpenTofu directory.
#[derive(Debug, Parser)]
#[command(name = "tierform", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a first coder.toml
    ///
    /// With every key in it: those that are known are set, the others stand there as comments with their meaning and their
    /// default. At a terminal it asks for what must be there and was not given. A file that is there is never overwritten.
    Init(Init),
    /// Write the Terraform directory of a spec
    ///
    /// Writes only what differs. What you edited is merged with what changed; where both changed the same lines, yours stay
    /// and the merge with tierform's is written beside the file as FILE.tierform-new. That is settled when you move it over yours,
    /// delete it, or declare yours kept with --keep, and then generate once more; until then check, diff and generate tell.
    ///
    /// Exit status: 0 done; 1 error; 3 conflicts are left, or nothing was written because data would be lost, the cloud would
    /// refuse, or the change could not be judged.
    Generate(Generate),
    /// Tell whether the directory is what the spec generates; writes nothing
    ///
    /// What you edited or deleted is your own affair; a conflict that nobody settled is not.
    ///
    /// Exit status: 0 current; 2 stale, or a conflict is left; 1 error.
    Check(Check),
    /// Show what generate would change; writes nothing
    ///
    /// With --impact it says what that does in the cloud: an engine that is on PATH plays it on simulated clouds, offline; without one
    /// tierform evaluates both states of the directory. The first line says which of the two it was.
    ///
    /// Exit status: 0 nothing; 2 something, or a conflict is left; 3 something that --fail-on names; 1 error.
    Diff(Diff),
    /// Show the figures: replicas, hosts, daemons, nodes, database
    Size(Size),
    /// Tell why a figure or a resource is as it is, and what another value would do
    ///
    /// WHAT is a key of `size --format json` (coderd.replicas, clusters.main.nodes_max), an argument of terraform.tfvars
    /// (coderd.machine_type) or a resource's address (module.coderd.google_compute_health_check.this).
    Explain(Explain),
    /// Show what a month costs at list price, by component
    ///
    /// Dated list prices of machines, nodes and the database. What is not priced is listed; estimates are marked.
    ///
    /// Exit status: 0 within the budget, or none given; 2 above it; 1 error.
    Cost(Cost),
    /// Apply, plan again and destroy a directory against simulated providers, offline
    ///
    /// Runs your own tofu or terraform, unchanged, on a copy of the directory that has its state beside it, whatever backend the files
    /// name. No account, no network, nothing of yours is touched; programs and modules from elsewhere are refused unless you allow them.
    /// With --from or --edit a change is played: what it does, in which order, and what is absent meanwhile.
    ///
    /// Exit status: 0 clean; 2 the rehearsal found something; 1 it could not run.
    Rehearse(Rehearse),
    /// Tell what a real plan does, in the deployment's own words
    ///
    /// PLAN is what `tofu show -json PLANFILE` or `terraform show -json PLANFILE` printed; `-` reads it from standard input. What was
    /// changed outside the files is told beside it: the autoscaler's, the cloud's own, a person's. Sensitive values are never printed.
    ///
    /// Exit status: 0 nothing changes; 2 something; 3 something that --fail-on names; 1 error.
    Review(Review),
    /// Print the JSON Schema of coder.toml
    Schema,
    /// Print the completions of a shell
    Completions {
        /// bash, elvish, fish, powershell or zsh
        #[arg(value_name = "SHELL", value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Show the published tiers with their sources
    Tiers(Tiers),
    /// Show the machine types that are known, with list prices
    ///
    /// In the given region, else in us-central1, us-east-1 and eastus. A `~` marks an estimate, a dash an unknown price.
    Machines(Catalog),
    /// Show the regions that are known, and which of them sell a machine family
    Regions(Catalog),
    /// Show the releases of Coder that are known, and the Terraform that goes with each
    Releases {
        /// How to print
        #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
        format: ReportFormat,
    },
}

#[derive(Debug, Args)]
pub struct Init {
    /// The tier: 1k, 2k, 3k or 10k
    #[arg(long, value_name = "TIER", value_parser = tier)]
    pub tier: Option<tierform::spec::Tier>,
    /// The cloud: gcp, aws or azure
    #[arg(long, value_name = "CLOUD", value_parser = cloud)]
    pub cloud: Option<tierform::spec::Cloud>,
    /// The region [default, where nobody can be asked: us-central1, us-east-1 or eastus]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The prefix of every resource's name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The access URL, such as https://coder.example.com
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Any other key, as in --set gcp.project=acme-prod; entries of a list are separated by commas
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "coder.toml")]
    pub out: PathBuf,
}

/// A spec and where its output is.
#[derive(Debug, Args)]
pub struct Place {
    /// The spec
    #[arg(value_name = "SPEC", default_value = "coder.toml")]
    pub spec: PathBuf,
    /// The directory to generate [default: the spec's `output` key, else `infra`, beside the spec]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Generate {
    #[command(flatten)]
    pub place: Place,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Replace this edited file, or all below this directory, by what is generated; PATH is inside the output directory
    #[arg(long, value_name = "PATH")]
    pub force: Vec<String>,
    /// Bring back this file that you deleted, or all below this directory
    #[arg(long, value_name = "PATH")]
    pub restore: Vec<String>,
    /// Declare that yours stays in this file, or all below this directory, where it clashes with what is generated
    #[arg(long, value_name = "PATH")]
    pub keep: Vec<String>,
    /// Take the sizes of this tierform's catalog instead of keeping those that the directory has
    #[arg(long)]
    pub upgrade_catalog: bool,
    /// Write even what would make Terraform replace a database, a cluster, secrets or disks
    #[arg(long)]
    pub accept_data_loss: bool,
    /// Write even what the cloud will not do
    #[arg(long)]
    pub accept_refused: bool,
    /// Write even where tierform cannot tell what becomes of data, as when a file there cannot be read
    #[arg(long)]
    pub accept_unknown: bool,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub place: Place,
    /// List also what is yours: edited, deleted, declared kept
    #[arg(long)]
    pub all: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ReportFormat,
}

#[derive(Debug, Args)]
pub struct Diff {
    #[command(flatten)]
    pub place: Place,
    /// Only count lines
    #[arg(long, conflicts_with = "impact")]
    pub stat: bool,
    /// Tell what the change does in the cloud instead: what is lost, refused, replaced, drained, opened, made smaller
    #[arg(long)]
    pub impact: bool,
    /// Tell of another change: from OLD to the directory as it stands, as a pull request makes it that has both spec and directory. OLD
    /// is a directory, or git:REV[:PATH] of the repository that the directory is in
    #[arg(long, value_name = "OLD", requires = "impact", conflicts_with = "upgrade_catalog")]
    pub from: Option<String>,
    /// Who plays the change on simulated clouds: tofu, terraform, the path of one of them, or none for tierform's own evaluation
    /// [default: the first of the two on PATH, else none]
    #[arg(long, value_name = "ENGINE", requires = "impact")]
    pub engine: Option<String>,
    #[command(flatten)]
    pub gate: Gate,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", requires = "impact")]
    pub format: Format,
    /// As `generate --upgrade-catalog` would
    #[arg(long)]
    pub upgrade_catalog: bool,
}

/// What a pipeline must not let through.
#[derive(Debug, Args)]
pub struct Gate {
    /// End with status 3 when something is of one of these classes, separated by commas: data-loss, refused, destroyed, replaced,
    /// drained, restarted, opened, closed, smaller, in-place, created, may-be
    #[arg(long, value_name = "CLASS", value_delimiter = ',', value_parser = class)]
    pub fail_on: Vec<Class>,
}

#[derive(Debug, Args)]
pub struct Review {
    /// The plan in JSON
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// What was applied last: a directory, or git:REV[:PATH] of the repository that DIR is in. Says where the plan does something else
    /// than the change of the files from there promises: somebody changed things by hand, an earlier change was never applied, or a
    /// provider is another one
    #[arg(long, value_name = "OLD")]
    pub from: Option<String>,
    /// The directory that the plan is of
    #[arg(long, value_name = "DIR", default_value = "infra", requires = "from")]
    pub dir: PathBuf,
    #[command(flatten)]
    pub gate: Gate,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// What a question is about: a spec, or a tier and a cloud without one.
#[derive(Debug, Args)]
pub struct Question {
    /// The spec [default: coder.toml, unless --tier is given]
    #[arg(value_name = "SPEC", conflicts_with_all = ["tier", "cloud", "region", "tier_revision"])]
    pub spec: Option<PathBuf>,
    /// A tier instead of a spec: 1k, 2k, 3k or 10k
    #[arg(long, value_name = "TIER", value_parser = tier, requires = "cloud")]
    pub tier: Option<tierform::spec::Tier>,
    /// The cloud: gcp, aws or azure
    #[arg(long, value_name = "CLOUD", value_parser = cloud, requires = "tier")]
    pub cloud: Option<tierform::spec::Cloud>,
    /// The region [default: us-central1, us-east-1 or eastus]
    #[arg(long, value_name = "REGION", requires = "tier")]
    pub region: Option<String>,
    /// The tier's revision [default: 1 for 2k, 2 for the others]
    #[arg(long, value_name = "N", requires = "tier", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub tier_revision: Option<u8>,
}

#[derive(Debug, Args)]
pub struct Size {
    #[command(flatten)]
    pub question: Question,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// The spec
    #[arg(value_name = "SPEC")]
    pub spec: PathBuf,
    /// What to explain
    #[arg(value_name = "WHAT")]
    pub what: String,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ReportFormat,
}

#[derive(Debug, Args)]
pub struct Cost {
    #[command(flatten)]
    pub question: Question,
    /// Fail with status 2 when the month may cost more, with all nodes running
    #[arg(long, value_name = "USD", value_parser = budget)]
    pub budget: Option<f64>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Filters of the catalog.
#[derive(Debug, Args)]
pub struct Catalog {
    /// Only this cloud: gcp, aws or azure
    #[arg(long, value_name = "CLOUD", value_parser = cloud)]
    pub cloud: Option<tierform::spec::Cloud>,
    /// Only this region, or what it sells
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Only this machine family, such as n4, m8i or Dsv6, or where it is sold
    #[arg(long, value_name = "FAMILY")]
    pub family: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ReportFormat,
}

#[derive(Debug, Args)]
pub struct Rehearse {
    /// The directory that `tierform generate` wrote [default: infra; with --edit the one of the spec]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Play the change from OLD to DIR: OLD is a directory, or git:REV[:PATH] of the repository that DIR is in
    ///
    /// OLD is applied on the simulated clouds, DIR planned and applied over it, planned again and destroyed. Tells each step, what was
    /// absent meanwhile, and whether what holds data is still the same.
    #[arg(long, value_name = "OLD")]
    pub from: Option<String>,
    /// Play the change to what the spec generates with another value; nothing behind the `=` takes the key away
    ///
    /// May be given several times. Entries of a list are separated by commas; `clusters.NAME.KEY` is a key of one cluster. Without
    /// --from the change is played from the directory as it is.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub edit: Vec<(String, String)>,
    /// The spec that --edit is about
    #[arg(long, value_name = "FILE", default_value = "coder.toml")]
    pub spec: PathBuf,
    /// tofu, terraform, or the path of one of them [default: the first of the two on PATH]
    #[arg(long, value_name = "ENGINE")]
    pub engine: Option<String>,
    /// Set an input variable
    #[arg(long, value_name = "NAME=VALUE")]
    pub var: Vec<String>,
    /// Leave a provider to the engine's own installation instead of simulating it; what it does is done
    #[arg(long, value_name = "PROVIDER")]
    pub real: Vec<String>,
    /// Leave the copy behind and say where it is
    #[arg(long)]
    pub keep: bool,
    /// Let programs of your own files run, such as provisioners
    #[arg(long)]
    pub allow_programs: bool,
    /// Let the engine fetch modules and read other states
    #[arg(long)]
    pub allow_network: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ReportFormat,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub struct Tiers {
    /// Only this tier
    #[arg(long, value_name = "TIER", value_parser = tier)]
    pub tier: Option<tierform::spec::Tier>,
    /// Only this revision
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub revision: Option<u8>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Table,
    /// For programs; its keys are stable
    Json,
    /// For documents
    Markdown,
}

fn tier(text: &str) -> Result<tierform::spec::Tier, String> {
    let all = tierform::spec::Tier::ALL;
    all.into_iter()
        .find(|tier| tier.as_str() == text)
        .ok_or_else(|| format!("tiers are {}", all.map(|t| t.as_str()).join(", ")))
}

fn cloud(text: &str) -> Result<tierform::spec::Cloud, String> {
    let all = tierform::spec::Cloud::ALL;
    all.into_iter()
        .find(|cloud| cloud.as_str() == text)
        .ok_or_else(|| format!("clouds are {}", all.map(|c| c.as_str()).join(", ")))
}

fn class(text: &str) -> Result<Class, String> {
    // As reports print them, too.
    let key = text.trim().to_lowercase().replace(' ', "-");
    let found = Class::ALL.into_iter().find(|class| class.key() == key);
    found.ok_or_else(|| format!("classes are {}", Class::ALL.map(Class::key).join(", ")))
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
    pair.ok_or_else(|| "write KEY=VALUE, such as gcp.project=acme-prod".to_owned())
}

fn budget(text: &str) -> Result<f64, String> {
    let budget = text.parse().ok().filter(|usd: &f64| usd.is_finite() && *usd >= 0.0);
    budget.ok_or_else(|| "a budget is a number of USD a month, such as 5000".to_owned())
}
