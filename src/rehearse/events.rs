//! What an apply did, step by step, as the engine tells it.

use serde::{Deserialize, Serialize};

/// One step of an apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Whether it begins or ends, and how.
    pub phase: EventPhase,
    /// What is done.
    pub action: EventAction,
    /// The resource's address.
    pub address: String,
    /// Its type.
    pub kind: String,
}

/// Where in a step an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventPhase {
    /// It begins.
    Start,
    /// It is done.
    Complete,
    /// It failed.
    Failed,
}

/// What a step does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventAction {
    /// Made.
    Create,
    /// Changed where it stands.
    Update,
    /// Destroyed.
    Delete,
}

/// A resource's step in the engines' machine-readable output ("Operation Messages" of the documentation).
#[derive(Deserialize)]
pub struct Hook {
    resource: Resource,
    #[serde(default)]
    action: String,
}

#[derive(Deserialize)]
struct Resource {
    addr: String,
    #[serde(default)]
    resource_type: String,
}

impl Event {
    /// The event that a line of the engine tells; nothing for reads and refreshes.
    pub fn read(step: &str, hook: Hook) -> Option<Event> {
        let phase = match step {
            "apply_start" => EventPhase::Start,
            "apply_complete" => EventPhase::Complete,
            "apply_errored" => EventPhase::Failed,
            _ => return None,
        };
        let action = match hook.action.as_str() {
            "create" => EventAction::Create,
            "update" => EventAction::Update,
            "delete" | "remove" => EventAction::Delete,
            _ => return None,
        };
        Some(Event { phase, action, address: hook.resource.addr, kind: hook.resource.resource_type })
    }
}
