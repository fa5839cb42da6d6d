//! Many rehearsals, one for each processor at a time: more would only take each other's time and memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Tests run beside each other too; this keeps them from multiplying the threads.
static TURN: Mutex<()> = Mutex::new(());

/// Judges every item and fails with what is wrong with any of them.
pub fn assert_all<T: Sync>(items: &[T], judge: impl Fn(usize, &T) -> Result<(), String> + Sync) {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from).min(2) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { return };
                    if let Err(complaint) = judge(index, item) {
                        wrong.lock().unwrap_or_else(PoisonError::into_inner).push(complaint);
                    }
                }
            });
        }
    });
    drop(turn);
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), items.len(), wrong.join("\n\n"));
}
