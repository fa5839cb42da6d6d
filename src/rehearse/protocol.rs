//! The messages of Terraform's plugin protocol 6 that a simulated provider needs, as prost structs.
//! Field numbers: hashicorp/terraform, docs/plugin-protocol/tfplugin6.8.proto; unlisted fields are never read or set.

use std::collections::BTreeMap;

use prost::{Message, Oneof};

/// A value of Terraform's type system in msgpack, or (in saved state) JSON.
#[derive(Clone, PartialEq, Message)]
pub struct DynamicValue {
    /// The msgpack encoding; empty when `json` is set.
    #[prost(bytes = "vec", tag = "1")]
    pub msgpack: Vec<u8>,
    /// The JSON encoding, which is allowed for upgraded state only.
    #[prost(bytes = "vec", tag = "2")]
    pub json: Vec<u8>,
}

/// How bad a diagnostic is: the only level that we send.
pub const SEVERITY_ERROR: i32 = 1;

/// An error as the engine prints it.
#[derive(Clone, PartialEq, Message)]
pub struct Diagnostic {
    /// [`SEVERITY_ERROR`].
    #[prost(int32, tag = "1")]
    pub severity: i32,
    /// The headline.
    #[prost(string, tag = "2")]
    pub summary: String,
    /// The explanation below it.
    #[prost(string, tag = "3")]
    pub detail: String,
    /// The argument at fault.
    #[prost(message, optional, tag = "4")]
    pub attribute: Option<AttributePath>,
}

/// Where in a resource's configuration a diagnostic points.
#[derive(Clone, PartialEq, Message)]
pub struct AttributePath {
    /// From the resource inwards.
    #[prost(message, repeated, tag = "1")]
    pub steps: Vec<Step>,
}

/// One step of an [`AttributePath`].
#[derive(Clone, PartialEq, Message)]
pub struct Step {
    /// Its kind.
    #[prost(oneof = "Selector", tags = "1, 2, 3")]
    pub selector: Option<Selector>,
}

/// The kinds of step.
#[derive(Clone, PartialEq, Oneof)]
pub enum Selector {
    /// An attribute or a block type.
    #[prost(string, tag = "1")]
    AttributeName(String),
    /// A key of a map.
    #[prost(string, tag = "2")]
    ElementKeyString(String),
    /// An index of a list.
    #[prost(int64, tag = "3")]
    ElementKeyInt(i64),
}

/// A versioned schema.
#[derive(Clone, PartialEq, Message)]
pub struct Schema {
    /// The schema's version, which the state records.
    #[prost(int64, tag = "1")]
    pub version: i64,
    /// The top-level block.
    #[prost(message, optional, tag = "2")]
    pub block: Option<Block>,
}

/// A configuration block.
#[derive(Clone, PartialEq, Message)]
pub struct Block {
    /// Its arguments.
    #[prost(message, repeated, tag = "2")]
    pub attributes: Vec<Attribute>,
    /// Its nested blocks.
    #[prost(message, repeated, tag = "3")]
    pub block_types: Vec<NestedBlock>,
}

/// An argument.
#[derive(Clone, PartialEq, Message)]
pub struct Attribute {
    /// Its name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The type constraint in JSON; empty with `nested_type`.
    #[prost(bytes = "vec", tag = "2")]
    pub r#type: Vec<u8>,
    /// Must be set.
    #[prost(bool, tag = "4")]
    pub required: bool,
    /// May be set.
    #[prost(bool, tag = "5")]
    pub optional: bool,
    /// Filled by the provider when not set.
    #[prost(bool, tag = "6")]
    pub computed: bool,
    /// Hidden in output.
    #[prost(bool, tag = "7")]
    pub sensitive: bool,
    /// Warned about when set.
    #[prost(bool, tag = "9")]
    pub deprecated: bool,
    /// The attributes of a structured argument.
    #[prost(message, optional, tag = "10")]
    pub nested_type: Option<Object>,
    /// Never stored.
    #[prost(bool, tag = "11")]
    pub write_only: bool,
}

/// A structured argument.
#[derive(Clone, PartialEq, Message)]
pub struct Object {
    /// Its attributes.
    #[prost(message, repeated, tag = "1")]
    pub attributes: Vec<Attribute>,
    /// The collection kind: 1 single, 2 list, 3 set, 4 map.
    #[prost(int32, tag = "3")]
    pub nesting: i32,
}

