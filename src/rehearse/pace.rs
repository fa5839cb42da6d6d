//! Slow things finish last: what a real cloud takes minutes for is held back until the engine has nothing else to do.
//! So whoever forgets to wait for it comes first, in every rehearsal and however fast the machine is.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long no call must have come before the engine may count as idle. On a busy machine that says little, so it counts only when
/// its processes sleep too, wherever the system tells.
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
    /// When a look found it idle, with no call since.
    idle_since: Option<Instant>,
    /// The processes at the other ends, one a connection.
    callers: Vec<i32>,
    waiting: Vec<(u8, Arc<AtomicBool>)>,
}

impl Pace {
    /// A pace for an engine that has not begun.
    pub fn new() -> Pace {
        let inner =
            Inner { last_call: Instant::now(), idle_since: None, callers: Vec::new(), waiting: Vec::new() };
        Pace { inner: Mutex::new(inner) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves the list whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which process calls, where the system knows it, until what is returned is dropped.
    pub fn connected(&self, process: Option<i32>) -> Caller<'_> {
        self.lock().callers.extend(process);
        Caller { pace: self, process }
    }

    /// Notes that the engine called.
    pub fn called(&self) {
        self.lock().called();
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
        if !inner.is_idle() {
            return;
        }
        inner.called();
        let lowest = inner.waiting.iter().map(|(rank, _)| *rank).min();
        inner.waiting.retain(|(rank, free)| {
            let goes = Some(*rank) == lowest;
            free.store(goes, Ordering::Relaxed);
            !goes
        });
    }
}

/// A process that may call.
pub struct Caller<'a> {
    pace: &'a Pace,
    process: Option<i32>,
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        let mut inner = self.pace.lock();
        if let Some(at) = inner.callers.iter().position(|&caller| Some(caller) == self.process) {
            inner.callers.swap_remove(at);
        }
    }
}

impl Inner {
    fn called(&mut self) {
        self.last_call = Instant::now();
        self.idle_since = None;
    }

    /// Whether two looks in a row found it idle: a call may have come that this program had no time to read before the first.
    fn is_idle(&mut self) -> bool {
        if self.last_call.elapsed() < QUIET || self.callers.iter().any(|&process| is_running(process)) {
            self.idle_since = None;
            return false;
        }
        self.idle_since.get_or_insert_with(Instant::now).elapsed() >= LOOK
    }
}

/// Whether a thread of the process runs, would run if it had a processor, or waits for a disk. No where the system does not tell.
fn is_running(process: i32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return false };
    threads.flatten().any(|thread| {
        // A thread that has ended meanwhile is not running.
        let state = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        // The name before the state is in parentheses and may hold any sign.
        state.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['R', 'D']))
    })
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

    #[test]
    fn a_process_that_computes_is_running_and_one_that_waits_is_not() {
        let spinning = std::process::Command::new("sh").args(["-c", "while :; do :; done"]).spawn();
        let waiting = std::process::Command::new("sleep").arg("60").spawn();
        let (Ok(mut spinning), Ok(mut waiting)) = (spinning, waiting) else { panic!("no shell") };
        let id = |child: &std::process::Child| i32::try_from(child.id()).unwrap();
        let within = |process: i32, wanted: bool| {
            (0..500).any(|_| {
                std::thread::sleep(Duration::from_millis(10));
                is_running(process) == wanted
            })
        };
        let computes = within(id(&spinning), true);
        let rests = within(id(&waiting), false);
        spinning.kill().unwrap();
        waiting.kill().unwrap();
        spinning.wait().unwrap();
        waiting.wait().unwrap();
        assert_eq!(computes, std::path::Path::new("/proc/self/task").exists());
        assert!(rests);
    }
}
