//! A simulated provider: answers the engine's calls from the schema, the tables of shapes and the rules.
//! It remembers what was applied, so that names clash, secrets read back and protected things refuse to go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use prost::Message;

use super::change::{Visitor, walk};
use super::cloud::{Cloud, Thing, same_reference};
use super::computed;
use super::destroy;
use super::dummy::{Subject, default_of, fill, fills_block};
use super::protocol as p;
use super::rules::{self, Finding};
use super::schema::{Attribute, Block, NestedBlock, ProviderSchema, Schema};
use super::shapes::{COUNTED, MERGED_LABELS, READ_BACK, SLOW};
use super::value::{DecodeError, Object, Value};

/// One connection of the engine: one configured instance of the provider.
#[derive(Default)]
pub struct Connection {
    settings: Mutex<Object>,
}

/// A call that has no answer; only a broken or a newer engine sees these.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// A method that this server does not have.
    #[error("The simulated provider does not implement {0}.")]
    Unimplemented(String),
    /// A message that does not decode.
    #[error("The simulated provider cannot read the engine's message: {0}.")]
    Malformed(String),
}

impl CallError {
    /// The gRPC status code.
    pub fn grpc_status(&self) -> u16 {
        match self {
            CallError::Unimplemented(_) => 12,
            CallError::Malformed(_) => 3,
        }
    }
}

impl From<prost::DecodeError> for CallError {
    fn from(error: prost::DecodeError) -> Self {
        CallError::Malformed(error.to_string())
    }
}

impl From<DecodeError> for CallError {
    fn from(error: DecodeError) -> Self {
        CallError::Malformed(error.to_string())
    }
}

/// A provider without a cloud behind it.
pub struct Provider {
    name: &'static str,
    schema: ProviderSchema,
    encoded_schema: OnceLock<Vec<u8>>,
    cloud: Arc<Cloud>,
}

impl Provider {
    /// A provider that shares `cloud` with the others.
    pub fn new(name: &'static str, schema: ProviderSchema, cloud: Arc<Cloud>) -> Provider {
        Provider { name, schema, encoded_schema: OnceLock::new(), cloud }
    }

