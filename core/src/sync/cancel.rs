//! Ends a run from another thread, wherever it is: between steps, while it waits, or inside a request.

use core::future::poll_fn;
use core::task::{Poll, Waker};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A flag that is set once.
#[derive(Debug, Default)]
pub struct CancelFlag {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    waker: Option<Waker>,
}

impl CancelFlag {
    /// Asks the run to end. Nothing committed is undone.
    pub fn cancel(&self) {
        let waker = {
            let mut state = self.state();
            state.cancelled = true;
            state.waker.take()
        };
        self.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether the run should end.
    pub fn is_cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// Sleeps so long by the system's clock, or until the flag is set. Blocks.
    pub fn wait(&self, most: Duration) {
        let state = self.state();
        let waited = self.changed.wait_timeout_while(state, most, |state| !state.cancelled);
        drop(waited);
    }

    /// Ready once the flag is set; one request waits for it at a time.
    pub fn cancelled(&self) -> impl Future<Output = ()> + '_ {
        poll_fn(|context| {
            let mut state = self.state();
            if state.cancelled {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_thread_is_woken() {
        let flag = CancelFlag::default();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                flag.wait(Duration::from_mins(10));
                flag.is_cancelled()
            });
            flag.cancel();
            assert!(waiter.join().unwrap());
        });
    }
}