/// A block inside a block.
#[derive(Clone, PartialEq, Message)]
pub struct NestedBlock {
    /// Its keyword.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// Its content.
    #[prost(message, optional, tag = "2")]
    pub block: Option<Block>,
    /// The collection kind: as in [`Object`], and 5 group.
    #[prost(int32, tag = "3")]
    pub nesting: i32,
    /// The least number of blocks.
    #[prost(int64, tag = "4")]
    pub min_items: i64,
    /// The greatest number of blocks; 0 is no limit.
    #[prost(int64, tag = "5")]
    pub max_items: i64,
}

/// What the server can do beyond the minimum.
#[derive(Clone, PartialEq, Message)]
pub struct ServerCapabilities {
    /// Destroys are planned too: so that deletion protection is seen by the plan.
    #[prost(bool, tag = "1")]
    pub plan_destroy: bool,
    /// The engine may use the schema of another connection.
    #[prost(bool, tag = "2")]
    pub get_provider_schema_optional: bool,
}

/// The name of a type, in the lists of [`GetMetadataResponse`].
#[derive(Clone, PartialEq, Message)]
pub struct TypeName {
    /// The type.
    #[prost(string, tag = "1")]
    pub type_name: String,
}

/// The answer of `GetMetadata`.
#[derive(Clone, PartialEq, Message)]
pub struct GetMetadataResponse {
    /// See there.
    #[prost(message, optional, tag = "1")]
    pub server_capabilities: Option<ServerCapabilities>,
    /// All data source types.
    #[prost(message, repeated, tag = "3")]
    pub data_sources: Vec<TypeName>,
    /// All resource types.
    #[prost(message, repeated, tag = "4")]
    pub resources: Vec<TypeName>,
    /// All ephemeral resource types.
    #[prost(message, repeated, tag = "6")]
    pub ephemeral_resources: Vec<TypeName>,
}

/// The answer of `GetProviderSchema`.
#[derive(Clone, PartialEq, Message)]
pub struct GetProviderSchemaResponse {
    /// The provider block.
    #[prost(message, optional, tag = "1")]
    pub provider: Option<Schema>,
    /// Resources by type.
    #[prost(btree_map = "string, message", tag = "2")]
    pub resource_schemas: BTreeMap<String, Schema>,
    /// Data sources by type.
    #[prost(btree_map = "string, message", tag = "3")]
    pub data_source_schemas: BTreeMap<String, Schema>,
    /// See there.
    #[prost(message, optional, tag = "6")]
    pub server_capabilities: Option<ServerCapabilities>,
    /// Ephemeral resources by type.
    #[prost(btree_map = "string, message", tag = "8")]
    pub ephemeral_resource_schemas: BTreeMap<String, Schema>,
}

/// The request of the four RPCs that take a type and a configuration: validation of a resource, a data source
/// or an ephemeral resource, reading a data source, opening an ephemeral resource.
#[derive(Clone, PartialEq, Message)]
pub struct TypedConfigRequest {
    /// The type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// The configuration; unknown where it depends on what is not there yet.
    #[prost(message, optional, tag = "2")]
    pub config: Option<DynamicValue>,
}

/// The answer of the RPCs that say only whether something is wrong.
#[derive(Clone, PartialEq, Message)]
pub struct DiagnosticsResponse {
    /// What is wrong.
    #[prost(message, repeated, tag = "1")]
    pub diagnostics: Vec<Diagnostic>,
}

/// The request of `ValidateProviderConfig`.
#[derive(Clone, PartialEq, Message)]
pub struct ValidateProviderConfigRequest {
    /// The provider block.
    #[prost(message, optional, tag = "1")]
    pub config: Option<DynamicValue>,
}

/// The answer of `ValidateProviderConfig`.
#[derive(Clone, PartialEq, Message)]
pub struct ValidateProviderConfigResponse {
    /// What is wrong.
    #[prost(message, repeated, tag = "2")]
    pub diagnostics: Vec<Diagnostic>,
}

/// The request of `ConfigureProvider`.
#[derive(Clone, PartialEq, Message)]
pub struct ConfigureProviderRequest {
    /// The provider block.
    #[prost(message, optional, tag = "2")]
    pub config: Option<DynamicValue>,
}

/// State as it was saved.
#[derive(Clone, PartialEq, Message)]
pub struct RawState {
    /// The attributes in JSON.
    #[prost(bytes = "vec", tag = "1")]
    pub json: Vec<u8>,
}

/// The request of `UpgradeResourceState`.
#[derive(Clone, PartialEq, Message)]
pub struct UpgradeResourceStateRequest {
    /// The state as it was saved.
    #[prost(message, optional, tag = "3")]
    pub raw_state: Option<RawState>,
}