    /// The name, as in `hashicorp/<name>`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Answers one call.
    ///
    /// # Errors
    /// When the method is not implemented or the message does not decode.
    pub fn call(&self, connection: &Connection, method: &str, message: &[u8]) -> Result<Vec<u8>, CallError> {
        let settings = || connection.settings.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match method {
            "GetMetadata" => self.metadata().encode_to_vec(),
            "GetProviderSchema" => self.encoded_schema.get_or_init(|| self.schemas().encode_to_vec()).clone(),
            // Messages of which every field is optional, and we set none.
            "GetResourceIdentitySchemas"
            | "StopProvider"
            | "CloseEphemeralResource"
            | "RenewEphemeralResource"
            | "GetFunctions" => Vec::new(),
            "ValidateProviderConfig" => {
                let request = p::ValidateProviderConfigRequest::decode(message)?;
                let config = decode(request.config.as_ref())?;
                let diagnostics =
                    diagnostics(rules::check_provider(self.name, &config).into_iter().collect());
                p::ValidateProviderConfigResponse { diagnostics }.encode_to_vec()
            }
            "ConfigureProvider" => {
                let request = p::ConfigureProviderRequest::decode(message)?;
                if let Value::Map(config) = decode(request.config.as_ref())? {
                    *settings() = config;
                }
                Vec::new()
            }
            "ValidateResourceConfig" => self.validate(message, Some(&self.schema.resource_schemas))?,
            "ValidateDataResourceConfig" => self.validate(message, None)?,
            "ValidateEphemeralResourceConfig" => self.validate(message, None)?,
            "UpgradeResourceState" => {
                let request = p::UpgradeResourceStateRequest::decode(message)?;
                let json = request.raw_state.map(|raw| raw.json).unwrap_or_default();
                let upgraded_state = Some(p::DynamicValue { msgpack: Vec::new(), json });
                p::UpgradeResourceStateResponse { upgraded_state }.encode_to_vec()
            }
            "ReadResource" => {
                let request = p::ReadResourceRequest::decode(message)?;
                let mut state = decode(request.current_state.as_ref())?;
                let schema = find(&self.schema.resource_schemas, &request.type_name)?;
                computed::report(&request.type_name, &schema.block, &mut state);
                p::ReadResourceResponse { new_state: Some(encode(&state)), private: request.private }
                    .encode_to_vec()
            }
            "PlanResourceChange" => {
                let config = settings().clone();
                self.plan(&config, &p::PlanResourceChangeRequest::decode(message)?)?.encode_to_vec()
            }
            "ApplyResourceChange" => {
                let config = settings().clone();
                self.apply(&config, &p::ApplyResourceChangeRequest::decode(message)?)?.encode_to_vec()
            }
            "ReadDataSource" => {
                let request = p::TypedConfigRequest::decode(message)?;
                let schema = find(&self.schema.data_source_schemas, &request.type_name)?;
                let config = decode(request.config.as_ref())?;
                let state = self.read(schema, &request.type_name, config, &settings(), String::new());
                p::ReadDataSourceResponse { state: Some(encode(&state)), diagnostics: Vec::new() }
                    .encode_to_vec()
            }
            "OpenEphemeralResource" => {
                let config = settings().clone();
                self.open(&config, &p::TypedConfigRequest::decode(message)?)?.encode_to_vec()
            }
            other => return Err(CallError::Unimplemented(other.to_owned())),
        })
    }

    /// The rank of what the call makes, if that is slow.
    pub fn slowness(method: &str, message: &[u8]) -> Option<u8> {
        if method != "ApplyResourceChange" {
            return None;
        }
        // A message that does not decode is the call's to report.
        let request = p::ApplyResourceChangeRequest::decode(message).ok()?;
        if !decode(request.prior_state.as_ref()).ok()?.is_null() {
            return None;
        }
        let planned = decode(request.planned_state.as_ref()).ok()?;
        let row = SLOW.iter().find(|(type_name, only, _)| {
            *type_name == request.type_name
                && only.is_none_or(|(name, value)| planned.text(name) == Some(value))
        });
        row.map(|(_, _, rank)| *rank)
    }

    fn capabilities() -> p::ServerCapabilities {
        p::ServerCapabilities { plan_destroy: true, get_provider_schema_optional: true }
    }

    fn metadata(&self) -> p::GetMetadataResponse {
        let names = |schemas: &BTreeMap<String, Schema>| {
            schemas.keys().map(|name| p::TypeName { type_name: name.clone() }).collect()
        };
        p::GetMetadataResponse {
            server_capabilities: Some(Self::capabilities()),
            data_sources: names(&self.schema.data_source_schemas),
            resources: names(&self.schema.resource_schemas),
            ephemeral_resources: names(&self.schema.ephemeral_resource_schemas),
        }
    }

    fn schemas(&self) -> p::GetProviderSchemaResponse {
        let messages = |schemas: &BTreeMap<String, Schema>| {
            schemas.iter().map(|(name, schema)| (name.clone(), schema.to_message())).collect()
        };
        p::GetProviderSchemaResponse {
            provider: Some(self.schema.provider.to_message()),
            resource_schemas: messages(&self.schema.resource_schemas),
            data_source_schemas: messages(&self.schema.data_source_schemas),
            server_capabilities: Some(Self::capabilities()),
            ephemeral_resource_schemas: messages(&self.schema.ephemeral_resource_schemas),
        }
    }

    /// Rules apply to resources only: a data source that asks for nonsense finds nothing. The engine validates in
    /// every plan and apply too, each time with more values known, and always what the user wrote: later messages
    /// carry prior values in place of ignored changes.
    fn validate(
        &self,
        message: &[u8],
        schemas: Option<&BTreeMap<String, Schema>>,
    ) -> Result<Vec<u8>, CallError> {
        let request = p::TypedConfigRequest::decode(message)?;
        let config = decode(request.config.as_ref())?;
        let diagnostics = match schemas {
            Some(schemas) => {
                let schema = find(schemas, &request.type_name)?;
                diagnostics(rules::check(&request.type_name, &schema.block, &config))
            }
            None => Vec::new(),
        };
        Ok(p::DiagnosticsResponse { diagnostics }.encode_to_vec())
    }

    fn plan(
        &self,
        settings: &Object,
        request: &p::PlanResourceChangeRequest,
    ) -> Result<p::PlanResourceChangeResponse, CallError> {
        let schema = find(&self.schema.resource_schemas, &request.type_name)?;
        let (prior, proposed) =
            (decode(request.prior_state.as_ref())?, decode(request.proposed_new_state.as_ref())?);
        let mut response = p::PlanResourceChangeResponse {
            planned_private: request.prior_private.clone(),
            legacy_type_system: true,
            ..Default::default()
        };
        if proposed.is_null() {
            // Whether it may go is found out when it is to go: as with the real providers.
            response.planned_state = request.proposed_new_state.clone();
            return Ok(response);
        }
        let mut planner = Planner { type_name: &request.type_name, prior: &prior };
        let mut planned = walk(&schema.block, proposed, "", &mut planner);
        merge_labels(settings, &schema.block, &mut planned);
        rules::replace::ignore(&request.type_name, &prior, &mut planned);
        computed::plan(&request.type_name, &prior, &mut planned);
        response.requires_replace =
            rules::replace::paths(&request.type_name, &schema.block, &prior, &planned);
        response.planned_state = Some(encode(&planned));
        Ok(response)
    }

    fn apply(
        &self,
        settings: &Object,
        request: &p::ApplyResourceChangeRequest,
    ) -> Result<p::ApplyResourceChangeResponse, CallError> {
        let type_name = request.type_name.as_str();
        let schema = find(&self.schema.resource_schemas, type_name)?;
        let (prior, planned) =
            (decode(request.prior_state.as_ref())?, decode(request.planned_state.as_ref())?);
        let config = decode(request.config.as_ref())?;
        let mut response = p::ApplyResourceChangeResponse {
            private: request.planned_private.clone(),
            legacy_type_system: true,
            ..Default::default()
        };
        let id = |value: &Value| value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if planned.is_null() {
            match destroy::refusal(type_name, &prior, &self.cloud) {
                Some(finding) => {
                    response.new_state = request.prior_state.clone();
                    response.diagnostics = diagnostics(vec![finding]);
                }
                None => {
                    self.cloud.remove(type_name, &id(&prior));
                    response.new_state = request.planned_state.clone();
                }
            }
            return Ok(response);
        }
        let before = (!prior.is_null()).then(|| id(&prior));
        let mut findings = rules::cloud::check(type_name, &config, before.as_deref(), &self.cloud);
        findings.extend(rules::replace::refused(type_name, &schema.block, &prior, &planned));
        let mut seed = planned.display();
        if prior.is_null() && type_name.starts_with("aws_") {
            // AWS gives every thing an id of its own, however much two are alike.
            seed += &self.cloud.draw().to_string();
        }
        let mut planned = self.counted(type_name, planned);
        computed::advance(type_name, &prior, &mut planned);
        let mut state = self.read(schema, type_name, planned, settings, seed);
        computed::finish(type_name, &mut state);
        if prior.is_null() {
            findings.extend(rules::cloud::taken(type_name, &state, &self.cloud));
        }
        if findings.is_empty() {
            if let (Value::Map(state), Value::Map(config)) = (state.clone(), config) {
                self.cloud.put(type_name, &id(&Value::Map(state.clone())), before.as_deref(), state, config);
            }
            response.new_state = Some(encode(&state));
        } else {
            response.new_state = request.prior_state.clone();
            response.diagnostics = diagnostics(findings);
        }
        Ok(response)
    }

    /// Numbers a new thing among its siblings.
    fn counted(&self, type_name: &str, planned: Value) -> Value {
        let Value::Map(mut entries) = planned else { return planned };
        for (_, attribute, parent) in COUNTED.iter().filter(|(t, _, _)| *t == type_name) {
            if let (Some(Value::Unknown), Some(parent)) = (entries.get(*attribute), entries.get(*parent)) {
                let number = self.cloud.count(type_name, &parent.display());
                entries.insert((*attribute).to_owned(), number.to_string().into());
            }
        }
        Value::Map(entries)
    }

    fn read(&self, schema: &Schema, type_name: &str, value: Value, settings: &Object, seed: String) -> Value {
        let seed = if seed.is_empty() { value.display() } else { seed };
        fill(&schema.block, value, &Subject { type_name, settings, seed })
    }

    fn open(
        &self,
        settings: &Object,
        request: &p::TypedConfigRequest,
    ) -> Result<p::OpenEphemeralResourceResponse, CallError> {
        let type_name = request.type_name.as_str();
        let schema = find(&self.schema.ephemeral_resource_schemas, type_name)?;
        let mut config = decode(request.config.as_ref())?;
        if let Some(row) = READ_BACK.iter().find(|row| row.ephemeral == type_name) {
            let same = |thing: &Thing| {
                row.keys.iter().all(|(here, there)| match (config.get(here), thing.state.get(*there)) {
                    (Some(here), Some(there)) if here.is_set() => same_reference(here, there),
                    _ => true,
                })
            };
            let Some(thing) = self.cloud.find(row.resource, same) else {
                let wanted = row.keys.iter().filter_map(|(key, _)| config.get(key)).map(Value::display);
                let finding = Finding::new(
                    "",
                    format!("Error reading {type_name}"),
                    format!("Error 404: {} was not found.", wanted.collect::<Vec<_>>().join(" version ")),
                );
                let diagnostics = diagnostics(vec![finding]);
                return Ok(p::OpenEphemeralResourceResponse { diagnostics, result: None });
            };
            let stored = row.stored.iter().find_map(|name| thing.config.get(*name).filter(|v| v.is_set()));
            if let (Value::Map(entries), Some(stored)) = (&mut config, stored) {
                entries.insert(row.result.to_owned(), stored.clone());
            }
        }
        let seed = format!("{}{}", config.display(), self.cloud.draw());
        let result = self.read(schema, type_name, config, settings, seed);
        Ok(p::OpenEphemeralResourceResponse { diagnostics: Vec::new(), result: Some(encode(&result)) })
    }
}

