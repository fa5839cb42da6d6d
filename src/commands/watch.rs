//! The progress of what an engine does, on standard error.

use std::cell::Cell;
use std::io::{IsTerminal, Write as _};

use tierform::rehearse::Progress;

use super::say;

/// On a terminal one line that counts, elsewhere a line for each command of the engine.
#[derive(Default)]
pub struct Watch {
    phase: Cell<Option<String>>,
}

impl Watch {
    /// Tells one step.
    pub fn tell(&self, progress: Progress<'_>) {
        let is_watched = std::io::stderr().is_terminal();
        let (phase, count) = match progress {
            Progress::Phase(phase) if !is_watched => return say(phase),
            Progress::Done(_) if !is_watched => return,
            Progress::Phase(phase) => (phase.to_owned(), String::new()),
            Progress::Done(count) => (self.phase.take().unwrap_or_default(), format!(": {count} done")),
        };
        // A closed stderr leaves nobody to tell.
        let _ = write!(std::io::stderr(), "\r\u{1b}[K{phase}{count}");
        self.phase.set(Some(phase));
    }

    /// Takes the line away.
    pub fn end(&self) {
        if self.phase.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
