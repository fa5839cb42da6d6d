//! Slow things finish last: what a real cloud takes minutes for is held back until the engine has nothing else to do.
//! So whoever forgets to wait for it comes first, in every rehearsal and however fast the machine is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long no call must have come before the engine counts as idle.
const QUIET: Duration = Duration::from_millis(150);

/// How often those that wait look whether it is idle.
const LOOK: Duration = Duration::from_millis(15);

/// The calls of one engine to all providers.
#[derive(Debug)]
pub struct Pace {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    last_call: Instant,
    waiting: Vec<(u8, Arc<AtomicBool>)>,
}

impl Pace {
    /// A pace for an engine that has not begun.
    pub fn new() -> Pace {
        Pace { inner: Mutex::new(Inner { last_call: Instant::now(), waiting: Vec::new() }) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves the list whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the engine called.
    pub fn called(&self) {
        self.lock().last_call = Instant::now();
    }

    /// Waits until the engine is idle and nothing of a lower rank waits; all of one rank go on together.
    pub async fn wait(&self, rank: u8) {
        let free = Arc::new(AtomicBool::new(false));
        self.lock().waiting.push((rank, Arc::clone(&free)));
        while !free.load(Ordering::Relaxed) {
            tokio::time::sleep(LOOK).await;
            self.release();
        }
    }

    fn release(&self) {
        let mut inner = self.lock();
        let lowest = inner.waiting.iter().map(|(rank, _)| *rank).min();
        if inner.last_call.elapsed() < QUIET {
            return;
        }
        inner.last_call = Instant::now();
        inner.waiting.retain(|(rank, free)| {
            let goes = Some(*rank) == lowest;
            free.store(goes, Ordering::Relaxed);
            !goes
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_ranks_go_first_and_only_when_the_engine_is_idle() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pace = Pace::new();
            let order = Mutex::new(Vec::new());
            let started = Instant::now();
            let wait = async |rank| {
                pace.wait(rank).await;
                order.lock().unwrap().push(rank);
            };
            tokio::join!(wait(2), wait(1), wait(2), wait(1));
            assert_eq!(order.into_inner().unwrap(), [1, 1, 2, 2]);
            assert!(started.elapsed() >= 2 * QUIET, "{:?}", started.elapsed());
        });
    }
}