struct Planner<'a> {
    type_name: &'a str,
    prior: &'a Value,
}

impl Visitor for Planner<'_> {
    fn attribute(&mut self, path: &str, attribute: &Attribute, value: Value) -> Value {
        match value {
            _ if attribute.write_only => Value::Null,
            Value::Null => match default_of(self.type_name, path, attribute) {
                Some(default) => default,
                None if attribute.computed => Value::Unknown,
                None => Value::Null,
            },
            value => value,
        }
    }

    fn blocks(&mut self, path: &str, _nested: &NestedBlock, value: Value) -> Value {
        let absent = value.is_null() || value == Value::List(Vec::new());
        if absent && fills_block(self.type_name, path) {
            return self.prior.get(path).filter(|prior| prior.is_set()).cloned().unwrap_or(Value::Unknown);
        }
        value
    }
}

/// Computes the labels as the provider does when it plans: its defaults, then the resource's own.
fn merge_labels(settings: &Object, block: &Block, planned: &mut Value) {
    let Value::Map(entries) = planned else { return };
    for row in MERGED_LABELS.iter().filter(|row| block.attributes.contains_key(row.computed)) {
        let own = row.own.iter().filter_map(|name| entries.get(*name));
        let mut merged: Object =
            row.added.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
        let mut known = true;
        // Either a map, or a block with the map in it.
        let defaults = settings.get(row.defaults).and_then(|value| match value {
            Value::List(blocks) => blocks.first()?.get("tags"),
            value => Some(value),
        });
        for map in defaults.into_iter().chain(own) {
            match map {
                Value::Map(labels) => merged.extend(labels.clone()),
                Value::Unknown => known = false,
                _ => {}
            }
        }
        let merged = if known { Value::Map(merged) } else { Value::Unknown };
        entries.insert(row.computed.to_owned(), merged);
    }
}

fn find<'a>(schemas: &'a BTreeMap<String, Schema>, type_name: &str) -> Result<&'a Schema, CallError> {
    schemas.get(type_name).ok_or_else(|| CallError::Malformed(format!("no type is called {type_name}")))
}

fn decode(value: Option<&p::DynamicValue>) -> Result<Value, CallError> {
    Ok(Value::decode(value.map_or(&[], |value| &value.msgpack))?)
}

fn encode(value: &Value) -> p::DynamicValue {
    p::DynamicValue { msgpack: value.encode(), json: Vec::new() }
}

fn diagnostics(findings: Vec<Finding>) -> Vec<p::Diagnostic> {
    findings.into_iter().map(Finding::into_message).collect()
}
