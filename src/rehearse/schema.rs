//! Provider schemas: the bundle in `templates/schemas/`, and their form on the wire.
//! The layout is that of `tofu providers schema -json`, pruned to what the simulation needs.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};

use super::protocol;

/// One simulated provider: its name in `hashicorp/`, the version that the schema was taken from, the schema.
pub struct Bundled {
    /// The name, as in `hashicorp/<name>`.
    pub name: &'static str,
    /// The version whose schema it is.
    pub version: &'static str,
    gz: &'static [u8],
}

/// One row of the bundle; the file holds what its name says.
macro_rules! bundled {
    ($name:literal, $version:literal) => {
        Bundled {
            name: $name,
            version: $version,
            gz: include_bytes!(concat!("../../templates/schemas/", $name, "-", $version, ".json.gz")),
        }
    };
}

/// Every provider that can be simulated.
pub const BUNDLE: &[Bundled] = &[
    bundled!("aws", "5.100.0"),
    bundled!("azurerm", "5.2.0"),
    bundled!("google", "8.0.0"),
    bundled!("helm", "3.1.2"),
    bundled!("kubernetes", "3.2.1"),
    bundled!("random", "3.9.0"),
];

/// A bundled schema does not parse: a mistake of the build, not of the user.
#[derive(Debug, thiserror::Error)]
#[error("The bundled schema of the {provider} provider is damaged ({reason}); install tierform again.")]
pub struct BundleError {
    provider: &'static str,
    reason: String,
}

impl Bundled {
    /// Unpacks the schema.
    ///
    /// # Errors
    /// When the bundled file is damaged.
    pub fn load(&self) -> Result<ProviderSchema, BundleError> {
        let damaged = |reason: String| BundleError { provider: self.name, reason };
        let mut json = Vec::new();
        GzDecoder::new(self.gz).read_to_end(&mut json).map_err(|e| damaged(e.to_string()))?;
        serde_json::from_slice(&json).map_err(|e| damaged(e.to_string()))
    }
}

/// All schemas of one provider.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ProviderSchema {
    /// The provider block.
    pub provider: Schema,
    /// Resources by type.
    #[serde(default)]
    pub resource_schemas: BTreeMap<String, Schema>,
    /// Data sources by type.
    #[serde(default)]
    pub data_source_schemas: BTreeMap<String, Schema>,
    /// Ephemeral resources by type.
    #[serde(default)]
    pub ephemeral_resource_schemas: BTreeMap<String, Schema>,
}

/// A versioned schema.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Schema {
    /// The schema's version, which the state records.
    #[serde(default, skip_serializing_if = "is_default")]
    pub version: i64,
    /// The top-level block.
    pub block: Block,
}

/// A configuration block.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its arguments.
    #[serde(default, skip_serializing_if = "is_default")]
    pub attributes: BTreeMap<String, Attribute>,
    /// Its nested blocks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub block_types: BTreeMap<String, NestedBlock>,
}

/// An argument.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// The type constraint, as the protocol has it; absent with `nested_type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<serde_json::Value>,
    /// The attributes of a structured argument.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nested_type: Option<Box<NestedType>>,
    /// Must be set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// May be set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
    /// Filled by the provider when not set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub computed: bool,
    /// Hidden in output.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sensitive: bool,
    /// Warned about when set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deprecated: bool,
    /// Never stored.
    #[serde(default, skip_serializing_if = "is_default")]
    pub write_only: bool,
}

/// A structured argument.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NestedType {
    /// Its attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Attribute>,
    /// The collection kind.
    pub nesting_mode: Nesting,
}

/// A block inside a block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NestedBlock {
    /// The collection kind.
    pub nesting_mode: Nesting,
    /// Its content.
    pub block: Block,
    /// The least number of blocks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min_items: i64,
    /// The greatest number of blocks; 0 is no limit.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max_items: i64,
}

/// How many of a thing there are and how they are told apart; the numbers are the protocol's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nesting {
    /// One or none.
    #[default]
    Single = 1,
    /// Ordered.
    List = 2,
    /// Unordered.
    Set = 3,
    /// By key.
    Map = 4,
    /// Always one.
    Group = 5,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Schema {
    /// The schema as a message.
    pub fn to_message(&self) -> protocol::Schema {
        protocol::Schema { version: self.version, block: Some(self.block.to_message()) }
    }
}

impl Block {
    fn to_message(&self) -> protocol::Block {
        protocol::Block {
            attributes: attributes_to_messages(&self.attributes),
            block_types: self
                .block_types
                .iter()
                .map(|(name, nested)| protocol::NestedBlock {
                    type_name: name.clone(),
                    block: Some(nested.block.to_message()),
                    nesting: nested.nesting_mode as i32,
                    min_items: nested.min_items,
                    max_items: nested.max_items,
                })
                .collect(),
        }
    }
}

fn attributes_to_messages(attributes: &BTreeMap<String, Attribute>) -> Vec<protocol::Attribute> {
    attributes
        .iter()
        .map(|(name, attribute)| protocol::Attribute {
            name: name.clone(),
            r#type: attribute.r#type.as_ref().map(|t| t.to_string().into_bytes()).unwrap_or_default(),
            required: attribute.required,
            optional: attribute.optional,
            computed: attribute.computed,
            sensitive: attribute.sensitive,
            deprecated: attribute.deprecated,
            nested_type: attribute.nested_type.as_ref().map(|nested| protocol::Object {
                attributes: attributes_to_messages(&nested.attributes),
                nesting: nested.nesting_mode as i32,
            }),
            write_only: attribute.write_only,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_schema_unpacks_and_has_types() {
        for bundled in BUNDLE {
            let schema = bundled.load().unwrap();
            let types = schema.resource_schemas.len() + schema.ephemeral_resource_schemas.len();
            assert!(types > 0, "{} has no types", bundled.name);
        }
    }
}
