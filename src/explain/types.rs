//! The answer to a question, as `explain --format json` prints it: names that scripts rely on.
//! People get the same, laid out by the command.

use serde::Serialize;
use serde_json::Value;

/// The answer.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Explanation {
    /// Of a figure, or of an argument of `terraform.tfvars`.
    Figure(Figure),
    /// Of a resource.
    Resource(Resource),
}

/// Why a figure or an argument is so.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// Its key in `size --format json`, else its path in `terraform.tfvars`.
    pub what: String,
    /// Its value.
    pub value: Value,
    /// Why it is so here.
    pub because: Option<String>,
    /// How it comes about.
    pub rule: &'static str,
    /// What the tier's page says of it.
    pub published: Option<Published>,
    /// The user's keys that set it, the nearest first.
    pub keys: Vec<Key>,
    /// What limits it.
    pub limits: Vec<String>,
    /// The arguments of `terraform.tfvars` that are it or follow from it.
    pub arguments: Vec<Argument>,
}

/// A published figure.
#[derive(Debug, Serialize)]
pub struct Published {
    /// The row, in words.
    pub row: String,
    /// The page: file and commit in coder/coder's documentation.
    pub page: &'static str,
    /// What the page says beside its table.
    pub notes: Vec<&'static str>,
}

/// A key of the spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Its path.
    pub key: &'static str,
    /// What it means.
    pub means: &'static str,
    /// What it takes.
    pub takes: String,
    /// The line of coder.toml that has it; null where it has not.
    pub line: Option<usize>,
    /// The value there.
    pub value: Option<String>,
}

/// An argument of `terraform.tfvars`, and what other values of it do.
#[derive(Debug, Serialize)]
pub struct Argument {
    /// Its path.
    pub path: String,
    /// The file that has it: `terraform.tfvars`, `sites.auto.tfvars`, in a child module `variables.tf` as a default.
    pub file: String,
    /// Its value, as HCL has it.
    pub value: String,
    /// What happens to which resource at another value.
    pub changes: Vec<Change>,
}

/// What happens to a resource.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The value; null where any other does the same.
    pub to: Option<String>,
    /// The worst of it, as `diff --impact` calls it: `in place`, `drained`, `replaced`, `DATA LOSS` and so on.
    pub effect: &'static str,
    /// The resource's address.
    pub address: String,
    /// The arguments of the resource that make it so.
    pub arguments: Vec<String>,
    /// What is lost.
    pub loses: Option<&'static str>,
    /// What it does besides.
    pub notes: Vec<String>,
    /// Where the rule is known from.
    pub source: Option<&'static str>,
}

/// Why a resource is so.
#[derive(Debug, Serialize)]
pub struct Resource {
    /// Its address.
    pub what: String,
    /// The file that has it.
    pub file: String,
    /// The comment above it.
    pub comment: Option<String>,
    /// The addresses under which it is made; none where it is not.
    pub instances: Vec<String>,
    /// What would be lost with it.
    pub holds: Option<&'static str>,
    /// Its arguments that follow from `terraform.tfvars`.
    pub arguments: Vec<Source>,
}

/// An argument of a resource and where it comes from.
#[derive(Debug, Serialize)]
pub struct Source {
    /// Its path in the resource.
    pub argument: String,
    /// Its value.
    pub value: String,
    /// What a change does to the resource.
    pub effect: &'static str,
    /// The arguments of `terraform.tfvars` that it follows from.
    pub from: Vec<From>,
}

/// An argument of `terraform.tfvars` that a resource follows from.
#[derive(Debug, Serialize)]
pub struct From {
    /// Its path.
    pub path: String,
    /// Why it is so.
    pub because: Option<String>,
    /// The user's keys that set it.
    pub keys: Vec<&'static str>,
}
