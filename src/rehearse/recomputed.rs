//! Values that a provider decides and that a change in place makes new, so that whatever refers to them changes with it. One table
//! for the simulated clouds and for what is told of a change without an engine.

/// Which change makes the value new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Every one.
    Any,
    /// One of this argument.
    Argument(&'static str),
}

/// Types, their computed attributes and what makes these new. Sources:
/// - `aws_launch_template`, "latest_version", and with `update_default_version` "default_version": every change makes a version.
/// - `azurerm_key_vault_secret`, "version" and "id": every value is a version, which is part of the id (Azure Key Vault, "versions").
/// - `terraform_data`, "output": the input's value, known once it is applied.
const RECOMPUTED: &[(&str, &str, By)] = &[
    ("aws_launch_template", "latest_version", By::Any),
    ("azurerm_key_vault_secret", "version", By::Argument("value")),
    ("azurerm_key_vault_secret", "version", By::Argument("value_wo_version")),
    ("azurerm_key_vault_secret", "id", By::Argument("value")),
    ("azurerm_key_vault_secret", "id", By::Argument("value_wo_version")),
    ("azurerm_key_vault_secret", "resource_id", By::Argument("value")),
    ("azurerm_key_vault_secret", "resource_id", By::Argument("value_wo_version")),
    ("terraform_data", "output", By::Argument("input")),
];

/// The attributes of a type that a change in place makes new, by whether anything and which arguments changed.
pub fn names(kind: &str, is_any: bool, changed: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let rows = RECOMPUTED.iter().filter(|(of, _, _)| *of == kind);
    let new = rows.filter(|(_, _, by)| match by {
        By::Any => is_any,
        By::Argument(argument) => changed(argument),
    });
    let mut names: Vec<&str> = new.map(|(_, name, _)| *name).collect();
    names.dedup();
    names
}