/// The answer of `UpgradeResourceState`.
#[derive(Clone, PartialEq, Message)]
pub struct UpgradeResourceStateResponse {
    /// The state in today's schema.
    #[prost(message, optional, tag = "1")]
    pub upgraded_state: Option<DynamicValue>,
}

/// The request of `ReadResource`.
#[derive(Clone, PartialEq, Message)]
pub struct ReadResourceRequest {
    /// The type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// What the state holds.
    #[prost(message, optional, tag = "2")]
    pub current_state: Option<DynamicValue>,
    /// The provider's own note.
    #[prost(bytes = "vec", tag = "3")]
    pub private: Vec<u8>,
}

/// The answer of `ReadResource`.
#[derive(Clone, PartialEq, Message)]
pub struct ReadResourceResponse {
    /// What the cloud holds.
    #[prost(message, optional, tag = "1")]
    pub new_state: Option<DynamicValue>,
    /// The provider's own note.
    #[prost(bytes = "vec", tag = "3")]
    pub private: Vec<u8>,
}

/// The request of `PlanResourceChange`.
#[derive(Clone, PartialEq, Message)]
pub struct PlanResourceChangeRequest {
    /// The type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// What the state holds; null when creating.
    #[prost(message, optional, tag = "2")]
    pub prior_state: Option<DynamicValue>,
    /// Configuration merged with the prior computed values; null when destroying.
    #[prost(message, optional, tag = "3")]
    pub proposed_new_state: Option<DynamicValue>,
    /// The configuration alone.
    #[prost(message, optional, tag = "4")]
    pub config: Option<DynamicValue>,
    /// The provider's own note.
    #[prost(bytes = "vec", tag = "5")]
    pub prior_private: Vec<u8>,
}

/// The answer of `PlanResourceChange`.
#[derive(Clone, PartialEq, Message)]
pub struct PlanResourceChangeResponse {
    /// The state to expect; unknown where only the apply can tell.
    #[prost(message, optional, tag = "1")]
    pub planned_state: Option<DynamicValue>,
    /// The changed arguments that the cloud cannot change in place.
    #[prost(message, repeated, tag = "2")]
    pub requires_replace: Vec<AttributePath>,
    /// The provider's own note.
    #[prost(bytes = "vec", tag = "3")]
    pub planned_private: Vec<u8>,
    /// What is wrong.
    #[prost(message, repeated, tag = "4")]
    pub diagnostics: Vec<Diagnostic>,
    /// Relaxes the engine's consistency checks, as for all providers of the older SDK.
    #[prost(bool, tag = "5")]
    pub legacy_type_system: bool,
}

/// The request of `ApplyResourceChange`.
#[derive(Clone, PartialEq, Message)]
pub struct ApplyResourceChangeRequest {
    /// The type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// What the state holds; null when creating.
    #[prost(message, optional, tag = "2")]
    pub prior_state: Option<DynamicValue>,
    /// What the plan said; null when destroying.
    #[prost(message, optional, tag = "3")]
    pub planned_state: Option<DynamicValue>,
    /// The configuration, with the write-only values.
    #[prost(message, optional, tag = "4")]
    pub config: Option<DynamicValue>,
    /// The provider's own note.
    #[prost(bytes = "vec", tag = "5")]
    pub planned_private: Vec<u8>,
}

/// The answer of `ApplyResourceChange`.
#[derive(Clone, PartialEq, Message)]
pub struct ApplyResourceChangeResponse {
    /// The state after the change; null after a destroy.
    #[prost(message, optional, tag = "1")]
    pub new_state: Option<DynamicValue>,
    /// The provider's own note.
    #[prost(bytes = "vec", tag = "2")]
    pub private: Vec<u8>,
    /// What is wrong.
    #[prost(message, repeated, tag = "3")]
    pub diagnostics: Vec<Diagnostic>,
    /// As in [`PlanResourceChangeResponse`].
    #[prost(bool, tag = "4")]
    pub legacy_type_system: bool,
}

/// The answer of `ReadDataSource`.
#[derive(Clone, PartialEq, Message)]
pub struct ReadDataSourceResponse {
    /// What was read.
    #[prost(message, optional, tag = "1")]
    pub state: Option<DynamicValue>,
    /// What is wrong.
    #[prost(message, repeated, tag = "2")]
    pub diagnostics: Vec<Diagnostic>,
}

/// The answer of `OpenEphemeralResource`.
#[derive(Clone, PartialEq, Message)]
pub struct OpenEphemeralResourceResponse {
    /// What is wrong.
    #[prost(message, repeated, tag = "1")]
    pub diagnostics: Vec<Diagnostic>,
    /// The value for this run.
    #[prost(message, optional, tag = "3")]
    pub result: Option<DynamicValue>,
}
